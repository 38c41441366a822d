package bolt_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestANewFileOutlivesAPowerCut: what is written is worth nothing where the name of the file, or of its folder, was not on the disk.
func TestANewFileOutlivesAPowerCut(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not installed: make test sees to it on Linux")
	}
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	calls := filepath.Join(root, "calls")
	folder := filepath.Join(root, "huiyin-data")
	cmd, in, out := child(t, []string{"strace", "-qq", "-f", "-y", "-e", "trace=fsync", "-o", calls}, "hold", filepath.Join(folder, "huiyin.db"))
	if !out.Scan() || out.Text() != "open" {
		t.Fatalf("the other process: %s", out.Text())
	}
	_ = in.Close()
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	traced, err := os.ReadFile(calls)
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{root, folder} {
		if !strings.Contains(string(traced), "<"+dir+">") {
			t.Errorf("the names in %s are not on the disk when the store is open:\n%s", dir, traced)
		}
	}
}
