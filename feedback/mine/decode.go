package mine

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
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

// decode finds out how a text file is encoded: by its byte order mark, else UTF-8 when its beginning is that, else as kb finds it
// for articles: GB 18030, which holds GBK and GB 2312, Big5 or Windows-1252. The name is empty for UTF-8. A file that is in none of
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
	case validStart(head):
		return in, "", nil
	}
	switch found, sure := kb.FindEncoding(wholeLines(head)); {
	case found == "gbk":
		return through(simplifiedchinese.GB18030), EncodingGB, nil
	case found == "big5" && sure:
		return through(traditionalchinese.Big5), EncodingBig5, nil
	case found == "windows-1252" && sure:
		return through(charmap.Windows1252), EncodingLatin, nil
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

// utf16Order finds out whether bytes are UTF-16, and in which order: by its mark, or because the zeros of its commas and line ends
// stand in the first or in the second bytes only, and what comes out is text.
func utf16Order(b []byte) (unicode.Endianness, bool) {
	switch {
	case bytes.HasPrefix(b, []byte{0xFF, 0xFE}):
		return unicode.LittleEndian, true
	case bytes.HasPrefix(b, []byte{0xFE, 0xFF}):
		return unicode.BigEndian, true
	}
	var zeros [2]int
	for i, c := range b {
		if c == 0 {
			zeros[i%2]++
		}
	}
	order, one, other := unicode.LittleEndian, zeros[1], zeros[0]
	if other > one {
		order, one, other = unicode.BigEndian, other, one
	}
	if other > 0 || one < 2 {
		return order, false
	}
	text, err := unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder().Bytes(b[:len(b)&^1])
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

// validStart reports whether bytes are UTF-8, but for a rune that their end cuts.
func validStart(b []byte) bool {
	for range utf8.UTFMax {
		if utf8.Valid(b) {
			return true
		}
		if len(b) == 0 {
			return false
		}
		b = b[:len(b)-1]
	}
	return false
}
