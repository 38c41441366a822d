package nlp

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// westernTail is what may follow a street: apartment, city, state, postal code.
var westernTail = regexp.MustCompile(`^(?:,? ?(?:apt|apartment|unit|suite|ste|flat|floor|room|rm|#)\.? ?#?[a-z0-9-]{1,6}\b)?` +
	`(?:(?:,? [a-z.'-]{3,15}){1,3},? (?:[a-z]{2},? )?(?:\d{5,6}(?:-\d{4})?|[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}|[a-z]\d[a-z] ?\d[a-z]\d)\b` +
	`|(?:,? [a-z.'-]{3,15}){1,3},? (?:nsw|vic|qld|wa|sa|tas|act|nt) \d{4}\b` +
	`|,? (?:\d{5}|[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}|\d{4} ?[a-z]{2})\b(?: [a-zà-ÿ-]{3,20})?|(?:, [a-z.' -]{3,20}?)?, [a-z]{2}\b)?`)

// westernAddresses finds a house number with a street: 221B Baker Street, 12 rue de la Paix, Hauptstraße 5, PO Box 12.
func (d *detector) westernAddresses() {
	s := d.s
	for i := 0; i < len(s); {
		c := s[i]
		if !isAlnum(c) || alnumBefore(s, i) {
			i++
			continue
		}
		j := latinEnd(s, i)
		end := 0
		switch {
		case isDigit(c):
			end = d.numberedStreet(i, j)
		case s[i:j] == "po" || s[i:j] == "p":
			end = postBox(s, i)
		case unitWord(s[i:j]):
			end = d.unitStreet(j)
		default:
			end = d.streetNumber(i, j)
		}
		if end == 0 {
			i = j
			continue
		}
		end += len(westernTail.FindString(s[end:min(len(s), end+80)]))
		d.add(i, end, PIIAddress)
		i = end
	}
}

