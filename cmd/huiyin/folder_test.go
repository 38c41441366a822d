package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"huiyin/data"
)

// folderShop is a shop of its own as the README makes it: the sample's files in a folder that the configuration names. Of its golden
// questions, which every import asks twice, it has the first ones; see allGolden.
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
	for _, name := range []string{"synonyms.yaml", "golden.csv"} {
		if err := os.Rename(filepath.Join(dir, "my-shop", name), filepath.Join(s.folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	s.write("../../huiyin.toml", "[bot]\nknowledge = '"+s.folder+"'\n")
	few := strings.SplitAfterN(s.allGolden(), "\n", fewGolden+2)
	s.write("golden.csv", strings.Join(few[:fewGolden+1], ""))
	return s
}

const fewGolden = 40

// allGolden gives the shop all golden questions of the sample.
func (s folderShop) allGolden() string {
	s.t.Helper()
	raw, err := fs.ReadFile(data.Files(), "shop/golden.csv")
	if err != nil {
		s.t.Fatal(err)
	}
	s.write("golden.csv", string(raw))
	return string(raw)
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

// TestGoldenQuestionsOfACopiedShop: a copy of the sample shop asks the sample's golden questions again, and a shop without any
// is told that there are none.
func TestGoldenQuestionsOfACopiedShop(t *testing.T) {
	s := newFolderShop(t)
	s.allGolden()
	s.run(0, "hi\n", "chat")
	edit := filepath.Join(s.dir, "edit")
	if err := os.Mkdir(edit, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(edit, "moon.md"), []byte(hours("published", "Behind the crater.")), 0o600); err != nil {
		t.Fatal(err)
	}
	asked := func(out string) string {
		_, rest, _ := strings.Cut(out, "Asked again: ")
		n, _, _ := strings.Cut(rest, " ")
		return n
	}
	own := asked(s.run(0, "", "kb import "+edit+" --dry-run"))
	code, out, errs := command(t, "", "--lang", "en", "--data", filepath.Join(s.dir, "sample"), "kb", "import", edit, "--dry-run")
	if code != 0 || own == "" || own == "0" || own != asked(out) {
		t.Errorf("%q golden questions, exit code %d: %s%s", own, code, out, errs)
	}
	s.run(0, "", "kb import "+s.folder+" --dry-run", "0 new, 0 changed")

	none := newFolderShop(t)
	if err := os.Remove(filepath.Join(none.folder, "golden.csv")); err != nil {
		t.Fatal(err)
	}
	none.run(0, "", "kb import "+none.folder)
	if out := none.run(0, "", "kb import "+edit+" --dry-run", "no questions to ask"); strings.Contains(out, "answered as before") {
		t.Errorf("%s", out)
	}
	none.write("golden.csv", "question\nwhere\n")
	none.run(2, "", "config check", "golden.csv:1")
}

// TestNothingIsClaimedOrMade: without questions none of them found an answer, and who looks makes no directory.
func TestNothingIsClaimedOrMade(t *testing.T) {
	data := emptyData(t)
	code, out, errs := command(t, "", "--lang", "en", "--data", data, "kb", "gaps")
	if code != 0 || !strings.Contains(out, "No questions came in") {
		t.Errorf("%d: %s%s", code, out, errs)
	}
	mistyped := filepath.Join(t.TempDir(), "no", "data")
	code, out, errs = command(t, "", "--lang", "en", "--data", mistyped, "doctor")
	if code != 0 || !strings.Contains(out, "warn  data: "+mistyped+" does not exist") {
		t.Errorf("%d: %s%s", code, out, errs)
	}
	if _, err := os.Stat(filepath.Dir(mistyped)); !os.IsNotExist(err) {
		t.Errorf("the doctor made a directory: %v", err)
	}
}

// TestSampleLeavesTheLanguageToTheTerminal: a configuration that starts from the sample speaks as the terminal does.
func TestSampleLeavesTheLanguageToTheTerminal(t *testing.T) {
	code, sample, errs := command(t, "", "config", "sample")
	if code != 0 {
		t.Fatalf("%d: %s", code, errs)
	}
	file := filepath.Join(t.TempDir(), "huiyin.toml")
	if err := os.WriteFile(file, []byte(sample), 0o600); err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[string]string{"en_US.UTF-8": "en", "zh_CN.UTF-8": "zh"} {
		e := &env{flags: &cli{Config: file}, lookup: func(name string) (string, bool) { return lang, name == "LANG" }}
		cfg, _, err := e.readConfig()
		if got := e.lang(cfg); err != nil || got != want {
			t.Errorf("%s: %q, %v", lang, got, err)
		}
	}
}
