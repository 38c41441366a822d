package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"huiyin/bot"
)

var allConversations = bot.Filter{Limit: 1000}

// writer is a buffer that two goroutines may use.
type writer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

func (w *writer) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

// csvRows are the rows of a file in testdata, without its header.
func csvRows(t *testing.T, name string) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("%s: %d rows, %v", name, len(rows), err)
	}
	return rows[1:]
}

func reader(s string) io.Reader { return strings.NewReader(s) }

// hostPage is a page of some other site that embeds the widget.
func hostPage(t *testing.T, script func() string, attributes ...string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><title>shop</title><h1>Some shop</h1><p>Goods.</p>
			<script>addEventListener('message', (e) => { if (e.data?.huiyin?.started) window.chatStarted = true; });</script>
			<script src=%q %s async></script>`, script(), strings.Join(attributes, " "))
	}))
	t.Cleanup(s.Close)
	return s.URL
}
