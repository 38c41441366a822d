package bot_test

import (
	"os"
	"strings"
	"testing"

	"huiyin/bot"
)

// TestTheGuidesExampleWorks: what docs/dialogue.md shows can be copied.
func TestTheGuidesExampleWorks(t *testing.T) {
	guide, err := os.ReadFile("../docs/dialogue.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := 0
	for rest := string(guide); ; blocks++ {
		_, after, ok := strings.Cut(rest, "```yaml\n")
		if !ok {
			break
		}
		block, next, _ := strings.Cut(after, "```")
		if _, err := bot.LoadDialogue(folder("guide.yaml", block), "d"); err != nil {
			t.Errorf("example %d: %v", blocks+1, err)
		}
		rest = next
	}
	if blocks == 0 {
		t.Error("the guide shows nothing")
	}
}
