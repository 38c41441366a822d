package bolt

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.etcd.io/bbolt"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/hooks"
	"huiyin/kb"
	"huiyin/store"
)

// Verify implements store.Maintenance: every record is read and compared with the indexes; then, while writers wait,
// bbolt's own check walks the pages.
func (s *Store) Verify(ctx context.Context, progress store.Progress) (store.Report, error) {
	began := s.now()
	r, err := verify(ctx, progress, func(f func(*txn) error) error { return s.view(ctx, f) },
		// bbolt's check may not run beside a transaction that writes, so it waits for its turn.
		func(f func(*txn) error) error { return s.write(ctx, f) })
	r.Took = s.now().Sub(began)
	return withSize(r, s.path), err
}

// verify compares the records with the indexes in one transaction, then the pages with each other in another one.
func verify(ctx context.Context, progress store.Progress, records, pages func(func(*txn) error) error) (store.Report, error) {
	v := &verifier{ctx: ctx, progress: progress, entries: map[table]int{}, named: map[string]int{}}
	err := records(func(x *txn) error {
		v.x = x
		return v.records()
	})
	if err == nil && len(v.report.Problems) == 0 { // on records that cannot be read, the check might not survive
		err = pages(func(x *txn) error {
			if err := x.seekAll(ctx); err != nil {
				return err
			}
			for problem := range x.tx.Check(bbolt.WithKVStringer(possible{})) {
				v.report.Problem("page check: %v", problem)
			}
			return nil
		})
	}
	if errors.Is(err, store.ErrCorrupt) {
		v.report.Problem("%v", err)
		err = nil
	}
	if err != nil {
		return v.report, err
	}
	return v.report, v.report.Err()
}

// seekAll looks every key up, and with that reads every key of the pages above it. The page check reads them too, on a
// goroutine of bbolt's where nothing catches the fault of a key that claims to lie outside of the file: it would end the
// process.
func (x *txn) seekAll(ctx context.Context) error {
	return x.tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
		walk, seek := b.Cursor(), b.Cursor()
		for k, _ := walk.First(); k != nil; k, _ = walk.Next() {
			if found, _ := seek.Seek(k); !bytes.Equal(found, k) {
				return fmt.Errorf("%w: table %s: key %x is not found where it stands", store.ErrCorrupt, name, k)
			}
		}
		return ctx.Err()
	})
}

// possible writes keys and values out for the page check. What is longer than any can be is damaged and may reach beyond the file, so
// that reading it would end the process, too.
type possible struct{}

// KeyToString implements bbolt.KVStringer.
func (possible) KeyToString(key []byte) string {
	if len(key) > bbolt.MaxKeySize {
		return fmt.Sprintf("(of %d bytes)", len(key))
	}
	return hex.EncodeToString(key)
}

// ValueToString implements bbolt.KVStringer.
func (possible) ValueToString(value []byte) string { return fmt.Sprintf("(of %d bytes)", len(value)) }

// verifier compares records with indexes in one transaction.
type verifier struct {
	ctx      context.Context
	x        *txn
	report   store.Report
	entries  map[table]int  // how many entries the records give each index
	facts    int            // facts that conversations know
	gapRefs  int            // gaps that conversations know
	named    map[string]int // key of a file → how often messages name it
	last     conversationSoFar
	progress store.Progress
	done     int
	total    int
}

// conversationSoFar is what the walk has seen of one conversation.
type conversationSoFar struct {
	id       string
	lastSeq  uint64
	messages uint64
}

// step counts a record; it fails when ctx has ended.
func (v *verifier) step() error {
	if v.done++; v.done%4096 != 0 {
		return nil
	}
	if v.progress != nil {
		v.progress(v.done, v.total)
	}
	return v.ctx.Err()
}

func (v *verifier) records() error {
	for t := range tables {
		v.total += v.x.bucket(t).Inspect().KeyN
	}
	for _, walk := range slices.Concat([]func() error{v.conversations, v.files, v.contacts, v.events, v.webhooks, v.audit, v.articles}, v.plain()) {
		if err := walk(); err != nil {
			return err
		}
	}
	v.count()
	return nil
}

