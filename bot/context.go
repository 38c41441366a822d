package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"huiyin/kb"
	"huiyin/nlp"
)

// Bounds of what is understood by what is around it.
const (
	followsWithin   = time.Hour // how long after it a short question still is about what was asked before
	storyRunes      = 40        // shorter messages are searched for as a whole only
	searchedPieces  = 8         // as many clauses the search compares one by one
	mostStoryPieces = 12        // clauses of a long message that are looked at
)

// followUp answers a question that only makes sense with the one before ("refund?", then "how long"): by the articles, with the
// name of what she asked about before it; else by what that leads to. It reports whether this was such a question.
func (t *turn) followUp(ctx context.Context) (bool, error) {
	if t.now.Sub(t.conv.UpdatedAt) > followsWithin || !asksOn(t.text) || t.conv.Failures > 0 || !strings.HasPrefix(t.conv.Said, "article:") {
		return t.elliptic(ctx)
	}
	if root := t.insteadNear(t.in.Text, t.a, kb.Answer{}); root != "" && !t.shownLast(root) { // what the rules know of such a question
		t.decided(6, ActArticle, "instead", string(root))
		return true, t.open(ctx, string(root))
	}
	spec := t.d.intent(t.conv.Intent)
	if spec == nil || spec.Article == "" || !t.shownLast(spec.Article) { // something else was said last
		return t.followsArticle(ctx)
	}
	if done, err := t.asksOnOf(ctx, spec.Title[t.lang]); done || err != nil {
		return done, err
	}
	t.decided(5, ActIntent, "follow_up", spec.Name)
	return true, t.respond(ctx, spec)
}

// followsArticle is followUp where no intent stands for the article that was shown last.
func (t *turn) followsArticle(ctx context.Context) (bool, error) {
	before, err := t.askedBefore(ctx)
	if err != nil {
		return false, err
	}
	if before.shown.Root == "" || !t.shownLast(before.shown.Root) {
		return t.elliptic(ctx)
	}
	if done, err := t.asksOnOf(ctx, before.shown.Title); done || err != nil {
		return done, err
	}
	t.decided(6, ActArticle, "follow_up", string(before.shown.Root))
	return true, t.open(ctx, string(before.shown.Root))
}

// asksOnOf answers the end of a question by the articles, with the title of what it is about before it. It reports whether one was sure.
func (t *turn) asksOnOf(ctx context.Context, title string) (bool, error) {
	text := title + t.joint() + t.in.Text
	a, err := t.b.cfg.Understander.Analyze(ctx, text)
	if err != nil {
		return false, fmt.Errorf("%w: %w", errUnderstand, err)
	}
	found, err := t.lookUpText(ctx, text, a)
	if err != nil {
		return false, err
	}
	if found.Decision == kb.DecideAnswer && len(found.Hits) > 0 {
		t.decided(6, ActArticle, "follow_up", string(found.Hits[0].Root))
		t.remember(found.Hits)
		return true, t.answer(ctx, found.Hits[0])
	}
	return false, nil
}

// asksOn reports whether a folded text is nothing but the end of a question whose beginning was asked before: "how long", 那要多少钱.
func asksOn(text string) bool { return zhAsksOn.MatchString(bare(text)) || enAsksOn.MatchString(text) }

var (
	zhAsksOn = lazy(`^(?:那|那么|然后|还有|大概|大约|一般|要|得|需要|会|我)*(?:多久|几天|多少天|多长时间|多少钱|什么时候|几时|怎么弄|怎么办理|怎么操作|费用多少|要钱|收费)(?:到|能到|到账|才行|才能好|可以|能好)?(?:呢|啊|吗|呀|了)*$`)
	enAsksOn = lazy(`^(?:(?:and|so|ok|okay|but|then|well) )*(?:how long|how much|how many days|since when|until when|when)(?: (?:is|does|will|would|s) (?:it|that|this))?(?: (?:be|take|cost|last))?(?:,? (?:then|exactly|roughly|about|please|pls|usually|dear|mate|me|for that|for it))*[ ?!.]*$`)
)

