package bot

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"huiyin/kb"
	"huiyin/nlp"
)

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

// answersBeside says first what answers a question that stands beside the value of a slot ("HY20261103-4821, and how do I pay by
// card?"), when the answer is sure and is no form.
func (t *turn) answersBeside(ctx context.Context, s *SlotSpec) error {
	rest := t.in.Text
	for _, e := range t.a.Entities {
		if e.Kind == s.Entity {
			rest = strings.Replace(rest, e.Text, " ", 1)
		}
	}
	if rest = strings.Trim(rest, " ,，。.;；:：!！"); !s.strict() || len(rest) == len(strings.TrimSpace(t.in.Text)) || !asksSomething(nlp.Fold(rest)) || leans(nlp.Fold(rest)) {
		return nil
	}
	rest = quoted(rest)
	a, err := t.b.cfg.Understander.Analyze(ctx, rest)
	if err != nil {
		return fmt.Errorf("%w: %w", errUnderstand, err)
	}
	k, err := t.sureAnswer(ctx, part{rest, a})
	if err != nil || k == nil || k.form != nil {
		return err
	}
	t.note(k.text)
	t.helped(k.label)
	return nil
}

// tellsStory reports whether a folded text is too long to be a number, complete or not, and has nothing like one in it.
func tellsStory(text string) bool {
	runes := utf8.RuneCountInString(text)
	return longBeside(text) && (runes > maxPartsRunes || !manyDigits.MatchString(text))
}

var manyDigits = lazy(`\d{4}`)

// storyElsewhere leaves a form that asks for a number for a long message that has none, when something in it is surely answered by
// something else. It reports whether it did.
func (t *turn) storyElsewhere(ctx context.Context) (bool, error) {
	found, err := t.lookUp(ctx)
	if err != nil {
		return false, err
	}
	if found.Decision != kb.DecideAnswer {
		options, err := t.inStory(ctx)
		if err != nil || len(options) == 0 {
			return false, err
		}
	}
	t.leave("form.left")
	return true, nil
}

// offerNumber offers, below the answer to a question, to look up the number that stands beside it; of a number that is none of the
// shop's it says so.
func (t *turn) offerNumber(text string, buttons []Button) (string, []Button) {
	if t.pressed != nil {
		return text, buttons
	}
	for i := range t.d.Forms {
		form := &t.d.Forms[i]
		s := form.lookUp()
		if s == nil {
			continue
		}
		e, ok := t.a.First(s.Entity)
		if !ok {
			continue
		}
		v, valid := s.valid(e.Value)
		if !valid {
			v, valid = s.mended(t.text)
		}
		if valid {
			t.names = append(t.names, v)
			return text + "\n\n" + t.say("form.beside", "value", plain(v)), append(buttons, Button{Title: v, Action: saidForm + form.Name + ":" + v})
		}
		if invalid := s.Invalid[t.lang]; invalid != "" {
			return text + "\n\n" + t.say("form.beside_unknown", "value", plain(e.Text), "why", invalid), buttons
		}
	}
	return text, buttons
}
