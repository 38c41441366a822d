package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"huiyin/bot"
)

// link is a relative link or picture of a Markdown page.
var link = regexp.MustCompile(`\]\(([^)#:\s]+)(?:#[^)]*)?\)`)

// TestDocumentsExist: what a page links to is there.
func TestDocumentsExist(t *testing.T) {
	root, links := filepath.Join("..", ".."), 0
	err := filepath.WalkDir(root, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			if strings.HasPrefix(e.Name(), ".git") || e.Name() == "testdata" || e.Name() == "kb" && strings.Contains(name, "shop") {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(name) != ".md" {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			links++
			if _, err := os.Stat(filepath.Join(filepath.Dir(name), filepath.FromSlash(m[1]))); err != nil {
				t.Errorf("%s links to %s, which is not there", name, m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if links < 40 {
		t.Errorf("only %d links were found: the pattern is wrong", links)
	}
}

// TestDialogueExample: the example that docs/dialogue.md shows can be used as it stands.
func TestDialogueExample(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "dialogue.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```yaml\n")
	example, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("no example")
	}
	d, err := bot.LoadDialogue(fstest.MapFS{"example.yaml": {Data: []byte(example)}}, ".")
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Intents) == 0 || len(d.Forms) == 0 {
		t.Errorf("%d intents and %d forms", len(d.Intents), len(d.Forms))
	}
}