// latinEnd is the end of the word at i: Latin letters, accented or not, and digits.
func latinEnd(s string, i int) int {
	for i < len(s) {
		if isAlnum(s[i]) {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r < utf8.RuneSelf || !isLatin(r) {
			break
		}
		i += n
	}
	return i
}

// unitWord reports words that name a part of a house, before the street: Flat 3, 17 Elm Grove.
func unitWord(w string) bool {
	switch w {
	case "flat", "apt", "apartment", "unit", "suite":
		return true
	}
	return false
}

// unitStreet is the end of a numbered street that follows a unit's number, whose word ends at j; or 0.
func (d *detector) unitStreet(j int) int {
	s := d.s
	at := unitNumber.FindStringIndex(s[j:min(len(s), j+12)])
	if at == nil || !isDigit(s[min(j+at[1], len(s)-1)]) {
		return 0
	}
	from := j + at[1]
	return d.numberedStreet(from, latinEnd(s, from))
}

var unitNumber = regexp.MustCompile(`^ #?(?:\d{1,4}[a-z]?|[a-z]\d{0,3}),? `)

// numberedStreet is the end of "12 Baker Street" whose number is s[i:j], or 0.
func (d *detector) numberedStreet(i, j int) int {
	s := d.s
	number := s[i:j]
	if j < len(s) && (s[j] == '-' || s[j] == '/') && alnumAt(s, j+1) { // 12-14, 3/27
		for j++; alnumAt(s, j); {
			j++
		}
	}
	if !houseNumber(number) || i > 0 && strings.IndexByte("$#.:-/%", s[i-1]) >= 0 {
		return 0
	}
	k, words := j, 0
	for k < len(s) && words < 6 {
		if s[k] != ' ' && !(s[k] == ',' && words == 0 && k+1 < len(s) && s[k+1] == ' ') {
			return 0
		}
		for k < len(s) && (s[k] == ' ' || s[k] == ',') {
			k++
		}
		from := k
		for k < len(s) && (isAlnum(s[k]) || s[k] >= 0xC0 && s[k] < 0xE3 || s[k] >= 0x80 && s[k] < 0xC0 || s[k] == '\'' || s[k] == '-') {
			k++
		}
		w := s[from:k]
		switch {
		case w == "" || words > 0 && stopsStreet(w):
			return 0
		case words == 0 && frenchStreet(w):
			end, particle := d.frenchEnd(k)
			if end > 0 && (particle || w == "rue" || w == "quai" || w == "chemin" || d.surelyAddress(i, end)) {
				return end
			}
			return 0
		case words == 0 && w == "broadway":
			return k
		case words == 0 && stopsStreet(w) && w != "the":
			return 0
		case words > 0 && streetWord(w, true), words > 0 && streetWord(w, false) && d.surelyAddress(i, k):
			if k < len(s) && s[k] == '.' {
				k++
			}
			return streetDirection(s, k)
		}
		if k < len(s) && s[k] == '.' { // N. Main St.
			k++
		}
		words++
	}
	return 0
}

// houseNumber: up to five digits, perhaps with a letter.
func houseNumber(s string) bool {
	digits := strings.TrimRight(s, "abcdefgh")
	return len(s)-len(digits) <= 1 && len(digits) <= 5 && allDigits(digits) && digits[0] != '0'
}

// streetWord reports whether w ends a street's name. The weak ones mean other things as well (drive, court, place).
func streetWord(w string, strong bool) bool {
	if strong {
		switch w {
		case "street", "st", "avenue", "ave", "road", "rd", "lane", "ln", "boulevard", "blvd", "parkway", "pkwy", "crescent",
			"terrace", "highway", "hwy", "turnpike", "mews", "broadway":
			return true
		}
		return false
	}
	switch w {
	case "drive", "dr", "court", "ct", "place", "pl", "way", "square", "sq", "circle", "cir", "trail", "trl", "close", "row",
		"gardens", "hill", "park", "grove", "walk", "route", "green", "quay", "alley", "loop":
		return true
	}
	return false
}

// stopsStreet reports words that stand in sentences and not in street names.
func stopsStreet(w string) bool {
	switch w {
	case "days", "day", "weeks", "week", "months", "hours", "hour", "minutes", "mins", "years", "items", "item", "times",
		"pairs", "pieces", "pcs", "boxes", "orders", "people", "usb", "gb", "tb", "mb", "kg", "miles", "km", "dollars", "bucks", "usd",
		"is", "are", "was", "in", "on", "at", "to", "from", "for", "and", "or", "but", "my", "your", "this", "that", "it", "i",
		"we", "they", "with", "by", "ago", "off", "out", "up", "down", "am", "pm", "percent", "different", "more", "other",
		"all", "not", "no", "same", "have", "has", "when", "left", "please", "units", "degrees", "stars", "star":
		return true
	}
	return false
}

// surelyAddress confirms an address that ends in a weak word: its name is written with capitals in the original, or the
// words before it announce an address.
func (d *detector) surelyAddress(i, end int) bool {
	span := d.source.Source(i, end)
	words := strings.Fields(d.source.Original()[span.Start:span.End])
	capitals := 0
	for _, w := range words[1:] {
		if r, _ := utf8.DecodeRuneInString(w); latinCapital(r) {
			capitals++
		}
	}
	if capitals >= len(words)-1 && len(words) > 2 {
		return true
	}
	before := d.s[max(0, i-windowBytes):i]
	for _, w := range []string{"address", "live at", "lives at", "living at", "ship to", "shipped to", "deliver to", "delivered to",
		"send it to", "moved to", "located at", "deliver it to", "sent to", "mail it to", "drop it at", "come to"} {
		if strings.Contains(before, w) {
			return true
		}
	}
	return westernZip.MatchString(d.s[end:min(len(d.s), end+60)])
}

var westernZip = regexp.MustCompile(`^,? ?(?:(?:apt|unit|suite|ste|flat|#)[^,]{1,8})?(?:,? [a-z .'-]{3,25})?,? (?:[a-z]{2} )?(?:\d{5}\b|[a-z]{1,2}\d[a-z\d]? \d[a-z]{2}\b)`)

// capital reports whether the character at byte i of the folded text is a capital Latin letter in the original.
func (d *detector) capital(i int) bool {
	if i >= len(d.s) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(d.source.Original()[d.source.Source(i, i+1).Start:])
	return latinCapital(r) || r >= 0xC0 && (r < 'ａ' || r > 'ｚ')
}

// latinCapital reports whether r is A to Z, in half or full width.
func latinCapital(r rune) bool { return 'A' <= r && r <= 'Z' || 'Ａ' <= r && r <= 'Ｚ' }

// streetDirection takes a direction behind a street with it: 5th Ave NW.
func streetDirection(s string, k int) int {
	for _, w := range []string{" nw", " ne", " sw", " se", " north", " south", " east", " west", " n", " s", " e", " w"} {
		if strings.HasPrefix(s[k:], w) && !alnumAt(s, k+len(w)) {
			return k + len(w)
		}
	}
	return k
}

// frenchStreet reports words that begin a street's name in French.
func frenchStreet(w string) bool {
	switch w {
	case "rue", "avenue", "boulevard", "chemin", "quai", "impasse", "allée", "place":
		return true
	}
	return false
}

// frenchEnd is the end of "12 rue de la Paix": particles and one or two names after the street word that ends at k.
func (d *detector) frenchEnd(k int) (end int, particle bool) {
	s, names := d.s, 0
	for names < 2 && k < len(s) && s[k] == ' ' {
		from := k + 1
		for k = from; k < len(s) && (isAlnum(s[k]) || s[k] >= 0x80 && s[k] < 0xE3 || s[k] == '\'' || s[k] == '-'); {
			k++
		}
		switch w := s[from:k]; w {
		case "de", "du", "des", "la", "le", "les":
			particle = true
		case "":
			return end, particle
		default:
			if stopsStreet(w) && end > 0 {
				return end, particle
			}
			names++
			end = k
			if names == 1 && !strings.HasPrefix(s[k:], " de ") {
				return end, particle
			}
		}
	}
	return end, particle
}

// streetNumber is the end of a street that comes before its number, as in German, Dutch, Spanish and Italian:
// Hauptstraße 12, Calle Mayor 10; or 0. The first word is s[i:j].
func (d *detector) streetNumber(i, j int) int {
	s := d.s
	w := s[i:j]
	k := j
	switch {
	case hasAnySuffix(w, "straße", "strasse", "straat", "gasse", "allee", "str") && len(w) > 5:
		if k < len(s) && s[k] == '.' {
			k++
		}
	case w == "calle" || w == "via" || w == "viale" || w == "piazza" || w == "carrer" || w == "avenida":
		for words := 0; words < 3 && k < len(s) && s[k] == ' ' && !isDigit(s[min(k+1, len(s)-1)]); words++ {
			for k++; k < len(s) && (isLetter(s[k]) || s[k] >= 0x80 && s[k] < 0xE3); {
				k++
			}
		}
		if k == j {
			return 0
		}
		if k < len(s) && s[k] == ',' {
			k++
		}
		if !d.capital(j + 1) { // "via chat 2"
			return 0
		}
	default:
		return 0
	}
	if k >= len(s) || s[k] != ' ' {
		return 0
	}
	from := k + 1
	for k = from; alnumAt(s, k); {
		k++
	}
	if k == from || !houseNumber(s[from:k]) {
		return 0
	}
	return k
}

func hasAnySuffix(s string, suffixes ...string) bool {
	for _, x := range suffixes {
		if strings.HasSuffix(s, x) {
			return true
		}
	}
	return false
}

// postBox is the end of "PO Box 123" at i, or 0.
func postBox(s string, i int) int {
	for _, p := range []string{"po box ", "p.o. box ", "p.o box ", "p o box "} {
		if rest, ok := strings.CutPrefix(s[i:], p); ok {
			k := i + len(p)
			for alnumAt(s, k) {
				k++
			}
			if rest != "" && k > i+len(p) && isDigit(rest[0]) {
				return k
			}
		}
	}
	return 0
}
