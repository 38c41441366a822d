package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	"huiyin/data"
	"huiyin/kb"
	"huiyin/kb/wording"
	"huiyin/nlp"
)

// Of the models by which words apart are learned: small ones do, and each is trained without what it is asked.
const (
	halves    = 2
	smallDim  = 64
	shortRun  = 6
	fullFAQ   = 1000 // pairs of one collection, about as many as articles of a large one
	leastFAQ  = 500
	drawnFrom = 3 // seed of the draw
)

// learnApart trains a model on each half of the pairs and learns from the other half what words tell questions apart; with swaps,
// which words stand for each other, over the words that ship.
func learnApart(ctx context.Context, tok *nlp.Tokenizer, files []string, out string, swaps bool, set wording.Settings, stderr io.Writer) error {
	models, err := kb.LoadModels(data.Files(), nil)
	if err != nil {
		return err
	}
	single := models.Apart.Words()
	models.Apart = nil
	if swaps {
		models.Apart = single
	}
	set.Dim, set.Epochs = smallDim, shortRun
	var rows [][][]string
	var kept [halves][][][2]string // by half and file: pairs that mean the same
	rnd := rand.New(rand.NewPCG(drawnFrom, drawnFrom))
	for i, name := range files {
		file, err := readColumns(name, "text1", "text2", "label")
		if err != nil {
			return err
		}
		rows = append(rows, file)
		for h := range kept {
			kept[h] = append(kept[h], nil)
		}
		for _, r := range file {
			if r[2] == "1" && r[0] != r[1] {
				h := rnd.IntN(halves)
				kept[h][i] = append(kept[h][i], [2]string{r[0], r[1]})
			}
		}
	}
	var sets []kb.Unseen
	for _, half := range kept {
		unseen := map[string]bool{}
		for _, pairs := range half {
			for _, p := range pairs {
				unseen[p[0]], unseen[p[1]] = true, true
			}
		}
		t := trainingSet{tok: tok, rnd: rnd}
		for _, file := range rows {
			t.add(slices.DeleteFunc(slices.Clone(file), func(r []string) bool { return unseen[r[0]] || unseen[r[1]] }))
		}
		if models.Wording, err = wording.Train(ctx, t.examples, set); err != nil {
			return err
		}
		for _, pairs := range half {
			for faq := range slices.Chunk(pairs, fullFAQ) {
				if len(faq) >= leastFAQ {
					sets = append(sets, kb.Collect(models, faq))
				}
			}
		}
	}
	var learned *wording.Apart
	if swaps {
		learned, err = kb.LearnSwaps(ctx, tok, sets, single)
	} else {
		learned, err = kb.LearnApart(ctx, tok, sets)
	}
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := learned.Write(&b); err != nil {
		return err
	}
	fmt.Fprintf(stderr, "%d collections, %d words and pairs\n", len(sets), learned.Len())
	return os.WriteFile(filepath.Join(out, wording.ApartFile), b.Bytes(), 0o644)
}
