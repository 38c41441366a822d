package sentiment

import (
	"fmt"
	"strings"
	"testing"

	"huiyin/nlp"
)

// drawn shows units as text|text, with / after a clause and // after a sentence.
func drawnUnits(units []unit, text string) string {
	var b strings.Builder
	for i, u := range units {
		if i > 0 {
			b.WriteByte('|')
		}
		b.WriteString(text[u.start:u.end])
		b.WriteString(strings.Repeat("/", int(u.brk)))
	}
	return b.String()
}

func TestScan(t *testing.T) {
	lx := compile([]LexiconFile{{Words: map[float64][]string{1: {":)", ":-(", "<3", "xd", "8)", "😀"}}}}, nil)
	for text, want := range map[string]string{
		"质量差，不好。":                 "质|量|差/|不|好//",
		"我的order还没ship":           "我|的|order|还|没|ship",
		"don't do it!":            "don't|do|it|!//",
		"see http://x.y/:) ok":    "see|http://x.y/:)|ok",
		"nice :) thanks":          "nice|:)|thanks",
		"(8)":                     "8/",
		"paid 18) or 20":          "paid|18/|or|20",
		"[怒]了 [not a tag at all]": "[怒]|了|not|a|tag|at|all",
		"@United #fail 3.5 2nd":   "@united|fail|3.5|2nd",
		"i <3 u":                  "i|<3|u",
		"好😀👍":                     "好|😀|👍",
		"//@张三:转发":                "//张|三/|转|发",
	} {
		sc := scanner{sym: &lx.sym}
		folded := nlp.Fold(text)
		got := drawnUnits(sc.scan(folded), folded)
		if strings.HasPrefix(text, "//@") {
			continue // the border is tested below
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestForwardedPostsAreSentences(t *testing.T) {
	sc := scanner{sym: &symbols{}}
	const text = "好//@张三:坏"
	units := sc.scan(text)
	if units[0].brk != breakSentence {
		t.Errorf("got %s", drawnUnits(units, text))
	}
}

func TestScanStopsSomewhere(t *testing.T) {
	sc := scanner{sym: &symbols{}}
	if n := len(sc.scan(strings.Repeat("好", 3*maxUnits))); n != maxUnits {
		t.Errorf("%d units", n)
	}
}

func TestCapitals(t *testing.T) {
	for text, want := range map[string]string{
		"this is BAD service": "bad",
		"ALL OF THIS SHOUTS":  "",
		"I am ok":             "",
		"not Nice":            "",
	} {
		f := nlp.FoldText(text)
		sc := scanner{sym: &symbols{}}
		units := sc.scan(f.Text)
		place(units, &f, nil)
		var got []string
		for _, u := range units {
			if u.caps {
				got = append(got, f.Text[u.start:u.end])
			}
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q: %q shout, want %q", text, s, want)
		}
	}
}

func TestSqueeze(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{{"sooooo", 2, "soo"}, {"sooooo", 1, "so"}, {"good", 1, "good"}, {"yaaay", 1, "yay"}} {
		if got := squeeze(c.in, c.n); got != c.want {
			t.Errorf("squeeze(%q, %d) = %q", c.in, c.n, got)
		}
	}
	if drawnOut("good") || !drawnOut("goood") || drawnOut("1000") {
		t.Error("drawnOut")
	}
}

// rulesOf reads a text by the rules of a small lexicon and shows what each word came to.
func rulesOf(t *testing.T, lx *lexicon, text string, tokens []nlp.Token) (string, *reading) {
	t.Helper()
	s := &Scorer{lex: lx}
	sc := &scratch{scan: scanner{sym: &lx.sym}}
	r := s.read(sc, nlp.FoldText(text), tokens)
	var parts []string
	for _, why := range r.reasons {
		parts = append(parts, fmt.Sprintf("%s:%s:%.2f", sc.folded.Text[sc.reader.units[why.from].start:sc.reader.units[why.to-1].end], why.rule, why.weight))
	}
	return strings.Join(parts, " "), r
}

func smallLexicon(t *testing.T) *lexicon {
	t.Helper()
	file, err := ParseLexicon("small.yaml", []byte(`
words: {2: [好, 好用, good, great], -2: [差, 慢, bad, delay], 3: ["😀"]}
moods: {-2: [悲伤, sad]}
works: [音乐, song]
neutral: [好像]
negators: [不, 没有, 一点也不, not, no]
negators_after: [不起来]
degrees: {1.5: [很, 极了, very], 0.5: [有点, slightly]}
contrast: [但是, but]
concessions: [虽然]
wishes: [要是, i wish]
wish_ends: [就好了]
hopes: [希望]
questions: [吗]
sarcasm: [呵呵, yeah right]
rhetorical: [为什么, why]
emotions: {worry: [担心]}
`))
	if err != nil {
		t.Fatal(err)
	}
	return compile([]LexiconFile{file}, nil)
}

func TestRules(t *testing.T) {
	lx := smallLexicon(t)
	for text, want := range map[string]string{
		"好":                   "好:word:2.00",
		"不好":                  "好:negation:-1.48",
		"没有不好":                "好:word:2.00",
		"一点也不好用":              "好用:negation:-1.48",
		"很好":                  "好:degree:3.00",
		"好极了":                 "好:degree:3.00",
		"不差":                  "差:negation:1.20",
		"好不起来":                "好:negation:-1.48",
		"好，不":                 "好:word:2.00",
		"有点慢":                 "慢:degree:-1.00",
		"好用，但是慢":              "慢:contrast:-3.00 好用:contrast:1.00",
		"虽然慢，很好":              "好:degree:3.00 慢:contrast:-1.00",
		"好用吗":                 "好用:question:0.30",
		"要是好用就好了":             "好用:wish:-1.60",
		"要是再长点就好了":            "要是:wish:-1.00",
		"希望好用":                "好用:wish:0.50",
		"悲伤的音乐":               "",
		"我很悲伤":                "悲伤:degree:-3.00",
		"好像":                  "",
		"呵呵，好":                "好:sarcasm:-1.60",
		"not good":            "good:negation:-1.48",
		"not very good":       "good:negation:-2.22",
		"a sad song":          "",
		"good but bad":        "bad:contrast:-3.00 good:contrast:1.00",
		"GOOD but bad":        "bad:contrast:-3.00 good:contrast:1.37",
		"i wish it were good": "good:wish:-1.60",
		"is it good?":         "good:question:0.30",
		"好😀":                  "好:word:2.00 😀:emoji:3.00",
	} {
		got, _ := rulesOf(t, lx, text, nil)
		if sortedWords(got) != sortedWords(want) {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func sortedWords(s string) string {
	f := strings.Fields(s)
	for i := range f {
		for j := i + 1; j < len(f); j++ {
			if f[j] < f[i] {
				f[i], f[j] = f[j], f[i]
			}
		}
	}
	return strings.Join(f, " ")
}

func TestDeniedEmotions(t *testing.T) {
	lx := smallLexicon(t)
	for text, want := range map[string]class{"我担心": isWorry, "不担心": 0, "没有不担心": isWorry} {
		if _, r := rulesOf(t, lx, text, nil); r.emotions != want {
			t.Errorf("%q: %b", text, r.emotions)
		}
	}
}

// A single character counts only where the segmenter sees a word.
func TestWordBorders(t *testing.T) {
	lx := smallLexicon(t)
	const text = "差不多"
	whole := []nlp.Token{{Span: nlp.Span{Start: 0, End: 9}, Text: text}}
	if got, _ := rulesOf(t, lx, text, whole); got != "" {
		t.Errorf("inside a word: %s", got)
	}
	if got, _ := rulesOf(t, lx, text, nil); got == "" {
		t.Error("without tokens the character must count")
	}
}

func TestLexiconFilesWinInOrder(t *testing.T) {
	base := LexiconFile{Words: map[float64][]string{2: {"x"}, 1: {"y"}}}
	lx := compile([]LexiconFile{base}, []LexiconFile{{Words: map[float64][]string{-3: {"x"}}, Neutral: []string{"y"}}})
	x, _ := lx.index.find(join(0, hashString("x")))
	if x.valence != -3 || x.class&isCustom == 0 {
		t.Errorf("x: %+v", x)
	}
	if y, _ := lx.index.find(join(0, hashString("y"))); y.class&isValence != 0 || y.class&isNeutral == 0 {
		t.Errorf("y: %+v", y)
	}
}

func TestLexiconMistakes(t *testing.T) {
	for raw, want := range map[string]string{
		"words: {5: [a]}":      "must be between -4 and 4",
		"degrees: {0: [a]}":    "must be above 0",
		"emotions: {joy: [a]}": "must be anger",
		"wordz: {1: [a]}":      "wordz",
		"words: [a":            "own.yaml",
		"words: {.nan: [a]}":   "must be between",
		"words: {1: {a: b}}":   "own.yaml:1",
		"degrees: {high: [a]}": "own.yaml:1",
	} {
		_, err := ParseLexicon("own.yaml", []byte(raw))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", raw, err, want)
		}
	}
}
