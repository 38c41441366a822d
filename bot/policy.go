package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"huiyin/kb"
	"huiyin/nlp"
)

// decide applies the dialogue policy, step by step. The numbers are those of docs/dialogue.md; each decision is stored
// with the message, so that the console can explain it.
func (t *turn) decide(ctx context.Context) error {
	switch t.conv.Status {
	case StatusAgent:
		t.afterAction()
		t.toOwner(ctx)
		return nil
	case StatusWaiting:
		return t.waits(ctx)
	case StatusResolved:
		if done, err := t.afterResolved(ctx); done || err != nil {
			return err
		}
		t.fact(FactReopened, t.now.Sub(t.conv.ResolvedAt).Seconds(), "")
		if err := t.conv.reopen(t.now); err != nil {
			return err
		}
	}
	if err := t.owned(ctx); err != nil {
		return err
	}
	if t.call == nil && t.in.Decision != nil && t.in.Decision.Action != ActIgnore {
		t.fact(FactTurn, 1, string(t.in.Decision.Action))
	}
	if len(t.out) > 0 {
		t.spoke()
	}
	return nil
}

// owned decides in a conversation that the bot owns.
func (t *turn) owned(ctx context.Context) error {
	switch {
	case t.now.Sub(t.in.At) > t.b.rules.StaleAfter:
		return t.handOver(ctx, 8, ReasonError, "stale", "stale")
	case t.looping():
		return t.handOver(ctx, 8, ReasonError, "loop", "loop")
	case t.pressed == nil && asksForPerson(t.text):
		return t.handOver(ctx, 2, ReasonAsked, "", "asked")
	case t.pressed != nil && strings.HasPrefix(t.pressed.action, "human"):
		return t.press(ctx, *t.pressed)
	}
	if flag, ok := t.policyWord(); ok {
		return t.handOver(ctx, 7, ReasonPolicy, string(flag), "policy_word")
	}
	if strings.HasSuffix(t.in.Text, cutMark) {
		t.note(t.say("cut"))
	}
	if t.conv.Form != nil {
		if done, err := t.inForm(ctx); done || err != nil {
			return err
		}
	}
	if done, err := t.resumed(ctx); done || err != nil {
		return err
	}
	if t.pressed == nil && isDone(t.text) {
		t.done()
		return nil
	}
	if t.pressed == nil {
		p, err := t.typedPress(ctx)
		if err != nil {
			return err
		}
		t.pressed = p
	}
	if t.pressed != nil {
		return t.press(ctx, *t.pressed)
	}
	if takesBack(t.text) == backSure && !t.hasNumber() || t.conv.Said == saidClarify && isThanks(t.text) || letGoWords[bare(t.text)] { // "never mind, I found it"; 好的谢谢 to a choice; 那算了
		t.done()
		return nil
	}
	if done, err := t.whichOne(ctx); done || err != nil {
		return err
	}
	if done, err := t.refused(ctx); done || err != nil {
		return err
	}
	return t.talk(ctx)
}

// done ends a matter of which the customer says that nothing is left: what failed in it counts no more.
func (t *turn) done() {
	t.decided(4, ActSmallTalk, "done", "")
	t.reply(t.say("done"))
	t.conv.Said, t.conv.Failures, t.conv.Failed = "", 0, ""
}

// policyWord is the flag that sends a message to people whatever it asks for.
func (t *turn) policyWord() (nlp.Flag, bool) {
	for _, f := range []nlp.Flag{nlp.FlagSafety, nlp.FlagLegal, nlp.FlagMedia} {
		if t.a.Has(f) {
			return f, true
		}
	}
	return "", false
}

