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

// part is a question within a message, with its analysis.
type part struct {
	text string
	a    nlp.Analysis
}

// inParts answers a message of several questions, at most mostParts of them: all, in order, when it is sure of them; when it is sure of
// some, these, and it says which it does not know, and which are left. A thing that is asked for ("gift wrap it please") counts when it is
// sure of it and of all else. It reports false, and has done nothing, when the message is one question, or it is not sure enough: then
// it is answered as a whole. An incident that only one of the parts is about is said first.
func (t *turn) inParts(ctx context.Context) (bool, error) {
	if texts := splitParts(t.in.Text, true); len(texts) > 1 {
		if done, err := t.apart(ctx, texts, true); done || err != nil {
			return done, err
		}
	}
	texts := splitParts(t.in.Text, false)
	if len(texts) < 2 {
		return false, nil
	}
	return t.apart(ctx, texts, false)
}

// apart is inParts with the parts at hand. strictly: all or none.
func (t *turn) apart(ctx context.Context, texts []string, strictly bool) (bool, error) {
	var parts []part
	var known *Incident
	for _, text := range texts {
		text = unjoined(text)
		a, err := t.b.cfg.Understander.Analyze(ctx, text)
		if err != nil {
			return false, fmt.Errorf("%w: %w", errUnderstand, err)
		}
		t.d.saidPlainly(&a)
		parts = append(parts, part{text, a})
		spec, _ := t.intentOf(a)
		if spec != nil && spec.SmallTalk {
			return false, nil // "hi, how are you, where is my order" asks one thing
		}
		if known == nil {
			known = t.incidentOf(text, spec)
		}
	}
	if t.known != nil || known == nil {
		return t.takeApart(ctx, parts, strictly)
	}
	notes, facts := len(t.notes), len(t.facts)
	t.known = known
	t.warn()
	done, err := t.takeApart(ctx, parts, strictly)
	if !done && err == nil { // as a whole it is about something else
		t.known, t.notes, t.facts = nil, t.notes[:notes], t.facts[:facts]
	}
	return done, err
}

// takeApart does what inParts promises with the analysed parts.
func (t *turn) takeApart(ctx context.Context, parts []part, strictly bool) (bool, error) {
	var sure []sured
	var open []part
	for _, p := range parts {
		k, err := t.sureAnswer(ctx, p)
		switch {
		case err != nil:
			return false, err
		case k == nil && strictly:
			return false, nil
		case k == nil:
			open = append(open, p)
		case slices.ContainsFunc(sure, func(s sured) bool { return s.detail == k.detail }):
			if len(parts) == 2 || strictly {
				return false, nil // both mean the same: it is one question
			}
		default:
			sure = append(sure, sured{k, p})
		}
	}
	whole, err := t.sureAnswer(ctx, part{t.in.Text, t.a})
	if err != nil {
		return false, err
	}
	about := whole != nil && slices.ContainsFunc(sure, func(s sured) bool { return s.detail == whole.detail })
	switch {
	case len(sure) == 0:
		return false, nil
	case whole != nil && !about && (len(parts) == 2 || len(sure) < 2): // the parts mean something else than they do together
		return false, nil
	case len(sure) > 1:
		return true, t.someParts(ctx, sure, open)
	case whole == nil || sure[0].form != nil: // one part alone is no reason to doubt that it is one question
		return false, nil
	}
	return true, t.onePart(ctx, sure[0].finding, open)
}

// sured is a part with the answer that the bot is sure of.
type sured struct {
	*finding
	of part
}

// someParts answers several questions in one message, the first mostParts of those that it is sure of, and says which it does not know and
// which are left. A form is begun last, since it ends in a question of its own, and a second one is offered when the first is done.
func (t *turn) someParts(ctx context.Context, sure []sured, open []part) error {
	var left []part
	for len(sure) > mostParts {
		left = append(left, sure[len(sure)-1].of)
		sure = sure[:len(sure)-1]
	}
	slices.Reverse(left)
	var forms, texts []sured
	var details []string
	for _, k := range sure {
		details = append(details, k.detail)
		if k.form != nil {
			forms = append(forms, k)
		} else {
			texts = append(texts, k)
		}
	}
	if len(forms) > 2 {
		for _, k := range forms[2:] {
			left = append(left, k.of)
		}
		forms = forms[:2]
	}
	t.decided(6, ActArticle, "both_parts", strings.Join(details, " + "))
	var said []string
	var citations []kb.Citation
	for _, k := range texts {
		said = append(said, k.text)
		citations = append(citations, k.citations...)
		t.helped(k.label)
	}
	said = append(said, t.notAnswered(open, left)...)
	if len(forms) == 0 {
		buttons := helpButtons(t)
		if len(open) > 0 {
			buttons = append(buttons, Button{Title: t.say("button.human"), Action: "human:low_confidence"})
		}
		m := t.reply(strings.Join(append(said, t.say("did_that_help")), "\n\n"), buttons...)
		m.Citations = citations
		for _, k := range texts {
			t.varied(m, k.variant)
		}
		t.conv.Said, t.conv.Asked = texts[len(texts)-1].said, t.question()
		return nil
	}
	for _, text := range said {
		t.note(text)
	}
	then := ""
	if len(forms) == 2 {
		title := func(k sured) string { return t.d.intent(k.detail).Title[t.lang] }
		t.note(t.say("form.first", "first", title(forms[0]), "then", title(forms[1])))
		then = forms[1].detail
	}
	t.a = forms[0].of.a
	if err := t.startForm(ctx, forms[0].form, then); err != nil {
		return err
	}
	if len(t.out) > 0 {
		m := &t.out[len(t.out)-1]
		m.Citations = append(m.Citations, citations...)
		for _, k := range texts {
			t.varied(m, k.variant)
		}
	}
	return nil
}

