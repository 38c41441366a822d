package console_test

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"huiyin/bot"
	"huiyin/console"
	"huiyin/kb"
	"huiyin/kb/importer"
	"huiyin/kb/index"
	"huiyin/nlp"
)

// letters cuts text into Latin words and single Han characters.
type letters struct{}

func (letters) Tokenize(text string) []nlp.Token {
	var out []nlp.Token
	for i := 0; i < len(text); {
		word := strings.IndexFunc(text[i:], func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) || unicode.Is(unicode.Han, r) })
		if word < 0 {
			word = len(text) - i
		}
		if word == 0 {
			r := []rune(text[i:])[0]
			if word = len(string(r)); !unicode.Is(unicode.Han, r) {
				i += word
				continue
			}
		}
		w := strings.ToLower(text[i : i+word])
		out = append(out, nlp.Token{Span: nlp.Span{Start: i, End: i + word}, Text: w, Term: strings.TrimSuffix(w, "s")})
		i += word
	}
	return out
}

// words are kept in the store.
type words struct {
	*kb.Synonyms
	kb.WordbookStore
	reload func(context.Context) error
}

func (s *words) With(b kb.Wordbook) kb.Tokenizer { return kb.NewTaught(letters{}, b) }
func (s *words) Save(ctx context.Context, b kb.Wordbook) error {
	if err := s.SaveWordbook(ctx, b); err != nil {
		return err
	}
	s.Teach(b)
	return s.reload(ctx)
}

// library is an office whose console has articles.
type library struct {
	trialPages *console.Experiments
	*office
	kb     *kb.Publisher
	asked  []kb.Query
	outbox outgoing
}

func article(id, title, body string, questions ...string) kb.Article {
	return kb.Normalize(kb.Article{ID: kb.ArticleID(id), Title: title, Body: body, Questions: questions, Status: kb.Published, Category: "shop"})
}

func openLibrary(t *testing.T) *library {
	t.Helper()
	return openTaught(t, letters{}, kb.Models{})
}

