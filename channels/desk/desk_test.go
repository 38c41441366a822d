package desk_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/channels/desk"
	"huiyin/data"
	"huiyin/internal/locale"
	"huiyin/kb"
	"huiyin/nlp"
	"huiyin/store"
	"huiyin/store/mem"
)

// wall is a board in memory: what hangs on it, and a script of failures.
type wall struct {
	rules channels.BoardRules

	mu      sync.Mutex
	cards   []channels.BoardCard
	entries map[string][]channels.BoardEntry // Ref → its thread
	told    []string
	fail    []channels.Reason // of the next calls; empty: that one works
	gone    map[string]bool   // Ref or ID
	calls   int
	files   []channels.BoardFile
}

func newWall(home string) *wall {
	return &wall{entries: map[string][]channels.BoardEntry{}, gone: map[string]bool{}, rules: channels.BoardRules{
		Agents: map[string]string{"U1": "lin@shop.example", "U2": "max"}, Reply: ">>", Home: home, Text: 500, Every: time.Second,
	}}
}

func (w *wall) Rules() channels.BoardRules { return w.rules }

// call counts a call, and plays the script. The caller holds mu.
func (w *wall) call(about ...string) error {
	w.calls++
	if len(w.fail) > 0 {
		reason := w.fail[0]
		w.fail = w.fail[1:]
		if reason != "" {
			return &channels.SendError{Reason: reason, Err: errors.New("as the script says")}
		}
	}
	if slices.ContainsFunc(about, func(s string) bool { return w.gone[s] }) {
		return &channels.SendError{Reason: channels.Rejected, Err: errors.New("message not found")}
	}
	return nil
}

func (w *wall) Show(_ context.Context, c channels.BoardCard) (channels.BoardCard, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.call(c.ID); err != nil {
		return c, err
	}
	if c.ID == "" {
		c.ID = fmt.Sprint(w.rules.Home, len(w.cards))
		c.Ref = c.ID
		w.cards = append(w.cards, c)
		return c, nil
	}
	at := slices.IndexFunc(w.cards, func(o channels.BoardCard) bool { return o.ID == c.ID })
	w.cards[at] = c
	return c, nil
}

func (w *wall) Put(_ context.Context, ref string, e channels.BoardEntry) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.call(ref, e.ID); err != nil {
		return e.ID, err
	}
	thread := w.entries[ref]
	if at := slices.IndexFunc(thread, func(o channels.BoardEntry) bool { return e.ID != "" && o.ID == e.ID }); at >= 0 {
		thread[at] = e
		return e.ID, nil
	}
	e.ID = fmt.Sprint(ref, "/", len(thread))
	w.entries[ref] = append(thread, e)
	return e.ID, nil
}

func (w *wall) PutFile(_ context.Context, ref string, f channels.BoardFile) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.call(ref); err != nil {
		return err
	}
	w.files = append(w.files, f)
	return nil
}

func (w *wall) Whisper(_ context.Context, to channels.BoardMember, text string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told = append(w.told, to.User+": "+text)
	return w.call()
}

// said is a card's whole thread.
func (w *wall) said(card int) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if card >= len(w.cards) {
		return ""
	}
	var all []string
	for _, e := range w.entries[w.cards[card].Ref] {
		all = append(all, e.Body.Text)
	}
	return strings.Join(all, "\n")
}

// shop is a bot and a bridge with two boards.
type shop struct {
	*testing.T
	store *mem.Store
	reads desk.Store // what the bridge reads: store, unless a test puts another in front of it
	bot   *bot.Bot
	walls map[bot.InboxID]*wall
	wrote int

	attendance bot.Attendance // nil: nobody knows who reads
}

// unreadable is what makes the analysis of a text fail.
const unreadable = "读不懂"

type reader struct{}

