package nlp

import (
	"testing"

	"huiyin/data"
	"huiyin/nlp/lang/en"
)

// TestShorthandIsNoPinyin: what is written out as English is no syllable of a customer who writes Chinese in Latin letters (qing wen).
func TestShorthandIsNoPinyin(t *testing.T) {
	p, err := NewPinyin(data.Files())
	if err != nil {
		t.Fatal(err)
	}
	for syllable := range p.syllables {
		if words := en.Chat(syllable); len(syllable) > 1 && words != nil {
			t.Errorf("%s is read as %q", syllable, words)
		}
	}
}