// plain are the walks through tables whose records need no more than their keys and indexes.
func (v *verifier) plain() []func() error {
	return []func() error{
		func() error { return each(v, tFacts, &v.report.Facts, func(_ []byte, _ bot.Fact) {}) },
		func() error {
			return each(v, tGaps, &v.report.Gaps, func(key []byte, g kb.Gap) {
				v.is("gap", key, gapKey(g))
				v.index("gap", gapIndex(g))
			})
		},
		func() error {
			return each(v, tAgents, nil, func(key []byte, a bot.Agent) {
				v.is("agent", key, []byte(a.ID))
				v.index("agent", agentIndex(a))
			})
		},
		func() error {
			return each(v, tSessions, nil, func(key []byte, s bot.Session) { v.is("session", key, []byte(s.Hash)) })
		},
		func() error {
			return each(v, tTokens, nil, func(key []byte, t bot.Token) { v.is("token", key, []byte(t.ID)) })
		},
		func() error {
			return each(v, tCanned, nil, func(key []byte, c bot.Canned) { v.is("canned answer", key, []byte(c.ID)) })
		},
		func() error {
			return each(v, tMacros, nil, func(key []byte, m bot.Macro) { v.is("macro", key, []byte(m.ID)) })
		},
		func() error {
			return each(v, tReviews, nil, func(key []byte, r bot.Review) { v.is("review", key, reviewKey(r)) })
		},
		func() error {
			return each(v, tIncidents, nil, func(key []byte, i bot.Incident) { v.is("incident", key, []byte(i.ID)) })
		},
		func() error {
			return each(v, tExperiments, nil, func(key []byte, e bot.Experiment) { v.is("experiment", key, []byte(e.ID)) })
		},
		func() error {
			return each(v, tOrders, nil, func(key []byte, o bot.Order) {
				v.is("order", key, []byte(o.Number))
				v.index("order", orderIndex(o))
			})
		},
		func() error {
			return each(v, tOrderImports, nil, func(key []byte, i bot.OrderImport) { v.is("import of orders", key, []byte(i.ID)) })
		},
		func() error {
			return each(v, tTasks, nil, func(key []byte, t feedback.Task) { v.is("task", key, []byte(store.TaskKey(t))) })
		},
		func() error {
			return each(v, tRuns, nil, func(key []byte, r feedback.Run) { v.is("run", key, []byte(r.Key)) })
		},
	}
}

// each decodes every record of a table, and counts them.
func each[T any](v *verifier, t table, count *int, f func(key []byte, one T)) error {
	for k, value := range v.x.scan(t, nil, nil) {
		if err := v.step(); err != nil {
			return err
		}
		if count != nil {
			*count++
		}
		var one T
		if err := decode(value, &one); err != nil {
			v.report.Problem("table %s, key %x: %v", specOf(t).name, k, err)
			continue
		}
		f(k, one)
	}
	return nil
}

// is notes a record that lies under the key of another.
func (v *verifier) is(what string, key, want []byte) {
	if string(key) != string(want) {
		v.report.Problem("%s lies under key %x, not %x", what, key, want)
	}
}

// index makes sure that the entries of a record are there.
func (v *verifier) index(what string, entries []entry) {
	for _, e := range entries {
		v.entries[e.table]++
		switch {
		case !v.x.has(e.table, e.key):
			v.report.Problem("%s: index %s lacks %x", what, specOf(e.table).name, e.key)
		case len(e.value) > 0 && string(v.x.get(e.table, e.key)) != string(e.value):
			v.report.Problem("%s: index %s: %x leads elsewhere", what, specOf(e.table).name, e.key)
		}
	}
}

// count makes sure that indexes hold nothing besides the entries of records.
func (v *verifier) count() {
	for _, t := range []table{tLanes, tByStatus, tByAgent, tByContact, tByCreated, tByTime, tBySource, tOutbox, tGapIDs, tEmails, tAddressesOf, tOrdersOf, tByReach, tThreadsOf} {
		if n := v.x.bucket(t).Inspect().KeyN; n != v.entries[t] {
			v.report.Problem("index %s has %d entries, the records give it %d", specOf(t).name, n, v.entries[t])
		}
	}
	if v.facts > v.report.Facts {
		v.report.Problem("conversations know %d facts, there are %d", v.facts, v.report.Facts)
	}
	if v.gapRefs != v.entries[tConversations] {
		v.report.Problem("conversations know %d gaps, there are %d", v.gapRefs, v.entries[tConversations])
	}
	v.report.Unsent = v.entries[tOutbox]
}

