package deptest

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#{1,6} +(.+?) *$`)
	fenced  = regexp.MustCompile("(?ms)^ *```.*?^ *```")
	inText  = regexp.MustCompile(`\bdocs/[a-z0-9/-]+\.md\b`)
)

// TestLinksInDocuments: what a page of ours links to is there, and so is the heading in it; so is a page that a comment names.
func TestLinksInDocuments(t *testing.T) {
	pages := tree(t)
	links := 0
	for name, text := range pages {
		if path.Ext(name) != ".md" {
			for _, page := range inText.FindAllString(text, -1) {
				if _, ok := pages[page]; !ok {
					t.Errorf("%s names %s, which is not there", name, page)
				}
			}
			continue
		}
		for _, m := range link.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
			if strings.Contains(m[1], ":") {
				continue // another site's
			}
			links++
			file, anchor, _ := strings.Cut(m[1], "#")
			target := name
			if file != "" {
				target = path.Join(path.Dir(name), file)
			}
			if _, err := os.Stat(path.Join("../..", target)); err != nil {
				t.Errorf("%s links to %s, which is not there", name, m[1])
			} else if anchor != "" && !anchors(pages[target])[anchor] {
				t.Errorf("%s links to %s: %s has no such heading", name, m[1], target)
			}
		}
	}
	if links < 50 {
		t.Errorf("only %d links found: the test looks in the wrong place", links)
	}
}

// tree are the documents and the Go files, by their path from the root.
func tree(t *testing.T) map[string]string {
	t.Helper()
	pages := map[string]string{}
	root := os.DirFS("../..")
	err := fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && p != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if d.IsDir() || path.Ext(p) != ".md" && path.Ext(p) != ".go" || strings.HasPrefix(p, "data/shop/kb/") || strings.HasPrefix(p, "internal/deptest/") {
			return nil
		}
		text, err := fs.ReadFile(root, p)
		pages[p] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

// anchors are the names that headings of a page are linked by, as GitHub makes them.
func anchors(page string) map[string]bool {
	all := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(fenced.ReplaceAllString(page, ""), -1) {
		all[strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case unicode.IsLetter(r) || unicode.IsNumber(r) || r == '-' || r == '_':
				return unicode.ToLower(r)
			}
			return -1
		}, m[1])] = true
	}
	return all
}
