package storetest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"
	"time"

	"pgregory.net/rapid"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/kb"
	"huiyin/store"
)

// Compare runs random calls on two stores, which must answer alike and hold the same afterwards. The first one is the
// model.
func Compare(t *testing.T, model, subject Opener) {
	rapid.Check(t, func(r *rapid.T) {
		c := &clock{now: start}
		m := &machine{ctx: context.Background(), clock: c, stores: [2]store.Store{model(t, c.Now), subject(t, c.Now)}}
		defer func() {
			for _, s := range m.stores {
				CheckSound(t, s)
				if err := s.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			}
		}()
		r.Repeat(map[string]func(*rapid.T){
			"accept": m.accept, "recover": m.recover, "quarantine": m.quarantine, "forget": m.forget, "save": m.save,
			"save again": m.save, "change message": m.changeMessage, "begin": m.begin, "end": m.end, "receipt": m.receipt,
			"erase": m.erase, "close gap": m.closeGap, "articles": m.saveArticles, "claim": m.claim, "finish": m.finish,
			"agent": m.saveAgent, "session": m.saveSession, "log out": m.deleteSessions, "list": m.list, "find": m.find,
			"see": m.see, "search": m.search, "merge": m.merge, "split": m.split,
			"": m.same,
		})
	})
}

// machine drives both stores.
type machine struct {
	ctx    context.Context
	clock  *clock
	stores [2]store.Store
	events uint64 // the greatest number that Accept returned
}

// both calls f on both stores and compares what it says.
func (m *machine) both(r *rapid.T, what string, f func(store.Store) (any, error)) {
	r.Helper()
	model, modelErr := f(m.stores[0])
	subject, subjectErr := f(m.stores[1])
	if class(modelErr) != class(subjectErr) {
		r.Fatalf("%s: the model says %v, the subject %v", what, modelErr, subjectErr)
	}
	if want, got := asJSON(model), asJSON(subject); want != got {
		i := 0
		for i < min(len(want), len(got)) && want[i] == got[i] {
			i++
		}
		around := func(s string) string { return s[max(0, min(i, len(s))-300):min(len(s), i+200)] }
		r.Fatalf("%s: they differ at byte %d:\n   model …%s…\n subject …%s…", what, i, around(want), around(got))
	}
}

// class is the sentinel in an error.
func class(err error) string {
	if err == nil {
		return ""
	}
	for _, sentinel := range []error{
		bot.ErrNotFound, bot.ErrConflict, bot.ErrStale, kb.ErrNotFound, kb.ErrConflict, feedback.ErrClaimed, store.ErrInvalid,
	} {
		if errors.Is(err, sentinel) {
			return sentinel.Error()
		}
	}
	return "another error: " + err.Error()
}

func pick[T any](r *rapid.T, label string, from ...T) T {
	return rapid.SampledFrom(from).Draw(r, label)
}

func drawInbox(r *rapid.T) bot.InboxID { return pick[bot.InboxID](r, "inbox", "web", "slack") }

func drawConversation(r *rapid.T) bot.ConversationID {
	return pick[bot.ConversationID](r, "conversation", "a", "a-1", "b", "c", "é")
}

func drawContact(r *rapid.T) bot.ContactID {
	return pick[bot.ContactID](r, "contact", "p", "p2", "q", "")
}

// drawTime is mostly near start, sometimes beyond what the keys of a back end may hold.
func drawTime(r *rapid.T, label string) time.Time {
	if rapid.IntRange(0, 19).Draw(r, label+" far") == 0 {
		return pick(r, label, time.Time{}, time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC))
	}
	return start.Add(time.Duration(rapid.IntRange(-3, 12).Draw(r, label)) * time.Minute)
}

func (m *machine) accept(r *rapid.T) {
	var events []bot.Inbound
	for range rapid.IntRange(0, 4).Draw(r, "n") {
		from := pick(r, "from", "lin", "wu", "")
		e := event(drawInbox(r), fmt.Sprint(rapid.IntRange(0, 15).Draw(r, "id")), from, pick(r, "text", "你好", "hi", ""))
		events = append(events, e)
	}
	m.clock.Add(time.Minute)
	m.both(r, "Accept", func(s store.Store) (any, error) {
		got, err := s.Accept(m.ctx, events)
		for _, a := range got {
			m.events = max(m.events, a.ID)
		}
		return got, err
	})
}

