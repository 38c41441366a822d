package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"huiyin/kb"
	"huiyin/nlp"
)

// Bounds of a few words that say nothing without the question before them.
const (
	maxEllipsisHan   = 8
	maxEllipsisWords = 5  // that name something
	maxFacetWords    = 9  // of a question about what was asked before
	mostLookedBack   = 12 // messages among which that question is looked for
)

// ellipsis are a few words that only make sense with the question before them.
type ellipsis struct {
	words string // without what joins them to it
	named bool   // they name something else to ask the same of, or a matter of its own: "and to Canada?", 那退货呢
	bare  bool   // nothing joins them to it: 会过期吗 may be understood by itself
	part  bool   // they are a part of a sentence, and no matter of its own: "with PayPal"
}

// elliptic answers a few words that leave out what was asked before: "and to Canada?", 那台灯呢, "how much does that cost?". A matter of
// its own is answered by itself; anything else together with the question before. Where neither is sure, but something is near, she is
// asked which she means. It reports whether these were such words.
func (t *turn) elliptic(ctx context.Context) (bool, error) {
	follows := t.conv.Said == saidHelped || t.conv.Said == saidClarify || strings.HasPrefix(t.conv.Said, "article:") || strings.HasPrefix(t.conv.Said, "intent:")
	if !follows || t.conv.Failures > 0 || t.now.Sub(t.conv.UpdatedAt) > followsWithin {
		return false, nil
	}
	e, ok := ellipsisIn(t.text)
	if !ok {
		return false, nil
	}
	before, err := t.askedBefore(ctx)
	if err != nil || before.question == "" {
		return false, err
	}
	alone, err := t.analyzed(ctx, e.words)
	if err != nil {
		return false, err
	}
	if spec, confidence := t.intentOf(alone); e.named && spec != nil {
		switch {
		case (spec.SmallTalk || spec.Handoff) && confidence >= intentBacked:
			return false, nil
		case !spec.SmallTalk && !e.part && !alone.Ambiguous && (spec.Threshold > 0 || confidence >= intentSure):
			t.decided(5, ActIntent, "intent_clear", spec.Name).Confidence = confidence
			t.meant(alone)
			return true, t.respond(ctx, spec)
		}
	}
	if done, err := t.asksAgain(ctx, e, before); done || err != nil {
		return done, err
	}
	if e.bare {
		if k, err := t.sureAnswer(ctx, part{e.words, alone}); k != nil || err != nil {
			return false, err
		}
	}
	whole, err := t.analyzed(ctx, before.question+" "+e.words)
	if err != nil {
		return false, err
	}
	k, err := t.sureAnswer(ctx, part{before.question + " " + e.words, whole})
	switch {
	case err != nil:
		return false, err
	case k != nil && k.form == nil:
		t.decided(6, ActArticle, "follow_up", k.detail)
		t.meant(whole)
		return true, t.follows(ctx, k)
	case !e.named || before.shown.Root == "":
		return false, nil
	}
	return t.nearEllipsis(ctx, e, alone, whole, before.shown)
}

// nearEllipsis deals with words of which neither by themselves nor with the question before an answer is sure.
func (t *turn) nearEllipsis(ctx context.Context, e ellipsis, alone, whole nlp.Analysis, shown kb.Citation) (bool, error) {
	found, err := t.lookUpText(ctx, e.words, alone)
	if err != nil {
		return false, err
	}
	near := slices.DeleteFunc(slices.Clone(found.Hits), func(h kb.Hit) bool { return h.Confidence < worthALook })
	same, _ := t.intentOf(whole)
	still := same != nil && same.Article == shown.Root
	switch {
	case len(near) > 0 && near[0].Root == shown.Root, len(near) == 0 && still:
		t.decided(6, ActArticle, "follow_up", string(shown.Root))
		t.meant(whole)
		return true, t.open(ctx, string(shown.Root))
	case len(near) == 0:
		return false, nil
	}
	t.decided(6, ActClarify, "follow_up", "")
	t.remember(near)
	options := t.addHits(nil, near)
	options = append(options[:min(len(options), maxOptions-1)], Button{Title: shown.Title, Action: "article:" + string(shown.Root)})
	return true, t.clarify(ctx, options)
}

