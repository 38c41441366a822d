package data_test

import (
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"huiyin/internal/yamlfile"
	"huiyin/nlp"
)

var (
	listNumber = regexp.MustCompile(`(?m)^\d+\. `)
	thousands  = regexp.MustCompile(`(\d),(\d{3})`)
	orderLike  = regexp.MustCompile(`HY\d+-\d+`)

	// A number or a range, the currency before it and the unit after it.
	amount = regexp.MustCompile(`(US\$|¥|€|£)?(\d+(?:\.\d+)?)(?:–(\d+(?:\.\d+)?))? ?(?:more )?-?` +
		`(%|个?工作日|business days?|天|days?|小时|hours?|分钟|minutes?|秒|seconds?|个?月|months?|年|years?|积分|points?)?`)

	// Numbers that bind us are written in digits: only those can be compared.
	spelledZH = regexp.MustCompile(`[二两三四五六七八九十]+ ?(?:个工作日|天|小时|个月|元|块)`)
	spelledEN = regexp.MustCompile(`(?i)\b(?:two|three|four|five|six|seven|ten|twelve)[ -](?:business )?(?:day|hour|month|year|yuan)s?\b`)

	referenceZH = regexp.MustCompile(`(?:见|请看)“([^”]+)”`)
	referenceEN = regexp.MustCompile(`(?i)see "([^"]+)"`)
)

// unitOf names a unit alike in both languages.
func unitOf(currency, unit string) string {
	switch {
	case currency != "":
		return currency
	case unit == "", unit == "%":
		return unit
	}
	unit = strings.TrimPrefix(strings.TrimSuffix(unit, "s"), "个")
	same := map[string]string{"工作日": "business day", "天": "day", "小时": "hour", "分钟": "minute", "秒": "second",
		"月": "month", "年": "year", "积分": "point"}
	if en, ok := same[unit]; ok {
		return en
	}
	return unit
}

// facts are the numbers of a text, each with the units in which it stands there; "" is a bare number.
func facts(text string) map[string][]string {
	text = listNumber.ReplaceAllString(text, "")
	text = orderLike.ReplaceAllString(text, "")
	text = thousands.ReplaceAllString(text, "$1$2")
	found := map[string][]string{}
	for _, m := range amount.FindAllStringSubmatch(text, -1) {
		for _, number := range m[2:4] {
			if unit := unitOf(m[1], m[4]); number != "" && !slices.Contains(found[number], unit) {
				found[number] = append(found[number], unit)
			}
		}
	}
	return found
}

// contradicts reports whether two texts give one number different units. A bare number contradicts nothing.
func contradicts(a, b []string) bool {
	a = slices.DeleteFunc(slices.Clone(a), func(u string) bool { return u == "" })
	b = slices.DeleteFunc(slices.Clone(b), func(u string) bool { return u == "" })
	return len(a) > 0 && len(b) > 0 && !slices.ContainsFunc(a, func(u string) bool { return slices.Contains(b, u) })
}

// What the shop promises must be the same in both languages: prices, days, percentages.
func TestShopNumbersAgree(t *testing.T) {
	for root, in := range byRoot(t) {
		if len(in) < 2 {
			continue
		}
		zh, en := in[nlp.LangChinese], in[nlp.LangEnglish]
		for _, part := range []struct{ name, zh, en string }{{"summary", zh.Summary, en.Summary}, {"body", zh.Body, en.Body}} {
			z, e := facts(part.zh), facts(part.en)
			if a, b := slices.Sorted(maps.Keys(z)), slices.Sorted(maps.Keys(e)); !slices.Equal(a, b) {
				t.Errorf("%s: numbers of the %s\n zh %v\n en %v", root, part.name, a, b)
				continue
			}
			for number := range z {
				if contradicts(z[number], e[number]) {
					t.Errorf("%s: %s is %q in the Chinese %s, %q in the English", root, number, z[number], part.name, e[number])
				}
			}
		}
	}
}

func TestShopNumbersAreWrittenInDigits(t *testing.T) {
	for _, a := range articles(t) {
		pattern := spelledEN
		if a.Lang == nlp.LangChinese {
			pattern = spelledZH
		}
		if found := pattern.FindAllString(a.Summary+"\n"+a.Body, -1); len(found) > 0 {
			t.Errorf("%s: write %q in digits", a.ID, found)
		}
	}
}

// The comparison itself must see a difference.
func TestFactsSeeDifferences(t *testing.T) {
	same := [][2]string{
		{"16:00 前付款，2–4 天送达，满 ¥99 包邮", "Pay before 16:00; 2–4 days; free from ¥99"},
		{"近 12 个月满 ¥1,000，优惠 5%", "¥1,000 within 12 months, 5% off"},
		{"3 个工作日", "within 3 business days"},
		{"再给 30 天", "30 more days"},
	}
	for _, c := range same {
		z, e := facts(c[0]), facts(c[1])
		if !slices.Equal(slices.Sorted(maps.Keys(z)), slices.Sorted(maps.Keys(e))) {
			t.Errorf("%q and %q differ: %v, %v", c[0], c[1], z, e)
		}
		for n := range z {
			if contradicts(z[n], e[n]) {
				t.Errorf("%q and %q differ in the unit of %s", c[0], c[1], n)
			}
		}
	}
	for _, c := range [][3]string{{"3 天", "3 hours", "3"}, {"3 个工作日", "3 days", "3"}, {"¥15", "US$15", "15"}, {"20%", "20 days", "20"}} {
		if !contradicts(facts(c[0])[c[2]], facts(c[1])[c[2]]) {
			t.Errorf("%q and %q should contradict each other", c[0], c[1])
		}
	}
}

