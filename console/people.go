package console

import (
	"context"
	"encoding/base32"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/feedback"
)

// person is a customer's page: where she is known, what she wrote about, and how to join or part her by hand.
func (s *Console) person(w http.ResponseWriter, r *http.Request, v visit) error {
	return s.showPerson(w, r, v, http.StatusOK, "")
}

// showPerson shows the page; wrong is the key of what could not be noted, or empty.
func (s *Console) showPerson(w http.ResponseWriter, r *http.Request, v visit, status int, wrong string) error {
	contact, err := s.Store.Contact(r.Context(), bot.ContactID(r.PathValue("id")))
	if err != nil {
		return err
	}
	addresses, err := s.Store.Addresses(r.Context(), contact.ID)
	if err != nil {
		return err
	}
	list, err := s.Store.Conversations(r.Context(), bot.Filter{Contact: contact.ID, Limit: listed})
	if err != nil {
		return err
	}
	orders, err := s.Store.OrdersOf(r.Context(), bot.Buyers(contact, addresses))
	if err != nil {
		return err
	}
	ratings, err := s.ratingsOf(r.Context(), list)
	if err != nil {
		return err
	}
	same, typed, err := s.namesakes(r.Context(), contact, list)
	if err != nil {
		return err
	}
	query := r.URL.Query().Get("q")
	others, err := s.Store.FindContact(r.Context(), query)
	if err != nil {
		return err
	}
	var candidates []bot.Contact
	for _, o := range others[:min(len(others), 20)] {
		if o.ID != contact.ID {
			candidates = append(candidates, o)
		}
	}
	var back bot.ConversationID // that the agent came from, else the newest
	for i, c := range list {
		if i == 0 || c.ID == bot.ConversationID(r.URL.Query().Get("from")) {
			back = c.ID
		}
	}
	rules, _ := s.Desk.Rules()
	var led *bot.Tier // where her tags lead, when that is higher than what was chosen
	if tier := rules.TierOf(contact.Noted); tier != contact.Noted.Tier {
		led = levelOf(rules, tier)
	}
	return s.show(w, v, status, "person", map[string]any{"Contact": contact, "Addresses": addresses, "Conversations": list,
		"Query": query, "Others": candidates, "Ratings": ratings, "Same": same, "Reaches": reachesOf(contact, typed), "Tags": strings.Join(contact.Noted.Tags, ", "), "Wrong": wrong, "Bought": boughtOf(orders, s.Now()),
		"Tiers": rules.Tiers, "Led": led, "Back": back})
}

// notePerson replaces a customer's tags, sets or removes an attribute, or puts her into a tier. The audit log has the name of an
// attribute and not its value.
func (s *Console) notePerson(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	var e bot.NotedEdit
	what, id := r.PostFormValue("name"), bot.ContactID(r.PathValue("id"))
	switch r.PostFormValue("do") {
	case "tier":
		return s.setTier(w, r, v, id)
	case "tags":
		what, e.Tags = "tags", []string{}
		for _, tag := range splitTags(r.PostFormValue("tags")) {
			if strings.TrimSpace(tag) != "" {
				e.Tags = append(e.Tags, tag)
			}
		}
	case "set":
		e.Set = map[string]string{what: r.PostFormValue("value")}
	case "remove":
		e.Remove = []string{what}
	case "confirm":
		what, e.Confirm = "confirm", r.PostFormValue("reach")
		if e.Confirm == "" {
			return errFilled
		}
	case "doubt":
		what, e.Doubt = "doubt", r.PostFormValue("reach")
	default:
		return errFilled
	}
	e, err := e.Check()
	if err == nil {
		_, err = s.Store.NoteContact(r.Context(), id, e, bot.Event{At: s.Now(), Actor: string(v.agent.ID), Action: "contact.note", Object: string(id), Detail: what})
	}
	if errors.Is(err, bot.ErrNoted) {
		return s.showPerson(w, r, v, http.StatusUnprocessableEntity, "work.person.noted.wrong")
	}
	if err == nil && e.Tags != nil { // some may lead to a tier
		err = s.Desk.Retier(r.Context(), id)
	}
	if err == nil && e.Confirm != "" {
		err = s.joinVerified(r.Context(), id, e.Confirm, v.agent.ID)
	}
	return doneAt(w, r, "/console/people/"+string(id), err)
}

// ordersShown is how many orders a customer's page lists.
const ordersShown = 20

// bought is what a customer bought, for her page.
type bought struct {
	Orders []bot.Order // the newest ones
	N      int         // all of the last year
	Sums   []string    // of these, by currency
}

// boughtOf adds up orders, the newest first; nil: there are none.
func boughtOf(orders []bot.Order, now time.Time) *bought {
	if len(orders) == 0 {
		return nil
	}
	b := &bought{Orders: orders[:min(ordersShown, len(orders))]}
	cents := map[string]int64{}
	for _, o := range orders {
		if o.At.After(now.AddDate(-1, 0, 0)) {
			b.N++
			cents[o.Currency] += o.Cents
		}
	}
	for _, currency := range slices.Sorted(maps.Keys(cents)) {
		b.Sums = append(b.Sums, feedback.Money(cents[currency], currency))
	}
	return b
}

// setTier puts a customer into a tier, or into none.
func (s *Console) setTier(w http.ResponseWriter, r *http.Request, v visit, id bot.ContactID) error {
	tier := bot.CleanTier(r.PostFormValue("tier"))
	_, err := s.Desk.SetTier(r.Context(), id, tier, bot.Event{At: s.Now(), Actor: string(v.agent.ID), Action: "contact.tier", Object: string(id), Detail: tier})
	if errors.Is(err, bot.ErrNoted) {
		return s.showPerson(w, r, v, http.StatusUnprocessableEntity, "work.person.tier.wrong")
	}
	return doneAt(w, r, "/console/people/"+string(id), err)
}

// merge gives everything of another contact to this one.
func (s *Console) merge(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	into, from := bot.ContactID(r.PathValue("id")), bot.ContactID(r.PostFormValue("from"))
	log := bot.Event{At: s.Now(), Actor: string(v.agent.ID), Action: "contact.merge", Object: string(into), Detail: string(from)}
	if _, err := s.Store.MergeContacts(r.Context(), into, from, log); err != nil {
		return err
	}
	return doneAt(w, r, "/console/people/"+string(into), s.moved(r.Context(), into))
}

// split makes the person behind one address a contact of her own, and shows her.
func (s *Console) split(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	raw := make([]byte, 10)
	if _, err := io.ReadFull(s.Random, raw); err != nil {
		return err
	}
	as := bot.ContactID(strings.ToLower(base32.StdEncoding.EncodeToString(raw)))
	from := bot.ContactID(r.PathValue("id"))
	a := bot.ContactInbox{Inbox: bot.InboxID(r.PostFormValue("inbox")), SourceID: r.PostFormValue("source"), Contact: from}
	log := bot.Event{At: s.Now(), Actor: string(v.agent.ID), Action: "contact.split", Object: string(from), Detail: string(as)}
	if _, err := s.Store.SplitContact(r.Context(), a, as, log); err != nil {
		return err
	}
	return doneAt(w, r, "/console/people/"+string(as), s.moved(r.Context(), as))
}

// moved brings what a contact has now to her tier, and shows it as hers.
func (s *Console) moved(ctx context.Context, id bot.ContactID) error {
	return errors.Join(s.Desk.Retier(ctx, id), s.hub.moved(ctx, id))
}