func (m *machine) drawEvent(r *rapid.T) uint64 {
	return rapid.Uint64Range(1, m.events+1).Draw(r, "event")
}

func (m *machine) recover(r *rapid.T) {
	m.both(r, "Recover", func(s store.Store) (any, error) { return s.Recover(m.ctx) })
}

func (m *machine) quarantine(r *rapid.T) {
	id := m.drawEvent(r)
	m.both(r, "Quarantine", func(s store.Store) (any, error) { return nil, s.Quarantine(m.ctx, id, "why") })
}

func (m *machine) forget(r *rapid.T) {
	before := start.Add(time.Duration(rapid.IntRange(0, 40).Draw(r, "before")) * time.Minute)
	m.both(r, "Forget", func(s store.Store) (any, error) { return s.Forget(m.ctx, before) })
}

func (m *machine) save(r *rapid.T) {
	id := drawConversation(r)
	conv, err := m.stores[0].Conversation(m.ctx, id)
	if err != nil {
		conv = conversation(id)
		conv.CreatedAt = drawTime(r, "created")
	}
	conv.Inbox, conv.Thread = drawInbox(r), pick(r, "thread", "thread-lin", "thread-wu", "t")
	conv.Contact, conv.Agent = drawContact(r), pick[bot.AgentID](r, "agent", "", "1", "12")
	conv.Account = pick(r, "account", "", "42", "nul\x00")
	conv.Status, conv.UpdatedAt = pick(r, "status", store.Statuses()...), drawTime(r, "updated")
	conv.Epoch = rapid.Uint64Range(1, 3).Draw(r, "epoch")
	if rapid.IntRange(0, 9).Draw(r, "stale") == 0 {
		conv.Version += pick[uint64](r, "version", 1, ^uint64(0))
	}
	var c bot.Change
	for range rapid.IntRange(0, 3).Draw(r, "messages") {
		conv.LastSeq++
		c.Messages = append(c.Messages, drawMessage(r, conv))
	}
	for i := range rapid.IntRange(0, 2).Draw(r, "facts") {
		c.Facts = append(c.Facts, bot.Fact{Name: bot.FactTurn, Label: fmt.Sprint("label ", i), Value: 1, End: drawTime(r, "end"), Conversation: id})
	}
	for range rapid.IntRange(0, 1).Draw(r, "gaps") {
		c.Gaps = append(c.Gaps, kb.Gap{ID: pick(r, "gap", "g1", "g2", "g3"), Conversation: string(id), Contact: string(conv.Contact), At: drawTime(r, "gap at")})
	}
	if m.events > 0 && rapid.Bool().Draw(r, "done") {
		c.Done = []uint64{m.drawEvent(r)}
	}
	if conv.Contact != "" && rapid.Bool().Draw(r, "with contact") {
		c.Contact = &bot.Contact{ID: conv.Contact, Name: "Name of " + string(conv.Contact), SeenAt: drawTime(r, "seen"),
			Email: pick(r, "email", "", "", "Lin@mail.example", "nul\x00@mail.example"), Phone: pick(r, "phone", "", "13812345678")}
		c.Address = &bot.ContactInbox{Inbox: conv.Inbox, SourceID: pick(r, "source", "lin", "wu"), Contact: conv.Contact}
	}
	c.Log = []bot.Event{{At: start, Actor: "bot", Object: string(id)}}
	c.Conversation = conv
	m.both(r, "Save", func(s store.Store) (any, error) { return nil, s.Save(m.ctx, c) })
}

func drawMessage(r *rapid.T, conv bot.Conversation) bot.Message {
	m := incoming(conv.ID, conv.LastSeq, pick(r, "text", "你好", "hi"))
	m.Inbox, m.At = conv.Inbox, drawTime(r, "at")
	m.SourceID = pick(r, "source id", "", "s1", "s2")
	if rapid.Bool().Draw(r, "outgoing") {
		m.Direction, m.Epoch = bot.Outgoing, conv.Epoch
		m.Author = pick(r, "author", bot.ByBot, bot.ByAgent)
		m.Delivery = pick(r, "delivery", bot.Queued, bot.Queued, bot.Sent, bot.Failed)
	}
	return m
}

