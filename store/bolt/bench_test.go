package bolt_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/nlp"
	"huiyin/store/bolt"
	"huiyin/store/storetest"
)

var benchStart = time.Date(2026, 11, 9, 8, 0, 0, 0, time.UTC)

func openBench(b *testing.B) *bolt.Store {
	b.Helper()
	s, err := bolt.Open(filepath.Join(b.TempDir(), "huiyin.db"), bolt.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	return s
}

// event is as large as a web chat's.
func event(i int) bot.Inbound {
	return bot.Inbound{
		Inbox: "web", SourceID: fmt.Sprintf("visitor-%06d:%09d", i%1000, i), Kind: bot.KindMessage,
		Thread: fmt.Sprintf("visitor-%06d", i%1000), From: bot.Person{SourceID: fmt.Sprintf("visitor-%06d", i%1000), Lang: "zh-Hans"},
		Text: "我上周五买的那件外套到现在还没有发货，能帮我查一下订单吗？", At: benchStart.Add(time.Duration(i) * time.Second),
	}
}

// turn is what the bot writes for one message of a customer: her message and the answer.
func turn(c bot.Conversation, i int) bot.Change {
	at := benchStart.Add(time.Duration(i) * time.Second)
	in := bot.Message{
		ID: bot.MessageID(fmt.Sprint(c.ID, "-", c.LastSeq+1)), Conversation: c.ID, Seq: c.LastSeq + 1, Inbox: c.Inbox, Thread: c.Thread,
		Direction: bot.Incoming, Author: bot.ByContact, Text: "我上周五买的那件外套到现在还没有发货，能帮我查一下订单吗？", At: at,
		SourceID: fmt.Sprintf("%s:%09d", c.Thread, i), Lang: "zh-Hans",
		Analysis: &nlp.Analysis{
			Lang: "zh-Hans", Intent: nlp.Intent{Name: "order_status", Confidence: 0.93},
			Sentiment: nlp.Sentiment{Polarity: nlp.Negative, Score: -0.31},
		},
		Decision: &bot.Decision{Action: bot.ActForm, Step: 5, Reason: "bot.why.intent_clear", Detail: "order_status", Confidence: 0.93},
	}
	out := bot.Message{
		ID: bot.MessageID(fmt.Sprint(c.ID, "-", c.LastSeq+2)), Conversation: c.ID, Seq: c.LastSeq + 2, Inbox: c.Inbox, Thread: c.Thread,
		Direction: bot.Outgoing, Author: bot.ByBot, Text: "好的，请告诉我订单号，我马上为您查询物流进度。", At: at, Epoch: 1, Delivery: bot.Queued, Lang: "zh-Hans",
	}
	c.LastSeq, c.UpdatedAt, c.CustomerAt, c.Preview = c.LastSeq+2, at, at, "我上周五买的那件外套到现在还没有发货"
	return bot.Change{Conversation: c, Messages: []bot.Message{in, out}, Facts: []bot.Fact{{
		Name: bot.FactTurn, Value: 1, Label: string(bot.ActForm), Start: at, End: at, Conversation: c.ID, Inbox: c.Inbox, Channel: "webchat", Lang: "zh-Hans",
	}}}
}

func conversation(i int) bot.Conversation {
	id := bot.ConversationID(fmt.Sprintf("c%08x", uint32(i)*2654435761)) // spread like random ids
	return bot.Conversation{
		ID: id, Inbox: "web", Channel: "webchat", Thread: fmt.Sprintf("visitor-%06d", i), Contact: bot.ContactID("p" + id[1:]), Name: "Visitor",
		Lang: "zh-Hans", Status: bot.StatusBot, Epoch: 1, CreatedAt: benchStart, UpdatedAt: benchStart,
	}
}

// writers runs f b.N times from n goroutines and reports writes a second.
func writers(b *testing.B, n int, each int, f func(writer, i int) error) {
	b.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	before := processorTime(b)
	b.ResetTimer()
	for w := range n {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= b.N {
					return
				}
				if err := f(w, i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N*each)/b.Elapsed().Seconds(), "msgs/s")
	b.ReportMetric(float64((processorTime(b)-before).Microseconds())/float64(b.N*each), "cpu-us/msg")
}

// processorTime is what the process has used so far. It tells more than the clock on a machine that others use too.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkAccept(b *testing.B) {
	for _, n := range []int{1, 32, 256} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := openBench(b)
			writers(b, n, 1, func(_, i int) error {
				_, err := s.Accept(context.Background(), []bot.Inbound{event(i)})
				return err
			})
		})
	}
}

// BenchmarkSave: every writer has a conversation of its own, and each change of it adds a question and an answer.
func BenchmarkSave(b *testing.B) {
	for _, n := range []int{1, 32, 256} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := openBench(b)
			conversations := make([]bot.Conversation, n)
			for i := range conversations {
				conversations[i] = conversation(i)
			}
			count := make([]int, n)
			writers(b, n, 2, func(w, i int) error {
				if count[w]++; count[w]%10 == 0 { // a conversation of twenty messages ends, the next one begins
					conversations[w] = conversation(i + n)
				}
				c := turn(conversations[w], i)
				if err := s.Save(context.Background(), c); err != nil {
					return err
				}
				conversations[w] = c.Conversation
				conversations[w].Version++
				return nil
			})
		})
	}
}

