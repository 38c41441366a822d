package data_test

import (
	"encoding/csv"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"huiyin/bot"
	"huiyin/data"
	"huiyin/internal/yamlfile"
	"huiyin/kb"
	"huiyin/nlp"
)

// oneLanguage are the articles that exist in one language only, to show how the bot answers across languages.
var oneLanguage = []kb.RootID{"double-eleven", "eu-withdrawal", "huabei-instalments"}

func shop(t *testing.T) fs.FS {
	t.Helper()
	fsys, err := fs.Sub(data.Files(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	return fsys
}

func articles(t *testing.T) []kb.Article {
	t.Helper()
	fsys, err := fs.Sub(shop(t), "kb")
	if err != nil {
		t.Fatal(err)
	}
	all, err := kb.ReadFolder(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// byRoot are the articles of each root by language.
func byRoot(t *testing.T) map[kb.RootID]map[nlp.Lang]kb.Article {
	t.Helper()
	roots := map[kb.RootID]map[nlp.Lang]kb.Article{}
	for _, a := range articles(t) {
		if roots[a.Root] == nil {
			roots[a.Root] = map[nlp.Lang]kb.Article{}
		}
		if _, twice := roots[a.Root][a.Lang]; twice {
			t.Errorf("%s stands twice in %s", a.Root, a.Lang)
		}
		roots[a.Root][a.Lang] = a
	}
	return roots
}

func dialogue(t *testing.T) *bot.Dialogue {
	t.Helper()
	d, err := bot.LoadDialogue(shop(t), "dialogue")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func table(t *testing.T, name string, header ...string) [][]string {
	t.Helper()
	f, err := shop(t).Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) == 0 || !slices.Equal(rows[0], header) {
		t.Fatalf("%s: the header is %q, want %q", name, rows[0], header)
	}
	return rows[1:]
}

// plain is a text without case, blanks and punctuation, for finding copies.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsPunct(r) {
			return -1
		}
		return r
	}, nlp.Fold(s))
}

// size is how long a text is for its reader: Chinese characters, or English words.
func size(lang nlp.Lang, s string) int {
	if lang == nlp.LangEnglish {
		return len(strings.Fields(s))
	}
	n := 0
	for _, r := range s {
		if unicode.Is(unicode.Han, r) {
			n++
		}
	}
	return n
}

func TestShopArticlesAreComplete(t *testing.T) {
	count := map[nlp.Lang]int{}
	for _, a := range articles(t) {
		count[a.Lang]++
		if want := kb.ArticleID(string(a.Root) + "." + string(a.Lang)); a.ID != want {
			t.Errorf("%s: the id should be %s", a.ID, want)
		}
		if a.Status != kb.Published || a.Category == "" || a.Title == "" {
			t.Errorf("%s: status %q, category %q, title %q", a.ID, a.Status, a.Category, a.Title)
		}
		if n := len(a.Questions); n < 5 || n > 24 {
			t.Errorf("%s has %d questions, want 5 to 24", a.ID, n)
		}
		if n := size(a.Lang, a.Summary); n < 15 || n > 110 {
			t.Errorf("%s: the summary has %d words or characters", a.ID, n)
		}
		if n := size(a.Lang, a.Body); n < 120 || n > 430 {
			t.Errorf("%s: the body has %d words or characters, want 120 to 430", a.ID, n)
		}
		if strings.ContainsAny(a.Body, "<\t") {
			t.Errorf("%s: the body holds HTML or tabs", a.ID)
		}
	}
	if count[nlp.LangChinese] < 45 || count[nlp.LangEnglish] < 45 {
		t.Errorf("articles by language: %v, want 45 of each", count)
	}
}

func TestShopTranslationsAreTied(t *testing.T) {
	for root, in := range byRoot(t) {
		if alone := slices.Contains(oneLanguage, root); alone != (len(in) == 1) {
			t.Errorf("%s exists in %v", root, slices.Collect(maps.Keys(in)))
			continue
		} else if alone {
			continue
		}
		if zh, en := in[nlp.LangChinese], in[nlp.LangEnglish]; zh.Category != en.Category {
			t.Errorf("%s: category %q in Chinese, %q in English", root, zh.Category, en.Category)
		}
	}
}

// Two articles must not claim the same question: each would take it from the other.
func TestShopQuestionsHaveOneOwner(t *testing.T) {
	owner := map[string]kb.ArticleID{}
	for _, a := range articles(t) {
		own := map[string]bool{}
		for _, q := range append([]string{a.Title}, a.Questions...) {
			key := plain(q)
			if first, taken := owner[key]; taken && first != a.ID {
				t.Errorf("%q is asked of %s and of %s", q, first, a.ID)
			}
			if own[key] {
				t.Errorf("%s asks %q twice", a.ID, q)
			}
			owner[key], own[key] = a.ID, true
		}
	}
}

func TestShopDialogueIsComplete(t *testing.T) {
	d, roots := dialogue(t), byRoot(t)
	business := 0
	for _, in := range d.Intents {
		if !in.SmallTalk {
			business++
		}
		for _, lang := range []nlp.Lang{nlp.LangChinese, nlp.LangEnglish} {
			if n := len(in.Examples[lang]); n < 12 {
				t.Errorf("%s has %d examples in %s, want 12", in.Name, n, lang)
			}
		}
	}
	if business < 30 {
		t.Errorf("%d intents besides small talk, want 30", business)
	}
	for _, root := range d.Articles() {
		if roots[root] == nil {
			t.Errorf("the dialogue leads to the article %s, which does not exist", root)
		}
	}
	for lang, texts := range d.OutOfScope {
		if len(texts) < 60 {
			t.Errorf("%d out-of-scope examples in %s, want 60", len(texts), lang)
		}
	}
}

