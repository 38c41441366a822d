package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/data"
	"huiyin/kb"
	"huiyin/nlp"
)

// TestGapsThatMayBeTheSame: what may ask for the same in other words stands beside a gap, once for both; one press makes a draft for
// both or adds the one to the draft of the other, and from then on they are one.
func TestGapsThatMayBeTheSame(t *testing.T) {
	tok, err := nlp.NewTokenizer(data.Files(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer tok.Close()
	models, err := kb.LoadModels(data.Files(), nil)
	if err != nil {
		t.Fatal(err)
	}
	l := openTaught(t, tok, models)
	l.talk("c1", "Ada", bot.StatusAgent, "hello", "sorry")
	l.change("c1", func(c *bot.Change) {
		for i, q := range []string{"how do i reset my <b>password</b>", "密码忘了怎么找回", "忘记密码了", "有儿童椅吗", "从机场怎么过来"} {
			lang := nlp.LangChinese
			if i == 0 {
				lang = nlp.LangEnglish
			}
			c.Gaps = append(c.Gaps, kb.Gap{ID: fmt.Sprint("g", i), Question: q, Lang: lang, Contact: fmt.Sprint("p", i), Conversation: "c1", Message: "c1-1", At: l.now.Add(time.Duration(i-60) * time.Minute)})
		}
	})
	b := l.as("editor")
	press := regexp.MustCompile(`name="gap" value="(g\d)"><input type="hidden" name="with" value="(g\d)"><span>([^<]*)`)
	offered := func() [][]string {
		_, body := b.do("GET", "/console/kb/gaps", nil)
		return press.FindAllStringSubmatch(body, -1)
	}
	first := offered()
	t.Logf("%q", first)
	if len(first) != 3 || strings.Contains(fmt.Sprint(first), "<b>") {
		t.Fatalf("not all three pairs once each: %q", first)
	}
	post := func(gap, with string) kb.Article {
		t.Helper()
		status, body := b.do("POST", "/console/kb/gaps", url.Values{"gap": {gap}, "with": {with}})
		id := regexp.MustCompile(`action="/console/kb/a/([^"/]+)`).FindStringSubmatch(body)
		if status != http.StatusOK || id == nil {
			t.Fatalf("%d: %s", status, body)
		}
		name, err := url.PathUnescape(id[1])
		if err != nil {
			t.Fatal(err)
		}
		return l.article(kb.ArticleID(name))
	}
	draft := post(first[0][1], first[0][2])
	if len(draft.Gaps) != 2 || len(draft.Golden) != 2 || draft.Status != kb.Draft {
		t.Fatalf("not a draft for both: %+v", draft)
	}
	if again := post(first[0][1], first[0][2]); again.ID != draft.ID || again.Revision != draft.Revision {
		t.Errorf("pressed twice: %+v", again)
	}
	next := offered()
	if len(next) != 1 {
		t.Fatalf("the third is not offered once: %q", next)
	}
	draft = post(next[0][1], next[0][2])
	slices.Sort(draft.Gaps)
	if !slices.Equal(draft.Gaps, []string{"g0", "g1", "g2"}) || len(draft.Golden) != 3 {
		t.Errorf("not added to the draft: %+v", draft)
	}
	if _, body := b.do("GET", "/console/kb/gaps", nil); press.MatchString(body) || strings.Count(body, "Being written") != 1 || !strings.Contains(body, "3 people") {
		t.Errorf("not one: %s", body)
	}
	if status, _ := b.do("POST", "/console/kb/gaps", url.Values{"gap": {"g3"}, "with": {"none"}}); status != http.StatusNotFound {
		t.Errorf("with an unknown gap: %d", status)
	}
	other := post("g3", "g3")
	if both := post("g0", "g3"); both.ID != draft.ID || both.Revision != draft.Revision || other.ID == draft.ID {
		t.Errorf("two drafts became one: %+v", both)
	}
}

// TestGapsSetAside: a question that an editor sets aside leaves the list, and so does the same question when it is asked again in
// other words, or two months later; put back, it stands there again.
func TestGapsSetAside(t *testing.T) {
	tok, err := nlp.NewTokenizer(data.Files(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer tok.Close()
	models, err := kb.LoadModels(data.Files(), nil)
	if err != nil {
		t.Fatal(err)
	}
	l := openTaught(t, tok, models)
	l.talk("c1", "Ada", bot.StatusAgent, "hello", "sorry")
	asked := 0
	ask := func(questions ...string) {
		l.change("c1", func(c *bot.Change) {
			for _, q := range questions {
				c.Gaps = append(c.Gaps, kb.Gap{ID: fmt.Sprint("g", asked), Question: q, Lang: nlp.LangChinese, Contact: fmt.Sprint("p", asked), Conversation: "c1",
					Message: "c1-1", At: l.now.Add(time.Duration(asked-60) * time.Minute)})
				asked++
			}
		})
	}
	ask("你们招人吗", "<b>儿童椅</b>有没有")
	b := l.as("editor")
	page := func() (list, aside string) {
		t.Helper()
		status, body := b.do("GET", "/console/kb/gaps", nil)
		if status != http.StatusOK {
			t.Fatal(status, body)
		}
		list, aside, _ = strings.Cut(body, "<details class=\"panel set-aside\">")
		return list, aside
	}
	if list, aside := page(); !strings.Contains(list, "你们招人吗") || aside != "" {
		t.Fatalf("before: %s", list)
	}
	if status, body := b.do("POST", "/console/kb/gaps/aside", url.Values{"gap": {"g0"}}); status != http.StatusOK || !strings.Contains(body, "Set aside.") {
		t.Fatal(status, body)
	}
	ask("你们招人吗？", "请问你们招人吗")
	list, aside := page()
	if strings.Contains(list, "招人") || !strings.Contains(list, "儿童椅") || strings.Contains(list, "<b>儿童椅") || !strings.Contains(aside, "招人") || !strings.Contains(aside, "3 people") {
		t.Errorf("asked again: %s\n%s", list, aside)
	}
	l.now = l.now.AddDate(0, 0, 60)
	b = l.as("editor")
	ask("你们还招人吗")
	if list, aside := page(); strings.Contains(list, "招人") || !strings.Contains(aside, "2 people") {
		t.Errorf("asked again two months later: %s\n%s", list, aside)
	}
	if status, _ := b.do("POST", "/console/kb/gaps/aside", url.Values{"gap": {"unknown"}}); status != http.StatusNotFound {
		t.Errorf("an unknown gap: %d", status)
	}
	if status, body := b.do("POST", "/console/kb/gaps/aside", url.Values{"gap": {"g0"}, "back": {"1"}}); status != http.StatusOK || !strings.Contains(body, "Back on the list") {
		t.Fatal(status, body)
	}
	if list, aside := page(); !strings.Contains(list, "还招人") || aside != "" {
		t.Errorf("put back: %s\n%s", list, aside)
	}
	events, err := l.store.Audit(t.Context(), 3)
	if err != nil || len(events) != 3 || events[0].Action != "gap.back" || events[2].Action != "gap.aside" { // between them she signed in again
		t.Errorf("the audit log has %+v (%v)", events, err)
	}
}
