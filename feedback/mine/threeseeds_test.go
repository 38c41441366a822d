package mine_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"huiyin/feedback/feedbacktest"
	"huiyin/feedback/mine"
	"huiyin/feedback/topics"
	"huiyin/nlp/chain"
)

const seeds = "../topics/testdata/seeds"

// labelled is a pile of messages whose topics are known: rows of a file of public data.
type labelled struct {
	name, seeds string
	file, text  string
	topic       func(row map[string]string) string // "": not in the pile
	every, from int
	macro       bool // the mean of the topics' F1 in place of the share right
}

func piles(t *testing.T) []labelled {
	field := func(name string) func(map[string]string) string {
		return func(row map[string]string) string { return row[name] }
	}
	prefix := func(sep string, out ...string) func(map[string]string) string {
		return func(row map[string]string) string {
			group, _, _ := strings.Cut(row["label"], sep)
			if slices.Contains(out, group) {
				return ""
			}
			return group
		}
	}
	unhappy := func(row map[string]string) string {
		if row["label"] != "negative" {
			return ""
		}
		return row["negativereason"]
	}
	long := func(row map[string]string) string {
		if utf8.RuneCountInString(row["text"]) < 90 {
			return ""
		}
		return row["category"]
	}
	domains := domainsOf(t)
	all := []labelled{
		{name: "hotline", file: "mine/hotline_zh.csv", topic: field("label")},
		{name: "airline", file: "sentiment/airline_en.csv", topic: unhappy, macro: true},
		{name: "shopping", file: "sentiment/shopping_zh.csv", topic: field("category"), every: 5},
		{name: "shopping from the third row on", seeds: "shopping", file: "sentiment/shopping_zh.csv", topic: field("category"), every: 5, from: 2},
	}
	for i := range 4 {
		all = append(all, labelled{name: fmt.Sprintf("long reviews %d", i+1), seeds: "shopping", file: "sentiment/shopping_zh.csv", topic: long, every: 20, from: i})
	}
	return append(all,
		labelled{name: "clinc150", file: "intent/clinc150_small.csv", topic: func(row map[string]string) string { return domains[row["label"]] }},
		labelled{name: "hwu64", file: "intent/hwu64.csv", topic: prefix("_", "general", "qa"), every: 2},
		labelled{name: "smp2019", file: "intent/smp2019_zh.csv", topic: prefix(".")},
		labelled{name: "insurance-zh", file: "parallel/insurance_zh_en.csv", topic: field("label"), every: 3},
		labelled{name: "insurance-en", file: "parallel/insurance_zh_en.csv", text: "text_en", topic: field("label"), every: 3, from: 1})
}

func domainsOf(t *testing.T) map[string]string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(seeds, "clinc150-domains.txt"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		domain, intents, ok := strings.Cut(line, ":")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		for _, intent := range strings.Fields(intents) {
			out[intent] = domain
		}
	}
	return out
}

// rows are a pile's messages and the topics that they are labelled with.
func (p labelled) rows(t *testing.T, folder string) (texts, gold []string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(folder, p.file))
	if err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\ufeff")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if p.text == "" {
		p.text = "text"
	}
	n := 0
	for _, cells := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = cells[i]
		}
		topic := p.topic(row)
		if topic == "" {
			continue
		}
		if p.every == 0 || n%p.every == p.from {
			texts, gold = append(texts, row[p.text]), append(gold, topic)
		}
		n++
	}
	return texts, gold
}

// labelledPiles is the folder of the piles, and what they are read with; without HUIYIN_DATASETS the test is skipped.
func labelledPiles(t *testing.T) (folder string, nlp *chain.Chain) {
	t.Helper()
	folder, ok := os.LookupEnv("HUIYIN_DATASETS")
	if !ok {
		t.Skip("HUIYIN_DATASETS does not name a folder of labelled messages: see testdata/seeds/README.md in feedback/topics")
	}
	return folder, feedbacktest.Chain(t)
}

// csvOf is a file of messages alone.
func csvOf(t *testing.T, texts []string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	for _, text := range append([]string{"text"}, texts...) {
		if err := w.Write([]string{text}); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	return out.Bytes()
}

// TestThreeSeeds measures what three words a topic bring on piles whose topics are known, when HUIYIN_DATASETS names their folder (testdata/seeds/README.md in feedback/topics).
func TestThreeSeeds(t *testing.T) {
	folder, nlp := labelledPiles(t)
	for _, p := range piles(t) {
		t.Run(p.name, func(t *testing.T) {
			texts, gold := p.rows(t, folder)
			pile := csvOf(t, texts)
			if p.seeds == "" {
				p.seeds = p.name
			}
			var each [3]float64
			for i, list := range []string{"A", "B", "C"} {
				o := options(t, file(t, "pile.csv", pile))
				taxonomy, err := topics.Load(os.DirFS(seeds), p.seeds+"-"+list+".yaml")
				if err != nil {
					t.Fatal(err)
				}
				o.Topics = topics.New(taxonomy, nlp.Tokenizer, nlp.Vectors)
				if _, err := mine.Run(context.Background(), o); err != nil {
					t.Fatal(err)
				}
				each[i] = p.score(t, taxonomy, gold, column(t, o, "topic_id"))
			}
			t.Logf("%d messages: A %.3f  B %.3f  C %.3f  mean %.4f", len(texts), each[0], each[1], each[2], (each[0]+each[1]+each[2])/3)
		})
	}
}

func (p labelled) score(t *testing.T, taxonomy *topics.Taxonomy, gold, got []string) float64 {
	t.Helper()
	if len(got) != len(gold) {
		t.Fatalf("%d of %d messages have a row", len(got), len(gold))
	}
	right, labels, given := map[string]int{}, map[string]int{}, map[string]int{}
	sum := 0
	for i, topic := range got {
		labels[gold[i]]++
		given[topic]++
		if topic == gold[i] {
			right[topic]++
			sum++
		}
	}
	if !p.macro {
		return float64(sum) / float64(len(gold))
	}
	f := 0.0
	for _, topic := range taxonomy.Topics {
		f += 2 * float64(right[topic.ID]) / float64(max(1, labels[topic.ID]+given[topic.ID]))
	}
	return f / float64(len(taxonomy.Topics))
}
