package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A version that the linker set names the code; where it does not, every build is another program.
func TestCodeNames(t *testing.T) {
	path := filepath.Join(t.TempDir(), "huiyin")
	build := func(code string, at time.Time) {
		t.Helper()
		if err := os.WriteFile(path, []byte(code), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	at := time.Date(2026, 11, 9, 8, 0, 0, 0, time.UTC)
	for version, changes := range map[string]bool{"dev": true, "v1.2.0-3-gabc-dirty": true, "": true, "v1.2.0": false, "0ebf476": false} {
		build("one", at)
		first := codeNameAt(version, path)
		if again := codeNameAt(version, path); again != first {
			t.Errorf("%q: the same program is %q and %q", version, first, again)
		}
		build("two", at.Add(time.Second))
		if second := codeNameAt(version, path); (second != first) != changes {
			t.Errorf("%q: after another build %q became %q", version, first, second)
		}
	}
	if got := codeNameAt("dev", filepath.Join(t.TempDir(), "none")); got != "dev" {
		t.Errorf("without an executable: %q", got)
	}
}
