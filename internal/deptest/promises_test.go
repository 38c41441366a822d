package deptest

import (
	"regexp"
	"strings"
	"testing"
)

var (
	testDecl = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	testName = regexp.MustCompile("`((?:Test|Fuzz)\\w+)`")
)

// TestPromisesHaveTests: every promise of the page names tests, and these exist.
func TestPromisesHaveTests(t *testing.T) {
	pages := tree(t)
	known := map[string]bool{}
	for name, text := range pages {
		if strings.HasSuffix(name, "_test.go") {
			for _, m := range testDecl.FindAllStringSubmatch(text, -1) {
				known[m[1]] = true
			}
		}
	}
	const page = "docs/promises.md"
	promises := 0
	for _, line := range strings.Split(pages[page], "\n") {
		names := testName.FindAllStringSubmatch(line, -1)
		for _, m := range names {
			if !known[m[1]] {
				t.Errorf("%s names %s, which is no test", page, m[1])
			}
		}
		if !strings.HasPrefix(line, "| ") || strings.HasSuffix(line, "| shown by |") {
			continue
		}
		if promises++; len(names) == 0 {
			t.Errorf("%s: nothing shows this: %s", page, line)
		}
	}
	if promises < 30 {
		t.Errorf("only %d promises found: the test looks in the wrong place", promises)
	}
}
