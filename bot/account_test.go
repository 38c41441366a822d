package bot_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
)

// person is a customer for whom the shop vouches.
func person(account, name, email, phone string) bot.Person {
	return bot.Person{SourceID: bot.AccountSource(account), Account: account, Name: name, Email: email, Phone: phone}
}

// tells lets somebody write, as a channel knows her.
func (w *world) tells(thread, text string, who bot.Person) {
	w.t.Helper()
	w.event++
	w.deliver(bot.Inbound{Kind: bot.KindMessage, SourceID: fmt.Sprintf("m%d", w.event), Thread: thread, Text: text, From: who})
}

func (w *world) contactAt(source string) bot.Contact {
	w.t.Helper()
	c, err := w.store.ContactAt(context.Background(), inbox.ID, source)
	if err != nil {
		w.t.Fatal(source, err)
	}
	return c
}

// threads are those of an account.
func (w *world) threads(account string) []string {
	w.t.Helper()
	all, err := w.Bot.ThreadsOf(context.Background(), inbox.ID, account)
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

func (w *world) signIn(who bot.Person, begun string) bool {
	w.t.Helper()
	hers, err := w.Bot.SignIn(context.Background(), inbox.ID, who, begun)
	if err != nil {
		w.t.Fatal(err)
	}
	return hers
}

// confirms lets staff confirm an address of whoever writes from a source.
func (w *world) confirms(source, address string) {
	w.t.Helper()
	if _, err := w.store.NoteContact(context.Background(), w.contactAt(source).ID, bot.NotedEdit{Confirm: address}, bot.Event{}); err != nil {
		w.t.Fatal(err)
	}
}

func TestAPersonIsKnown(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.start()
		w.tells("t42", "hello", person("42", "Ada", "Ada@shop.example", "+86 138 1234 5678"))
		c := w.contactAt("user:42")
		if c.Account != "42" || c.Name != "Ada" || !slices.Equal(c.Verified(), []string{"email:ada@shop.example", "phone:13812345678"}) {
			t.Errorf("%+v, verified %v", c, c.Verified())
		}
		if conv := w.conv("t42"); conv.Account != "42" || conv.Name != "Ada" {
			t.Errorf("%+v", conv)
		}
		if got := w.threads("42"); !slices.Equal(got, []string{"t42"}) {
			t.Errorf("her threads are %v", got)
		}
		if got := w.threads("43"); len(got) > 0 {
			t.Errorf("somebody else has %v", got)
		}
		if _, err := w.Bot.Resolve(context.Background(), w.conv("t42").ID, bot.Agent{ID: "lin", Name: "Lin", Role: bot.RoleAgent}); err != nil {
			t.Fatal(err)
		}
		w.clock.add(100 * 24 * time.Hour) // what she begins so much later is hers as well
		w.tells("t42", "hello again", person("42", "Ada", "", ""))
		if conv := w.conv("t42"); conv.Account != "42" || !conv.CreatedAt.Equal(w.clock.now()) {
			t.Errorf("%+v", conv)
		}
	})
}

func TestSignInTakesWhatWasBegun(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.start()
		w.tells("v1", "agent", bot.Person{SourceID: "v1"})
		if !w.signIn(person("42", "Ada", "", ""), "v1") {
			t.Fatal("it is not hers")
		}
		conv := w.conv("v1")
		if conv.Account != "42" || conv.Name != "Ada" || conv.Status != bot.StatusWaiting {
			t.Errorf("%+v", conv)
		}
		if a, b := w.contactAt("v1"), w.contactAt("user:42"); a.ID != b.ID || a.Account != "42" || a.ID != conv.Contact {
			t.Errorf("%+v and %+v", a, b)
		}
		w.clock.add(time.Minute)
		w.tells("t42", "on my phone", person("42", "Ada", "", ""))
		if got := w.threads("42"); !slices.Equal(got, []string{"t42", "v1"}) {
			t.Errorf("the newest comes first: %v", got)
		}
		if !w.signIn(person("42", "Ada", "", ""), "v1") || w.signIn(person("43", "Bo", "", ""), "v1") {
			t.Error("again it is hers, and nobody else's")
		}

		w.clock.add(time.Minute)
		w.tells("v2", "hello", bot.Person{SourceID: "v2"}) // a second conversation joins the one contact
		before := w.contactAt("v2").ID
		if !w.signIn(person("42", "Ada", "", ""), "v2") {
			t.Fatal("it is not hers")
		}
		if c := w.contactAt("v2"); c.ID == before || c.ID != w.contactAt("user:42").ID {
			t.Errorf("%+v", c)
		}
		if got := w.threads("42"); got[0] != "v2" || len(got) != 3 {
			t.Errorf("she goes on there: %v", got)
		}
		w.tells("v2", "more", person("42", "Ada", "", ""))
		if conv := w.conv("v2"); conv.Account != "42" || conv.LastSeq < 3 {
			t.Errorf("%+v", conv)
		}

		w.tells("v9", "of somebody else", bot.Person{SourceID: "v9"}) // what staff join by hand is not shown to her
		if _, err := w.store.MergeContacts(context.Background(), w.contactAt("user:42").ID, w.contactAt("v9").ID, bot.Event{}); err != nil {
			t.Fatal(err)
		}
		if got := w.threads("42"); slices.Contains(got, "v9") {
			t.Errorf("%v", got)
		}
	})
}

