package nlp_test

import (
	"sync"
	"testing"

	"huiyin/data"
	"huiyin/nlp"
)

// shared is one Tokenizer for all tests of the package: loading the dictionary takes a while.
var shared = sync.OnceValues(func() (*nlp.Tokenizer, error) {
	return nlp.NewTokenizer(data.Files())
})

func tokenizer(t testing.TB) *nlp.Tokenizer {
	t.Helper()
	tok, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return tok
}
