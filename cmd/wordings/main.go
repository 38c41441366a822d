// Command wordings trains data/kb/wording.bin from files of question pairs and of labelled questions; data/README.md
// names the files and their licences.
package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"huiyin/data"
	"huiyin/kb/wording"
	"huiyin/nlp"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "wordings:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stderr io.Writer) error {
	flags := flag.NewFlagSet("wordings", flag.ContinueOnError)
	pairs := flags.String("pairs", "", "CSV files with text1,text2,label (1: the same meaning), comma-separated")
	labelled := flags.String("labelled", "", "CSV files with text,label, comma-separated; questions with one label count as alike")
	out := flags.String("out", "data/kb", "folder to write to")
	set := wording.Settings{Log: slog.New(slog.NewTextHandler(stderr, nil))}
	flags.IntVar(&set.Dim, "dim", 0, "dimensions (0: the default, as for the next ones)")
	flags.IntVar(&set.Epochs, "epochs", 0, "passes over all examples")
	flags.Float64Var(&set.Drop, "drop", 0, "share of the features hidden at each look")
	apart := flags.Bool("apart", false, "learn kb/apart.txt from the pairs instead: its words")
	swaps := flags.Bool("swaps", false, "keep the words of kb/apart.txt and learn its pairs of words instead")
	if err := flags.Parse(args); err != nil {
		return err
	}
	unpack, err := os.MkdirTemp("", "wordings-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(unpack)
	tok, err := nlp.NewTokenizer(data.Files(), unpack)
	if err != nil {
		return err
	}
	defer tok.Close()
	if *apart || *swaps {
		return learnApart(ctx, tok, split(*pairs), *out, *swaps, set, stderr)
	}
	t := trainingSet{tok: tok, rnd: rand.New(rand.NewPCG(1, 1))}
	for _, name := range split(*pairs) {
		if err := t.addPairs(name); err != nil {
			return err
		}
	}
	chinese := len(t.examples)
	for _, name := range split(*labelled) {
		if err := t.addLabelled(name); err != nil {
			return err
		}
	}
	model, err := wording.Train(ctx, t.examples, set)
	if err != nil {
		return err
	}
	if 0 < chinese && chinese < len(t.examples) {
		// What Chinese characters tell is learned from Chinese questions alone, among which they are as common as in a Chinese
		// knowledge base: docs/measured/kb.md, “Near-duplicates”.
		alone, err := wording.Train(ctx, t.examples[:chinese], set)
		if err != nil {
			return err
		}
		if model, err = wording.Join(alone, model); err != nil {
			return err
		}
	}
	var b bytes.Buffer
	if err := model.Write(&b); err != nil {
		return err
	}
	if err := os.MkdirAll(*out, 0o755); err != nil {
		return err
	}
	fmt.Fprintf(stderr, "%d examples, %d features, %d kB\n", len(t.examples), model.Len(), b.Len()>>10)
	return os.WriteFile(filepath.Join(*out, wording.File), b.Bytes(), 0o644)
}

func split(list string) []string {
	return slices.DeleteFunc(strings.Split(list, ","), func(s string) bool { return s == "" })
}

type trainingSet struct {
	tok      *nlp.Tokenizer
	rnd      *rand.Rand
	examples []wording.Example
	sources  int
	groups   int
}

func (t *trainingSet) features(text string) []string { return wording.Features(t.tok.Tokenize(text)) }

// addPairs takes the pairs that mean the same, with those of the others that share a text with them as near misses.
func (t *trainingSet) addPairs(name string) error {
	rows, err := readColumns(name, "text1", "text2", "label")
	if err != nil {
		return err
	}
	t.add(rows)
	return nil
}

// add is addPairs for rows of both texts and the label.
func (t *trainingSet) add(rows [][]string) {
	unlike := map[string][]string{}
	for _, r := range rows {
		if r[2] == "0" {
			unlike[r[0]] = append(unlike[r[0]], r[1])
			unlike[r[1]] = append(unlike[r[1]], r[0])
		}
	}
	t.sources++
	for _, r := range rows {
		if r[2] != "1" || r[0] == r[1] {
			continue
		}
		t.groups++
		e := wording.Example{A: t.features(r[0]), B: t.features(r[1]), Group: t.groups, Source: t.sources}
		for _, text := range r[:2] {
			for _, other := range unlike[text] {
				e.Not = append(e.Not, t.features(other))
			}
		}
		if len(e.A) > 0 && len(e.B) > 0 {
			t.examples = append(t.examples, e)
		}
	}
}

// addLabelled pairs the questions of each label at random, each question twice.
func (t *trainingSet) addLabelled(name string) error {
	rows, err := readColumns(name, "text", "label")
	if err != nil {
		return err
	}
	byLabel := map[string][][]string{}
	var labels []string
	for _, r := range rows {
		if r[1] == "oos" {
			continue
		}
		if byLabel[r[1]] == nil {
			labels = append(labels, r[1])
		}
		byLabel[r[1]] = append(byLabel[r[1]], t.features(r[0]))
	}
	t.sources++
	for _, label := range labels {
		texts := byLabel[label]
		t.groups++
		for range 2 {
			t.rnd.Shuffle(len(texts), func(i, j int) { texts[i], texts[j] = texts[j], texts[i] })
			for i := 0; i+1 < len(texts); i += 2 {
				t.examples = append(t.examples, wording.Example{A: texts[i], B: texts[i+1], Group: t.groups, Source: t.sources})
			}
		}
	}
	return nil
}

// readColumns reads some columns of a CSV file with a header.
func readColumns(name string, columns ...string) ([][]string, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s: is empty", name)
	}
	var out [][]string
	for _, row := range all[1:] {
		var cells []string
		for _, c := range columns {
			i := slices.Index(all[0], c)
			if i < 0 {
				return nil, fmt.Errorf("%s: column %q is missing", name, c)
			}
			cells = append(cells, strings.TrimSpace(row[i]))
		}
		out = append(out, cells)
	}
	return out, nil
}
