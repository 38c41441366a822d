package bot_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"huiyin/bot"
	"huiyin/data"
	"huiyin/internal/locale"
	"huiyin/kb"
	"huiyin/nlp"
	"huiyin/store/mem"
)

// noon is when every test begins: a Monday.
var noon = time.Date(2026, 11, 16, 12, 0, 0, 0, time.UTC)

// clock is a time that only tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	c.t = c.t.Add(d)
	c.mu.Unlock()
}

// reader understands texts by simple rules that tests can see at a glance.
type reader struct {
	intents   map[string]string // folded example → intent
	hang      chan struct{}     // texts with "[hang]" wait for it, whatever their context says
	reached   chan string       // when not nil, texts with "[gate]" announce themselves …
	proceed   chan struct{}     // … and wait
	ambiguous map[string][2]string
}

// sureness begins a message whose intent is recognised with that confidence.
var sureness = regexp.MustCompile(`^\[(0\.\d+)\] `)

var orderNumber = regexp.MustCompile(`(?i)\b[a-z]{2}\d{6}\b`)

func (r *reader) Analyze(_ context.Context, text string) (nlp.Analysis, error) {
	switch {
	case strings.Contains(text, "[broken]"):
		return nlp.Analysis{}, errors.New("the model is closed")
	case strings.Contains(text, "[panic]"):
		panic("no such token")
	case strings.Contains(text, "[hang]"):
		<-r.hang
	case strings.Contains(text, "[gate]") && r.reached != nil:
		r.reached <- text
		<-r.proceed
	}
	a := nlp.Analysis{Text: text, Lang: language(text), Intent: nlp.Intent{Name: nlp.IntentNone}}
	confidence := nlp.Confidence(0.98)
	plain := text
	if m := sureness.FindStringSubmatch(text); m != nil {
		f, _ := strconv.ParseFloat(m[1], 64)
		confidence, plain = nlp.Confidence(f), text[len(m[0]):]
	}
	folded := strings.Trim(nlp.Fold(plain), " .?!？。！")
	if name := r.intents[folded]; name != "" {
		a.Intent = nlp.Intent{Name: name, Confidence: confidence}
		a.Ranking = nlp.Ranking{a.Intent}
	}
	if two, ok := r.ambiguous[folded]; ok {
		a.Intent = nlp.Intent{Name: two[0], Confidence: 0.5}
		a.Ranking = nlp.Ranking{a.Intent, {Name: two[1], Confidence: 0.45}}
		a.Ambiguous = true
	}
	for _, at := range orderNumber.FindAllStringIndex(text, -1) {
		a.Entities = append(a.Entities, nlp.Entity{Span: nlp.Span{Start: at[0], End: at[1]}, Kind: nlp.EntityOrder,
			Text: text[at[0]:at[1]], Value: strings.ToUpper(text[at[0]:at[1]])})
	}
	if at := strings.Index(text, "ada@example.org"); at >= 0 {
		a.Entities = append(a.Entities, nlp.Entity{Span: nlp.Span{Start: at, End: at + 15}, Kind: nlp.EntityEmail, Text: "ada@example.org", Value: "ada@example.org"})
	}
	if at := strings.Index(text, "13812345678"); at >= 0 {
		a.PII = append(a.PII, nlp.PII{Span: nlp.Span{Start: at, End: at + 11}, Kind: "phone"})
	}
	switch {
	case strings.Contains(folded, "lawyer"), strings.Contains(folded, "律师"):
		a.Flags = append(a.Flags, nlp.FlagLegal)
	case strings.Contains(folded, "fire"):
		a.Flags = append(a.Flags, nlp.FlagSafety)
	case strings.Contains(folded, "never buy again"):
		a.Flags = append(a.Flags, nlp.FlagChurn)
	}
	if strings.Contains(folded, "terrible") || strings.Contains(folded, "气死") {
		a.Sentiment = nlp.Sentiment{Polarity: nlp.Negative, Score: -0.9, Emotions: []nlp.Emotion{nlp.Anger}}
	}
	switch {
	case strings.ContainsAny(text, "😡💢") || text == "[愤怒]":
		a.Sentiment, a.Lang = nlp.Sentiment{Polarity: nlp.Negative, Score: -0.95, Emotions: []nlp.Emotion{nlp.Anger}}, nlp.LangUnknown
	case strings.ContainsAny(text, "👍❤"):
		a.Sentiment = nlp.Sentiment{Polarity: nlp.Positive, Score: 0.9}
	}
	if strings.Contains(folded, "broken nib") { // bad news, told calmly
		a.Sentiment = nlp.Sentiment{Polarity: nlp.Negative, Score: -0.95, Intensity: 0.1}
	}
	return a, nil
}