// notAnswered says which parts of a message the bot does not know, each a gap, and which are too many for one answer.
func (t *turn) notAnswered(open, left []part) []string {
	var said []string
	if len(open) > 0 {
		for _, p := range open {
			asked := t.in
			asked.Text, asked.Analysis = p.text, &p.a
			t.gap(asked, kb.GapUnanswered)
		}
		said = append(said, t.say("part_unknown", "question", t.repeated(open)))
	}
	if len(left) > 0 {
		said = append(said, t.say("parts_left", "question", t.repeated(left)))
	}
	return said
}

// repeated are parts as they are repeated to the customer.
func (t *turn) repeated(parts []part) string {
	var list []string
	for _, p := range parts {
		list = append(list, plain(firstRunes(strings.Join(strings.Fields(quoted(p.text)), " "), followQuoted)))
	}
	if t.lang == nlp.LangChinese {
		return strings.Join(list, "”“")
	}
	return strings.Join(list, "”, “")
}

// onePart answers one of several questions. Of the other it shows what is near, or says that it is not known and notes it as a gap.
func (t *turn) onePart(ctx context.Context, k *finding, open []part) error {
	t.decided(6, ActArticle, "one_part", k.detail)
	text, buttons := "", helpButtons(t)
	var near kb.Answer
	if len(open) == 1 {
		var err error
		if near, err = t.lookUpText(ctx, open[0].text, open[0].a); err != nil {
			return err
		}
	}
	if near.Decision == kb.DecideClarify && len(near.Hits) > 0 {
		text, buttons = t.say("part_near", "question", t.repeated(open)), t.addHits(nil, near.Hits)
	} else {
		text = strings.Join(t.notAnswered(open, nil), "\n\n")
	}
	m := t.reply(k.text+"\n\n"+text, append(buttons, Button{Title: t.say("button.human"), Action: "human:low_confidence"})...)
	m.Citations = k.citations
	t.varied(m, k.variant)
	t.helped(k.label)
	t.conv.Said, t.conv.Asked = k.said, t.question()
	return nil
}

// quoted is a part as it is repeated to the customer: without the word that joins it to the other, and without its mark.
func quoted(text string) string {
	return strings.Trim(unjoined(strings.Trim(text, partMarks)), partMarks)
}

const partMarks = " ?？,，。.;；!！"

// unjoined is a part without the word that joins it to the one before it.
func unjoined(text string) string {
	trimmed := strings.TrimLeft(text, " ,，")
	for _, w := range joining() {
		if w = strings.TrimSpace(w); hasFoldPrefix(trimmed, w) {
			return strings.TrimLeft(trimmed[len(w):], " ,，")
		}
	}
	return text
}

// Bounds of what is taken apart: a longer message tells a story, and a shorter part does not say what it is about.
const (
	maxPartsRunes = 160 // of two questions
	maxManyRunes  = 300 // of more
	mostParts     = 3   // are answered at once
	minPartHan    = 4   // characters
	minPartWords  = 3
)

// splitParts are the questions that a text asks, each as written; nil when it asks one, or nothing. A clause that asks
// nothing belongs to the question after it ("I ordered two, can I …"), and so does one that only makes sense with the one
// before ("how do I return it, and how long does it take"). With bids, what is asked for is a part as well, and then there is one at least.
func splitParts(text string, bids bool) []string {
	if utf8.RuneCountInString(text) > maxManyRunes {
		return nil
	}
	var parts []string
	pending, open, bid := "", true, 0
	for _, clause := range questionClauses(text) {
		folded := nlp.Fold(clause)
		question := questionLike(folded)
		isBid := bids && !question && bidLike(folded) && !tooShort(folded)
		switch {
		case !question && !isBid:
			if open {
				pending += clause
			} else {
				parts[len(parts)-1] += clause
			}
		case len(parts) > 0 && (leans(folded) || tooShort(folded)):
			return nil
		default:
			if isBid {
				bid++
			}
			parts = append(parts, pending+clause)
			pending, open = "", false
		}
	}
	switch {
	case len(parts) < 2, tooShort(nlp.Fold(parts[0])), bids && (bid == 0 || bid == len(parts)):
		return nil
	case len(parts) == 2 && utf8.RuneCountInString(text) > maxPartsRunes:
		return nil
	}
	for i, p := range parts {
		parts[i] = strings.TrimSpace(p)
	}
	return parts
}