// "See …" must name an article that exists in the reader's language.
func TestShopReferencesLead(t *testing.T) {
	titles := map[nlp.Lang][]string{}
	all := articles(t)
	for _, a := range all {
		titles[a.Lang] = append(titles[a.Lang], a.Title)
	}
	found := 0
	for _, a := range all {
		pattern := referenceEN
		if a.Lang == nlp.LangChinese {
			pattern = referenceZH
		}
		for _, m := range pattern.FindAllStringSubmatch(a.Body, -1) {
			found++
			if !slices.ContainsFunc(titles[a.Lang], func(title string) bool { return strings.HasPrefix(title, strings.TrimRight(m[1], ".,")) }) {
				t.Errorf("%s refers to %q, which no article is called", a.ID, m[1])
			}
		}
	}
	if found < 30 {
		t.Errorf("%d references found, the patterns miss them", found)
	}
}

// demoOrder is an order of orders.yaml.
type demoOrder struct {
	Number      string
	Status      string
	Customer    map[string]string
	Address     map[string]string
	Items       []map[string]any
	Currency    string
	DeliveryFee float64 `yaml:"delivery_fee"`
	Payment     string
	Days        map[string]int
	Carrier     string
	Tracking    string
	ReturnDays  int `yaml:"return_days"`
}

// steps are the days that an order of a status has behind it, in order.
var steps = map[string][]string{
	"placed":    {"placed"},
	"packed":    {"placed", "packed"},
	"shipped":   {"placed", "packed", "shipped"},
	"delivered": {"placed", "packed", "shipped", "delivered"},
	"cancelled": {"placed", "cancelled"},
}

// returnDays is what the articles promise.
func (o demoOrder) returnDays() int {
	switch {
	case o.Customer["tier"] == "gold":
		return 15
	case o.Currency == "USD":
		return 14
	}
	return 7
}

// The demo orders are of every kind, say what happened when, and keep what the articles promise.
func TestShopOrders(t *testing.T) {
	raw, err := fs.ReadFile(shop(t), "orders.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Carriers map[string]map[string]string `yaml:"carriers"`
		Also     map[string]string            `yaml:"also"`
		Orders   []demoOrder                  `yaml:"orders"`
	}
	if err := yamlfile.Decode("orders.yaml", raw, &file); err != nil {
		t.Fatal(err)
	}
	number := regexp.MustCompile(`^HY\d{8}-\d{4}$`)
	count, seen := map[string]int{}, map[string]bool{}
	for _, o := range file.Orders {
		if !number.MatchString(o.Number) || seen[o.Number] {
			t.Errorf("%q is no order number, or stands twice", o.Number)
		}
		count[o.Status]++
		seen[o.Number] = true
		if o.Carrier != "" && (file.Carriers[o.Carrier]["zh"] == "" || file.Carriers[o.Carrier]["en"] == "") {
			t.Errorf("%s: the carrier %q has no name", o.Number, o.Carrier)
		}
		if abroad := o.Address["country"] != "CN" && o.Address["country"] != "HK"; abroad != (o.Currency == "USD") {
			t.Errorf("%s goes to %s and is charged in %s", o.Number, o.Address["country"], o.Currency)
		}
		if want := o.returnDays(); o.ReturnDays != want {
			t.Errorf("%s can be returned for %d days, the articles promise %d", o.Number, o.ReturnDays, want)
		}
		checkHistory(t, o)
	}
	for status := range steps {
		if count[status] < 2 {
			t.Errorf("%d orders are %s, want 2", count[status], status)
		}
	}
}

// checkHistory makes sure that an order's days follow each other, and that its items have names and prices.
func checkHistory(t *testing.T, o demoOrder) {
	t.Helper()
	if steps[o.Status] == nil {
		t.Errorf("%s: there is no status %q", o.Number, o.Status)
	}
	before := -1000
	for _, step := range steps[o.Status] {
		day, ok := o.Days[step]
		if !ok || day < before || day > 0 {
			t.Errorf("%s is %s, but %s on day %d (%v) after day %d", o.Number, o.Status, step, day, ok, before)
		}
		before = day
	}
	if o.Status == "shipped" && (o.Days["eta"] < 0 || o.Tracking == "") {
		t.Errorf("%s is shipped: its tracking number is %q, its day of arrival %d", o.Number, o.Tracking, o.Days["eta"])
	}
	for _, item := range o.Items {
		if item["zh"] == nil || item["en"] == nil || item["price"] == nil {
			t.Errorf("%s: an item lacks its name or price: %v", o.Number, item)
		}
	}
}

// A form answers each status that the demo service gives, in a sentence of its own.
func TestShopFormsAnswerEachStatus(t *testing.T) {
	want := map[string][]string{
		"order_status":   {"placed", "packed", "shipped", "delivered", "cancelled", "not_found", ""},
		"return_request": {"accepted", "too_late", "not_found", "not_returnable", "not_delivered", ""},
	}
	for _, f := range dialogue(t).Forms {
		var have []string
		for _, r := range f.Replies {
			have = append(have, r.When["status"])
		}
		if !slices.Equal(slices.Sorted(slices.Values(have)), slices.Sorted(slices.Values(want[f.Name]))) {
			t.Errorf("%s answers %q, want %q", f.Name, have, want[f.Name])
		}
		if len(have) > 0 && have[len(have)-1] != "" {
			t.Errorf("%s: the reply for everything else must be the last", f.Name)
		}
	}
}
