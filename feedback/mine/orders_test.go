package mine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"huiyin/bot"
)

func TestAmount(t *testing.T) {
	for _, c := range []struct {
		text     string
		cents    int64
		currency string
		ok       bool
	}{
		{"1299", 129900, "", true}, {"1,299", 129900, "", true}, {"1,299.5", 129950, "", true}, {"¥ 1,299.00", 129900, "CNY", true}, {"12,50", 1250, "", true},
		{"1.299,00 €", 129900, "EUR", true}, {"1.234.567", 123456700, "", true}, {"-3.2", -320, "", true}, {"(3.20)", -320, "", true}, {"88元", 8800, "CNY", true},
		{"HK$20", 2000, "HKD", true}, {"0.005", 1, "", true}, {"12,5", 1250, "", true}, {"1299,5 €", 129950, "EUR", true}, {"1.299 €", 0, "", false}, {"1e6", 0, "", false},
		{"1.23E+05", 0, "", false}, {"2 x 15.00", 0, "", false}, {"100-200", 0, "", false}, {"１2.50", 1250, "", true}, {"￥１，２９９", 129900, "CNY", true}, {"12,34,5", 0, "", false},
		{"0,299", 0, "", false}, {"1299.125", 129913, "", true}, {"CNY -5", -500, "CNY", true}, {".5", 50, "", true}, {"1234567890123456", 0, "", false}, {"", 0, "", false}, {"free", 0, "", false}, {"免费", 0, "", false},
	} {
		cents, currency, ok := amount(c.text)
		if ok != c.ok || ok && (cents != c.cents || currency != c.currency) {
			t.Errorf("%q is %d %q %v, want %d %q %v", c.text, cents, currency, ok, c.cents, c.currency, c.ok)
		}
	}
}

func FuzzAmount(f *testing.F) {
	for _, s := range []string{"1,299.00", "¥12", "1.299,00", "(3)", ",,.", "９"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		cents, _, ok := amount(text)
		if !ok {
			return
		}
		if !strings.ContainsAny(strings.Map(narrow, text), "0123456789") {
			t.Errorf("%q without a digit is %d", text, cents)
		}
		if cents > 0 && strings.ContainsAny(text, "-−") {
			t.Errorf("%q is %d", text, cents)
		}
	})
}

func written(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Orders are read from what shops export, in both languages; rows that say too little are listed with their numbers.
func TestReadOrders(t *testing.T) {
	book := excelize.NewFile()
	for i, row := range [][]any{{"Order ID", "Paid at", "Total (USD)", "Customer email", "Note"}, {"a-1", "2026-11-02 10:00", 1299.5, "Mei@Shop.example", "gift"}} {
		if err := book.SetSheetRow("Sheet1", "A"+string(rune('1'+i)), &row); err != nil {
			t.Fatal(err)
		}
	}
	workbook := filepath.Join(t.TempDir(), "orders.xlsx")
	if err := book.SaveAs(workbook); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		in     string
		told   map[string]string
		orders []bot.Order
		unused []string
		bad    []BadOrder
	}{
		{in: workbook, orders: []bot.Order{{Number: "A-1", Buyer: []string{"email:mei@shop.example"}, At: at, Cents: 129950, Currency: "USD"}}, unused: []string{"Note"}},
		{in: written(t, "o.csv", "订单编号,付款时间,实付金额（元）,买家手机号,会员号,备注\nA1,2026-11-02 10:00,\"1,299.00\",+86 138-1234-5678,u7,\nA2,改天,1,13812345678,,\n,2026-11-02 10:00,1,13812345678,,\nA4,2026-11-02 10:00,赠品,13812345678,,\nA5,2026-11-02 10:00,5,,,\n"),
			orders: []bot.Order{{Number: "A1", Buyer: []string{"phone:13812345678", "id:u7"}, At: at, Cents: 129900, Currency: "CNY"}}, unused: []string{"备注"},
			bad: []BadOrder{{3, "time", "改天"}, {4, "number", ""}, {5, "amount", "赠品"}, {6, "buyer", ""}}},
		{in: written(t, "o.jsonl", `{"ref":"A1","date":"2026-11-02 10:00","total":"12,50","currency":"eur","mail":"a@b.example"}`+"\n"), told: map[string]string{"number": "ref"},
			orders: []bot.Order{{Number: "A1", Buyer: []string{"email:a@b.example"}, At: at, Cents: 1250, Currency: "EUR"}}},
	} {
		got, err := ReadOrders(OrderOptions{In: c.in, Zone: time.UTC, Columns: c.told})
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(c.in), err)
			continue
		}
		same := slices.EqualFunc(got.Orders, c.orders, func(a, b bot.Order) bool { return a.Same(b) })
		if !same || !slices.Equal(got.Unused, c.unused) || !slices.Equal(got.Bad, c.bad) || got.Rows != len(got.Orders)+len(got.Bad) {
			t.Errorf("%s: got %+v", filepath.Base(c.in), got)
		}
	}
}

