package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"huiyin/store/mem"
)

// TestReviewSeed: made once for a store, so that it is in backups, and taken over from the file in which it was kept before.
func TestReviewSeed(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "review-seed")
	seed := func(s *mem.Store) string {
		t.Helper()
		got, err := reviewSeed(t.Context(), s, file)
		if err != nil || len(got) != 64 {
			t.Fatalf("%q, %v", got, err)
		}
		return got
	}
	one, two, old := mem.New(mem.Options{}), mem.New(mem.Options{}), mem.New(mem.Options{})
	first := seed(one)
	if seed(one) != first || seed(two) == first {
		t.Error("not the same at the second start, or in two installations")
	}
	before := strings.Repeat("5eed", 16)
	if err := os.WriteFile(file, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	if seed(old) != before || seed(one) != first {
		t.Error("the file of before is not taken over, or over what is stored")
	}
	if err := os.WriteFile(file, []byte("cut"), 0o600); err != nil {
		t.Fatal(err)
	}
	if seed(old) != before || seed(mem.New(mem.Options{})) == "cut" {
		t.Error("a broken file was taken")
	}
	if _, err := reviewSeed(t.Context(), old, dir); err == nil || !strings.Contains(err.Error(), "reviewed") {
		t.Errorf("a file that cannot be read: %v", err)
	}
}
