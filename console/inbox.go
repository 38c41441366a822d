package console

import (
	"cmp"
	"context"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"time"

	"huiyin/bot"
)

// listed is how many conversations a list shows.
const listed = 100

// queueNames are the queues in the order of the tabs.
func queueNames() []string {
	return []string{"waiting", "mine", "all", "snoozed", "resolved", "mentions"}
}

// queue is a tab over the list.
type queue struct {
	Name  string
	Count int
}

// filters narrow a queue down; empty ones let everything through.
type filters struct {
	Channel, Lang, Mood, Tag, Team string
	SLA                            string // a bot.ClockState
	About                          string // topic:<id> or intent:<name>, as in bot.View
	Tier                           string // its key
	Owner                          string // an agent's id
}

func filtersOf(q url.Values) filters {
	return filters{Channel: q.Get("channel"), Lang: q.Get("lang"), Mood: q.Get("mood"), Tag: q.Get("tag"), Team: q.Get("team"),
		SLA: q.Get("sla"), About: q.Get("about"), Tier: q.Get("tier"), Owner: q.Get("owner")}
}

// Any reports whether anything is narrowed down.
func (f filters) Any() bool { return f != filters{} }

// Query is the filters as part of an address, escaped for it: a template must not escape its "=" and "&" again.
func (f filters) Query() template.URL {
	q := url.Values{}
	for name, value := range map[string]string{"channel": f.Channel, "lang": f.Lang, "mood": f.Mood, "tag": f.Tag, "team": f.Team, "sla": f.SLA, "about": f.About, "tier": f.Tier, "owner": f.Owner} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return template.URL(q.Encode())
}

func (f filters) match(c *bot.Conversation, p promises) bool {
	return (f.Channel == "" || f.Channel == c.Channel) && (f.Lang == "" || f.Lang == string(c.Lang.Base())) &&
		(f.Mood == "" || f.Mood == mood(*c)) && (f.Tag == "" || slices.Contains(c.Tags, f.Tag)) &&
		(f.Team == "" || f.Team == string(c.Team)) && (f.About == "" || slices.Contains(abouts(c), f.About)) &&
		(f.Tier == "" || f.Tier == c.Tier) && (f.Owner == "" || c.Status == bot.StatusAgent && f.Owner == string(c.Agent)) && (f.SLA == "" || f.SLA == string(p.state(c)))
}

// choices are the values that filters can take in what is open.
type choices struct {
	Channels, Langs, Tags, Teams []string
	Topics, Intents              []about
	Tiers                        []bot.Tier
	Owners                       []owner
}

// owner is an agent who has conversations.
type owner struct {
	ID   bot.AgentID
	Name string
}