// The days of orders are read as those of feedback: as all rows can be read, else as the caller says, else in the likelier way, and
// that is told.
func TestDaysOfOrders(t *testing.T) {
	file := func(days ...string) string {
		content := "order no,Created,amount,email\n"
		for i, d := range days {
			content += fmt.Sprintf("A%d,%s,5,a@b.example\n", i, d)
		}
		return written(t, "o.csv", content)
	}
	second := func(Doubt) (int, error) { return 1, nil }
	late := append(slices.Repeat([]string{"03/04/2026"}, sampled+50), "28/04/2026")
	for _, c := range []struct {
		name   string
		days   []string
		told   string
		ask    func(Doubt) (int, error)
		want   string // days of the first two
		bad    []BadOrder
		doubts int
	}{
		{"one cannot be a month", []string{"03/04/2026", "05/04/2026", "13/04/2026", "28/04/2026"}, "", nil, "2026-04-03 2026-04-05", nil, 0},
		{"far below the first rows", late, "", nil, "2026-04-03 2026-04-03", nil, 0},
		{"the closer together", []string{"03/04/2026", "05/04/2026"}, "", nil, "2026-04-03 2026-04-05", nil, 1},
		{"asked", []string{"03/04/2026", "05/04/2026"}, "", second, "2026-03-04 2026-05-04", nil, 1},
		{"told", []string{"03/04/2026", "05/04/2026", "13/04/2026"}, MonthFirst, nil, "2026-03-04 2026-05-04", []BadOrder{{4, "order", "13/04/2026"}}, 0},
	} {
		f, err := ReadOrders(OrderOptions{In: file(c.days...), Zone: time.UTC, Dates: c.told, Ask: c.ask})
		if err != nil || len(f.Orders) < 2 || len(f.Orders)+len(f.Bad) != len(c.days) {
			t.Errorf("%s: %d orders, bad %v, %v", c.name, len(f.Orders), f.Bad, err)
			continue
		}
		got := f.Orders[0].At.Format(time.DateOnly) + " " + f.Orders[1].At.Format(time.DateOnly)
		if got != c.want || !slices.Equal(f.Bad, c.bad) || len(f.Doubts) != c.doubts {
			t.Errorf("%s: %s, bad %v, doubts %+v", c.name, got, f.Bad, f.Doubts)
		}
	}
	if _, err := ReadOrders(OrderOptions{In: file("03/04/2026"), Zone: time.UTC, Dates: "backwards"}); !errors.Is(err, ErrInput) {
		t.Errorf("an order that is none: %v", err)
	}
}

// Rows that are plainly wrong are listed: more cells than titles, a day that is still to come, a currency that there is none of.
func TestOrdersThatCannotBe(t *testing.T) {
	in := written(t, "o.csv", "order no,Created,amount,email,currency\nA1,2026-11-03,5,a@b.example,rmb\nA2,2026-11-02,1,299,a@b.example,CNY\nA3,2062-11-02,5,a@b.example,CNY\nA4,2026-11-02,5,a@b.example,QQQ\nA5,2026-11-02,5,a@b.example,usd,\n")
	f, err := ReadOrders(OrderOptions{In: in, Zone: time.UTC, Now: time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)})
	bad := []BadOrder{{3, "wide", "CNY"}, {4, "future", "2062-11-02"}, {5, "currency", "QQQ"}}
	if err != nil || len(f.Orders) != 2 || f.Orders[0].Currency != "CNY" || f.Orders[1].Currency != "USD" || !slices.Equal(f.Bad, bad) {
		t.Errorf("%+v, %v", f, err)
	}
	for value, near := range map[string]string{"yuan": "CNY", "人民币": "CNY", "QQQ": "", "money": "", "$": "USD", "eur": "-", "JPY": "-"} {
		_, err := ReadOrders(OrderOptions{In: in, Zone: time.UTC, Currency: value})
		var currency *ErrCurrency
		if near == "-" && err != nil || near != "-" && (!errors.As(err, &currency) || !errors.Is(err, ErrInput) || currency.Near != near) {
			t.Errorf("%s: %v", value, err)
		}
	}
}

// A file that lacks what an order needs is refused with the name of it, and of what is there.
func TestReadOrdersThatAreNone(t *testing.T) {
	for content, missing := range map[string]string{
		"time,amount,email\n1,2,3\n":             "number",
		"order no,amount,email\n1,2,3\n":         "time",
		"order no,time,email\n1,2,3\n":           "amount",
		"order no,time,amount,note\n1,2,3\n":     "buyer",
		"order no,time,amount,customer\n1,2,3\n": "buyer",
		"订单号,时间,金额,买家\n1,2,3\n":                  "buyer",
	} {
		_, err := ReadOrders(OrderOptions{In: written(t, "x.csv", content), Zone: time.UTC})
		var columns *ErrColumns
		if !errors.As(err, &columns) || columns.Missing != missing || !errors.Is(err, ErrInput) {
			t.Errorf("%q: %v, want that %s is missing", content, err, missing)
		}
	}
	path := written(t, "x.csv", "order no,time,amount,email\n")
	for what, title := range map[string]string{"number": "nothing", "colour": "time"} {
		if _, err := ReadOrders(OrderOptions{In: path, Zone: time.UTC, Columns: map[string]string{what: title}}); !errors.Is(err, ErrInput) {
			t.Errorf("%s=%s: %v", what, title, err)
		}
	}
}
