package slack

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Slack's text names emoji (":smile:"); the blocks of the same message say which characters these are. An emoji of the
// workspace's own has none and keeps its name.
type block struct {
	Type     string  `json:"type"`
	Name     string  `json:"name"`
	Unicode  string  `json:"unicode"` // "1f44d-1f3fb"
	Tone     int     `json:"skin_tone"`
	Elements []block `json:"elements"`
}

// emojiDepth is how deep blocks are looked into: a list in a rich text has three levels.
const emojiDepth = 6

// withEmoji replaces the names of emoji in a text by their characters.
func withEmoji(text string, blocks json.RawMessage) string {
	var all []block
	if len(blocks) == 0 || !strings.Contains(text, ":") || json.Unmarshal(blocks, &all) != nil {
		return text
	}
	var pairs []string
	collectEmoji(all, emojiDepth, &pairs)
	if len(pairs) == 0 {
		return text
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

func collectEmoji(blocks []block, depth int, pairs *[]string) {
	if depth == 0 {
		return
	}
	for _, b := range blocks {
		collectEmoji(b.Elements, depth-1, pairs)
		characters := emojiOf(b.Unicode)
		if b.Type != "emoji" || b.Name == "" || characters == "" {
			continue
		}
		name := ":" + b.Name + ":"
		if b.Tone > 0 { // the longer name first: a Replacer takes the first that fits
			*pairs = append([]string{name + ":skin-tone-" + strconv.Itoa(b.Tone) + ":", characters}, *pairs...)
			continue
		}
		*pairs = append(*pairs, name, characters)
	}
}

// emojiOf turns "1f44d-1f3fb" into characters; empty when it is none.
func emojiOf(unicode string) string {
	var b strings.Builder
	for point := range strings.SplitSeq(unicode, "-") {
		r, err := strconv.ParseUint(point, 16, 32)
		if err != nil || !utf8.ValidRune(rune(r)) || r < 0x20 {
			return ""
		}
		b.WriteRune(rune(r))
	}
	return b.String()
}

// link is an address with a label in Slack's text.
var link = regexp.MustCompile(`<(https?://[^|<>\s]+)\|([^<>]+)>`)

// withLinks writes links as our Markdown does, so that what an agent writes keeps them on its way to a customer; an address
// that Slack has shortened for its label is written out.
func withLinks(text string) string {
	return link.ReplaceAllStringFunc(text, func(s string) string {
		m := link.FindStringSubmatch(s)
		_, bare, _ := strings.Cut(m[1], "://")
		if label := strings.TrimSuffix(m[2], "/"); label == m[1] || label == strings.TrimSuffix(bare, "/") || strings.ContainsAny(m[1], "()") {
			return m[1]
		}
		return "[" + strings.NewReplacer("[", "(", "]", ")").Replace(m[2]) + "](" + m[1] + ")"
	})
}