// drawStored is a message that exists, or one that does not.
func (m *machine) drawStored(r *rapid.T) bot.Message {
	id := drawConversation(r)
	messages, err := m.stores[0].Messages(m.ctx, id, 0, 0)
	if err != nil || len(messages) == 0 {
		return incoming(id, 1, "")
	}
	return rapid.SampledFrom(messages).Draw(r, "message")
}

func (m *machine) changeMessage(r *rapid.T) {
	message := m.drawStored(r)
	conv, err := m.stores[0].Conversation(m.ctx, message.Conversation)
	if err != nil {
		return
	}
	message.Text, message.SourceID, message.At = "edited", pick(r, "source id", "", "s1", "s3"), drawTime(r, "at")
	if message.Delivery != "" {
		message.Delivery = pick(r, "delivery", bot.Queued, bot.Cancelled, bot.Read, bot.Sending)
	}
	c := bot.Change{Conversation: conv, Messages: []bot.Message{message}}
	m.both(r, "Save", func(s store.Store) (any, error) { return nil, s.Save(m.ctx, c) })
}

func (m *machine) begin(r *rapid.T) {
	id := m.drawStored(r).ID
	m.both(r, "BeginSend", func(s store.Store) (any, error) { return s.BeginSend(m.ctx, id) })
}

func (m *machine) end(r *rapid.T) {
	id := m.drawStored(r).ID
	result := bot.SendResult{
		Delivery: pick(r, "delivery", bot.Sent, bot.Failed, bot.Unknown, bot.Queued, bot.Delivered),
		SourceID: pick(r, "source id", "", "s1", "s4"), Error: pick(r, "error", "", "blocked"), At: drawTime(r, "sent"),
	}
	m.both(r, "EndSend", func(s store.Store) (any, error) { return s.EndSend(m.ctx, id, result) })
}

func (m *machine) receipt(r *rapid.T) {
	inbox, source, d := drawInbox(r), pick(r, "source id", "s1", "s2", "s4", ""), pick(r, "delivery", bot.Delivered, bot.Read)
	m.both(r, "Receipt", func(s store.Store) (any, error) { return nil, s.Receipt(m.ctx, inbox, source, d, start) })
}

func (m *machine) erase(r *rapid.T) {
	if rapid.IntRange(0, 2).Draw(r, "really") != 0 {
		return // else nobody is ever left
	}
	id := drawContact(r)
	m.both(r, "EraseContact", func(s store.Store) (any, error) { return s.EraseContact(m.ctx, id, bot.Event{Action: "erase"}) })
}

func (m *machine) closeGap(r *rapid.T) {
	ids := []string{pick(r, "gap", "g1", "g2", "g9")}
	m.both(r, "CloseGaps", func(s store.Store) (any, error) { return nil, s.CloseGaps(m.ctx, ids, "a.zh") })
}

func (m *machine) saveArticles(r *rapid.T) {
	var articles []kb.Article
	for range rapid.IntRange(1, 2).Draw(r, "n") {
		a := article(pick[kb.ArticleID](r, "article", "a.zh", "a.en", "b.zh"))
		if stored, err := m.stores[0].Article(m.ctx, a.ID); err == nil && rapid.IntRange(0, 5).Draw(r, "stale") > 0 {
			a = stored
		}
		a.Title = pick(r, "title", "退货", "换货")
		articles = append(articles, a)
	}
	m.both(r, "SaveArticles", func(s store.Store) (any, error) { return s.SaveArticles(m.ctx, articles) })
}

func drawRun(r *rapid.T) string { return pick(r, "run", "weekly/2026-W45", "weekly/2026-W46") }

func (m *machine) claim(r *rapid.T) {
	key, now := drawRun(r), m.clock.Add(20*time.Minute)
	m.both(r, "ClaimRun", func(s store.Store) (any, error) { return nil, s.ClaimRun(m.ctx, key, now, time.Hour) })
}

func (m *machine) finish(r *rapid.T) {
	key, now := drawRun(r), m.clock.Now()
	m.both(r, "FinishRun", func(s store.Store) (any, error) { return nil, s.FinishRun(m.ctx, key, now, []byte("{}")) })
}

