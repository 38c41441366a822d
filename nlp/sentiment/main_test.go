package sentiment_test

import (
	"os"
	"sync"

	"huiyin/data"
	"huiyin/nlp"
	"huiyin/nlp/sentiment"
)

// parts are the real tokenizer and scorer.
type parts struct {
	tok    *nlp.Tokenizer
	scorer *sentiment.Scorer
}

// shipped loads what ships once for all tests of the package.
var shipped = sync.OnceValue(func() parts {
	dir, err := os.MkdirTemp("", "sentiment")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir) // the dictionaries are read once
	tok, err := nlp.NewTokenizer(data.Files(), dir)
	if err != nil {
		panic(err)
	}
	scorer, err := sentiment.Load(data.Files())
	if err != nil {
		panic(err)
	}
	return parts{tok, scorer}
})

func score(text string) nlp.Sentiment {
	p := shipped()
	return p.scorer.Score(text, p.tok.Tokenize(text), nlp.LangUnknown)
}
