package console_test

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/kb"
	"huiyin/nlp"
)

const (
	shortA = "Within seven days."
	shortB = "You have seven days, and we pay for the parcel."
)

// openLab is a library whose article about returns has a short answer.
func openLab(t *testing.T) *library {
	t.Helper()
	l := openLibrary(t)
	a := l.article("returns.en")
	a.Summary = shortA
	if _, _, err := l.kb.Save(t.Context(), []kb.Article{a}, kb.Signed{By: "import"}); err != nil {
		t.Fatal(err)
	}
	return l
}

func trialForm(pairs ...string) url.Values {
	f := url.Values{"name": {"Who pays <b>"}, "article": {"returns.en"}, "goal": {"helped"}, "share": {"100"}, "text_B_en": {shortB}}
	for i := 0; i < len(pairs); i += 2 {
		f.Set(pairs[i], pairs[i+1])
	}
	return f
}

// trials are all experiments as stored.
func (o *office) trials() []bot.Experiment {
	o.t.Helper()
	all, err := o.store.Experiments(context.Background())
	if err != nil {
		o.t.Fatal(err)
	}
	return all
}

// took notes that n people were shown each arm a while ago, and how many of a hundred said that it helped.
func (o *office) took(e bot.Experiment, n int, helped map[string]int) {
	o.t.Helper()
	for arm, yes := range helped {
		for i := range n {
			id, at := fmt.Sprint("t", arm, i), e.Started.Add(time.Duration(i)*time.Hour/4)
			o.talk(id, id, bot.StatusBot, "can I send it back?")
			fact := bot.Fact{Name: bot.FactVariant, Value: 1, Label: e.ID + ":" + arm, Start: at, End: at, Conversation: bot.ConversationID(id)}
			facts := []bot.Fact{fact}
			if i%100 < yes {
				fact.Name, fact.Label, fact.End = bot.FactHelped, "article:returns.en", at.Add(time.Minute)
				facts = append(facts, fact)
			}
			o.change(bot.ConversationID(id), func(c *bot.Change) { c.Facts = facts })
		}
	}
}

