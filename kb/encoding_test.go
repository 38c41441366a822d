package kb_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"huiyin/kb"
)

func TestDecodeText(t *testing.T) {
	const (
		zh   = "id,title,body\nreturns.zh,怎么退货？,签收后 7 天内可以退货，运费由商家承担。\n"
		hant = "id,title,body\nreturns.zh,怎麼退貨？,簽收後 7 天內可以退貨，運費由商家承擔。\n"
		en   = "id,title,body\nreturns.en,Café “Noël”,The naïve résumé costs €5 – déjà vu\n"
	)
	for _, tc := range []struct {
		name string
		enc  encoding.Encoding
		text string
	}{
		{"UTF-8", encoding.Nop, zh},
		{"UTF-8 with a mark", unicode.UTF8BOM, zh},
		{"GBK", simplifiedchinese.GBK, zh},
		{"GB18030", simplifiedchinese.GB18030, zh},
		{"Big5", traditionalchinese.Big5, hant},
		{"UTF-16 of Windows", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), zh},
		{"UTF-16 big endian", unicode.UTF16(unicode.BigEndian, unicode.UseBOM), zh},
		{"UTF-16 without a mark", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), zh},
		{"UTF-16 of English", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), en},
		{"Windows-1252", charmap.Windows1252, en},
	} {
		t.Run(tc.name, func(t *testing.T) {
			raw, err := tc.enc.NewEncoder().Bytes([]byte(tc.text))
			if err != nil {
				t.Fatal(err)
			}
			got, err := kb.DecodeText(raw, "")
			if err != nil || got != tc.text {
				t.Errorf("%v, %q", err, got)
			}
		})
	}
	t.Run("named", func(t *testing.T) {
		raw := must(simplifiedchinese.GBK.NewEncoder().Bytes([]byte(zh)))(t)
		if got, err := kb.DecodeText(raw, "gbk"); err != nil || got != zh {
			t.Errorf("%v, %q", err, got)
		}
		for _, name := range []string{"utf-8", "klingon"} {
			if _, err := kb.DecodeText(raw, name); !errors.Is(err, kb.ErrEncoding) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
	t.Run("not clear", func(t *testing.T) {
		for _, raw := range []string{"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00", "a,\x81\xfe\x90\x8d"} {
			if got, err := kb.DecodeText([]byte(raw), ""); !errors.Is(err, kb.ErrEncoding) {
				t.Errorf("%q is read as %q: %v", raw, got, err)
			}
		}
	})
}

// FindEncoding forgives one character in a hundred, and DecodeText none: what is written again must be as it was read.
func TestFindEncoding(t *testing.T) {
	raw := append(must(simplifiedchinese.GBK.NewEncoder().Bytes([]byte(strings.Repeat("签收后七天内可以退货。\n", 20))))(t), 0xff, '\n')
	if name, sure := kb.FindEncoding(raw); name != "gbk" || !sure {
		t.Errorf("%s, %v", name, sure)
	}
	if _, err := kb.DecodeText(raw, ""); !errors.Is(err, kb.ErrEncoding) {
		t.Errorf("decoded: %v", err)
	}
	if name, sure := kb.FindEncoding([]byte("\x81\xfe\x90\x8d\xfe\x81")); name != "" || sure {
		t.Errorf("%s, %v", name, sure)
	}
}

func FuzzDecodeText(f *testing.F) {
	f.Add([]byte("a,b\n"), "")
	f.Add([]byte("\xff\xfea\x00"), "")
	f.Add([]byte("\xcd\xcb\xbb\xf5"), "gbk")
	f.Fuzz(func(t *testing.T, raw []byte, name string) {
		text, err := kb.DecodeText(raw, name)
		if err == nil && !utf8.ValidString(text) {
			t.Fatalf("%q (%s) becomes %q", raw, name, text)
		}
		if plain := bytes.TrimPrefix(raw, []byte("\uFEFF")); utf8.Valid(raw) && bytes.IndexByte(raw, 0) < 0 && name == "" && text != string(plain) {
			t.Fatalf("%q becomes %q", raw, text)
		}
	})
}
