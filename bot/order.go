package bot

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"time"
)

// Order is what a customer bought, imported from a shop's own records.
type Order struct {
	Number   string    `json:"number"` // of the shop; an order with the same number is the same order
	Buyer    []string  `json:"buyer"`  // who bought: see BuyerEmail, BuyerPhone and BuyerID; one at least
	At       time.Time `json:"at"`
	Cents    int64     `json:"cents"` // hundredths of the currency's unit; negative: money back
	Currency string    `json:"currency,omitempty"`
	Import   string    `json:"import"` // ID of the OrderImport that it came with
}

// Same reports whether two orders say the same, whatever import they came with.
func (o Order) Same(other Order) bool {
	return o.Number == other.Number && slices.Equal(o.Buyer, other.Buyer) && o.At.Equal(other.At) && o.Cents == other.Cents && o.Currency == other.Currency
}

// OrderImport is one import of orders.
type OrderImport struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	File    string    `json:"file,omitempty"` // its name, without folders
	Added   int       `json:"added"`
	Changed int       `json:"changed"`
	Same    int       `json:"same"`             // were there already, just so
	Before  []Order   `json:"before,omitempty"` // the changed orders as they were
}

// ErrOrdersMoved means that an import cannot be undone any more: a later one changed some of its orders.
var ErrOrdersMoved = errors.New("bot: a later import changed these orders; undo that one first")

// OrderStore keeps orders.
type OrderStore interface {
	// SaveOrders keeps an import and its orders in one write, and returns the import with its counts. An order whose number is known
	// is replaced when it says something else, else it stays as it is; of several with a number, the last one counts.
	SaveOrders(ctx context.Context, in OrderImport, orders []Order, log Event) (OrderImport, error)
	// UndoOrders takes an import back: what it added goes, what it changed is as before. ErrNotFound; ErrOrdersMoved.
	UndoOrders(ctx context.Context, id string, log Event) (OrderImport, error)
	// OrderImports returns all imports, the newest first, without Before.
	OrderImports(ctx context.Context) ([]OrderImport, error)
	// Orders yields all orders, by number.
	Orders(ctx context.Context) iter.Seq2[Order, error]
	// OrdersOf returns the orders that name any of the buyers, the newest first.
	OrdersOf(ctx context.Context, buyers []string) ([]Order, error)
}

// BuyerEmail is how an order names whoever has an e-mail address; "" when it is none.
func BuyerEmail(address string) string {
	if address = strings.ToLower(strings.TrimSpace(address)); !strings.Contains(address, "@") {
		return ""
	}
	return "email:" + address
}

// BuyerPhone is how an order names whoever has a phone number, with China's prefix or without; "" when it is none.
func BuyerPhone(phone string) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, phone)
	digits = strings.TrimPrefix(digits, "00")
	if len(digits) == len("8613812345678") {
		digits = strings.TrimPrefix(digits, "86")
	}
	if len(digits) < 5 {
		return ""
	}
	return "phone:" + digits
}

// BuyerID is how an order names whoever has an id: a contact's own; "" when it is none. That of a platform stands behind the
// inbox, "telegram:1001", since another platform, or the shop, gives the same one to somebody else.
func BuyerID(id string) string {
	if id = strings.TrimSpace(id); id == "" {
		return ""
	}
	return "id:" + id
}

// MostFormer is how many names of before a contact keeps; of more, the oldest go.
const MostFormer = 32

// Buyers are the names by which orders know a contact, and knew her before; addresses and numbers that staff have confirmed as hers
// are among them.
func Buyers(c Contact, addresses []ContactInbox) []string {
	all := slices.Concat(c.Verified(), []string{BuyerID(string(c.ID))}, c.Former)
	for _, a := range addresses {
		all = append(all, BuyerEmail(a.SourceID))
		if a.SourceID != "" {
			all = append(all, BuyerID(string(a.Inbox)+":"+a.SourceID))
		}
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(s string) bool { return s == "" })
}
