package kb_test

import (
	"errors"
	"testing"

	"huiyin/kb"
	"huiyin/nlp"
)

func TestRead(t *testing.T) {
	articles := append(shop(), article("draft.en", "Not yet", "Nothing to see."))
	articles[len(articles)-1].Status = kb.Draft
	s := open(t, newStore(t, articles...), t.TempDir())
	for _, tc := range []struct {
		root  kb.RootID
		lang  nlp.Lang
		want  kb.ArticleID
		other bool
	}{
		{"returns", nlp.LangHans, "returns.zh", false},
		{"returns", nlp.LangEnglish, "returns.en", false},
		{"customs", nlp.LangChinese, "customs.en", true},
	} {
		h, err := s.Read(t.Context(), tc.root, tc.lang)
		if err != nil || h.Article != tc.want || h.OtherLang != tc.other || h.Text == "" || h.Confidence != 1 {
			t.Errorf("Read(%s, %s) = %+v, %v", tc.root, tc.lang, h, err)
		}
	}
	for _, root := range []kb.RootID{"draft", "nothing"} {
		if _, err := s.Read(t.Context(), root, nlp.LangEnglish); !errors.Is(err, kb.ErrNotFound) {
			t.Errorf("Read(%s): %v", root, err)
		}
	}
}
