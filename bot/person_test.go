package bot

import (
	"bufio"
	"os"
	"strings"
	"testing"

	"huiyin/nlp"
)

// TestAsksForPerson reads testdata/person.txt: "+" asks for a person, "-" does not.
func TestAsksForPerson(t *testing.T) {
	f, err := os.Open("testdata/person.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	counts := map[byte]int{}
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if line == "" || line[0] == '#' {
			continue
		}
		text := strings.NewReplacer(`\u200b`, "\u200b", `\u2060`, "\u2060", `\u202e`, "\u202e", `\ufeff`, "\ufeff", `\u00ad`, "\u00ad").Replace(line[2:])
		counts[line[0]]++
		if got := asksForPerson(strings.TrimSpace(nlp.Fold(text))); got != (line[0] == '+') {
			t.Errorf("line %d: asksForPerson(%q) = %v", n, text, got)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if counts['+'] < 100 || counts['-'] < 100 {
		t.Errorf("only %d positives and %d negatives were read", counts['+'], counts['-'])
	}
}

func FuzzAsksForPerson(f *testing.F) {
	f.Add("转人工")
	f.Add("I want a human, not a bot!")
	f.Fuzz(func(t *testing.T, s string) {
		asked := asksForPerson(nlp.Fold(nlp.Clean(s)))
		if spaced := asksForPerson(nlp.Fold(nlp.Clean("\u3000 " + strings.ToUpper(s) + " \n"))); asked != spaced && strings.ToLower(strings.ToUpper(s)) == strings.ToLower(s) {
			t.Errorf("%q: %v; with spaces around it and in capitals: %v", s, asked, spaced)
		}
	})
}

func BenchmarkAsksForPerson(b *testing.B) {
	texts := []string{"我的快递怎么三天了还没有动静，麻烦查一下", "how long does delivery to canada take and what does it cost", "你们客服电话是多少", "转人工"}
	for i := 0; b.Loop(); i++ {
		asksForPerson(texts[i%len(texts)])
	}
}