// BenchmarkLife measures all that one message of a customer costs: accepted, answered, its answer sent.
func BenchmarkLife(b *testing.B) {
	for _, n := range []int{1, 32, 256} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s, ctx := openBench(b), context.Background()
			conversations := make([]bot.Conversation, n)
			for i := range conversations {
				conversations[i] = conversation(i)
			}
			writers(b, n, 1, func(w, i int) error {
				accepted, err := s.Accept(ctx, []bot.Inbound{event(i)})
				if err != nil {
					return err
				}
				c := turn(conversations[w], i)
				c.Done = []uint64{accepted[0].ID}
				if err := s.Save(ctx, c); err != nil {
					return err
				}
				conversations[w] = c.Conversation
				conversations[w].Version++
				if _, err := s.BeginSend(ctx, c.Messages[1].ID); err != nil {
					return err
				}
				_, err = s.EndSend(ctx, c.Messages[1].ID, bot.SendResult{Delivery: bot.Sent, SourceID: fmt.Sprintf("sent:%09d", i), At: benchStart})
				return err
			})
		})
	}
}

// fill writes conversations of ten messages each.
func fill(b *testing.B, s *bolt.Store, messages int) {
	b.Helper()
	var wg sync.WaitGroup
	var next atomic.Int64
	for range 64 {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= messages/10 {
					return
				}
				c := conversation(i)
				for n := range 5 {
					change := turn(c, i*5+n)
					if err := s.Save(context.Background(), change); err != nil {
						b.Error(err)
						return
					}
					c = change.Conversation
					c.Version++
				}
			}
		})
	}
	wg.Wait()
}

// BenchmarkLarge measures a store of half a million messages.
func BenchmarkLarge(b *testing.B) {
	if testing.Short() {
		b.Skip("it takes a minute to fill")
	}
	const messages = 500_000
	path := filepath.Join(b.TempDir(), "huiyin.db")
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	fill(b, s, messages)
	filled := time.Since(began)
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	b.Run("Open", func(b *testing.B) {
		for b.Loop() {
			s, err := bolt.Open(path, bolt.Options{})
			if err != nil {
				b.Fatal(err)
			}
			_ = s.Close()
		}
		b.ReportMetric(float64(info.Size())/messages, "bytes/msg")
		b.ReportMetric(messages/filled.Seconds(), "filled-msgs/s")
	})
	if s, err = bolt.Open(path, bolt.Options{}); err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	benchLarge(b, s, messages)
}

func benchLarge(b *testing.B, s *bolt.Store, messages int) {
	ctx := context.Background()
	b.Run("Messages", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			m, err := s.Messages(ctx, conversation(i*7919%(messages/10)).ID, 0, 0)
			if err != nil || len(m) != 10 {
				b.Fatal(len(m), err)
			}
		}
	})
	b.Run("Conversations", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Conversations(ctx, bot.Filter{Statuses: []bot.Status{bot.StatusBot}, Limit: 50}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Save", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if err := s.Save(ctx, turn(conversation(messages+i), i)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Verify", func(b *testing.B) {
		for b.Loop() {
			if r, err := s.Verify(ctx, nil); err != nil {
				b.Fatal(err, r.Problems)
			}
		}
	})
	b.Run("Backup", func(b *testing.B) {
		for b.Loop() {
			var n counter
			if err := s.Backup(ctx, &n); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(n)/float64(messages), "bytes/msg")
		}
	})
}

type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// BenchmarkSearchMessages looks for words in 20,000 messages.
func BenchmarkSearchMessages(b *testing.B) {
	storetest.BenchmarkSearch(b, openBench(b), 20_000)
}

// crowd fills a store with people, every tenth of whom has an account and a verified address, and the last of them many conversations.
func crowd(b *testing.B, people, conversations int) (s *bolt.Store, last bot.Contact) {
	b.Helper()
	s = openBench(b)
	save := func(c bot.Change) {
		if err := s.Save(b.Context(), c); err != nil {
			b.Fatal(err)
		}
	}
	const writers = 64
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := w; i < people; i += writers {
				conv := conversation(i)
				c := bot.Contact{ID: conv.Contact, Name: fmt.Sprint("Visitor ", i), SeenAt: benchStart}
				if i%10 == 0 {
					conv.Account, c.Account, c.Email = fmt.Sprint(i), fmt.Sprint(i), fmt.Sprintf("v%d@mail.example", i)
				}
				save(bot.Change{Conversation: conv, Contact: &c, Address: &bot.ContactInbox{Inbox: "web", SourceID: conv.Thread, Contact: c.ID}})
			}
		})
	}
	wg.Wait()
	last = bot.Contact{ID: "last", Account: "last", Email: "v0@mail.example"}
	for i := range conversations {
		conv := conversation(people + i)
		conv.Contact, conv.Account, conv.Thread = last.ID, last.Account, fmt.Sprint("device-", i%3)
		save(bot.Change{Conversation: conv, Contact: &last})
	}
	return s, last
}

// BenchmarkPeople is what looking for somebody costs among 100,000: by a search, by what is verified (before each join), and her threads.
func BenchmarkPeople(b *testing.B) {
	s, last := crowd(b, 100_000, 100)
	for name, look := range map[string]func() (int, error){
		"search": func() (int, error) {
			found, err := s.FindContact(b.Context(), "v0@mail.example")
			return len(found) - 1, err
		},
		"verified": func() (int, error) {
			found, err := s.ContactsVerified(b.Context(), "email:v0@mail.example")
			return len(found) - 1, err
		},
		"shared": func() (int, error) { found, err := s.SharedReaches(b.Context()); return len(found), err },
		"conversations": func() (int, error) {
			found, err := s.Conversations(b.Context(), bot.Filter{Contact: last.ID, Inbox: "web", Limit: 100})
			return len(found) - 99, err
		},
		"threads": func() (int, error) {
			found, err := s.Threads(b.Context(), last.ID, "web", last.Account, bot.MostThreads)
			return len(found) - 2, err
		},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if n, err := look(); err != nil || n != 1 {
					b.Fatal(n, err)
				}
			}
		})
	}
}
