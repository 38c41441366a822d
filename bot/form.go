package bot

import (
	"context"
	"maps"
	"strings"
	"time"

	"huiyin/internal/locale"
	"huiyin/kb"
	"huiyin/nlp"
)

// maxValueRunes bounds a free answer to a form's question.
const maxValueRunes = 500

// startForm begins a form: whatever the message says already is not asked again. then is an intent that is offered when the
// form ends; "": none.
func (t *turn) startForm(ctx context.Context, form *FormSpec, then string) error {
	if t.conv.Aside != nil && t.conv.Aside.Form == form.Name {
		t.conv.Aside, t.conv.AsideAt = nil, time.Time{}
	}
	t.conv.Form = &FormState{Form: form.Name, Values: map[string]string{}, Then: then, Begun: firstRunes(t.in.Text, maxValueRunes)}
	t.fillOthers(form)
	if intro := form.Intro[t.lang]; intro != "" {
		t.note(intro)
	}
	return t.proceed(ctx, form)
}

// inForm takes the message as an answer to the running form. It reports false when the form was left and the message is
// to be answered as any other.
func (t *turn) inForm(ctx context.Context) (bool, error) {
	form := t.d.form(t.conv.Form.Form)
	if form == nil { // the dialogue changed meanwhile
		t.leave("form.gone")
		return false, nil
	}
	if isCancel(t.text) && t.pressed == nil && !t.declines(form) || t.pressed != nil && t.pressed.action == "cancel" {
		t.cancelled(form)
		return true, nil
	}
	if left, done, err := t.givenUp(ctx, form); left || err != nil {
		return done, err
	}
	if t.conv.Form.Slot == "" {
		return t.confirming(ctx, form)
	}
	return t.filling(ctx, form)
}

// declines reports whether the message says no to an optional question, in words that could also end the form (不用了).
func (t *turn) declines(form *FormSpec) bool {
	s := form.slot(t.conv.Form.Slot)
	return s != nil && s.Optional && isNo(t.text)
}

// leave ends a form without its action.
func (t *turn) leave(note string) {
	t.fact(FactForm, 1, t.conv.Form.Form+":left")
	if note != "" {
		title := t.conv.Form.Form
		if form := t.d.form(title); form != nil {
			title = form.Title[t.lang]
		}
		t.note(t.say(note, "what", title))
	}
	if note == "form.left" {
		t.putAside()
	}
	t.conv.Form, t.conv.Offer = nil, 0
}

// cancelled ends a form that the customer wants no more.
func (t *turn) cancelled(form *FormSpec) {
	then := t.conv.Form.Then
	t.decided(3, ActForm, "form_cancelled", form.Name)
	t.leave("")
	t.replyThen(t.say("form.cancelled", "what", form.Title[t.lang]), then)
}

// filling takes the answer to the question being asked.
func (t *turn) filling(ctx context.Context, form *FormSpec) (bool, error) {
	slot := form.slot(t.conv.Form.Slot)
	if slot == nil {
		t.leave("form.gone")
		return false, nil
	}
	if t.pressed != nil && !strings.HasPrefix(t.pressed.action, "slot:") && t.pressed.action != "skip" {
		if t.pressed.action == "gone" {
			return true, t.goneButton()
		}
		t.leave("form.left") // another button leads elsewhere
		return false, nil
	}
	if t.pressed != nil && !t.pressed.current { // a choice of an earlier question
		t.decided(3, ActForm, "gone", form.Name)
		t.note(t.say("gone"))
		t.ask(form, slot)
		return true, nil
	}
	if t.pressed == nil {
		if done, err := t.aside(ctx, form, slot); done || err != nil {
			return true, err
		}
	}
	value, ok, err := t.value(ctx, slot)
	if err != nil {
		return true, err
	}
	if !ok || value == strings.TrimSpace(t.in.Text) { // any text would do here, a question too
		if done, err := t.answered(ctx, form); done || err != nil {
			return true, err
		}
	}
	if ok {
		t.decided(3, ActForm, "form_filled", form.Name)
		t.conv.Form.Values[slot.Name], t.conv.Form.Tries = value, 0
		if t.pressed == nil {
			t.fillOthers(form)
			if err := t.answersBeside(ctx, slot); err != nil {
				return true, err
			}
		}
		return true, t.proceed(ctx, form)
	}
	if _, offered := t.remembered(slot); offered && isNo(t.text) {
		t.decided(3, ActForm, "form_other_value", form.Name)
		delete(t.conv.Slots, slot.Name)
		t.ask(form, slot)
		return true, nil
	}
	if slot.Optional && (isSkip(t.text) || isNo(t.text) || hasNone.MatchString(t.text)) {
		t.decided(3, ActForm, "form_skipped", form.Name)
		t.conv.Form.Values[slot.Name], t.conv.Form.Tries = "", 0
		return true, t.proceed(ctx, form)
	}
	if slot.Optional && len(slot.Choices) == 0 && isYes(t.text) { // "yes, I have some", and nothing yet
		t.decided(3, ActForm, "form_waits", form.Name)
		t.reply(t.say("form.go_ahead"), Button{Title: t.say("button.skip"), Action: "skip"})
		return true, nil
	}
	return t.unfit(ctx, form, slot)
}

