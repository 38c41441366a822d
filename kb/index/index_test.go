package index_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"huiyin/kb"
	"huiyin/kb/index"
	"huiyin/nlp"
)

// words cuts text at spaces.
type words struct{}

func (words) Tokenize(text string) []nlp.Token {
	var out []nlp.Token
	for _, w := range strings.Fields(strings.ToLower(text)) {
		out = append(out, nlp.Token{Text: w, Term: w})
	}
	return out
}

func articles(n int) []kb.Article {
	var out []kb.Article
	for i := range n {
		out = append(out, kb.Article{ID: kb.ArticleID(fmt.Sprintf("a%04d.en", i)), Lang: "en", Status: kb.Published,
			Title: fmt.Sprintf("common word%d", i), Body: fmt.Sprintf("body%d", i)})
	}
	return out
}

func newIndex(dir, fingerprint string) *index.Index {
	return index.New(index.Config{Dir: dir, Tokenizer: words{}, Fingerprint: fingerprint})
}

func find(t *testing.T, x *index.Index, terms ...kb.Term) string {
	t.Helper()
	found, err := x.Candidates(t.Context(), terms, 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		return ""
	}
	return string(found[0].ID)
}

func count(t *testing.T, x *index.Index) int {
	t.Helper()
	n, err := x.Count()
	if err != nil {
		t.Fatal(err)
	}
	return int(n)
}

func TestIndex(t *testing.T) {
	for _, where := range []string{"memory", "disk"} {
		t.Run(where, func(t *testing.T) {
			dir := ""
			if where == "disk" {
				dir = t.TempDir()
			}
			x := newIndex(dir, "1")
			defer x.Close()
			if _, err := x.Open(t.Context()); !errors.Is(err, kb.ErrStale) {
				t.Fatalf("an empty place opens: %v", err)
			}
			if _, err := x.Candidates(t.Context(), nil, 1); !errors.Is(err, kb.ErrStale) {
				t.Fatalf("a closed index is searched: %v", err)
			}
			list := articles(2500)
			list[7].Status = kb.Draft
			if err := x.Replace(t.Context(), list); err != nil {
				t.Fatal(err)
			}
			if count(t, x) != 2499 || find(t, x, kb.Term{Text: "word42", Question: 1}) != "a0042.en" ||
				find(t, x, kb.Term{Text: "body42", Body: 1}) != "a0042.en" || find(t, x, kb.Term{Text: "body42", Question: 1}) != "" ||
				find(t, x, kb.Term{Text: "word7", Question: 1}) != "" {
				t.Error("wrong after building")
			}
			list[42].Title, list[43].Status, list[7].Status = "other", kb.Archived, kb.Published
			if err := x.Update(t.Context(), []kb.Article{list[42], list[43], list[7]}); err != nil {
				t.Fatal(err)
			}
			if count(t, x) != 2499 || find(t, x, kb.Term{Text: "word42", Question: 1}) != "" || find(t, x, kb.Term{Text: "other", Question: 1}) != "a0042.en" ||
				find(t, x, kb.Term{Text: "word43", Question: 1}) != "" || find(t, x, kb.Term{Text: "word7", Question: 1}) != "a0007.en" {
				t.Error("wrong after updating")
			}
			if err := x.Replace(t.Context(), nil); err != nil || count(t, x) != 0 {
				t.Errorf("an index of nothing: %v", err)
			}
		})
	}
}

func TestOpenKeepsSignatures(t *testing.T) {
	dir, list := t.TempDir(), articles(30)
	x := newIndex(dir, "1")
	if err := errors.Join(x.Replace(t.Context(), list), x.Close()); err != nil {
		t.Fatal(err)
	}
	y := newIndex(dir, "1")
	held, err := y.Open(t.Context())
	if err != nil || len(held) != 30 || held["a0003.en"] != kb.Signature(list[3]) || find(t, y, kb.Term{Text: "word3", Question: 1}) != "a0003.en" {
		t.Errorf("%d held, %v", len(held), err)
	}
	if err := y.Close(); err != nil {
		t.Fatal(err)
	}
	z := newIndex(dir, "2")
	if _, err := z.Open(t.Context()); !errors.Is(err, kb.ErrStale) {
		t.Errorf("an index of another dictionary opens: %v", err)
	}
}

func TestBuildThatWasCutOffIsRemoved(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "building-1", "bleve"), 0o700); err != nil {
		t.Fatal(err)
	}
	x := newIndex(dir, "1")
	if _, err := x.Open(t.Context()); !errors.Is(err, kb.ErrStale) {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestReplaceUnderSearch: while an index is built anew, searches always find what both versions hold.
func TestReplaceUnderSearch(t *testing.T) {
	x := newIndex(t.TempDir(), "1")
	defer x.Close()
	list := articles(300)
	if err := x.Replace(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var work sync.WaitGroup
	work.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			if found, err := x.Candidates(t.Context(), []kb.Term{{Text: "word9", Question: 1}}, 3); err != nil || len(found) != 1 {
				t.Errorf("found %v, %v", found, err)
				return
			}
		}
	})
	for range 3 {
		if err := x.Replace(t.Context(), list); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	work.Wait()
}
