package console_test

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"huiyin/bot"
	"huiyin/nlp"
)

// known puts a customer with one conversation into the store; email is what her platform says, typed what she wrote.
func (o *office) known(id, email, typed string) {
	o.t.Helper()
	o.talk(id, "Name-"+id, bot.StatusResolved, "hello, I am "+typed)
	contact, err := o.store.Contact(o.t.Context(), bot.ContactID("p-"+id))
	if err != nil {
		o.t.Fatal(err)
	}
	contact.Email = email
	o.change(bot.ConversationID(id), func(c *bot.Change) {
		if typed != "" {
			c.Conversation.Slots = map[string]bot.Slot{"contact": {Value: typed, At: o.now}}
		}
		c.Contact, c.Address = &contact, &bot.ContactInbox{Inbox: "web", SourceID: "s-" + id, Contact: contact.ID}
	})
}

// confirm presses the button of an address on a customer's page.
func (b *browser) confirm(id, do, reach string) int {
	status, _ := b.do("POST", "/console/people/p-"+id+"/note", url.Values{"do": {do}, "reach": {reach}}, "X-Fragment", "1")
	return status
}

// gone reports whether a customer was joined with another one.
func (o *office) gone(id string) bool {
	_, err := o.store.Contact(o.t.Context(), bot.ContactID("p-"+id))
	return errors.Is(err, bot.ErrNotFound)
}

// TestWhatIsOnlyWrittenIsOffered: whoever writes somebody's address is never taken for her; the page offers it, and says why.
func TestWhatIsOnlyWrittenIsOffered(t *testing.T) {
	o := open(t)
	o.known("slack", "Ada@shop.example", "")
	o.known("claims", "", "ada@shop.example")
	o.known("claims2", "", "ADA@shop.example")
	o.known("phone", "", "138 1234 5678")
	o.known("phone2", "", "+8613812345678")
	o.known("number", "", "20261122001")
	b := o.as("agent")
	offers := func(id string) (all []string) {
		_, body := b.do("GET", "/console/people/p-"+id, nil)
		for _, other := range []string{"slack", "claims", "claims2", "phone", "phone2", "number"} {
			if strings.Contains(body, `name="from" value="p-`+other+`"`) {
				all = append(all, other)
			}
		}
		if strings.Contains(body, "has the same, verified") {
			t.Errorf("%s: what was only written is called verified", id)
		}
		return all
	}
	for id, want := range map[string][]string{"slack": {"claims", "claims2"}, "claims": {"slack", "claims2"}, "phone": {"phone2"}, "number": nil} {
		if got := offers(id); !slices.Equal(got, want) {
			t.Errorf("to %s are offered %v, want %v", id, got, want)
		}
	}
	if o.gone("slack") || o.gone("claims") || o.gone("claims2") {
		t.Error("somebody was joined for what was only written")
	}
	if status, _ := b.do("POST", "/console/people/p-slack/merge", url.Values{"from": {"p-claims"}}); status != 200 || !o.gone("claims") {
		t.Errorf("one click: %d", status)
	}
}

// TestWhatIsSaidIsOffered: an address in the middle of a message is offered as one in a form is; what an agent writes, and what
// the customer took back, is not.
func TestWhatIsSaidIsOffered(t *testing.T) {
	o := open(t)
	for id, text := range map[string]string{"ada": "my e-mail is Ada@shop.example, or 138 1234 5678", "ada2": "ada@shop.example here", "back": "ada@shop.example here too", "agent": "hi"} {
		o.talk(id, "Name-"+id, bot.StatusResolved, text, "we have ada@shop.example")
		o.change(bot.ConversationID(id), func(c *bot.Change) {
			messages, err := o.store.Messages(t.Context(), c.Conversation.ID, 0, 0)
			if err != nil {
				t.Fatal(err)
			}
			for i := range messages {
				messages[i].Analysis = &nlp.Analysis{Text: messages[i].Text, PII: nlp.FindPII(messages[i].Text)}
			}
			if id == "back" {
				messages[0].DeletedAt = o.now
			}
			c.Messages = messages
		})
	}
	_, body := o.as("agent").do("GET", "/console/people/p-ada", nil)
	for what, want := range map[string]bool{`name="reach" value="email:ada@shop.example"`: true, `name="reach" value="phone:`: true, `name="from" value="p-ada2"`: true, `name="from" value="p-back"`: false, `name="from" value="p-agent"`: false} {
		if strings.Contains(body, what) != want {
			t.Errorf("%s stands on the page: %v, want %v", what, !want, want)
		}
	}
	if _, body := o.as("agent").do("GET", "/console/people/p-agent", nil); strings.Contains(body, "email:") {
		t.Error("what an agent wrote is taken for the customer's")
	}
}

