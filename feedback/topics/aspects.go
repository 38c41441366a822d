package topics

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"huiyin/feedback"
	"huiyin/nlp"
)

// aspects finds what a message judges, clause by clause.
type aspects struct {
	groups []Group
	words  *seedTable // its topics are the groups
	tok    Tokenizer
}

func newAspects(t *Taxonomy, tok Tokenizer) *aspects {
	list := &Taxonomy{}
	for _, g := range t.Groups {
		list.Topics = append(list.Topics, Topic{ID: g.ID, Seeds: g.Aspects})
	}
	return &aspects{t.Groups, newSeedTable(list, tok), tok}
}

// clauseLeast is the weight of a clause's telling words from which on it takes a side.
const clauseLeast = 0.5

// of lists what a message judges, each once, in the order of the text. A clause takes the side of its own words; where the
// whole message judges one thing only, of the whole.
func (x *aspects) of(it feedback.Item) []feedback.Aspect {
	var out []feedback.Aspect
	sums := map[string]float64{}
	a := it.Analysis
	for _, c := range clauses(it.Text) {
		text := it.Text[c.Start:c.End]
		var terms []string
		for _, t := range x.tok.Tokenize(text) {
			terms = append(terms, t.Term)
		}
		hits := map[int]float64{}
		x.words.score(nlp.Fold(text), terms, hits)
		g := top(hits)
		if g < 0 {
			continue
		}
		group := x.groups[g]
		if _, known := sums[group.ID]; !known {
			out = append(out, feedback.Aspect{Group: group.ID, Name: feedback.Text{ZH: group.Name["zh"], EN: group.Name["en"]}})
		}
		sums[group.ID] += weightIn(a, c)
	}
	for i := range out {
		out[i].Polarity = nlp.Neutral
		switch sum := sums[out[i].Group]; {
		case sum >= clauseLeast:
			out[i].Polarity = nlp.Positive
		case sum <= -clauseLeast:
			out[i].Polarity = nlp.Negative
		case len(out) == 1 && a != nil && a.Sentiment.Polarity != "":
			out[i].Polarity = a.Sentiment.Polarity
		}
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

// turns are words at which a sentence turns to something else.
func turns() []string {
	return []string{"但是", "不过", "可是", "然而", "只是", "但", " but ", " however ", " though ", " although ", " yet ", " and ", " while "}
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
		for _, w := range turns() {
			if len(text)-at >= len(w) && strings.EqualFold(text[at:at+len(w)], w) {
				end(at, at+len(w))
				size = len(w)
				break
			}
		}
		at += size
	}
	end(len(text), len(text))
	return out
}
