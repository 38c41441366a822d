package bot

import (
	"context"
	"strings"
)

// confirm shows what was understood before anything is done.
func (t *turn) confirm(form *FormSpec) {
	t.conv.Form.Slot = ""
	t.reply(t.fill(form, form.Confirm[t.lang], nil),
		Button{Title: t.say("button.confirm"), Action: "confirm:yes"}, Button{Title: t.say("button.change"), Action: "confirm:no"},
		Button{Title: t.say("button.cancel"), Action: "cancel"})
}

// confirming takes the answer to the confirmation.
func (t *turn) confirming(ctx context.Context, form *FormSpec) (bool, error) {
	if t.pressed == nil {
		p, err := t.typedPress(ctx)
		if err != nil {
			return true, err
		}
		t.pressed = p
	}
	switch {
	case t.pressed != nil && t.pressed.action == "confirm:yes" && t.pressed.current, t.pressed == nil && isYes(t.text):
		t.decided(3, ActForm, "form_confirmed", form.Name)
		return true, t.finishForm(ctx, form)
	case t.pressed != nil && t.pressed.action == "confirm:no", t.pressed == nil && isNo(t.text):
		t.decided(3, ActForm, "form_again", form.Name)
		t.keepValues(form)
		t.conv.Form.Values, t.conv.Form.Begun = map[string]string{}, "" // everything is asked again, also what she began with
		t.note(t.say("form.again"))
		return true, t.proceed(ctx, form)
	case t.pressed != nil && t.pressed.action == "cancel":
		t.cancelled(form)
		return true, nil
	case t.pressed != nil && t.pressed.action != "gone" && !strings.HasPrefix(t.pressed.action, "slot:") && t.pressed.action != "skip":
		t.leave("form.left")
		return false, nil
	}
	if len(t.corrects(form, nil)) > 0 {
		t.decided(3, ActForm, "form_corrected", form.Name)
		t.confirm(form)
		return true, nil
	}
	if done, err := t.answered(ctx, form); done || err != nil {
		return true, err
	}
	if spec, _ := t.intent(); t.elsewhere(spec, form) && !spec.SmallTalk {
		t.leave("form.left")
		return false, nil
	}
	t.conv.Form.Tries++
	t.decided(3, ActForm, "form_unconfirmed", form.Name)
	if t.conv.Form.Tries >= t.b.rules.FormTries {
		return true, t.handOver(ctx, 7, ReasonRepeated, "form:"+form.Name, "form_tries")
	}
	t.note(t.say("form.yes_or_no"))
	t.confirm(form)
	return true, nil
}
