package topics_test

import (
	"strings"
	"testing"
)

const named = `topics:
  - {id: service, name: {zh: 客户服务, en: Customer service}, seeds: {en: [on hold]}}
  - {id: bags, name: {zh: 行李, en: Lost bags}, seeds: {en: [suitcase]}}
  - {id: people, name: {en: Rude staff and service}, seeds: {en: [attitude]}}
  - {id: late, name: {en: Late staff}, seeds: {en: [delay]}}
`

// Where a topic has three seeds, what its editor called it is a word for it, too: less than any seed, and only what no other topic is called.
func TestNamesOfTopics(t *testing.T) {
	c := parse(t, named)
	for text, want := range map[string]string{
		"nobody has seen my bags":            "bags",
		"我的行李去哪儿了":                           "bags",
		"your staff told me nothing":         "", // two topics have it in their names
		"the attitude when I asked for bags": "people",
		"a rude answer":                      "people",
	} {
		if got := assign(t, c, text)[0].Topic; got != want {
			t.Errorf("%q is about %q, want %q", text, got, want)
		}
	}
	many := strings.Replace(named, "en: [suitcase]", "en: [suitcase, a1, a2, a3, a4, a5, a6, a7, a8, a9, b1, b2, b3, b4, b5, b6, b7, b8, b9, c1, c2, c3, c4, c5, c6]", 1)
	if got := assign(t, parse(t, many), "nobody has seen my bags")[0].Topic; got != "" {
		t.Errorf("with many seeds a name makes it about %q, want none", got)
	}
}