func (reader) Analyze(_ context.Context, text string) (nlp.Analysis, error) {
	if strings.Contains(text, unreadable) {
		return nlp.Analysis{}, errors.New("as the test says")
	}
	a := nlp.Analysis{Text: text, Lang: nlp.LangHans, Intent: nlp.Intent{Name: nlp.IntentNone}}
	if at := strings.Index(text, "13812345678"); at >= 0 {
		a.PII = append(a.PII, nlp.PII{Span: nlp.Span{Start: at, End: at + 11}, Kind: "phone"})
	}
	return a, nil
}

func (reader) Search(context.Context, kb.Query) (kb.Answer, error) {
	return kb.Answer{Decision: kb.DecideNothing}, nil
}

type nowhere struct{}

func (nowhere) Send(...bot.Message)        {}
func (nowhere) Typing(bot.InboxID, string) {}

// inShop runs a test in a bubble.
func inShop(t *testing.T, test func(s *shop)) {
	t.Helper()
	inShopWith(t, func(*shop) {}, test)
}

// shipped is the catalogue of messages, read once: nothing changes it.
var shipped = sync.OnceValues(func() (*locale.Catalog, error) { return locale.Load(data.Files(), "locale") })

// inShopWith is inShop with something changed before it opens.
func inShopWith(t *testing.T, prepare, test func(s *shop)) {
	t.Helper()
	words, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		s := &shop{T: t, store: mem.New(mem.Options{}), walls: map[bot.InboxID]*wall{"slack": newWall("S:"), "telegram": newWall("T:")}}
		for _, a := range []bot.Agent{{ID: "lin", Email: "lin@shop.example", Name: "Lin"}, {ID: "max", Email: "max@shop.example", Name: "Max"}} {
			if err := s.store.SaveAgent(t.Context(), a, bot.Event{}); err != nil {
				t.Fatal(err)
			}
		}
		s.reads = s.store
		prepare(s)
		var late struct{ bot.Staff }
		files := bot.NewFiles(s.store, bot.FileRules{File: 1000})
		s.bot, err = bot.New(bot.Config{Store: s.store, Understander: reader{}, Retriever: reader{}, Sender: nowhere{}, Words: words, Staff: &late, Now: time.Now,
			Files: files, Fetcher: apps{}, Inboxes: []bot.Inbox{{ID: "web", Files: 500}, {ID: "terminal"}}})
		if err != nil {
			t.Fatal(err)
		}
		boards := map[bot.InboxID]channels.Board{}
		for inbox, w := range s.walls {
			boards[inbox] = w
		}
		bridge := desk.New(desk.Config{Boards: boards, Store: s.reads, Verbs: s.bot, Feed: s.bot, Words: words, Lang: "zh", Zone: time.UTC,
			Log: slog.New(slog.DiscardHandler), Now: time.Now, Files: files, Console: "https://support.example"})
		bridge.Follow(s.attendance)
		late.Staff = bridge
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { _ = s.bot.Run(ctx) })
		<-s.bot.Ready()
		running.Go(func() { _ = bridge.Run(ctx) })
		test(s)
		cancel()
		running.Wait()
	})
}

func (s *shop) pass(d time.Duration) { time.Sleep(d); synctest.Wait() }

// says lets a customer write.
func (s *shop) says(text string, files ...bot.File) {
	s.Helper()
	s.wrote++
	s.event(bot.Inbound{Inbox: "web", Kind: bot.KindMessage, SourceID: fmt.Sprint("w", s.wrote), Thread: "ada", Text: text, Files: files,
		From: bot.Person{SourceID: "ada", Name: "Ada"}})
}

func (s *shop) event(e bot.Inbound) {
	s.Helper()
	if err := s.bot.Handle(s.Context(), e); err != nil {
		s.Fatal(err)
	}
	s.pass(time.Minute)
}

