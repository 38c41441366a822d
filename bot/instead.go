package bot

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"huiyin/kb"
	"huiyin/nlp"
)

// InsteadSpec says when a question that some articles would answer is meant for another one: because it names something ("how long does
// delivery to Peru take?"), or because of what the talk is about ("who pays the postage?" after a question about returns).
type InsteadSpec struct {
	Of      []kb.RootID `yaml:"of"`      // articles that would answer it, or are nearest to it
	Names   Texts       `yaml:"names"`   // regular expressions (RE2) of a part of the message
	After   []kb.RootID `yaml:"after"`   // the article that was shown last is one of these
	Filling []string    `yaml:"filling"` // or one of these forms is being filled in
	Unless  Texts       `yaml:"unless"`  // of parts that show that it is meant as it stands
	Article kb.RootID   `yaml:"article"` // what answers it

	names, unless []*regexp.Regexp
}

// instead is the article that answers a text for which another one was found: that one, or the one that a rule of the dialogue names,
// which is noted with a decision that was made already.
func (t *turn) instead(text string, root kb.RootID) kb.RootID {
	if t.pressed != nil {
		return root
	}
	said := plainly(text)
	for i := range t.d.Instead {
		s := &t.d.Instead[i]
		if !slices.Contains(s.Of, root) || !t.applies(s, said) {
			continue
		}
		if d := t.in.Decision; d != nil {
			d.Reason, d.Detail = "bot.why.instead", string(s.Article)
		}
		return s.Article
	}
	return root
}

// insteadNear is the article that a rule names for a text of which no answer is sure; empty: none does. The two likeliest intents and the
// first of what is near decide whether a rule is about such questions.
func (t *turn) insteadNear(text string, a nlp.Analysis, found kb.Answer) kb.RootID {
	if t.pressed != nil {
		return ""
	}
	var near []kb.RootID
	for _, candidate := range a.Ranking[:min(2, len(a.Ranking))] {
		if spec := t.d.intent(candidate.Name); spec != nil && spec.Article != "" && candidate.Confidence >= intentOption {
			near = append(near, spec.Article)
		}
	}
	if found.Decision == kb.DecideClarify && len(found.Hits) > 0 {
		near = append(near, found.Hits[0].Root)
	}
	said := plainly(text)
	for i := range t.d.Instead {
		s := &t.d.Instead[i]
		about := func(r kb.RootID) bool { return r == s.Article || slices.Contains(s.Of, r) }
		if slices.ContainsFunc(near, about) && t.applies(s, said) {
			return s.Article
		}
	}
	return ""
}

// applies reports whether what a rule wants of a plain text and of the talk is so.
func (t *turn) applies(s *InsteadSpec, said string) bool {
	matches := func(p *regexp.Regexp) bool { return p.MatchString(said) }
	switch {
	case len(s.names) > 0 && !slices.ContainsFunc(s.names, matches), slices.ContainsFunc(s.unless, matches):
		return false
	case len(s.After) == 0 && len(s.Filling) == 0:
		return true
	case t.now.Sub(t.conv.UpdatedAt) > followsWithin:
		return false
	}
	return slices.ContainsFunc(s.After, t.wasAbout) || t.conv.Form != nil && slices.Contains(s.Filling, t.conv.Form.Form)
}

// recall looks up what the customer was asked to choose among last, where rules want to know what the talk is about.
func (t *turn) recall(ctx context.Context) error {
	if t.conv.Said != saidClarify || len(t.d.Instead) == 0 || t.pressed != nil {
		return nil
	}
	list, err := t.lately(ctx)
	if err != nil {
		return err
	}
	for _, m := range slices.Backward(list) {
		if m.Direction != Incoming || m.Decision == nil {
			continue
		}
		if spec := t.d.intent(firstOf(m.Decision.Runners).Name); spec != nil && spec.Article != "" {
			t.choice = append(t.choice, spec.Article)
		}
		if len(m.Decision.Hits) > 0 {
			t.choice = append(t.choice, m.Decision.Hits[0].Root)
		}
		return nil
	}
	return nil
}

// wasAbout reports whether an article was the last thing that the bot said, or the likeliest of those that it let the customer choose among.
func (t *turn) wasAbout(root kb.RootID) bool {
	return t.shownLast(root) || slices.Contains(t.choice, root)
}

