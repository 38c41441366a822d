package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"time"
	"unicode"

	"huiyin/bot"
	"huiyin/internal/secret"
	"huiyin/internal/yamlfile"
	"huiyin/nlp"
)

// demoShop is the order service behind the sample shop's forms: what a shop's own service has to do, in one page.
type demoShop struct {
	orders   map[string]demoOrder
	carriers map[string]bot.Text
	also     map[string]string // by the first letters of a sku
	key      secret.Secret
	now      func() time.Time
	zone     *time.Location
}

// demoOrder is an order of data/shop/orders.yaml, which says what its fields mean. Days count from today.
type demoOrder struct {
	Number      string         `yaml:"number"`
	Status      string         `yaml:"status"` // placed, packed, shipped, delivered, cancelled
	Customer    map[string]any `yaml:"customer"`
	Address     map[string]any `yaml:"address"`
	Items       []demoItem     `yaml:"items"`
	Currency    string         `yaml:"currency"`
	DeliveryFee float64        `yaml:"delivery_fee"`
	Payment     string         `yaml:"payment"`
	Days        map[string]int `yaml:"days"`
	Carrier     string         `yaml:"carrier"`
	Tracking    string         `yaml:"tracking"`
	ReturnDays  int            `yaml:"return_days"`
}

type demoItem struct {
	SKU        string  `yaml:"sku"`
	ZH         string  `yaml:"zh"`
	EN         string  `yaml:"en"`
	Quantity   int     `yaml:"quantity"`
	Price      float64 `yaml:"price"`
	Returnable bool    `yaml:"returnable"`
}

func newDemoShop(fsys fs.FS, name string, key secret.Secret, now func() time.Time, zone *time.Location) (*demoShop, error) {
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("demo shop: %w", err)
	}
	var file struct {
		Carriers map[string]bot.Text `yaml:"carriers"`
		Also     map[string]string   `yaml:"also"`
		Orders   []demoOrder         `yaml:"orders"`
	}
	if err := yamlfile.Decode(name, raw, &file); err != nil {
		return nil, fmt.Errorf("demo shop: %w", err)
	}
	d := &demoShop{orders: map[string]demoOrder{}, carriers: file.Carriers, also: file.Also, key: key, now: now, zone: zone}
	for _, o := range file.Orders {
		d.orders[o.Number] = o
	}
	return d, nil
}

// ServeHTTP answers signed POSTs with flat JSON.
func (d *demoShop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
	if err != nil {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	if err := bot.VerifyAction(d.key, r.Header, body, d.now()); err != nil {
		http.Error(w, "the signature is wrong or too old", http.StatusUnauthorized)
		return
	}
	var values map[string]string
	if err := json.Unmarshal(body, &values); err != nil {
		http.Error(w, "no JSON object of texts", http.StatusBadRequest)
		return
	}
	lang := nlp.Lang(r.Header.Get("Accept-Language")).Base()
	if lang != nlp.LangChinese {
		lang = nlp.LangEnglish
	}
	var answer map[string]string
	switch r.URL.Path {
	case "/orders/status":
		answer = d.status(values, lang)
	case "/orders/items":
		answer = d.items(values, lang)
	case "/returns":
		answer = d.takeBack(values, r.Header.Get(bot.HeaderKey))
	default:
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}

func (d *demoShop) order(values map[string]string) (demoOrder, bool) {
	o, ok := d.orders[strings.ToUpper(strings.TrimSpace(values["order_number"]))]
	return o, ok
}

// date is a day counted from today.
func (d *demoShop) date(days int) string {
	return d.now().In(d.zone).AddDate(0, 0, days).Format("2006-01-02")
}

func (d *demoShop) status(values map[string]string, lang nlp.Lang) map[string]string {
	o, ok := d.order(values)
	if !ok {
		return map[string]string{"status": "not_found"}
	}
	answer := map[string]string{"status": o.Status, "tracking": o.Tracking, "carrier": d.carriers[o.Carrier][lang]}
	for _, name := range []string{"eta", "delivered"} {
		if days, known := o.Days[name]; known {
			answer[name] = d.date(days)
		}
	}
	return answer
}

// items are what an order has, to choose from.
func (d *demoShop) items(values map[string]string, lang nlp.Lang) map[string]string {
	o, ok := d.order(values)
	if !ok {
		return map[string]string{"status": "not_found"}
	}
	if _, arrived := o.Days["delivered"]; o.Status == "cancelled" || !arrived {
		return map[string]string{"status": "not_delivered"}
	}
	answer := map[string]string{}
	for i, it := range o.Items {
		name, other := it.EN, it.ZH
		if lang == nlp.LangChinese {
			name, other = it.ZH, it.EN
		}
		for prefix, also := range d.also {
			if strings.HasPrefix(it.SKU, prefix) {
				other += " " + also
			}
		}
		option := fmt.Sprintf("option_%d", i+1)
		answer[option], answer[option+"_also"] = name, other
	}
	return answer
}

// takeBack registers a return. What is faulty, wrong or damaged comes back whatever it is; the same request (by its key)
// gets the same number.
func (d *demoShop) takeBack(values map[string]string, key string) map[string]string {
	o, ok := d.order(values)
	if !ok {
		return map[string]string{"status": "not_found"}
	}
	fault := slices.Contains([]string{"quality", "wrong_item", "damaged"}, values["reason"])
	delivered, arrived := o.Days["delivered"]
	deadline := d.date(delivered + o.ReturnDays)
	kept := o.notReturnable(values["item"])
	switch {
	case o.Status == "cancelled" || !arrived:
		return map[string]string{"status": "not_delivered"}
	case !fault && len(kept) > 0:
		return map[string]string{"status": "not_returnable", "item": strings.Join(kept, separator(kept[0]))}
	case !fault && delivered+o.ReturnDays < 0:
		return map[string]string{"status": "too_late", "deadline": deadline}
	case fault && delivered+o.ReturnDays < 0:
		deadline = d.date(o.ReturnDays)
	}
	sum := sha256.Sum256([]byte(key))
	return map[string]string{"status": "accepted", "return_id": "RT" + strings.ToUpper(hex.EncodeToString(sum[:4])), "deadline": deadline}
}

// notReturnable are those of the items that a customer names which may not come back; of what names none, there is nothing to say
// as long as any may.
func (o demoOrder) notReturnable(wanted string) []string {
	var kept []string
	for _, name := range strings.FieldsFunc(wanted, func(r rune) bool { return r == ';' || r == '；' }) {
		if name = strings.TrimSpace(name); name != "" && !o.returnable(name) {
			kept = append(kept, name)
		}
	}
	return kept
}

func separator(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return r > unicode.MaxLatin1 }) {
		return "；"
	}
	return "; "
}

// returnable reports whether the item that the customer names, or any item when it cannot be told, may come back.
func (o demoOrder) returnable(wanted string) bool {
	wanted = nlp.Fold(wanted)
	any := false
	for _, it := range o.Items {
		named := wanted != "" && (strings.Contains(nlp.Fold(it.ZH), wanted) || strings.Contains(nlp.Fold(it.EN), wanted))
		if named {
			return it.Returnable
		}
		any = any || it.Returnable
	}
	return any
}

// inProcess carries requests to a handler of this process, without a port.
type inProcess struct{ handler http.Handler }

// RoundTrip implements http.RoundTripper.
func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	in := r.Clone(r.Context())
	in.Body = io.NopCloser(bytes.NewReader(body))
	p.handler.ServeHTTP(w, in)
	return w.Result(), r.Context().Err()
}
