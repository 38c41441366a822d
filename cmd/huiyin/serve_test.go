package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReviewSeed: made once for an installation, kept from others, and made anew when it is broken.
func TestReviewSeed(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "review-seed")
	seed := func(path string) string {
		t.Helper()
		s, err := reviewSeed(path)
		if err != nil || len(s) != 64 {
			t.Fatalf("%q, %v", s, err)
		}
		return s
	}
	first := seed(path)
	if again := seed(path); again != first {
		t.Error("another one at the second start")
	}
	if seed(filepath.Join(dir, "other")) == first {
		t.Error("two installations have the same one")
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if err := os.WriteFile(path, []byte("cut"), 0o600); err != nil {
		t.Fatal(err)
	}
	if made := seed(path); made == "cut" || seed(path) != made {
		t.Error("a broken one was taken, or not mended")
	}
	if _, err := reviewSeed(filepath.Join(dir, "none", "seed")); err == nil || !strings.Contains(err.Error(), "reviewed") {
		t.Errorf("without a folder: %v", err)
	}
}