// aside deals with what is said about the form itself instead of answering its question: a wish for a moment, a correction,
// a question where the answer is to be found, an answer to a later question. It reports whether that was all.
func (t *turn) aside(ctx context.Context, form *FormSpec, slot *SlotSpec) (bool, error) {
	p, err := t.typedPress(ctx)
	if err != nil {
		return false, err
	}
	switch {
	case p != nil && strings.HasPrefix(p.action, "human"):
		t.pressed = p
		return true, t.press(ctx, *p)
	case p != nil && p.action == "decline":
		t.decided(3, ActForm, "form_asks", form.Name)
		t.ask(form, slot)
		return true, nil
	case p != nil:
		return false, nil
	case saysGoOn(t.text):
		t.decided(3, ActForm, "form_asks", form.Name)
		t.ask(form, slot)
		return true, nil
	case isMoment(t.text):
		t.decided(3, ActForm, "form_waits", form.Name)
		offer := t.conv.Offer
		t.reply(t.say("form.moment"))
		t.conv.Offer = offer
		return true, nil
	}
	if changed := t.corrects(form, slot); len(changed) > 0 {
		t.decided(3, ActForm, "form_corrected", form.Name)
		t.note(t.say("form.changed", "what", strings.Join(changed, ", ")))
		t.fillOthers(form)
		return true, t.proceed(ctx, form)
	}
	_, there, err := t.value(ctx, slot) // what is asked for stands beside it
	if err != nil {
		return false, err
	}
	if !slot.Optional && asksWhere(t.text) && !(there && slot.strict()) {
		return t.helpWith(ctx, form, slot)
	}
	if there {
		return false, nil
	}
	return t.byOtherMeans(ctx, form, slot)
}

// unfit deals with a message that does not answer the question: it may answer another, or mean something else.
func (t *turn) unfit(ctx context.Context, form *FormSpec, slot *SlotSpec) (bool, error) {
	before := len(t.conv.Form.Values)
	if !asksSomething(t.text) {
		t.fillOthers(form)
	}
	if len(t.conv.Form.Values) > before {
		t.decided(3, ActForm, "form_filled", form.Name)
		return true, t.proceed(ctx, form)
	}
	if t.repeats(form) {
		t.decided(3, ActForm, "form_asks", form.Name)
		t.ask(form, slot)
		return true, nil
	}
	spec, confidence := t.intent()
	if spec != nil && spec.SmallTalk && isNumber(t.text) { // "123" tries the line where nothing is asked; here it is a wrong answer
		spec = nil
	}
	switch {
	case spec != nil && spec.SmallTalk && confidence >= intentBacked:
		t.decided(3, ActForm, "form_small_talk", form.Name).Confidence = confidence
		if alternatives := spec.Reply[t.lang]; len(alternatives) > 0 && !isNod(t.text) { // "ok" ends nothing here
			t.note(alternatives[choose(string(t.in.ID), len(alternatives))])
		}
		t.ask(form, slot)
		return true, nil
	case t.elsewhere(spec, form) && !(slot.Entity == nlp.EntityProduct && saysWish(t.text)) && !isNo(t.text) && !isYes(t.text) && (confidence >= intentTaken || asksBack(t.text)) && !tellsReason(slot, t.text, confidence):
		t.leave("form.left")
		return false, nil
	}
	asks := asksBack(t.text)
	if asks {
		if found, err := t.lookUp(ctx); err == nil && found.Decision != kb.DecideNothing { // answered, or asked back
			t.leave("form.left")
			return false, nil
		}
	}
	if !asks { // a question names none of the things that were offered
		if done, err := t.noneOffered(ctx, form, slot); done || err != nil {
			return true, err
		}
	}
	story := slot.strict() && tellsStory(t.text)
	if story {
		if elsewhere, err := t.storyElsewhere(ctx); elsewhere || err != nil {
			return false, err
		}
	}
	t.conv.Form.Tries++
	t.decided(3, ActForm, "form_invalid", form.Name)
	if t.conv.Form.Tries >= t.b.rules.FormTries {
		return true, t.handOver(ctx, 7, ReasonRepeated, "form:"+form.Name+":"+slot.Name, "form_tries")
	}
	switch invalid := slot.Invalid[t.lang]; {
	case story:
		t.note(t.say("form.story"))
		t.reply(slot.Ask[t.lang], t.personOrCancel()...)
		return true, nil
	case (asks || slot.strict()) && asksSomething(t.text) && !strings.ContainsAny(t.text, "0123456789"): // a question is no bad number
		t.gap(t.in, kb.GapUnanswered)
		t.note(t.say("form.question"))
		t.reply(slot.Ask[t.lang], t.personOrCancel()...)
		return true, nil
	case invalid != "":
		t.note(invalid)
	default:
		t.note(t.say("form.invalid"))
	}
	t.ask(form, slot)
	return true, nil
}