// language is Chinese of some script with a Han character, English with a Latin word, else unknown.
func language(text string) nlp.Lang {
	switch {
	case regexp.MustCompile(`\p{Han}`).MatchString(text):
		lang, _ := nlp.DetectLang(text)
		return lang
	case regexp.MustCompile(`[A-Za-z]{2,}`).MatchString(orderNumber.ReplaceAllString(text, "")):
		return nlp.LangEnglish
	}
	return nlp.LangUnknown
}

// shelf is a knowledge base of a few articles. A question finds those whose key it contains.
type shelf struct{}

type page struct {
	root  kb.RootID
	lang  nlp.Lang
	title string
	text  string
}

var pages = []page{
	{"returns", nlp.LangChinese, "怎么退货", "签收后七天内可以退货。"},
	{"returns", nlp.LangEnglish, "How to return", "You can return it within seven days."},
	{"invoice", nlp.LangChinese, "怎么开发票", "在订单页点“开发票”。"},
	{"invoice", nlp.LangEnglish, "How to get an invoice", "Open the order and press Invoice."},
	{"customs", nlp.LangEnglish, "Customs duty", "Duties are included in the price."},
	{"shipping", nlp.LangChinese, "多久送到", "一般三天送到。"},
	{"shipping", nlp.LangEnglish, "Delivery time", "Three days as a rule."},
}

var findings = []struct {
	words    []string
	decision kb.Decision
	roots    []kb.RootID
	among    nlp.Confidence
}{
	{[]string{"退货规则", "return policy"}, kb.DecideAnswer, []kb.RootID{"returns", "shipping"}, 0.9},
	{[]string{"roundabout"}, kb.DecideNothing, []kb.RootID{"returns"}, 0.2}, // hardly
	{[]string{"关税", "customs"}, kb.DecideAnswer, []kb.RootID{"customs"}, 0.9},
	{[]string{"多久", "how long"}, kb.DecideAnswer, []kb.RootID{"shipping"}, 0.9},
	{[]string{"怎么办", "what now"}, kb.DecideClarify, []kb.RootID{"returns", "invoice", "shipping"}, 0.9},
	{[]string{"礼物", "present"}, kb.DecideNothing, []kb.RootID{"returns", "invoice"}, 0.5},
	{[]string{"彩票", "lottery"}, kb.DecideNothing, []kb.RootID{"returns", "invoice"}, 0.49},
}

func (shelf) Search(_ context.Context, q kb.Query) (kb.Answer, error) {
	switch {
	case strings.Contains(q.Text, "[noindex]"):
		return kb.Answer{}, errors.New("the index is closed")
	case strings.Contains(q.Text, "[damaged]"):
		panic("no such passage")
	case strings.Contains(q.Text, "[slow]"):
		time.Sleep(time.Minute) // whatever its context says
	}
	for _, f := range findings {
		if !slices.ContainsFunc(f.words, func(w string) bool { return strings.Contains(strings.ToLower(q.Text), w) }) {
			continue
		}
		a := kb.Answer{Decision: f.decision, Among: f.among}
		for i, root := range f.roots {
			hit, _ := shelf{}.Read(context.Background(), root, q.Lang)
			hit.Confidence = min(f.among, nlp.Confidence(0.9-0.3*float64(i)))
			a.Hits = append(a.Hits, hit)
		}
		return a, nil
	}
	return kb.Answer{Decision: kb.DecideNothing}, nil
}

func (shelf) Read(_ context.Context, root kb.RootID, lang nlp.Lang) (kb.Hit, error) {
	var found *page
	for i, p := range pages {
		if p.root == root && (found == nil || p.lang == lang.Base()) {
			found = &pages[i]
		}
	}
	if found == nil {
		return kb.Hit{}, fmt.Errorf("article %q: %w", root, kb.ErrNotFound)
	}
	return kb.Hit{Citation: kb.Citation{Article: kb.ArticleID(string(root) + "." + string(found.lang)), Root: root, Revision: 1,
		Title: found.title, Lang: found.lang}, Text: found.text, Confidence: 1, OtherLang: found.lang != lang.Base()}, nil
}