func (m *machine) saveAgent(r *rapid.T) {
	a := bot.Agent{ID: pick[bot.AgentID](r, "agent", "1", "2", "3"), Name: pick(r, "name", "Mei", "Bob"), Email: pick(r, "e-mail", "a@x", "A@x", "b@x", "c@x", "")}
	m.both(r, "SaveAgent", func(s store.Store) (any, error) { return nil, s.SaveAgent(m.ctx, a, bot.Event{Actor: "admin"}) })
	state, at := pick(r, "state", bot.Online, bot.Away, bot.Offline), m.clock.Now()
	m.both(r, "SetAgentState", func(s store.Store) (any, error) {
		return s.SetAgentState(m.ctx, a.ID, state, bot.Event{At: at, Actor: "admin"})
	})
	m.both(r, "AgentByEmail", func(s store.Store) (any, error) { return s.AgentByEmail(m.ctx, a.Email) })
}

func (m *machine) saveSession(r *rapid.T) {
	session := bot.Session{Hash: pick(r, "hash", "h1", "h2", "h3"), Agent: pick[bot.AgentID](r, "agent", "1", "2")}
	m.both(r, "SaveSession", func(s store.Store) (any, error) { return nil, s.SaveSession(m.ctx, session) })
}

func (m *machine) deleteSessions(r *rapid.T) {
	agent, hash := pick[bot.AgentID](r, "agent", "1", "2"), pick(r, "hash", "", "h1", "h2")
	m.both(r, "DeleteSessions", func(s store.Store) (any, error) { return nil, s.DeleteSessions(m.ctx, agent, hash) })
	m.both(r, "EditSession", func(s store.Store) (any, error) {
		return s.EditSession(m.ctx, "h2", func(s *bot.Session) { s.Quiet = !s.Quiet })
	})
	m.both(r, "Session", func(s store.Store) (any, error) { return s.Session(m.ctx, "h1") })
}

func (m *machine) list(r *rapid.T) {
	f := bot.Filter{
		Statuses: rapid.SliceOfN(rapid.SampledFrom(store.Statuses()), 0, 3).Draw(r, "statuses"),
		Agent:    pick[bot.AgentID](r, "agent", "", "", "1", "12"), Contact: pick[bot.ContactID](r, "contact", "", "", "p", "p2"),
		Inbox: pick[bot.InboxID](r, "inbox", "", "", "web"), Limit: rapid.IntRange(0, 3).Draw(r, "limit"),
	}
	if rapid.Bool().Draw(r, "before") {
		f.Before = drawTime(r, "before")
	}
	m.both(r, fmt.Sprintf("Conversations %+v", f), func(s store.Store) (any, error) { return s.Conversations(m.ctx, f) })
	from, to := drawTime(r, "from"), drawTime(r, "to")
	m.both(r, "ConversationsBetween", func(s store.Store) (any, error) { return all(s.ConversationsBetween(m.ctx, from, to)) })
	m.both(r, "MessagesBetween", func(s store.Store) (any, error) { return all(s.MessagesBetween(m.ctx, from, to)) })
	m.both(r, "Facts", func(s store.Store) (any, error) { return all(s.Facts(m.ctx, from, to)) })
	m.both(r, "Gaps", func(s store.Store) (any, error) { return s.Gaps(m.ctx, from, to) })
}

func (m *machine) find(r *rapid.T) {
	query := pick(r, "query", "name of p", "NAME", "lin", "Q", "nobody", "")
	m.both(r, "FindContact", func(s store.Store) (any, error) { return s.FindContact(m.ctx, query) })
	value := pick(r, "value", "email:lin@mail.example", "phone:13812345678", "email:", "", "email:nul\x00@mail.example")
	m.both(r, "ContactsVerified", func(s store.Store) (any, error) { return s.ContactsVerified(m.ctx, value) })
	m.both(r, "SharedReaches", func(s store.Store) (any, error) { return s.SharedReaches(m.ctx) })
	inbox, source := drawInbox(r), pick(r, "source", "lin", "wu", "")
	contact, account, limit := drawContact(r), pick(r, "account", "42", "4", "", "nul\x00"), rapid.IntRange(0, 2).Draw(r, "limit")
	m.both(r, "Threads", func(s store.Store) (any, error) { return s.Threads(m.ctx, contact, inbox, account, limit) })
	m.both(r, "ContactAt", func(s store.Store) (any, error) { return s.ContactAt(m.ctx, inbox, source) })
	thread := pick(r, "thread", "thread-lin", "t", "thread")
	m.both(r, "Current", func(s store.Store) (any, error) { return s.Current(m.ctx, inbox, thread) })
	id := pick(r, "source id", "s1", "s2", "s3", "s4", "")
	m.both(r, "MessageBySource", func(s store.Store) (any, error) { return s.MessageBySource(m.ctx, inbox, id) })
}

