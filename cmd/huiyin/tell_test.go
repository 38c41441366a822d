package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"huiyin/internal/config"
	"huiyin/internal/yamlfile"
	"huiyin/store"
	"huiyin/store/open"
)

// TestVoice: what was asked for comes first, then what the terminal speaks, then the configuration.
func TestVoice(t *testing.T) {
	for _, tc := range []struct {
		name, flag, configured string
		env                    map[string]string
		want                   string
	}{
		{"nothing is known", "", "", nil, "zh"},
		{"configured", "", "en", nil, "en"},
		{"terminal", "", "zh", map[string]string{"LANG": "en_GB.UTF-8"}, "en"},
		{"terminal in Chinese", "", "en", map[string]string{"LANG": "zh_TW.UTF-8"}, "zh"},
		{"terminal without a language", "", "en", map[string]string{"LANG": "C.UTF-8"}, "en"},
		{"terminal in another language", "", "zh", map[string]string{"LANG": "fr_FR.UTF-8"}, "zh"},
		{"messages are not as the rest", "", "", map[string]string{"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US"}, "en"},
		{"all are the same", "", "", map[string]string{"LC_ALL": "en", "LC_MESSAGES": "zh_CN"}, "en"},
		{"flag", "zh", "en", map[string]string{"LANG": "en_US.UTF-8"}, "zh"},
		{"flag that could not be read", "", "en", map[string]string{"LANG": "en_US.UTF-8", "HUIYIN_LANG": "zh"}, "zh"},
	} {
		e := &env{flags: &cli{Lang: tc.flag}, configured: tc.configured, lookup: func(name string) (string, bool) { v, ok := tc.env[name]; return v, ok }}
		if got := e.voice(); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

// TestLang: what is written for more readers than one is in the language of the configuration's file, then of the terminal.
func TestLang(t *testing.T) {
	for _, tc := range []struct {
		name, flag, file string
		env              map[string]string
		want             string
	}{
		{"nothing is known", "", "", nil, "zh"},
		{"terminal", "", "", map[string]string{"LANG": "en_US.UTF-8"}, "en"},
		{"terminal without a language", "", "", map[string]string{"LANG": "C.UTF-8"}, "zh"},
		{"file", "", "lang = \"zh\"\n", map[string]string{"LANG": "en_US.UTF-8"}, "zh"},
		{"file that says nothing of it", "", "zone = \"UTC\"\n", map[string]string{"LANG": "en_US.UTF-8"}, "en"},
		{"environment", "", "lang = \"zh\"\n", map[string]string{"HUIYIN_LANG": "en"}, "en"},
		{"flag", "en", "lang = \"zh\"\n", map[string]string{"HUIYIN_LANG": "zh"}, "en"},
	} {
		e := &env{flags: &cli{Lang: tc.flag}, lookup: func(name string) (string, bool) { v, ok := tc.env[name]; return v, ok }}
		if tc.file != "" {
			e.flags.Config = filepath.Join(t.TempDir(), "a.toml")
			if err := os.WriteFile(e.flags.Config, []byte(tc.file), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		cfg, _, err := e.config()
		if err != nil {
			t.Fatal(err)
		}
		if got := e.lang(cfg); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

// TestHints: help and version are where people look for them, and what is empty says what to do.
func TestHints(t *testing.T) {
	dir := t.TempDir()
	begun, err := open.Open(defaultConfig().dsn(dir), open.Options{Now: clockOf(t).now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := begun.Close(); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ args, want string }{
		{"help", "Usage: huiyin <command>"},
		{"help mine", "Usage: huiyin mine --in=F"},
		{"--version", "huiyin " + version + "\n"},
		{"--lang en --data @ admin list", "huiyin admin create --email"},
	} {
		if code, out, errs := command(t, "", strings.Fields(strings.ReplaceAll(tc.args, "@", dir))...); code != exitDone || !strings.Contains(out, tc.want) {
			t.Errorf("%s: code %d: %s%s", tc.args, code, out, errs)
		}
	}
}

// TestExplain: what the program has words for is said in the reader's language, wherever it stands in an error.
func TestExplain(t *testing.T) {
	missing := &fs.PathError{Op: "open", Path: "a.csv", Err: syscall.ENOENT}
	for _, tc := range []struct {
		err    error
		zh, en string
	}{
		{errors.New("other"), "other", "other"},
		{fmt.Errorf("%w: week 99", errUsage), "week 99", "week 99"},
		{missing, "a.csv：没有这个文件或目录", "a.csv: no such file or directory"},
		{fmt.Errorf("%w: %w", errUsage, missing), "a.csv：没有这个文件或目录", "a.csv: no such file or directory"},
		{wrong(nil, "cli.data.none", "cause", missing), "无法创建数据目录：a.csv：没有这个文件或目录。可用 --data 换一个目录",
			"the data directory cannot be made: a.csv: no such file or directory: choose another with --data"},
		{fmt.Errorf("start: %w", errors.Join(wrong(config.ErrInvalid, "cli.config.workers"), syscall.ENOSPC)),
			"start: 配置有误：bot.workers 和 bot.backlog 至少为 1\n磁盘已满", "start: configuration: bot.workers and bot.backlog must be at least 1\nno space left on the disk"},
		{fmt.Errorf("backup: %w", store.LockedError{Path: "x.db"}), "backup: x.db 正被另一个进程占用：先停掉它，或用 --data 换一个目录",
			"backup: x.db is used by another process: stop it, or choose another --data"},
		{config.KindError{At: "a.toml:3", Key: "bot.workers", Has: config.Text, Want: config.Whole}, "配置有误：a.toml:3：bot.workers 写成了带引号的文字，应该是整数，例如 10",
			"configuration: a.toml:3: bot.workers is text in quotes, and should be a whole number: for example 10"},
		{config.SyntaxError{At: "a.toml:2", What: "Key 'lang' has …", Flaw: "twice", Key: "lang"}, "配置有误：a.toml:2：“lang”写了两次", "configuration: a.toml:2: “lang” is given twice"},
		{config.SyntaxError{At: "a.toml:2", What: "unexpected '='"}, "配置有误: a.toml:2: unexpected '='", "configuration: a.toml:2: unexpected '='"},
		{fmt.Errorf("topics: %w", &yamlfile.Error{File: "odd.csv", Line: 1, What: "here is …", Has: "text", Want: "keys", Value: "a,b 1,2"}),
			"topics: odd.csv:1：这里是一段文字（“a,b 1,2”），应该是“键: 值”的形式", "topics: odd.csv:1: here is a text (“a,b 1,2”), and it should be keys with values (key: value)"},
		{&yamlfile.Error{File: "a.yaml", What: "here is …", Has: "list", Want: "whole"}, "a.yaml：这里是列表，应该是整数", "a.yaml: here is a list, and it should be a whole number"},
		{&yamlfile.Error{File: "a.yaml", Line: 2, What: "no id"}, "a.yaml:2: no id", "a.yaml:2: no id"},
		{config.UnknownError{At: "a.toml:3", Key: "lnag"}, "配置有误：a.toml:3：没有 lnag 这一项。名字最接近的是 lang，`huiyin config print` 会列出全部可用的项",
			"configuration: a.toml:3: nothing is called lnag. The nearest there is: lang; `huiyin config print` lists them all"},
	} {
		if got := explain("zh", tc.err); got != tc.zh {
			t.Errorf("zh: %s\nwant %s", got, tc.zh)
		}
		if got := explain("en", tc.err); got != tc.en {
			t.Errorf("en: %s\nwant %s", got, tc.en)
		}
	}
	for _, flaw := range config.Flaws() {
		for _, lang := range []string{"zh", "en"} {
			if got := explain(lang, config.SyntaxError{At: "a.toml:2", Flaw: flaw, Key: "k"}); strings.Contains(got, "cli.toml.") || strings.Contains(got, "{") {
				t.Errorf("%s has no sentence in %s: %s", flaw, lang, got)
			}
		}
	}
	p := wrong(errUsage, "cli.data.none", "cause", missing)
	if !errors.Is(p, errUsage) || !errors.Is(p, fs.ErrNotExist) || errors.Is(p, config.ErrInvalid) {
		t.Error("a problem has lost what it is of")
	}
}

// TestKindsHaveWords: every kind of value and every sentence that a command names stands in the catalogues.
func TestKindsHaveWords(t *testing.T) {
	words, err := ownWords()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []config.Kind{config.Text, config.Whole, config.Number, config.Boolean, config.List, config.Table, config.Time, config.Duration} {
		if !words.Has("cli.kind." + string(k)) {
			t.Errorf("nothing is said of %q", k)
		}
	}
	sources, err := filepath.Glob("*.go")
	if err != nil || len(sources) == 0 {
		t.Fatal(sources, err)
	}
	seen := 0
	for _, name := range sources {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range regexp.MustCompile(`"cli\.[a-z_.]*[a-z]"`).FindAllString(string(text), -1) {
			seen++
			if key = strings.Trim(key, `"`); !words.Has(key) {
				t.Errorf("%s: there are no words for %s", name, key)
			}
		}
	}
	if seen < 50 {
		t.Errorf("only %d sentences were found", seen)
	}
}

// TestCommandsSpeakChinese: an operator whose terminal speaks Chinese reads Chinese, and the same exit codes hold.
func TestCommandsSpeakChinese(t *testing.T) {
	dir := t.TempDir()
	locked := filepath.Join(dir, "locked")
	s, err := open.Open("bolt:"+filepath.Join(locked, "huiyin.db"), open.Options{Now: clockOf(t).now})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, tc := range []struct {
		args string
		code int
		want string
	}{
		{"doctor", exitDone, "正常  配置：1 个收件箱"},
		{"config check", exitDone, "配置没有问题"},
		{"verify", exitUsage, "没有可检查的数据库"},
		{"restore tell_test.go", exitUsage, "tell_test.go 不是本程序的备份"},
		{"admin create --email me --name Me", exitUsage, "不是邮箱地址"},
		{"admin create --email me@example.com --name Me", exitDone, "角色是管理员"},
		{"--data " + locked + " backup", exitFailed, "正被另一个进程占用"},
		{"nonsense", exitUsage, "用法见"},
		{"serve --prot 3 --lang en", exitUsage, "unknown flag --prot: see `huiyin serve --help`"},
		{"--lang=en nonsense", exitUsage, "see `huiyin"},
		{"--lang zz nonsense --lang", exitUsage, "用法见"},
	} {
		var out, errs writer
		args := append([]string{"--data", filepath.Join(dir, "data")}, strings.Fields(tc.args)...)
		code := runAt(context.Background(), clockOf(t).now, args, reader(""), &out, &errs, func(name string) (string, bool) { return "zh_CN.UTF-8", name == "LANG" })
		if said := out.String() + errs.String(); code != tc.code || !strings.Contains(said, tc.want) {
			t.Errorf("%s: code %d, want %d; said %s", tc.args, code, tc.code, said)
		}
	}
}