// meant lets the turn be about what its words mean, in the mood that they have.
func (t *turn) meant(a nlp.Analysis) {
	a.Sentiment, a.Entities, a.PII, a.Text = t.a.Sentiment, t.a.Entities, t.a.PII, t.a.Text
	t.a = a
}

// analyzed is the analysis of a text that is not the message.
func (t *turn) analyzed(ctx context.Context, text string) (nlp.Analysis, error) {
	a, err := t.b.cfg.Understander.Analyze(ctx, text)
	if err != nil {
		return a, fmt.Errorf("%w: %w", errUnderstand, err)
	}
	t.d.saidPlainly(&a)
	return a, nil
}

// follows says what was found for a question that goes on.
func (t *turn) follows(ctx context.Context, k *finding) error {
	if len(k.citations) == 0 {
		return t.respond(ctx, t.d.intent(k.detail))
	}
	if t.again(k.said) {
		return t.sameAgain(ctx)
	}
	t.alsoThere(k.said)
	m := t.reply(k.text+"\n\n"+t.say("did_that_help"), helpButtons(t)...)
	m.Citations = k.citations
	t.varied(m, k.variant)
	t.helped(k.label)
	t.conv.Said, t.conv.Asked = k.said, t.question()
	return nil
}

// asked is what the conversation was about before a message.
type asked struct {
	question string        // the last one, in the customer's words
	shown    kb.Citation   // the article that was shown for it
	earlier  []kb.Citation // articles that were shown before it, the last one first
}

// askedBefore looks for the question that the conversation is about; a zero one when there is none.
func (t *turn) askedBefore(ctx context.Context) (asked, error) {
	var before asked
	list, err := t.lately(ctx)
	if err != nil {
		return before, err
	}
	for _, m := range slices.Backward(list) {
		switch {
		case m.Direction == Outgoing && len(m.Citations) > 0 && before.question != "":
			before.earlier = append(before.earlier, m.Citations[0])
		case m.Direction == Outgoing && len(m.Citations) > 0 && before.shown.Root == "":
			before.shown = m.Citations[0]
		case before.question == "" && m.Direction == Incoming && m.Pressed == "" && t.now.Sub(m.At) <= followsWithin && utf8.RuneCountInString(m.Text) <= maxPartsRunes:
			folded := strings.TrimSpace(nlp.Fold(m.Text))
			if _, more := ellipsisIn(folded); !more && hasWords(folded) && !isNod(folded) && !isSolved(folded) && !isThanks(folded) {
				before.question = strings.TrimRight(m.Text, partMarks)
			}
		}
	}
	return before, nil
}

// lately are the last messages before this one, at most mostLookedBack.
func (t *turn) lately(ctx context.Context) ([]Message, error) {
	from := uint64(0)
	if t.conv.LastSeq > mostLookedBack {
		from = t.conv.LastSeq - mostLookedBack
	}
	list, err := t.b.cfg.Store.Messages(ctx, t.conv.ID, from, mostLookedBack)
	if err != nil {
		return nil, fmt.Errorf("look for the question before: %w", err)
	}
	return list, nil
}