// TestExperimentFromDraftToReview: an editor writes another answer, starts, looks at what it shows, ends it with the winner, and
// proposes that to the article, where it waits for its review.
func TestExperimentFromDraftToReview(t *testing.T) {
	l := openLab(t)
	b := l.as("editor")
	if _, body := b.do("GET", "/console/kb/a/returns.en", nil); !strings.Contains(body, `/console/experiments/new?article=returns.en`) {
		t.Error("the article's page does not lead to an experiment")
	}
	if _, body := b.do("GET", "/console/experiments/new?article=returns.en", nil); !strings.Contains(body, shortA) || !strings.Contains(body, `name="text_B_en"`) || strings.Contains(body, `name="text_B_zh"`) {
		t.Errorf("the form: %s", body)
	}
	status, body := b.do("POST", "/console/experiments", trialForm())
	all := l.trials()
	if status != 200 || len(all) != 1 || !strings.Contains(body, "Draft saved") || !strings.Contains(body, "Who pays &lt;b&gt;") || all[0].Arms[0].Text[nlp.LangEnglish] != shortA {
		t.Fatalf("%d %+v", status, all)
	}
	path := "/console/experiments/" + all[0].ID
	if _, body = b.do("POST", "/console/experiments", trialForm("id", all[0].ID, "version", "1", "name", "Who pays")); !strings.Contains(body, "Who pays") {
		t.Error("a draft cannot be changed")
	}
	typed := trialForm("id", all[0].ID, "version", "1", "text_B_en", "Typed for ten minutes.", "name", "Who pays")
	if status, body = b.do("POST", "/console/experiments", typed); status != http.StatusConflict || !strings.Contains(body, "Typed for ten minutes.") || !strings.Contains(body, `name="version" value="2"`) {
		t.Errorf("over what a colleague saved: %d %s", status, body)
	}
	if status, body = b.do("POST", path+"/start", url.Values{}); status != 200 || !strings.Contains(body, "Too early to say") {
		t.Fatalf("%d %s", status, body)
	}
	l.took(l.trials()[0], 600, map[string]int{"A": 51, "B": 70})
	l.now = l.now.AddDate(0, 0, 20)
	b = l.as("editor") // sessions end
	_, body = b.do("GET", path, nil)
	for _, want := range []string{"B helps more: 70% against 51%", "306 of 600", "420 of 600", "<polyline", `name="winner" value="B" class="primary"`, "&#43;"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in %s", want, body)
		}
	}
	if strings.Contains(body, " style=") || strings.Contains(body, "<script>") {
		t.Error("something is inline")
	}
	if status, body = b.do("POST", "/console/experiments", typed); status != http.StatusConflict || !strings.Contains(body, "Typed for ten minutes.") || !strings.Contains(body, `name="id" value=""`) {
		t.Errorf("over what a colleague started: %d %s", status, body)
	}
	if status, body = b.do("POST", path+"/end", url.Values{"winner": {"B"}}); status != 200 || !strings.Contains(body, "Propose B as the new short answer") {
		t.Fatalf("%d %s", status, body)
	}
	if status, body = b.do("POST", path+"/adopt", url.Values{}); status != 200 || !strings.Contains(body, "notice") {
		t.Fatalf("%d %s", status, body)
	}
	a := l.article("returns.en")
	if a.Summary != shortA || a.Pending == nil || a.Pending.Summary != shortB || a.Pending.Status != kb.Review || a.Pending.Note != "From the experiment “Who pays”, version B" {
		t.Errorf("%+v, pending %+v", a, a.Pending)
	}
	if status, _ = b.do("POST", path+"/adopt", url.Values{}); status != http.StatusConflict {
		t.Errorf("adopted twice: %d", status)
	}
	if _, body = b.do("GET", "/console/experiments", nil); !strings.Contains(body, "Ended, B was chosen") || !strings.Contains(body, "B helps more") {
		t.Error("the list does not tell")
	}
	events, err := l.store.Audit(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	var actions []string
	for _, e := range events {
		if strings.HasPrefix(e.Action, "experiment.") || strings.HasPrefix(e.Action, "article.") {
			actions = append([]string{e.Action}, actions...)
		}
	}
	if got := strings.Join(actions, " "); got != "experiment.draft experiment.draft experiment.start experiment.end article.save experiment.adopt" {
		t.Errorf("the log: %s", got)
	}
}

// TestWinnerThatWasProposedButNotNoted can be noted when the button is pressed again.
func TestWinnerThatWasProposedButNotNoted(t *testing.T) {
	l := openLab(t)
	b := l.as("editor")
	b.do("POST", "/console/experiments", trialForm())
	path := "/console/experiments/" + l.trials()[0].ID
	b.do("POST", path+"/start", url.Values{})
	b.do("POST", path+"/end", url.Values{"winner": {"B"}})
	a := l.article("returns.en")
	a.Summary, a.Status = shortB, kb.Review
	if _, _, err := l.kb.Propose(t.Context(), a, kb.Signed{By: "ed"}); err != nil {
		t.Fatal(err)
	}
	if status, body := b.do("POST", path+"/adopt", url.Values{}); status != 200 || l.trials()[0].Adopted.IsZero() {
		t.Errorf("%d %s", status, body)
	}
}

// countedFacts counts how often facts are read, and from when on.
type countedFacts struct {
	feedback.ExperimentSource
	from []time.Time
}

func (c *countedFacts) Facts(ctx context.Context, from, to time.Time) iter.Seq2[bot.Fact, error] {
	c.from = append(c.from, from)
	return c.ExperimentSource.Facts(ctx, from, to)
}

