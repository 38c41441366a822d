package bot

import "context"

// answered answers a question that a customer puts in the middle of a form, when the answer is sure and is no other form, and
// goes on with the form: nothing that she has filled in is lost (ADR 14). A question that only names what the form is about ("why does it
// flicker?") is left to the form. It reports whether there was an answer.
func (t *turn) answered(ctx context.Context, form *FormSpec) (bool, error) {
	if t.pressed != nil || !asksSomething(t.text) || leans(t.text) || isYes(t.text) || isNo(t.text) {
		return false, nil
	}
	k, err := t.sureAnswer(ctx, part{t.in.Text, t.a})
	if err != nil || k == nil || k.form != nil || t.conv.Said == k.said {
		return false, err
	}
	t.decided(3, ActArticle, "form_digression", k.detail)
	t.note(k.text)
	t.note(t.say("form.back", "what", form.Title[t.lang]))
	if slot := form.slot(t.conv.Form.Slot); slot != nil {
		t.ask(form, slot)
	} else {
		t.confirm(form)
	}
	m := &t.out[len(t.out)-1]
	m.Citations = k.citations
	t.varied(m, k.variant)
	t.helped(k.label)
	t.conv.Said = k.said
	return true, nil
}
