package mine

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/currency"

	"huiyin/bot"
)

// OrderOptions say how a file of orders is read.
type OrderOptions struct {
	In       string
	Zone     *time.Location    // of times that name none
	Currency string            // where the file names none
	Columns  map[string]string // what → the title of its column, in place of a guess; what is one of OrderColumns
	Now      time.Time         // an order of more than a day later is a mistake; zero: none is
	Dates    string            // DayFirst or MonthFirst: how 03/04/2026 is read; empty: as all rows can be read
	// Ask settles a doubt: it returns the place of a choice, or Unanswered. nil: the likeliest is taken.
	Ask func(Doubt) (int, error)
}

// OrderFile is what a file of orders says.
type OrderFile struct {
	Orders []bot.Order
	Taken  []TakenColumn
	Unused []string // titles of columns that were taken for nothing
	Rows   int      // without the header
	Bad    []BadOrder
	Doubts []Settled
}

// TakenColumn is a column that is used.
type TakenColumn struct{ What, Title string }

// BadOrder is a row that was left out.
type BadOrder struct {
	Row int // as the file counts them
	// Why is number, time, amount, currency or buyer: what is missing or cannot be read; order: a time in another order than Dates;
	// future: a time that is still to come; or a RowTrouble of the whole row.
	Why   string
	Value string // what stands there
}

// OrderColumns are what a column of a file of orders can be.
func OrderColumns() []string {
	return []string{"number", "time", "amount", "currency", "email", "phone", "id"}
}

// orderNames are what these columns are called, the surest name first; a time may be called as it is in a file of feedback.
func orderNames() map[string][]string {
	known := map[string][]string{
		"number":   {"order_number", "order_no", "order_id", "number", "order", "no", "订单号", "订单编号", "单号", "订单", "编号"},
		"time":     {"order_time", "order_date", "ordered_at", "paid_at", "created_at", "下单时间", "付款时间", "支付时间", "成交时间"},
		"amount":   {"amount", "total", "order_total", "total_price", "paid", "price", "sum", "value", "实付金额", "订单金额", "支付金额", "实付", "金额", "总价", "合计"},
		"currency": {"currency", "币种", "货币"},
		"email":    {"email", "e_mail", "mail", "customer_email", "buyer_email", "contact_email", "邮箱", "电子邮箱", "邮件"},
		"phone":    {"phone", "mobile", "tel", "telephone", "phone_number", "customer_phone", "手机号", "手机号码", "手机", "联系电话", "电话"},
		"id":       {"customer_id", "external_id", "buyer_id", "user_id", "member_id", "contact_id", "会员号", "会员编号", "客户编号", "客户号", "用户编号"},
	}
	known["time"] = append(known["time"], names()["time"]...)
	return known
}

// ErrColumns means that a file lacks a column, or that one is called otherwise: Missing says what.
type ErrColumns struct {
	Missing string // one of OrderColumns or Fields, or buyer: none of email, phone and id
	Title   string // that was asked for, and is not in the file
	Header  []string
	Near    string // the title that is most like Title; empty: none is
}

// Error implements error.
func (e *ErrColumns) Error() string {
	if e.Title != "" {
		return fmt.Sprintf("mine: no column is called %q; there are: %s", e.Title, strings.Join(e.Header, ", "))
	}
	return fmt.Sprintf("mine: no column looks like %s; there are: %s", e.Missing, strings.Join(e.Header, ", "))
}

// Unwrap says that it is the input's fault.
func (e *ErrColumns) Unwrap() error { return ErrInput }

// ReadOrders reads a file of orders (CSV, JSONL or XLSX). A row that cannot be used is left out, and listed.
func ReadOrders(o OrderOptions) (OrderFile, error) {
	var f OrderFile
	if err := oneOf(o.Dates, DayFirst, MonthFirst); err != nil {
		return f, err
	}
	if o.Currency != "" {
		code := currencyCode(o.Currency)
		if code != strings.ToUpper(strings.TrimSpace(o.Currency)) {
			return f, &ErrCurrency{o.Currency, code}
		}
		o.Currency = code
	}
	in, err := open(o.In)
	if err != nil {
		return f, fmt.Errorf("%s: %w", o.In, err)
	}
	defer in.close.Close()
	header, err := firstRow(in, o.In)
	if err != nil {
		return f, err
	}
	at, err := orderColumns(header, o.Columns)
	if err != nil {
		return f, err
	}
	used := map[int]bool{}
	for _, what := range OrderColumns() {
		if i, ok := at[what]; ok {
			used[i] = true
			f.Taken = append(f.Taken, TakenColumn{what, header[i]})
		}
	}
	for i, title := range header {
		if !used[i] && strings.TrimSpace(title) != "" {
			f.Unused = append(f.Unused, title)
		}
	}
	if err := f.read(in, at, header, o); err != nil {
		return f, fmt.Errorf("%s: %w", o.In, err)
	}
	return f, nil
}

