package all_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"huiyin/channels/all"
)

// TestEveryAdapterIsExplained: a newcomer finds a page in her language and a sample that she can start from.
func TestEveryAdapterIsExplained(t *testing.T) {
	for _, d := range all.Drivers() {
		t.Run(d.Name, func(t *testing.T) {
			english, chinese := page(t, d.Name, "README.md"), page(t, d.Name, "README.zh-CN.md")
			if n := ideographs(chinese); n < 100 {
				t.Errorf("README.zh-CN.md has only %d Chinese characters", n)
			}
			if e, c := headings(english), headings(chinese); !slices.Equal(e, c) {
				t.Errorf("the pages are not built alike: headings of levels %v in English, %v in Chinese", e, c)
			}
			if !strings.Contains(d.Sample, `channel = "`+d.Name+`"`) {
				t.Errorf("Sample is no inbox of channel %q", d.Name)
			}
			written, err := os.ReadFile(filepath.Join("..", d.Name, "sample.toml"))
			if err != nil || string(written) != d.Sample {
				t.Errorf("Sample is not sample.toml of the folder (%v)", err)
			}
		})
	}
}

// page reads a page of an adapter's folder.
func page(t *testing.T, folder, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", folder, name))
	if err != nil {
		t.Fatalf("channels/%s needs a %s: %v", folder, name, err)
	}
	return string(text)
}

// headings are the levels of a page's headings, outside code.
func headings(text string) []int {
	var levels []int
	code := false
	for line := range strings.Lines(text) {
		switch hashes := len(line) - len(strings.TrimLeft(line, "#")); {
		case strings.HasPrefix(line, "```"):
			code = !code
		case !code && hashes > 0:
			levels = append(levels, hashes)
		}
	}
	return levels
}

func ideographs(text string) int {
	n := 0
	for _, r := range text {
		if unicode.Is(unicode.Han, r) {
			n++
		}
	}
	return n
}
