package bot

import (
	"context"
	"slices"
	"strings"

	"huiyin/nlp"
)

// saidForm before a form's name in Conversation.Said means that the last thing said was what the form found out. Another number
// then needs no words around it.
const saidForm = "form:"

// mostOthers is how many more values of one message are offered to be looked up.
const mostOthers = 3

// lookUp is the question of a form that only finds something out: one strict value, nothing to confirm. Nil: the form does more.
func (f *FormSpec) lookUp() *SlotSpec {
	if len(f.Slots) != 1 || !f.Slots[0].strict() || len(f.Confirm) > 0 {
		return nil
	}
	return &f.Slots[0]
}

// others are the values of a message for the question of a form besides the one that was looked up.
func (t *turn) others(form *FormSpec, done string) []string {
	s := form.lookUp()
	if s == nil || t.pressed != nil {
		return nil
	}
	var list []string
	for _, e := range t.a.Entities {
		if v, ok := s.valid(e.Value); ok && e.Kind == s.Entity && v != done && !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	return list[:min(len(list), mostOthers)]
}

// offerOthers puts the other values of the message on buttons below what a form found out, and says so.
func (t *turn) offerOthers(form *FormSpec, done, text string) (string, []Button) {
	var buttons []Button
	for _, v := range t.others(form, done) {
		t.names = append(t.names, v)
		buttons = append(buttons, Button{Title: v, Action: saidForm + form.Name + ":" + v})
	}
	if len(buttons) > 0 {
		text += "\n\n" + t.say("form.others")
	}
	return text, buttons
}

// lookUpAnother starts a form anew for a value on a button.
func (t *turn) lookUpAnother(ctx context.Context, arg string) error {
	name, value, _ := strings.Cut(arg, ":")
	form := t.d.form(name)
	if form == nil || form.lookUp() == nil {
		return t.goneButton()
	}
	v, ok := form.lookUp().valid(value)
	if !ok {
		return t.goneButton()
	}
	t.conv.Form = &FormState{Form: name, Values: map[string]string{form.lookUp().Name: v}}
	return t.proceed(ctx, form)
}

// anotherValue starts a form anew for a message that, right after what it found out, names another value and nothing else: "and
// AB123456?", 还有AB123456. It reports whether it was one.
func (t *turn) anotherValue(ctx context.Context) (bool, error) {
	name, after := strings.CutPrefix(t.conv.Said, saidForm)
	form := t.d.form(name)
	if !after || form == nil || form.lookUp() == nil || t.now.Sub(t.conv.UpdatedAt) > followsWithin {
		return false, nil
	}
	s := form.lookUp()
	if _, ok := t.mentioned(s); !ok {
		return false, nil
	}
	rest := t.text
	for _, e := range t.a.Entities {
		if e.Kind == s.Entity {
			rest = strings.ReplaceAll(rest, nlp.Fold(e.Text), " ")
		}
	}
	if !emptyTalk(another.ReplaceAllString(rest, " ")) {
		return false, nil
	}
	return true, t.startForm(ctx, form, "")
}

var another = lazy(`还有|另外|另|再|那|查一下|查查|查|看看|一个|一单|呢|吗|请|帮|这|单|\b(?:what about|how about|also|another|other|too|as well|next|check|then|please|pls|second|can you|could you)\b`)

// onlyNumber is the form for a message that is nothing but a number which it looks up. Nil: the message says something else.
func (t *turn) onlyNumber() *FormSpec {
	for i := range t.d.Forms {
		form := &t.d.Forms[i]
		s := form.lookUp()
		if s == nil {
			continue
		}
		if _, ok := t.mentioned(s); !ok {
			continue
		}
		rest := t.text
		for _, e := range t.a.Entities {
			if e.Kind == s.Entity {
				rest = strings.ReplaceAll(rest, nlp.Fold(e.Text), " ")
			}
		}
		if s.loose != nil {
			rest = s.loose.ReplaceAllString(rest, " ")
		}
		if !emptyTalk(another.ReplaceAllString(rest, " ")) {
			return nil
		}
		return form
	}
	return nil
}
