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
	"huiyin/data"
	"huiyin/internal/locale"
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
	words := &words{Synonyms: kb.NewTaught(letters{}, kb.Wordbook{}), WordbookStore: l.store}
	now := func() time.Time { return l.now }
	s := kb.NewSearcher(kb.Config{Store: l.store, Tokenizer: words, Now: now, Index: index.New(index.Config{})})
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-s.Ready()
	words.reload = s.Reload
	l.kb = kb.NewPublisher(kb.PublisherConfig{Store: l.store, Searcher: s, Now: now, Asked: func(context.Context, time.Time) ([]kb.Query, error) { return l.asked, nil }})
	catalog, err := locale.Load(data.Files(), "locale")
	if err != nil {
		t.Fatal(err)
	}
	teller, err := bot.New(bot.Config{Store: l.store, Understander: understander{}, Retriever: s, Library: s, Sender: &l.outbox, Words: catalog, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	c, err := console.New(console.Config{
		Store: l.store, Desk: l.desk, Answers: s, Feed: l.desk, Digests: digests{}, Words: catalog, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Now: now, Zone: time.UTC, Random: rand.NewChaCha8([32]byte{1}), Lang: "en",
		Knowledge: &console.Knowledge{Publisher: l.kb, Words: words, Follow: teller, Probe: func(_ context.Context, address string) error { return missingPage{} },
			Facts: func(ctx context.Context, from, to time.Time) iter.Seq2[bot.Fact, error] {
				return l.store.Facts(ctx, from, to)
			},
			Fetch: importer.NewFetcher(importer.FetcherOptions{}).Fetch, Mask: nlp.Redact},
		Experiments: &console.Experiments{Runner: teller, Source: l.store},
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
		"GET /console/kb/words": "editor", "POST /console/kb/words": "editor", "GET /console/kb/gaps": "editor", "POST /console/kb/gaps": "editor", "GET /console/kb/check": "editor",
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

func TestEditAndPublish(t *testing.T) {
	l := openLibrary(t)
	b := l.as("editor")
	status, body := b.do("POST", "/console/kb/new", form(kb.Article{Lang: "en", Title: "Do you wrap gifts?", Body: "Yes, **free**."}, "draft", "tags", "gift, wrap"))
	if status != 200 || !strings.Contains(body, "Customers don&#39;t see it") {
		t.Fatalf("%d %s", status, body)
	}
	a := l.article("do-you-wrap-gifts.en")
	if a.Status != kb.Draft || a.UpdatedBy != "editor" || !slices.Equal(a.Tags, []string{"gift", "wrap"}) {
		t.Errorf("saved %+v", a)
	}
	t.Run("review, then publication, then answers", func(t *testing.T) {
		b.do("POST", "/console/kb/a/do-you-wrap-gifts.en", form(a, "review"))
		a = l.article(a.ID)
		l.asked = []kb.Query{{Text: "do you wrap gifts", Lang: "en"}}
		_, body := b.do("POST", "/console/kb/a/do-you-wrap-gifts.en", form(a, "published"))
		if !strings.Contains(body, "Before this is published") || !strings.Contains(body, "do you wrap gifts") || l.article(a.ID).Status != kb.Review {
			t.Fatalf("a new answer is not shown first: %s", body)
		}
		_, body = b.do("POST", "/console/kb/a/do-you-wrap-gifts.en", form(a, "published", "confirm", "1"))
		if !strings.Contains(body, "Customers get this from now on") {
			t.Fatal(body)
		}
		answer, err := l.kb.Searcher().Search(t.Context(), kb.Query{Text: "do you wrap gifts", Lang: "en"})
		if err != nil || len(answer.Hits) == 0 || answer.Hits[0].Article != a.ID || answer.Hits[0].Revision != 3 {
			t.Errorf("%v %+v", err, answer)
		}
	})
	t.Run("a change of its own text goes through at once", func(t *testing.T) {
		a := l.article(a.ID)
		a.Body = "Yes, for ¥5."
		if _, body := b.do("POST", "/console/kb/a/do-you-wrap-gifts.en", form(a, "published", "note", "price")); !strings.Contains(body, "Customers get this from now on") {
			t.Errorf("%s", body)
		}
		_, body := b.do("GET", "/console/kb/a/do-you-wrap-gifts.en/r/4", nil)
		for _, want := range []string{"<ins>for ¥5</ins>", "<del>", "price"} {
			if !strings.Contains(body, want) {
				t.Errorf("the difference has no %q: %s", want, body)
			}
		}
		if _, body := b.do("POST", "/console/kb/a/do-you-wrap-gifts.en/r/3", url.Values{}); !strings.Contains(body, "restored") || !strings.Contains(l.article(a.ID).Body, "free") {
			t.Errorf("not restored: %s", body)
		}
	})
	t.Run("a colleague was faster", func(t *testing.T) {
		old := l.article(a.ID)
		mine, theirs := old, old
		theirs.Body = "No."
		if _, _, err := l.kb.Save(t.Context(), []kb.Article{theirs}, kb.Signed{By: "Lin"}); err != nil {
			t.Fatal(err)
		}
		mine.Body = "Perhaps."
		status, body := b.do("POST", "/console/kb/a/do-you-wrap-gifts.en", form(mine, "published"))
		if status != http.StatusConflict || !strings.Contains(body, "Perhaps.") || !strings.Contains(body, "Lin") || !strings.Contains(body, "<del>No</del>") {
			t.Errorf("%d %s", status, body)
		}
	})
	t.Run("incomplete", func(t *testing.T) {
		status, body := b.do("POST", "/console/kb/new", form(kb.Article{Lang: "en", Body: "what I wrote"}, "draft"))
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, "what I wrote") {
			t.Errorf("%d %s", status, body)
		}
	})
}

func TestGoldenQuestionsBlockInTheConsole(t *testing.T) {
	l := openLibrary(t)
	b := l.as("editor")
	a := l.article("returns.zh")
	a.Title, a.Questions, a.Body, a.Golden = "礼品卡", nil, "不可兑现。", []string{"完全找不到的问法"}
	_, body := b.do("POST", "/console/kb/a/returns.zh", form(a, "published", "confirm", "1"))
	if !strings.Contains(body, "完全找不到的问法") || !strings.Contains(body, `name="force"`) || l.article("returns.zh").Revision != 1 {
		t.Fatalf("not blocked: %s", body)
	}
	if _, body := b.do("POST", "/console/kb/a/returns.zh", form(a, "published", "confirm", "1", "force", "法务要求")); !strings.Contains(body, "in spite of golden questions") {
		t.Errorf("not forced, or not shown: %s", body)
	}
	if got := l.article("returns.zh"); !got.Forced || got.Note != "法务要求" {
		t.Errorf("%+v", got)
	}
	events, err := l.store.Audit(t.Context(), 1)
	if err != nil || events[0].Action != "article.save.forced" {
		t.Errorf("%v, %+v", err, events)
	}
}

func TestTranslations(t *testing.T) {
	l := openLibrary(t)
	b := l.as("editor")
	_, body := b.do("GET", "/console/kb?status=missing", nil)
	if !strings.Contains(body, "How long does delivery take?") || strings.Contains(body, "How do I return") || !strings.Contains(body, "root=delivery&amp;lang=zh") {
		t.Errorf("missing translations: %s", body)
	}
	_, body = b.do("GET", "/console/kb/new?root=delivery&lang=zh", nil)
	if !strings.Contains(body, "Three days as a rule") {
		t.Errorf("the original is not beside its translation: %s", body)
	}
	b.do("POST", "/console/kb/new", form(kb.Article{Root: "delivery", Lang: "zh", Title: "多久能到", Body: "一般三天。"}, "published", "confirm", "1"))
	if got := l.article("delivery.zh"); got.Root != "delivery" || got.Status != kb.Published {
		t.Errorf("%+v", got)
	}
	l.now = l.now.AddDate(0, 0, 2)
	b = l.as("editor")
	a := l.article("returns.zh")
	a.Body = "签收后十五天内可以退货。"
	if _, _, err := l.kb.Save(t.Context(), []kb.Article{a}, kb.Signed{By: "Lin"}); err != nil {
		t.Fatal(err)
	}
	if _, body := b.do("GET", "/console/kb?status=behind", nil); !strings.Contains(body, "returns.en") || strings.Contains(body, "delivery.en") {
		t.Errorf("behind: %s", body)
	}
	if _, body := b.do("GET", "/console/kb/a/returns.en", nil); !strings.Contains(body, "was changed on 2026-11-22") || !strings.Contains(body, "十五天") {
		t.Errorf("not said: %s", body)
	}
	b.do("POST", "/console/kb/a/returns.en", form(l.article("returns.en"), "published", "agreed", "now"))
	if _, body := b.do("GET", "/console/kb?status=behind", nil); strings.Contains(body, "returns.en") {
		t.Errorf("still behind: %s", body)
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

func TestGapBecomesArticle(t *testing.T) {
	l := openLibrary(t)
	l.talk("c1", "Ada", bot.StatusAgent, "can you engrave a pen", "sorry")
	conv, err := l.store.Conversation(t.Context(), "c1")
	if err != nil {
		t.Fatal(err)
	}
	conv.LastSeq = 4
	agent := func(seq uint64, text string, private bool) bot.Message {
		return bot.Message{ID: bot.MessageID(fmt.Sprint("c1-", seq)), Conversation: "c1", Seq: seq, Inbox: "web", Thread: "t-c1", Direction: bot.Outgoing, Author: bot.ByAgent, Private: private, Text: text, At: l.now}
	}
	gaps := []kb.Gap{{ID: "g1", Question: "can you engrave a pen", Lang: "en", Conversation: "c1", Message: "c1-1", At: l.now.Add(-time.Hour)},
		{ID: "g2", Question: "can you engrave my pen", Lang: "en", Conversation: "c1", Message: "c1-1", At: l.now.Add(-time.Minute)}}
	if err := l.store.Save(t.Context(), bot.Change{Conversation: conv, Gaps: gaps, Messages: []bot.Message{agent(3, "Yes, ¥20 a pen. Write to ada@example.com.", false), agent(4, strings.Repeat("private ", 20), true)}}); err != nil {
		t.Fatal(err)
	}
	b := l.as("editor")
	if _, body := b.do("GET", "/console/kb/gaps", nil); !strings.Contains(body, "can you engrave") || !strings.Contains(body, "asked 2 times") {
		t.Fatalf("%s", body)
	}
	_, body := b.do("POST", "/console/kb/gaps", url.Values{"gap": {"g2"}})
	if !strings.Contains(body, "¥20 a pen") || strings.Contains(body, "ada@example.com") || strings.Contains(body, "private private") {
		t.Errorf("the agent's answer: %s", body)
	}
	if _, body := b.do("GET", "/console/kb/gaps", nil); !strings.Contains(body, "Being written") {
		t.Errorf("not marked: %s", body)
	}
	draft := l.article(kb.ArticleID(regexp.MustCompile(`/console/kb/a/(can-you-[a-z-]+\.en)`).FindStringSubmatch(body)[1]))
	f := form(draft, "published", "confirm", "1")
	f["gap"] = draft.Gaps
	if _, body := b.do("POST", "/console/kb/a/"+string(draft.ID), f); !strings.Contains(body, "Customers get this") {
		t.Fatalf("%s", body)
	}
	if _, body := b.do("GET", "/console/kb/gaps", nil); !strings.Contains(body, "No open gaps") {
		t.Errorf("still open: %s", body)
	}
	if got := l.article(draft.ID); len(got.Golden) != 2 {
		t.Errorf("golden questions %q", got.Golden)
	}
	if status, _ := b.do("POST", "/console/kb/gaps", url.Values{"gap": {"none"}}); status != http.StatusNotFound {
		t.Errorf("an unknown gap: %d", status)
	}
}

func TestTestBench(t *testing.T) {
	l := openLibrary(t)
	b := l.as("agent")
	for q, want := range map[string][]string{
		"怎么退货":               {"The bot answers", "returns.zh", "How sure"},
		"zebra crossing":     {"doesn&#39;t know"},
		"":                   {"Ask as a customer would"},
		"how do I return it": {"is before", "First stage", "same words"},
	} {
		status, body := b.do("GET", "/console/kb/test?q="+url.QueryEscape(q), nil)
		for _, w := range want {
			if status != 200 || !strings.Contains(body, w) {
				t.Errorf("%q: %d, no %q in %s", q, status, w, body)
			}
		}
	}
}

func TestSynonymsPage(t *testing.T) {
	l := openLibrary(t)
	b := l.as("editor")
	a := l.article("returns.en")
	a.Golden = []string{"refundify", "refundify it", "I refundify an item", "how refundify", "can I refundify the item", "refundify item"}
	if _, _, err := l.kb.Save(t.Context(), []kb.Article{a}, kb.Signed{Force: "not yet found"}); err != nil {
		t.Fatal(err)
	}
	text := "refundify， return、send it back\n\n退货, 退回\n"
	_, body := b.do("POST", "/console/kb/words", url.Values{"text": {text}})
	if !strings.Contains(body, "1 golden question would be answered better") || !strings.Contains(body, "refundify") {
		t.Errorf("%s", body)
	}
	if answer, err := l.kb.Searcher().Search(t.Context(), kb.Query{Text: "refundify", Lang: "en"}); err != nil || answer.Decision != kb.DecideNothing {
		t.Errorf("trying has saved: %v %+v", err, answer)
	}
	if _, body := b.do("POST", "/console/kb/words", url.Values{"text": {text}, "confirm": {"1"}, "version": {"0"}}); !strings.Contains(body, "Searches use these words now") || !strings.Contains(body, "refundify, return, send it back") {
		t.Errorf("%s", body)
	}
	if answer, err := l.kb.Searcher().Search(t.Context(), kb.Query{Text: "refundify", Lang: "en"}); err != nil || len(answer.Hits) == 0 || answer.Hits[0].Root != "returns" {
		t.Errorf("not applied: %v %+v", err, answer)
	}
	if status, body := b.do("POST", "/console/kb/words", url.Values{"text": {"a, b\nalone\nb, c"}, "words": {"Echo Bud\n\nx"}, "version": {"1"}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "Synonyms · 2: a group needs") ||
		!strings.Contains(body, "alone") || !strings.Contains(body, "Words to keep whole · 3: ") || !strings.Contains(body, "Echo Bud") {
		t.Errorf("%d %s", status, body)
	}
	t.Run("words that are kept whole", func(t *testing.T) {
		terms := func() []string {
			answer, err := l.kb.Searcher().Search(t.Context(), kb.Query{Text: "my echo bud", Lang: "en", Explain: true})
			if err != nil {
				t.Fatal(err)
			}
			return answer.Trace.Terms
		}
		f := url.Values{"text": {text}, "words": {"Echo Bud\r\n回声耳机"}, "version": {"1"}}
		if _, body := b.do("POST", "/console/kb/words", f); !strings.Contains(body, "golden questions") || slices.Contains(terms(), "echobud") {
			t.Errorf("trying: %s", body)
		}
		f.Set("confirm", "1")
		if _, body := b.do("POST", "/console/kb/words", f); !strings.Contains(body, "Searches use these words now") || !strings.Contains(body, "回声耳机</textarea>") {
			t.Errorf("%s", body)
		}
		if got := terms(); !slices.Contains(got, "echobud") {
			t.Errorf("searched for %q", got)
		}
		status, body := b.do("POST", "/console/kb/words", f) // with the version read before
		if status != http.StatusConflict || !strings.Contains(body, "editor saved other words") || !strings.Contains(body, "Echo Bud") {
			t.Errorf("over a colleague's words: %d %s", status, body)
		}
	})
}

func TestUseOfAnArticle(t *testing.T) {
	l := openLibrary(t)
	l.talk("c1", "Ada", bot.StatusBot, "hi")
	conv, err := l.store.Conversation(t.Context(), "c1")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	fact := func(name, label string, value float64, lang nlp.Lang, daysAgo int) bot.Fact {
		n++
		at := l.now.AddDate(0, 0, -daysAgo).Add(time.Duration(n) * time.Second).Add(-time.Hour)
		return bot.Fact{Name: name, Label: label, Value: value, Lang: lang, Start: at, End: at, Conversation: "c1"}
	}
	const id = "article:returns.en"
	facts := []bot.Fact{
		fact(bot.FactAnswer, id, 1, "en", 7), fact(bot.FactHelped, id, 1, "en", 7), fact(bot.FactHandoff, "asked", 1, "en", 7), // it helped: not its handoff
		fact(bot.FactAnswer, id, 1, "en", 0), fact(bot.FactHelped, id, 0, "en", 0), fact(bot.FactHandoff, "asked", 1, "en", 0), fact(bot.FactHandoff, "asked", 1, "en", 0),
		fact(bot.FactAnswer, id, 1, "zh", 0), fact(bot.FactAnswer, "intent:order_status", 1, "zh", 0), fact(bot.FactHandoff, "asked", 1, "zh", 0), // the intent's
		fact(bot.FactAnswer, "article:delivery.en", 1, "en", 0), fact(bot.FactAnswer, id, 1, "en", 90),
	}
	if err := l.store.Save(t.Context(), bot.Change{Conversation: conv, Facts: facts}); err != nil {
		t.Fatal(err)
	}
	_, body := l.as("agent").do("GET", "/console/kb/a/returns.en", nil)
	table := regexp.MustCompile(`(?s)<tbody>.*?</tbody>`).FindString(body)
	got := strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(table, " ")), " ")
	if want := "2026-11-16 Chinese 1 0 0 0 English 1 0 1 1 2026-11-09 English 1 1 0 0"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCheckPage(t *testing.T) {
	l := openLibrary(t)
	b := l.as("editor")
	a := l.article("delivery.en")
	a.Body = "See [the map](https://shop.example/map?a=1&b=<2>)."
	if _, _, err := l.kb.Save(t.Context(), []kb.Article{a}, kb.Signed{}); err != nil {
		t.Fatal(err)
	}
	l.now = l.now.AddDate(0, 3, 0)
	b = l.as("editor")
	_, body := b.do("GET", "/console/kb/check", nil)
	if strings.Contains(body, "shop.example/map") || !strings.Contains(body, "Also ask web addresses") {
		t.Errorf("a web address was asked, or cannot be: %s", body)
	}
	if _, body := b.do("GET", "/console/kb/check?links=1", nil); !strings.Contains(body, "https://shop.example/map?a=1&amp;b=&lt;2&gt;: the page is gone.") || !strings.Contains(body, "answer") {
		t.Errorf("%s", body)
	}
	for _, want := range []string{"Missing translations", "delivery.en", "Articles that nobody got"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in %s", want, body)
		}
	}
}

// TestHostileArticles: whatever stands in an article, a file or a question is shown as text.
func TestHostileArticles(t *testing.T) {
	l := openLibrary(t)
	b := l.as("editor")
	evil := `<script>alert(1)</script><img src=x onerror=alert(2)>"'>`
	a := kb.Article{ID: "evil.en", Root: "evil", Lang: "en", Title: evil, Body: evil + " [x](javascript:alert(3))", Summary: evil, Questions: []string{evil}, Golden: []string{evil}, Category: evil, Tags: []string{evil}, Note: evil, Status: kb.Published}
	if _, _, err := l.kb.Save(t.Context(), []kb.Article{a}, kb.Signed{By: evil, Note: evil, Force: evil}); err != nil {
		t.Fatal(err)
	}
	a = l.article("evil.en")
	a.Body += " more"
	if _, _, err := l.kb.Save(t.Context(), []kb.Article{a}, kb.Signed{By: evil, Force: evil}); err != nil {
		t.Fatal(err)
	}
	pages := []string{"", "/a/evil.en", "/a/evil.en/history", "/a/evil.en/r/1", "/a/evil.en/r/2", "/test?q=" + url.QueryEscape(evil), "/check", "/gaps", "/words", "/import", "?q=" + url.QueryEscape(evil), "/new?root=evil&lang=zh"}
	var bodies []string
	for _, p := range pages {
		_, body := b.do("GET", "/console/kb"+p, nil)
		bodies = append(bodies, body)
	}
	_, preview := b.do("POST", "/console/kb/preview", url.Values{"text": {a.Body}})
	_, plan := b.upload(evil+".html", []byte("<h1>&lt;script&gt;alert(1)&lt;/script&gt;</h1><p>"+evil+"&lt;img src=x&gt;</p>"))
	_, broken := b.upload("x.csv", []byte("title,status\n"+evil+","+evil+"\n"))
	a.Golden = []string{evil + " not found"}
	_, publish := b.do("POST", "/console/kb/a/evil.en", form(a, "published", "note", evil))
	for i, body := range append(bodies, preview, plan, broken, publish) {
		if m := regexp.MustCompile(`(?i)<script>alert|<img src=x|href="javascript:`).FindString(body); m != "" {
			t.Errorf("page %d has %q in it: %s", i, m, body)
		}
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

// outgoing takes what the bot sends.
type outgoing struct{ sent []bot.Message }

func (o *outgoing) Send(m ...bot.Message)      { o.sent = append(o.sent, m...) }
func (o *outgoing) Typing(bot.InboxID, string) {}

// understander is never asked: nobody writes to the bot of these tests.
type understander struct{}

func (understander) Analyze(context.Context, string) (nlp.Analysis, error) {
	return nlp.Analysis{}, nil
}

// TestWhoAskedIsToldFromTheConsole: the editor who publishes the missing answer sees who asked for it, ticks that they are
// told, and they are, once; without the tick nobody is, and she can still do it later.
func TestWhoAskedIsToldFromTheConsole(t *testing.T) {
	l := openLibrary(t)
	ask := func(id string, status bot.Status) kb.Gap {
		l.talk(id, "Ada", status, "can you engrave a pen", "sorry")
		conv, err := l.store.Conversation(t.Context(), bot.ConversationID(id))
		if err != nil {
			t.Fatal(err)
		}
		g := kb.Gap{ID: "g-" + id, Question: "can you engrave a pen", Lang: "en", Conversation: id, Message: id + "-1", At: l.now.Add(-time.Hour)}
		if err := l.store.Save(t.Context(), bot.Change{Conversation: conv, Gaps: []kb.Gap{g}}); err != nil {
			t.Fatal(err)
		}
		return g
	}
	gaps := []kb.Gap{ask("c1", bot.StatusBot), ask("c2", bot.StatusBot), ask("c3", bot.StatusAgent)}
	b := l.as("editor")
	_, body := b.do("POST", "/console/kb/gaps", url.Values{"gap": {gaps[0].ID}})
	for _, want := range []string{"When it is published, tell the 2 people who asked", "2 can be told now", "1 is with a colleague"} {
		if !strings.Contains(body, want) {
			t.Fatalf("no %q in %s", want, body)
		}
	}
	draft := l.article("can-you-engrave-a-pen.en")
	f := form(draft, "published", "confirm", "1", "body", "Yes, ¥20 a pen.")
	f["gap"] = draft.Gaps
	if _, body := b.do("POST", "/console/kb/a/"+string(draft.ID), f); !strings.Contains(body, "Customers get this") || len(l.outbox.sent) > 0 {
		t.Fatalf("published without the tick: %d told: %s", len(l.outbox.sent), body)
	}
	f = form(l.article(draft.ID), "published", "tell", "1", "body", "Yes, ¥25 a pen.", "confirm", "1")
	f["gap"] = draft.Gaps
	if _, body := b.do("POST", "/console/kb/a/"+string(draft.ID), f); !strings.Contains(body, "2 people who asked are being told") {
		t.Fatalf("%s", body)
	}
	if len(l.outbox.sent) != 2 || !strings.Contains(l.outbox.sent[0].Text, "¥25 a pen") || l.outbox.sent[0].Decision.Reason != "bot.why.gap_closed" {
		t.Fatalf("%+v", l.outbox.sent)
	}
	_, body = b.do("POST", "/console/kb/a/"+string(draft.ID)+"/tell", url.Values{})
	if !strings.Contains(body, "Nobody who asked can be told right now") || !strings.Contains(body, "2 have the answer") || len(l.outbox.sent) != 2 {
		t.Errorf("told twice, or not said: %s", body)
	}
	events, err := l.store.Audit(t.Context(), 3)
	if err != nil || events[0].Action != "article.tell" || events[0].Object != string(draft.ID) {
		t.Errorf("%v %+v", err, events)
	}
	if status, _ := b.do("POST", "/console/kb/a/delivery.en/tell", url.Values{}); status != http.StatusOK || len(l.outbox.sent) != 2 {
		t.Errorf("an article that nobody asked for: %d", status)
	}
	late := l.article(draft.ID)
	late.Status = kb.Archived
	if _, _, err := l.kb.Save(t.Context(), []kb.Article{late}, kb.Signed{}); err != nil {
		t.Fatal(err)
	}
	if status, _ := b.do("POST", "/console/kb/a/"+string(draft.ID)+"/tell", url.Values{}); status != http.StatusConflict {
		t.Errorf("an archived article: %d", status)
	}
}

// TestDraftBesideALiveArticle: an editor saves a draft of a published article, a colleague reviews it, looks at what it
// changes and at its effect, and publishes it; until then customers and agents get what is published.
func TestDraftBesideALiveArticle(t *testing.T) {
	l := openLibrary(t)
	b := l.as("editor")
	const path = "/console/kb/a/returns.en"
	post := func(do string, a kb.Article, pairs ...string) string {
		t.Helper()
		_, body := b.do("POST", path, form(a, do, pairs...))
		return body
	}
	has := func(body string, want ...string) {
		t.Helper()
		for _, w := range want {
			if !strings.Contains(body, w) {
				t.Errorf("no %q in %s", w, body)
			}
		}
	}
	l.asked = []kb.Query{{Text: "How do I return an item?", Lang: "en"}}
	gets := func(want string) {
		t.Helper()
		answer, err := l.kb.Searcher().Search(t.Context(), kb.Query{Text: "How do I return an item?", Lang: "en"})
		if err != nil || len(answer.Hits) == 0 || answer.Hits[0].Text != want {
			t.Errorf("customers get %v %+v, want %q", err, answer.Hits, want)
		}
	}
	work := func() kb.Article { return l.article("returns.en").Working() }
	a := work()
	a.Body = "Within fifteen days."
	has(post("draft", a), "Saved as a draft. Customers still get the published text", "Within fifteen days.", "draft beside it", "<ins>fifteen</ins>", "Drop this draft")
	gets("Within seven days.")
	if _, body := l.as("agent").do("GET", path, nil); strings.Contains(body, "fifteen</p>") || !strings.Contains(body, "Within seven days.") {
		t.Errorf("an agent reads the draft: %s", body)
	}
	if _, body := b.do("GET", "/console/kb?status=pending", nil); !strings.Contains(body, "returns.en") || strings.Contains(body, "delivery.en") {
		t.Errorf("the list does not find it: %s", body)
	}
	has(post("review", work()), "Sent to review. Customers still get", "change in review")
	has(post("try", work()), "another text", "How do I return an item?", `name="do" value="published"`)
	gets("Within seven days.")
	if _, body := b.do("GET", path+"/r/2", nil); !strings.Contains(body, "The draft that stood beside it") || !strings.Contains(body, "<ins>fifteen</ins>") {
		t.Errorf("%s", body)
	}
	has(post("published", work()), "Customers get this from now on")
	gets("Within fifteen days.")

	t.Run("scheduled", func(t *testing.T) {
		a := work()
		a.Body = "Within thirty days."
		body := post("published", a, "from", l.now.AddDate(0, 0, 1).Format("2006-01-02T15:04"), "confirm", "1")
		has(body, "Scheduled. Customers get the published text until then", "change scheduled", "Customers get this text from")
		gets("Within fifteen days.")
		l.now = l.now.AddDate(0, 0, 1).Add(time.Minute)
		if done, err := l.kb.PublishDue(t.Context()); err != nil || len(done) != 1 {
			t.Errorf("%v %+v", err, done)
		}
		gets("Within thirty days.")
		b = l.as("editor")
	})
	t.Run("dropped", func(t *testing.T) {
		a := work()
		a.Body = "Never."
		post("draft", a)
		has(post("discard", work()), "The draft is dropped", "Within thirty days.")
		gets("Within thirty days.")
	})
	t.Run("the difference of a long text shows what stands around the change", func(t *testing.T) {
		a := l.article("delivery.en")
		a.Body = strings.Repeat("far before ", 60) + "near before. CHANGE near after. " + strings.Repeat("far after ", 60)
		if _, _, err := l.kb.Save(t.Context(), []kb.Article{a}, kb.Signed{}); err != nil {
			t.Fatal(err)
		}
		a = l.article("delivery.en")
		a.Body, a.Status = strings.Replace(a.Body, "CHANGE", "INSTEAD", 1), kb.Draft
		_, body := b.do("POST", "/console/kb/a/delivery.en", form(a, "draft"))
		diff := regexp.MustCompile(`(?s)<section class="diff">.*?</section>`).FindString(body)
		if !strings.Contains(diff, "near before. <del>CHANGE</del><ins>INSTEAD</ins> near after.") || len(diff) > 600 {
			t.Errorf("%d: %s", len(diff), diff)
		}
	})
	t.Run("a colleague was faster", func(t *testing.T) {
		a := work()
		theirs := work()
		theirs.Body, theirs.Status = "Theirs.", kb.Draft
		if _, _, err := l.kb.Propose(t.Context(), theirs, kb.Signed{By: "Lin"}); err != nil {
			t.Fatal(err)
		}
		a.Body = "Mine."
		has(post("draft", a), "Mine.", "Lin", "<del>Theirs</del>")
	})
	t.Run("withdrawn", func(t *testing.T) {
		has(post("withdraw", work()), "Before customers stop getting this", "no answer")
		has(post("withdraw", work(), "confirm", "1"), "Customers don&#39;t see it")
		if a := l.article("returns.en"); a.Status != kb.Draft || a.Pending != nil {
			t.Errorf("%+v", a)
		}
	})
}

// missingPage is what a probe says of a page that is not there.
type missingPage struct{}

func (missingPage) Error() string  { return "the page is gone (404)" }
func (missingPage) Reason() string { return "gone" }

// TestReasonsHaveWords: why a web address does not answer is said in both languages.
func TestReasonsHaveWords(t *testing.T) {
	words, err := locale.Load(data.Files(), "locale")
	if err != nil {
		t.Fatal(err)
	}
	for _, reason := range importer.Reasons() {
		if !words.Has("kb.web." + reason) {
			t.Errorf("no words for %q", reason)
		}
	}
}
