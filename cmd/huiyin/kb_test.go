package main

import (
	"cmp"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"huiyin/kb"
)

// TestKnowledgeOnTheCommandLine: what is exported is imported back as it was; an import shows what it would change, is all
// or nothing, and can be taken back.
func TestKnowledgeOnTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	hy := func(want int, args ...string) string {
		t.Helper()
		code, out, errs := command(t, "", append([]string{"--data", filepath.Join(dir, "data")}, args...)...)
		if code != want {
			t.Fatalf("%v: exit code %d: %s%s", args, code, out, errs)
		}
		return out + errs
	}
	has := func(out string, want ...string) {
		t.Helper()
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("no %q in %s", w, out)
			}
		}
	}
	folder, table := filepath.Join(dir, "out"), filepath.Join(dir, "out.csv")
	hy(0, "kb", "search", "怎么退货")
	hy(0, "kb", "export", folder)
	hy(0, "kb", "export", table)
	has(hy(0, "kb", "import", folder), "0 new, 0 changed,")
	has(hy(0, "kb", "import", table), "0 new, 0 changed,")

	edit := filepath.Join(dir, "edit.csv")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(edit, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("id,lang,title,body,status,golden\nparking.en,en,Can I park my camper van at your office?,\"Yes, behind the house.\",published,camper van parking at the office\n")
	has(hy(0, "kb", "import", edit, "--dry-run"), "1 new, 0 changed, 0 as before", "new      parking.en", "golden questions")
	has(hy(0, "kb", "import", edit), "1 new", "kb undo")
	has(hy(0, "kb", "search", "Can I park my camper van at your office?"), "answer", "parking.en")
	has(hy(0, "kb", "undo"), "undone: 1 articles")
	if out := hy(0, "kb", "search", "Can I park my camper van at your office?"); strings.Contains(out, "parking.en") {
		t.Errorf("still there: %s", out)
	}
	write("id,lang,title,body,status,golden\nempty.en,en,Blue sky,Nothing.,published,完全无关的黄金问题在哪里能找到呢\n")
	has(hy(1, "kb", "import", edit), "golden questions would break", "--force")
	has(hy(0, "kb", "import", edit, "--force", "to see"), "1 new")
	has(hy(0, "kb", "check"), "golden")
}

// TestFolderAndEditor: the configured folder is read at every start, and does not undo what an editor changed in the
// console; when its file changes, too, the file wins.
func TestFolderAndEditor(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "kb")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	file := func(body string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, "a.md"), []byte("---\nid: hours.en\ntitle: When are you open?\nstatus: published\n---\n\n"+body+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(edit string) string {
		t.Helper()
		app := &App{appOptions: appOptions{Config: defaultConfig(), Data: filepath.Join(dir, "data"), Log: slog.New(slog.DiscardHandler), Now: time.Now}}
		app.Config.Bot.Knowledge = folder
		if err := errors.Join(os.MkdirAll(app.Data, 0o700), app.openStore(), app.openNLP()); err != nil {
			t.Fatal(err)
		}
		defer app.Close()
		if err := cmp.Or(app.seedKB(t.Context()), app.openKB(t.Context())); err != nil {
			t.Fatal(err)
		}
		a, err := app.Store.Article(t.Context(), "hours.en")
		if err != nil {
			t.Fatal(err)
		}
		if edit != "" {
			next := a
			next.Body = edit
			if _, _, err := app.publisher().Save(t.Context(), []kb.Article{next}, kb.Signed{By: "Mei"}); err != nil {
				t.Fatal(err)
			}
		}
		return a.Body
	}
	file("From 9 to 17.")
	if got := run("From 9 to 18."); got != "From 9 to 17." {
		t.Fatalf("the file was not read: %q", got)
	}
	if got := run(""); got != "From 9 to 18." {
		t.Errorf("the start undid an editor's change: %q", got)
	}
	file("From 10 to 20.")
	if got := run(""); got != "From 10 to 20." {
		t.Errorf("the changed file was not read: %q", got)
	}
}

// TestSynonymsAreKept: what an editor saves is in the next search, also where the words of the question are cut already,
// and is still there after the next start.
func TestSynonymsAreKept(t *testing.T) {
	dir := t.TempDir()
	for start := range 2 {
		app := &App{appOptions: appOptions{Config: defaultConfig(), Data: dir, Log: slog.New(slog.DiscardHandler), Now: time.Now}}
		if err := cmp.Or(app.openStore(), app.openNLP()); err != nil {
			t.Fatal(err)
		}
		if err := cmp.Or(app.seedKB(t.Context()), app.openKB(t.Context())); err != nil {
			t.Fatal(err)
		}
		if start == 0 {
			if err := app.words.Save(t.Context(), [][]string{{"frobnicate", "send back", "退货"}}); err != nil {
				t.Fatal(err)
			}
		}
		const q = "frobnicate"
		a, err := app.KB.Search(t.Context(), kb.Query{Text: q, Tokens: app.NLP.Tokenizer.Tokenize(q), Lang: "en", Explain: true})
		if err != nil || len(a.Trace.Expanded) != 1 || len(app.words.Groups()) != 1 {
			t.Errorf("start %d: %v, %+v", start, err, a.Trace)
		}
		if err := app.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
