package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"huiyin/data"
)

// folderShop is a shop of its own as the README makes it: the sample's files in a folder that the configuration names.
type folderShop struct {
	t           *testing.T
	dir, folder string
}

func newFolderShop(t *testing.T) folderShop {
	t.Helper()
	dir := t.TempDir()
	sample, err := fs.Sub(data.Files(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	s := folderShop{t, dir, filepath.Join(dir, "my-shop", "kb")}
	if err := os.CopyFS(filepath.Join(dir, "my-shop"), sample); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, "my-shop", "synonyms.yaml"), filepath.Join(s.folder, "synonyms.yaml")); err != nil {
		t.Fatal(err)
	}
	s.write("../../huiyin.toml", "[bot]\nknowledge = '"+s.folder+"'\n")
	return s
}

func (s folderShop) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.folder, name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// run is a command of the shop: what it wrote, which must hold all of says.
func (s folderShop) run(want int, in, args string, says ...string) string {
	s.t.Helper()
	line := append([]string{"--lang", "en", "--config", filepath.Join(s.dir, "huiyin.toml"), "--data", filepath.Join(s.dir, "data")}, strings.Fields(args)...)
	code, out, errs := command(s.t, in, line...)
	if code != want {
		s.t.Fatalf("%s: exit code %d: %s%s", args, code, out, errs)
	}
	for _, w := range says {
		if !strings.Contains(out+errs, w) {
			s.t.Errorf("%s: no %q in %s%s", args, w, out, errs)
		}
	}
	return out + errs
}

// hours is an article that only the folder has.
func hours(status, body string) string {
	return "---\nid: moon-parking.en\ntitle: Where do I park my moon buggy?\nstatus: " + status + "\n---\n\n" + body + "\n"
}

// TestImportOfTheConfiguredFolder: commands for editors do not publish the configured folder by being run. An import of it can
// be looked at first, is reported, can be undone, and what is undone stays so at the next start, as an editor's change does.
func TestImportOfTheConfiguredFolder(t *testing.T) {
	s := newFolderShop(t)
	const question = "Where do I park my moon buggy?\n"
	s.run(0, "", "kb search warranty", "holds no articles yet")
	s.write("moon.md", hours("published", "Behind the crater."))
	s.run(0, question, "chat", "Behind the crater.")
	s.run(0, "", "kb import "+s.folder+" --dry-run", "0 new, 0 changed")

	s.write("moon.md", hours("published", "Inside the crater."))
	s.write("words.yaml", "- Echo Bud Pro\n")
	for range 2 {
		s.run(0, "", "kb import "+s.folder+" --dry-run", "0 new, 1 changed", "moon-parking.en", "synonyms and words change")
	}
	s.run(0, "", "kb export "+filepath.Join(s.dir, "out.csv"))
	if raw, err := os.ReadFile(filepath.Join(s.dir, "out.csv")); err != nil || !strings.Contains(string(raw), "Behind the crater.") {
		t.Errorf("%v: an export took the folder in", err)
	}
	s.run(0, "", "kb import "+s.folder, "0 new, 1 changed", "undo")
	s.run(0, question, "chat", "Inside the crater.")
	s.run(0, "", "kb undo", "is undone")
	s.run(2, "", "kb undo", "no import")
	s.run(0, question, "chat", "Behind the crater.")
	s.run(0, "", "kb import "+s.folder+" --dry-run", "0 new, 1 changed", "synonyms and words change")

	s.write("moon.md", hours("published", "Left of the crater."))
	s.run(0, question, "chat", "Left of the crater.")
}

// TestOneTypoIsNoOutage: a mistake in one file does not keep a shop from answering with the articles of before, nothing of the
// folder is taken in, and everybody hears of it. With nothing to stand in it is an error.
func TestOneTypoIsNoOutage(t *testing.T) {
	s := newFolderShop(t)
	const question = "Where do I park my moon buggy?\n"
	s.write("moon.md", hours("publish", "Behind the crater."))
	if out := s.run(2, question, "chat", "moon.md:4", "publish"); strings.Contains(out, "articles of before") {
		t.Errorf("%s", out)
	}
	s.write("moon.md", hours("published", "Behind the crater."))
	s.run(0, question, "chat", "Behind the crater.")
	for _, fault := range []struct{ name, text, mended string }{
		{"typo.md", strings.Replace(hours("publish", "Elsewhere."), "moon", "star", 1), ""},
		{"synonyms.yaml", "groups: [[", "- [buggy, rover]\n"},
	} {
		s.write("moon.md", hours("published", "Inside the crater."))
		s.write(fault.name, fault.text)
		s.run(0, question, "chat", "Behind the crater.", fault.name+":", "articles of before")
		s.run(2, "", "config check", fault.name+":")
		s.run(1, "", "doctor", fault.name+":")
		if fault.mended == "" {
			if err := os.Remove(filepath.Join(s.folder, fault.name)); err != nil {
				t.Fatal(err)
			}
			continue
		}
		s.write(fault.name, fault.mended)
	}
	s.run(0, question, "chat", "Inside the crater.")
}
