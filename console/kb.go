package console

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/kb"
	"huiyin/kb/importer"
	"huiyin/nlp"
)

// Knowledge is what the editors' pages are made of; all of it but Follow and Probe is needed.
type Knowledge struct {
	Publisher *kb.Publisher
	Words     Words
	// Facts returns what happened in [from, to), in order of time.
	Facts func(ctx context.Context, from, to time.Time) iter.Seq2[bot.Fact, error]
	// Follow tells customers who asked in vain; bot.Bot is one. nil: nobody is told.
	Follow bot.Follower
	// Fetch reads a page from the web, as importer.Fetcher does.
	Fetch func(ctx context.Context, address string) (importer.File, error)
	// Probe says why an address on the web does not answer, as importer.Fetcher does. nil: none is asked.
	Probe func(ctx context.Context, address string) error
	// Mask hides what names a person in a text.
	Mask func(text string) string
}

// Words are the synonyms and the user dictionary.
type Words interface {
	// Wordbook returns them.
	Wordbook(ctx context.Context) (kb.Wordbook, error)
	// With is the tokenizer as it would be with others.
	With(b kb.Wordbook) kb.Tokenizer
	// Save keeps others and applies them; kb.ErrConflict when somebody has saved since b.Version was read.
	Save(ctx context.Context, b kb.Wordbook) error
}

func kbPages() []string {
	return []string{"kblist", "kbedit", "kbpublish", "kbhistory", "kbrevision", "kbtest", "kbwords", "kbgaps", "kbcheck", "kbimport", "kbplan", "kbtrials", "kbtrial", "kbtrialedit"}
}

func (s *Console) kbRoutes() []route {
	if s.Knowledge == nil {
		return nil
	}
	return []route{
		{"GET /console/kb", bot.ReadArticles, s.kbList},
		{"GET /console/kb/new", bot.EditArticles, s.kbNew},
		{"POST /console/kb/new", bot.EditArticles, s.kbSave},
		{"GET /console/kb/a/{id}", bot.ReadArticles, s.kbArticle},
		{"POST /console/kb/a/{id}", bot.EditArticles, s.kbSave},
		{"POST /console/kb/a/{id}/tell", bot.EditArticles, s.kbTell},
		{"GET /console/kb/a/{id}/history", bot.ReadArticles, s.kbHistory},
		{"GET /console/kb/a/{id}/r/{revision}", bot.ReadArticles, s.kbRevision},
		{"POST /console/kb/a/{id}/r/{revision}", bot.EditArticles, s.kbRestore},
		{"POST /console/kb/preview", bot.EditArticles, s.kbPreview},
		{"GET /console/kb/test", bot.ReadArticles, s.kbTest},
		{"GET /console/kb/words", bot.EditArticles, s.kbWords},
		{"POST /console/kb/words", bot.EditArticles, s.kbSaveWords},
		{"GET /console/kb/gaps", bot.EditArticles, s.kbGaps},
		{"POST /console/kb/gaps", bot.EditArticles, s.kbDraftGap},
		{"POST /console/kb/gaps/aside", bot.EditArticles, s.kbSetGapAside},
		{"GET /console/kb/check", bot.EditArticles, s.kbCheck},
		{"GET /console/kb/import", bot.EditArticles, s.kbImport},
		{"POST /console/kb/import", bot.EditArticles, s.kbPlan},
		{"POST /console/kb/import/confirm", bot.EditArticles, s.kbConfirm},
		{"POST /console/kb/import/undo", bot.EditArticles, s.kbUndo},
		{"GET /console/kb/export/{name}", bot.EditArticles, s.kbExport},
	}
}

// kbFuncs are what the templates of articles may call besides funcs.
func (s *Console) kbFuncs() template.FuncMap {
	return template.FuncMap{
		"lines":    func(list []string) string { return strings.Join(list, "\n") },
		"comma":    func(list []string) string { return strings.Join(list, ", ") },
		"day":      func(t time.Time) string { return t.In(s.Zone).Format(time.DateOnly) },
		"local":    s.local,
		"base":     func(l nlp.Lang) string { return string(l.Base()) },
		"behind":   kb.Behind,
		"found":    s.found,
		"around":   around,
		"moments":  s.moments,
		"rank":     func(i int) int { return i + 1 },
		"less":     func(a, b int) int { return a - b },
		"trim":     func(n int, text string) string { return shorten(text, n) },
		"said":     saidIn,
		"masked":   nlp.Redact,
		"personal": func(text string) bool { return nlp.Redact(text) != text },
	}
}

// local is an instant as a datetime-local field has it, in the configured zone.
func (s *Console) local(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(s.Zone).Format(localLayout)
}

const localLayout = "2006-01-02T15:04"

// shorten cuts a text after n characters.
func shorten(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n]) + "…"
	}
	return text
}

// kbRow is an article in its languages, as the list shows it.
type kbRow struct {
	Root     kb.RootID
	Title    string
	Open     kb.ArticleID // the article that Title is of
	Category string
	In       []kb.Article // by language: Chinese, English
	Missing  []nlp.Lang   // languages that it does not exist in
	Behind   kb.ArticleID // the one that is behind, if any
	Newest   kb.Article   // changed last
}

// kbFilter is what an editor looks for.
type kbFilter struct {
	Text, Status, Lang, Category, Order string
	Page                                int
}

// kbShown is how many rows a page of the list has.
const kbShown = 50

// Values of the status filter that are no kb.Status.
const (
	filterBehind  = "behind"
	filterMissing = "missing"
	filterPending = "pending"
)

