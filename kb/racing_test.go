package kb_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"huiyin/kb"
	"huiyin/nlp"
)

// TestEditsUnderSearch: while articles and words change and the base is checked and calibrated, every search finds the
// article that is always there, with a text that it had at some time, and no search fails. Afterwards the last text is found.
func TestEditsUnderSearch(t *testing.T) {
	const edits, readers = 8, 2
	n := newNewsroom(t, shop()...)
	s := n.Searcher()
	ctx := t.Context()
	done := make(chan struct{})
	var work sync.WaitGroup
	for range readers {
		work.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
				}
				a, err := s.Search(ctx, kb.Query{Text: "怎么退货", Lang: nlp.LangChinese, Explain: i%5 == 0})
				if err != nil || len(a.Hits) == 0 || a.Hits[0].Root != "returns" || !strings.Contains(a.Hits[0].Text, "天内可以退货") {
					t.Errorf("%v, %+v", err, a.Hits)
					return
				}
				if hit, err := s.Read(ctx, "returns", nlp.LangEnglish); err != nil || hit.Article != "returns.en" {
					t.Errorf("%v, %+v", err, hit)
					return
				}
			}
		})
	}
	work.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			if _, err := s.Check(ctx, nil); err != nil {
				t.Error(err)
			}
			if _, err := s.Calibrate(ctx); err != nil {
				t.Error(err)
			}
			if err := s.Reload(ctx); err != nil {
				t.Error(err)
			}
		}
	})
	for i := range edits {
		a := n.article(t, "returns.zh")
		a.Body = fmt.Sprintf("签收后 %d 天内可以退货。", i)
		more := article(fmt.Sprintf("more%d.en", i%3), fmt.Sprintf("What about matter %d?", i), "It depends.")
		if stored, err := n.store.Article(ctx, more.ID); err == nil {
			more.Revision = stored.Revision
			if i%2 == 0 {
				more.Status = kb.Archived
			}
		}
		if _, _, err := n.Save(ctx, []kb.Article{a, more}, kb.Signed{By: "mei"}); err != nil {
			t.Error(err)
			break
		}
	}
	close(done)
	work.Wait()
	if hit := search(t, s, "怎么退货", nlp.LangChinese).Hits[0]; !strings.Contains(hit.Text, fmt.Sprint(edits-1)) || hit.Revision != edits+1 {
		t.Errorf("the last text is not found: %+v", hit)
	}
}
