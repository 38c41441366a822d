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
	form, _ := t.afterForm()
	if form == nil || form.lookUp() == nil {
		return false, nil
	}
	s := form.lookUp()
	if _, ok := t.mentioned(s); !ok || !t.nothingBeside(s) {
		return false, nil
	}
	return true, t.startForm(ctx, form, "")
}

// nothingBeside reports whether a message with a number for a question says nothing else: neither what it is about nor what is to be
// done. "Return HY20261103-4821" does.
func (t *turn) nothingBeside(s *SlotSpec) bool {
	rest := t.text
	if s.loose != nil { // first: an entity may be a part of the number
		rest = s.loose.ReplaceAllString(rest, " ")
	}
	for _, e := range t.a.Entities {
		if e.Kind == s.Entity {
			rest = strings.ReplaceAll(rest, nlp.Fold(e.Text), " ")
		}
	}
	return !takesBackGoods.MatchString(rest) && emptyTalk(another.ReplaceAllString(rest, " "))
}

// takesBackGoods says that goods or money shall go back; within a form that does this, it says nothing (see emptyTalk).
var takesBackGoods = lazy(`退|\b(?:refund|return)`)

var another = lazy(`还有|另外|另|再|那|找到|给你|给您|查一下|查查|查|看看|一个|一单|呢|吗|请|帮|这|单|\b(?:ok|okay|oh|ah|found|here|here's|heres|there|alright|what about|how about|also|another|other|too|as well|next|check|then|please|pls|second|can you|could you)\b`)

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
		if !t.nothingBeside(s) {
			return nil
		}
		return form
	}
	return nil
}

// numberIn is the form that looks up a number which the message has, with the number; nil: it has none, or asks or tells of something
// that is not found by it ("arrived broken").
func (t *turn) numberIn() (*FormSpec, string) {
	if t.pressed != nil || asksSomething(t.text) || t.a.Sentiment.Polarity == nlp.Negative || longBeside(t.text) {
		return nil, ""
	}
	for i := range t.d.Forms {
		if s := t.d.Forms[i].lookUp(); s != nil {
			if v, ok := t.mentioned(s); ok {
				return &t.d.Forms[i], v
			}
		}
	}
	return nil, ""
}

// hasNumber reports whether the message has a number that a form looks up: it is not the end of anything.
func (t *turn) hasNumber() bool {
	return slices.ContainsFunc(t.d.Forms, func(f FormSpec) bool {
		s := f.lookUp()
		if s == nil {
			return false
		}
		_, ok := t.mentioned(s)
		return ok
	})
}

// longBeside reports whether a text says more than a few words beside a number.
func longBeside(text string) bool {
	han := 0
	for _, r := range text {
		if isHan(r) {
			han++
		}
	}
	return han > 8 || len(wordsAt(text)) > 7
}

// arrivalAsked looks up again what was looked up last, for a question that its answer answers: "when will it come?". It reports
// whether it was one.
func (t *turn) arrivalAsked(ctx context.Context) (bool, error) {
	form, _ := t.afterForm()
	if form == nil || form.lookUp() == nil || !asksArrival(t.text) {
		return false, nil
	}
	v, ok := t.remembered(form.lookUp())
	if !ok {
		return false, nil
	}
	t.conv.Form = &FormState{Form: form.Name, Values: map[string]string{form.lookUp().Name: v}}
	return true, t.proceed(ctx, form)
}

// asksArrival reports whether a folded text asks nothing but when something comes.
func asksArrival(text string) bool {
	words := strings.Join(strings.FieldsFunc(strings.NewReplacer("'", "", "’", "").Replace(text), func(r rune) bool { return !isLetterOrDigit(r) }), " ")
	return zhArrival.MatchString(bare(text)) || enArrival.MatchString(words)
}

var (
	zhArrival = lazy(`^` + oneOf(`那 那么 所以 大概 大约 请问 到底 我 还 咁 它 这个 快递 包裹 东西 货 一般`) + `*(?:` + oneOf(`要 得 需要 还要 还得 会`) + `*` + oneOf(`等 等到 过`) + `*` + oneOf(`多久 几天 几时 什么时候 啥时候 多长时间 何时 哪天`) + `|` + oneOf(`今天 明天 后天 这周`) + `)` +
		oneOf(`才 能 可以 会 到 送到 收到 来 到货 送来 到啊 到手`) + `*` + oneOf(`啊 呀 呢 吗 么 嘛`) + `*$`)
	enArrival = lazy(`^(?:(?:so|and|ok|okay|but|then|well|um) )*(?:when (?:will|does|is|would|can) (?:it|my order|the parcel|that|this|i)(?: (?:come|coming|arrive|arriving|get here|be here|be delivered|get it|expect it|have it|there))+|how long (?:will|does|is|till|until|before|do i have to wait)(?: (?:it|take|that|be|going|to|i|arrives?|comes?|for it|wait|get here))*|(?:will|does) it (?:come|arrive|get here|be here) (?:today|tomorrow|this week|soon))(?: (?:then|exactly|roughly|about|please|pls|now))*$`)
)
