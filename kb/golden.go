package kb

import (
	"regexp"
	"slices"
	"strings"

	"huiyin/nlp"
)

// Golden is a question that an article must answer, kept with the article.
type Golden struct {
	Question string   `json:"question"`
	Lang     nlp.Lang `json:"lang"` // of the question
	Root     RootID   `json:"root"`
	Intent   string   `json:"intent,omitempty"` // an intent that answers it just as well; empty: none does
}

// intentBehind is an intent's name behind a golden question, with the arrow before it.
var intentBehind = regexp.MustCompile(`\s*(?:=>|→)\s*([a-z0-9_]+)$`)

// ReadGolden takes a line of Article.Golden apart: “where is my parcel => order_status” is a question with the name of the
// intent that may answer it in place of the article. Most lines name no intent.
func ReadGolden(line string) (question, intent string) {
	if at := intentBehind.FindStringSubmatchIndex(line); at != nil && at[0] > 0 {
		return line[:at[0]], line[at[2]:at[3]]
	}
	return line, ""
}

// Goldens are the golden questions of the published ones of these articles, each once, in the order of the articles.
func Goldens(articles []Article) []Golden {
	var out []Golden
	seen := map[Golden]bool{}
	for _, a := range articles {
		if a.Status != Published {
			continue
		}
		for _, line := range a.Golden {
			question, intent := ReadGolden(line)
			if g := (Golden{question, guessLang(question), a.Root, intent}); !seen[g] {
				seen[g] = true
				out = append(out, g)
			}
		}
	}
	return out
}

// Reach is how near a customer with a golden question gets to its article.
type Reach int

// The degrees, each better than the one before. ReachNew: the question was not there.
const (
	ReachNew Reach = iota - 1
	ReachMissed
	ReachOffered  // it is among the three that the customer is asked to choose from
	ReachAnswered // it is the answer
)

// String is the degree as a word for programs.
func (r Reach) String() string {
	return [...]string{"new", "missed", "offered", "answered"}[r+1]
}

// offered is how many articles a customer is asked to choose from.
const offered = 3

// GoldenChange is a golden question that is reached in another way after an edit.
type GoldenChange struct {
	Golden
	Before, After Reach
	Outcome       Outcome // after the edit
}

// AddGolden adds golden questions of a CSV file `query,lang,root[,intent]` to the articles of that root and language; rows
// without a root ask for what no article answers and are left out. Errors are *InputErrors.
func AddGolden(articles []Article, name string, raw []byte) error {
	t, err := readTable(name, strings.NewReader(string(raw)))
	if err != nil {
		return err
	}
	if err := t.need("query", "lang", "root"); err != nil {
		return err
	}
	at := map[string]int{}
	for i, a := range articles {
		at[string(a.Root)+"\x00"+string(a.Lang.Base())] = i
	}
	for _, row := range t.rows {
		i, ok := at[t.cell(row, "root")+"\x00"+string(nlp.Lang(t.cell(row, "lang")).Base())]
		question := oneLine(t.cell(row, "query"))
		if intent := oneLine(t.cell(row, "intent")); intent != "" && question != "" {
			question += " => " + intent
		}
		if ok && question != "" && !slices.Contains(articles[i].Golden, question) {
			articles[i].Golden = append(articles[i].Golden, question)
		}
	}
	return nil
}
