package nlp

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mask is text with the given spans made unreadable but still recognisable to the person they belong to:
// 138****5678, z***@example.com, 北京市朝阳区***. Every text that leaves the database (logs, digests, exports, prompts)
// goes through it. Spans that lie outside text or inside a character are widened or dropped, never a panic.
func Mask(text string, pii []PII) string {
	if len(pii) == 0 {
		return text
	}
	spans := slices.Clone(pii)
	slices.SortFunc(spans, func(a, b PII) int { return cmp.Compare(a.Start, b.Start) })
	var b strings.Builder
	at := 0
	for _, p := range spans {
		start, end := max(p.Start, at), min(p.End, len(text))
		for start > at && start < len(text) && !utf8.RuneStart(text[start]) {
			start--
		}
		for end > start && end < len(text) && !utf8.RuneStart(text[end]) {
			end++
		}
		if start >= end {
			continue
		}
		b.WriteString(text[at:start])
		b.WriteString(maskOne(text[start:end], p.Kind))
		at = end
	}
	b.WriteString(text[at:])
	return b.String()
}

// Redact is text with all personal data that FindPII knows masked.
func Redact(text string) string {
	text = Clean(text)
	return Mask(text, FindPII(text))
}

// MaskIn is text as it may be shown outside the database: with the personal data masked that its analysis found. Where there
// is no analysis of this text (nil, or of an earlier version), it is looked for anew, so that nothing is shown for want of one.
func MaskIn(text string, a *Analysis) string {
	if a == nil || a.Text != text {
		return Redact(text)
	}
	return Mask(text, a.PII)
}

// maskOne masks one value.
func maskOne(value, kind string) string {
	switch kind {
	case PIIEmail:
		at := strings.LastIndexAny(value, "@＠")
		if at <= 0 {
			return "***"
		}
		_, n := utf8.DecodeRuneInString(value)
		return value[:n] + "***" + value[at:]
	case PIIPhone:
		return maskPhone(value)
	case PIIIDCard:
		return maskMiddle(value, 3, 4)
	case PIIBankCard, PIISSN:
		return maskMiddle(value, 0, 4)
	case PIIIBAN:
		return maskMiddle(value, 4, 2)
	case PIIPassport:
		return maskMiddle(value, 1, 2)
	case PIIPlate:
		return maskMiddle(value, 2, 2)
	case PIIAccount:
		return maskMiddle(value, 1, 1)
	case PIIIP:
		return maskIP(value)
	case PIIAddress:
		return maskAddress(value)
	case PIIName:
		return maskMiddle(value, 1, 0)
	}
	return "***"
}

// shortestLandline is the number of digits of a landline of mainland China, without its area.
const shortestLandline = 7

// maskPhone keeps the country code, the first three and the last four digits of a number that is long enough, and
// nothing of an extension.
func maskPhone(value string) string {
	if i := strings.IndexFunc(value, unicode.IsLetter); i > 0 { // 转8012, ext. 42
		return maskPhone(value[:i]) + strings.Map(func(r rune) rune {
			if unicode.IsDigit(r) {
				return '*'
			}
			return r
		}, value[i:])
	}
	if p := strings.Split(value, "-"); len(p) == 3 && value[0] == '0' && len(p[1]) >= shortestLandline { // 0755-26712345-603
		return maskPhone(p[0]+"-"+p[1]) + "-" + strings.Repeat("*", len(p[2]))
	}
	n := countAlnum(value)
	switch {
	case n >= 12:
		return maskMiddle(value, n-8, 4)
	case n >= 11:
		return maskMiddle(value, 3, 4)
	case n >= 8:
		return maskMiddle(value, 2, 3)
	}
	return maskMiddle(value, 0, 2)
}

func countAlnum(s string) int {
	n := 0
	for _, r := range s {
		if maskable(r) {
			n++
		}
	}
	return n
}

// maskable reports whether r says something: everything but separators and marks.
func maskable(r rune) bool {
	return !strings.ContainsRune(" -.·•()/:+\u3000（）－＋", r) && !invisible(r) && r != zwj
}

// maskMiddle replaces all but the first head and the last tail characters by asterisks, leaving separators in place.
func maskMiddle(value string, head, tail int) string {
	n := countAlnum(value)
	if n <= head+tail { // too short to show anything of it
		head, tail = 0, 0
	}
	var b strings.Builder
	i := 0
	for _, r := range value {
		if !maskable(r) {
			b.WriteRune(r)
			continue
		}
		if i < head || i >= n-tail {
			b.WriteRune(r)
		} else {
			b.WriteByte('*')
		}
		i++
	}
	return b.String()
}

// maskIP keeps the first two parts.
func maskIP(value string) string {
	sep := "."
	if strings.Contains(value, ":") {
		sep = ":"
	}
	parts := strings.Split(value, sep)
	if len(parts) < 3 {
		return "***"
	}
	return parts[0] + sep + parts[1] + sep + "*" + sep + "*"
}

// maskAddress keeps the regions at the front of a Chinese address, which many people share, and nothing else.
func maskAddress(value string) string {
	f := FoldText(Clean(value))
	if end := regionsEnd(f.Text); end > 0 {
		return value[:f.Source(0, end).End] + "***"
	}
	return "***"
}