// mailbox is the customers' side: it takes what the bot sends, as the outbox would, and keeps what really leaves.
type mailbox struct {
	store *mem.Store

	mu      sync.Mutex
	held    bool // the outbox is slow: messages stay queued until flush
	waiting []bot.Message
	sent    []bot.Message
	owners  []bot.Status // of the conversation at the moment of each
	typing  int
}

func (m *mailbox) Send(messages ...bot.Message) {
	m.mu.Lock()
	m.waiting = append(m.waiting, messages...)
	held := m.held
	m.mu.Unlock()
	if !held {
		m.flush()
	}
}

func (m *mailbox) Typing(bot.InboxID, string) {
	m.mu.Lock()
	m.typing++
	m.mu.Unlock()
}

// flush sends what waits, but for what has been cancelled meanwhile.
func (m *mailbox) flush() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, w := range m.waiting {
		stored, err := m.store.BeginSend(context.Background(), w.ID)
		if err != nil {
			continue
		}
		conv, err := m.store.Conversation(context.Background(), w.Conversation)
		if err != nil {
			continue
		}
		done, err := m.store.EndSend(context.Background(), w.ID, bot.SendResult{Delivery: bot.Sent, SourceID: "out-" + string(w.ID), At: stored.At})
		if err == nil {
			m.sent, m.owners = append(m.sent, done), append(m.owners, conv.Status)
		}
	}
	m.waiting = nil
}

// to is what a thread has received, in order.
func (m *mailbox) to(thread string) []bot.Message {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []bot.Message
	for _, s := range m.sent {
		if s.Thread == thread {
			out = append(out, s)
		}
	}
	return out
}

// tester is what testing.T and rapid.T have in common.
type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Error(args ...any)
	Errorf(format string, args ...any)
	Cleanup(func())
}

// world is a bot with everything around it.
type world struct {
	t     tester
	clock *clock
	store *mem.Store
	via   bot.Store // what the bot sees of it; nil: all
	read  *reader
	mail  *mailbox
	actor bot.Actor
	staff bot.Staff
	hours *bot.Hours
	rules bot.Rules
	d     *bot.Dialogue
	words *locale.Catalog
	inbox bot.Inbox
	files *bot.Files  // nil: none are kept
	fetch bot.Fetcher // nil: there is no platform to get them from
	topic func(string) string

	Bot   *bot.Bot
	stop  context.CancelFunc
	ended chan error
	ids   int
	event int
}

var inbox = bot.Inbox{ID: "web", Channel: "webchat", Lang: nlp.LangChinese}

// What never changes is read once: with the race detector, reading it for each of some hundred worlds took most of the tests' time.
var (
	shopWords    = sync.OnceValues(func() (*locale.Catalog, error) { return locale.Load(data.Files(), "locale") })
	shopDialogue = sync.OnceValues(func() (*bot.Dialogue, error) { return bot.LoadDialogue(os.DirFS("testdata"), "dialogue") })
)

func loadWords(t tester) *locale.Catalog {
	t.Helper()
	words, err := shopWords()
	if err != nil {
		t.Fatal(err)
	}
	return words
}

// inWorld runs a test in a bubble in which everything can be waited for, and nothing takes time.
func inWorld(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, newWorld(t)) })
}

func newWorld(t tester) *world {
	t.Helper()
	d, err := shopDialogue()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, clock: &clock{t: noon}, d: d, words: loadWords(t), inbox: inbox}
	w.store = mem.New(mem.Options{Now: w.clock.now})
	w.mail = &mailbox{store: w.store}
	w.read = &reader{intents: map[string]string{}, hang: make(chan struct{}), ambiguous: map[string][2]string{
		"退": {"return_item", "invoice"}, "return or invoice": {"return_item", "invoice"}}}
	for _, e := range d.TrainingExamples() {
		if e.Label != nlp.IntentNone {
			w.read.intents[nlp.Fold(e.Text)] = e.Label
		}
	}
	w.rules = bot.Rules{TurnTimeout: 10 * time.Second, Workers: 8}
	return w
}

