package importer_test

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"huiyin/kb/importer"
)

// TestReadTables: a table is read in whatever encoding and with whatever between its cells Excel and others write it; the
// same articles come out.
func TestReadTables(t *testing.T) {
	const text = "问题,答案,分类\n怎么退货？,签收后 7 天内可以退；运费由商家承担。,售后\nHow do I return it?,\"Within 7 days, free of charge.\",after\n"
	encodings := []struct {
		name string
		enc  encoding.Encoding
	}{
		{"UTF-8", encoding.Nop},
		{"UTF-8 with a mark", unicode.UTF8BOM},
		{"GBK", simplifiedchinese.GBK},
		{"GB18030", simplifiedchinese.GB18030},
		{"UTF-16 LE with a mark", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)},
		{"UTF-16 BE with a mark", unicode.UTF16(unicode.BigEndian, unicode.UseBOM)},
		{"UTF-16 LE", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)},
		{"UTF-16 BE", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)},
	}
	for delimiter, in := range map[string]string{"comma": text, "semicolon": cells(text, ";"), "tab": cells(text, "\t"), "Windows lines": strings.ReplaceAll(text, "\n", "\r\n")} {
		for _, e := range encodings {
			t.Run(e.name+", "+delimiter, func(t *testing.T) {
				raw, err := e.enc.NewEncoder().Bytes([]byte(in))
				if err != nil {
					t.Fatal(err)
				}
				for _, name := range []string{"a.csv", "a.tsv"} {
					got, err := importer.Read(importer.File{Name: name, Data: raw}, importer.Options{})
					if err != nil || len(got) != 2 || got[0].Title != "怎么退货？" || got[0].Body != "签收后 7 天内可以退；运费由商家承担。" || got[0].Category != "售后" ||
						got[1].Title != "How do I return it?" || got[1].Body != "Within 7 days, free of charge." || got[1].Lang != "en" {
						t.Errorf("%s: %v, %+v", name, err, got)
					}
				}
			})
		}
	}
}

// cells puts something else than commas between cells.
func cells(text, between string) string {
	quoted := strings.ReplaceAll(text, "days, free", "days\x00 free")
	return strings.ReplaceAll(strings.ReplaceAll(quoted, ",", between), "\x00", ",")
}
