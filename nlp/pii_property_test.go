package nlp_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"

	"huiyin/nlp"
)

// kinds lists what FindPII finds in a text, with the span's text.
func kinds(text string) []string {
	var out []string
	for _, p := range nlp.FindPII(text) {
		out = append(out, p.Kind+" "+text[p.Start:p.End])
	}
	return out
}

// chineseID is an identity number with its check character: ISO 7064 MOD 11-2 by its definition, the weights written out.
func chineseID(r *rand.Rand) string {
	regions := []string{"110105", "310104", "440305", "510107", "330106", "820000"}
	day := fmt.Sprintf("%d%02d%02d", 1930+r.IntN(90), 1+r.IntN(12), 1+r.IntN(28))
	body := regions[r.IntN(len(regions))] + day + fmt.Sprintf("%03d", r.IntN(1000))
	weights := []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += w * int(body[i]-'0')
	}
	return body + string("10X98765432"[sum%11])
}

// An identity number is found with its own check character and, unless it is announced as one, with no other.
func TestIdentityNumbersHaveTheirCheckCharacter(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		id := chineseID(r)
		for _, form := range []string{id, strings.ToLower(id), "证件 " + id + "。"} {
			if got := kinds(form); len(got) != 1 || !strings.EqualFold(got[0], "id_card "+id) {
				t.Fatalf("%q: got %q", form, got)
			}
		}
		for _, c := range "0123456789X" {
			wrong := id[:17] + string(c)
			if wrong == id {
				continue
			}
			for _, got := range kinds("no " + wrong) {
				if strings.HasPrefix(got, "id_card") {
					t.Fatalf("%s: check character of another number: %q", wrong, got)
				}
			}
			if got := kinds("身份证号" + wrong); len(got) != 1 || got[0] != "id_card "+wrong {
				t.Fatalf("%s is announced, with a typing error in it: got %q", wrong, got)
			}
		}
	}
}

// luhnDigit is the digit that makes a number pass the Luhn check, by its definition.
func luhnDigit(body string) string {
	sum := 0
	for i, r := range body {
		v := int(r - '0')
		if (len(body)-i)%2 == 1 {
			v *= 2
		}
		sum += v/10 + v%10
	}
	return fmt.Sprint((10 - sum%10) % 10)
}

func TestCardNumbersByIssuer(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, c := range []struct {
		issuer, prefix string
		size           int
	}{
		{"Visa", "4539", 16}, {"Mastercard", "5211", 16}, {"Mastercard, 2-series", "2221", 16}, {"Mastercard, 2-series", "2720", 16},
		{"American Express", "3437", 15}, {"American Express", "3717", 15}, {"JCB", "3528", 16}, {"JCB", "3589", 16}, {"Discover", "6011", 16},
		{"Discover", "6445", 16}, {"Discover", "6500", 16}, {"Diners Club", "3612", 14}, {"Diners Club", "3051", 14}, {"UnionPay", "6200", 16},
		{"UnionPay", "6217", 19}, {"older debit card", "9558", 19},
	} {
		for range 20 {
			body := c.prefix
			for len(body) < c.size-1 {
				body += fmt.Sprint(r.IntN(10))
			}
			card := body + luhnDigit(body)
			if got := kinds("卡 " + card); !slices.Equal(got, []string{"bank_card " + card}) {
				t.Fatalf("%s %s: got %q", c.issuer, card, got)
			}
			// One digit mistyped is never a card, unless it is announced.
			at := r.IntN(c.size)
			wrong := card[:at] + fmt.Sprint((int(card[at]-'0')+1+r.IntN(9))%10) + card[at+1:]
			for _, got := range kinds("no " + wrong) {
				if strings.HasPrefix(got, "bank_card") {
					t.Fatalf("%s %s, mistyped from %s: got %q", c.issuer, wrong, card, got)
				}
			}
		}
	}
}

// iban is an account number of a country with its two check digits: ISO 7064 MOD 97-10, by long division.
func iban(country, account string) string {
	for check := range 98 {
		number := fmt.Sprintf("%s%02d%s", country, check, account)
		rest := 0
		for _, c := range number[4:] + number[:4] {
			if unicode.IsLetter(c) {
				rest = (rest*100 + int(c-'A') + 10) % 97
			} else {
				rest = (rest*10 + int(c-'0')) % 97
			}
		}
		if rest == 1 {
			return number
		}
	}
	panic("no check digits for " + country + account)
}

