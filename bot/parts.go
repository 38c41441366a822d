package bot

import (
	"context"
	"errors"
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

// finding is an answer that the bot is sure of.
type finding struct {
	text      string // with its source
	said      string // for Conversation.Said
	label     string // of FactAnswer
	detail    string // for the decision: the article or the intent
	citations []kb.Citation
	variant   *Variant  // of text, when she takes part in an experiment
	form      *FormSpec // to be filled in for it instead of a text; nil: text is the answer
}

// sureAnswer is what the bot would answer to a part without asking back; nil: it is not sure, or what follows is no answer.
func (t *turn) sureAnswer(ctx context.Context, p part) (*finding, error) {
	spec, confidence := t.intentOf(p.a)
	if p.a.Ambiguous {
		spec = nil
	}
	if spec != nil && (spec.SmallTalk || spec.Handoff) {
		return nil, nil
	}
	clear := spec != nil && (spec.Threshold > 0 || confidence >= intentSure)
	if !clear {
		found, err := t.lookUpText(ctx, p.text, p.a)
		switch {
		case err != nil:
			return nil, err
		case spec != nil && outweighs(spec, confidence, found):
		case found.Decision == kb.DecideAnswer && len(found.Hits) > 0:
			return t.knownHit(ctx, found.Hits[0]), nil
		default:
			return nil, nil
		}
	}
	return t.knownIntent(ctx, spec, p.a)
}

// knownIntent is what an intent that is sure leads to.
func (t *turn) knownIntent(ctx context.Context, spec *IntentSpec, a nlp.Analysis) (*finding, error) {
	label := "intent:" + spec.Name
	switch {
	case spec.Form != "":
		return &finding{form: t.d.form(spec.Form), label: label, said: label, detail: spec.Name}, nil
	case spec.Article != "" && t.b.cfg.Library != nil:
		hit, err := t.b.cfg.Library.Read(ctx, spec.Article, t.lang)
		if errors.Is(err, kb.ErrNotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errSearch, err)
		}
		return t.knownHit(ctx, hit), nil
	case len(spec.Reply) > 0:
		alternatives := spec.Reply[t.lang]
		return &finding{text: alternatives[choose(string(t.in.ID), len(alternatives))], label: label, said: label + "#" + string(t.lang), detail: spec.Name}, nil
	}
	return nil, nil
}

// knownHit is a hit with its source, in the words of the customer's arm when an experiment is about it.
func (t *turn) knownHit(ctx context.Context, hit kb.Hit) *finding {
	variant := t.vary(ctx, articleKey(hit.Article), hit.Lang, &hit.Text)
	text := hit.Text + "\n\n" + t.say("source", "title", hit.Title)
	if hit.OtherLang {
		text = t.say("other_lang") + "\n\n" + text
	}
	label := "article:" + string(hit.Article)
	return &finding{text: text, label: label, said: label + "#" + digest(hit.Text)[:8], detail: string(hit.Root),
		citations: []kb.Citation{hit.Citation}, variant: variant}
}

// inParts answers a message of two questions: both, in order, when it is sure of both; when it is sure of one, that one, and it
// says which it does not know. It reports false, and has done nothing, when the message is one question, or none of its parts
// is sure: then it is answered as a whole. An incident that only one of the parts is about is said first.
func (t *turn) inParts(ctx context.Context) (bool, error) {
	texts := twoQuestions(t.in.Text)
	if len(texts) != 2 {
		return false, nil
	}
	var parts [2]part
	var known *Incident
	for i, text := range texts {
		a, err := t.b.cfg.Understander.Analyze(ctx, text)
		if err != nil {
			return false, fmt.Errorf("%w: %w", errUnderstand, err)
		}
		t.d.saidPlainly(&a)
		parts[i] = part{text, a}
		spec, _ := t.intentOf(a)
		if spec != nil && spec.SmallTalk {
			return false, nil // "hi, how are you, where is my order" asks one thing
		}
		if known == nil {
			known = t.incidentOf(text, spec)
		}
	}
	if t.known != nil || known == nil {
		return t.takeApart(ctx, parts)
	}
	notes, facts := len(t.notes), len(t.facts)
	t.known = known
	t.warn()
	done, err := t.takeApart(ctx, parts)
	if !done && err == nil { // as a whole it is about something else
		t.known, t.notes, t.facts = nil, t.notes[:notes], t.facts[:facts]
	}
	return done, err
}