// openTaught opens one that cuts words and knows about questions what it is given.
func openTaught(t *testing.T, tok kb.Tokenizer, models kb.Models) *library {
	t.Helper()
	l := &library{office: open(t)}
	articles := []kb.Article{
		article("returns.zh", "怎么退货", "签收后七天内可以退货。", "我想退货"), article("returns.en", "How do I return an item?", "Within seven days.", "send it back"),
		article("delivery.en", "How long does delivery take?", "Three days as a rule."),
	}
	articles[0].Golden = []string{"想退货"}
	for i := range articles {
		articles[i].UpdatedAt, articles[i].UpdatedBy = l.now.AddDate(0, -3, 0), "import"
	}
	if _, err := l.store.SaveArticles(t.Context(), articles); err != nil {
		t.Fatal(err)
	}
	words := &words{Synonyms: kb.NewTaught(tok, kb.Wordbook{}), WordbookStore: l.store}
	now := func() time.Time { return l.now }
	s := kb.NewSearcher(kb.Config{Store: l.store, Tokenizer: words, Models: models, Now: now, Index: index.New(index.Config{})})
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-s.Ready()
	words.reload = s.Reload
	l.kb = kb.NewPublisher(kb.PublisherConfig{Store: l.store, Searcher: s, Now: now, Asked: func(context.Context, time.Time) ([]kb.Query, error) { return l.asked, nil }})
	teller, err := bot.New(bot.Config{Store: l.store, Understander: understander{}, Retriever: s, Library: s, Sender: &l.outbox, Words: catalog(t), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	l.trialPages = &console.Experiments{Runner: teller, Source: l.store}
	c, err := console.New(console.Config{
		Store: l.store, Desk: l.desk, Answers: s, Feed: l.desk, Digests: digests{}, Words: catalog(t), Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Now: now, Zone: time.UTC, Random: rand.NewChaCha8([32]byte{1}), Lang: "en",
		Knowledge: &console.Knowledge{Publisher: l.kb, Words: words, Follow: teller, Probe: func(_ context.Context, address string) error { return missingPage{} },
			Facts: func(ctx context.Context, from, to time.Time) iter.Seq2[bot.Fact, error] {
				return l.store.Facts(ctx, from, to)
			},
			Fetch: importer.NewFetcher(importer.FetcherOptions{}).Fetch, Mask: nlp.Redact},
		Experiments: l.trialPages,
	})
	if err != nil {
		t.Fatal(err)
	}
	l.server.Close()
	l.server = httptest.NewServer(c.Handler())
	t.Cleanup(func() {
		l.server.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func (l *library) article(id kb.ArticleID) kb.Article {
	l.t.Helper()
	a, err := l.store.Article(context.Background(), id)
	if err != nil {
		l.t.Fatal(err)
	}
	return a
}

// form is what the page of an article sends.
func form(a kb.Article, do string, pairs ...string) url.Values {
	f := url.Values{"revision": {fmt.Sprint(a.Revision)}, "root": {string(a.Root)}, "lang": {string(a.Lang)}, "title": {a.Title}, "body": {a.Body}, "summary": {a.Summary},
		"questions": {strings.Join(a.Questions, "\r\n")}, "golden": {strings.Join(a.Golden, "\r\n")}, "category": {a.Category}, "tags": {strings.Join(a.Tags, ", ")}, "do": {do}}
	for i := 0; i < len(pairs); i += 2 {
		f.Set(pairs[i], pairs[i+1])
	}
	return f
}

// TestArticleRolesAndRoutes asks for every route of the articles as every role.
func TestArticleRolesAndRoutes(t *testing.T) {
	least := map[string]string{
		"GET /console/kb": "agent", "GET /console/kb/a/{id}": "agent", "GET /console/kb/a/{id}/history": "agent", "GET /console/kb/a/{id}/r/{revision}": "agent", "GET /console/kb/test": "agent", "POST /console/kb/a/{id}/tell": "editor",
		"GET /console/kb/new": "editor", "POST /console/kb/new": "editor", "POST /console/kb/a/{id}": "editor", "POST /console/kb/a/{id}/r/{revision}": "editor", "POST /console/kb/preview": "editor",
		"GET /console/kb/words": "editor", "POST /console/kb/words": "editor", "GET /console/kb/gaps": "editor", "POST /console/kb/gaps": "editor", "POST /console/kb/gaps/aside": "editor", "GET /console/kb/check": "editor",
		"GET /console/kb/import": "editor", "POST /console/kb/import": "editor", "POST /console/kb/import/confirm": "editor", "POST /console/kb/import/undo": "editor", "GET /console/kb/export/{name}": "editor",
	}
	source, err := os.ReadFile("kb.go")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`\{"((?:GET|POST) [^"]+)"`).FindAllStringSubmatch(string(source), -1)
	if len(found) != len(least) {
		t.Errorf("%d routes, %d rules", len(found), len(least))
	}
	roles := []string{"", "agent", "lead", "editor", "admin"}
	l := openLibrary(t)
	for i, role := range roles {
		b := l.browser()
		if role != "" {
			b = l.as(role)
		}
		for _, m := range found {
			route := m[1]
			method, path, _ := strings.Cut(route, " ")
			path = strings.NewReplacer("{id}", "returns.zh", "{revision}", "1", "{name}", "articles.csv").Replace(path)
			status, _ := b.do(method, path, url.Values{}, "X-Fragment", "1")
			allowed := status != http.StatusUnauthorized && status != http.StatusForbidden
			if want := i > 0 && least[route] != "" && i >= slices.Index(roles, least[route]); allowed != want {
				t.Errorf("%s as %q: %d, want allowed: %v", route, role, status, want)
			}
			if allowed && status >= 500 {
				t.Errorf("%s as %q: %d", route, role, status)
			}
		}
	}
	if _, body := l.as("agent").do("GET", "/console/kb/a/returns.zh", nil); strings.Contains(body, "<textarea") || !strings.Contains(body, "签收后七天内") {
		t.Error("an agent should read the article, and not be offered to edit it")
	}
}

func TestListFilters(t *testing.T) {
	l := openLibrary(t)
	b := l.as("agent")
	for query, want := range map[string][2]string{ // what is there, what is not
		"":                     {"delivery.en", "nothing at all"},
		"q=ＳＥＶＥＮ":              {"returns.en", "delivery.en"},
		"q=退货":                 {"returns.zh", "delivery.en"},
		"lang=zh":              {"returns.zh", "delivery.en"},
		"status=archived":      {"No articles match", "returns.zh"},
		"category=other":       {"No articles match", "returns.zh"},
		"category=shop&page=9": {"delivery.en", "No articles"},
	} {
		_, body := b.do("GET", "/console/kb?"+query, nil)
		if !strings.Contains(body, want[0]) || strings.Contains(body, want[1]) {
			t.Errorf("%s: want %q and not %q: %s", query, want[0], want[1], body)
		}
	}
}

// TestNamesOnChinesePages: categories that many shops have, and those who save without being editors, are named in the reader's
// language; a category of the shop's own stays as it was written.
func TestNamesOnChinesePages(t *testing.T) {
	l := openLibrary(t)
	a := article("wash.zh", "怎么清洗", "用清水。")
	a.Category, a.UpdatedAt, a.UpdatedBy = "repairs", l.now, kb.ByCommand
	if _, err := l.store.SaveArticles(t.Context(), []kb.Article{a}); err != nil {
		t.Fatal(err)
	}
	b := l.as("admin")
	for lang, want := range map[string][]string{"zh-CN": {"维修 · 命令行", "shop · 知识库文件夹", `<option value="repairs" >维修</option>`}, "en-GB": {"Repairs · command line", "shop · the folder"}} {
		_, body := b.do("GET", "/console/kb", nil, "Accept-Language", lang)
		for _, w := range want {
			if !strings.Contains(body, w) {
				t.Errorf("%s: no %q in %s", lang, w, body)
			}
		}
	}
	if _, body := b.do("GET", "/console/kb/a/wash.zh/history", nil, "Accept-Language", "zh-CN"); !strings.Contains(body, "命令行") {
		t.Errorf("the history: %s", body)
	}
}

func TestArticlePagesInBothLanguages(t *testing.T) {
	l := openLibrary(t)
	b := l.as("admin")
	key := regexp.MustCompile(`\bkb\.[a-z]+(\.[a-z_]+)*`)
	for _, lang := range []string{"zh-CN", "en-GB"} {
		for _, path := range []string{"", "?status=archived", "/a/returns.zh", "/a/returns.zh/history", "/a/returns.zh/r/1", "/new", "/new?root=delivery&lang=zh", "/test", "/test?q=退货", "/words?saved=1", "/gaps", "/check", "/import?done=undo", "/a/returns.zh?saved=published"} {
			_, body := b.do("GET", "/console/kb"+path, nil, "Accept-Language", lang)
			body = strings.NewReplacer("kb.css", "", "kb.js", "").Replace(body)
			if m := key.FindString(body); m != "" {
				t.Errorf("%s in %s shows the key %q", path, lang, m)
			}
		}
	}
}

// TestMistakesInBothLanguages: what is wrong with an article or with words is said in the reader's language, and what she wrote
// is still there.
func TestMistakesInBothLanguages(t *testing.T) {
	l := openLibrary(t)
	b := l.as("editor")
	untitled := form(kb.Article{Lang: "en", Body: "Kept all the same."}, "draft")
	backwards := form(kb.Article{Lang: "en", Title: "Sale", Body: "Kept all the same."}, "draft")
	backwards.Set("from", "2026-11-20T10:00")
	backwards.Set("until", "2026-11-19T10:00")
	noDate := form(kb.Article{Lang: "en", Title: "Sale", Body: "Kept all the same."}, "draft")
	noDate.Set("from", "tomorrow")
	for _, tc := range []struct {
		name, path string
		form       url.Values
		kept       string
		says       map[string]string
	}{
		{"no title", "/console/kb/new", untitled, "Kept all the same.", map[string]string{"en": "the title is missing", "zh": "缺少标题"}},
		{"ends before it begins", "/console/kb/new", backwards, "Kept all the same.", map[string]string{"en": "is not after from", "zh": "不晚于开始展示的时间"}},
		{"no date", "/console/kb/new", noDate, "Kept all the same.", map[string]string{"en": "“tomorrow” is no date with a time", "zh": "“tomorrow”不是日期和时间"}},
		{"a word in two groups", "/console/kb/words", url.Values{"text": {"退货, return\n退回, return"}}, "退回, return",
			map[string]string{"en": "Synonyms · line 2: “return” stands already on line 1", "zh": "同义词 · 第 2 行：“return”在第 1 行已经有了"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for lang, want := range tc.says {
				status, body := b.do("POST", tc.path, tc.form, "Accept-Language", lang)
				if status != http.StatusUnprocessableEntity || !strings.Contains(body, want) || !strings.Contains(body, tc.kept) {
					t.Errorf("%s: %d, no %q in %s", lang, status, want, body)
				}
			}
		})
	}
}
