package bot

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// saidReply is what Conversation.Said has of a form's reply: its form, and which one it was.
func (f *FormSpec) saidReply(reply ReplySpec) string {
	for i := range f.Replies {
		if len(reply.Next) > 0 && len(f.Replies[i].Next) > 0 && &f.Replies[i].Next[0] == &reply.Next[0] {
			return saidForm + f.Name + "#" + strconv.Itoa(i)
		}
	}
	return saidForm + f.Name
}

// afterForm is the form whose reply was said last, within the hour, and the reply when something is known to follow it; nil: something
// else was said.
func (t *turn) afterForm() (*FormSpec, *ReplySpec) {
	name, after := strings.CutPrefix(t.conv.Said, saidForm)
	name, at, _ := strings.Cut(name, "#")
	form := t.d.form(name)
	if !after || form == nil || t.now.Sub(t.conv.UpdatedAt) > followsWithin {
		return nil, nil
	}
	if i, err := strconv.Atoi(at); err == nil && i >= 0 && i < len(form.Replies) {
		return form, &form.Replies[i]
	}
	return form, nil
}

// goesOn deals with what is about the reply of a form that was said last. It reports whether that was all.
func (t *turn) goesOn(ctx context.Context) (bool, error) {
	if done, err := t.saidNext(ctx); done || err != nil {
		return done, err
	}
	return t.arrivalAsked(ctx)
}

// saidNext does what a message means right after a form's reply. It reports whether it was such a message.
func (t *turn) saidNext(ctx context.Context) (bool, error) {
	_, reply := t.afterForm()
	if reply == nil {
		return false, nil
	}
	said := plainly(withoutFeelings(t.in.Text))
	for _, n := range reply.Next {
		spec := t.d.intent(n.Intent)
		if spec == nil || !slices.ContainsFunc(n.says, func(p *regexp.Regexp) bool { return p.MatchString(said) }) {
			continue
		}
		t.decided(5, ActIntent, "follow_up", spec.Name)
		t.conv.Intent = spec.Name
		return true, t.respond(ctx, spec)
	}
	return false, nil
}

// next checks what may follow a form's reply.
func (c *checker) next(n *NextSpec) {
	c.texts("says", n.Says)
	n.says = c.wholly("says", n.Says)
	if c.d.byName[n.Intent] == nil {
		c.in("intent", func() { c.wrong("there is no intent %q", n.Intent) })
	}
}