// talk answers what the customer wrote in her own words: steps 4 to 7.
func (t *turn) talk(ctx context.Context) error {
	switch {
	case !hasWords(t.text) && len(t.in.Files) > 0:
		t.decided(6, ActFallback, "file", "")
		return t.fail(ctx, t.gotFiles())
	case t.text == "":
		t.decided(4, ActIgnore, "empty", "")
		return nil
	case !hasWords(withoutStickers(t.text)):
		return t.wordless(ctx)
	case t.onlyFeelings():
		return t.wordless(ctx)
	case asksToListen(t.text):
		t.decided(4, ActSmallTalk, "there", "")
		t.reply(t.say("listening"))
		return nil
	case asksToPerform(t.text): // whatever mood its words have
		t.decided(4, ActSmallTalk, "perform", "")
		t.reply(t.say("perform"))
		return nil
	case asksWhetherThere(t.text):
		t.decided(4, ActSmallTalk, "there", "")
		t.reply(t.say("there"), Button{Title: t.say("button.human"), Action: "human:low_confidence"})
		return nil
	case asksLanguages(t.text):
		t.decided(4, ActSmallTalk, "languages", "")
		t.reply(t.say("languages"))
		return nil
	case t.conv.Failures > 0 && t.upset():
		return t.handOver(ctx, 7, ReasonSentiment, "", "upset")
	}
	if done, err := t.anotherValue(ctx); done || err != nil {
		return err
	}
	if form := t.onlyNumber(); form != nil {
		return t.startForm(ctx, form, "")
	}
	if isForeign(t.text) {
		t.decided(6, ActFallback, "foreign", "")
		return t.fail(ctx, t.say("foreign"))
	}
	if s := t.unknownNumber(); s != nil {
		t.decided(3, ActForm, "number", s.Name)
		t.reply(s.Invalid[t.lang]+"\n\n"+t.say("form.help_person"), Button{Title: t.say("button.human"), Action: "human:low_confidence"})
		return nil
	}
	if s := t.lostNumber(); s != nil {
		t.decided(3, ActForm, "form_help", s.Name)
		t.reply(s.Help[t.lang]+"\n\n"+t.say("form.help_person"), Button{Title: t.say("button.human"), Action: "human:low_confidence"})
		return nil
	}
	if err := t.recall(ctx); err != nil {
		return err
	}
	if done, err := t.goesOn(ctx); done || err != nil {
		return err
	}
	if t.wantsItDone() {
		t.decided(4, ActSmallTalk, "cannot_do", "")
		t.reply(t.say("cannot_do"), Button{Title: t.say("button.human"), Action: "human:low_confidence"})
		return nil
	}
	if done, err := t.followUp(ctx); done || err != nil {
		return err
	}
	if t.d.beyondUs(t.in.Text) {
		return t.pick(ctx, kb.Answer{}, nil)
	}
	spec, confidence := t.intent()
	t.forewarn(spec)
	unsolved := isUnsolved(t.text) && (t.conv.Said != "" || t.d.told(t.in.Text) == nil) // as the first words, it is told of the goods
	if !unsolved {
		if done, err := t.inParts(ctx); done || err != nil {
			return err
		}
	}
	switch {
	case unsolved:
		t.decided(6, ActFallback, "not_helped", "")
		return t.fail(ctx, t.say("not_helped"))
	case spec != nil && spec.SmallTalk && (spec.Threshold > 0 || confidence >= intentBacked) && !t.hasNumber() && (confidence >= intentSure || !t.mayGoOn()):
		t.decided(4, ActSmallTalk, "small_talk", spec.Name).Confidence = confidence
		t.replyOf(spec) // neither a failure, nor does it mend one
		return nil
	case spec != nil && !t.a.Ambiguous && (spec.Threshold > 0 || confidence >= intentSure):
		t.decided(5, ActIntent, "intent_clear", spec.Name).Confidence = confidence
		return t.respond(ctx, spec)
	case isNod(t.text) || isSolved(t.text):
		t.decided(4, ActSmallTalk, "nod", "")
		t.reply(t.say("nod"))
		return nil
	}
	return t.weigh(ctx, spec, confidence)
}