// The lengths are those of SWIFT's registry of IBANs.
func TestIBANByCountry(t *testing.T) {
	for country, size := range map[string]int{
		"NO": 15, "BE": 16, "DK": 18, "FI": 18, "NL": 18, "SI": 19, "AT": 20, "EE": 20, "LT": 20, "LU": 20, "CH": 21, "HR": 21, "LI": 21,
		"LV": 21, "BG": 22, "DE": 22, "GB": 22, "IE": 22, "ME": 22, "RS": 22, "AE": 23, "IL": 23, "AD": 24, "CZ": 24, "ES": 24, "RO": 24,
		"SA": 24, "SE": 24, "SK": 24, "TN": 24, "PT": 25, "IS": 26, "TR": 26, "FR": 27, "GR": 27, "IT": 27, "MC": 27, "SM": 27, "AL": 28,
		"CY": 28, "HU": 28, "PL": 28, "MT": 31,
	} {
		account := strings.Repeat("3704004405320130", 2)[:size-4]
		good := iban(country, account)
		var spaced strings.Builder
		for i, c := range good {
			if i > 0 && i%4 == 0 {
				spaced.WriteByte(' ')
			}
			spaced.WriteRune(c)
		}
		for _, form := range []string{good, strings.ToLower(good), spaced.String()} {
			text := "pay to " + form + ", please"
			if got := kinds(text); !slices.Equal(got, []string{"iban " + form}) {
				t.Errorf("%q: got %q", text, got)
			}
		}
		swapped := good[:size-1] + fmt.Sprint((int(good[size-1]-'0')+1)%10)
		short, long := iban(country, account[:size-5]), iban(country, account+"7")
		for _, wrong := range []string{swapped, short, long} {
			for _, got := range kinds("ref " + wrong) {
				if strings.HasPrefix(got, "iban") {
					t.Errorf("%s: got %q", wrong, got)
				}
			}
		}
	}
}

