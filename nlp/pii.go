package nlp

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"strings"
	"unicode/utf8"
)

// Kinds of personal data.
const (
	PIIPhone    = "phone"
	PIIEmail    = "email"
	PIIIDCard   = "id_card"   // of mainland China (15 or 18 characters), Hong Kong, Taiwan
	PIIBankCard = "bank_card" // debit and credit cards
	PIIPassport = "passport"  // passports and travel permits
	PIIPlate    = "plate"     // vehicle licence plates
	PIIAddress  = "address"   // a street address; a bare province, city or district is none
	PIIIP       = "ip"
	PIISSN      = "ssn" // US social security number
	PIIIBAN     = "iban"
	PIIAccount  = "account" // of a messenger: a WeChat ID, a QQ number, a Telegram name; at a bank, beside its sort code or routing number
	PIIName     = "name"    // of a person, behind words that announce one (我叫, 收件人, "my name is")
)

// PIIFinder is the component that fills in PII.
type PIIFinder struct{}

// Name is "pii".
func (PIIFinder) Name() string { return "pii" }

// Annotate fills in PII.
func (PIIFinder) Annotate(ctx context.Context, a *Analysis) error {
	a.PII = findPII(a.Folded())
	return ctx.Err()
}

// FindPII finds personal data in a text, in order and without overlap; never nil. Spans refer to Clean(text).
// A number must have the form of its kind and, where there is one, the right checksum; where the form alone says
// little, the words around it decide ("订单号 13812345678" is no phone). Service hotlines (400…, 95588, 1-800-…) and
// addresses of this host (127.0.0.1) belong to nobody and are left out.
func FindPII(text string) []PII { return findPII(FoldText(Clean(text))) }

func findPII(f Folded) []PII {
	d := detector{source: f, scanner: newScanner(f.Text)}
	if d.worthwhile() {
		d.scan()
	}
	d.spelled()
	d.addresses()
	d.accounts()
	d.names()
	hits := d.resolve()
	out := make([]PII, 0, len(hits))
	for _, h := range hits {
		out = append(out, PII{Span: f.Source(h.start, h.end), Kind: h.kind})
	}
	return out
}

// A hit is a find in folded text.
type hit struct {
	start, end int
	kind       string
}

// detector looks for personal data in one folded text.
type detector struct {
	scanner
	source Folded
	hits   []hit
}

func (d *detector) add(start, end int, kind string) { d.hits = append(d.hits, hit{start, end, kind}) }

// worthwhile reports whether the text holds a digit or an at sign, without which only addresses are possible.
func (d *detector) worthwhile() bool { return strings.ContainsAny(d.s, "0123456789@") }

// resolve sorts the hits and drops those that overlap an earlier or longer one.
func (d *detector) resolve() []hit {
	slices.SortStableFunc(d.hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
	})
	var out []hit
	for _, h := range d.hits {
		if n := len(out); n > 0 && h.start < out[n-1].end {
			if h.end-h.start > out[n-1].end-out[n-1].start {
				out[n-1] = h
			}
			continue
		}
		out = append(out, h)
	}
	return out
}

// scan visits every place where a code, a number, a mail address or a plate may begin.
func (d *detector) scan() {
	s := d.s
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case isAlnum(c) && !alnumBefore(s, i):
			i = d.atWord(i)
		case c == ':' && i+1 < len(s) && s[i+1] == ':', c == '+' && i+1 < len(s) && isDigit(s[i+1]) && !alnumBefore(s, i),
			c == '(' && i+1 < len(s) && (isDigit(s[i+1]) || s[i+1] == '+'):
			i = d.atWord(i)
		case c >= 0xE3:
			_, n := utf8.DecodeRuneInString(s[i:])
			i = max(i+n, d.plate(i))
		default:
			i++
		}
	}
}

// alnumBefore reports whether a Latin letter or digit stands right before i.
func alnumBefore(s string, i int) bool { return i > 0 && isAlnum(s[i-1]) }

