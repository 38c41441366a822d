package kb

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// ErrEncoding means that it cannot be told how a file is encoded.
var ErrEncoding = errors.New("kb: unknown encoding")

// Encodings are the names that DecodeText knows.
func Encodings() []string { return []string{"utf-8", "utf-16", "gbk", "big5", "windows-1252"} }

func encodingOf(name string) encoding.Encoding {
	switch strings.ToLower(name) {
	case "utf-16":
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case "gbk", "gb18030", "gb2312":
		return simplifiedchinese.GB18030
	case "big5":
		return traditionalchinese.Big5
	case "windows-1252":
		return charmap.Windows1252
	}
	return encoding.Nop
}

// DecodeText turns a file into UTF-8 text. With name, one of Encodings, it is read as that; without, the encoding is
// found by byte order marks, by zero bytes (UTF-16), and by which decoding gives the likelier text. ErrEncoding asks for
// a name when that is not clear.
func DecodeText(raw []byte, name string) (string, error) {
	if name != "" {
		return decodeAs(raw, name)
	}
	switch {
	case bytes.HasPrefix(raw, []byte("\xff\xfe")), bytes.HasPrefix(raw, []byte("\xfe\xff")):
		return decodeAs(raw, "utf-16")
	case utf8.Valid(raw) && bytes.IndexByte(raw, 0) < 0:
		return strings.TrimPrefix(string(raw), "\uFEFF"), nil
	}
	if order, ok := FindUTF16(raw); ok {
		out, err := unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder().Bytes(raw)
		if err == nil {
			return string(out), nil
		}
	}
	name, sure := FindEncoding(raw)
	if bytes.IndexByte(raw, 0) >= 0 { // no text in one of the others has one
		return "", NewFault("encoding.none", "this is no text file").Marked(ErrEncoding)
	}
	if !sure {
		return "", NewFault("encoding", "the encoding of the text cannot be told: save the file as UTF-8, or say which of {known} it is", "known", named(Encodings()[1:])).Marked(ErrEncoding)
	}
	return decodeAs(raw, name)
}

// FindUTF16 says whether text without a byte order mark is UTF-16, and in which byte order.
func FindUTF16(raw []byte) (unicode.Endianness, bool) {
	order, ok := zeros(raw)
	if !ok {
		return order, false
	}
	out, err := unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder().Bytes(raw)
	return order, err == nil && likely(string(out)) >= 0.9
}

// FindEncoding says whether text that is neither UTF-8 nor UTF-16 is likeliest in GBK, Big5 or Windows-1252, by the name of
// Encodings; empty when it is in none of them. It is not sure when another one is nearly as likely. Text that is in one of them but
// for one character in a hundred is in it too. The end of raw must not cut a character.
func FindEncoding(raw []byte) (name string, sure bool) {
	for _, broken := range []int{0, 1} {
		// Text in GBK read as Big5, or the reverse, has many characters that hardly anybody writes.
		best, second := 0.0, 0.0
		for _, candidate := range []string{"gbk", "big5", "windows-1252"} {
			out, err := encodingOf(candidate).NewDecoder().Bytes(raw)
			if err != nil || bytes.Count(out, []byte("\uFFFD"))*100 > broken*utf8.RuneCount(out) {
				continue
			}
			switch score := likely(string(out)); {
			case score > best:
				best, second, name = score, best, candidate
			case score > second:
				second = score
			}
		}
		if best >= 0.75 {
			return name, best-second >= 0.1
		}
	}
	return "", false
}

func decodeAs(raw []byte, name string) (string, error) {
	known := false
	for _, e := range Encodings() {
		known = known || strings.EqualFold(e, name)
	}
	if !known {
		return "", NewFault("encoding.name", "there is no encoding “{name}” here: use one of {known}", "name", name, "known", named(Encodings())).Marked(ErrEncoding)
	}
	if strings.EqualFold(name, "utf-8") {
		if !utf8.Valid(raw) {
			return "", NewFault("encoding.line", "the text is not UTF-8 from line {line} on", "line", invalidLine(raw)).Marked(ErrEncoding)
		}
		return strings.TrimPrefix(string(raw), "\uFEFF"), nil
	}
	out, err := encodingOf(name).NewDecoder().Bytes(raw)
	if err != nil {
		return "", NewFault("encoding.not", "the text is not {name}: choose another encoding", "name", name).Marked(ErrEncoding)
	}
	if bytes.ContainsRune(out, utf8.RuneError) {
		return "", NewFault("encoding.not", "the text is not {name}: choose another encoding", "name", name).Marked(ErrEncoding)
	}
	return strings.TrimPrefix(string(out), "\uFEFF"), nil
}

// zeros finds the byte order of UTF-16 without a mark: ASCII letters have a zero byte on one side.
func zeros(raw []byte) (unicode.Endianness, bool) {
	if len(raw)%2 != 0 || len(raw) == 0 {
		return unicode.LittleEndian, false
	}
	var at [2]int
	for i, b := range raw {
		if b == 0 {
			at[i%2]++
		}
	}
	switch half := len(raw) / 2; {
	case at[1]*20 >= half && at[0]*20 < half:
		return unicode.LittleEndian, true
	case at[0]*20 >= half && at[1]*20 < half:
		return unicode.BigEndian, true
	}
	return unicode.LittleEndian, false
}

// judged is how many characters outside ASCII are looked at to judge a text.
const judged = 4000

// likely is the share of the first characters outside ASCII that ordinary text is made of: Han characters of the first level of
// GB 2312, their traditional forms, Chinese marks, and, for European text, accented letters and typographic marks.
func likely(text string) float64 {
	good, all := 0, 0
	for _, r := range text {
		if all >= judged {
			break
		}
		if r < 0x80 {
			if r < ' ' && r != '\n' && r != '\r' && r != '\t' {
				all += 10 // no text has these
			}
			continue
		}
		all++
		if common(r) {
			good++
		}
	}
	if all == 0 {
		return 1
	}
	return float64(good) / float64(all)
}

func common(r rune) bool {
	switch {
	case strings.ContainsRune("àâäáãåæçèéêëìíîïñòóôöõøùúûüÿßÀÂÄÁÇÈÉÊËÑÖÜŒœ‘’“”–—…€£©®™°·«»", r):
		return true
	case strings.ContainsRune("，。！？：；（）《》、【】￥～「」『』　", r), r >= 0xFF10 && r <= 0xFF5A:
		return true
	case r < 0x4E00 || r > 0x9FFF:
		return false
	}
	// Level 1 of GB 2312 lies in 0xB0A1..0xD7FE of GBK, the frequent characters of Big5 in 0xA440..0xC67E.
	if b, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(string(r))); err == nil && len(b) == 2 && b[0] >= 0xB0 && b[0] <= 0xD7 && b[1] >= 0xA1 {
		return true
	}
	b, err := traditionalchinese.Big5.NewEncoder().Bytes([]byte(string(r)))
	return err == nil && len(b) == 2 && b[0] >= 0xA4 && b[0] <= 0xC6
}
