package nlp

import (
	"strings"
	"unicode/utf8"
)

const maxOrderBytes = 40

// order finds an order, tracking or ticket number at i. Announced ("订单号…", "order #…") any code of four characters with
// a digit in it counts; otherwise the form must be one that such numbers have.
func (x *extraction) order(i int) int {
	s := x.s
	from := i
	if s[i] == '#' {
		from++
	}
	j := from
	digits, letters, dashes := 0, 0, 0
	for j < len(s) && j-from <= maxOrderBytes {
		switch c := s[j]; {
		case isDigit(c):
			digits++
		case isLetter(c):
			letters++
		case (c == '-' || c == '_') && j > from && alnumAt(s, j+1):
			dashes++
		default:
			goto done
		}
		j++
	}
done:
	size := letters + digits
	if digits == 0 || size < 3 || j-from > maxOrderBytes || j < len(s) && (s[j] == '@' || s[j] == '%' || s[j] == '.' && alnumAt(s, j+1)) {
		return 0
	}
	if !orderForm(s, from, j, letters, digits, dashes) {
		return 0
	}
	x.add(from, j, rankOrder, EntityOrder, strings.ToUpper(s[from:j]))
	return j
}

// orderForm decides on the code s[from:j].
func orderForm(s string, from, j, letters, digits, dashes int) bool {
	size := letters + digits
	hash := from > 0 && s[from-1] == '#'
	switch near := nearTheme(s, from); {
	case near == themeOrder || afterTheme(s, j) == themeOrder:
		return size >= 4 && !unitFollows(s, j, letters)
	case near == themeOther || near == themePhone || near == themeVersion || near == themeMoney || near == themePlate:
		return false
	}
	lead := 0
	for from+lead < j && isLetter(s[from+lead]) {
		lead++
	}
	switch {
	case hash:
		r, _ := utf8.DecodeRuneInString(s[j:])
		return digits >= 3 && letters <= 4 && !isHan(r) && s[max(0, from-2)] != '&' // #2020你好#, &#183;
	case lead > 0 && lead <= 4 && letters == lead && dashes == 0: // SF1234567890
		return digits >= 8 && s[from:from+lead] != "qq"
	case lead > 0 && lead <= 5 && dashes > 0 && letters == lead: // E-1024, ORD-2024-0001
		return digits >= 4
	case letters == 0 && dashes == 0:
		// Twelve digits and more are hardly anything else; but milliseconds since 1970 are.
		return digits >= 12 && digits <= 24 && !(digits == 13 && s[from] == '1' && s[from+1] >= '4' && s[from+1] <= '8') &&
			!unitFollows(s, j, 0)
	case letters == 0 && dashes > 0: // 028-7654321-1234567
		return digits >= 14 && !(digits == 16 && validBirthday(s[from:from+8]))
	}
	return false
}

// unitFollows reports whether a plain number is followed by something that it counts.
func unitFollows(s string, j, letters int) bool {
	if letters > 0 {
		return false
	}
	rest := strings.TrimLeft(s[j:], " ")
	for _, u := range []string{"元", "块", "件", "个", "天", "年", "月", "号楼", "点", "分", "次", "day", "week", "dollar", "usd", "hour", "month"} {
		if strings.HasPrefix(rest, u) {
			return true
		}
	}
	return false
}
