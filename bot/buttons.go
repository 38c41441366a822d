package bot

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"huiyin/kb"
	"huiyin/nlp"
)

// press is a button that the customer pressed, or named.
type press struct {
	action  string
	seq     uint64 // of the message that has the button
	current bool   // it is the newest offer
	title   string // what stands on it
}

// findPress looks up the button of a KindPress event. A button that does not exist presses nothing.
func (t *turn) findPress(ctx context.Context) error {
	t.in.Pressed = t.job.Press
	t.pressed = &press{action: "gone"}
	seq, index, ok := parseButton(t.conv.ID, t.job.Press)
	if !ok || t.fresh || seq > t.conv.LastSeq {
		return nil
	}
	m, err := t.message(ctx, seq)
	if err != nil || index >= len(m.Buttons) {
		return err
	}
	b := m.Buttons[index]
	t.in.Text = b.Title
	t.pressed = &press{action: b.Action, seq: seq, current: seq == t.conv.Offer, title: b.Title}
	return nil
}

// message reads one message of the conversation; a zero one when there is none.
func (t *turn) message(ctx context.Context, seq uint64) (Message, error) {
	list, err := t.b.cfg.Store.Messages(ctx, t.conv.ID, seq-1, 1)
	if err != nil || len(list) == 0 || list[0].Seq != seq {
		return Message{}, err
	}
	return list[0], nil
}

// maxTypedRunes bounds what can name a button: longer texts say something of their own.
const maxTypedRunes = 40

// typedPress finds the button of the last offer that a typed text names: by number, by title, or by a yes or no.
func (t *turn) typedPress(ctx context.Context) (*press, error) {
	if t.conv.Offer == 0 || t.text == "" || utf8.RuneCountInString(t.text) > maxTypedRunes {
		return nil, nil
	}
	m, err := t.message(ctx, t.conv.Offer)
	if err != nil {
		return nil, fmt.Errorf("read the offer: %w", err)
	}
	action, ok := named(m.Buttons, t.text)
	if !ok {
		return nil, nil
	}
	p := &press{action: action, seq: m.Seq, current: true}
	if i := slices.IndexFunc(m.Buttons, func(b Button) bool { return b.Action == action }); i >= 0 {
		t.in.Pressed, p.title = m.Buttons[i].Value, m.Buttons[i].Title
	}
	return p, nil
}

// pressedBefore reports whether a button of a message was pressed earlier: some things count once.
func (t *turn) pressedBefore(ctx context.Context, seq uint64) (bool, error) {
	list, err := t.b.cfg.Store.Messages(ctx, t.conv.ID, seq, 0)
	if err != nil {
		return false, fmt.Errorf("look for an earlier press: %w", err)
	}
	return slices.ContainsFunc(list, func(m Message) bool {
		at, _, ok := parseButton(t.conv.ID, m.Pressed)
		return ok && at == seq
	}), nil
}

// named is the action of the button that a folded text names. The button that leaves the queue is named by its title only, as
// long as nothing was asked: a number that somebody writes while she waits is for the people; "1", the place of that button, is asked back about (see waits).
func named(buttons []Button, text string) (string, bool) {
	has := func(action string) bool {
		return slices.ContainsFunc(buttons, func(b Button) bool { return b.Action == action })
	}
	if has(actionWithdraw) && (!has(actionStay) || hasQuestionMark(text)) {
		action, ok := titled(buttons, bare(text))
		return action, ok && !hasQuestionMark(text)
	}
	if AreNumbers(buttons) && isNumber(text) {
		return numbered(buttons, text)
	}
	if n, ok := ordinal(text, len(buttons)); ok {
		return buttons[n].Action, true
	}
	if action, ok := titled(buttons, bare(text)); ok {
		return action, true
	}
	yes, no := isYes(text), isNo(text)
	if only, ok := onlyOption(buttons); ok && (yes || no) { // "is this what you mean?"
		if no {
			return "none", true
		}
		return only, true
	}
	switch {
	case has(actionStay) && yes: // "do you still want to wait?"
		return actionStay, true
	case has(actionStay) && no:
		return actionWithdraw, true
	case has("helped:yes") && (yes || isSolved(text)):
		return "helped:yes", true
	case has("helped:no") && (no || isUnsolved(text)):
		return "helped:no", true
	case has("confirm:yes") && yes:
		return "confirm:yes", true
	case has("confirm:no") && no:
		return "confirm:no", true
	case has("none") && yes: // to several things at once: which one? See whichOne
		return "", false
	case has("human:low_confidence") && yes:
		return "human:low_confidence", true
	case has("human:low_confidence") && no:
		return "decline", true
	case yes && len(buttons) == 1 && strings.HasPrefix(buttons[0].Action, "intent:"): // "shall we do that now?"
		return buttons[0].Action, true
	}
	return "", false
}

