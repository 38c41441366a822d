package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"huiyin/internal/config"
	"huiyin/internal/secret"
)

type settings struct {
	Lang string `toml:"lang" help:"Language."`
	HTTP struct {
		Listen  string        `toml:"listen" help:"Address."`
		Timeout time.Duration `toml:"timeout" help:"Longest request."`
		Origins []string      `toml:"origins" help:"Allowed."`
	} `toml:"http" help:"Web."`
	Token   secret.Secret      `toml:"token" help:"Secret."`
	Rate    float64            `toml:"rate" help:"Per second."`
	Workers int                `toml:"workers" help:"Lanes."`
	Debug   bool               `toml:"debug" help:"More."`
	Extra   []config.Primitive `toml:"extra"`
}

func defaults() settings {
	s := settings{Lang: "zh", Workers: 4}
	s.HTTP.Listen, s.HTTP.Timeout = ":8080", time.Minute
	return s
}

func load(t *testing.T, text string) (settings, *config.File, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "huiyin.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := defaults()
	f, err := config.Load(path, &s)
	return s, f, err
}

func TestLoad(t *testing.T) {
	s, f, err := load(t, "lang = \"en\"\n[http]\ntimeout = \"90s\"\norigins = [\"https://a.example\"]\n")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Unknown(); err != nil {
		t.Error(err)
	}
	if s.Lang != "en" || s.HTTP.Timeout != 90*time.Second || s.HTTP.Listen != ":8080" || s.HTTP.Origins[0] != "https://a.example" {
		t.Errorf("got %+v", s)
	}
}

func TestLoadSaysWhatIsWrong(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"syntax", "lang = \"en\"\nhttp = [\n", "huiyin.toml:"},
		{"type", "lang = 3\n", "huiyin.toml:1"},
		{"unknown key", "lagn = \"en\"\n", `"lagn"`},
		{"unknown nested key", "[http]\nport = 1\n", `"http.port"`},
		{"duration", "[http]\ntimeout = \"soon\"\n", "soon"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, f, err := load(t, tc.text)
			if err == nil {
				err = f.Unknown()
			}
			if !errors.Is(err, config.ErrInvalid) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v does not say %q", err, tc.want)
			}
		})
	}
}

// TestSyntaxFlaws: what is often wrong with a file has a name, for which readers are told a sentence in their language.
func TestSyntaxFlaws(t *testing.T) {
	seen := map[string]bool{}
	for text, want := range map[string]string{
		"lang = \"zh\"\n[http\n": "table", "lang：zh\n": "equals", "lang\n": "equals", "lang = zh\n": "value", "lang = ”zh”\n": "value", "lang =\n": "value", "lang = \"zh\n": "quote",
		"lang = \"zh": "quote", "lang = 'zh": "quote", "lang = \"zh\" x\n": "rest", "list = [1 2]\n": "bracket", "list = [1,\n": "value", "lang = \"a\\qb\"\n": "escape",
		"[http]\ntimeout = 1.2.3\n": "digits", "lang = \"\xd5\xd2\"\n": "encoding", "lang = \"zh\"\nlang = \"en\"\n": "twice", "= 3\n": "",
	} {
		_, _, err := load(t, text)
		var wrong config.SyntaxError
		if !errors.As(err, &wrong) || !errors.Is(err, config.ErrInvalid) || wrong.Flaw != want || !strings.Contains(wrong.At, "huiyin.toml:") || want == "twice" && wrong.Key != "lang" {
			t.Errorf("%q: %+v (%v), want %s", text, wrong, err, want)
		}
		seen[wrong.Flaw] = true
	}
	for _, flaw := range config.Flaws() {
		if !seen[flaw] {
			t.Errorf("nothing is wrong in the way of %q", flaw)
		}
	}
}

func TestDecodeLater(t *testing.T) {
	s, f, err := load(t, "[[extra]]\nname = \"a\"\n[[extra]]\nnmae = \"b\"\n")
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ Name string }
	for _, p := range s.Extra {
		if err := f.Decode(p, &got); err != nil {
			t.Fatal(err)
		}
	}
	if got.Name != "a" {
		t.Errorf("got %+v", got)
	}
	if err := f.Unknown(); err == nil || !strings.Contains(err.Error(), "nmae") {
		t.Errorf("unknown key of a table put aside: %v", err)
	}
}