// elsewhere reports whether an intent clearly leads away from a form.
func (t *turn) elsewhere(spec *IntentSpec, form *FormSpec) bool {
	return spec != nil && !t.a.Ambiguous && spec.Form != form.Name
}

// proceed asks for what is missing; when nothing is, it asks for confirmation or acts.
func (t *turn) proceed(ctx context.Context, form *FormSpec) error {
	t.decided(3, ActForm, "form_asks", form.Name)
	for i := range form.Slots {
		if done, err := t.offers(ctx, form, &form.Slots[i]); done || err != nil {
			return err
		}
		if _, filled := t.conv.Form.Values[form.Slots[i].Name]; !filled {
			t.ask(form, &form.Slots[i])
			return nil
		}
	}
	if form.Confirm[t.lang] != "" {
		t.confirm(form)
		return nil
	}
	return t.finishForm(ctx, form)
}

// ask puts a slot's question.
func (t *turn) ask(form *FormSpec, s *SlotSpec) {
	t.conv.Form.Slot = s.Name
	var buttons []Button
	for _, c := range s.Choices {
		buttons = append(buttons, Button{Title: c.Title[t.lang], Action: "slot:" + c.Value})
	}
	buttons = append(buttons, t.optionButtons(s)...)
	text := s.Ask[t.lang]
	if v, ok := t.remembered(s); ok && len(s.Choices) == 0 {
		t.names = append(t.names, v, plain(v))
		text += "\n" + t.say("form.remembered", "value", plain(v))
		buttons = append(buttons, Button{Title: t.say("button.same_value", "value", v), Action: "slot:" + v})
	}
	if s.Optional {
		buttons = append(buttons, Button{Title: t.say("button.skip"), Action: "skip"})
	}
	if t.conv.Form.Tries > 0 {
		buttons = append(buttons, Button{Title: t.say("button.cancel"), Action: "cancel"})
	}
	t.reply(text, buttons...)
}

// keepValues remembers the values of slots that want it, to offer them in later forms.
func (t *turn) keepValues(form *FormSpec) {
	for _, s := range form.Slots {
		if v := t.conv.Form.Values[s.Name]; s.Remember && v != "" {
			if t.conv.Slots == nil {
				t.conv.Slots = map[string]Slot{}
			}
			t.conv.Slots[s.Name] = Slot{Value: v, At: t.now}
		}
	}
}

// fill puts values and the fields of an action's answer into a sentence; a choice is shown by its title.
func (t *turn) fill(form *FormSpec, sentence string, answer map[string]string) string {
	values := map[string]string{}
	for _, s := range form.Slots {
		v := t.conv.Form.Values[s.Name]
		if len(t.options(&s)) == 0 {
			t.names = append(t.names, v) // as she wrote it
		}
		for _, c := range s.Choices {
			if c.Value == v {
				v = c.Title[t.lang]
			}
		}
		if v == "" {
			v = t.say("form.nothing")
		}
		values[s.Name] = v
	}
	maps.Copy(values, answer)
	return locale.Fill(sentence, pairsOf(values)...)
}

// plain keeps a value that comes from outside from being read as Markdown: links and emphasis lose their signs.
func plain(v string) string {
	v = markdownSigns.Replace(strings.Join(strings.Fields(v), " "))
	return firstRunes(v, maxValueRunes)
}

var markdownSigns = strings.NewReplacer("[", "［", "]", "］", "*", "＊", "`", "'", "<", "＜", ">", "＞", "\x00", "")
