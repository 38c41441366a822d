package bot

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mentioned finds the colleagues whom a note names after an "@", in the order of agents: "@Max please", "@王芳看一下".
// Case does not matter; where one name begins another ("Lin", "Linda"), the longest counts, and agents of the same name
// are all meant. The author and agents who may not work any more are not found, nor is what stands in an e-mail address.
func Mentioned(text string, agents []Agent, author AgentID) []AgentID {
	found := map[AgentID]bool{}
	before := ' '
	for i, r := range text {
		if (r == '@' || r == '＠') && !inWord(before) {
			name := longestName(text[i+utf8.RuneLen(r):], agents)
			for _, a := range agents {
				if name != "" && strings.EqualFold(a.Name, name) && !a.Disabled && a.ID != author {
					found[a.ID] = true
				}
			}
		}
		before = r
	}
	var ids []AgentID
	for _, a := range agents {
		if found[a.ID] && !slices.Contains(ids, a.ID) {
			ids = append(ids, a.ID)
		}
	}
	return ids
}

// longestName is the longest name of an agent that a text begins with; empty: none.
func longestName(text string, agents []Agent) string {
	longest := ""
	for _, a := range agents {
		if name := strings.TrimSpace(a.Name); len(name) > len(longest) && beginsWith(text, name) {
			longest = a.Name
		}
	}
	return longest
}

// beginsWith reports whether a text begins with a name, and the name ends there.
func beginsWith(text, name string) bool {
	last := ' '
	for _, want := range name {
		r, size := utf8.DecodeRuneInString(text)
		if size == 0 || r != want && !strings.EqualFold(string(r), string(want)) {
			return false
		}
		text, last = text[size:], want
	}
	next, size := utf8.DecodeRuneInString(text)
	return size == 0 || !inWord(last) || !inWord(next)
}

// inWord reports whether a rune belongs to a word of a script that puts spaces between words.
func inWord(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsDigit(r)) && !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
}

// mention notes whom a note names.
func (c *Conversation) mention(note Message) {
	if len(note.Mentions) == 0 {
		return
	}
	c.Mentioned = maps.Clone(c.Mentioned)
	if c.Mentioned == nil {
		c.Mentioned = map[AgentID]uint64{}
	}
	for _, id := range note.Mentions {
		c.Mentioned[id] = note.Seq
	}
}