// TestVerifiedIsJoined: an agent confirms what a customer wrote, and the one other entry with that verified address becomes hers,
// audited; a split undoes it for good.
func TestVerifiedIsJoined(t *testing.T) {
	o := open(t)
	o.known("slack", "Ada@shop.example", "")
	o.known("web", "", "ada@shop.example")
	b := o.as("agent")
	if status := b.confirm("web", "confirm", "email:ada@shop.example"); status != 204 || !o.gone("slack") {
		t.Fatalf("confirming: %d, joined: %v", status, o.gone("slack"))
	}
	list, err := o.store.Conversations(t.Context(), bot.Filter{Contact: "p-web"})
	if err != nil || len(list) != 2 {
		t.Errorf("%d conversations, %v", len(list), err)
	}
	audit, err := o.store.Audit(t.Context(), 2)
	if err != nil || audit[0].Action != "contact.merge" || audit[0].Actor != "agent" || audit[0].Detail != "p-slack (verified)" || audit[1].Action != "contact.note" || strings.Contains(audit[1].Detail, "@") {
		t.Errorf("the audit log: %+v, %v", audit, err)
	}
	if status, _ := b.do("POST", "/console/people/p-web/split", url.Values{"inbox": {"web"}, "source": {"s-slack"}}); status != 200 {
		t.Fatalf("the split: %d", status)
	}
	apart, err := o.store.ContactAt(t.Context(), "web", "s-slack")
	if err != nil || apart.ID == "p-web" {
		t.Fatalf("she is %s, %v", apart.ID, err)
	}
	status, _ := b.do("POST", "/console/people/"+string(apart.ID)+"/note", url.Values{"do": {"confirm"}, "reach": {"email:ada@shop.example"}}, "X-Fragment", "1")
	if _, err := o.store.Contact(t.Context(), "p-web"); status != 204 || err != nil {
		t.Errorf("whom staff split were joined again: %d, %v", status, err)
	}
	if _, body := b.do("GET", "/console/people/p-web", nil); !strings.Contains(body, "has the same, verified: ada@shop.example") {
		t.Error("it is not offered either")
	}
}

// TestConfirm holds what can be confirmed, and that more than one other entry is only offered.
func TestConfirm(t *testing.T) {
	o := open(t)
	o.known("a", "ada@shop.example", "")
	o.known("b", "ada@shop.example", "")
	o.known("c", "", "ada@shop.example")
	b := o.as("agent")
	for _, wrong := range []string{"ada@shop.example", "email:", "email:ada", "id:p-a", "phone:12", ""} {
		if status := b.confirm("c", "confirm", wrong); status != 422 && status != 400 {
			t.Errorf("confirming %q: %d", wrong, status)
		}
	}
	if status := b.confirm("c", "confirm", "email:ada@shop.example"); status != 204 || o.gone("a") || o.gone("b") {
		t.Errorf("two others: %d, joined %v %v", status, o.gone("a"), o.gone("b"))
	}
	if _, body := b.do("GET", "/console/people/p-c", nil); strings.Count(body, "has the same, verified") != 2 || !strings.Contains(body, "confirmed by your team") {
		t.Error("both are not offered as verified")
	}
	if status := b.confirm("c", "doubt", "email:ada@shop.example"); status != 204 {
		t.Errorf("taking it back: %d", status)
	}
	if _, body := b.do("GET", "/console/people/p-c", nil); strings.Contains(body, "has the same, verified") || !strings.Contains(body, "written by the customer, not confirmed") {
		t.Error("what was taken back still counts")
	}
}

// TestJoiningLosesNothing confirms addresses at random, also false ones: no conversation is lost or leaves the thread in which its
// customer reads it, and contacts are one only when an address is verified for both.
func TestJoiningLosesNothing(t *testing.T) {
	o := open(t)
	b, n := o.as("agent"), 0
	rapid.Check(t, func(r *rapid.T) {
		n++ // each time other people
		addresses := []string{"", fmt.Sprintf("ada%d@shop.example", n), fmt.Sprintf("bo%d@shop.example", n)}
		name := func(i int) string { return fmt.Sprint("n", n, "c", i) }
		verified := map[string][]string{}
		for i := range 4 {
			id := name(i)
			email := rapid.SampledFrom(addresses).Draw(r, "email")
			o.known(id, email, rapid.SampledFrom(addresses).Draw(r, "typed"))
			verified[id] = []string{email}
		}
		for range rapid.IntRange(1, 5).Draw(r, "steps") {
			id, what := name(rapid.IntRange(0, 3).Draw(r, "who")), rapid.SampledFrom(addresses[1:]).Draw(r, "what")
			if b.confirm(id, "confirm", "email:"+what) == 204 {
				verified[id] = append(verified[id], what)
			}
		}
		of := map[bot.ContactID][]string{}
		for i := range 4 {
			id := name(i)
			c, err := o.store.Conversation(t.Context(), bot.ConversationID(id))
			if err != nil || c.Thread != "t-"+id || c.Inbox != "web" {
				r.Fatalf("conversation %s: %+v, %v", id, c, err)
			}
			if _, err := o.store.Contact(t.Context(), c.Contact); err != nil {
				r.Fatalf("conversation %s is nobody's: %v", id, err)
			}
			of[c.Contact] = append(of[c.Contact], id)
		}
		for contact, ids := range of {
			if len(ids) > 1 && !connected(ids, verified) {
				r.Fatalf("%s is %v, and they have no verified address in common: %v", contact, ids, verified)
			}
		}
	})
}

// connected reports whether each one has a verified address that one of the others has.
func connected(ids []string, verified map[string][]string) bool {
	for _, id := range ids {
		shares := slices.ContainsFunc(ids, func(other string) bool {
			return other != id && slices.ContainsFunc(verified[other], func(a string) bool { return a != "" && slices.Contains(verified[id], a) })
		})
		if !shares {
			return false
		}
	}
	return true
}
