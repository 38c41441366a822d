package bot

import (
	"strings"
	"sync"

	"huiyin/kb"
	"huiyin/nlp"
)

// previewRunes is how much of a message a list of conversations shows.
const previewRunes = 80

// preview is the beginning of a text on one line, personal data masked.
func preview(text string, a nlp.Analysis) string {
	if a.Text == text {
		return cutPreview(mask(a))
	}
	return firstRunes(nlp.Redact(window(text)), previewRunes)
}

// window is what a preview must look through for personal data: what begins in the part that is shown may end behind it,
// but the rest of an article need not be looked at.
func window(text string) string { return firstRunes(oneLine(text), 2*previewRunes) }

// shown is what the bot or an agent says, which is Markdown, as it reads.
func shown(text string) string { return kb.PlainText(cut(text, 16*previewRunes)) }

func cutPreview(text string) string { return firstRunes(oneLine(text), previewRunes) }

// oneLine is the beginning of a text, more than a preview can show of it, without line breaks.
func oneLine(text string) string {
	return strings.Join(strings.Fields(cut(text, 16*previewRunes)), " ")
}

// maxImpersonal bounds how many beginnings of texts are remembered; they take a quarter of a megabyte together.
const maxImpersonal = 512

// impersonal are the beginnings of texts that are said to everybody alike: those of the answers that the bot gives all day.
// Looking for personal data in one costs as much as a third of understanding a message. A text in which some was found is not
// kept, nor is one that may be of a person (see turn.forEverybody): names are not found, so nothing of a person stays in memory.
type impersonal struct {
	mu    sync.Mutex
	known map[string]struct{}
}

// preview is that of a text which is said to everybody.
func (i *impersonal) preview(text string) string {
	seen := window(text)
	if i.has(seen) {
		return firstRunes(seen, previewRunes)
	}
	masked := nlp.Redact(seen)
	if masked == seen {
		i.keep(seen)
	}
	return firstRunes(masked, previewRunes)
}

func (i *impersonal) has(text string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	_, ok := i.known[text]
	return ok
}

func (i *impersonal) keep(text string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.known == nil {
		i.known = map[string]struct{}{}
	}
	if len(i.known) >= maxImpersonal {
		for old := range i.known { // any one
			delete(i.known, old)
			break
		}
	}
	i.known[text] = struct{}{}
}

// forEverybody reports whether what is said now stands so in an article or the dialogue: it is no form's, no service's, and the
// customer's name is not in it.
func (t *turn) forEverybody(text string) bool {
	if t.in.Decision == nil || t.conv.Form != nil || t.call != nil {
		return false
	}
	names := []string{t.conv.Name, t.job.From.Name}
	if t.contact != nil {
		names = append(names, t.contact.Name)
	}
	for _, name := range names {
		for _, part := range append(strings.Fields(name), name) {
			if strings.Contains(text, part) && part != "" {
				return false
			}
		}
	}
	switch t.in.Decision.Action {
	case ActIntent, ActArticle, ActSmallTalk:
		return true
	}
	return false
}
