package locale_test

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"huiyin/data"
)

// Nobody knows whether a customer is a woman, and English has no blank before a per cent sign.
func TestEnglishOfReports(t *testing.T) {
	b, err := fs.ReadFile(data.Files(), "locale/digest.en.yaml")
	if err != nil {
		t.Fatal(err)
	}
	odd := regexp.MustCompile(`(?i)\b(she|her|hers|he|his|him)\b|[0-9}] %`)
	for line := range strings.Lines(string(b)) {
		if key, say, _ := strings.Cut(line, ": "); odd.MatchString(say) {
			t.Errorf("%s says %q", key, odd.FindString(say))
		}
	}
}