// card compares a card with its key.
func (v *verifier) card(id, board string, value []byte) {
	var c bot.Card
	if err := decode(value, &c); err != nil || string(c.Conversation) != id || string(c.Board) != board {
		v.report.Problem("conversation %s: its card on %s is damaged", id, board)
	}
}

// conversations walks conversations with their messages and references, which lie together.
func (v *verifier) conversations() error {
	for k, value := range v.x.scan(tConversations, nil, nil) {
		if err := v.step(); err != nil {
			return err
		}
		id, rest := cut(k)
		if id != v.last.id {
			v.endConversation()
			v.last = conversationSoFar{id: id}
			if len(rest) != 1 || rest[0] != partConversation {
				v.report.Problem("conversation %s is missing, but something of it is there", id)
			}
		}
		switch {
		case len(rest) == 1 && rest[0] == partConversation:
			v.conversation(id, value)
		case len(rest) == 9 && rest[0] == partMessage:
			v.message(k, value)
		case len(rest) == 17 && rest[0] == partFact:
			v.facts++
			if !v.x.has(tFacts, rest[1:]) {
				v.report.Problem("conversation %s: fact %x is missing", id, rest[1:])
			}
		case len(rest) > 9 && rest[0] == partGap:
			v.gapRefs++
		case len(rest) > 1 && rest[0] == partSeen && len(value) == 8:
		case len(rest) > 1 && rest[0] == partCard:
			v.card(id, string(rest[1:]), value)
		default:
			v.report.Problem("conversation %s: unknown key %x", id, rest)
		}
	}
	v.endConversation()
	return nil
}

func (v *verifier) conversation(id string, value []byte) {
	v.report.Conversations++
	var c bot.Conversation
	if err := decode(value, &c); err != nil {
		v.report.Problem("conversation %s: %v", id, err)
		return
	}
	if string(c.ID) != id || c.Version == 0 {
		v.report.Problem("conversation %s lies under %s, version %d", c.ID, id, c.Version)
	}
	v.last.lastSeq = c.LastSeq
	v.index("conversation "+id, conversationIndex(c))
}

func (v *verifier) message(key, value []byte) {
	v.report.Messages++
	v.last.messages++
	var m bot.Message
	if err := decode(value, &m); err != nil {
		v.report.Problem("message %d of conversation %s: %v", v.last.messages, v.last.id, err)
		return
	}
	v.is("message", key, messageKey(m.Conversation, m.Seq))
	if m.Seq != v.last.messages {
		v.report.Problem("conversation %s: message %d at place %d", v.last.id, m.Seq, v.last.messages)
	}
	v.index("message "+string(m.ID), messageIndex(m))
	v.names(m)
}

func (v *verifier) endConversation() {
	if v.last.messages != v.last.lastSeq {
		v.report.Problem("conversation %s: LastSeq is %d, it has %d messages", v.last.id, v.last.lastSeq, v.last.messages)
	}
}

func (v *verifier) contacts() error {
	err := each(v, tContacts, &v.report.Contacts, func(key []byte, c bot.Contact) {
		v.is("contact", key, []byte(c.ID))
		v.index("contact", contactIndex(c))
		if v.x.has(tErased, contactHash(c.ID)) {
			v.report.Problem("contact %s was erased, and is there", c.ID)
		}
	})
	for k, id := range v.x.scan(tAddresses, nil, nil) {
		inbox, source := cut(k)
		a := bot.ContactInbox{Inbox: bot.InboxID(inbox), SourceID: string(source), Contact: bot.ContactID(id)}
		v.index("address", []entry{{tAddressesOf, addressOfKey(a), nil}})
		if !v.x.has(tContacts, id) {
			v.report.Problem("an address is of contact %s, who is missing", id)
		}
	}
	return err
}

