package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"huiyin/feedback"
	"huiyin/feedback/schema/schematest"
)

// The demo plays at least 1,500 messages of at least 200 customers in all channels, and the digest that it writes begins
// with the crisis: its group, its first day, whom it hit.
func TestDemo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	var out, errs strings.Builder
	e := &env{ctx: t.Context(), now: clockOf(t).now, flags: &cli{Lang: "en"}, lookup: func(string) (string, bool) { return "", false }, out: &out, err: &errs}
	if err := (&demoCmd{Out: dir, store: "mem:"}).Run(e); err != nil {
		t.Fatal(err)
	}
	played := regexp.MustCompile(`(\d+) messages of (\d+) customers in three weeks, (\d+) answers, (\d+) handed`).FindStringSubmatch(errs.String())
	if len(played) != 5 {
		t.Fatalf("the demo said %q", errs.String())
	}
	for i, least := range []int{1500, 200, 1500, 100} {
		if n, _ := strconv.Atoi(played[i+1]); n < least {
			t.Errorf("%s: %d is less than %d", played[0], n, least)
		}
	}
	if want := filepath.Join(dir, "digest.html") + "\n"; out.String() != want {
		t.Errorf("printed %q, want %q", out.String(), want)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "digest.json"))
	if err != nil {
		t.Fatal(err)
	}
	schematest.Check(t, raw)
	var d feedback.Digest
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	first := d.Blocks[0].Elements[0].Sentence
	topic, _ := first.Values["topic"].(map[string]any)
	people, _ := first.Values["people"].(float64)
	if first.Key != "digest.topics.worse" || topic["zh"] != "配送" || first.Values["since"] != "2026-11-11" || people < 50 {
		t.Errorf("the digest begins with %+v", first)
	}
	for _, channel := range []string{"webchat", "telegram", "slack"} {
		if !strings.Contains(string(raw), `"`+channel+`"`) {
			t.Errorf("nothing came in through %s", channel)
		}
	}
}

// A folder that no demo made is left as it is.
func TestDemoKeepsOffOtherFolders(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "mine.txt"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (&demoCmd{Out: dir}).clear(); err == nil {
		t.Fatal("the folder was taken")
	}
	if _, err := os.Stat(filepath.Join(dir, "mine.txt")); err != nil {
		t.Error(err)
	}
}