func (s *Console) kbList(w http.ResponseWriter, r *http.Request, v visit) error {
	articles, err := s.Knowledge.Publisher.Store().Articles(r.Context())
	if err != nil {
		return err
	}
	f := filterFrom(r.URL.Query())
	rows := kbRows(articles, v.lang)
	counts := map[string]int{}
	for _, row := range rows {
		for _, status := range row.states() {
			counts[status]++
		}
	}
	found := slices.DeleteFunc(rows, func(row kbRow) bool { return !row.matches(f) })
	pages := max(1, (len(found)+kbShown-1)/kbShown)
	f.Page = max(1, min(f.Page, pages))
	return s.show(w, v, http.StatusOK, "kblist", map[string]any{
		"F": f, "Rows": found[(f.Page-1)*kbShown : min(len(found), f.Page*kbShown)], "Total": len(found), "Pages": pages,
		"Prev": f.link(f.Page - 1), "Next": f.link(f.Page + 1), "Counts": counts, "Categories": categories(articles),
		"Statuses": []string{"draft", "review", "published", "archived", filterPending, filterBehind, filterMissing},
		"Saved":    r.URL.Query().Get("saved"),
	})
}

func filterFrom(q url.Values) kbFilter {
	f := kbFilter{Text: strings.TrimSpace(q.Get("q")), Status: q.Get("status"), Lang: q.Get("lang"), Category: q.Get("category"), Order: q.Get("order")}
	_, _ = fmt.Sscan(q.Get("page"), &f.Page)
	return f
}

// link is the address of another page of the same list.
func (f kbFilter) link(page int) string {
	q := url.Values{"q": {f.Text}, "status": {f.Status}, "lang": {f.Lang}, "category": {f.Category}, "page": {fmt.Sprint(page)}}
	return "/console/kb?" + q.Encode()
}

// kbRows groups articles by root, the one changed last first.
func kbRows(articles []kb.Article, lang string) []kbRow {
	at := map[kb.RootID]int{}
	var rows []kbRow
	languages := map[nlp.Lang]bool{}
	for _, a := range articles {
		languages[a.Lang.Base()] = true
		i, ok := at[a.Root]
		if !ok {
			i = len(rows)
			at[a.Root] = i
			rows = append(rows, kbRow{Root: a.Root})
		}
		rows[i].In = append(rows[i].In, a)
	}
	for i := range rows {
		rows[i].complete(lang, languages)
	}
	slices.SortStableFunc(rows, func(a, b kbRow) int {
		return cmp.Or(b.Newest.UpdatedAt.Compare(a.Newest.UpdatedAt), cmp.Compare(a.Root, b.Root))
	})
	return rows
}

func (row *kbRow) complete(lang string, languages map[nlp.Lang]bool) {
	slices.SortStableFunc(row.In, func(a, b kb.Article) int { return cmp.Compare(b.Lang.Base(), a.Lang.Base()) })
	for _, a := range row.In {
		if row.Title == "" || string(a.Lang.Base()) == lang {
			row.Title, row.Open, row.Category = a.Title, a.ID, a.Category
		}
		if a.UpdatedAt.After(row.Newest.UpdatedAt) || row.Newest.ID == "" {
			row.Newest = a
		}
		for _, other := range row.In {
			if other.Lang.Base() != a.Lang.Base() && a.Status != kb.Archived && other.Status != kb.Archived && kb.Behind(a, other) {
				row.Behind = a.ID
			}
		}
	}
	for _, l := range []nlp.Lang{nlp.LangChinese, nlp.LangEnglish} {
		if languages[l] && !slices.ContainsFunc(row.In, func(a kb.Article) bool { return a.Lang.Base() == l }) {
			row.Missing = append(row.Missing, l)
		}
	}
}

// states are the values of the status filter under which a row is found.
func (row kbRow) states() []string {
	var out []string
	for _, a := range row.In {
		if !slices.Contains(out, string(a.Status)) {
			out = append(out, string(a.Status))
		}
	}
	if slices.ContainsFunc(row.In, func(a kb.Article) bool { return a.Pending != nil }) {
		out = append(out, filterPending)
	}
	if row.Behind != "" {
		out = append(out, filterBehind)
	}
	if len(row.Missing) > 0 {
		out = append(out, filterMissing)
	}
	return out
}

func (row kbRow) matches(f kbFilter) bool {
	if f.Status != "" && !slices.Contains(row.states(), f.Status) {
		return false
	}
	text := nlp.Fold(f.Text)
	return slices.ContainsFunc(row.In, func(a kb.Article) bool {
		if f.Lang != "" && string(a.Lang.Base()) != f.Lang || f.Category != "" && a.Category != f.Category {
			return false
		}
		all := strings.Join(slices.Concat([]string{string(a.ID), a.Title, a.Summary, a.Body}, a.Questions, a.Tags), "\n")
		return text == "" || strings.Contains(nlp.Fold(all), text)
	})
}

func categories(articles []kb.Article) []string {
	var out []string
	for _, a := range articles {
		if a.Category != "" && !slices.Contains(out, a.Category) {
			out = append(out, a.Category)
		}
	}
	slices.Sort(out)
	return out
}

// category is the name of a category in a language: those of the sample shop, which many shops have, stand in the catalogue.
func (s *Console) category(lang, name string) string {
	if key := "kb.category." + strings.ToLower(name); s.Words.Has(key) {
		return s.Words.Text(lang, key)
	}
	return name
}

// editor is who saved an article, in a language.
func (s *Console) editor(lang, by string) string {
	switch by {
	case kb.ByFolder:
		return s.Words.Text(lang, "kb.by.folder")
	case kb.ByCommand:
		return s.Words.Text(lang, "kb.by.command")
	}
	return by
}