// TestWhatIsOverIsCountedOnce: a week after its end an experiment costs its pages nothing more.
func TestWhatIsOverIsCountedOnce(t *testing.T) {
	l := openLab(t)
	source := &countedFacts{ExperimentSource: l.trialPages.Source}
	l.trialPages.Source = source
	b := l.as("editor")
	b.do("POST", "/console/experiments", trialForm())
	path := "/console/experiments/" + l.trials()[0].ID
	b.do("POST", path+"/start", url.Values{})
	l.took(l.trials()[0], 100, map[string]int{"A": 20, "B": 80})
	l.now = l.now.AddDate(0, 0, 3)
	b = l.as("editor")
	b.do("POST", path+"/end", url.Values{"winner": {"B"}})
	l.now = l.now.AddDate(0, 0, 8)
	b = l.as("editor")
	source.from = nil
	for range 3 {
		l.now = l.now.Add(time.Minute)
		if _, body := b.do("GET", path, nil); !strings.Contains(body, "80 of 100") {
			t.Fatal("nothing is shown")
		}
	}
	if len(source.from) != 1 {
		t.Errorf("facts were read from %v on", source.from)
	}
}

// TestWordingOnThePage: an apology is compared in both languages, and the winner is said until that is taken back.
func TestWordingOnThePage(t *testing.T) {
	l := openLab(t)
	b := l.as("editor")
	if _, body := b.do("GET", "/console/experiments/new?wording=fallback", nil); !strings.Contains(body, `name="text_B_zh"`) || !strings.Contains(body, `name="text_C_en"`) {
		t.Errorf("the form: %s", body)
	}
	f := trialForm("article", "", "wording", "fallback", "goal", "handed", "text_B_en", "No idea, sorry!", "text_B_zh", "我还不知道，抱歉！")
	if status, _ := b.do("POST", "/console/experiments", f); status != 200 {
		t.Fatal(status)
	}
	path := "/console/experiments/" + l.trials()[0].ID
	for _, step := range []struct{ to, with, shows string }{
		{"/start", "", "Running"}, {"/end", "B", "Say B to everyone"}, {"/adopt", "", "B has been said to everyone"}, {"/withdraw", "", "Say B to everyone"},
	} {
		if status, body := b.do("POST", path+step.to, url.Values{"winner": {step.with}}); status != 200 || !strings.Contains(body, step.shows) {
			t.Fatalf("%s: %d %s", step.to, status, body)
		}
	}
}

func TestExperimentsThatAreNotTaken(t *testing.T) {
	l := openLab(t)
	b := l.as("editor")
	for says, f := range map[string]url.Values{
		"Give the experiment a name": trialForm("name", " "), "Version B says the same as version A": trialForm("text_B_en", shortA),
		"Version C says the same as version B": trialForm("text_C_en", shortB), "There is no second version": trialForm("text_B_en", ""),
		"Version B is too long: 2,000": trialForm("text_B_en", strings.Repeat("x", 2001)), "cannot be saved so": trialForm("goal", "x"), "saved so": trialForm("share", "0"),
		"in one language only": trialForm("article", "", "wording", "fallback", "text_B_en", "Sorry!"),
	} {
		if status, body := b.do("POST", "/console/experiments", f); status != 422 || !strings.Contains(body, says) || len(l.trials()) != 0 {
			t.Errorf("%s: %d", says, status)
		}
	}
	for path, want := range map[string]int{"/console/experiments/new?article=gone.en": 404, "/console/experiments/new?article=delivery.en": 409, "/console/experiments/new?wording=handoff.asked": 409,
		"/console/experiments/new": 409, "/console/experiments/gone": 404} {
		if status, _ := b.do("GET", path, nil); status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
	}
	b.do("POST", "/console/experiments", trialForm())
	draft := l.trials()[0]
	a := l.article("returns.en")
	a.Summary = "Eight days."
	if _, _, err := l.kb.Save(t.Context(), []kb.Article{a}, kb.Signed{By: "ed", Force: "test"}); err != nil {
		t.Fatal(err)
	}
	if status, body := b.do("POST", "/console/experiments/"+draft.ID+"/start", url.Values{}); status != 409 || !strings.Contains(body, "It can&#39;t start: what version A says is not") {
		t.Errorf("what it compares with is gone: %d %s", status, body)
	}
	if status, body := b.do("POST", "/console/experiments/"+draft.ID+"/end", url.Values{}); status != 200 || !strings.Contains(body, "No experiments yet") {
		t.Errorf("thrown away: %d %s", status, body)
	}
	_, body := b.do("POST", "/console/experiments/preview", url.Values{"text": {"Call **Ada** at 13812345678 <script>alert(1)</script>"}})
	if strings.Contains(body, "13812345678") || strings.Contains(body, "<script>") || !strings.Contains(body, "<strong>Ada</strong>") || !strings.Contains(body, "personal data") {
		t.Errorf("the preview: %s", body)
	}
}