// types lets a member of the team write into the thread of a card.
func (s *shop) types(inbox bot.InboxID, user, text string) {
	s.Helper()
	s.wrote++
	w := s.walls[inbox]
	s.event(bot.Inbound{Inbox: inbox, Kind: bot.KindMessage, SourceID: fmt.Sprint(w.rules.Home, "m", s.wrote), Thread: w.cards[0].Ref, Text: text, Staff: true,
		From: bot.Person{SourceID: user}})
}

func (s *shop) conv() bot.Conversation {
	s.Helper()
	c, err := s.store.Current(s.Context(), "web", "ada")
	if err != nil {
		s.Fatal(err)
	}
	return c
}

func TestTwoBoardsAndTheConsoleSeeOneConversation(t *testing.T) {
	inShop(t, func(s *shop) {
		slack, telegram := s.walls["slack"], s.walls["telegram"]
		telegram.rules.Personal = true // too late: rules are read at the start
		s.says("转人工")
		s.says("喂")
		if slack.calls != 3 {
			t.Errorf("%d calls for a card and two entries", slack.calls)
		}
		s.says("我的电话 13812345678", bot.File{Name: "坏了.jpg", Type: "image/jpeg", Size: 2 << 20})
		s.types("slack", "U1", "这是 VIP")
		s.types("telegram", "U2", ">> 您好")
		if _, err := s.bot.Note(t.Context(), s.conv().ID, bot.Agent{ID: "max", Name: "Max"}, "在控制台写的"); err != nil {
			t.Fatal(err)
		}
		s.pass(time.Minute)
		for name, want := range map[string][]string{
			slack.said(0):    {"138****5678", "📎 坏了.jpg（image/jpeg，2 MB）", "Max → 客户: 您好", "Max的备注: 在控制台写的"},
			telegram.said(0): {"138****5678", "Lin的备注: 这是 VIP", "Max → 客户: 您好", "Max的备注: 在控制台写的"},
		} {
			for _, part := range want {
				if strings.Count(name, part) != 1 {
					t.Errorf("%q stands %d times in:\n%s", part, strings.Count(name, part), name)
				}
			}
		}
		if strings.Contains(slack.said(0), "这是 VIP") {
			t.Error("a note stands twice where it was written")
		}
		if len(slack.cards) != 1 || len(telegram.cards) != 1 || !strings.Contains(slack.cards[0].Body.Text, "Max正在处理") {
			t.Errorf("%d and %d cards, %q", len(slack.cards), len(telegram.cards), slack.cards[0].Body.Text)
		}
	})
}

func TestWhatCouldNotBeAnalysedIsMaskedToo(t *testing.T) {
	inShop(t, func(s *shop) {
		s.says(unreadable + "：我的电话 13812345678") // hands the conversation to the team
		s.says("转人工")
		s.says("写错了")
		s.event(bot.Inbound{Inbox: "web", Kind: bot.KindEdit, SourceID: "edit", Target: "w3", Thread: "ada", Text: unreadable + "：邮箱 ada@mail.example",
			From: bot.Person{SourceID: "ada", Name: "Ada"}})
		said := s.walls["slack"].said(0)
		for _, want := range []string{unreadable + "：我的电话 138****5678", unreadable + "：邮箱 a***@mail.example"} {
			if !strings.Contains(said, want) {
				t.Errorf("%q is missing in:\n%s", want, said)
			}
		}
	})
}

// TestTheCardSaysTheTier: a customer's tier stands on her card and in the title of her topic, from the moment at which she is in it.
func TestTheCardSaysTheTier(t *testing.T) {
	inShop(t, func(s *shop) {
		rules := bot.DeskRules{Tiers: []bot.Tier{{Key: "gold", Name: map[nlp.Lang]string{"zh": "金卡*", "en": "Gold"}, Tags: []string{"vip"}}}}
		if err := s.bot.SaveRules(t.Context(), bot.Agent{ID: "max"}, rules); err != nil {
			t.Fatal(err)
		}
		s.says("转人工")
		for _, step := range []struct {
			tags []string
			want string
		}{{nil, "Ada · web"}, {[]string{"vip"}, "Ada · 金卡* · web"}, {nil, "Ada · web"}} {
			if _, err := s.bot.Tag(t.Context(), s.conv().ID, bot.Agent{ID: "max", Name: "Max"}, step.tags); err != nil {
				t.Fatal(err)
			}
			s.pass(time.Minute)
			for inbox, w := range s.walls {
				if card := w.cards[0]; !strings.Contains(card.Title, step.want) || !strings.Contains(card.Body.Text, step.want) || len(w.cards) != 1 {
					t.Errorf("%s, tags %q: the card is called %q and says %q", inbox, step.tags, card.Title, card.Body.Text)
				}
			}
		}
	})
}

