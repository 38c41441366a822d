package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"huiyin/store/open"
)

// TestBadInput: whatever is wrong with what the program is given, it says so in one line that names the place and what to
// do, and its exit code is 2.
func TestBadInput(t *testing.T) {
	for _, tc := range []struct {
		name  string
		files map[string]string
		args  string   // @ stands for the folder of the files
		want  []string // in the line
	}{
		{"unknown flag", nil, "serve --colour", []string{"--colour", "--help"}},
		{"unknown command", nil, "sing", []string{"sing", "--help"}},
		{"unknown language", nil, "--lang fr chat", []string{"--lang", "zh", `"fr"`}},
		{"missing argument", nil, "mine --out @/o", []string{"--in"}},
		{"no port", nil, "serve --listen nowhere", []string{`"nowhere"`, "host:port"}},
		{"missing configuration", nil, "--config @/no.toml config check", []string{"no.toml"}},
		{"broken TOML", map[string]string{"a.toml": "lang = \"zh\"\n[bot\n"}, "--config @/a.toml config check", []string{"a.toml:3"}},
		{"unknown key", map[string]string{"a.toml": "[bot]\nnobody = 1\n"}, "--config @/a.toml config check", []string{"a.toml:2", "bot.nobody", "config print"}},
		{"wrong type", map[string]string{"a.toml": "[bot]\nworkers = \"many\"\n"}, "--config @/a.toml config check", []string{"a.toml:2", "bot.workers", "a whole number"}},
		{"a question that asks itself", map[string]string{"a.toml": "[nps]\nevery_days = 1\nquiet = \"24h\"\n"}, "--config @/a.toml config check", []string{"nps.quiet is 24h", "shorter", "nps.every_days"}},
		{"no folder", map[string]string{"a.toml": "[bot]\nknowledge = \"@/kbb\"\n"}, "--config @/a.toml config check", []string{"bot.knowledge", "kbb", "correct the path"}},
		{"no folder but a file", map[string]string{"a.toml": "[bot]\ndialogue = \"@/a.toml\"\n"}, "--config @/a.toml config check", []string{"bot.dialogue", "is not a folder"}},
		{"a day that is none", map[string]string{"a.toml": "[digest]\nweekday = \"someday\"\n"}, "--config @/a.toml config check", []string{"digest.weekday", `"someday"`, "sun mon tue"}},
		{"serve on a day that is none", map[string]string{"a.toml": "[digest]\nweekday = \"someday\"\n"}, "--config @/a.toml serve --listen 127.0.0.1:0", []string{"digest.weekday"}},
		{"an hour that is none", map[string]string{"a.toml": "[digest]\nat = \"25:00\"\n"}, "--config @/a.toml config check", []string{"digest.at", `"25:00"`, "09:00"}},
		{"no store", map[string]string{"a.toml": "[store]\ndsn = \"postgres:\"\n"}, "--config @/a.toml config check", []string{"store.dsn", `"postgres:"`, "bolt:"}},
		{"broken article in the folder", map[string]string{"a.toml": "[bot]\nknowledge = \"@/kb\"\n", "kb/a.md": "---\nid: a.en\nroot: a\ntitle: A\nlang: klingon\n---\nText\n"}, "--config @/a.toml config check", []string{"a.md:", "klingon"}},
		{"broken synonyms in the folder", map[string]string{"a.toml": "[bot]\nknowledge = \"@/kb\"\n", "kb/synonyms.yaml": "- [\n"}, "--config @/a.toml config check", []string{"synonyms.yaml:"}},
		{"broken dialogue in the folder", map[string]string{"a.toml": "[bot]\ndialogue = \"@/d\"\n", "d/one.yaml": "intents:\n  - name: a\n    titel: x\n"}, "--config @/a.toml config check", []string{"one.yaml:3", "titel"}},
		{"no key in the file", map[string]string{"a.toml": "[bot]\nservice_key_file = \"@/none\"\n"}, "--config @/a.toml config check", []string{"bot.service_key_file", "none", "correct the path"}},
		{"a list of topics that is none", map[string]string{"odd.csv": "a,b\n1,2\n", "a.csv": "id,comment\n1,it came late again\n"}, "mine --in @/a.csv --out @/o --taxonomy @/odd.csv", []string{"odd.csv:1: here is a text (", "it should be keys with values", "taxonomy/retail.yaml"}},
		{"help of the command", nil, "kb import --nothing", []string{"huiyin kb import --help"}},
		{"unknown channel", map[string]string{"a.toml": "[[inbox]]\nid = \"x\"\nchannel = \"fax\"\n"}, "--config @/a.toml config check", []string{`"x"`, `"fax"`, "telegram"}},
		{"no token", map[string]string{"a.toml": "[[inbox]]\nid = \"x\"\nchannel = \"telegram\"\n"}, "--config @/a.toml config check", []string{`"x"`, "token", "@BotFather"}},
		{"no origin", map[string]string{"a.toml": "[[inbox]]\nid = \"x\"\nchannel = \"webchat\"\n[inbox.settings]\norigins = [\"shop.example/\"]\n"}, "--config @/a.toml config check", []string{`"shop.example/"`, "https://"}},
		{"broken YAML", map[string]string{"a.toml": "[bot]\ndialogue = \"@/d\"\n", "d/one.yaml": "intents:\n  - name: a\n   title: x\n"}, "--config @/a.toml chat", []string{"one.yaml:"}},
		{"unknown intent field", map[string]string{"a.toml": "[bot]\ndialogue = \"@/d\"\n", "d/one.yaml": "intents:\n  - name: a\n    titel: x\n"}, "--config @/a.toml chat", []string{"one.yaml:3", "titel"}},
		{"broken article", map[string]string{"kb/a.md": "---\nid: a.en\nroot: a\ntitle: A\nlang: klingon\n---\nText\n"}, "kb import @/kb", []string{"a.md:", "klingon", "zh or en"}},
		{"article without end of its front matter", map[string]string{"kb/a.md": "---\nid: a.en\n"}, "kb import @/kb", []string{"a.md:", "---"}},
		{"broken CSV of articles", map[string]string{"a.csv": "question,answer\nonly one\n"}, "kb import @/a.csv", []string{"a.csv:2", "cells"}},
		{"two articles with one id", map[string]string{"kb/a.md": "---\nid: a.en\ntitle: T\n---\n", "kb/b.md": "---\nid: a.en\ntitle: U\n---\n"}, "kb import @/kb", []string{"b.md", `“a.en”`, "already used by a.md"}},
		{"articles in an encoding that is none", map[string]string{"a.csv": "title\n\x81\xfe\x90\x8d\n"}, "kb import @/a.csv", []string{"a.csv", "gbk"}},
		{"articles in a format that is none", map[string]string{"a.pdf": "%PDF"}, "kb import @/a.pdf", []string{"a.pdf", ".docx"}},
		{"broken Word document", map[string]string{"a.docx": "PK"}, "kb import @/a.docx", []string{"a.docx", "damaged"}},
		{"page inside", nil, "kb import https://127.0.0.1:1/", []string{"127.0.0.1", "private network"}},
		{"page without encryption", nil, "kb import http://example.com/", []string{"http://example.com/", "https://"}},
		{"nothing to undo", nil, "kb undo", []string{"no import to undo"}},
		{"no such articles", nil, "kb import @/no", []string{"no"}},
		{"feedback without texts", map[string]string{"a.csv": "id,time,txt\n1,2,3\n"}, "mine --in @/a.csv --out @/o", []string{"a.csv", "--text", "1 id, 2 time"}},
		{"feedback with nothing but times", map[string]string{"a.csv": "id,time\n1,2026-11-01\n"}, "mine --in @/a.csv --out @/o", []string{"a.csv", "--text", "1 id, 2 time"}},
		{"feedback that is empty", map[string]string{"a.csv": ""}, "mine --in @/a.csv --out @/o", []string{"a.csv", "empty"}},
		{"feedback of titles alone", map[string]string{"a.csv": "id,text\n"}, "mine --in @/a.csv --out @/o", []string{"a.csv", "--header no"}},
		{"feedback in a PDF", map[string]string{"a.pdf": "%PDF-1.7\n"}, "mine --in @/a.pdf --out @/o", []string{"a.pdf", "CSV"}},
		{"a column that is not there", map[string]string{"a.csv": "id,comment\n1,it came late again\n"}, "mine --in @/a.csv --out @/o --text coment", []string{"--text", "“coment”", "“comment”", "1 id, 2 comment"}},
		{"no such feedback", nil, "mine --in @/no.csv --out @/o", []string{"no.csv"}},
		{"examples without labels", map[string]string{"a.csv": "text\nhello\n"}, "eval intent --train @/a.csv --test @/a.csv --json", []string{"a.csv", "label"}},
		{"corpus without questions", map[string]string{"a.csv": "id,answer\n1,x\n"}, "eval retrieval --corpus @/a.csv --queries @/a.csv --json", []string{"a.csv:1", "question"}},
		{"no such week", nil, "digest --week 2026-99", []string{"2026-99", "2026-W46"}},
		{"no such backup", nil, "restore @/no.db", []string{"no.db"}},
		{"a text for a backup", map[string]string{"a.txt": "hello"}, "restore @/a.txt", []string{"a.txt", "no backup"}},
		{"nothing for a backup", map[string]string{"a.db": ""}, "restore @/a.db", []string{"a.db", "no backup"}},
		{"nothing to verify", nil, "verify", []string{"huiyin.db", "--data"}},
		{"a text to verify", map[string]string{"a.txt": "hello"}, "verify @/a.txt", []string{"a.txt", "no backup"}},
		{"no folder for a backup", nil, "backup --out @/no/a.db", []string{"no", "make it"}},
		{"texts that are not there", nil, "nlp analyze @/no.txt", []string{"no.txt"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range tc.files {
				path := filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(strings.ReplaceAll(text, "@", dir)), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			args := strings.Fields(strings.ReplaceAll(tc.args, "@", dir))
			refused(t, 2, tc.want, append([]string{"--data", filepath.Join(dir, "data")}, args...)...)
		})
	}
}

// TestBrokenYAMLInChinese: whichever file an editor breaks, she reads in Chinese what is wrong and where, without a word of the library's.
func TestBrokenYAMLInChinese(t *testing.T) {
	for name, tc := range map[string]struct {
		files map[string]string
		args  string
		want  string
	}{
		"dialogue":     {map[string]string{"a.toml": "[bot]\ndialogue = \"@/d\"\n", "d/one.yaml": "intents:\n  - name: a\n    titel: x\n"}, "--config @/a.toml config check", "one.yaml:3：没有“titel”这一项，这里可以写：name, title"},
		"two mistakes": {map[string]string{"a.toml": "[bot]\ndialogue = \"@/d\"\n", "d/one.yaml": "intents：\n  - name: a\n", "d/two.yaml": "forms:\n\t- name: a\n"}, "--config @/a.toml config check", "two.yaml:2：行首有制表符"},
		"synonyms":     {map[string]string{"a.toml": "[bot]\nknowledge = \"@/kb\"\n", "kb/synonyms.yaml": "- [a, b\n- [c, d]\n"}, "--config @/a.toml config check", "synonyms.yaml:1：括号没有成对"},
		"article":      {map[string]string{"kb/a.md": "---\nid: a.en\ntitle: [x\n---\nText\n"}, "kb import @/kb", "a.md:3: 开头的文章信息不合 YAML 格式（括号没有成对"},
		"taxonomy":     {map[string]string{"t.yaml": "topics:\n  - id: a\n    id: b\n", "a.csv": "id,comment\n1,it came late again\n"}, "mine --in @/a.csv --out @/o --taxonomy @/t.yaml", "t.yaml:3：“id”写了两次，第一次在第 2 行"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range tc.files {
				path := filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(strings.ReplaceAll(text, "@", dir)), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			args := strings.Fields(strings.ReplaceAll(tc.args, "@", dir))
			code, out, errs := command(t, "", append([]string{"--lang", "zh", "--data", filepath.Join(dir, "data")}, args...)...)
			t.Log(errs)
			if code != 2 || !strings.Contains(errs, tc.want) || out != "" {
				t.Errorf("%d, %s%s\nwant %s", code, out, errs, tc.want)
			}
		})
	}
}

// TestLargeImport: 200 MB are refused by their size, and nothing is read, stored or made.
func TestLargeImport(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "big.csv")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(file, 200<<20); err != nil {
		t.Fatal(err)
	}
	refused(t, 2, []string{"big.csv", "200 MB", "32 MB", "split"}, "--data", filepath.Join(dir, "data"), "kb", "import", file)
	if _, err := os.Stat(filepath.Join(dir, "data")); !os.IsNotExist(err) {
		t.Errorf("a data directory was made: %v", err)
	}
}

