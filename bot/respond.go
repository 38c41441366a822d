package bot

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"huiyin/kb"
	"huiyin/nlp"
)

// replyOf says one of an intent's replies, with its buttons below those that go before.
func (t *turn) replyOf(spec *IntentSpec, before ...Button) {
	alternatives := spec.Reply[t.lang]
	text := alternatives[choose(string(t.in.ID), len(alternatives))]
	buttons := before
	for _, b := range spec.Buttons {
		buttons = append(buttons, Button{Title: b.Title[t.lang], Action: b.action()})
	}
	t.reply(text, buttons...)
}

// action is what pressing the button does, as Button.Action has it.
func (b ButtonSpec) action() string {
	switch {
	case b.Human:
		return "human"
	case b.Intent != "":
		return "intent:" + b.Intent
	}
	return "article:" + string(b.Root)
}

// respond does what an intent leads to: its reply, with the buttons of beside and its own, its form, its article, or people.
func (t *turn) respond(ctx context.Context, spec *IntentSpec, beside ...Button) error {
	if spec.Form != "" || spec.Article != "" {
		t.soothe()
	}
	switch {
	case spec.Handoff && spec.asks:
		return t.handOver(ctx, 2, ReasonAsked, spec.Name, "asked")
	case spec.Handoff:
		return t.handOver(ctx, 7, ReasonPolicy, spec.Name, "intent_people")
	case spec.Form != "":
		return t.startForm(ctx, t.d.form(spec.Form), "")
	case spec.Article != "":
		return t.open(ctx, string(spec.Article))
	}
	label := "intent:" + spec.Name
	said := label + "#" + string(t.lang)
	if !spec.SmallTalk {
		if t.again(said) {
			return t.sameAgain(ctx)
		}
		t.alsoThere(said)
	}
	t.replyOf(spec, beside...)
	if !spec.SmallTalk {
		t.helped(label)
		t.conv.Said, t.conv.Asked = said, t.question()
	}
	return nil
}

// again reports whether the customer asks what she asked last, and the bot would say what it said last.
func (t *turn) again(said string) bool { return t.conv.Said == said && t.conv.Asked == t.question() }

// alsoThere says first that what follows was said a moment ago, to another question.
func (t *turn) alsoThere(said string) {
	if t.conv.Said == said {
		t.note(t.say("same_article"))
	}
}

// sameAgain does not repeat an answer that was just given: it did not help the first time.
func (t *turn) sameAgain(ctx context.Context) error {
	t.in.Decision.Action, t.in.Decision.Reason = ActFallback, "bot.why.same_again"
	return t.fail(ctx, t.say("same_again"))
}

// open shows an article that was asked for by name.
func (t *turn) open(ctx context.Context, root string) error {
	hit, err := t.read(ctx, t.instead(t.in.Text, kb.RootID(root)))
	switch {
	case errors.Is(err, kb.ErrNotFound): // it was withdrawn, or never written: not a fault of the search
		t.b.log.Warn("bot: an intent or a button leads to an article that is not there", "root", root)
		t.in.Decision = nil // what the search comes to is what was decided
		return t.search(ctx)
	case err != nil:
		return err
	}
	return t.answer(ctx, hit)
}

// answer shows a hit with its source, and asks whether it helped.
func (t *turn) answer(ctx context.Context, hit kb.Hit) error {
	label := "article:" + string(hit.Article)
	variant := t.vary(ctx, articleKey(hit.Article), hit.Lang, &hit.Text)
	said := label + "#" + digest(hit.Text)[:8]
	if t.again(said) {
		t.varied(nil, variant)
		return t.sameAgain(ctx)
	}
	buttons := helpButtons(t)
	if t.conv.Said == said { // should it not be in there, a person knows
		buttons = append(buttons, Button{Title: t.say("button.human"), Action: "human:low_confidence"})
	}
	t.alsoThere(said)
	text := hit.Text + "\n\n" + t.say("source", "title", hit.Title)
	if hit.OtherLang {
		text = t.say("other_lang") + "\n\n" + text
	}
	text, buttons = t.offerNumber(text+"\n\n"+t.say("did_that_help"), buttons)
	m := t.reply(text, buttons...)
	m.Citations = []kb.Citation{hit.Citation}
	t.varied(m, variant)
	t.helped(label)
	t.conv.Said, t.conv.Asked = said, t.question()
	return nil
}

