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
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/internal/secret"
	"huiyin/internal/yamlfile"
)

// demoShop is the order service behind the sample shop's forms: what a shop's own service has to do, in one page.
type demoShop struct {
	orders map[string]demoOrder
	key    secret.Secret
	now    func() time.Time
	zone   *time.Location
}

// demoOrder is an order of data/shop/orders.yaml. Days count from today; negative ones are past.
type demoOrder struct {
	Number     string     `yaml:"number"`
	Status     string     `yaml:"status"` // placed, packed, shipped, delivered, cancelled
	Customer   string     `yaml:"customer"`
	Address    string     `yaml:"address"`
	Placed     int        `yaml:"placed_days"`
	Delivered  int        `yaml:"delivered_days"`
	ETA        int        `yaml:"eta_days"`
	Carrier    string     `yaml:"carrier"`
	Tracking   string     `yaml:"tracking"`
	Items      []demoItem `yaml:"items"`
	Returnable *bool      `yaml:"returnable"`
}

type demoItem struct {
	Name     bot.Text `yaml:"name"`
	Quantity int      `yaml:"quantity"`
	Price    float64  `yaml:"price"`
}

func newDemoShop(fsys fs.FS, name string, key secret.Secret, now func() time.Time, zone *time.Location) (*demoShop, error) {
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("demo shop: %w", err)
	}
	var file struct {
		Orders []demoOrder `yaml:"orders"`
	}
	if err := yamlfile.Decode(name, raw, &file); err != nil {
		return nil, fmt.Errorf("demo shop: %w", err)
	}
	d := &demoShop{orders: map[string]demoOrder{}, key: key, now: now, zone: zone}
	for _, o := range file.Orders {
		d.orders[o.Number] = o
	}
	return d, nil
}

// returnDays is how long after delivery an order may be returned without a reason, as the sample's articles say.
const returnDays = 7

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
	var answer map[string]string
	switch r.URL.Path {
	case "/orders/status":
		answer = d.status(values)
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

// date is a day counted from today, as customers read it.
func (d *demoShop) date(days int) string {
	return d.now().In(d.zone).AddDate(0, 0, days).Format("2006-01-02")
}

func (d *demoShop) status(values map[string]string) map[string]string {
	o, ok := d.order(values)
	if !ok {
		return map[string]string{"status": "not_found"}
	}
	return map[string]string{"status": o.Status, "carrier": o.Carrier, "tracking": o.Tracking, "eta": d.date(o.ETA)}
}

func (d *demoShop) takeBack(values map[string]string, key string) map[string]string {
	o, ok := d.order(values)
	if !ok {
		return map[string]string{"status": "not_found"}
	}
	deadline := d.date(o.Delivered + returnDays)
	switch {
	case o.Returnable != nil && !*o.Returnable && values["reason"] == "changed_mind":
		return map[string]string{"status": "not_returnable"}
	case o.Status == "delivered" && o.Delivered+returnDays < 0:
		return map[string]string{"status": "too_late", "deadline": deadline}
	}
	sum := sha256.Sum256([]byte(key)) // the same request gives the same number
	return map[string]string{"status": "accepted", "return_id": "RT" + strings.ToUpper(hex.EncodeToString(sum[:4])), "deadline": d.date(returnDays)}
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