// refused runs a command that must end with this code and one line which holds every one of want.
func refused(t *testing.T, want int, says []string, args ...string) {
	t.Helper()
	code, _, errs := command(t, "", args...)
	if code != want {
		t.Errorf("exit code %d, want %d: %s", code, want, errs)
	}
	if !strings.HasPrefix(errs, "huiyin: ") || strings.Count(errs, "\n") != 1 {
		t.Errorf("want one line that begins with huiyin: and got %q", errs)
	}
	for _, s := range says {
		if !strings.Contains(errs, s) {
			t.Errorf("nothing about %q in %q", s, errs)
		}
	}
}

// TestBadSurroundings: what is wrong on the machine, not in what the program was given, ends with code 1.
func TestBadSurroundings(t *testing.T) {
	t.Run("port in use", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		refused(t, 1, []string{l.Addr().String(), "in use", "--listen"}, "--data", t.TempDir(), "serve", "--listen", l.Addr().String())
	})
	t.Run("database locked", func(t *testing.T) {
		dir := t.TempDir()
		s, err := open.Open("bolt:"+filepath.Join(dir, "huiyin.db"), open.Options{Now: clockOf(t).now})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		refused(t, 1, []string{filepath.Join(dir, "huiyin.db"), "another process", "--data"}, "--data", dir, "backup")
	})
	t.Run("no directory for data", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		refused(t, 1, []string{file}, "--data", file, "serve", "--listen", "127.0.0.1:0")
	})
	t.Run("not a database", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "huiyin.db"), []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
			t.Fatal(err)
		}
		refused(t, 1, []string{filepath.Join(dir, "huiyin.db")}, "--data", dir, "backup")
	})
}

