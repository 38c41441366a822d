package bot

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"huiyin/kb"
	"huiyin/nlp"
)

// TellSpec is a kind of thing that customers tell in their own words, whatever it is about: that something does not work, say. What
// the nouns of such a message are near to is no answer to it. Intent says what is; without one, customers choose among Articles.
type TellSpec struct {
	Name     string      `yaml:"name"`
	Says     Texts       `yaml:"says"`     // regular expressions (RE2) of a part of the message, as IntentSpec.Says sees it
	Unless   Texts       `yaml:"unless"`   // of parts that show that something else is meant
	Denies   Texts       `yaml:"denies"`   // of a clause that says the opposite: it is passed over
	Articles []kb.RootID `yaml:"articles"` // that may answer it; others do not, however near they are
	Intent   string      `yaml:"intent"`

	says, unless, denies []*regexp.Regexp
}

// toldNear is how sure the search must be of an article that belongs to what is told for a button beside the answer.
const toldNear = secondBestAt

// fewestTold is how many articles a customer chooses among when no intent answers what she tells.
const fewestTold = 2

// told is what a text tells of; nil: nothing that the dialogue knows. What is only asked or denied is not told.
func (d *Dialogue) told(text string) *TellSpec {
	if len(d.Tells) == 0 {
		return nil
	}
	whole, clauses := plainly(withoutFeelings(text)), stated(text)
	said := plainly(strings.Join(clauses, ", "))
	in := func(said string) func(*regexp.Regexp) bool {
		return func(p *regexp.Regexp) bool { return p.MatchString(said) }
	}
	for i := range d.Tells {
		s := &d.Tells[i]
		if !slices.ContainsFunc(s.says, in(said)) || slices.ContainsFunc(s.unless, in(whole)) {
			continue
		}
		if slices.ContainsFunc(s.says, in(plainly(strings.Join(undenied(clauses, s.denies), ", ")))) {
			return s
		}
	}
	return nil
}

// hasArticle reports whether an article is among those that may answer what is told.
func (s *TellSpec) hasArticle(root kb.RootID) bool {
	return root != "" && slices.Contains(s.Articles, root)
}

// yields reports whether an intent, or what was found, counts for more than what is told.
func (s *TellSpec) yields(spec *IntentSpec, confidence nlp.Confidence, found kb.Answer) bool {
	switch {
	case spec != nil && confidence >= intentTaken:
		return true
	case spec != nil && outweighs(spec, confidence, found):
		return spec.Article == "" || s.hasArticle(spec.Article)
	}
	return found.Decision == kb.DecideAnswer && len(found.Hits) > 0 && s.hasArticle(found.Hits[0].Root)
}

// tell answers what is told. Articles that belong to it and are near stand before the buttons of the answer; where one of them is more
// likely than not, or nothing answers, she is asked which of them she means.
func (t *turn) tell(ctx context.Context, s *TellSpec, found kb.Answer) error {
	near := slices.DeleteFunc(slices.Clone(found.Hits), func(h kb.Hit) bool { return h.Confidence < toldNear || !s.hasArticle(h.Root) })
	spec := t.d.intent(s.Intent)
	if spec != nil && (len(near) == 0 || near[0].Confidence < worthALook) {
		t.decided(5, ActIntent, "told", spec.Name)
		t.remember(near)
		t.a.Intent = nlp.Intent{Name: spec.Name, Confidence: 1}
		t.a.Ranking, t.a.Ambiguous = nlp.Ranking{t.a.Intent}, false
		return t.respond(ctx, spec, t.addHits(nil, near)...)
	}
	options := t.addHits(nil, near)
	if spec != nil {
		options = append(options[:min(len(options), maxOptions-1)], Button{Title: spec.Title[t.lang], Action: "intent:" + spec.Name})
	}
	for _, root := range s.Articles {
		if len(options) >= fewestTold {
			break
		}
		hit, err := t.read(ctx, root)
		if err != nil && !errors.Is(err, kb.ErrNotFound) {
			return err
		}
		if err == nil {
			options = t.addHits(options, []kb.Hit{hit})
		}
	}
	t.decided(6, ActClarify, "told", s.Name)
	t.remember(near)
	return t.clarify(ctx, options)
}

// toldName makes sure that a choice names something that may be told.
func (c *checker) toldName(name string) {
	if name != "" && !slices.ContainsFunc(c.d.Tells, func(s TellSpec) bool { return s.Name == name }) {
		c.in("told", func() { c.wrong("there is nothing called %q under tells", name) })
	}
}

// toldChoice is the choice that what the message tells means: "the zipper doesn't close" is a fault.
func (t *turn) toldChoice(s *SlotSpec) (string, bool) {
	told := t.d.told(t.in.Text)
	if told == nil || asksSomething(t.text) {
		return "", false
	}
	for _, c := range s.Choices {
		if c.Told == told.Name {
			return c.Value, true
		}
	}
	return "", false
}

// tell checks one thing that may be told.
func (c *checker) tell(s *TellSpec) {
	c.name(s.Name, "tell")
	c.texts("says", s.Says)
	c.langs(s.Unless)
	c.langs(s.Denies)
	s.says, s.unless, s.denies = c.partly("says", s.Says), c.partly("unless", s.Unless), c.partly("denies", s.Denies)
	switch {
	case s.Intent == "" && len(s.Articles) == 0:
		c.wrong("%q leads nowhere: give it an intent, or articles to choose among", s.Name)
	case s.Intent != "" && c.d.byName[s.Intent] == nil:
		c.in("intent", func() { c.wrong("there is no intent %q", s.Intent) })
	}
}