// searchedBytes is how much of a long message is searched for.
const searchedBytes = 4 << 10

// search asks the knowledge base: an answer, a choice, or nothing.
func (t *turn) search(ctx context.Context) error {
	found, err := t.lookUp(ctx)
	if err != nil {
		return err
	}
	return t.pick(ctx, found, t.rivals())
}

// pick answers with what was found, or lets the customer choose among options and what is near.
func (t *turn) pick(ctx context.Context, found kb.Answer, options []Button) error {
	if done, err := t.meantInstead(ctx, found); done || err != nil {
		return err
	}
	hits, near := found.Hits, found.Decision == kb.DecideClarify && len(found.Hits) > 0
	switch {
	case found.Decision == kb.DecideAnswer && len(hits) > 0:
		t.decided(6, ActArticle, "found", string(hits[0].Root))
		t.remember(hits)
		t.soothe()
		hit, err := t.fitting(ctx, t.in.Text, hits[0])
		if err != nil {
			return err
		}
		return t.answer(ctx, hit)
	case near || len(options) > 0:
		t.decided(6, ActClarify, "near", "")
		t.remember(hits)
		return t.clarify(ctx, t.addHits(options, hits))
	}
	if form, v := t.numberIn(); form != nil { // what it says of the number is not understood: what is known of it may help
		t.conv.Form = &FormState{Form: form.Name, Values: map[string]string{form.lookUp().Name: v}}
		return t.proceed(ctx, form)
	}
	if options, err := t.inStory(ctx); err != nil {
		return err
	} else if len(options) > 0 {
		t.decided(6, ActClarify, "in_story", "")
		t.remember(hits)
		return t.clarify(ctx, options)
	}
	if t.in.Analysis != nil && isPraise(t.text, t.a) && !asksSomething(t.text) {
		t.decided(4, ActSmallTalk, "praise", "")
		t.reply(t.say("wordless.glad"))
		return nil
	}
	t.decided(6, ActFallback, "nothing", "")
	t.remember(hits)
	t.gap(t.in, kb.GapUnanswered)
	key := "fallback"
	if t.conv.Failures > 0 && t.conv.Failed != t.question() {
		key = "fallback_again"
	}
	if found.Among < worthALook {
		return t.fail(ctx, t.say(key))
	}
	return t.failWith(ctx, t.say(key), t.joint()+t.say("fallback_near"), t.addHits(nil, hits)...)
}

// worthALook is how likely the right article must be among the nearest for these to be shown to who hears that there is no answer.
// She is told that they are only the nearest: half of them may be beside the point.
const worthALook = 0.5

// remember keeps what the search found with the decision, without the texts.
func (t *turn) remember(hits []kb.Hit) {
	d := t.in.Decision
	d.Hits = slices.Clone(hits)
	for i := range d.Hits {
		d.Hits[i].Text = ""
	}
	if len(hits) > 0 && d.Action != ActFallback {
		d.Confidence = hits[0].Confidence
	}
}

// rivals are buttons for the intents between which the message is ambiguous.
func (t *turn) rivals() []Button {
	if !t.a.Ambiguous || len(t.a.Ranking) == 0 || t.a.Ranking[0].Confidence < intentOption {
		return nil
	}
	var options []Button
	for _, candidate := range t.a.Ranking[:min(2, len(t.a.Ranking))] {
		if spec := t.d.intent(candidate.Name); spec != nil && !spec.SmallTalk {
			options = append(options, Button{Title: spec.Title[t.lang], Action: "intent:" + spec.Name})
		}
	}
	if len(options) < 2 {
		return nil
	}
	return options
}

// maxOptions is how many options a customer is asked to choose among, "none of these" aside.
const maxOptions = 3

