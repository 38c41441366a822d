package kb_test

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"huiyin/kb"
	"huiyin/nlp"
)

// anyText draws texts that editors write, and what breaks formats: quotes, separators, fences, marks of YAML and of formulas.
func anyText() *rapid.Generator[string] {
	piece := rapid.OneOf(rapid.SampledFrom([]string{"退货", "return", "a: b", "- x", "---", "\n", "\n\n", `"`, "'", ",", ";", "\t", "#", "=1+1", "@", "[x]", "{y}", "|", ">", "&a", "*b", "!", "%",
		"null", "true", "1e3", "2026-01-01", "\u2028", "\u0085", "\uFEFF", "👍🏽", "é", "\\", "`", " ", "=> order_status", "→", "\r\n", "\x00", "\x1b[2J"}), rapid.String())
	return rapid.Map(rapid.SliceOfN(piece, 0, 6), func(parts []string) string { return strings.Join(parts, "") })
}

// anyArticle draws an article that can be saved.
func anyArticle(t *rapid.T) (kb.Article, bool) {
	list := func(label string) []string { return rapid.SliceOfN(anyText(), 0, 3).Draw(t, label) }
	moment := func(label string) time.Time {
		if rapid.Bool().Draw(t, label+" set") {
			return time.Unix(rapid.Int64Range(0, 4e9).Draw(t, label), rapid.Int64Range(0, 999_999_999).Draw(t, label+" ns"))
		}
		return time.Time{}
	}
	a := kb.Normalize(kb.Article{
		ID:   kb.ArticleID(rapid.OneOf(rapid.StringMatching(`[a-c退][a-c._-]{0,3}(\.zh|\.en|\.zh-Hant)?`), rapid.SampledFrom([]string{"README", "readme.en", "ReadMe.zh"})).Draw(t, "id")),
		Root: kb.RootID(rapid.SampledFrom([]string{"", "r", "a"}).Draw(t, "root")),
		Lang: rapid.SampledFrom([]nlp.Lang{nlp.LangChinese, nlp.LangEnglish, nlp.LangHans, nlp.LangHant}).Draw(t, "lang"), Title: anyText().Draw(t, "title"), Questions: list("questions"),
		Body: anyText().Draw(t, "body"), Summary: anyText().Draw(t, "summary"), Category: anyText().Draw(t, "category"), Tags: list("tags"), Golden: list("golden"),
		Status: rapid.SampledFrom([]kb.Status{kb.Draft, kb.Review, kb.Published, kb.Archived}).Draw(t, "status"), From: moment("from"), Until: moment("until"),
	})
	return a, kb.Validate(a) == nil
}

// TestExportAndImportAgree: whatever articles there are, each has a file of its own in the folder, and folder and table give
// all of them back as they were.
func TestExportAndImportAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var in []kb.Article
		folder := fstest.MapFS{"README.md": {Data: []byte("# Our articles\n")}}
		for range rapid.IntRange(1, 6).Draw(t, "articles") {
			a, ok := anyArticle(t)
			if !ok || slices.ContainsFunc(in, func(b kb.Article) bool { return a.ID == b.ID }) {
				continue
			}
			name := kb.FileName(a)
			if folder[name] != nil {
				t.Fatalf("%s and another article have the same file %s", a.ID, name)
			}
			if name != path.Clean(name) || strings.HasPrefix(name, "/") || strings.HasPrefix(name, "..") {
				t.Fatalf("%s leaves the folder: %s", a.ID, name)
			}
			folder[name] = &fstest.MapFile{Data: kb.FormatArticle(a)}
			in = append(in, a)
		}
		if len(in) == 0 {
			return
		}
		slices.SortFunc(in, func(a, b kb.Article) int { return strings.Compare(string(a.ID), string(b.ID)) })
		same := func(way string, out []kb.Article, err error) {
			if err != nil || len(out) != len(in) {
				t.Fatalf("%s: %d articles of %d: %v", way, len(out), len(in), err)
			}
			for i := range in {
				if !kb.SameContent(in[i], out[i]) {
					t.Fatalf("%s:\n%+v\n%+v", way, in[i], out[i])
				}
			}
		}
		out, err := kb.ReadFolder(folder)
		same("folder", out, err)
		var table bytes.Buffer
		if err := kb.WriteCSV(&table, in); err != nil {
			t.Fatal(err)
		}
		out, err = kb.ReadCSV("a.csv", &table)
		same("table", out, err)
	})
}

// TestNormalizeOnce: an article in the form that is stored stays as it is.
func TestNormalizeOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, _ := anyArticle(t)
		if b := kb.Normalize(a); !kb.SameContent(a, b) {
			t.Fatalf("normalised twice:\n%+v\n%+v", a, b)
		}
	})
}

// TestCellsWithoutAHeader: what a sheet says beside its columns is not dropped in silence; blanks there are nothing.
func TestCellsWithoutAHeader(t *testing.T) {
	header := []string{"title", "body"}
	list, err := kb.ArticlesFromRows("a.xlsx", header, []kb.Row{{Line: 2, Cells: []string{"How?", "So.", " ", ""}}, {Line: 3, Cells: []string{"Why?"}}})
	if err != nil || len(list) != 2 || list[0].Body != "So." || list[1].Body != "" {
		t.Errorf("%v, %+v", err, list)
	}
	list, err = kb.ArticlesFromRows("a.xlsx", header, []kb.Row{{Line: 2, Cells: []string{"How?", "So.", "", "and more"}}, {Line: 5, Cells: []string{"Why?", "", "x"}}, {Line: 6, Cells: []string{"", "y"}}})
	want := []string{"a.xlsx:2: the row has 4 cells, the header 2", "a.xlsx:5: the row has 3 cells, the header 2", "a.xlsx:6: the cell under “title” is empty"}
	if err == nil || list != nil {
		t.Fatalf("read %+v", list)
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("no %q in\n%v", w, err)
		}
	}
}

// TestMadeIdsGiveWay: an id that is made from a title is not one that another row has, wherever that row stands.
func TestMadeIdsGiveWay(t *testing.T) {
	list, err := kb.ReadCSV("a.csv", strings.NewReader("id,title\n,How to pay\nhow-to-pay.en,Paying\n,How to pay!\n"))
	if err != nil || len(list) != 3 {
		t.Fatalf("%v, %+v", err, list)
	}
	var ids []string
	for _, a := range list {
		ids = append(ids, string(a.ID))
	}
	if want := []string{"how-to-pay-2.en", "how-to-pay.en", "how-to-pay-3.en"}; !slices.Equal(ids, want) {
		t.Errorf("ids %q, want %q", ids, want)
	}
}