// same compares what both stores hold.
func (m *machine) same(r *rapid.T) {
	far := time.Date(2290, 1, 1, 0, 0, 0, 0, time.UTC)
	m.both(r, "everything", func(s store.Store) (any, error) {
		unsent, err1 := s.Unsent(m.ctx)
		messages, err2 := all(s.MessagesBetween(m.ctx, time.Time{}, far))
		facts, err3 := all(s.Facts(m.ctx, time.Time{}, far))
		gaps, err4 := s.Gaps(m.ctx, time.Time{}, far)
		audit, err5 := s.Audit(m.ctx, 1000)
		articles, err6 := s.Articles(m.ctx)
		version, err7 := s.Version(m.ctx)
		runs, err8 := s.Runs(m.ctx)
		bad, err9 := s.Quarantined(m.ctx, 0)
		agents, err10 := s.Agents(m.ctx)
		var conversations []any
		for _, id := range []bot.ConversationID{"a", "a-1", "b", "c", "é"} {
			c, _ := s.Conversation(m.ctx, id)
			last, _ := s.Messages(m.ctx, id, max(c.LastSeq, 2)-2, 0)
			conversations = append(conversations, c, last)
		}
		return []any{conversations, unsent, messages, facts, gaps, audit, articles, version, runs, bad, agents},
			errors.Join(err1, err2, err3, err4, err5, err6, err7, err8, err9, err10)
	})
}

func all[T any](seq iter.Seq2[T, error]) ([]T, error) {
	var found []T
	for v, err := range seq {
		if err != nil {
			return nil, err
		}
		found = append(found, v)
	}
	return found, nil
}

func drawAgent(r *rapid.T) bot.AgentID { return pick[bot.AgentID](r, "agent", "1", "12", "") }

func (m *machine) see(r *rapid.T) {
	agent, id, seq := drawAgent(r), drawConversation(r), rapid.Uint64Range(0, 5).Draw(r, "seq")
	m.both(r, "MarkSeen", func(s store.Store) (any, error) { return nil, s.MarkSeen(m.ctx, agent, id, seq) })
	m.both(r, "Seen", func(s store.Store) (any, error) {
		return s.Seen(m.ctx, "1", []bot.ConversationID{"a", "a-1", "b", "c", "é"})
	})
}

func (m *machine) search(r *rapid.T) {
	q := bot.TextQuery{Text: pick(r, "words", "HI", "你", "nothing", " "), Limit: rapid.IntRange(0, 3).Draw(r, "limit"), Look: rapid.IntRange(0, 4).Draw(r, "look")}
	if rapid.Bool().Draw(r, "older") {
		q.Before = drawTime(r, "before")
	}
	m.both(r, "SearchMessages", func(s store.Store) (any, error) { return s.SearchMessages(m.ctx, q) })
}

func (m *machine) merge(r *rapid.T) {
	into, from := drawContact(r), drawContact(r)
	m.both(r, "MergeContacts", func(s store.Store) (any, error) {
		return s.MergeContacts(m.ctx, into, from, bot.Event{Action: "merge"})
	})
}

func (m *machine) split(r *rapid.T) {
	a := bot.ContactInbox{Inbox: drawInbox(r), SourceID: pick(r, "source", "lin", "wu"), Contact: drawContact(r)}
	as := drawContact(r)
	m.both(r, "SplitContact", func(s store.Store) (any, error) {
		return s.SplitContact(m.ctx, a, as, bot.Event{Action: "split"})
	})
	m.both(r, "Addresses", func(s store.Store) (any, error) { return s.Addresses(m.ctx, a.Contact) })
}
