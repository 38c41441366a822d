package nlp_test

import (
	"fmt"
	"os"
	"sync"
	"testing"

	"huiyin/data"
	"huiyin/nlp"
)

// shared is one Tokenizer for all tests of the package: loading jieba takes half a second.
var shared = sync.OnceValues(func() (*nlp.Tokenizer, error) {
	return nlp.NewTokenizer(data.Files(), dictDir)
})

var dictDir string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "huiyin-nlp-test")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	dictDir = dir
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

func tokenizer(t testing.TB) *nlp.Tokenizer {
	t.Helper()
	tok, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return tok
}