// takeApart does what inParts promises with the two analysed parts.
func (t *turn) takeApart(ctx context.Context, parts [2]part) (bool, error) {
	var found [2]*finding
	for i, p := range parts {
		var err error
		if found[i], err = t.sureAnswer(ctx, p); err != nil {
			return false, err
		}
	}
	whole, err := t.sureAnswer(ctx, part{t.in.Text, t.a})
	if err != nil {
		return false, err
	}
	a, b := found[0], found[1]
	about := func(k *finding) bool { return k != nil && whole != nil && k.detail == whole.detail }
	switch {
	case a == nil && b == nil, a != nil && b != nil && a.detail == b.detail:
		return false, nil
	case whole != nil && !about(a) && !about(b): // the halves mean something else than they do together
		return false, nil
	case a != nil && b != nil:
		return true, t.bothParts(ctx, parts, a, b)
	case whole == nil: // one half alone is no reason to doubt that it is one question
		return false, nil
	case a != nil && a.form == nil:
		return true, t.onePart(ctx, a, parts[1])
	case b != nil && b.form == nil:
		return true, t.onePart(ctx, b, parts[0])
	}
	return false, nil
}

// bothParts answers two questions in one message. A form is begun last, since it ends in a question of its own.
func (t *turn) bothParts(ctx context.Context, parts [2]part, a, b *finding) error {
	t.decided(6, ActArticle, "both_parts", a.detail+" + "+b.detail)
	if a.form != nil && b.form != nil { // one after the other: the second is offered when the first is done
		title := func(k *finding) string { return t.d.intent(k.detail).Title[t.lang] }
		t.note(t.say("form.first", "first", title(a), "then", title(b)))
		t.a = parts[0].a
		return t.startForm(ctx, a.form, b.detail)
	}
	if a.form != nil || b.form != nil {
		form, other, of := a.form, b, parts[0]
		if form == nil {
			form, other, of = b.form, a, parts[1]
		}
		t.note(other.text)
		t.helped(other.label)
		t.a = of.a
		if err := t.startForm(ctx, form, ""); err != nil {
			return err
		}
		if len(t.out) > 0 {
			m := &t.out[len(t.out)-1]
			m.Citations = other.citations
			t.varied(m, other.variant)
		}
		return nil
	}
	m := t.reply(a.text+"\n\n"+b.text+"\n\n"+t.say("did_that_help"), helpButtons(t)...)
	m.Citations = append(slices.Clone(a.citations), b.citations...)
	for _, k := range []*finding{a, b} {
		t.varied(m, k.variant)
	}
	t.helped(a.label)
	t.helped(b.label)
	t.conv.Said, t.conv.Asked = b.said, t.question()
	return nil
}

// onePart answers one of two questions. Of the other it shows what is near, or says that it is not known and notes it as a gap.
func (t *turn) onePart(ctx context.Context, k *finding, rest part) error {
	near, err := t.lookUpText(ctx, rest.text, rest.a)
	if err != nil {
		return err
	}
	t.decided(6, ActArticle, "one_part", k.detail)
	key, buttons := "part_unknown", helpButtons(t)
	if near.Decision == kb.DecideClarify && len(near.Hits) > 0 {
		key, buttons = "part_near", t.addHits(nil, near.Hits)
	} else {
		asked := t.in
		asked.Text, asked.Analysis = rest.text, &rest.a
		t.gap(asked, kb.GapUnanswered)
	}
	question := firstRunes(strings.Join(strings.Fields(quoted(rest.text)), " "), followQuoted)
	m := t.reply(k.text+"\n\n"+t.say(key, "question", plain(question)),
		append(buttons, Button{Title: t.say("button.human"), Action: "human:low_confidence"})...)
	m.Citations = k.citations
	t.varied(m, k.variant)
	t.helped(k.label)
	t.conv.Said, t.conv.Asked = k.said, t.question()
	return nil
}