// ownersOf are the agents who have any of what is open, by name, and the one that is asked for.
func ownersOf(list []*bot.Conversation, names map[bot.AgentID]string, asked bot.AgentID) []owner {
	found := map[bot.AgentID]bool{}
	if names[asked] != "" {
		found[asked] = true
	}
	for _, c := range list {
		if c.Status == bot.StatusAgent {
			found[c.Agent] = true
		}
	}
	var all []owner
	for id := range found {
		all = append(all, owner{id, cmp.Or(names[id], string(id))})
	}
	slices.SortFunc(all, func(a, b owner) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return all
}

func choicesOf(list []*bot.Conversation) choices {
	var all choices
	add := func(to *[]string, value string) {
		if value != "" && !slices.Contains(*to, value) {
			*to = append(*to, value)
		}
	}
	for _, c := range list {
		add(&all.Channels, c.Channel)
		add(&all.Langs, string(c.Lang.Base()))
		add(&all.Teams, string(c.Team))
		for _, tag := range c.Tags {
			add(&all.Tags, tag)
		}
	}
	for _, list := range [][]string{all.Channels, all.Langs, all.Tags, all.Teams} {
		slices.Sort(list)
	}
	return all
}

// in reports whether a conversation that is not resolved belongs to a queue.
func in(name string, c *bot.Conversation, me bot.AgentID) bool {
	snoozed := !c.SnoozedUntil.IsZero()
	switch name {
	case "waiting":
		return c.Status == bot.StatusWaiting
	case "mine":
		return c.Status == bot.StatusAgent && c.Agent == me && !snoozed
	case "snoozed":
		return snoozed
	case "mentions":
		return c.Mentioned[me] > 0
	}
	return name == "all"
}

// ordered puts first what should be done first: who stands in front in the queue; of one's own, who waits for an answer;
// of what is set aside, what wakes next; else what changed last.
func ordered(name string, rules bot.DeskRules, list []*bot.Conversation) {
	slices.SortFunc(list, func(a, b *bot.Conversation) int {
		byChange := cmp.Or(b.UpdatedAt.Compare(a.UpdatedAt), cmp.Compare(a.ID, b.ID))
		switch name {
		case "waiting":
			return cmp.Or(rules.Place(*a).Compare(rules.Place(*b)), cmp.Compare(a.ID, b.ID))
		case "mine":
			return cmp.Or(compareOwed(a.OwedSince, b.OwedSince), byChange)
		case "snoozed":
			return cmp.Or(a.SnoozedUntil.Compare(b.SnoozedUntil), byChange)
		}
		return byChange
	})
}

// compareOwed puts the one who waits longer first, and those who do not wait last.
func compareOwed(a, b time.Time) int {
	if a.IsZero() != b.IsZero() {
		return map[bool]int{true: 1, false: -1}[a.IsZero()]
	}
	return a.Compare(b)
}

// row is a conversation in a list.
type row struct {
	bot.Conversation
	Owner   string
	Unread  bool
	Named   bool         // a note names the agent, and she has not seen it
	Clock   *bot.Clock   // the promise that is due first
	Level   *bot.Tier    // of the customer; nil: none
	Readers []bot.Reader // colleagues who look at it
}

// levelOf is the tier of a key; nil: the rules have none.
func levelOf(rules bot.DeskRules, key string) *bot.Tier {
	if t, ok := rules.Tier(key); ok {
		return &t
	}
	return nil
}

// Saved is the view that the list is now; nil: none that was saved.
func (w worklist) Saved() *savedView {
	if i := slices.IndexFunc(w.Views, func(v savedView) bool { return v.Current }); i >= 0 {
		return &w.Views[i]
	}
	return nil
}

// Mentions is the list of notes that name the agent, while there is something new in it or it is shown; else nil.
func (w worklist) Mentions() *queue {
	i := slices.IndexFunc(w.Queues, func(q queue) bool { return q.Name == "mentions" && (q.Count > 0 || w.Queue == q.Name) })
	if i < 0 {
		return nil
	}
	return &w.Queues[i]
}

// worklist is what a list is rendered from.
type worklist struct {
	Queues  []queue
	Queue   string
	Rows    []row
	More    int // beyond those shown
	Filters filters
	Choices choices
	Current bot.ConversationID
	Views   []savedView
}

// listOf finds out what a queue holds for an agent.
func (s *Console) listOf(ctx context.Context, me bot.AgentID, name string, f filters) (worklist, error) {
	open, err := s.hub.conversations(ctx)
	if err != nil {
		return worklist{}, err
	}
	count := map[string]int{}
	for _, c := range open {
		for _, q := range queueNames() {
			if in(q, c, me) {
				count[q]++
			}
		}
	}
	if name == "" { // what there is to do
		name = "waiting"
		if count["waiting"] == 0 {
			name = map[bool]string{true: "mine", false: "all"}[count["mine"] > 0]
		}
	}
	views, err := s.Store.Views(ctx, me)
	if err != nil {
		return worklist{}, err
	}
	unseen, err := s.mentions(ctx, me, open)
	if err != nil {
		return worklist{}, err
	}
	count["mentions"] = len(unseen)
	p := s.promises()
	w := worklist{Queue: name, Filters: f, Views: savedViews(views, open, me, name, f, p)}
	for _, q := range queueNames() {
		w.Queues = append(w.Queues, queue{Name: q, Count: count[q]})
	}
	shown := open
	if name == "mentions" { // also of what was resolved, until she has seen it
		shown = append(slices.DeleteFunc(unseen, func(c *bot.Conversation) bool { return c.Status != bot.StatusResolved }), open...)
	}
	if name == "resolved" {
		resolved, err := s.Store.Conversations(ctx, bot.Filter{Statuses: []bot.Status{bot.StatusResolved}, Limit: 5 * listed})
		if err != nil {
			return w, err
		}
		shown = pointers(resolved)
	}
	shown = slices.DeleteFunc(shown, func(c *bot.Conversation) bool {
		return name != "resolved" && !in(name, c, me) || !f.match(c, p)
	})
	rules, _ := s.Desk.Rules()
	ordered(name, rules, shown)
	w.More = max(0, len(shown)-listed)
	w.Rows, err = s.rows(ctx, me, shown[:min(len(shown), listed)])
	return w, err
}

// rows adds to conversations what a list shows besides.
func (s *Console) rows(ctx context.Context, me bot.AgentID, list []*bot.Conversation) ([]row, error) {
	ids := make([]bot.ConversationID, len(list))
	for i, c := range list {
		ids[i] = c.ID
	}
	seen, err := s.Store.Seen(ctx, me, ids)
	if err != nil {
		return nil, err
	}
	names, err := s.hub.names(ctx)
	if err != nil {
		return nil, err
	}
	reading := s.hub.reading(me)
	p := s.promises()
	rows := make([]row, len(list))
	for i, c := range list {
		rows[i] = row{Conversation: *c, Owner: names[c.Agent], Readers: reading[c.ID],
			Named: c.Mentioned[me] > seen[c.ID], Unread: c.Status != bot.StatusBot && c.LastSeq > seen[c.ID] && !c.OwedSince.IsZero()}
		rows[i].Level = levelOf(p.rules, c.Tier)
		if clocks := p.of(c); len(clocks) > 0 {
			rows[i].Clock = &clocks[0]
		}
	}
	return rows, nil
}

// mentions are the conversations, resolved ones too, with notes that name an agent and that she has not seen.
func (s *Console) mentions(ctx context.Context, me bot.AgentID, open []*bot.Conversation) ([]*bot.Conversation, error) {
	list := s.hub.mentioning(me, open)
	if len(list) == 0 {
		return nil, nil
	}
	ids := make([]bot.ConversationID, len(list))
	for i, c := range list {
		ids[i] = c.ID
	}
	seen, err := s.Store.Seen(ctx, me, ids)
	return slices.DeleteFunc(list, func(c *bot.Conversation) bool { return c.Mentioned[me] <= seen[c.ID] }), err
}

// listRoute is where a page that is open asks for its list again.
const listRoute = "GET /console/list"

// listData is what the list of conversations is rendered from.
func (s *Console) listData(r *http.Request, v visit, current bot.ConversationID) (map[string]any, error) {
	q := r.URL.Query()
	name := q.Get("queue")
	if !slices.Contains(queueNames(), name) {
		name = ""
	}
	w, err := s.listOf(r.Context(), v.agent.ID, name, filtersOf(q))
	w.Current = current
	if err == nil && r.Pattern != listRoute { // the list alone has no choices to offer
		var open []*bot.Conversation
		if open, err = s.hub.conversations(r.Context()); err != nil {
			return nil, err
		}
		var names map[bot.AgentID]string
		names, err = s.hub.names(r.Context())
		w.Choices = choicesOf(open)
		w.Choices.Owners = ownersOf(open, names, bot.AgentID(w.Filters.Owner))
		rules, _ := s.Desk.Rules()
		w.Choices.Tiers = rules.Tiers
		w.Choices.Topics, w.Choices.Intents = s.aboutsOf(open, w.Filters.About, v.lang)
	}
	return map[string]any{"W": w}, err
}

func (s *Console) inbox(w http.ResponseWriter, r *http.Request, v visit) error {
	data, err := s.listData(r, v, "")
	if err != nil {
		return err
	}
	return s.show(w, v, http.StatusOK, "inbox", data)
}

// list is the list alone, for the page that is open.
func (s *Console) list(w http.ResponseWriter, r *http.Request, v visit) error {
	data, err := s.listData(r, v, bot.ConversationID(r.URL.Query().Get("current")))
	if err != nil {
		return err
	}
	return s.renderPage(w, v, http.StatusOK, "inbox", "list", data)
}

// next claims the conversation that stands in front, and opens it.
func (s *Console) next(w http.ResponseWriter, r *http.Request, v visit) error {
	list, err := s.hub.conversations(r.Context())
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(c *bot.Conversation) bool {
		return c.Status != bot.StatusWaiting || c.Team != "" && c.Team != v.agent.Team
	})
	rules, _ := s.Desk.Rules()
	ordered("waiting", rules, list)
	for _, c := range list {
		if _, err := s.Desk.Claim(r.Context(), c.ID, v.agent); err == nil {
			http.Redirect(w, r, "/console/c/"+url.PathEscape(string(c.ID))+"?queue=mine", http.StatusSeeOther)
			return nil
		}
	}
	http.Redirect(w, r, "/console/?queue=waiting", http.StatusSeeOther)
	return nil
}

