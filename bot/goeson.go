package bot

import (
	"context"
	"errors"
	"slices"
	"strings"

	"huiyin/kb"
	"huiyin/nlp"
)

// Bounds of a message that may go on with what was talked about.
const (
	maxGoesOnWords = 9
	maxGoesOnHan   = 12
	maxFragmentHan = 4 // of what is no question: 已付款
	mostPointing   = 2 // words that tell something, in a question about "it" that does not say what it is about
)

// goesOnAbout deals with a short message right after an article that says little by itself: "how do I prove it", 能转给别人吗, "yesterday".
// When it and the question before surely lead to that article again, it is shown again, once; where something else is near, too, she is asked
// which she means. It reports whether this was such a message.
func (t *turn) goesOnAbout(ctx context.Context, spec *IntentSpec, confidence nlp.Confidence, found kb.Answer) (bool, error) {
	if t.pressed != nil || t.conv.Failures > 0 || !strings.HasPrefix(t.conv.Said, "article:") || t.now.Sub(t.conv.UpdatedAt) > followsWithin || !goesOn(t.text) {
		return false, nil
	}
	if spec != nil && spec.SmallTalk {
		spec = nil
	}
	sure := found.Decision == kb.DecideAnswer || spec != nil && outweighs(spec, confidence, found)
	if sure && !saysLittle(t.text, t.a.Tokens) {
		return false, nil
	}
	before, err := t.askedBefore(ctx)
	if err != nil || before.question == "" || before.shown.Root == "" || !t.shownLast(before.shown.Root) {
		return false, err
	}
	text := before.question + t.joint() + t.in.Text
	a, err := t.analyzed(ctx, text)
	if err != nil {
		return false, err
	}
	k, err := t.sureAnswer(ctx, part{text, a})
	if err != nil || k == nil || len(k.citations) == 0 || k.citations[0].Root != before.shown.Root {
		return false, err
	}
	if spec != nil && !sure && spec.Article != before.shown.Root && confidence >= intentBacked { // it may well be something else
		return false, nil
	}
	var others []kb.Hit
	switch {
	case spec != nil && outweighs(spec, confidence, found) && spec.Article != "":
		hit, err := t.read(ctx, spec.Article)
		if err != nil && !errors.Is(err, kb.ErrNotFound) {
			return false, err
		}
		if err == nil {
			others = append(others, hit)
		}
	case found.Decision != kb.DecideNothing:
		others = slices.Clone(found.Hits)
	}
	same := func(h kb.Hit) bool { return h.Root == before.shown.Root }
	if len(others) == 0 || slices.ContainsFunc(others, same) {
		if len(before.earlier) > 0 && before.earlier[0].Root == before.shown.Root { // it was shown twice already
			return false, nil
		}
		t.decided(6, ActArticle, "follow_up", string(before.shown.Root))
		t.meant(a)
		return true, t.open(ctx, string(before.shown.Root))
	}
	t.decided(6, ActClarify, "follow_up", "")
	t.remember(found.Hits)
	options := []Button{{Title: before.shown.Title, Action: "article:" + string(before.shown.Root)}}
	return true, t.clarify(ctx, t.addHits(options, others))
}

// mayGoOn reports whether a message that looks like small talk may ask about what was answered last: "what do you need from me".
func (t *turn) mayGoOn() bool {
	return t.conv.Failures == 0 && strings.HasPrefix(t.conv.Said, "article:") && t.now.Sub(t.conv.UpdatedAt) <= followsWithin && goesOn(t.text) && asksSomething(t.text)
}

// goesOn reports whether a folded text is short enough to go on with what was said.
func goesOn(text string) bool {
	if han := strings.IndexFunc(text, isHan) >= 0; han {
		return countHan(text) <= maxGoesOnHan
	}
	return len(wordsAt(text)) <= maxGoesOnWords
}

func countHan(text string) int {
	n := 0
	for _, r := range text {
		if isHan(r) {
			n++
		}
	}
	return n
}

// saysLittle reports whether a short folded text names no matter of its own: it points at something, leaves out what it is about, or is no
// question at all.
func saysLittle(text string, tokens []nlp.Token) bool {
	text = strings.Trim(text, partMarks)
	if strings.ContainsFunc(text, isHan) {
		return zhSaysLittle.MatchString(text) || countHan(text) <= maxFragmentHan && !questionLike(text) && !bidLike(text)
	}
	telling := 0
	for _, tok := range tokens {
		if !tok.Stop && tok.Text != "" {
			telling++
		}
	}
	return telling <= mostPointing && leans(text) || enFragment.MatchString(text) || len(wordsAt(text)) <= 3 && !questionLike(text) && !bidLike(text)
}

var (
	enFragment   = lazy(`^(?:(?:and|but|so|ok|well|then)[, ]+)*(?:what now|now what|what next|then what|what do you (?:need|mean).*|i(?:'m| am) (?:in|from|at) .*|(?:only )?(?:yesterday|today|last (?:week|night|month)|this (?:morning|week)|(?:\w+ )?(?:days?|weeks?|hours?|months?) ago).*|i (?:already )?(?:returned|sent|paid|did|tried|asked|ordered|bought)\b.*)$`)
	zhSaysLittle = lazy(`^(?:那|它|这个|那个|也)?(?:能|可以|会|要|得|可不可以|能不能|会不会|是|有)(?:不能|不可以)?[^，,。]{0,7}(?:吗|么|呢|嘛)?$|^(?:什么|哪些|多久|几天|怎么)[^，,。]{0,5}$|^(?:我)?(?:昨天|今天|前天|上周|刚才|刚刚|已经)[^，,。]{0,6}$|它|这个|那个`)
)
