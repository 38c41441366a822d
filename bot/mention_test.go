package bot

import (
	"slices"
	"strings"
	"testing"
)

func colleagues() []Agent {
	return []Agent{{ID: "lin", Name: "Lin"}, {ID: "linda", Name: "Linda"}, {ID: "max", Name: "Max Mustermann"}, {ID: "fang", Name: "王芳"},
		{ID: "fang2", Name: "王芳"}, {ID: "gone", Name: "Gone", Disabled: true}, {ID: "none", Name: ""}, {ID: "me", Name: "Me"}}
}

func TestMentioned(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "",
		"no one":                            "",
		"@Lin please":                       "lin",
		"@lin, @LINDA!":                     "lin linda",
		"@Linda":                            "linda",
		"@Lindau is a town":                 "",
		"@Max Mustermann knows":             "max",
		"@Max knows":                        "",
		"请@王芳看一下":                           "fang fang2",
		"＠王芳":                               "fang fang2",
		"@Lin看一下":                           "lin",
		"写信给 a@lin 或 b@Lin.example":         "",
		"@gone @me":                         "",
		"@":                                 "",
		"@@Lin":                             "lin",
		"(@Lin) @Lin":                       "lin",
		"\xff@Lin\xff":                      "lin",
		"ask @nobody, then @max mustermann": "max",
	} {
		var got []string
		for _, id := range Mentioned(text, colleagues(), "me") {
			got = append(got, string(id))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q mentions %q, want %q", text, got, want)
		}
	}
}

// FuzzMentioned: whatever a note says, only colleagues who are named in it are found, each once.
func FuzzMentioned(f *testing.F) {
	f.Add("@Lin @王芳看 ＠Max Mustermann")
	f.Fuzz(func(t *testing.T, text string) {
		found := Mentioned(text, colleagues(), "me")
		for i, id := range found {
			at := slices.IndexFunc(colleagues(), func(a Agent) bool { return a.ID == id })
			a := colleagues()[at]
			if a.Disabled || a.ID == "me" || slices.Contains(found[:i], id) || !strings.Contains(strings.ToLower(text), strings.ToLower(a.Name)) && isASCII(text) {
				t.Errorf("%q mentions %v", text, found)
			}
		}
	})
}

func isASCII(s string) bool { return strings.IndexFunc(s, func(r rune) bool { return r > 127 }) < 0 }
