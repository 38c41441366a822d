package index_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"huiyin/kb"
	"huiyin/kb/index"
)

func docs(n int) []kb.Doc {
	var out []kb.Doc
	for i := range n {
		out = append(out, kb.Doc{ID: kb.ArticleID(fmt.Sprintf("a%04d.en", i)),
			Question: []string{"common", fmt.Sprintf("word%d", i)}, Body: []string{fmt.Sprintf("body%d", i)}})
	}
	return out
}

func newIndex(dir, fingerprint string) *index.Index {
	return index.New(index.Config{Dir: dir, Fingerprint: fingerprint})
}

// replace builds an index of documents, with a few bytes beside it.
func replace(t *testing.T, x *index.Index, list []kb.Doc) {
	t.Helper()
	err := x.Replace(t.Context(), slices.Values(list), func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%d documents", len(list))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
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
			list := docs(2500)
			replace(t, x, slices.Delete(slices.Clone(list), 7, 8))
			if count(t, x) != 2499 || find(t, x, kb.Term{Text: "word42", Question: 1}) != "a0042.en" ||
				find(t, x, kb.Term{Text: "body42", Body: 1}) != "a0042.en" || find(t, x, kb.Term{Text: "body42", Question: 1}) != "" ||
				find(t, x, kb.Term{Text: "word7", Question: 1}) != "" {
				t.Error("wrong after building")
			}
			// In two steps, the second of which changes what the first one changed.
			list[42].Question = []string{"passing"}
			update(t, x, []kb.Doc{list[42], list[43]}, nil)
			list[42].Question = []string{"common", "other"}
			update(t, x, []kb.Doc{list[42], list[7]}, []kb.ArticleID{list[43].ID})
			for term, want := range map[string]string{"word42": "", "passing": "", "other": "a0042.en", "word43": "", "word7": "a0007.en", "word44": "a0044.en"} {
				if got := find(t, x, kb.Term{Text: term, Question: 1}); got != want {
					t.Errorf("after updating, %s finds %q, want %q", term, got, want)
				}
			}
			if n := count(t, x); n != 2499 {
				t.Errorf("%d documents after updating", n)
			}
			replace(t, x, nil)
			if n := count(t, x); n != 0 {
				t.Errorf("an index of nothing holds %d", n)
			}
			update(t, x, list[:1], nil)
			if got := find(t, x, kb.Term{Text: "word0", Question: 1}); got != "a0000.en" {
				t.Errorf("added to nothing: %q", got)
			}
		})
	}
}

func update(t *testing.T, x *index.Index, list []kb.Doc, gone []kb.ArticleID) {
	t.Helper()
	if err := x.Update(t.Context(), list, gone); err != nil {
		t.Fatal(err)
	}
}

