package mine

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// decode finds out how a text file is encoded: by its byte order mark, else UTF-8 when its beginning is that, else
// GB 18030, which holds GBK and GB 2312.
func decode(in *bufio.Reader) (*bufio.Reader, error) {
	head, err := in.Peek(1 << 15)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: %w", ErrInput, err)
	}
	if len(head) == 0 {
		return nil, fmt.Errorf("%w: the file is empty", ErrInput)
	}
	through := func(e encoding.Encoding) *bufio.Reader {
		return bufio.NewReaderSize(transform.NewReader(in, e.NewDecoder()), 1<<16)
	}
	switch {
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		_, err := in.Discard(3)
		return in, err
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		return through(unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)), nil
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return through(unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM)), nil
	case bytes.IndexByte(head, 0) >= 0:
		return nil, fmt.Errorf("%w: this is no text file: give a CSV, JSONL or XLSX file", ErrInput)
	case validStart(head), !looksChinese(head):
		return in, nil
	}
	return through(simplifiedchinese.GB18030), nil
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

// looksChinese reports whether the bytes outside ASCII come in pairs that GB 18030 can read.
func looksChinese(b []byte) bool {
	out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(b)
	if err != nil {
		return false
	}
	broken := bytes.Count(out, []byte("\uFFFD"))
	return broken*100 <= utf8.RuneCount(out)
}