func TestSignInLeavesWhatIsNotHers(t *testing.T) {
	ada := person("42", "Ada", "", "")
	for _, tc := range []struct {
		name    string
		prepare func(*world)
	}{
		{"nothing was written", func(*world) {}},
		{"it was long ago", func(w *world) {
			w.says("v1", "hello")
			w.clock.add(bot.SignInWithin + time.Second)
		}},
		{"it is somebody else's", func(w *world) {
			w.says("v1", "hello")
			w.signIn(person("43", "Bo", "", ""), "v1")
		}},
		{"staff have split it from somebody", func(w *world) {
			w.says("v1", "hello")
			w.tells("v0", "hello", bot.Person{SourceID: "v0"})
			into, from := w.contactAt("v0").ID, w.contactAt("v1").ID
			if _, err := w.store.MergeContacts(context.Background(), into, from, bot.Event{}); err != nil {
				w.t.Fatal(err)
			}
			if _, err := w.store.SplitContact(context.Background(), bot.ContactInbox{Inbox: inbox.ID, SourceID: "v1", Contact: into}, "alone", bot.Event{}); err != nil {
				w.t.Fatal(err)
			}
		}},
		{"staff have confirmed an address of whoever wrote there", func(w *world) {
			w.says("v1", "hello")
			w.confirms("v1", "email:sue@shop.example")
		}},
		{"staff have joined it with somebody else who wrote", func(w *world) {
			w.says("v1", "hello")
			w.tells("v0", "hello", bot.Person{SourceID: "v0"})
			if _, err := w.store.MergeContacts(context.Background(), w.contactAt("v0").ID, w.contactAt("v1").ID, bot.Event{}); err != nil {
				w.t.Fatal(err)
			}
		}},
		{"staff have joined it with somebody else's account", func(w *world) {
			w.says("v1", "hello")
			w.tells("t43", "hello", person("43", "Bo", "", ""))
			if _, err := w.store.MergeContacts(context.Background(), w.contactAt("user:43").ID, w.contactAt("v1").ID, bot.Event{}); err != nil {
				w.t.Fatal(err)
			}
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.start()
				tc.prepare(w)
				if w.signIn(ada, "v1") {
					t.Error("it became hers")
				}
				if got := w.threads("42"); len(got) > 0 {
					t.Errorf("she reads %v", got)
				}
			})
		})
	}
}

// TestSharedComputer: who signs in where somebody else has just told staff who she is gets nothing of hers, also when he is known.
func TestSharedComputer(t *testing.T) {
	bob := person("bob", "Bob", "bob@shop.example", "")
	inWorld(t, func(t *testing.T, w *world) {
		w.start()
		w.tells("shared", "hello", bot.Person{SourceID: "shared", Name: "Sue"})
		w.confirms("shared", "email:sue@shop.example")
		w.clock.add(5 * time.Hour)
		w.tells("bobs", "hi", bob)
		if w.signIn(bob, "shared") {
			t.Error("her thread became his")
		}
		c := w.contactAt("user:bob")
		addresses, err := w.store.Addresses(context.Background(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got := bot.Buyers(c, addresses); slices.Contains(got, "email:sue@shop.example") {
			t.Errorf("her orders are his: %v", got)
		}
		if got := w.threads("bob"); !slices.Equal(got, []string{"bobs"}) {
			t.Errorf("he reads %v", got)
		}
		if conv := w.conv("shared"); conv.Account != "" || conv.Contact == c.ID {
			t.Errorf("%+v", conv)
		}
	})
	t.Run("an address that the shop vouches for is hers", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.start()
			w.says("v1", "hello")
			w.confirms("v1", "email:bob@shop.example")
			if !w.signIn(bob, "v1") {
				t.Error("it is not hers")
			}
		})
	})
}

