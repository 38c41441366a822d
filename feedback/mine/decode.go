package mine

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"huiyin/kb"
)

// What files that are not in UTF-8 are read as.
const (
	EncodingUTF16 = "UTF-16"
	EncodingGB    = "GB 18030 (GBK)"
	EncodingBig5  = "Big5"
	EncodingLatin = "Windows-1252"
)

// decode finds out how a text file is encoded: by its byte order mark, else UTF-8 when its beginning is that but for
// one character in a hundred, else as kb finds it for articles: GB 18030, which holds GBK and GB 2312, Big5 or Windows-1252. The name is empty for UTF-8. A file that is in none of
// them is a FileEncoding, and so is one that may be in two of them, neither GB 18030.
func decode(in *bufio.Reader) (decoded *bufio.Reader, name string, err error) {
	head, err := in.Peek(headBytes)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, "", fmt.Errorf("%w: %w", ErrInput, err)
	}
	if len(head) == 0 {
		return nil, "", &FileError{Why: FileEmpty}
	}
	through := func(e encoding.Encoding) *bufio.Reader {
		return bufio.NewReaderSize(transform.NewReader(in, e.NewDecoder()), 1<<16)
	}
	order, wide := utf16Order(head)
	switch {
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		_, err := in.Discard(3)
		return in, "", err
	case wide:
		return through(unicode.UTF16(order, unicode.UseBOM)), EncodingUTF16, nil
	case isBinary(head):
		return nil, "", &FileError{Why: FileBinary}
	}
	all, strange, broken := utf8Share(head)
	if broken == 0 || broken*100 <= all && broken < strange { // some signs of another encoding slip into a file
		return in, "", nil
	}
	switch found, sure := kb.FindEncoding(wholeLines(head)); {
	case found == "gbk":
		return through(simplifiedchinese.GB18030), EncodingGB, nil
	case found == "big5" && sure:
		return through(traditionalchinese.Big5), EncodingBig5, nil
	case found == "windows-1252" && sure:
		return through(charmap.Windows1252), EncodingLatin, nil
	case broken*100 <= all:
		return in, "", nil
	}
	return nil, "", &FileError{Why: FileEncoding}
}

// headBytes is how much of a file tells its encoding.
const headBytes = 1 << 15

// wholeLines is the beginning of a file without the line that it cuts.
func wholeLines(head []byte) []byte {
	if end := bytes.LastIndexByte(head, '\n'); end >= 0 && len(head) == headBytes {
		return head[:end+1]
	}
	return head
}

// utf16Order finds out whether bytes are UTF-16, and in which order: by its mark, or as kb finds it for articles.
func utf16Order(b []byte) (unicode.Endianness, bool) {
	switch {
	case bytes.HasPrefix(b, []byte{0xFF, 0xFE}):
		return unicode.LittleEndian, true
	case bytes.HasPrefix(b, []byte{0xFE, 0xFF}):
		return unicode.BigEndian, true
	}
	b = b[:len(b)&^1]
	order, ok := kb.FindUTF16(b)
	if !ok {
		return order, false
	}
	text, err := unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder().Bytes(b)
	return order, err == nil && !isBinary(text) && bytes.Count(text, []byte("\uFFFD"))*100 <= utf8.RuneCount(text)
}

// isBinary reports whether bytes are no text in any encoding that we read: they hold a zero, or more control characters than slip
// into texts.
func isBinary(b []byte) bool {
	control := 0
	for _, c := range b {
		switch {
		case c == 0:
			return true
		case c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f':
			control++
		}
	}
	return control*50 > len(b)
}

// utf8Share looks at bytes as UTF-8: how many characters outside ASCII they have, and how many places that are none. A character that
// their end cuts is neither.
func utf8Share(b []byte) (all, wide, broken int) {
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && size == 1:
			if !utf8.FullRune(b) {
				return all, wide, broken
			}
			broken++
		case size > 1:
			wide++
		}
		all, b = all+1, b[size:]
	}
	return all, wide, broken
}

// unreadable makes text of a row that is in another encoding at some places, and counts these.
func unreadable(row []string) (places int) {
	for i, cell := range row {
		if !utf8.ValidString(cell) {
			row[i] = strings.ToValidUTF8(cell, "\uFFFD")
		}
		places += strings.Count(row[i], "\uFFFD")
	}
	return places
}