// An example that stands, but for blanks and punctuation, under two intents teaches neither.
func TestShopIntentsDoNotShareExamples(t *testing.T) {
	label := map[string]string{}
	for _, ex := range dialogue(t).TrainingExamples() {
		key := plain(ex.Text)
		if key == "" { // a smiley made of punctuation
			key = ex.Text
		}
		if first, taken := label[key]; taken && first != ex.Label {
			t.Errorf("%q is an example of %s and of %s", ex.Text, first, ex.Label)
		}
		label[key] = ex.Label
	}
}

func TestShopGoldenQuestions(t *testing.T) {
	roots, asked := byRoot(t), map[string]bool{}
	for _, a := range articles(t) {
		for _, q := range append([]string{a.Title}, a.Questions...) {
			asked[plain(q)] = true
		}
	}
	answered, empty, covered := map[string]int{}, map[string]int{}, map[string]bool{}
	for _, row := range table(t, "golden.csv", "query", "lang", "root") {
		query, lang, root := row[0], row[1], row[2]
		if asked[plain(query)] {
			t.Errorf("%q is a copy of an article's question or of another row", query)
		}
		asked[plain(query)] = true
		if root == "" {
			empty[lang]++
			continue
		}
		answered[lang]++
		covered[root] = true
		if roots[kb.RootID(root)] == nil {
			t.Errorf("%q: there is no article %q", query, root)
		}
	}
	for _, lang := range []string{"zh", "en"} {
		if answered[lang] < 150 || empty[lang] < 40 {
			t.Errorf("%s: %d questions with an answer and %d without, want 150 and 40", lang, answered[lang], empty[lang])
		}
	}
	for root := range roots {
		if !covered[string(root)] {
			t.Errorf("no golden question asks for %s", root)
		}
	}
}

func TestShopIntentTestSet(t *testing.T) {
	const outOfScope = "oos" // its name in files
	known, count := map[string]bool{}, map[[2]string]int{}
	labels := map[string]bool{outOfScope: true}
	for _, ex := range dialogue(t).TrainingExamples() {
		known[plain(ex.Text)] = true
		if ex.Label != nlp.IntentNone {
			labels[ex.Label] = true
		}
	}
	for _, row := range table(t, "intents_test.csv", "text", "label", "split", "lang") {
		text, label, split, lang := row[0], row[1], row[2], row[3]
		if key := plain(text); key != "" && known[key] {
			t.Errorf("%q is an example too, or stands twice", text)
		} else {
			known[key] = true
		}
		if !labels[label] || split != "test" {
			t.Errorf("%q: label %q, split %q", text, label, split)
		}
		count[[2]string{label, lang}]++
	}
	for label := range labels {
		for _, lang := range []string{"zh", "en"} {
			if n := count[[2]string{label, lang}]; n < 8 {
				t.Errorf("%s: %d test questions in %s, want 8", label, n, lang)
			}
		}
	}
}

func TestShopSynonymsAreDistinct(t *testing.T) {
	raw, err := fs.ReadFile(shop(t), "synonyms.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var groups [][]string
	if err := yamlfile.Decode("synonyms.yaml", raw, &groups); err != nil {
		t.Fatal(err)
	}
	if len(groups) < 60 {
		t.Errorf("%d groups, want 60", len(groups))
	}
	seen := map[string]bool{}
	for _, group := range groups {
		if len(group) < 2 {
			t.Errorf("%q stands alone", group)
		}
		for _, word := range group {
			if key := nlp.Fold(word); seen[key] {
				t.Errorf("%q stands in two groups", word)
			} else {
				seen[key] = true
			}
		}
	}
}

func TestShopFeedbackSample(t *testing.T) {
	rows := table(t, "feedback_sample.csv", "id", "time", "channel", "contact", "text", "lang", "rating")
	if len(rows) < 580 {
		t.Errorf("%d messages, want about 600", len(rows))
	}
	ids, texts, contacts, langs := map[string]bool{}, map[string]bool{}, map[string]int{}, map[string]int{}
	var first, last time.Time
	for _, row := range rows {
		at, err := time.Parse(time.RFC3339, row[1])
		if err != nil {
			t.Fatalf("%s: %v", row[0], err)
		}
		if at.Before(last) {
			t.Errorf("%s is older than the row before", row[0])
		}
		if first.IsZero() {
			first = at
		}
		last = at
		if ids[row[0]] || texts[row[4]] || strings.TrimSpace(row[4]) == "" {
			t.Errorf("%s: the id or the text %q stands twice or is empty", row[0], row[4])
		}
		ids[row[0]], texts[row[4]] = true, true
		contacts[row[3]]++
		langs[row[5]]++
		if row[6] != "" && (len(row[6]) != 1 || row[6] < "1" || row[6] > "5") {
			t.Errorf("%s: the rating %q is not 1 to 5", row[0], row[6])
		}
	}
	if span := last.Sub(first); span < 20*24*time.Hour || span > 21*24*time.Hour {
		t.Errorf("the messages span %s, want three weeks", span)
	}
	if langs["zh"] < 200 || langs["en"] < 200 || len(langs) != 2 {
		t.Errorf("languages: %v", langs)
	}
	if again := len(rows) - len(contacts); again < 150 {
		t.Errorf("only %d messages come from somebody who wrote before", again)
	}
}
