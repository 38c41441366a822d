package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"huiyin/store/open"
)

// inFile writes a file in a directory of the test, and returns its name.
func inFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestIgnoredKeys: a key that means nothing is named with its line and the nearest there is, by whatever opens the program, and
// nothing else is said of a file that is good.
func TestIgnoredKeys(t *testing.T) {
	file := inFile(t, "a.toml", "[bot]\nknowlege = \"x\"\n[[inbox]]\nid = \"web\"\nchannel = \"webchat\"\n[inbox.settings]\ntitel = \"x\"\n")
	for lang, want := range map[string]string{"en": "a.toml:2: nothing is called bot.knowlege, so it is ignored. The nearest there is: bot.knowledge\n", "zh": "没有 bot.knowlege 这一项，已忽略。名字最接近的是 bot.knowledge\n"} {
		for _, args := range []string{"chat", "config print"} {
			code, _, errs := command(t, "", append([]string{"--lang", lang, "--data", t.TempDir(), "--config", file}, strings.Fields(args)...)...)
			if code != exitDone || !strings.Contains(errs, want) || strings.Count(errs, "\n") != 1 {
				t.Errorf("%s: code %d: %s", args, code, errs)
			}
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var errs writer
	code := runAt(ctx, clockOf(t).now, []string{"--lang", "en", "--data", t.TempDir(), "--config", file, "serve", "--listen", "127.0.0.1:0"}, reader(""), stopsAt{"Ctrl-C", stop}, &errs, noEnvironment)
	for _, want := range []string{"level=WARN", "key=bot.knowlege", "nearest=bot.knowledge", "key=inbox.settings.titel", "a.toml:7"} {
		if !strings.Contains(errs.String(), want) {
			t.Errorf("serve: code %d: no %q in %s", code, want, errs.String())
		}
	}
}

// TestUnknownTable: of a table that nobody knows its keys are named, each once with what it may have been meant for.
func TestUnknownTable(t *testing.T) {
	for text, want := range map[string]string{"[htpp]\nlisten = \"127.0.0.1:1\"\n": "a.toml:2: nothing is called htpp.listen. The nearest there is: http.listen", "[hoors]\n": "a.toml:1: nothing is called hoors."} {
		code, _, errs := command(t, "", "--lang", "en", "--data", t.TempDir(), "--config", inFile(t, "a.toml", text), "config", "check")
		if code != exitUsage || !strings.Contains(errs, want) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%q: code %d: %s", text, code, errs)
		}
	}
}

// stopsAt stops something when a text is written.
type stopsAt struct {
	text string
	stop context.CancelFunc
}

func (w stopsAt) Write(p []byte) (int, error) {
	if strings.Contains(string(p), w.text) {
		w.stop()
	}
	return len(p), nil
}

// TestConfigurationFaultsTogether: everything that is wrong is listed, a language that the environment hides among it.
func TestConfigurationFaultsTogether(t *testing.T) {
	file := inFile(t, "a.toml", "lang = \"fr\"\nzone = \"Mars\"\n[hours]\nopen = \"9\"\ndays = [\"mon\", \"someday\"]\n")
	var out, errs writer
	code := runAt(t.Context(), clockOf(t).now, []string{"--config", file, "config", "check"}, reader(""), &out, &errs, func(name string) (string, bool) { return "en", name == "HUIYIN_LANG" })
	for _, want := range []string{`lang is "fr"`, `zone is "Mars"`, `hours.open is "9"`, `hours.days is "someday"`} {
		if code != exitUsage || strings.Count(errs.String(), want) != 1 {
			t.Errorf("code %d: not once %q in %s", code, want, errs.String())
		}
	}
}

// TestNothingThere: a command that reads a database makes none where there is none, and says so.
func TestNothingThere(t *testing.T) {
	for _, args := range []string{"digest", "admin list", "admin link --email a@example.com", "contact export Ann", "contact erase Ann", "customers imports", "customers undo 1", "kb export out.csv", "kb gaps", "backup"} {
		dir := filepath.Join(t.TempDir(), "data")
		refused(t, exitUsage, []string{filepath.Join(dir, "huiyin.db"), "no database", "--data"}, append([]string{"--lang", "en", "--data", dir}, strings.Fields(args)...)...)
		refused(t, exitUsage, []string{"没有数据库", "--data"}, append([]string{"--lang", "zh", "--data", dir}, strings.Fields(args)...)...)
		if _, err := os.Stat(dir); !os.IsNotExist(err) {
			t.Errorf("%s: a directory was made: %v", args, err)
		}
	}
}

// emptyData is a data directory whose database holds nothing.
func emptyData(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	s, err := open.Open("bolt:"+filepath.Join(dir, "huiyin.db"), open.Options{Now: clockOf(t).now})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestDamagedBackup: one sentence names the backup, and nothing is changed.
func TestDamagedBackup(t *testing.T) {
	dir := emptyData(t)
	raw, err := os.ReadFile(filepath.Join(dir, "huiyin.db"))
	if err != nil {
		t.Fatal(err)
	}
	cut := inFile(t, "trunc.db", string(raw[:12<<10]))
	for lang, want := range map[string]string{"en": "huiyin: " + cut + " is damaged, or was not copied whole", "zh": "huiyin: " + cut + " 已损坏"} {
		code, _, errs := command(t, "", "--lang", lang, "--data", dir, "restore", cut)
		if code != exitFailed || !strings.HasPrefix(errs, want) || strings.Contains(errs, "restoring") || strings.Contains(errs, "store:") || strings.Count(errs, "\n") != 1 {
			t.Errorf("code %d: %s", code, errs)
		}
	}
	refused(t, exitUsage, []string{dir, "is a directory"}, "--lang", "en", "--data", dir, "restore", dir)
	refused(t, exitUsage, []string{dir, "is a directory"}, "--lang", "en", "--data", dir, "verify", dir)
	if now, err := os.ReadFile(filepath.Join(dir, "huiyin.db")); err != nil || string(now) != string(raw) {
		t.Errorf("the database was changed: %v", err)
	}
}

// TestAccountNeedsName: no account without a name or with a short password, and a sentence for each.
func TestAccountNeedsName(t *testing.T) {
	refused(t, exitUsage, []string{"--name"}, "--lang", "en", "--data", t.TempDir(), "admin", "create", "--email", "a@example.com", "--name", " ")
	code, _, errs := command(t, "short\n", "--lang", "zh", "--data", t.TempDir(), "admin", "create", "--email", "a@example.com", "--name", "A", "--password")
	if code != exitUsage || errs != "huiyin: 密码长度为 10 到 128 个字符。\n" {
		t.Errorf("code %d: %s", code, errs)
	}
}

// TestQuestionInWords: a question needs no quotation marks, and an empty one is none.
func TestQuestionInWords(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"search", "explain"} {
		code, out, errs := command(t, "", "--lang", "en", "--data", dir, "kb", name, "how", "long", "does", "delivery", "take")
		_, quoted, _ := command(t, "", "--lang", "en", "--data", dir, "kb", name, "how long does delivery take")
		if code != exitDone || out != quoted || !strings.Contains(out, "delivery") {
			t.Errorf("kb %s: code %d: %s%s\nquoted: %s", name, code, out, errs, quoted)
		}
		refused(t, exitUsage, []string{"question"}, "--lang", "en", "--data", dir, "kb", name, "")
		refused(t, exitUsage, []string{"问题"}, "--lang", "zh", "--data", dir, "kb", name, " ")
	}
}

// gbk is 快递太慢了 in GBK, in a line.
const gbk = "\xbf\xec\xb5\xdd\xcc\xab\xc2\xfd\xc1\xcb\n"

// TestTextsInOtherEncodings: texts are read in their encoding, from a file and from a pipe, and what is no text is not read.
func TestTextsInOtherEncodings(t *testing.T) {
	dir := t.TempDir()
	text := strings.Repeat(gbk, 3)
	for in, args := range map[string][]string{"": {inFile(t, "a.txt", text)}, text: nil} {
		code, out, errs := command(t, in, append([]string{"--lang", "en", "--data", dir, "nlp", "analyze"}, args...)...)
		if code != exitDone || strings.Count(out, "\n") != 3 || strings.Count(out, "快递太慢了") < 3 {
			t.Errorf("%v: code %d: %s%s", args, code, out, errs)
		}
	}
	png := inFile(t, "pic.csv", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00\x90\xfe\xff\x81")
	for _, command := range [][]string{{"nlp", "analyze", png}, {"kb", "import", png}} {
		refused(t, exitUsage, []string{"pic.csv", "this is no text file"}, append([]string{"--lang", "en", "--data", dir}, command...)...)
		refused(t, exitUsage, []string{"pic.csv", "这不是文本文件"}, append([]string{"--lang", "zh", "--data", dir}, command...)...)
	}
}

// TestLanguageFlag: a language that there is none of is told in one language.
func TestLanguageFlag(t *testing.T) {
	var out, errs writer
	code := runAt(t.Context(), clockOf(t).now, []string{"--lang", "zh-Hant", "config", "check"}, reader(""), &out, &errs, func(name string) (string, bool) { return "zh_CN.UTF-8", name == "LANG" })
	if code != exitUsage || errs.String() != "huiyin: --lang 是 \"zh-Hant\"，请写 zh 或 en\n" {
		t.Errorf("code %d: %s", code, errs.String())
	}
}

// TestIcon: a browser that asks for the site's icon gets one.
func TestIcon(t *testing.T) {
	w := httptest.NewRecorder()
	serveIcon(w, httptest.NewRequest(http.MethodGet, "/favicon.ico", nil))
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/svg+xml" || !strings.Contains(w.Body.String(), "<svg") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}