// TestScores: a rare term counts more than a common one, a short field more than a long one, and equals come by id,
// whichever segment they stand in.
func TestScores(t *testing.T) {
	x := newIndex(t.TempDir(), "1")
	defer x.Close()
	list := docs(1200)
	list[5].Question = append(list[5].Question, "rare")
	list[6].Question = append(list[6].Question, "rare", "and", "much", "more")
	replace(t, x, list)
	update(t, x, []kb.Doc{{ID: "a0004.en", Question: []string{"common", "rare", "delta"}}}, nil)
	found, err := x.Candidates(t.Context(), []kb.Term{{Text: "common", Question: 1}, {Text: "rare", Question: 1}}, 5)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range found {
		got = append(got, string(s.ID))
	}
	if want := []string{"a0004.en", "a0005.en", "a0006.en", "a0000.en", "a0001.en"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if found[0].Score != found[1].Score || found[1].Score <= found[2].Score || found[3].Score <= 0 {
		t.Errorf("scores %v", found)
	}
}

func TestOpenKeepsSnapshot(t *testing.T) {
	dir, list := t.TempDir(), docs(1030)
	x := newIndex(dir, "1")
	replace(t, x, list)
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	y := newIndex(dir, "1")
	snapshot, err := y.Open(t.Context())
	if err != nil || string(snapshot) != "1030 documents" || find(t, y, kb.Term{Text: "word3", Question: 1}) != "a0003.en" {
		t.Errorf("snapshot %q, %v", snapshot, err)
	}
	if err := y.Close(); err != nil {
		t.Fatal(err)
	}
	z := newIndex(dir, "2")
	if _, err := z.Open(t.Context()); !errors.Is(err, kb.ErrStale) {
		t.Errorf("an index of another dictionary opens: %v", err)
	}
}

// TestBrokenBuildLeavesWhatWas: a build that fails at its end changes nothing, on disk or in use.
func TestBrokenBuildLeavesWhatWas(t *testing.T) {
	dir := t.TempDir()
	x := newIndex(dir, "1")
	defer x.Close()
	replace(t, x, docs(20))
	full := errors.New("the disk is full")
	if err := x.Replace(t.Context(), slices.Values(docs(10)), func(io.Writer) error { return full }); !errors.Is(err, full) {
		t.Fatalf("got %v", err)
	}
	if n := count(t, x); n != 20 {
		t.Errorf("%d documents in use", n)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left behind: %v", left)
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
	list := docs(300)
	replace(t, x, list)
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
		replace(t, x, list)
	}
	close(stop)
	work.Wait()
}

// TestPartsAnswerAsOne: documents of many batches, which lie in several indexes of Bleve, are ranked as in one, before and
// after the index is opened again.
func TestPartsAnswerAsOne(t *testing.T) {
	list := docs(9000) // five batches
	for i := range list {
		if i%1000 == 1 {
			list[i].Question = append(list[i].Question, "rare")
		}
	}
	ask := []kb.Term{{Text: "common", Question: 1}, {Text: "rare", Question: 1}, {Text: "body4001", Body: 0.4}}
	dir := t.TempDir()
	x := newIndex(dir, "1")
	replace(t, x, list)
	memory := newIndex("", "1")
	defer memory.Close()
	if err := memory.Replace(t.Context(), slices.Values(list), nil); err != nil {
		t.Fatal(err)
	}
	want, err := memory.Candidates(t.Context(), ask, 40)
	if err != nil || want[0].ID != "a4001.en" || len(want) != 40 {
		t.Fatalf("in memory: %v, %v", want, err)
	}
	for _, when := range []string{"built", "opened again"} {
		if got, err := x.Candidates(t.Context(), ask, 40); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v; %v", when, got, want, err)
		}
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
		x = newIndex(dir, "1")
		if _, err := x.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	missing := newIndex(dir, "1")
	part, err := filepath.Glob(filepath.Join(dir, "*", "part-1"))
	if err != nil || len(part) != 1 {
		t.Fatalf("parts %v, %v", part, err)
	}
	if err := os.RemoveAll(part[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := missing.Open(t.Context()); !errors.Is(err, kb.ErrStale) {
		t.Errorf("an index without its second part opens: %v", err)
	}
}

// TestBuildIsCutOff: a build that is cancelled in the middle of its documents ends, and leaves what was in use.
func TestBuildIsCutOff(t *testing.T) {
	dir := t.TempDir()
	x := newIndex(dir, "1")
	defer x.Close()
	replace(t, x, docs(20))
	ctx, cancel := context.WithCancel(t.Context())
	err := x.Replace(ctx, func(yield func(kb.Doc) bool) {
		for i, d := range docs(5000) {
			if i == 4500 {
				cancel()
			}
			if !yield(d) {
				return
			}
		}
	}, func(io.Writer) error { return nil })
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if n := count(t, x); n != 20 || find(t, x, kb.Term{Text: "word3", Question: 1}) != "a0003.en" {
		t.Errorf("%d documents in use", n)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}
