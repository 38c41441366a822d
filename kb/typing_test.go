package kb_test

import (
	"slices"
	"testing"
	"time"

	"huiyin/data"
	"huiyin/kb"
	"huiyin/kb/index"
	"huiyin/nlp"
)

// TestTypingErrors: a word that no article has is taken for the one that was meant, and the trace says so; words that
// are meant stay.
func TestTypingErrors(t *testing.T) {
	pinyin, err := nlp.NewPinyin(data.Files())
	if err != nil {
		t.Fatal(err)
	}
	s := kb.NewSearcher(kb.Config{Store: newStore(t, shop()...), Tokenizer: letters{}, Models: kb.Models{Pinyin: pinyin},
		Now: func() time.Time { return noon }, Index: index.New(index.Config{})})
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	<-s.Ready()
	for _, tc := range []struct {
		text      string
		want      kb.ArticleID
		corrected []kb.Correction
	}{
		{"where is my invoce", "invoice.en", []kb.Correction{{From: "invoce", To: "invoice"}}},
		{"when does my pracel arive?", "delivery.en", []kb.Correction{{From: "pracel", To: "parcel"}, {From: "arive", To: "arrive"}}},
		{"怎么退火", "returns.zh", []kb.Correction{{From: "退火", To: "退货"}}},
		{"how do I get an invoice?", "invoice.en", nil},
		{"怎么退货", "returns.zh", nil},
		{"zebra", "", nil},
	} {
		a := search(t, s, tc.text, nlp.LangUnknown)
		if top(a) != tc.want || !slices.Equal(a.Trace.Corrected, tc.corrected) {
			t.Errorf("%q: %s, corrected %v", tc.text, top(a), a.Trace.Corrected)
		}
	}
	// A word that an edit brings is known from then on, and one that it takes away is no more what others are taken for.
	store := newStore(t, shop()...)
	live := kb.NewSearcher(kb.Config{Store: store, Tokenizer: letters{}, Now: func() time.Time { return noon }, Index: index.New(index.Config{})})
	if err := live.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer live.Close()
	<-live.Ready()
	gift := article("gift.en", "Can I pay with a voucher?", "Yes.")
	for _, status := range []kb.Status{kb.Published, kb.Archived} {
		gift.Status = status
		saved, err := store.SaveArticles(t.Context(), []kb.Article{gift})
		if err != nil {
			t.Fatal(err)
		}
		gift = saved[0]
		if err := live.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		found := top(search(t, live, "voucer", nlp.LangEnglish)) == "gift.en"
		if found != (status == kb.Published) {
			t.Errorf("%s: found %v", status, found)
		}
	}
}