// wordless answers a message of nothing but pictures and marks in the mood that they show. Displeasure is met with a way to a person,
// and with a person when it follows a failure or more of it.
func (t *turn) wordless(ctx context.Context) error {
	s := t.a.Sentiment
	displeased := s.Polarity == nlp.Negative && s.Score <= t.b.rules.Negative
	switch {
	case displeased && (t.conv.Failures > 0 || t.conv.Said == saidDispleased):
		return t.handOver(ctx, 7, ReasonSentiment, "", "upset")
	case displeased:
		t.decided(4, ActSmallTalk, "wordless_upset", "")
		t.reply(t.say("wordless.upset"), Button{Title: t.say("button.human"), Action: "human:low_confidence"})
		t.conv.Said = saidDispleased
	case s.Polarity == nlp.Positive:
		t.decided(4, ActSmallTalk, "wordless_glad", "")
		t.reply(t.say("wordless.glad"))
	default:
		t.decided(4, ActSmallTalk, "wordless", "")
		t.reply(t.say("wordless"))
	}
	return nil
}

// saidDispleased in Conversation.Said means that the customer showed displeasure without a word, and was asked what is wrong.
const saidDispleased = "displeased"

// What makes a negative message strong when no word of it says how the customer feels.
const (
	upsetScore     = -0.9
	upsetIntensity = 0.35
)

// upset reports whether the message is so negative that, with a failure, people should take over. A bad score alone is
// not enough: "the pen fell and its nib is bent, can I buy one" tells of something bad, and calmly.
func (t *turn) upset() bool {
	if t.in.Analysis == nil || t.a.Sentiment.Score > t.b.rules.Negative {
		return false
	}
	s := t.a.Sentiment
	return t.feels() || s.Score <= upsetScore && s.Intensity >= upsetIntensity
}

// feels reports whether words of the message say that the customer is angry or disappointed.
func (t *turn) feels() bool {
	felt := t.a.Sentiment.Emotions
	return slices.Contains(felt, nlp.Anger) || slices.Contains(felt, nlp.Disappointment)
}

// soothe says first that the bot is sorry, when the message is angry and what follows is no apology by itself.
func (t *turn) soothe() {
	if t.pressed == nil && t.in.Analysis != nil && t.a.Sentiment.Polarity == nlp.Negative && (t.feels() || fedUp(t.in.Text)) && len(t.notes) == 0 {
		t.note(t.say("sorry"))
	}
}

// bitter reports whether an apology comes first: the message is angry or disappointed, or the conversation has been so on the whole.
func (t *turn) bitter() bool {
	return t.in.Analysis != nil && t.a.Sentiment.Polarity == nlp.Negative && t.feels() || t.upset() || t.conv.Unhappy()
}

// intent is the intent that explains the message well enough, or nil.
func (t *turn) intent() (*IntentSpec, nlp.Confidence) { return t.intentOf(t.a) }

// intentOf is the intent that explains an analysed text well enough, or nil. An intent's own threshold counts instead of the
// one that training chose.
func (t *turn) intentOf(a nlp.Analysis) (*IntentSpec, nlp.Confidence) {
	best := a.Intent
	if len(a.Ranking) > 0 {
		best = a.Ranking[0]
	}
	spec := t.d.intent(best.Name)
	switch {
	case spec == nil:
		return nil, 0
	case spec.Threshold > 0 && float64(best.Confidence) < spec.Threshold, spec.Threshold == 0 && a.Intent.Name != best.Name:
		return nil, 0
	}
	return spec, best.Confidence
}

// fail says that the bot could not help, and offers a person. It does not offer but hands over when the same question has
// failed before, after too many failures in a row, or when the customer is upset.
func (t *turn) fail(ctx context.Context, text string, buttons ...Button) error {
	return t.failWith(ctx, text, "", buttons...)
}

