package sentiment_test

import (
	"fmt"
	"os"
	"testing"

	"huiyin/data"
	"huiyin/nlp"
	"huiyin/nlp/sentiment"
)

// tok and scorer are the real ones, loaded once.
var (
	tok    *nlp.Tokenizer
	scorer *sentiment.Scorer
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "sentiment")
	if err == nil {
		defer os.RemoveAll(dir)
		tok, err = nlp.NewTokenizer(data.Files(), dir)
	}
	if err == nil {
		scorer, err = sentiment.Load(data.Files())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer tok.Close()
	return m.Run()
}

func score(text string) nlp.Sentiment {
	return scorer.Score(text, tok.Tokenize(text), nlp.LangUnknown)
}