// clearClause does what one clause of the message surely asks or wants, when the others lead to nothing else: "third time I write. where is
// my stuff". It reports whether there was one.
func (t *turn) clearClause(ctx context.Context) (bool, error) {
	clauses := saidApart(t.in.Text, saidEnds)
	if len(clauses) < 2 || len(clauses) > mostStoryPieces {
		return false, nil
	}
	long := utf8.RuneCountInString(t.in.Text) >= storyRunes // a story tells much that is no question
	var clear *IntentSpec
	var means nlp.Analysis
	for _, clause := range clauses {
		if !hasWords(clause) {
			continue
		}
		a, err := t.analyzed(ctx, strings.TrimSpace(clause))
		if err != nil {
			return false, err
		}
		spec, confidence := t.intentOf(a)
		folded := nlp.Fold(clause)
		if spec == nil || spec.SmallTalk || spec.Handoff || a.Ambiguous || confidence < intentSure || confidence < 1 && (long || !questionLike(folded) && !bidLike(folded)) {
			continue
		}
		if clear != nil && clear != spec {
			return false, nil
		}
		clear, means = spec, a
	}
	if clear == nil {
		return false, nil
	}
	t.decided(5, ActIntent, "intent_clause", clear.Name).Confidence = means.Intent.Confidence
	t.meant(means)
	return true, t.respond(ctx, clear)
}

// inStory offers what the clauses of a very long message ask about, where the message as a whole is like nothing. Nil: none of them is
// sure. Of a shorter one the search compares each clause, which knows better what is meant: see kb.mostClauses.
func (t *turn) inStory(ctx context.Context) ([]Button, error) {
	pieces := questionClauses(t.in.Text)
	if len(pieces) <= searchedPieces {
		return nil, nil
	}
	pieces = mostTelling(pieces)
	var options []Button
	for i := range 2 * len(pieces) { // each clause with the one before it, and by itself
		piece := pieces[i/2]
		if i%2 == 0 && i > 0 {
			piece = pieces[i/2-1] + piece
		}
		if tooShort(nlp.Fold(piece)) {
			continue
		}
		b, err := t.optionOf(ctx, piece)
		if err != nil {
			return nil, err
		}
		if b.Title != "" && len(options) < maxOptions && !slices.ContainsFunc(options, func(have Button) bool { return have.Title == b.Title }) {
			options = append(options, b)
		}
	}
	return options, nil
}

// mostTelling are the clauses of a story to look at, at most mostStoryPieces, in order: those that ask something before all others, with
// what leads to them.
func mostTelling(pieces []string) []string {
	if len(pieces) <= mostStoryPieces {
		return pieces
	}
	take := make([]bool, len(pieces))
	left := mostStoryPieces
	for i, p := range pieces {
		if folded := nlp.Fold(p); left > 1 && (questionLike(folded) || bidLike(folded)) {
			for _, k := range []int{i - 1, i} {
				if k >= 0 && !take[k] {
					take[k] = true
					left--
				}
			}
		}
	}
	var kept []string
	for i, p := range pieces {
		if !take[i] && left > 0 {
			take[i] = true
			left--
		}
		if take[i] {
			kept = append(kept, p)
		}
	}
	return kept
}

// optionOf is the button of what a piece of a message surely asks about; a zero one when nothing is sure.
func (t *turn) optionOf(ctx context.Context, piece string) (Button, error) {
	a, err := t.b.cfg.Understander.Analyze(ctx, piece)
	if err != nil {
		return Button{}, fmt.Errorf("%w: %w", errUnderstand, err)
	}
	found, err := t.sureAnswer(ctx, part{strings.TrimSpace(piece), a})
	if err != nil || found == nil {
		return Button{}, err
	}
	if spec := t.d.intent(found.detail); spec != nil {
		return Button{Title: spec.Title[t.lang], Action: "intent:" + spec.Name}, nil
	}
	if len(found.citations) == 0 {
		return Button{}, nil
	}
	return Button{Title: found.citations[0].Title, Action: "article:" + found.detail}, nil
}