// TestModelIsKept: what the first start has trained is there for the next, and a model of other examples goes.
func TestModelIsKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	config := filepath.Join(t.TempDir(), "huiyin.toml") // a word more, and the model that ships does not fit
	if err := os.WriteFile(config, []byte("[nlp]\nwords = [\"回声耳机\"]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if code, _, errs := command(t, "保修多久？\n", "--data", dir, "--config", config, "chat"); code != 0 || errs != "" {
			t.Fatalf("exit code %d, %q", code, errs)
		}
		kept, err := filepath.Glob(filepath.Join(dir, "models", "intent-*.bin"))
		if err != nil || len(kept) != 1 {
			t.Fatalf("kept %v, %v", kept, err)
		}
		old := filepath.Join(dir, "models", "intent-old.bin")
		if err := os.WriteFile(old, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(kept[0]); err != nil {
			t.Fatal(err)
		}
	}
}

// TestStoppedCommand: who presses Ctrl-C in the middle of a long command is told that it is not done.
func TestStoppedCommand(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var out, errs writer
	code := runAt(ctx, clockOf(t).now, []string{"--data", t.TempDir(), "eval", "answers", "--questions", "../../data/shop/golden.csv"}, reader(""), &out, &errs, noEnvironment)
	if want := "huiyin: stopped before it was done\n"; code != exitFailed || errs.String() != want {
		t.Errorf("code %d, said %q", code, errs.String())
	}
}