// bidLike reports whether a folded clause asks for something to be done, and is not put as a question.
func bidLike(clause string) bool {
	s := strings.TrimSpace(clause)
	return zhBid.MatchString(s) || enBid.MatchString(s)
}

// questionClauses cuts a text where one question may end and another begin. The marks stay with what is before them, the
// joining words with what is after.
func questionClauses(text string) []string {
	var out []string
	from := 0
	cutAt := func(end int) {
		if s := text[from:end]; strings.TrimSpace(s) != "" { // blanks belong to what comes after them
			out = append(out, s)
			from = end
		}
	}
	for i, r := range text {
		switch {
		case strings.ContainsRune("?？;；,，。!！\n", r), r == '.' && strings.HasPrefix(text[i+1:], " "):
			cutAt(i + utf8.RuneLen(r))
		case slices.ContainsFunc(joining(), func(w string) bool { return hasFoldPrefix(text[i:], w) }):
			cutAt(i)
		}
	}
	cutAt(len(text))
	return out
}

// joining are the words that may join two questions.
func joining() []string {
	return []string{" and ", " also ", " plus ", " & ", "还有", "另外", "以及", "顺便", "再问", "同时"}
}

func hasFoldPrefix(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// questionLike reports whether a folded clause is put as a question of its own.
func questionLike(clause string) bool {
	s := strings.TrimSpace(clause)
	return zhQuestion.MatchString(s) || enQuestion.MatchString(s)
}

// leans reports whether a folded clause only makes sense with what is before it.
func leans(clause string) bool {
	return zhLeans.MatchString(clause) || enLeans.MatchString(enDummy.ReplaceAllString(clause, " "))
}

// tooShort reports whether a folded clause is too short to say by itself what it is about.
func tooShort(clause string) bool {
	han, latin := 0, 0
	core := clause
	for _, filler := range append([]string{"还有", "另外", "以及", "顺便问一下", "顺便", "再问一下", "同时"}, zhFillers...) {
		core = strings.ReplaceAll(core, filler, " ")
	}
	for _, r := range core {
		if isHan(r) {
			han++
		}
	}
	for _, w := range wordsAt(core) {
		if w.text != "" {
			latin++
		}
	}
	if strings.ContainsFunc(clause, isHan) {
		return han+2*latin < minPartHan-2
	}
	return latin < minPartWords
}

var (
	zhBid      = lazy(`^(?:你好|您好|亲|那|还有|另外|顺便|对了)*(?:请|麻烦|帮我|帮忙|给我|替我|我要|我想|我得|想要|想|要)`)
	enBid      = lazy(`^(?:(?:and|also|plus|hi|hello|hey|ok|so|then)[ ,]+)*(?:please|pls|plz|kindly|i want to|i need to|i need a|i would like|i'd like|i wanna|give me|send me)\b|\b(?:please|pls|plz)[ .,!;]*$`)
	zhQuestion = lazy(`[吗么呢][?？。!！,，;； ]*$|多久|几天|几点|几个|多少|多长|多大|怎么|怎样|如何|哪|什么|啥|能不能|能否|可不可以|可否|是不是|是否|有没有|要不要|会不会|支不支持|用不用|为什么|谁|是.{1,8}还是.|([退收包换修送发贵行好对给管])不(?:[退收包换修送发贵行好对给管])`)
	enQuestion = lazy(`^(?:(?:and|also|plus|&|then|so|or|but|hi|hello|hey|ok|well|please|pls|btw|by the way|another question|secondly|second|first|firstly|1|2|quick question|i(?:'d| would) (?:like|want) to know|i want to know|(?:can|could) you (?:please )?tell me|tell me|do you know)[,:.) ]+)*` +
		`(?:how|what|whats|what's|when|where|wheres|where's|why|which|who|whose|can|could|do|does|did|is|are|will|would|should|may|may i|have you|has|am i|isn't|aren't|don't you|if you|whether you)\b`)
	enDummy = lazy(`\b(?:does|will|would|is) it (?:cost|take|possible) to\b`) // this "it" stands for what follows
	zhLeans = lazy(`^(?:还有|另外|以及|顺便|那|然后|那么|再)*(?:它|这个|那个|这些|那些|此|其)|^(?:那|那么|然后)?(?:要|需要|得|大概|一般)*(?:多久|几天|多少钱|多少|怎么办|怎么弄|怎么做|为什么|什么时候|在哪|哪里|是什么|怎么回事)[?？吗呢啊。,，;； ]*$`)
	enLeans = lazy(`\b(?:it|its|that|this|them|they|those|these|one|so)\b|^(?:(?:and|also|then|so)[, ]+)*(?:how|when|where|why|what)(?: (?:long|much|many|exactly|then|not|else|soon))?[ ?!.,;]*$`)
)
