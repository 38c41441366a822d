// Package feedbacktest gives the tests of feedback the dictionaries that ship with the program, loaded once a package.
package feedbacktest

import (
	"io/fs"
	"os"
	"sync"
	"testing"

	"huiyin/nlp/chain"
)

// words are loaded once: jieba alone takes half a second.
var words struct {
	sync.Mutex
	data  fs.FS
	dir   string
	chain *chain.Chain
}

// Main runs the tests of a package, which may ask for a Chain of the data that ships, and frees it after them.
func Main(m *testing.M, data fs.FS) {
	words.data = data
	defer func() {
		words.Lock()
		defer words.Unlock()
		if words.chain != nil {
			_ = words.chain.Close() // the tests are over
			_ = os.RemoveAll(words.dir)
		}
	}()
	m.Run()
}

// Chain is everything that reads a text, the same for all tests of a package. TestMain has to call Main.
func Chain(t testing.TB) *chain.Chain {
	t.Helper()
	words.Lock()
	defer words.Unlock()
	if words.chain != nil {
		return words.chain
	}
	dir, err := os.MkdirTemp("", "huiyin-feedback-test")
	if err != nil {
		t.Fatal(err)
	}
	c, err := chain.New(chain.Options{Data: words.data, UnpackDir: dir})
	if err != nil {
		_ = os.RemoveAll(dir)
		t.Fatal(err)
	}
	words.dir, words.chain = dir, c
	return c
}
