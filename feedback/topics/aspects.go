package topics

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"huiyin/feedback"
	"huiyin/nlp"
)

// aspects finds what a message judges, clause by clause.
type aspects struct {
	groups []Group
	text   []feedback.Text
	words  *seedTable // its topics are the groups
}

func newAspects(t *Taxonomy, tok Tokenizer) *aspects {
	list := &Taxonomy{}
	for _, g := range t.Groups {
		list.Topics = append(list.Topics, Topic{ID: g.ID, Seeds: g.Aspects})
	}
	x := &aspects{groups: t.Groups, words: newSeedTable(list, tok)}
	for _, g := range t.Groups {
		x.text = append(x.text, feedback.Text{ZH: g.Name["zh"], EN: g.Name["en"]})
	}
	return x
}

// clauseLeast is the weight of a clause's telling words from which on it takes a side.
const clauseLeast = 0.5

// judged is a group of the taxonomy with what a message says of it.
type judged struct {
	group uint16
	side  int8 // −1 complained of, 1 praised, 0 neither
}

// of lists what a message judges, each once, in the order of the text, given its folded text and its tokens. A clause takes
// the side of its own words; where the whole message judges one thing only, of the whole.
func (x *aspects) of(it feedback.Item, folded string, tokens []nlp.Token) []judged {
	var room [8]hit
	if len(x.words.score(folded, tokens, room[:0])) == 0 { // most messages
		return nil
	}
	var out []judged
	var sums []float64
	a := it.Analysis
	for _, c := range clauses(it.Text) {
		for len(tokens) > 0 && tokens[0].Start < c.Start {
			tokens = tokens[1:]
		}
		end := 0
		for end < len(tokens) && tokens[end].End <= c.End {
			end++
		}
		g := top(x.words.score(nlp.Fold(it.Text[c.Start:c.End]), tokens[:end], room[:0]))
		if g < 0 {
			continue
		}
		at := slices.IndexFunc(out, func(j judged) bool { return int(j.group) == g })
		if at < 0 {
			at = len(out)
			out, sums = append(out, judged{group: uint16(g)}), append(sums, 0)
		}
		sums[at] += weightIn(a, c)
	}
	for i := range out {
		switch {
		case sums[i] >= clauseLeast:
			out[i].side = 1
		case sums[i] <= -clauseLeast:
			out[i].side = -1
		case len(out) == 1 && a != nil:
			out[i].side = sideOf(a.Sentiment.Polarity)
		}
	}
	return out
}

func sideOf(p nlp.Polarity) int8 {
	switch p {
	case nlp.Positive:
		return 1
	case nlp.Negative:
		return -1
	}
	return 0
}

// names puts what was judged into words.
func (x *aspects) names(list []judged) []feedback.Aspect {
	if len(list) == 0 {
		return nil
	}
	out := make([]feedback.Aspect, len(list))
	for i, j := range list {
		out[i] = feedback.Aspect{Group: x.groups[j.group].ID, Name: x.text[j.group], Polarity: [3]nlp.Polarity{nlp.Negative, nlp.Neutral, nlp.Positive}[j.side+1]}
	}
	return out
}

// weightIn adds up what the words of a clause weigh.
func weightIn(a *nlp.Analysis, c nlp.Span) float64 {
	if a == nil {
		return 0
	}
	sum := 0.0
	for _, r := range a.Sentiment.Reasons {
		if r.Start >= c.Start && r.Start < c.End {
			sum += r.Weight
		}
	}
	return sum
}

// turn is the length of the word at the beginning of a text at which a sentence turns to something else; 0: there is none.
func turn(text string) int {
	var words []string
	switch text[0] {
	case 0xE4:
		words = []string{"但是", "但", "不过"}
	case 0xE5:
		words = []string{"可是", "只是"}
	case 0xE7:
		words = []string{"然而"}
	case ' ':
		words = []string{" but ", " however ", " though ", " although ", " yet ", " and ", " while "}
	}
	for _, w := range words {
		if len(text) >= len(w) && strings.EqualFold(text[:len(w)], w) {
			return len(w)
		}
	}
	return 0
}

// clauses cuts a text at its punctuation and where it turns.
func clauses(text string) []nlp.Span {
	var out []nlp.Span
	start := 0
	end := func(at, next int) {
		if strings.TrimSpace(text[start:at]) != "" {
			out = append(out, nlp.Span{Start: start, End: at})
		}
		start = next
	}
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		if unicode.IsPunct(r) && r != '\'' && r != '’' && r != '-' && r != '_' {
			end(at, at+size)
			at += size
			continue
		}
		if n := turn(text[at:]); n > 0 {
			end(at, at+n)
			size = n
		}
		at += size
	}
	end(len(text), len(text))
	return out
}