func TestOverride(t *testing.T) {
	env := map[string]string{
		"HUIYIN_HTTP_LISTEN": "127.0.0.1:9", "HUIYIN_TOKEN": "t0ken", "HUIYIN_HTTP_TIMEOUT": "5m", "HUIYIN_RATE": "2.5",
		"HUIYIN_WORKERS": "8", "HUIYIN_DEBUG": "true", "HUIYIN_HTTP_ORIGINS": "https://a.example, https://b.example",
	}
	lookup := func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	s := defaults()
	if err := config.Override(&s, "HUIYIN", lookup); err != nil {
		t.Fatal(err)
	}
	if s.HTTP.Listen != "127.0.0.1:9" || s.Token.Reveal() != "t0ken" || s.HTTP.Timeout != 5*time.Minute || s.Rate != 2.5 ||
		s.Workers != 8 || !s.Debug || len(s.HTTP.Origins) != 2 || s.Lang != "zh" {
		t.Errorf("got %+v", s)
	}
	env = map[string]string{"HUIYIN_WORKERS": "many", "HUIYIN_DEBUG": "perhaps"}
	err := config.Override(&s, "HUIYIN", lookup)
	for _, want := range []string{"HUIYIN_WORKERS", `"many"`, "HUIYIN_DEBUG"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not say %s", err, want)
		}
	}
}

func TestWalkShowsNoSecret(t *testing.T) {
	s := defaults()
	s.Token = "t0ken"
	var lines []string
	config.Walk(&s, func(l config.Leaf) { lines = append(lines, l.Path+"="+l.TOML()) })
	got := strings.Join(lines, " ")
	want := `lang="zh" http.listen=":8080" http.timeout="1m" http.origins=[] token="***" rate=0 workers=4 debug=false`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("lang = \"en\"\n[http]\ntimeout = \"1s\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		if _, file, err := load(t, text); err == nil {
			_ = file.Unknown()
		} else if !errors.Is(err, config.ErrInvalid) {
			t.Errorf("error of another kind: %v", err)
		}
	})
}

// TestMistakesNameTheirLine: the line, the key, and what to write instead; nothing of the library's own words.
func TestMistakesNameTheirLine(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"text for a number", "lang = \"zh\"\nworkers = \"many\"\n", `huiyin.toml:2: workers is a text, and should be a whole: for example 10`},
		{"number for text", "[http]\nlisten = 8080\n", `huiyin.toml:2: http.listen is a whole, and should be a text: for example "abc"`},
		{"text for a list", "[http]\norigins = \"a\"\n", `huiyin.toml:2: http.origins is a text, and should be a list: for example ["abc", "def"]`},
		{"no duration", "[http]\n# slow\ntimeout = \"soon\"\n", `huiyin.toml:3: http.timeout is "soon", and should be a duration: for example "90s"`},
		{"unknown in a table", "lang = \"zh\"\n[http]\nlisten = \"a\"\nlistn = \"b\"\n", `huiyin.toml:4: nothing is called "http.listn"`},
		{"unknown at the top, like one of a table", "listen = 1\n[http]\nlisten = \"a\"\n", `huiyin.toml:1: nothing is called "listen"`},
		{"unknown table", "lang = \"zh\"\n\n[ htpt ]\nlisten = \"a\"\n", `huiyin.toml:4: nothing is called "htpt.listen"`},
		{"unknown table without keys", "lang = \"zh\"\n\n[ htpt ]\n", `huiyin.toml:3: nothing is called "htpt"`},
		{"quoted", "\"langg\" = \"zh\"\n", `huiyin.toml:1: nothing is called "langg"`},
		{"within one line", "http = { listn = \"a\" }\n", `huiyin.toml:1: nothing is called "http.listn"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, f, err := load(t, tc.text)
			if err == nil {
				err = f.Unknown()
			}
			if !errors.Is(err, config.ErrInvalid) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v\nwant %s", err, tc.want)
			}
		})
	}
}