// read reads all rows before it makes orders of them: how days are written is known when all were seen.
func (f *OrderFile) read(in source, at map[string]int, header []string, o OrderOptions) error {
	var all []heldRow
	var sample [][]string
	for {
		cells, err := in.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !errors.Is(err, errBadRow) {
			return err
		}
		if err == nil {
			err = tooWide(cells, len(header))
		}
		cells = slices.Clone(cells)
		all = append(all, heldRow{cells, err})
		if err == nil {
			sample = append(sample, cells)
		}
	}
	f.Rows = len(all)
	var count dayCount
	count.addRows(sample, at["time"])
	days, err := orderOfDays(&count, o.Dates, o.Zone, func(d Doubt) (string, error) { return settle(d, o.Ask, &f.Doubts) })
	if err != nil {
		return err
	}
	for i, row := range all {
		if row.err != nil {
			bad := BadOrder{Row: in.first + i, Why: string(RowCells)}
			if e := (*rowError)(nil); errors.As(row.err, &e) {
				bad.Why, bad.Value = string(e.why), e.value
			}
			f.Bad = append(f.Bad, bad)
			continue
		}
		order, why, value := orderOf(row.cells, at, header, o, days)
		if why != "" {
			f.Bad = append(f.Bad, BadOrder{in.first + i, why, value})
			continue
		}
		f.Orders = append(f.Orders, order)
	}
	return nil
}

// orderColumns finds what each column is: as told, else by its title.
func orderColumns(header []string, told map[string]string) (map[string]int, error) {
	at := map[string]int{}
	bare := make([]string, len(header))
	for i, h := range header {
		bare[i] = bareName(h)
	}
	for _, what := range slices.Sorted(maps.Keys(told)) {
		if !slices.Contains(OrderColumns(), what) {
			return nil, fmt.Errorf("%w: %q is none of %s", ErrInput, what, strings.Join(OrderColumns(), ", "))
		}
		i := slices.IndexFunc(header, func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), strings.TrimSpace(told[what])) })
		if i < 0 {
			return nil, &ErrColumns{what, told[what], header, nearTitle(told[what], header)}
		}
		at[what] = i
	}
	taken := slices.Collect(maps.Values(at))
	for _, what := range OrderColumns() {
		if _, ok := at[what]; ok {
			continue
		}
		free := slices.Clone(bare)
		for _, i := range taken {
			free[i] = ""
		}
		i := named(free, orderNames()[what])
		if i < 0 {
			i = endsLike(free, orderNames()[what], func(int) bool { return true })
		}
		if i >= 0 {
			at[what], taken = i, append(taken, i)
		}
	}
	for _, what := range []string{"number", "time", "amount"} {
		if _, ok := at[what]; !ok {
			return nil, &ErrColumns{Missing: what, Header: header}
		}
	}
	if len(at) < 4 || !hasAny(at, "email", "phone", "id") {
		return nil, &ErrColumns{Missing: "buyer", Header: header}
	}
	return at, nil
}

func hasAny(at map[string]int, names ...string) bool {
	return slices.ContainsFunc(names, func(n string) bool { _, ok := at[n]; return ok })
}

