package console

import (
	"strings"

	"huiyin/bot"
	"huiyin/kb"
	"huiyin/nlp"
)

// piece is a stretch of a text; Hit when it is what was looked for.
type piece struct {
	Text string
	Hit  bool
}

// excerptRunes is how much of a long message a search shows, and excerptBefore how much of that before the first hit.
const excerptRunes, excerptBefore = 160, 40

// excerpt is the part of a text around the words of a query, these marked. The words are found as the search finds them:
// whatever their case, width and script.
func excerpt(text, query string) []piece {
	text = strings.Join(strings.Fields(nlp.Clean(text)), " ")
	runes := []rune(text)
	hit := make([]bool, len(runes))
	first := len(runes)
	for _, word := range strings.Fields(nlp.Fold(nlp.Clean(query))) {
		for i := range runes {
			if n := matchAt(runes[i:], word); n > 0 {
				first = min(first, i)
				for j := range n {
					hit[i+j] = true
				}
			}
		}
	}
	from := 0
	if first < len(runes) {
		from = max(0, first-excerptBefore)
	}
	to := min(len(runes), from+excerptRunes)
	var pieces []piece
	if from > 0 {
		pieces = append(pieces, piece{Text: "…"})
	}
	for i := from; i < to; {
		j := i
		for j < to && hit[j] == hit[i] {
			j++
		}
		pieces = append(pieces, piece{Text: string(runes[i:j]), Hit: hit[i]})
		i = j
	}
	if to < len(runes) {
		pieces = append(pieces, piece{Text: "…"})
	}
	return pieces
}

// matchAt is how many runes at the beginning of a text fold to a word; 0 when they do not.
func matchAt(runes []rune, word string) int {
	folded := ""
	for n, r := range runes {
		folded += nlp.Fold(string(r))
		switch {
		case folded == word:
			return n + 1
		case !strings.HasPrefix(word, folded):
			return 0
		}
	}
	return 0
}

// asShown is the text of a message as it reads: what customers were sent is Markdown.
func asShown(m bot.Message) string {
	if m.Direction == bot.Outgoing && !m.Private {
		return kb.PlainText(m.Text)
	}
	return m.Text
}