// shownLast reports whether an article was the last thing that the bot said, in whatever language.
func (t *turn) shownLast(root kb.RootID) bool {
	return strings.HasPrefix(t.conv.Said, "article:"+string(root)+".")
}

// namedEarlier is the article that a few words ask of again ("and to Finland?") when something else was answered since: a rule is about
// what they name, and one of its articles was shown before. certain: the words can hardly be about what was shown last.
func (t *turn) namedEarlier(e ellipsis, before asked) (root kb.RootID, certain bool) {
	said := plainly(e.words)
	for i := range t.d.Instead {
		s := &t.d.Instead[i]
		about := func(c kb.Citation) bool { return c.Root == s.Article || slices.Contains(s.Of, c.Root) }
		if len(s.names) == 0 || !e.named || before.shown.Root == "" || about(before.shown) || !slices.ContainsFunc(before.earlier, about) {
			continue
		}
		if t.applies(s, said) {
			return s.Article, enToward.MatchString(said)
		}
	}
	return "", false
}

// asksAgain answers a few words by an article that was asked of before, or lets the customer choose between it and the one that was shown
// last. It reports whether there was such an article.
func (t *turn) asksAgain(ctx context.Context, e ellipsis, before asked) (bool, error) {
	root, certain := t.namedEarlier(e, before)
	if root == "" {
		return false, nil
	}
	hit, err := t.read(ctx, root)
	switch {
	case errors.Is(err, kb.ErrNotFound):
		return false, nil
	case err != nil:
		return false, err
	case certain:
		t.decided(6, ActArticle, "instead", string(root))
		return true, t.answer(ctx, hit)
	}
	t.decided(6, ActClarify, "follow_up", "")
	return true, t.clarify(ctx, t.addHits(nil, []kb.Hit{hit, {Citation: before.shown}}))
}

var enToward = lazy(`^to\b`)

// read is an article in the customer's language. ErrNotFound of kb when it is not there.
func (t *turn) read(ctx context.Context, root kb.RootID) (kb.Hit, error) {
	if t.b.cfg.Library == nil {
		return kb.Hit{}, fmt.Errorf("%w: no library to open article %q in", errSearch, root)
	}
	hit, err := t.b.cfg.Library.Read(ctx, root, t.lang)
	if err != nil && !errors.Is(err, kb.ErrNotFound) {
		return hit, fmt.Errorf("%w: %w", errSearch, err)
	}
	return hit, err
}

// meantInstead answers a message of which nothing is sure by the article that a rule names for it. It reports whether there was one.
func (t *turn) meantInstead(ctx context.Context, found kb.Answer) (bool, error) {
	if found.Decision == kb.DecideAnswer {
		return false, nil
	}
	root := t.insteadNear(t.in.Text, t.a, found)
	if root == "" {
		return false, nil
	}
	hit, err := t.read(ctx, root)
	if errors.Is(err, kb.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	t.decided(6, ActArticle, "instead", string(root))
	t.remember(found.Hits)
	t.soothe()
	return true, t.answer(ctx, hit)
}

// fitting is a hit, or the article that a rule names in its place, if it is there.
func (t *turn) fitting(ctx context.Context, text string, hit kb.Hit) (kb.Hit, error) {
	root := t.instead(text, hit.Root)
	if root == hit.Root {
		return hit, nil
	}
	other, err := t.read(ctx, root)
	if errors.Is(err, kb.ErrNotFound) {
		return hit, nil
	}
	return other, err
}

// instead checks a rule.
func (c *checker) instead(s *InsteadSpec) {
	c.langs(s.Names)
	c.langs(s.Unless)
	s.names, s.unless = c.partly("names", s.Names), c.partly("unless", s.Unless)
	switch {
	case len(s.Of) == 0 || s.Article == "":
		c.wrong("say under of which articles would answer, and under article which one does instead")
	case len(s.Names) == 0 && len(s.After) == 0 && len(s.Filling) == 0:
		c.wrong("say when: what the message names, or what the talk is about (after, filling)")
	}
	for _, name := range s.Filling {
		if c.d.forms[name] == nil {
			c.in("filling", func() { c.wrong("there is no form %q", name) })
		}
	}
}