// failWith is fail with something behind the text, which other wordings of the text do not replace.
func (t *turn) failWith(ctx context.Context, text, more string, buttons ...Button) error {
	if t.known != nil {
		t.onlyKnown()
		return nil
	}
	question := t.question()
	same := question != "" && question == t.conv.Failed
	before := t.conv.Failures
	t.conv.Failures++
	t.conv.Asked, t.conv.Failed = question, question
	if t.in.Decision.Reason != "bot.why.same_again" {
		t.conv.Said = ""
	}
	t.fact(FactFallback, 1, t.in.Decision.Detail)
	switch {
	case same, t.conv.Failures >= t.b.rules.MaxFailures:
		return t.handOver(ctx, 7, ReasonRepeated, "", "repeated")
	case t.upset() && (before > 0 || t.feels()): // a fault that is told calmly ("the app keeps crashing") gets an answer first
		return t.handOver(ctx, 7, ReasonSentiment, "", "upset")
	}
	variant := t.reword(ctx, &text)
	t.varied(t.reply(text+more, append(buttons, Button{Title: t.say("button.human"), Action: "human:low_confidence"})...), variant)
	return nil
}

// helped notes that the bot had an answer.
func (t *turn) helped(label string) {
	t.conv.Failures, t.conv.Failed = 0, ""
	t.fact(FactAnswer, 1, label)
}

// handOver passes the conversation to people and tells the customer at once what happens next.
func (t *turn) handOver(ctx context.Context, step int, reason Reason, detail, why string) error {
	tried := t.in.Decision
	t.in.Decision = nil
	d := t.decided(step, ActHandoff, why, detail)
	if tried != nil { // what the search had found explains the handoff
		d.Hits, d.Confidence = tried.Hits, tried.Confidence
	}
	summary := t.summary(ctx, reason, detail)
	if t.conv.Form != nil {
		t.fact(FactForm, 1, t.conv.Form.Form+":left")
	}
	said, turns := t.conv.Said, t.conv.BotTurnsMinute
	if err := t.conv.handoff(Handoff{Reason: reason, Detail: detail, Summary: summary[t.b.staffLang(t.conv)], Words: summary, At: t.now, Flag: t.flag()}); err != nil {
		return err
	}
	t.conv.BotTurnsMinute = turns // who goes in and out of the queue all the time is a loop as well
	if tier, err := t.b.tierOf(ctx, t.conv); err == nil {
		t.conv.Tier = tier
	} else {
		t.b.log.Warn("bot: a customer waits without her tier for up to a minute", "conversation", t.conv.ID, "err", err)
	}
	lead := t.lead
	tone := reason
	if (reason == ReasonAsked || reason == ReasonLow) && t.bitter() { // "Of course." is no answer to anger
		tone = ReasonSentiment
	}
	switch {
	case lead != "":
	case why == "stale" || why == "loop":
		lead = t.say("handoff." + why)
	case t.away(ctx) && reason != ReasonError: // "I'm getting someone now" and "nobody is here" do not go together
		lead = t.say("handoff_away." + string(tone))
	default:
		lead = t.say("handoff." + string(tone))
	}
	t.reply(lead+t.joint()+t.outlook(ctx), t.withdrawButton()...)
	t.conv.Said = said // what she has heard already does not help her while she waits
	t.fact(FactHandoff, 1, string(reason))
	t.log = append(t.log, Event{At: t.now, Actor: "bot", Action: "conversation.handoff", Object: string(t.conv.ID), Detail: string(reason)})
	return nil
}

// joint is what stands between two sentences: nothing in Chinese, a space in English.
func (t *turn) joint() string {
	if t.lang == nlp.LangChinese {
		return ""
	}
	return " "
}

// broken gives the conversation to people because the turn itself failed. It uses nothing that can fail.
func (t *turn) broken(ctx context.Context, code string) {
	t.text = strings.TrimSpace(nlp.Fold(t.in.Text))
	t.enter()
	switch t.conv.Status {
	case StatusAgent:
		t.toOwner(ctx)
		return
	case StatusWaiting:
		t.conv.owe(t.now)
		t.stillWaiting(ctx)
		return
	case StatusResolved:
		t.fact(FactReopened, t.now.Sub(t.conv.ResolvedAt).Seconds(), "")
		_ = t.conv.reopen(t.now) // it is resolved: this move is always possible
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_ = t.handOver(ctx, 8, ReasonError, code, "broken") // the bot owns it: this move is always possible
	t.fact(FactTurn, 1, string(ActHandoff))
}
