package nlp

import (
	"strings"
	"unicode/utf8"
)

// letterID finds identity documents and plates that begin with a Latin letter or are announced: passports, Hong Kong
// and Taiwan identity cards, foreign plates. It returns their end, or 0.
func (d *detector) letterID(i int) int {
	s := d.s
	j := i
	for j < len(s) && isAlnum(s[j]) && j-i < 20 {
		j++
	}
	if alnumAt(s, j) || i > 0 && strings.IndexByte("-_./@#", s[i-1]) >= 0 {
		return 0
	}
	code := s[i:j]
	if !isLetter(s[i]) {
		return d.foreignPlate(i, j)
	}
	if end := d.hongKongID(i, j); end > 0 {
		return end
	}
	joined := j+1 < len(s) && strings.IndexByte("-_@", s[j]) >= 0 && isAlnum(s[j+1])
	switch {
	case joined:
	case taiwanID(code) && !nearTheme(s, i).impersonal():
		d.add(i, j, PIIIDCard)
		return j
	case passportForm(code) && themeIn(s, i, j, themePassport) && !nearTheme(s, i).impersonal():
		d.add(i, j, PIIPassport)
		return j
	}
	return d.foreignPlate(i, j)
}

// hongKongID: one or two letters, six digits, a check character usually in brackets.
func (d *detector) hongKongID(i, j int) int {
	s, k := d.s, i
	for k < j && isLetter(s[k]) {
		k++
	}
	if k-i > 2 || j-k < 6 || k-i == 0 {
		return 0
	}
	digits := s[k:j]
	end, check := j, byte(0)
	switch {
	case len(digits) == 7:
		check, digits = digits[6], digits[:6]
	case len(digits) == 6 && j+2 < len(s) && s[j] == '(' && s[j+2] == ')':
		check, end = s[j+1], j+3
	default:
		return 0
	}
	if !allDigits(digits) || !hongKongCheck(s[i:k], digits, check) {
		return 0
	}
	// Without brackets an order number may look the same (one in eleven passes): it must be announced.
	if end == j && !themeIn(s, i, j, themeID) || nearTheme(s, i).impersonal() {
		return 0
	}
	d.add(i, end, PIIIDCard)
	return end
}

// hongKongCheck weighs the characters 9 … 2 (a missing first letter is a space, worth 36) and compares modulo 11.
func hongKongCheck(letters, digits string, check byte) bool {
	sum, weight := 0, 9
	if len(letters) == 1 {
		sum, weight = 36*9, 8
	}
	for _, c := range letters {
		sum += (int(c-'a') + 10) * weight
		weight--
	}
	for _, c := range digits {
		sum += int(c-'0') * weight
		weight--
	}
	want := (11 - sum%11) % 11
	if want == 10 {
		return check == 'a'
	}
	return check == byte('0'+want)
}

// taiwanID: a letter, 1 or 2 (8 or 9 for residents), eight digits, the last of which makes the weighted sum a multiple
// of ten.
func taiwanID(code string) bool {
	if len(code) != 10 || !allDigits(code[1:]) || strings.IndexByte("1289", code[1]) < 0 {
		return false
	}
	region := strings.IndexByte("abcdefghjklmnpqrstuvxywzio", code[0]) + 10
	if region < 10 {
		return false
	}
	sum := region/10 + region%10*9
	for k := 1; k < 9; k++ {
		sum += int(code[k]-'0') * (9 - k)
	}
	return (sum+int(code[9]-'0'))%10 == 0
}

func allDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

// passportForm: a letter or two and seven to nine digits (China E12345678, EA1234567, permits C, H, M and others), or
// the mixed forms of Germany and France, nine characters.
func passportForm(code string) bool {
	letters := 0
	for letters < len(code) && isLetter(code[letters]) {
		letters++
	}
	if letters <= 2 && allDigits(code[letters:]) {
		return len(code) >= 8 && len(code) <= 11
	}
	digits := 0
	for i := range len(code) {
		if isDigit(code[i]) {
			digits++
		}
	}
	return len(code) == 9 && digits >= 4
}

// provinces are the first characters of mainland China's civil plates; 港 and 澳 stand at the end of border plates.
const provinces = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

// plate finds a Chinese licence plate at the Han character at i (GA 36): province, office letter, then five characters,
// or six for new energy; I and O are not used. It returns its end, or 0.
func (d *detector) plate(i int) int {
	s := d.s
	r, n := utf8.DecodeRuneInString(s[i:])
	if !strings.ContainsRune(provinces, r) {
		return 0
	}
	j := i + n
	if j >= len(s) || !isLetter(s[j]) || s[j] == 'i' {
		return 0
	}
	j++
	for _, dot := range []string{"·", " · ", "•", "-", " ", "."} {
		if rest, ok := strings.CutPrefix(s[j:], dot); ok && rest != "" && isAlnum(rest[0]) {
			j += len(dot)
			break
		}
	}
	k, digits := j, 0
	for k < len(s) && isAlnum(s[k]) {
		if s[k] == 'i' || s[k] == 'o' {
			return 0
		}
		if isDigit(s[k]) {
			digits++
		}
		k++
	}
	size := k - j
	for _, tail := range []string{"学", "警", "港", "澳", "挂", "试", "超"} {
		if size == 4 && strings.HasPrefix(s[k:], tail) {
			k += len(tail)
			size++
			break
		}
	}
	if size != 5 && size != 6 || digits < 2 {
		return 0
	}
	d.add(i, k, PIIPlate)
	return k
}

// foreignPlate finds a plate of another country when it is announced ("plate", "车牌"): up to three groups of letters and
// digits, five to eight characters, with both in it.
func (d *detector) foreignPlate(i, j int) int {
	s := d.s
	if cues().fillers[s[i:j]] || nearTheme(s, i) != themePlate {
		return 0
	}
	end, letters, digits := i, 0, 0
	for groups := 0; groups < 3; groups++ {
		k := end
		if groups > 0 {
			if k >= len(s) || s[k] != ' ' && s[k] != '-' {
				break
			}
			k++
		}
		l, g, from := 0, 0, k
		for k < len(s) && isAlnum(s[k]) {
			if isDigit(s[k]) {
				g++
			} else {
				l++
			}
			k++
		}
		if k == from || k-from > 7 || g == 0 && l > 3 || letters+digits+l+g > 8 {
			break
		}
		letters, digits, end = letters+l, digits+g, k
		if letters > 0 && digits > 0 && letters+digits >= 6 {
			break
		}
	}
	if letters == 0 || digits == 0 || letters+digits < 5 {
		return 0
	}
	d.add(i, max(end, j), PIIPlate)
	return max(end, j)
}