// signsIn lets an agent be there.
func (w *world) signsIn(id bot.AgentID) {
	w.t.Helper()
	if err := w.store.SaveAgent(context.Background(), bot.Agent{ID: id, Name: string(id), Email: string(id) + "@shop.example", Role: bot.RoleAgent}, bot.Event{}); err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.store.SetAgentState(context.Background(), id, bot.Online, bot.Event{}); err != nil {
		w.t.Fatal(err)
	}
}

// build makes a bot over the world's store.
func (w *world) build() *bot.Bot {
	w.t.Helper()
	var mu sync.Mutex
	store := w.via
	if store == nil {
		store = w.store
	}
	b, err := bot.New(bot.Config{Store: store, Understander: w.read, Retriever: shelf{}, Library: shelf{}, Sender: w.mail,
		Dialogue: func() *bot.Dialogue { return w.d }, Words: w.words, Topic: w.topic, TopicGroup: func(topic string) string { group, _, _ := strings.Cut(topic, "."); return group }, Inboxes: []bot.Inbox{w.inbox}, Actor: w.actor, Staff: w.staff, Hours: w.hours,
		Files: w.files, Fetcher: w.fetch, Rules: w.rules, Now: w.clock.now, NewID: func() string {
			mu.Lock()
			defer mu.Unlock()
			w.ids++
			return fmt.Sprintf("id%d", w.ids)
		}})
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

// start runs a bot over the world's store, as a new process would.
func (w *world) start() {
	w.t.Helper()
	b := w.build()
	ctx, cancel := context.WithCancel(context.Background())
	w.Bot, w.stop, w.ended = b, cancel, make(chan error, 1)
	go func() { w.ended <- b.Run(ctx) }()
	<-b.Ready()
	w.t.Cleanup(w.halt)
}

// halt ends the process in an orderly way.
func (w *world) halt() {
	if w.stop == nil {
		return
	}
	w.stop()
	if err := <-w.ended; err != nil {
		w.t.Error(err)
	}
	w.stop = nil
}

// says lets a customer write, and waits until the bot has dealt with it.
func (w *world) says(thread, text string) {
	w.t.Helper()
	w.event++
	w.deliver(bot.Inbound{Kind: bot.KindMessage, SourceID: fmt.Sprintf("m%d", w.event), Thread: thread, Text: text})
}

func (w *world) deliver(e bot.Inbound) {
	w.t.Helper()
	if e.Inbox == "" {
		e.Inbox = inbox.ID
	}
	if e.From.SourceID == "" {
		e.From = bot.Person{SourceID: e.Thread, Name: "Ada"}
	}
	if e.At.IsZero() {
		e.At = w.clock.now()
	}
	if err := w.Bot.Handle(context.Background(), e); err != nil {
		w.t.Fatal(err)
	}
	w.settle()
}

// settle waits until everything rests.
func (w *world) settle() { synctest.Wait() }

// press lets a customer press a button of the newest message that has one of that title.
func (w *world) press(thread, title string) {
	w.t.Helper()
	sent := w.mail.to(thread)
	for _, m := range slices.Backward(sent) {
		for _, b := range m.Buttons {
			if b.Title == title {
				w.event++
				w.deliver(bot.Inbound{Kind: bot.KindPress, SourceID: fmt.Sprintf("p%d", w.event), Thread: thread, Press: b.Value})
				return
			}
		}
	}
	w.t.Fatalf("no button %q was offered", title)
}

func (w *world) conv(thread string) bot.Conversation {
	w.t.Helper()
	c, err := w.store.Current(context.Background(), inbox.ID, thread)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *world) messages(thread string) []bot.Message {
	w.t.Helper()
	list, err := w.store.Messages(context.Background(), w.conv(thread).ID, 0, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

// last is what a thread received last.
func (w *world) last(thread string) bot.Message {
	w.t.Helper()
	sent := w.mail.to(thread)
	if len(sent) == 0 {
		return bot.Message{}
	}
	return sent[len(sent)-1]
}

func (w *world) facts(name string) []bot.Fact {
	w.t.Helper()
	var out []bot.Fact
	for f, err := range w.store.Facts(context.Background(), noon.AddDate(-1, 0, 0), noon.AddDate(1, 0, 0)) {
		if err != nil {
			w.t.Fatal(err)
		}
		if f.Name == name {
			out = append(out, f)
		}
	}
	return out
}