// TestPartedAfterSignIn: an account that staff part from a contact takes along what it signed in for, and what is parted from
// an account is hers no more.
func TestPartedAfterSignIn(t *testing.T) {
	ann := person("7", "Ann", "ann@shop.example", "13812345678")
	part := func(w *world, source string) {
		w.t.Helper()
		a := bot.ContactInbox{Inbox: inbox.ID, SourceID: source, Contact: w.contactAt(source).ID}
		if _, err := w.store.SplitContact(context.Background(), a, "alone", bot.Event{}); err != nil {
			w.t.Fatal(err)
		}
	}
	t.Run("the account", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.start()
			w.tells("v1", "hello", bot.Person{SourceID: "v1"})
			w.signIn(ann, "v1")
			part(w, "user:7")
			if got := w.threads("7"); !slices.Equal(got, []string{"v1"}) {
				t.Errorf("she reads %v", got)
			}
			if hers, left := w.contactAt("user:7"), w.contactAt("v1"); hers.Account != "7" || len(hers.Verified()) != 2 || left.Account != "" || len(left.Verified()) > 0 {
				t.Errorf("hers %+v\nleft %+v", hers, left)
			}
			if !w.signIn(ann, "v1") {
				t.Error("it is hers still")
			}
			w.tells("v1", "more", ann)
			if conv := w.conv("v1"); conv.Contact != w.contactAt("user:7").ID {
				t.Errorf("%+v", conv)
			}
		})
	})
	t.Run("what she signed in for", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.start()
			w.tells("v1", "hello", bot.Person{SourceID: "v1"})
			w.signIn(ann, "v1")
			part(w, "v1")
			if w.signIn(ann, "v1") {
				t.Error("it became hers again")
			}
			if got := w.threads("7"); len(got) > 0 {
				t.Errorf("she reads %v", got)
			}
			if hers := w.contactAt("user:7"); hers.Account != "7" || len(hers.Verified()) != 2 {
				t.Errorf("%+v", hers)
			}
		})
	})
}

// TestThreadsAreBounded: a page shows the threads that were active last.
func TestThreadsAreBounded(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.start()
		for i := range bot.MostThreads + 2 {
			w.tells(fmt.Sprint("t", i), "hello", person("42", "Ada", "", ""))
			w.clock.add(time.Minute)
		}
		if got := w.threads("42"); len(got) != bot.MostThreads || got[0] != fmt.Sprint("t", bot.MostThreads+1) {
			t.Errorf("%v", got)
		}
	})
}

// TestSignInAgainJoins: when a sign-in broke off before she was joined with who she is in another channel, the next try does it.
func TestSignInAgainJoins(t *testing.T) {
	ada := person("42", "Ada", "ada@shop.example", "")
	inWorld(t, func(t *testing.T, w *world) {
		w.start()
		w.tells("v1", "hello", bot.Person{SourceID: "v1"})
		w.signIn(ada, "v1")
		w.tells("t1", "hello", bot.Person{SourceID: "U1"})
		w.confirms("U1", "email:ada@shop.example") // without the console, which would join them
		if w.contactAt("U1").ID == w.contactAt("v1").ID {
			t.Fatal("they are joined already")
		}
		if !w.signIn(ada, "v1") || w.contactAt("U1").ID != w.contactAt("v1").ID {
			t.Error("she is two people still")
		}
	})
}

// TestJoinAfterACrash: when the process ended between a message and the join that follows from it, the next start joins; those whom
// only staff can tell apart stay as they are.
func TestJoinAfterACrash(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.start()
		w.tells("t42", "hello", person("42", "Ada", "ada@shop.example", "13812345678"))
		w.tells("t7", "hello", person("7", "Bo", "bo@shop.example", ""))
		w.tells("t8", "hello", person("8", "Cai", "", ""))
		w.tells("t1", "hello", bot.Person{SourceID: "U1"})
		w.confirms("U1", "email:ada@shop.example") // as if the join were still to come
		w.confirms("user:8", "email:bo@shop.example")
		if w.contactAt("U1").ID == w.contactAt("user:42").ID {
			t.Fatal("they are joined already")
		}
		w.halt()
		w.start()
		w.settle()
		if w.contactAt("U1").ID != w.contactAt("user:42").ID {
			t.Error("she is two people still")
		}
		if w.contactAt("user:7").ID == w.contactAt("user:8").ID {
			t.Error("two accounts became one person")
		}
		if conv := w.conv("t1"); conv.Contact != w.contactAt("user:42").ID {
			t.Errorf("%+v", conv)
		}
	})
}

