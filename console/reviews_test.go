package console_test

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
)

// solved puts a conversation into the store that an agent resolved at an instant, with what else happened.
func (o *office) solved(id string, agent bot.AgentID, at time.Time, facts ...bot.Fact) {
	o.t.Helper()
	o.talk(id, "Name-"+id, bot.StatusResolved, "where is it?", "on its way")
	o.change(bot.ConversationID(id), func(c *bot.Change) {
		conv := &c.Conversation
		conv.Agent, conv.ResolvedAt, conv.CreatedAt = agent, at, at.Add(-time.Hour)
		c.Facts = append(facts, bot.Fact{Name: bot.FactResolved, Label: "agent", Agent: agent, End: at})
		for i := range c.Facts {
			c.Facts[i].Conversation, c.Facts[i].Start = conv.ID, c.Facts[i].End
		}
	})
}

// TestReviewSample: of a week that is over, as many of each agent, with the signs that speak for them, and none of one's own.
func TestReviewSample(t *testing.T) {
	o := open(t) // a Friday
	last := o.now.AddDate(0, 0, -7)
	for i := range 6 {
		o.solved(fmt.Sprint("a", i), "agent", last.Add(time.Duration(i)*time.Minute))
		o.solved(fmt.Sprint("l", i), "lead", last)
	}
	o.solved("sad", "editor", last, bot.Fact{Name: bot.FactCSAT, Value: 2, Agent: "editor", End: last.Add(time.Minute)}, bot.Fact{Name: bot.FactReopened, End: last.AddDate(0, 0, 1)})
	o.solved("now", "editor", o.now)                                                                       // of this week
	o.solved("older", "editor", last.AddDate(0, 0, -7), bot.Fact{Name: bot.FactCSAT, Value: 5, End: last}) // of the week before
	row := regexp.MustCompile(`href="/console/c/([a-z0-9]+)/review\?end=`)
	sample := func(b *browser, query string) (ids []string, body string) {
		t.Helper()
		_, body = b.do("GET", "/console/reviews"+query, nil)
		for _, m := range row.FindAllStringSubmatch(body, -1) {
			ids = append(ids, m[1])
		}
		return ids, body
	}
	count := func(ids []string) map[string]int {
		n := map[string]int{}
		for _, id := range ids {
			n[id[:1]]++
		}
		return n
	}
	admin, lead := o.as("admin"), o.as("lead")
	ids, body := sample(admin, "")
	if n := count(ids); n["a"] != 3 || n["l"] != 3 || n["s"] != 1 || len(ids) != 7 {
		t.Errorf("the sample is %v", ids)
	}
	for _, want := range []string{"Low rating", "Reopened", "where is it?"} {
		if !strings.Contains(body, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	if again, _ := sample(admin, "?from=2026-11-12"); !slices.Equal(again, ids) {
		t.Errorf("by a day of the week: %v, want %v", again, ids)
	}
	if older, _ := sample(admin, "?from=2026-11-03"); len(older) != 1 || older[0] != "older" {
		t.Errorf("of the week before: %v", older)
	}
	if own, _ := sample(lead, ""); count(own)["l"] != 0 || count(own)["a"] != 3 {
		t.Errorf("a lead is given %v", own)
	}
	if status, body := lead.do("GET", "/console/c/l0/review", nil); status != http.StatusForbidden || !strings.Contains(body, "You took part") {
		t.Errorf("one's own: %d", status)
	}
	if status, _ := lead.do("POST", "/console/c/l0/review", card("2"), "X-Fragment", "1"); status != http.StatusForbidden {
		t.Errorf("saving one of one's own: %d", status)
	}
	o.talk("running", "Ada", bot.StatusAgent, "hi")
	if status, _ := lead.do("GET", "/console/c/running/review", nil); status != http.StatusConflict {
		t.Errorf("one that is not over: %d", status)
	}
}

// TestReviewSampleIsFixed: what becomes of conversations after their week changes nothing of its sample, and what an agent did
// is no sign of an unhappy customer.
func TestReviewSampleIsFixed(t *testing.T) {
	o := open(t) // a Friday
	last := o.now.AddDate(0, 0, -7)
	for i := range 12 {
		id, facts := fmt.Sprint("a", i), []bot.Fact(nil)
		switch i {
		case 0: // a colleague goes on with it
			facts = append(facts, bot.Fact{Name: bot.FactReopened, Agent: "lead", End: last.Add(time.Hour)})
		case 1: // it came back before this end
			facts = append(facts, bot.Fact{Name: bot.FactReopened, End: last.Add(-time.Hour)})
		}
		o.solved(id, "agent", last, facts...)
	}
	admin := o.as("admin")
	list := regexp.MustCompile(`(?s)<ol class="results">.*?</ol>`)
	sample := func() string {
		t.Helper()
		_, body := admin.do("GET", "/console/reviews", nil)
		return list.FindString(body)
	}
	before := sample()
	if strings.Count(before, "/review?end=") != 3 || strings.Contains(before, "Reopened") {
		t.Fatalf("the sample: %s", before)
	}
	for i := 0; i < 12; i += 2 { // this week, customers are unhappy with half of them
		id := bot.ConversationID(fmt.Sprint("a", i))
		o.change(id, func(c *bot.Change) {
			conv := &c.Conversation
			conv.MoodTotal, conv.MoodCount, conv.Status, conv.UpdatedAt = -5, 5, bot.StatusBot, o.now
			c.Facts = []bot.Fact{{Name: bot.FactCSAT, Value: 1, Conversation: id, Start: o.now, End: o.now}, {Name: bot.FactReopened, Conversation: id, Start: o.now, End: o.now}}
		})
	}
	o.talk("again", "Name-a3", bot.StatusBot, "still not there")
	o.change("again", func(c *bot.Change) { c.Conversation.Contact = "p-a3" })
	if after := sample(); after != before {
		t.Errorf("the sample is\n%s\nand was\n%s", after, before)
	}
}

// TestReviewAfterwards: a review is of the agent who made the end that is looked at, whatever became of the conversation since.
func TestReviewAfterwards(t *testing.T) {
	o := open(t)
	last := o.now.AddDate(0, 0, -7)
	o.solved("back", "agent", last)
	o.solved("twice", "agent", last)
	for id, change := range map[bot.ConversationID]func(c *bot.Conversation){
		"back":  func(c *bot.Conversation) { c.Status, c.Agent = bot.StatusBot, "" },
		"twice": func(c *bot.Conversation) { c.Agent, c.ResolvedAt = "editor", o.now },
	} {
		o.change(id, func(c *bot.Change) {
			change(&c.Conversation)
			c.Facts = []bot.Fact{{Name: bot.FactReopened, Conversation: id, Start: last, End: last.Add(time.Hour)}}
			if c.Conversation.ResolvedAt.Equal(o.now) {
				c.Facts = append(c.Facts, bot.Fact{Name: bot.FactResolved, Label: "agent", Agent: "editor", Conversation: id, Start: last, End: o.now})
			}
		})
	}
	lead := o.as("lead")
	_, body := lead.do("GET", "/console/reviews", nil)
	links := regexp.MustCompile(`/console/c/(back|twice)/review\?end=[^"]+`).FindAllString(body, -1)
	if len(links) != 2 {
		t.Fatalf("the sample: %q", links)
	}
	hidden := regexp.MustCompile(`name="end" value="([^"]+)"`)
	for _, link := range links {
		link = html.UnescapeString(link)
		status, body := lead.do("GET", link, nil)
		if status != 200 || !strings.Contains(body, `<span class="chip agent">agent</span>`) {
			t.Fatalf("%s: %d %s", link, status, body)
		}
		f := card("2")
		f.Set("end", html.UnescapeString(hidden.FindStringSubmatch(body)[1]))
		page, _, _ := strings.Cut(link, "?")
		if status, body := lead.do("POST", page, f); status != 200 || strings.Count(body, "Reopened") != 2 || !strings.Contains(body, "✓ lead") {
			t.Errorf("%s: %d %s", page, status, body)
		}
	}
	reviews, err := o.store.Reviews(t.Context())
	if err != nil || len(reviews) != 2 || reviews[0].Agent != "agent" || reviews[1].Agent != "agent" {
		t.Errorf("%+v, %v", reviews, err)
	}
	o.solved("other", "agent", last)
	for what, c := range map[string]struct {
		end    string
		status int
	}{"no such end": {"2026-11-13T09:00:00.5Z", http.StatusConflict}, "no instant": {"yesterday", http.StatusUnprocessableEntity}} {
		if status, _ := lead.do("GET", "/console/c/other/review?end="+c.end, nil); status != c.status {
			t.Errorf("%s: %d", what, status)
		}
	}
}

// TestReviewEveryEnd: a conversation that two agents ended is reviewed once for each, and again when one of them ends it in another week.
func TestReviewEveryEnd(t *testing.T) {
	o := open(t)
	last := o.now.AddDate(0, 0, -7)
	o.solved("c", "agent", last, bot.Fact{Name: bot.FactResolved, Label: "agent", Agent: "agent", End: last.Add(-time.Hour)},
		bot.Fact{Name: bot.FactResolved, Label: "agent", Agent: "editor", End: last.Add(time.Hour)},
		bot.Fact{Name: bot.FactResolved, Label: "agent", Agent: "agent", End: last.AddDate(0, 0, -7)})
	lead := o.as("lead")
	link := regexp.MustCompile(`/console/c/c/review\?end=([^"]+)"`)
	links := func(query string) (ends []string) {
		t.Helper()
		_, body := lead.do("GET", "/console/reviews"+query, nil)
		for _, m := range link.FindAllStringSubmatch(body, -1) {
			end, err := url.QueryUnescape(html.UnescapeString(m[1]))
			if err != nil {
				t.Fatal(err)
			}
			ends = append(ends, end)
		}
		slices.Sort(ends)
		return ends
	}
	ends := links("")
	if want := []string{last.UTC().Format(time.RFC3339Nano), last.UTC().Add(time.Hour).Format(time.RFC3339Nano)}; !slices.Equal(ends, want) {
		t.Fatalf("the sample has the ends %v, want the last one of each agent: %v", ends, want)
	}
	for i, end := range append(ends, links("?from="+last.AddDate(0, 0, -7).Format("2006-01-02"))...) {
		f := card("2")
		f.Set("end", end)
		f.Set("comment", fmt.Sprint("end ", i))
		if status, body := lead.do("POST", "/console/c/c/review", f); status != 200 || strings.Count(body, "✓ lead") != min(i+1, 2)-i/2 {
			t.Errorf("%s: %d, %d reviewed", end, status, strings.Count(body, "✓ lead"))
		}
	}
	reviews, err := o.store.Reviews(t.Context())
	of := map[string]bot.AgentID{}
	for _, r := range reviews {
		of[r.Comment] = r.Agent
	}
	if err != nil || of["end 0"] != "agent" || of["end 1"] != "editor" || of["end 2"] != "agent" || len(reviews) != 3 {
		t.Errorf("%+v, %v", reviews, err)
	}
	if _, own := o.as("agent").do("GET", "/console/reviews/mine", nil); !strings.Contains(own, "end 0") || !strings.Contains(own, "end 2") || strings.Contains(own, "end 1") {
		t.Errorf("an agent's own: %s", own)
	}
}

// TestReviewOfBefore: a review that was kept without its end is shown and changed as the one of the end that its agent made.
func TestReviewOfBefore(t *testing.T) {
	o := open(t)
	last := o.now.AddDate(0, 0, -7)
	o.solved("c", "agent", last)
	if err := o.store.SaveReview(t.Context(), bot.Review{Conversation: "c", Agent: "agent", By: "lead", At: last, Scores: map[string]int{"tone": 1}, Comment: "as it was"}, bot.Event{}); err != nil {
		t.Fatal(err)
	}
	lead := o.as("lead")
	if _, body := lead.do("GET", "/console/c/c/review", nil); !strings.Contains(body, "as it was") {
		t.Error("it is not shown")
	}
	f := card("2")
	f.Set("version", "1")
	if status, _ := lead.do("POST", "/console/c/c/review", f); status != 200 {
		t.Errorf("%d", status)
	}
	if reviews, err := o.store.Reviews(t.Context()); err != nil || len(reviews) != 1 || reviews[0].Version != 2 {
		t.Errorf("%+v, %v", reviews, err)
	}
}

// What an agent ends after such a review is other work, and has none.
func TestReviewOfBeforeIsNotOfLaterWork(t *testing.T) {
	o := open(t)
	last := o.now.AddDate(0, 0, -7)
	o.solved("c", "agent", last)
	if err := o.store.SaveReview(t.Context(), bot.Review{Conversation: "c", Agent: "agent", By: "lead", At: last.Add(-time.Hour), Scores: map[string]int{"tone": 1}, Comment: "as it was"}, bot.Event{}); err != nil {
		t.Fatal(err)
	}
	if _, body := o.as("lead").do("GET", "/console/c/c/review", nil); strings.Contains(body, "as it was") {
		t.Error("an old review is shown for work that was done after it")
	}
}

// card is a filled scorecard.
func card(score string) url.Values {
	f := url.Values{"comment": {" She was <b>kind</b>\r\nand quick "}}
	for _, c := range bot.DefaultScorecard() {
		f.Set("score_"+c.ID, score)
	}
	return f
}

// TestReview writes reviews, adds them up, and shows an agent hers.
func TestReview(t *testing.T) {
	o := open(t)
	lead, agent := o.as("lead"), o.as("agent")
	for i := range 5 {
		o.solved(fmt.Sprint("a", i), "agent", o.now.AddDate(0, 0, -7))
		f := card("2")
		f.Set("score_tone", fmt.Sprint(i%2))
		if i == 0 {
			f.Set("score_correct", "none")
		}
		if status, body := lead.do("POST", fmt.Sprintf("/console/c/a%d/review", i), f); status != 200 || !strings.Contains(body, "✓ lead") {
			t.Fatalf("%d %s", status, body)
		}
	}
	_, results := lead.do("GET", "/console/reviews", nil)
	for _, want := range []string{`<td>0.4 <span class="soft small">(5)</span></td>`, `<td>2.0 <span class="soft small">(5)</span></td>`, `<td>– <span class="soft small">(4)</span></td>`} {
		if !strings.Contains(results, want) {
			t.Errorf("no %s in the results: %s", want, results)
		}
	}
	again := card("1")
	if status, body := lead.do("POST", "/console/c/a0/review", again); status != http.StatusConflict || !strings.Contains(body, "She was &lt;b&gt;kind") {
		t.Errorf("over a review that was not read: %d; what was written must be shown again", status)
	}
	again.Set("version", "1")
	again.Set("score_greeting", "0")
	if status, _ := lead.do("POST", "/console/c/a0/review", again); status != 200 {
		t.Errorf("changing one: %d", status)
	}
	for what, edit := range map[string]func(url.Values){
		"a line without a score": func(f url.Values) { f.Del("score_tone") },
		"a score of three":       func(f url.Values) { f.Set("score_tone", "3") },
		"a long comment":         func(f url.Values) { f.Set("comment", strings.Repeat("x", 2001)) },
	} {
		f := card("1")
		f.Set("version", "2")
		edit(f)
		if status, _ := lead.do("POST", "/console/c/a0/review", f); status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", what, status)
		}
	}
	_, own := agent.do("GET", "/console/reviews/mine", nil)
	if strings.Count(own, "She was &lt;b&gt;kind&lt;/b&gt;") != 5 || !strings.Contains(own, "lead") {
		t.Errorf("an agent does not see her reviews: %s", own)
	}
	if _, other := o.as("editor").do("GET", "/console/reviews/mine", nil); strings.Contains(other, "She was") {
		t.Error("a colleague sees them too")
	}
	if _, audit := lead.do("GET", "/console/audit", nil); strings.Count(audit, "review.save") != 6 {
		t.Error("the audit log does not have all of them")
	}
}

// TestScorecard changes the criteria; what was scored by those that go stays, and the other rules of the desk do.
func TestScorecard(t *testing.T) {
	o := open(t)
	o.desk.rules = bot.DeskRules{Capacity: 4, FirstResponse: time.Hour}
	b := o.as("lead")
	f := url.Values{"version": {"0"}, "id": {"tone", "", "correct"}, "zh": {"语气", "按流程", " "}, "en": {"Tone", "By the book", ""}}
	if status, _ := b.do("POST", "/console/reviews/card", f); status != 200 {
		t.Fatalf("%d", status)
	}
	r := o.desk.rules
	if len(r.Scorecard) != 2 || r.Scorecard[0].ID != "tone" || r.Scorecard[1].ID == "" || r.Scorecard[1].Name["zh"] != "按流程" || r.Capacity != 4 || r.FirstResponse != time.Hour {
		t.Fatalf("%+v", r)
	}
	if _, body := b.do("GET", "/console/reviews", nil, "Accept-Language", "zh"); !strings.Contains(body, `value="按流程"`) || !strings.Contains(body, `value="By the book"`) {
		t.Error("the page does not show them")
	}
	rules := url.Values{"version": {"0"}, "capacity": {"5"}, "zone": {"Asia/Shanghai"}}
	if status, _ := b.do("POST", "/console/rules", rules); status != 200 || len(o.desk.rules.Scorecard) != 2 || o.desk.rules.Capacity != 5 {
		t.Errorf("saving the rules takes the scorecard away: %d %+v", status, o.desk.rules)
	}
	for what, f := range map[string]url.Values{
		"one language": {"version": {"0"}, "id": {"tone"}, "zh": {"语气"}, "en": {""}},
		"no criterion": {"version": {"0"}, "id": {"tone"}, "zh": {""}, "en": {""}},
		"a long name":  {"version": {"0"}, "id": {"tone"}, "zh": {strings.Repeat("长", 61)}, "en": {"x"}},
		"odd fields":   {"version": {"0"}, "id": {"tone"}, "zh": {"语气"}},
	} {
		if status, _ := b.do("POST", "/console/reviews/card", f); status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", what, status)
		}
	}
}