// orderOf makes an order of a row, or says what of it cannot be used.
func orderOf(row []string, at map[string]int, header []string, o OrderOptions, days dayOrder) (order bot.Order, why, value string) {
	cell := func(what string) string {
		i, ok := at[what]
		if !ok || i >= len(row) {
			return ""
		}
		return strings.TrimSpace(row[i])
	}
	order.Number = strings.ToUpper(cell("number"))
	if order.Number == "" || strings.ContainsFunc(order.Number, unicode.IsControl) || len(order.Number) > 200 {
		return order, "number", cell("number")
	}
	var ok bool
	if order.At, ok = whenIn(cell("time"), o.Zone, days); !ok {
		if _, other := whenIn(cell("time"), o.Zone, !days); other {
			return order, "order", cell("time")
		}
		return order, "time", cell("time")
	}
	if !o.Now.IsZero() && order.At.After(o.Now.AddDate(0, 0, 1)) { // a day is what zones may be apart
		return order, "future", cell("time")
	}
	cents, sign, ok := amount(cell("amount"))
	if !ok {
		return order, "amount", cell("amount")
	}
	order.Cents, order.Currency = cents, firstOf(sign, currencyOf(header[at["amount"]]), o.Currency)
	if own := cell("currency"); own != "" {
		if order.Currency = currencyCode(own); order.Currency == "" {
			return order, "currency", own
		}
	}
	for _, b := range []string{bot.BuyerEmail(cell("email")), bot.BuyerPhone(cell("phone")), bot.BuyerID(cell("id"))} {
		if b != "" && !strings.ContainsFunc(b, unicode.IsControl) && len(b) <= 200 {
			order.Buyer = append(order.Buyer, b)
		}
	}
	if len(order.Buyer) == 0 {
		return order, "buyer", firstOf(cell("email"), cell("phone"), cell("id"))
	}
	return order, "", ""
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// ErrCurrency means that OrderOptions.Currency is no code of ISO 4217.
type ErrCurrency struct {
	Value string
	Near  string // the code that is meant; empty: not known
}

// Error implements error.
func (e *ErrCurrency) Error() string {
	return fmt.Sprintf("mine: %q is no currency: write its three letters, for example CNY or USD", e.Value)
}

// Unwrap says that it is the input's fault.
func (e *ErrCurrency) Unwrap() error { return ErrInput }

// currencyCode is the code of a currency that is named by its code (ISO 4217), its sign or a common word; "" when none is.
func currencyCode(text string) string {
	text = strings.ToUpper(strings.TrimSpace(text))
	if unit, err := currency.ParseISO(text); err == nil {
		return unit.String()
	}
	for _, c := range []struct{ code, words string }{{"CNY", "YUAN RENMINBI 人民币 人民幣 块"}, {"USD", "DOLLAR DOLLARS 美元"}, {"EUR", "EURO EUROS 欧元 歐元"}, {"GBP", "POUND POUNDS 英镑 英鎊"},
		{"JPY", "YEN 日元 日圓"}, {"HKD", "港币 港幣 港元"}, {"TWD", "新台币 新臺幣 新台幣"}} {
		if slices.Contains(strings.Fields(c.words), text) {
			return c.code
		}
	}
	if slices.Contains([]string{"RMB", "¥", "￥", "元", "$", "€", "£", "HK$", "NT$", "US$"}, text) {
		return currencyOf(text)
	}
	return ""
}

// currencyOf is the currency that a sign or a word in a text names; "" when none does.
func currencyOf(text string) string {
	text = strings.ToUpper(text)
	for _, c := range []struct{ sign, code string }{{"HK$", "HKD"}, {"NT$", "TWD"}, {"US$", "USD"}, {"HKD", "HKD"}, {"TWD", "TWD"}, {"USD", "USD"}, {"EUR", "EUR"}, {"GBP", "GBP"},
		{"JPY", "JPY"}, {"CNY", "CNY"}, {"RMB", "CNY"}, {"¥", "CNY"}, {"￥", "CNY"}, {"元", "CNY"}, {"$", "USD"}, {"€", "EUR"}, {"£", "GBP"}} {
		if strings.Contains(text, c.sign) {
			return c.code
		}
	}
	return ""
}

// amounts are what an amount may look like: a sign, a currency and a number, whose marks are looked at apart.
var amounts = regexp.MustCompile(`^([-+]?)\s*(?:HK\$|NT\$|US\$|HKD|TWD|USD|EUR|GBP|JPY|CNY|RMB|[¥元$€£])?\s*([-+]?)\s*(\d[\d.,]*|[.,]\d+)\s*(?:HK\$|NT\$|US\$|HKD|TWD|USD|EUR|GBP|JPY|CNY|RMB|[¥元$€£])?$`)

// marked are the ways in which a number is written, the whole part first and then the hundredths.
var marked = []*regexp.Regexp{
	regexp.MustCompile(`^(\d+)$`),
	regexp.MustCompile(`^(\d*)[.,](\d{1,2})$`),
	regexp.MustCompile(`^(\d*)\.(\d{4,})$`),
	regexp.MustCompile(`^(0?)\.(\d{3})$`),
	regexp.MustCompile(`^(\d{4,})\.(\d{3})$`),
	regexp.MustCompile(`^([1-9]\d{0,2}(?:,\d{3})+)(?:\.(\d+))?$`),
	regexp.MustCompile(`^([1-9]\d{0,2}(?:\.\d{3}){2,})(?:,(\d+))?$`),
	regexp.MustCompile(`^([1-9]\d{0,2}\.\d{3}),(\d+)$`),
}

// amount reads money: "1,299.00", "¥12.5", "1.299,00 €", "(3.20)" for money back. A comma stands before thousands when three digits
// follow it, and before hundredths when one or two do. A single dot before three digits may mean either and is no amount, as is
// whatever holds more than a sign, a currency and a number.
func amount(text string) (cents int64, currency string, ok bool) {
	text = strings.TrimSpace(strings.Map(narrow, strings.ToUpper(text)))
	currency = currencyOf(text)
	inner, back := strings.CutPrefix(text, "(")
	if back {
		if inner, ok = strings.CutSuffix(inner, ")"); !ok {
			return 0, currency, false
		}
	}
	m := amounts.FindStringSubmatch(strings.TrimSpace(inner))
	if m == nil || m[1] != "" && m[2] != "" {
		return 0, currency, false
	}
	for _, way := range marked {
		n := way.FindStringSubmatch(m[3])
		if n == nil {
			continue
		}
		whole := strings.NewReplacer(",", "", ".", "").Replace(n[1])
		if len(whole) > 12 {
			return 0, currency, false
		}
		part := "000"
		if len(n) > 2 {
			part = (n[2] + part)[:3]
		}
		thousandths, err := strconv.ParseInt("0"+whole+part, 10, 64)
		if err != nil {
			return 0, currency, false
		}
		cents = (thousandths + 5) / 10
		if back || m[1]+m[2] == "-" {
			cents = -cents
		}
		return cents, currency, true
	}
	return 0, currency, false
}

// narrow is a letter, digit or mark in its usual width; a minus is a hyphen.
func narrow(r rune) rune {
	switch {
	case r >= '！' && r <= '～':
		return r - '！' + '!'
	case r == '−':
		return '-'
	case r == '￥':
		return '¥'
	}
	return r
}