// whichOne asks again when the customer says yes to a choice of several things. It reports whether she did.
func (t *turn) whichOne(ctx context.Context) (bool, error) {
	if t.conv.Said != saidClarify || t.conv.Offer == 0 || !isYes(t.text) {
		return false, nil
	}
	m, err := t.message(ctx, t.conv.Offer)
	if err != nil {
		return false, fmt.Errorf("read the offer: %w", err)
	}
	if !slices.ContainsFunc(m.Buttons, func(b Button) bool { return b.Action == "none" }) {
		return false, nil
	}
	t.decided(6, ActClarify, "which_one", "")
	t.reply(t.say("which_one"), m.Buttons...)
	return true, nil
}

// onlyOption is the action of the one thing that an offer asks about, besides "none of these" and a person.
func onlyOption(buttons []Button) (action string, ok bool) {
	none := false
	for _, b := range buttons {
		switch {
		case b.Action == "none":
			none = true
		case strings.HasPrefix(b.Action, "human"):
		case action != "":
			return "", false
		default:
			action = b.Action
		}
	}
	return action, none && action != ""
}

// titled is the action of the button with a title, folded and bare.
func titled(buttons []Button, plain string) (string, bool) {
	for _, b := range buttons {
		if title := bare(nlp.Fold(b.Title)); title != "" && title == plain {
			return b.Action, true
		}
	}
	return "", false
}

// AreNumbers reports whether the titles of all buttons are numbers. Such buttons are listed without a number before each, and
// a number that a customer writes is then the title of one, never its place.
func AreNumbers(buttons []Button) bool {
	return len(buttons) > 0 && !slices.ContainsFunc(buttons, func(b Button) bool {
		_, err := strconv.Atoi(b.Title)
		return err != nil
	})
}

// isNumber reports whether a folded text says a number, "12", "选 3" or "六", and not a place, "第三个" or "the first one".
func isNumber(text string) bool {
	_, words := npsScore(picked(bare(text)))
	_, err := strconv.Atoi(picked(bare(text)))
	return words || err == nil
}

// numbered is the action of the button whose title is the number that a text says, one of isNumber.
func numbered(buttons []Button, text string) (string, bool) {
	said := picked(bare(text))
	if n, ok := npsScore(said); ok {
		said = strconv.Itoa(n)
	}
	return titled(buttons, said)
}

// press does what a button says.
func (t *turn) press(ctx context.Context, p press) error {
	verb, arg, _ := strings.Cut(p.action, ":")
	switch verb {
	case "human":
		if arg == string(ReasonLow) {
			return t.handOver(ctx, 2, ReasonLow, "", "offer_taken")
		}
		return t.handOver(ctx, 2, ReasonAsked, "", "asked")
	case "intent":
		spec := t.d.intent(arg)
		if spec == nil {
			return t.goneButton()
		}
		t.decided(5, ActIntent, "pressed", arg).Confidence = 1
		return t.respond(ctx, spec)
	case "article":
		t.decided(6, ActArticle, "pressed", arg).Confidence = 1
		return t.open(ctx, arg)
	case "form":
		return t.lookUpAnother(ctx, arg)
	case "helped":
		return t.judged(ctx, p, arg == "yes")
	case "none":
		return t.noneOfThese(ctx, p)
	case "decline":
		t.decided(4, ActButton, "declined", "")
		t.reply(t.say("declined"))
		return nil
	case "csat":
		return t.rate(ctx, p)
	case "nps":
		return t.score(ctx, p)
	}
	return t.goneButton()
}

// noneOfThese takes a customer's word that she meant nothing of what she was offered: a gap of the question that she asked.
func (t *turn) noneOfThese(ctx context.Context, p press) error {
	asked, _, err := t.judgedTurn(ctx, p.seq)
	if err != nil {
		return err
	}
	t.gap(asked, kb.GapUnanswered)
	t.decided(6, ActFallback, "none_of_these", "")
	return t.fail(ctx, t.say("none"))
}