// TestSignInWhileTheBotAnswers: a turn that began before goes on as hers, and nothing is lost.
func TestSignInWhileTheBotAnswers(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.read.reached, w.read.proceed = make(chan string), make(chan struct{})
		w.start()
		w.says("v1", "hello")
		w.event++
		if err := w.Bot.Handle(context.Background(), bot.Inbound{Inbox: inbox.ID, Kind: bot.KindMessage, SourceID: "late", Thread: "v1", Text: "[gate] and now", From: bot.Person{SourceID: "v1"}, At: w.clock.now()}); err != nil {
			t.Fatal(err)
		}
		<-w.read.reached
		if !w.signIn(person("42", "Ada", "", ""), "v1") {
			t.Fatal("it is not hers")
		}
		w.read.proceed <- struct{}{} // the turn meets the change, and is taken again
		<-w.read.reached
		w.read.proceed <- struct{}{}
		w.settle()
		conv := w.conv("v1")
		messages, err := w.store.Messages(context.Background(), conv.ID, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, m := range messages {
			n += strings.Count(m.Text, "[gate] and now")
		}
		if conv.Account != "42" || n != 1 || conv.Contact != w.contactAt("user:42").ID {
			t.Errorf("%d times, %+v", n, conv)
		}
	})
}

// TestOnePersonInTwoChannels: who has a verified address in one channel is joined with whoever has it in another.
func TestOnePersonInTwoChannels(t *testing.T) {
	slack := bot.Person{SourceID: "U1", Name: "Ada in Slack", Email: "ada@shop.example"}
	for _, tc := range []struct {
		name    string
		first   bot.Person
		second  bot.Person
		prepare func(*world)
		joined  bool
	}{
		{"the same e-mail", slack, person("42", "Ada", "ADA@shop.example", ""), nil, true},
		{"the other way round", person("42", "Ada", "ADA@shop.example", ""), slack, nil, true},
		{"the same phone, written in another way", person("7", "Ada", "", "+86 138-1234-5678"), bot.Person{SourceID: "W1", Phone: "13812345678"}, nil, true},
		{"another e-mail", slack, person("42", "Ada", "bo@shop.example", ""), nil, false},
		{"an e-mail that is only typed", bot.Person{SourceID: "v1", Attrs: map[string]string{"email": "ada@shop.example"}}, person("42", "Ada", "ada@shop.example", ""), nil, false},
		{"two accounts with one phone", person("7", "Ada", "", "13812345678"), person("8", "Bo", "", "13812345678"), nil, false},
		{"split by staff before", slack, person("42", "Ada", "ada@shop.example", ""), func(w *world) {
			w.tells("t-extra", "hello", bot.Person{SourceID: "extra"})
			into := w.contactAt("U1").ID
			if _, err := w.store.MergeContacts(context.Background(), into, w.contactAt("extra").ID, bot.Event{}); err != nil {
				w.t.Fatal(err)
			}
			if _, err := w.store.SplitContact(context.Background(), bot.ContactInbox{Inbox: inbox.ID, SourceID: "extra", Contact: into}, "alone", bot.Event{}); err != nil {
				w.t.Fatal(err)
			}
		}, false},
		{"there are two of them already", slack, person("42", "Ada", "ada@shop.example", ""), func(w *world) {
			w.tells("t-bo", "hello", bot.Person{SourceID: "bo"})
			if _, err := w.store.NoteContact(context.Background(), w.contactAt("bo").ID, bot.NotedEdit{Confirm: "email:ada@shop.example"}, bot.Event{}); err != nil {
				w.t.Fatal(err)
			}
		}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.start()
				w.tells("t1", "hello", tc.first)
				if tc.prepare != nil {
					tc.prepare(w)
				}
				w.tells("t2", "hello", tc.second)
				one, two := w.contactAt(tc.first.SourceID), w.contactAt(tc.second.SourceID)
				if joined := one.ID == two.ID; joined != tc.joined {
					t.Errorf("joined: %v\n%+v\n%+v", joined, one, two)
				}
			})
		})
	}
	t.Run("when a visitor signs in", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.start()
			w.tells("t1", "hello", slack)
			w.tells("v1", "hello", bot.Person{SourceID: "v1"})
			if !w.signIn(person("42", "Ada", "ada@shop.example", ""), "v1") || w.contactAt("v1").ID != w.contactAt("U1").ID {
				t.Error("she is two people still")
			}
		})
	})
}
