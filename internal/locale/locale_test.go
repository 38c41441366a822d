package locale_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"huiyin/internal/locale"
)

func files(pairs ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		fsys["locale/"+pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return fsys
}

func TestText(t *testing.T) {
	c, err := locale.Load(files(
		"bot.en.yaml", "bot.wait: \"{n} people are before you, {name}.\"\nbot.wait.one: \"One person is before you, {name}.\"\nbot.hi: Hello\n",
		"bot.zh.yaml", "bot.wait: \"{name}，您前面还有 {n} 位。\"\nbot.wait.one: \"{name}，您前面还有 1 位。\"\nbot.hi: 您好\n",
	), "locale")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		lang, key string
		pairs     []any
		want      string
	}{
		{"en", "bot.hi", nil, "Hello"},
		{"zh-Hant", "bot.hi", nil, "您好"},
		{"fr", "bot.hi", nil, "Hello"},
		{"und", "bot.hi", nil, "Hello"},
		{"en", "bot.wait", []any{"n", 2, "name", "Ada"}, "2 people are before you, Ada."},
		{"en", "bot.wait", []any{"n", 1, "name", "Ada"}, "One person is before you, Ada."},
		{"zh", "bot.wait", []any{"name", "{n}", "n", 3}, "{n}，您前面还有 3 位。"},
		{"en", "bot.none", nil, "bot.none"},
	} {
		if got := c.Text(tc.lang, tc.key, tc.pairs...); got != tc.want {
			t.Errorf("Text(%s, %s, %v) = %q, want %q", tc.lang, tc.key, tc.pairs, got, tc.want)
		}
	}
}

func TestLoadReportsEverythingWrong(t *testing.T) {
	for name, tc := range map[string]struct {
		fsys fstest.MapFS
		want []string
	}{
		"missing translation": {files("a.en.yaml", "a.x: X\na.y: Y\n", "a.zh.yaml", "a.x: 甲\n"), []string{`"a.y"`, "not in zh"}},
		"placeholders differ": {files("a.en.yaml", "a.x: \"{n} of {m}\"\n", "a.zh.yaml", "a.x: \"{n}\"\n"), []string{`"a.x"`, "[m n]", "[n]"}},
		"foreign key":         {files("a.en.yaml", "b.x: X\n", "a.zh.yaml", "b.x: 甲\n"), []string{"b.x", `"a."`}},
		"file name":           {files("a.fr.yaml", "a.x: X\n"), []string{"a.fr.yaml"}},
		"none":                {fstest.MapFS{}, []string{"no catalogue"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := locale.Load(tc.fsys, "locale")
			if err == nil {
				t.Fatal("no error")
			}
			for _, part := range tc.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error %q does not say %q", err, part)
				}
			}
		})
	}
}