// goneButton answers a press that cannot do anything any more.
func (t *turn) goneButton() error {
	t.decided(4, ActButton, "gone", "")
	t.reply(t.say("gone"))
	return nil
}

// judged takes the answer to "did that help?", of this answer or an earlier one. It counts once.
func (t *turn) judged(ctx context.Context, p press, yes bool) error {
	if before, err := t.pressedBefore(ctx, p.seq); err != nil || before {
		t.decided(4, ActButton, "judged_before", "")
		t.reply(t.say("judged_before"))
		return err
	}
	asked, answer, err := t.judgedTurn(ctx, p.seq)
	if err != nil {
		return err
	}
	label := t.answerLabel(asked, answer)
	if yes {
		t.decided(4, ActButton, "helped", label)
		t.fact(FactHelped, 1, label)
		t.conv.Failures, t.conv.Failed = 0, ""
		t.conv.Said = saidHelped
		t.reply(t.say("helped"))
		return nil
	}
	t.fact(FactHelped, 0, label)
	t.gap(asked, kb.GapNotHelpful)
	t.decided(6, ActButton, "not_helped", label)
	if done, err := t.secondBest(ctx, asked, answer); done || err != nil {
		return err
	}
	return t.fail(ctx, t.say("not_helped"))
}

// saidHelped in Conversation.Said means that the customer said that the last answer helped.
const saidHelped = "helped"

// judgedTurn finds the question and the answer that a button under the answer belongs to.
func (t *turn) judgedTurn(ctx context.Context, seq uint64) (asked, answer Message, err error) {
	const far = 12 // the question stands right before its answer, but for entries and messages written meanwhile
	from := uint64(0)
	if seq > far {
		from = seq - far
	}
	list, err := t.b.cfg.Store.Messages(ctx, t.conv.ID, from, far)
	if err != nil {
		return asked, answer, fmt.Errorf("read the question: %w", err)
	}
	for _, m := range list {
		switch {
		case m.Seq == seq:
			answer = m
		case m.Seq < seq && m.Direction == Incoming && m.Pressed == "":
			asked = m
		}
	}
	if answer.Decision != nil && answer.Decision.Action == ActFollowUp { // its question may be far back
		if _, at, ok := MessageID(answer.Decision.Detail).Parts(); ok {
			asked, err = t.message(ctx, at)
		}
	}
	return asked, answer, err
}

// answerLabel is what the answer to a question was about, as the Label of FactAnswer: of several things, the first article, else the
// first intent.
func (t *turn) answerLabel(asked, answer Message) string {
	if len(answer.Citations) > 0 {
		return "article:" + string(answer.Citations[0].Article)
	}
	if asked.Decision != nil {
		if first, _, _ := strings.Cut(asked.Decision.Detail, " + "); t.d.intent(first) != nil {
			return "intent:" + first
		}
	}
	return ""
}

// ordinal reads a number of a list of n: "1", "２.", "第二个", "选3", "the first one", "最后一个". From 0.
func ordinal(text string, n int) (int, bool) {
	s := picked(bare(text))
	for _, prefix := range []string{"the", "第"} {
		s = strings.TrimPrefix(s, prefix)
	}
	for _, suffix := range []string{"吧", "please", "那个", "one", "option", "个", "项", "条", "号", "种"} {
		if rest := strings.TrimSuffix(s, suffix); rest != "" {
			s = rest
		}
	}
	if s == "last" || s == "最后一" || s == "最后" {
		return n - 1, n > 0
	}
	if at := slices.IndexFunc(ordinals(), func(words []string) bool { return slices.Contains(words, s) }); at >= 0 {
		return at, at < n
	}
	i, err := strconv.Atoi(s)
	return i - 1, err == nil && len(s) <= 2 && i >= 1 && i <= n
}

// picked is a bare text without the words before what is chosen.
func picked(s string) string {
	for _, prefix := range []string{"我选", "我要", "选择", "选", "option", "number", "no"} {
		s = strings.TrimPrefix(s, prefix)
	}
	return s
}

func ordinals() [][]string {
	return [][]string{
		{"一", "first", "1st", "one", "a", "壹"}, {"二", "两", "second", "2nd", "two", "b"}, {"三", "third", "3rd", "three", "c"},
		{"四", "fourth", "4th", "four", "d"}, {"五", "fifth", "5th", "five", "e"}, {"六", "sixth", "6th", "six"},
		{"七", "seventh", "7th", "seven"}, {"八", "eighth", "8th", "eight"},
	}
}