func (v *verifier) events() error {
	for t, count := range map[table]*int{tPending: &v.report.Pending, tQuarantined: &v.report.Quarantined} {
		if err := each(v, t, count, func(key []byte, a bot.Accepted) {
			v.is("event", key, number(nil, a.ID))
			if t == tPending {
				v.index(fmt.Sprint("event ", a.ID), []entry{{tSeen, seenHash(a.Inbound), key}})
			}
		}); err != nil {
			return err
		}
	}
	for k := range v.x.scan(tAttempts, nil, nil) {
		if !v.x.has(tPending, k) {
			v.report.Problem("attempts of event %x, which is not pending", k)
		}
	}
	for k, value := range v.x.scan(tAccepted, nil, nil) {
		if err := v.step(); err != nil {
			return err
		}
		if len(value) != hashBytes+8 || string(v.x.get(tSeen, value[:hashBytes])) != string(k) {
			v.report.Problem("the memory of event %x leads nowhere", k)
		}
	}
	if seen, accepted := v.x.bucket(tSeen).Inspect().KeyN, v.x.bucket(tAccepted).Inspect().KeyN; seen != accepted {
		v.report.Problem("%d events are remembered by hash, %d by number", seen, accepted)
	}
	return nil
}

// audit follows the chain of hashes of the audit log.
func (v *verifier) audit() error {
	n, last := uint64(0), []byte(nil)
	for k, value := range v.x.scan(tAudit, nil, nil) {
		if err := v.step(); err != nil {
			return err
		}
		n++
		var e bot.Event
		if len(value) < sha256.Size || decode(value[sha256.Size:], &e) != nil {
			v.report.Problem("entry %d of the audit log cannot be read", n)
			return nil
		}
		if !bytes.Equal(k, number(nil, n)) || !bytes.Equal(value, chained(last, value[sha256.Size:])) {
			v.report.Problem("entry %d of the audit log does not follow from the one before it", n)
			return nil
		}
		last = value
	}
	if written := v.x.bucket(tAudit).Sequence(); written != n {
		v.report.Problem("the audit log has %d entries, %d were written", n, written)
	}
	return nil
}

func (v *verifier) articles() error {
	if err := each(v, tArticles, &v.report.Articles, func(key []byte, a kb.Article) {
		v.is("article", key, []byte(a.ID))
		if !v.x.has(tRevisions, revisionKey(a.ID, a.Revision)) {
			v.report.Problem("article %s: revision %d is missing", a.ID, a.Revision)
		}
	}); err != nil {
		return err
	}
	return each(v, tRevisions, nil, func(key []byte, a kb.Article) {
		v.is("revision", key, revisionKey(a.ID, a.Revision))
		if strings.IndexByte(string(a.ID), 0) >= 0 || !v.x.has(tArticles, []byte(a.ID)) {
			v.report.Problem("revision %d of article %s: the article is missing", a.Revision, a.ID)
		}
	})
}

// webhooks looks at endpoints, their states and the queue: each state has its endpoint, and lies within the queue.
func (v *verifier) webhooks() error {
	states := map[string]bool{}
	err := each(v, tHookStates, nil, func(key []byte, s hooks.State) {
		v.is("state of an endpoint", key, []byte(s.Endpoint))
		states[s.Endpoint] = true
		if newest := v.x.bucket(tHookEvents).Sequence(); s.Done > newest {
			v.report.Problem("endpoint %s has taken event %d, the newest is %d", s.Endpoint, s.Done, newest)
		}
	})
	if err != nil {
		return err
	}
	err = each(v, tEndpoints, nil, func(key []byte, e hooks.Endpoint) {
		v.is("endpoint", key, []byte(e.ID))
		if !states[e.ID] {
			v.report.Problem("endpoint %s has no state", e.ID)
		}
		delete(states, e.ID)
	})
	if err != nil {
		return err
	}
	for id := range states {
		v.report.Problem("a state is of endpoint %s, which does not exist", id)
	}
	return each(v, tHookEvents, nil, func(key []byte, e hooks.Event) { v.is("event of webhooks", key, number(nil, e.N)) })
}
