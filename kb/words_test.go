package kb_test

import (
	"reflect"
	"testing"

	"huiyin/kb"
)

func TestFormatSynonyms(t *testing.T) {
	groups := [][]string{{"退货", "return", "send back"}, {`a "b"`, "yes", "- c: #d"}}
	got, err := kb.ReadSynonyms("s.yaml", kb.FormatSynonyms(groups))
	if err != nil || !reflect.DeepEqual(got, groups) {
		t.Errorf("%v, %q", err, got)
	}
}