// TestDraftBesideOneThatRuns: who writes a draft is told at once that another experiment on the same article is running.
func TestDraftBesideOneThatRuns(t *testing.T) {
	l := openLab(t)
	b := l.as("editor")
	b.do("POST", "/console/experiments", trialForm("name", "The first"))
	first := "/console/experiments/" + l.trials()[0].ID
	const told = "The experiment “The first” on the same subject is running"
	if _, body := b.do("GET", "/console/experiments/new?article=returns.en", nil); strings.Contains(body, "is running") {
		t.Error("told of a draft")
	}
	b.do("POST", first+"/start", url.Values{})
	if _, body := b.do("GET", "/console/experiments/new?article=returns.en", nil); !strings.Contains(body, told) {
		t.Errorf("the form: %s", body)
	}
	if _, body := b.do("GET", "/console/experiments/new?wording=fallback", nil); strings.Contains(body, "is running") {
		t.Error("told of another subject")
	}
	if status, body := b.do("POST", "/console/experiments", trialForm("name", "The second")); status != 200 || !strings.Contains(body, "Draft saved") || !strings.Contains(body, told) {
		t.Errorf("the draft: %d %s", status, body)
	}
	for _, e := range l.trials() {
		if e.Name != "The second" {
			continue
		}
		if status, body := b.do("POST", "/console/experiments/"+e.ID+"/start", url.Values{}); status != 409 || !strings.Contains(body, "another experiment on the same subject is running") {
			t.Errorf("started: %d %s", status, body)
		}
	}
	if _, body := b.do("GET", first, nil); strings.Contains(body, told) {
		t.Error("an experiment stands in its own way")
	}
}

// TestExperimentRolesAndRoutes asks for every route as every role.
func TestExperimentRolesAndRoutes(t *testing.T) {
	least := map[string]string{"GET /console/experiments": "lead", "GET /console/experiments/{id}": "lead", "GET /console/experiments/new": "editor", "POST /console/experiments": "editor",
		"POST /console/experiments/preview": "editor", "POST /console/experiments/{id}/start": "editor", "POST /console/experiments/{id}/end": "editor",
		"POST /console/experiments/{id}/adopt": "editor", "POST /console/experiments/{id}/withdraw": "editor"}
	l := openLab(t)
	order := []string{"", "agent", "lead", "editor", "admin"}
	rank := map[string]int{"agent": 1, "lead": 2, "editor": 3, "admin": 4}
	browsers := map[string]*browser{"": l.browser()}
	for _, as := range order[1:] {
		browsers[as] = l.as(as)
	}
	id := regexp.MustCompile(`\{id\}`)
	for pattern, role := range least {
		method, path, _ := strings.Cut(pattern, " ")
		for at, as := range order {
			status, _ := browsers[as].do(method, id.ReplaceAllString(path, "gone"), url.Values{}, "X-Fragment", "1")
			if allowed := status != http.StatusUnauthorized && status != http.StatusForbidden; allowed != (at >= rank[role]) {
				t.Errorf("%s as %q: %d", pattern, as, status)
			}
		}
	}
	if _, body := browsers["lead"].do("GET", "/console/experiments", nil); strings.Contains(body, `name="wording"`) {
		t.Error("a lead is offered to make one")
	}
}