// ellipsisIn reads a folded text as an ellipsis, and reports whether it is one.
func ellipsisIn(text string) (ellipsis, bool) {
	text = strings.Trim(text, partMarks)
	if strings.ContainsFunc(text, isHan) {
		return zhEllipsisIn(text)
	}
	words := wordsAt(text)
	if len(words) > maxFacetWords || len(words) < 2 {
		return ellipsis{}, false
	}
	if enFacet.MatchString(text) && enLeans.MatchString(text) {
		return ellipsis{words: text}, true
	}
	lead := enMore().FindString(text)
	rest := strings.TrimSpace(text[len(lead):])
	if n := len(wordsAt(rest)); lead == "" || n == 0 || n > maxEllipsisWords || enNoMatter.MatchString(rest) || questionLike(rest) && !enIf.MatchString(rest) {
		return ellipsis{}, false
	}
	return ellipsis{words: rest, named: true, part: enPart.MatchString(rest) || strings.Contains(lead, "if")}, true
}

func zhEllipsisIn(text string) (ellipsis, bool) {
	lead := zhMore().FindString(text)
	rest := strings.TrimSpace(text[len(lead):])
	open := strings.HasSuffix(rest, "呢")
	rest = strings.TrimSpace(strings.TrimRight(rest, "呢啊呀吗"))
	n := utf8.RuneCountInString(strings.ReplaceAll(rest, " ", ""))
	switch {
	case n == 0 || n > maxEllipsisHan && len(wordsAt(rest)) == 0 || n > 3*maxEllipsisHan || zhNoMatter.MatchString(rest):
		return ellipsis{}, false
	case lead != "" && zhFacet.MatchString(rest), zhOnlyFacet.MatchString(rest):
		return ellipsis{words: rest, bare: lead == ""}, true
	case open && !questionLike(rest):
		return ellipsis{words: rest, named: true, part: strings.ContainsAny(lead, "如要换")}, true
	}
	return ellipsis{}, false
}

// What joins a few words to the question before, what asks something of it, and what names no matter.
var (
	enMore      = lazy(`^(?:(?:ok|okay|so|hm+|right|great|thanks|cool|fine|good|yes|no)[, ]+)*(?:(?:and|or|but|also|then)[, ]+)*(?:what about|how about|what if|and|or|also)\b(?:[, ]+(?:for|about) )?(?: (?:the|a|an|my|your|if|its|i'm|i am|it's|it is))*`)
	enPart      = lazy(`^(?:to|with|in|on|at|by|from|for|within|without|after|before|over|under|outside|during|via|using)\b`)
	enIf        = lazy(`^(?:i|we|it|they|he|she)\b`)
	enFacet     = lazy(`\b(?:how (?:much|long|soon|fast|many)|when|costs?|price|pricey|expires?|expiry|free|fees?|charge|deadline|valid|extra)\b`)
	enNoMatter  = lazy(`^(?:you|u|me|now|next|then|that|this|it|so|what|who|why|how|when|where|yourself|us|him|her|them|no|yes|nothing|please|pls|thanks|thank you|bye|hello|hi)\b`)
	zhMore      = lazy(`^(?:好的?|嗯+|哦|行|那好|谢谢)?[，, 。]*(?:那么|那|然后|还有|另外|如果是|如果|要是|换成|至于)*`)
	zhFacet     = lazy(`多久|多少|几天|几时|什么时候|啥时候|收费|免费|要钱|花钱|费用|过期|有效期|期限|贵不贵`)
	zhOnlyFacet = lazy(`^(?:会|要|能|可以|是|有|需要|大概|一般|得|它|这个|这|还|额外|另外)*(?:多久|多少钱?|几天|几时|什么时候|啥时候|收费|免费|要钱|花钱|过期|有效期|期限|贵不贵)(?:能|会|到|才|可以|过期|失效|多久|多长|了|的)*$`)
	zhNoMatter  = lazy(`^(?:你|您|我|你们|您们|咱|他|她|它|这|这个|那个|这些|这样|怎么办|怎么样|咋办|什么|啥|谁|结果|现在|下一步|接下来|以后|后来|算了|好|没有|不|为什么)$|^(?:人|人工|客服|你们|我的?(?:订单|快递|包裹|东西|货|钱))$|我怎么|你怎么`)
)