// quoted is a part as it is repeated to the customer: without the word that joins it to the other, and without its mark.
func quoted(text string) string {
	const marks = " ?？,，。.;；!！"
	text = strings.Trim(text, marks)
	for _, w := range joining() {
		if w = strings.TrimSpace(w); hasFoldPrefix(text, w) {
			return strings.Trim(text[len(w):], marks)
		}
	}
	return text
}

// Bounds of what is taken apart: a longer message tells a story, and a shorter part does not say what it is about.
const (
	maxPartsRunes = 160
	minPartHan    = 4 // characters
	minPartWords  = 3
)

// twoQuestions are the two questions that a text asks, each as written; nil when it asks one, or more. A clause that asks
// nothing belongs to the question after it ("I ordered two, can I …"), and so does one that only makes sense with the one
// before ("how do I return it, and how long does it take").
func twoQuestions(text string) []string {
	if utf8.RuneCountInString(text) > maxPartsRunes {
		return nil
	}
	var parts []string
	pending, open := "", true
	for _, clause := range questionClauses(text) {
		folded := nlp.Fold(clause)
		switch {
		case !questionLike(folded):
			if open {
				pending += clause
			} else {
				parts[len(parts)-1] += clause
			}
		case len(parts) > 0 && (leans(folded) || tooShort(folded)):
			return nil
		default:
			parts = append(parts, pending+clause)
			pending, open = "", false
		}
	}
	if len(parts) != 2 || tooShort(nlp.Fold(parts[0])) {
		return nil
	}
	for i, p := range parts {
		parts[i] = strings.TrimSpace(p)
	}
	return parts
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
	zhQuestion = lazy(`[吗么呢][?？。!！,，;； ]*$|多久|几天|几点|几个|多少|多长|多大|怎么|怎样|如何|哪|什么|啥|能不能|能否|可不可以|可否|是不是|是否|有没有|要不要|会不会|支不支持|用不用|为什么|谁`)
	enQuestion = lazy(`^(?:(?:and|also|plus|&|then|so|or|but|hi|hello|hey|ok|well|please|pls|btw|by the way|another question|secondly|second|first|firstly|1|2|quick question|i(?:'d| would) (?:like|want) to know|i want to know|(?:can|could) you (?:please )?tell me|tell me|do you know)[,:.) ]+)*` +
		`(?:how|what|whats|what's|when|where|wheres|where's|why|which|who|whose|can|could|do|does|did|is|are|will|would|should|may|may i|have you|has|am i|isn't|aren't|don't you|if you|whether you)\b`)
	enDummy = lazy(`\b(?:does|will|would|is) it (?:cost|take|possible) to\b`) // this "it" stands for what follows
	zhLeans = lazy(`^(?:还有|另外|以及|顺便|那|然后|那么|再)*(?:它|这个|那个|这些|那些|此|其)|^(?:那|那么|然后)?(?:要|需要|得|大概|一般)*(?:多久|几天|多少钱|多少|怎么办|怎么弄|怎么做|为什么|什么时候|在哪|哪里|是什么|怎么回事)[?？吗呢啊。,，;； ]*$`)
	enLeans = lazy(`\b(?:it|its|that|this|them|they|those|these|one|so)\b|^(?:(?:and|also|then|so)[, ]+)*(?:how|when|where|why|what)(?: (?:long|much|many|exactly|then|not|else|soon))?[ ?!.,;]*$`)
)