// addHits adds the buttons of hits, but for what an option has in other words: an intent that leads to the same article.
func (t *turn) addHits(options []Button, hits []kb.Hit) []Button {
	for _, h := range hits {
		same := func(b Button) bool {
			spec := t.d.intent(strings.TrimPrefix(b.Action, "intent:"))
			return b.Title == h.Title || spec != nil && spec.Article == h.Root
		}
		if len(options) < maxOptions && !slices.ContainsFunc(options, same) {
			options = append(options, Button{Title: h.Title, Action: "article:" + string(h.Root)})
		}
	}
	return options
}

// saidClarify is what a conversation remembers after a customer was asked what she means.
const saidClarify = "clarify"

// clarify asks which of a few things is meant. Asking twice in a row counts as no help; the same a third time calls people.
func (t *turn) clarify(ctx context.Context, options []Button) error {
	if t.upset() && (t.conv.Failures > 0 || t.feels()) { // no guessing games with somebody who is angry
		return t.handOver(ctx, 7, ReasonSentiment, "clarify", "upset")
	}
	question := "clarify"
	if len(options) == 1 {
		question = "clarify_one"
	}
	options = append(options, Button{Title: t.say("button.none"), Action: "none"})
	if t.conv.Said == saidClarify {
		same := t.conv.Failed != "" && t.conv.Failed == t.question()
		t.conv.Failures++
		t.conv.Failed = t.question()
		if same || t.conv.Failures >= t.b.rules.MaxFailures {
			return t.handOver(ctx, 7, ReasonLow, "clarify", "repeated")
		}
		options = append(options, Button{Title: t.say("button.human"), Action: "human:low_confidence"})
	}
	t.soothe()
	t.reply(t.say(question), options...)
	t.conv.Said, t.conv.Asked = saidClarify, t.question()
	return nil
}

// secondBestAt is the confidence from which the second hit is worth showing when the first did not help.
const secondBestAt = 0.35

// secondBest shows the hit that came second when the customer says that the first did not help. It reports whether there
// was one; only the first miss gets it.
func (t *turn) secondBest(ctx context.Context, asked, answer Message) (bool, error) {
	if asked.Decision == nil || t.b.cfg.Library == nil || t.conv.Failures > 0 || len(answer.Citations) == 0 {
		return false, nil
	}
	for _, h := range asked.Decision.Hits {
		if h.Root == answer.Citations[0].Root || h.Confidence < secondBestAt {
			continue
		}
		hit, err := t.read(ctx, h.Root)
		if errors.Is(err, kb.ErrNotFound) {
			continue
		}
		if err != nil {
			return false, err
		}
		t.note(t.say("second_best"))
		if err := t.answer(ctx, hit); err != nil {
			return false, err
		}
		t.conv.Failures, t.conv.Failed = 1, t.conv.Asked // the miss still counts: another one calls people
		return true, nil
	}
	return false, nil
}

// gap notes a question that the knowledge base did not answer. Noise is none.
func (t *turn) gap(asked Message, kind kb.GapKind) {
	if asked.ID == "" || IsNoise(asked) {
		return
	}
	question, mood := nlp.Redact(asked.Text), 0.0
	if asked.Analysis != nil {
		question, mood = mask(*asked.Analysis), asked.Analysis.Sentiment.Score
	}
	id := string(asked.ID) + "-" + string(kind)
	if n := len(t.gaps); n > 0 { // of several questions in one message
		id += "-" + strconv.Itoa(n+1)
	}
	t.gaps = append(t.gaps, kb.Gap{
		ID: id, Question: strings.TrimRight(strings.TrimSpace(cut(question, searchedBytes)), " ,，、;；"), Lang: asked.Lang,
		Conversation: string(t.conv.ID), Message: string(asked.ID), Contact: string(t.conv.Contact), Kind: kind,
		Sentiment: mood, At: t.now,
	})
}

// language of a text that is shown to staff.
func (b *Bot) staffLang(c Conversation) nlp.Lang {
	if base := baseOf(b.cfg.StaffLang); base != nlp.LangUnknown {
		return base
	}
	if base := baseOf(c.Lang); base != nlp.LangUnknown {
		return base
	}
	return nlp.LangEnglish
}
