package bot

import (
	"regexp"
	"testing"
)

// TestHappened: questions of what a thing might do, and what is denied, tell of nothing; what is asked beside a fault does not hide it.
func TestHappened(t *testing.T) {
	denials := []*regexp.Regexp{regexp.MustCompile(`\bnothing is broken\b`), regexp.MustCompile(`没坏`)}
	for text, want := range map[string]string{
		"does the lamp turn off by itself?":            "",
		"Hi, will the coating peel off":                "",
		"why does it leak":                             "why does it leak",
		"is it broken? it does not turn on":            "is it broken, it does not turn on",
		"do the pens leak? mine did":                   "mine did",
		"nothing is broken, but the lid squeaks":       "the lid squeaks",
		"nothing is broken":                            "",
		"can you help, my lamp is dead":                "can you help, my lamp is dead",
		"how do I stop it from blinking":               "",
		"杯子会漏水吗":                                       "",
		"会不会生锈":                                        "",
		"台灯是不是坏了":                                      "台灯是不是坏了",
		"漏水了能换吗":                                       "漏水了能换吗",
		"没坏，就是不喜欢":                                     "就是不喜欢",
		"你们的东西都这么容易坏吗":                                 "你们的东西都这么容易坏吗",
		"怎么打不开":                                        "怎么打不开",
		"盖子不会漏吧？昨天漏了一桌":                                "昨天漏了一桌",
		"it's supposed to mist; nothing is broken tho": "it's supposed to mist",
	} {
		if got := happened(text, denials); got != want {
			t.Errorf("of %q %q happened, want %q", text, got, want)
		}
	}
}
