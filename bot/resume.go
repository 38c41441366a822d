package bot

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// resumesWithin is how long a form that was put aside can be gone on with.
const resumesWithin = time.Hour

// putAside keeps a form that the customer left for something else, so that she can go on with it.
func (t *turn) putAside() {
	t.conv.Aside, t.conv.AsideAt = t.conv.Form, t.now
}

// resumed goes on with the form that was put aside, when the message says so and nothing else: 好 继续, "back to the return". Where that is
// too long ago it offers to begin anew. It reports whether it did.
func (t *turn) resumed(ctx context.Context) (bool, error) {
	if t.pressed != nil || !saysGoOn(t.text) {
		return false, nil
	}
	if form := t.d.form(t.lapsed); form != nil {
		return t.beginAnew(form), nil
	}
	aside := t.conv.Aside
	if aside == nil {
		return false, nil
	}
	t.conv.Aside, t.conv.AsideAt = nil, time.Time{}
	form := t.d.form(aside.Form)
	if form == nil {
		return false, nil
	}
	t.conv.Form = aside
	t.decided(3, ActForm, "form_resumed", form.Name)
	t.note(t.say("form.back", "what", form.Title[t.lang]))
	return true, t.proceed(ctx, form)
}

// lapse forgets a form that was put aside longer ago than it can be gone on with, with all that was filled in.
func (t *turn) lapse() {
	if aside := t.conv.Aside; aside != nil && t.now.Sub(t.conv.AsideAt) > resumesWithin {
		t.lapsed = aside.Form
		t.conv.Aside, t.conv.AsideAt = nil, time.Time{}
	}
}

// beginAnew offers to begin a form again that was put aside for too long. It reports whether an intent leads to it.
func (t *turn) beginAnew(form *FormSpec) bool {
	i := slices.IndexFunc(t.d.Intents, func(s IntentSpec) bool { return s.Form == form.Name })
	if i < 0 {
		return false
	}
	t.decided(3, ActForm, "form_lapsed", form.Name)
	t.reply(t.say("form.lapsed", "what", form.Title[t.lang]), Button{Title: t.d.Intents[i].Title[t.lang], Action: "intent:" + t.d.Intents[i].Name})
	return true
}

// saysGoOn reports whether a folded text only asks to go on with what was begun.
func saysGoOn(text string) bool {
	if utf8.RuneCountInString(text) > maxAsideRunes {
		return false
	}
	words := strings.Join(strings.FieldsFunc(strings.NewReplacer("'", "", "’", "").Replace(text), func(r rune) bool { return !isLetterOrDigit(r) }), " ")
	return zhGoOn.MatchString(bare(text)) || enGoOn.MatchString(words)
}

var (
	zhGoOn = lazy(`^` + oneOf(`好 好的 好吧 嗯 行 ok 那 那就 我们 咱们 还是 先 现在 可以 麻烦`) + `*(?:继续|接着|回到|接着办|接着弄|继续办|继续弄|继续填)` + oneOf(`刚才 刚刚 之前 的 那个 退货 退款 表单 申请 查单 办 填 弄 来 吧 了 啊 往下`) + `*$`)
	enGoOn = lazy(`^(?:(?:ok|okay|so|now|right|well|alright|anyway|yes|please|lets|let us|can we|i want to|lets just) )*(?:go back|back|continue|resume|carry on|go on|lets continue|proceed)(?: (?:to|with|the|my|that|our|it|return|returning|order|form|request|process|please|now|then))*$`)
)