// found is a message that a search found, with its conversation.
type found struct {
	Message      bot.Message
	Conversation bot.Conversation
	Excerpt      []piece
}

// search looks through everything that was ever written, and for customers by name, e-mail or phone.
func (s *Console) search(w http.ResponseWriter, r *http.Request, v visit) error {
	query := r.URL.Query().Get("q")
	q := bot.TextQuery{Text: query, Limit: listed / 2}
	if before, err := time.Parse(time.RFC3339Nano, r.URL.Query().Get("before")); err == nil {
		q.Before = before
	}
	began := time.Now()
	result, err := s.Store.SearchMessages(r.Context(), q)
	if err != nil {
		return err
	}
	people, err := s.Store.FindContact(r.Context(), query)
	if err != nil {
		return err
	}
	var messages []found
	for _, m := range result.Messages {
		c, err := s.Store.Conversation(r.Context(), m.Conversation)
		if err != nil {
			continue // erased a moment ago
		}
		messages = append(messages, found{Message: m, Conversation: c, Excerpt: excerpt(asShown(m), query)})
	}
	return s.show(w, v, http.StatusOK, "search", map[string]any{"Query": query, "Messages": messages, "Looked": result.Looked,
		"People": people[:min(len(people), 20)], "Until": result.Until, "Milliseconds": time.Since(began).Milliseconds()})
}
