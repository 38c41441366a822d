package nlp

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"
)

// EntityOptions says what Entities looks for, and when and where "yesterday" is.
type EntityOptions struct {
	Now      func() time.Time // nil: time.Now
	Zone     *time.Location   // the customers' zone; nil: UTC
	Orders   []string         // patterns of the shop's own order numbers; group 1, if any, is the number. Case does not matter.
	Dollar   string           // the currency of a bare "$"; "": USD
	Products []Product
}

// Product is a thing that the shop sells, with the names that customers call it by.
type Product struct {
	Name    string   // the Entity's Value
	Aliases []string // besides Name
}

// Entities is the component that finds order numbers, phones, addresses of the net, dates, amounts, quantities and
// products. It is safe for concurrent use; products can be exchanged while it runs.
type Entities struct {
	now      func() time.Time
	zone     *time.Location
	orders   []*regexp.Regexp
	dollar   string
	products atomic.Pointer[productList]
}

type productList struct {
	names trie
	list  []Product
}

// NewEntities checks the options. An error names the pattern that does not compile.
func NewEntities(o EntityOptions) (*Entities, error) {
	e := &Entities{now: o.Now, zone: o.Zone, dollar: cmp.Or(o.Dollar, "USD")}
	if e.now == nil {
		e.now = time.Now
	}
	if e.zone == nil {
		e.zone = time.UTC
	}
	for _, p := range o.Orders {
		re, err := regexp.Compile("(?i)" + p)
		if err != nil {
			return nil, fmt.Errorf("nlp: order number pattern %q: %w", p, err)
		}
		e.orders = append(e.orders, re)
	}
	e.SetProducts(o.Products)
	return e, nil
}

// SetProducts exchanges the user dictionary of products.
func (e *Entities) SetProducts(products []Product) {
	l := &productList{list: slices.Clone(products)}
	for i, p := range l.list {
		for _, name := range append([]string{p.Name}, p.Aliases...) {
			if folded := strings.TrimSpace(Fold(Clean(name))); folded != "" {
				l.names.add(folded, i)
			}
		}
	}
	e.products.Store(l)
}

// Name is "entities".
func (e *Entities) Name() string { return "entities" }

// Annotate fills in Entities. It takes the phone numbers and mail addresses that PII already holds.
func (e *Entities) Annotate(ctx context.Context, a *Analysis) error {
	a.Entities = e.find(a.Folded(), a.PII)
	return ctx.Err()
}

// Find finds the entities of a text, in order and without overlap; never nil. Spans refer to Clean(text).
func (e *Entities) Find(text string) []Entity {
	f := FoldText(Clean(text))
	return e.find(f, findPII(f))
}

func (e *Entities) find(f Folded, pii []PII) []Entity {
	x := extraction{e: e, f: f, scanner: newScanner(f.Text), pii: pii, now: e.now().In(e.zone)}
	x.fromPII()
	x.configuredOrders()
	x.scan()
	return x.resolve()
}

// extraction is the work on one text. Finds hold spans of folded text until resolve.
type extraction struct {
	scanner
	e     *Entities
	f     Folded
	pii   []PII
	now   time.Time
	finds []find
}

// find is an entity in folded text. Where two overlap the smaller rank wins, then the longer one.
type find struct {
	start, end  int
	rank        int
	kind, value string
	source      Span // set when it is known already
}

// Ranks of the kinds: what is surest comes first.
const (
	rankSure = iota
	rankConfigured
	rankDate
	rankAmount
	rankOrder
	rankProduct
	rankQuantity
)

func (x *extraction) add(start, end, rank int, kind, value string) {
	x.finds = append(x.finds, find{start: start, end: end, rank: rank, kind: kind, value: value, source: x.f.Source(start, end)})
}

// fromPII takes over phones and mail addresses. Other personal numbers take part as nameless finds, so that nothing
// else claims them.
func (x *extraction) fromPII() {
	for _, p := range x.pii {
		if p.Start < 0 || p.End > len(x.f.Original()) || p.Start >= p.End {
			continue
		}
		raw := x.f.Original()[p.Start:p.End]
		n := find{rank: rankSure, source: p.Span}
		switch p.Kind {
		case PIIPhone:
			n.kind, n.value = EntityPhone, phoneValue(Fold(raw))
		case PIIEmail:
			n.kind, n.value = EntityEmail, Fold(raw)
		}
		x.finds = append(x.finds, n)
	}
}

// phoneValue is the number in digits, with the country code only where it is not mainland China's. It may be written in characters:
// 幺三八….
func phoneValue(s string) string {
	var b []byte
	for _, r := range s {
		if v := spokenDigit(r); v >= 0 {
			b = append(b, '0'+byte(v))
		}
	}
	d := strings.TrimPrefix(string(b), "00")
	if len(d) == 13 && d[:2] == "86" {
		return d[2:]
	}
	return d
}