func TestPhonesByCountry(t *testing.T) {
	for text, want := range map[string]string{
		// Taiwan, Hong Kong, Macau
		"手機 0912345678":         "0912345678",
		"打 0912-345-678 給我":     "0912-345-678",
		"市話 02-2345-6789":       "02-2345-6789",
		"公司 (02) 2345-6789":     "(02) 2345-6789",
		"+886 912 345 678":      "+886 912 345 678",
		"+852 9123 4567":        "+852 9123 4567",
		"電話 9123 4567":          "9123 4567",
		"+853 6612 3456":        "+853 6612 3456",
		"0086 138 1234 5678 谢谢": "0086 138 1234 5678",
		// North America
		"(415) 555-2671":            "(415) 555-2671",
		"415-555-2671":              "415-555-2671",
		"415.555.2671":              "415.555.2671",
		"1-415-555-2671":            "1-415-555-2671",
		"+1 415 555 2671":           "+1 415 555 2671",
		"call 4155552671":           "4155552671",
		"call 415-555-2671 ext. 42": "415-555-2671 ext. 42",
		// Europe
		"+44 20 7946 0958":  "+44 20 7946 0958",
		"07700 900123":      "07700 900123",
		"+33 6 12 34 56 78": "+33 6 12 34 56 78",
		"06 12 34 56 78":    "06 12 34 56 78",
		"+49 151 23456789":  "+49 151 23456789",
		"0151 2345678":      "0151 2345678",
		"0034 612 345 678":  "0034 612 345 678",
		// nobody's
		"400-820-8820":         "",
		"1-800-555-0199":       "",
		"800 555 0199":         "",
		"0000000000":           "",
		"shipped 2026-11-21":   "",
		"1.415 and 2.555":      "",
		"pi is 3.14159265358":  "",
		"10123456789":          "",
		"15412345678":          "",
		"115-555-2671":         "",
		"415-155-2671":         "",
		"IP 192.168.100.200":   "",
		"0912345678件":          "",
		"版本 138.1234.5678":     "",
		"9123 4567":            "",
		"tracking 4155552671":  "",
		"order no. 4155552671": "",
	} {
		var got []string
		for _, p := range nlp.FindPII(text) {
			if p.Kind == nlp.PIIPhone {
				got = append(got, text[p.Start:p.End])
			}
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// What masking leaves of a value is never enough to guess it, and never changes what stands around it.
func TestMasksHideMostOfAValue(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	values := map[string]func() string{
		nlp.PIIIDCard:   func() string { return chineseID(r) },
		nlp.PIIPhone:    func() string { return fmt.Sprintf("138%08d", r.IntN(1e8)) },
		nlp.PIIBankCard: func() string { return fmt.Sprintf("622202%013d", r.Int64N(1e13)) },
		nlp.PIIIBAN:     func() string { return iban("DE", fmt.Sprintf("%018d", r.Int64N(1e18))) },
		nlp.PIISSN:      func() string { return fmt.Sprintf("%03d-%02d-%04d", r.IntN(1000), r.IntN(100), r.IntN(10000)) },
		nlp.PIIPassport: func() string { return fmt.Sprintf("E%08d", r.IntN(1e8)) },
		nlp.PIIEmail:    func() string { return fmt.Sprintf("li.%06d@example.com", r.IntN(1e6)) },
		nlp.PIIIP:       func() string { return fmt.Sprintf("10.20.%d.%d", r.IntN(256), r.IntN(256)) },
		nlp.PIIAccount:  func() string { return fmt.Sprintf("wx_%08d", r.IntN(1e8)) },
	}
	for kind, value := range values {
		seen := map[string]bool{}
		for range 50 {
			v := value()
			text := "前 " + v + " after"
			start := len("前 ")
			got := nlp.Mask(text, []nlp.PII{{Span: nlp.Span{Start: start, End: start + len(v)}, Kind: kind}})
			masked, ok := strings.CutSuffix(strings.TrimPrefix(got, "前 "), " after")
			if !ok || !strings.HasPrefix(got, "前 ") {
				t.Fatalf("%s: %q became %q", kind, text, got)
			}
			hidden := strings.Count(masked, "*")
			if masked == v || hidden < 2 {
				t.Errorf("%s: %q is shown as %q", kind, v, masked)
			}
			if again := nlp.Redact(masked); strings.Count(again, "*") < hidden {
				t.Errorf("%s: masked again, %q shows more: %q", kind, masked, again)
			}
			seen[masked] = true
		}
		if kind == nlp.PIIIP && len(seen) != 1 {
			t.Errorf("%d masks of addresses in one network", len(seen))
		}
	}
}

func TestMaskOfOddValues(t *testing.T) {
	for _, c := range []struct{ kind, value, want string }{
		{nlp.PIIIP, "192.168.1.20", "192.168.*.*"},
		{nlp.PIIIP, "2001:db8:85a3::8a2e:370:7334", "2001:db8:*:*"},
		{nlp.PIIIP, "::1", "::*:*"},
		{nlp.PIIIP, "1", "***"},
		{nlp.PIIEmail, "@", "***"},
		{nlp.PIIEmail, "王@例子.cn", "王***@例子.cn"},
		{nlp.PIIEmail, "ann＠example.com", "a***＠example.com"},
		{nlp.PIIPhone, "12345", "***45"},
		{nlp.PIIPhone, "12", "**"},
		{nlp.PIIPhone, "62345678", "62***678"},
		{nlp.PIIPhone, "0755-26712345-603", "0755-****2345-***"},
		{nlp.PIIPhone, "13812345678转8012", "138****5678转****"},
		{nlp.PIIPassport, "E1", "**"},
		{nlp.PIIPlate, "京A·12345", "京A·***45"},
		{nlp.PIIAddress, "翻斗大街翻斗花园", "***"},
		{nlp.PIIAddress, "浙江省杭州市西湖区文三路100号", "浙江省杭州市西湖区***"},
		{"of another version", "secret", "***"},
	} {
		got := nlp.Mask(c.value, []nlp.PII{{Span: nlp.Span{End: len(c.value)}, Kind: c.kind}})
		if got != c.want {
			t.Errorf("%s %q: got %q, want %q", c.kind, c.value, got, c.want)
		}
	}
}
