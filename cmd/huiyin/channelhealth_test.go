package main

import (
	"testing"

	"huiyin/channels"
)

// Every state that a channel may be in has its words and what to do about it, in both languages.
func TestChannelStatesHaveWords(t *testing.T) {
	words, err := ownWords()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []channels.State{channels.StateLimited, channels.StateTrouble, channels.StateAuth, channels.StateConflict, channels.StateStore} {
		for _, key := range []string{"work.channels.state.", "work.channels.do."} {
			if !words.Has(key + string(s)) {
				t.Errorf("%s%s has no words", key, s)
			}
		}
	}
}
