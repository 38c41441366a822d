package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/kb"
)

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