// atWord tries everything that may begin with a Latin letter, a digit, a plus sign or a bracket at i. It returns
// where to go on.
func (d *detector) atWord(i int) int {
	s := d.s
	if end := d.emailEnd(i); end > 0 {
		d.add(i, end, PIIEmail)
		return end
	}
	if end := d.urlEnd(i); end > 0 && isAlnum(s[i]) {
		if k := strings.IndexAny(s[i:end], "=:"); k >= 0 && strings.HasPrefix(s[i:end], "tel") {
			return i + k + 1
		}
		if q := strings.IndexByte(s[i:end], '='); q >= 0 { // query values may be personal; the rest of an address is not
			return i + q + 1
		}
		return end
	}
	for _, try := range []func(int) int{d.ip, d.iban, d.letterID, d.numbers} {
		if end := try(i); end > 0 {
			return end
		}
	}
	for i++; i < len(s) && isAlnum(s[i]) && isAlnum(s[i-1]); {
		i++
	}
	return i
}

// ip finds an IPv4 or IPv6 address at i. Version numbers and masks are none.
func (d *detector) ip(i int) int {
	s := d.s
	j, dots, colons := i, 0, 0
	for j < len(s) && j-i < 46 && (isDigit(s[j]) || 'a' <= s[j] && s[j] <= 'f' || s[j] == '.' || s[j] == ':') {
		switch s[j] {
		case '.':
			dots++
		case ':':
			colons++
		}
		j++
	}
	if dots < 3 && colons < 2 {
		return 0
	}
	if dots >= 3 && colons == 1 { // a port
		j = i + strings.IndexByte(s[i:j], ':')
	}
	for j > i && (s[j-1] == '.' || s[j-1] == ':' && !strings.HasSuffix(s[i:j], "::")) {
		j--
	}
	if alnumAt(s, j) || i > 0 && (s[i-1] == '.' || s[i-1] == '-' || s[i-1] == '/') || j < len(s)-1 && s[j] == '-' && isAlnum(s[j+1]) {
		return 0
	}
	addr, err := netip.ParseAddr(s[i:j])
	switch {
	case err != nil:
		return 0
	case addr.Is4() && (j-i == len("1.8.8.8") || versionContext(s, i) || strings.HasPrefix(s[i:j], "255.") || addr.As4()[0] == 0):
		return j
	case addr.Is6() && j-i < 8, addr.IsLoopback(), addr.IsUnspecified():
		return j
	}
	d.add(i, j, PIIIP)
	return j
}

func alnumAt(s string, i int) bool { return i < len(s) && isAlnum(s[i]) }

// iban finds an international bank account number at i: country, check digits, account; written with or without
// spaces; valid modulo 97 (ISO 13616).
func (d *detector) iban(i int) int {
	s := d.s
	if i+15 > len(s) || !isLetter(s[i]) || !isLetter(s[i+1]) || !isDigit(s[i+2]) || !isDigit(s[i+3]) {
		return 0
	}
	want := ibanLength(s[i : i+2])
	if want == 0 {
		return 0
	}
	var b [34]byte
	n, j := 0, i
	for ; j < len(s) && n < want; j++ {
		switch c := s[j]; {
		case isAlnum(c):
			b[n] = c
			n++
		case (c == ' ' || c == '-') && alnumAt(s, j+1) && n >= 4:
		default:
			return 0
		}
	}
	if n < want || alnumAt(s, j) || !mod97(b[:n]) {
		return 0
	}
	d.add(i, j, PIIIBAN)
	return j
}

// mod97 is the check of ISO 7064 MOD 97-10 over a lower-case IBAN.
func mod97(iban []byte) bool {
	sum := 0
	for k := range iban {
		c := iban[(k+4)%len(iban)]
		if isDigit(c) {
			sum = (sum*10 + int(c-'0')) % 97
		} else {
			sum = (sum*100 + int(c-'a') + 10) % 97
		}
	}
	return sum == 1
}

// ibanLength is the length that a country fixed (SWIFT's IBAN registry), or 0.
func ibanLength(country string) int {
	switch country {
	case "no":
		return 15
	case "be":
		return 16
	case "dk", "fi", "nl":
		return 18
	case "si":
		return 19
	case "at", "ee", "lt", "lu":
		return 20
	case "ch", "hr", "li", "lv":
		return 21
	case "bg", "de", "gb", "ie", "me", "rs":
		return 22
	case "ae", "il":
		return 23
	case "ad", "cz", "es", "ro", "sa", "se", "sk", "tn":
		return 24
	case "pt":
		return 25
	case "is", "tr":
		return 26
	case "fr", "gr", "it", "mc", "sm":
		return 27
	case "al", "cy", "hu", "pl":
		return 28
	case "mt":
		return 31
	}
	return 0
}