func TestANumberInPlaceOfANameIsMasked(t *testing.T) {
	may := func(s *shop) { s.walls["telegram"].rules.Personal = true }
	inShopWith(t, may, func(s *shop) {
		s.event(bot.Inbound{Inbox: "web", Kind: bot.KindMessage, SourceID: "n1", Thread: "ada", Text: "转人工", From: bot.Person{SourceID: "ada", Name: "13812345678"}})
		for inbox, want := range map[bot.InboxID]string{"slack": "138****5678", "telegram": "13812345678"} {
			w := s.walls[inbox]
			for what, text := range map[string]string{"title": w.cards[0].Title, "card": w.cards[0].Body.Text, "thread": w.said(0)} {
				if !strings.Contains(text, want) {
					t.Errorf("%s: the %s does not say %s: %q", inbox, what, want, text)
				}
			}
		}
	})
}

func TestWhatTheBotRepeatsIsMaskedUnlessTheTeamMaySeeIt(t *testing.T) {
	may := func(s *shop) { s.walls["telegram"].rules.Personal = true }
	inShopWith(t, may, func(s *shop) {
		s.says("你好")
		conv := s.conv()
		conv.LastSeq++
		repeats := bot.Message{ID: bot.NewMessageID(conv.ID, conv.LastSeq), Conversation: conv.ID, Seq: conv.LastSeq, Inbox: conv.Inbox, Thread: conv.Thread,
			Direction: bot.Outgoing, Author: bot.ByBot, Delivery: bot.Sent, Text: "请核对：**电话** 13812345678", Epoch: conv.Epoch, At: time.Now()}
		if err := s.store.Save(t.Context(), bot.Change{Conversation: conv, Messages: []bot.Message{repeats}}); err != nil {
			t.Fatal(err)
		}
		s.says("转人工")
		for inbox, want := range map[bot.InboxID]string{"slack": "电话 138****5678", "telegram": "电话 13812345678"} {
			if said := s.walls[inbox].said(0); !strings.Contains(said, want) {
				t.Errorf("%s: %q is missing in:\n%s", inbox, want, said)
			}
		}
	})
}

func TestABoardThatIsDownHoldsUpNeitherTheOtherNorTheCustomer(t *testing.T) {
	inShop(t, func(s *shop) {
		slack, telegram := s.walls["slack"], s.walls["telegram"]
		slack.fail = slices.Repeat([]channels.Reason{channels.Transient}, 12)
		s.says("转人工")
		for i := range 25 {
			s.says(fmt.Sprint("消息", i, "。"))
		}
		if s.conv().Status != bot.StatusWaiting || len(telegram.cards) != 1 {
			t.Errorf("%s, %d cards on the other board", s.conv().Status, len(telegram.cards))
		}
		s.pass(2 * time.Hour)
		said := slack.said(0)
		last := -1
		for i := range 25 {
			at := strings.Index(said, fmt.Sprint("消息", i, "。"))
			if at <= last {
				t.Fatalf("message %d is missing or out of order:\n%s", i, said)
			}
			last = at
		}
		if n := len(slack.entries[slack.cards[0].Ref]); n > 6 {
			t.Errorf("%d entries: what has waited is not put together", n)
		}
	})
}