// configuredOrders applies the shop's own patterns.
func (x *extraction) configuredOrders() {
	for _, re := range x.e.orders {
		for _, m := range re.FindAllStringSubmatchIndex(x.s, -1) {
			start, end := m[0], m[1]
			if len(m) > 3 && m[2] >= 0 {
				start, end = m[2], m[3]
			}
			if start < end {
				x.add(start, end, rankConfigured, EntityOrder, strings.ToUpper(x.s[start:end]))
			}
		}
	}
}

// scan tries every kind at every place where one may begin.
func (x *extraction) scan() {
	s := x.s
	products, starts := x.e.products.Load(), entityStarts()
	for i := 0; ; {
		place, ok := nextPlace(s, i)
		if !ok {
			return
		}
		i = place
		end := 0
		if startsWord(s, i) {
			if len(products.list) > 0 {
				if to, which := products.names.find(s, i); to > 0 {
					x.add(i, to, rankProduct, EntityProduct, products.list[which].Name)
				}
			}
			if starts.at(s, i) {
				end = x.at(i)
			}
		}
		i = max(end, afterPlace(s, i))
	}
}

// at adds what begins at i and returns its end, or 0.
func (x *extraction) at(i int) int {
	if end := x.url(i); end > 0 {
		return end
	}
	d := dates{s: x.s, now: x.now}
	if end, value := d.at(i); end > 0 {
		if value != "" {
			x.add(i, end, rankDate, EntityDate, value)
		}
		return end
	}
	if end := x.amount(i); end > 0 {
		return end
	}
	if end := x.order(i); end > 0 {
		return end
	}
	return x.quantity(i)
}

// startTable marks the characters from hanFirst on that dates, amounts and numbers begin with.
type startTable [0x9FFF - hanFirst + 1]bool

var entityStarts = sync.OnceValue(func() *startTable {
	var t startTable
	for _, r := range "昨今明前后大上下本这月周星礼双光元情妇女劳五儿六国十万平圣黑去人港美台半零两俩仨一二三四七八九壹贰叁肆伍陆柒捌玖百千拾佰仟" {
		t[r-hanFirst] = true
	}
	return &t
})

// at reports whether something may begin at byte i: ASCII and signs always, Chinese if the table says so.
func (t *startTable) at(s string, i int) bool {
	if s[i] < 0xE3 {
		return true
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	k := int(r) - hanFirst
	return 0 <= k && k < len(t) && t[k]
}

// nextPlace is the next character that is a letter, a digit, Chinese or a currency sign.
func nextPlace(s string, i int) (int, bool) {
	for i < len(s) {
		c := s[i]
		if isAlnum(c) || c >= 0xC2 || c == '$' || c == '#' {
			return i, true
		}
		i++
	}
	return 0, false
}

// afterPlace steps over the character at i; over the whole run when it is of Latin letters or of digits.
func afterPlace(s string, i int) int {
	in := isDigit
	switch {
	case isLetter(s[i]):
		in = isLetter
	case !isDigit(s[i]):
		for i++; i < len(s) && s[i] >= 0x80 && s[i] < 0xC0; i++ {
		}
		return i
	}
	for i < len(s) && in(s[i]) {
		i++
	}
	return i
}

// startsWord reports whether a word, number or code may begin at i.
func startsWord(s string, i int) bool {
	if i == 0 || s[i-1] >= 0x80 || !isAlnum(s[i]) {
		return true
	}
	p := s[i-1]
	if isAlnum(p) {
		return isDigit(s[i]) != isDigit(p) && isLetter(s[i]) // 20usd: the unit, never a number inside a code
	}
	return !(p == '.' || p == '-' || p == '_' || p == '@') || i < 2 || !isAlnum(s[i-2])
}

// url takes web addresses.
func (x *extraction) url(i int) int {
	if !isLetter(x.s[i]) && !isDigit(x.s[i]) {
		return 0
	}
	if end := x.emailEnd(i); end > 0 { // found as PII already
		return end
	}
	end := x.urlEnd(i)
	if end > 0 {
		span := x.f.Source(i, end)
		x.add(i, end, rankSure, EntityURL, x.f.Original()[span.Start:span.End])
	}
	return end
}

// resolve drops overlapping finds and gives the rest in order.
func (x *extraction) resolve() []Entity {
	slices.SortStableFunc(x.finds, func(a, b find) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(b.source.End-b.source.Start, a.source.End-a.source.Start),
			cmp.Compare(a.source.Start, b.source.Start))
	})
	out := []Entity{}
	taken := make([]Span, 0, len(x.finds))
	for _, n := range x.finds {
		at, clash := slices.BinarySearchFunc(taken, n.source, func(t, s Span) int {
			switch {
			case t.End <= s.Start:
				return -1
			case t.Start >= s.End:
				return 1
			}
			return 0
		})
		if clash {
			continue
		}
		taken = slices.Insert(taken, at, n.source)
		if n.kind != "" {
			out = append(out, Entity{Span: n.source, Kind: n.kind, Text: x.f.Original()[n.source.Start:n.source.End], Value: n.value})
		}
	}
	slices.SortFunc(out, func(a, b Entity) int { return cmp.Compare(a.Start, b.Start) })
	return out
}