func TestWhatVanishesIsMadeAnewButNotForEver(t *testing.T) {
	inShop(t, func(s *shop) {
		slack := s.walls["slack"]
		s.says("转人工")
		for range 6 {
			slack.mu.Lock()
			for _, c := range slack.cards { // somebody deletes every card
				slack.gone[c.ID] = true
			}
			slack.mu.Unlock()
			s.says("还在吗？")
			s.pass(time.Hour)
		}
		if n := len(slack.cards); n < 2 || n > 5 {
			t.Errorf("%d cards", n)
		}
		if s.conv().Status != bot.StatusWaiting {
			t.Errorf("%s", s.conv().Status)
		}
	})
}

// damaged is a store in which one conversation cannot be read.
type damaged struct {
	*mem.Store
	panics bool // in place of an error
	mu     sync.Mutex
	id     bot.ConversationID
	asks   int
}

func (d *damaged) Conversation(ctx context.Context, id bot.ConversationID) (bot.Conversation, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if id == d.id {
		d.asks++
		if d.panics {
			panic("a bug")
		}
		return bot.Conversation{}, store.ErrCorrupt
	}
	return d.Store.Conversation(ctx, id)
}

func (d *damaged) asked() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.asks
}

func (d *damaged) damage(id bot.ConversationID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.id = id
}

func TestAConversationThatCannotBeReadHoldsUpNoOther(t *testing.T) {
	oneBadConversation(t, &damaged{})
}

// TestAConversationThatBreaksTheDeskHoldsUpNoOther: nor does it end the program, which would come to it again at its next start.
func TestAConversationThatBreaksTheDeskHoldsUpNoOther(t *testing.T) {
	oneBadConversation(t, &damaged{panics: true})
}

func oneBadConversation(t *testing.T, d *damaged) {
	t.Helper()
	breaks := func(s *shop) { d.Store, s.reads = s.store, d }
	inShopWith(t, breaks, func(s *shop) {
		slack := s.walls["slack"]
		s.says("转人工")
		d.damage(s.conv().ID)
		s.says("我先来的")
		s.event(bot.Inbound{Inbox: "web", Kind: bot.KindMessage, SourceID: "b1", Thread: "bob", Text: "转人工", From: bot.Person{SourceID: "bob", Name: "Bob"}})
		if len(slack.cards) != 2 || !strings.Contains(slack.said(1), "转人工") {
			t.Fatalf("%d cards, the second says %q", len(slack.cards), slack.said(1))
		}
		before := d.asked()
		s.pass(time.Hour)
		if n := d.asked() - before; n < 5 || n > 60 { // by two boards
			t.Errorf("the damaged one is read %d times in an hour", n)
		}
		d.damage("")
		s.pass(time.Hour)
		if said := slack.said(0); strings.Count(said, "我先来的") != 1 {
			t.Errorf("once it can be read again the thread says:\n%s", said)
		}
	})
}

func TestLongAndErased(t *testing.T) {
	inShop(t, func(s *shop) {
		slack := s.walls["slack"]
		s.says("转人工")
		s.says(strings.Repeat("很长", 2000))
		for _, e := range slack.entries[slack.cards[0].Ref] {
			if n := len([]rune(e.Body.Text)); n > slack.rules.Text {
				t.Errorf("an entry of %d characters", n)
			}
		}
		if !strings.Contains(slack.said(0), "全文见控制台") {
			t.Errorf("nobody learns that there is more: %q", slack.said(0))
		}
		if _, err := s.store.EraseContact(t.Context(), s.conv().Contact, bot.Event{}); err != nil {
			t.Fatal(err)
		}
		before := slack.calls
		s.types("slack", "U1", ">> 您好")
		s.pass(time.Hour)
		if n := slack.calls - before; n != 1 || !strings.Contains(strings.Join(slack.told, "\n"), "不存在") {
			t.Errorf("%d calls, told %q", n, slack.told)
		}
	})
}
