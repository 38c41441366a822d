package bot

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"huiyin/nlp"
)

// fillOthers takes from the message what it says about questions that were not put yet: "order AB123456, arrived broken"
// answers two. Free texts are not guessed.
func (t *turn) fillOthers(form *FormSpec) {
	for i := range form.Slots {
		s := &form.Slots[i]
		if _, filled := t.conv.Form.Values[s.Name]; filled || s.Name == t.conv.Form.Slot {
			continue
		}
		if v, ok := t.mentioned(s); ok {
			t.conv.Form.Values[s.Name] = v
		}
	}
}

// mentioned is the value that the message has for a slot, of an entity or of one choice; a bare yes or number is none.
func (t *turn) mentioned(s *SlotSpec) (string, bool) {
	if len(t.options(s)) > 0 {
		return t.choose(s, t.in.Text)
	}
	if s.Entity != "" {
		for _, e := range t.a.Entities {
			if e.Kind == s.Entity {
				if v, ok := s.valid(e.Value); ok {
					return v, true
				}
			}
		}
	}
	if v, ok := s.mended(t.text); ok {
		return v, true
	}
	if v, ok := s.named(t.text); ok {
		return v, true
	}
	return s.choiceIn(t.text)
}

// named is the longest of the slot's words that a folded text has, as the text has it.
func (s *SlotSpec) named(text string) (string, bool) {
	best := ""
	for _, list := range s.Words {
		for _, w := range list {
			if at, n := findPhrase(text, nlp.Fold(w)); n > len(best) {
				best = text[at : at+n]
			}
		}
	}
	return best, best != ""
}

// mended is the value that a folded text has in a spelling which the slot knows how to put right.
func (s *SlotSpec) mended(text string) (string, bool) {
	if s.loose == nil {
		return "", false
	}
	for _, at := range s.loose.FindAllStringSubmatchIndex(text, -1) {
		found := text[at[0]:at[1]]
		from, to := at[1]-len(strings.TrimLeft(found, " ")), at[0]+len(strings.TrimRight(found, " "))
		if from < to && alone(text, from, to) {
			if v, ok := s.valid(string(s.loose.ExpandString(nil, s.Mend.Value, text, at))); ok {
				return v, true
			}
		}
	}
	return "", false
}

// saysElsewhere reports whether a message answers another open question of the form and, apart from that, says nothing that
// could be the answer to a free one: "it is broken" is no name of an item, "the broken mug" may be.
func (t *turn) saysElsewhere(form *FormSpec, s *SlotSpec) bool {
	for i := range form.Slots {
		other := &form.Slots[i]
		if other.Name == s.Name {
			continue
		}
		rest := t.text
		if v, ok := t.mentioned(other); ok {
			if len(other.Choices) > 0 {
				rest = other.without(rest, v)
			} else if e, found := t.a.First(other.Entity); found {
				rest = strings.ReplaceAll(rest, nlp.Fold(e.Text), " ")
			}
			if emptyTalk(rest) {
				return true
			}
		}
	}
	return false
}

// emptyTalk reports whether a folded text names nothing: pronouns, verbs of being and having, particles.
func emptyTalk(text string) bool {
	for _, filler := range strings.Fields(`这个 那个 这件 那件 东西 商品 问题 原因 收到 到手 打开 发现 时候 已经 就是 因为 的 了 是 它 我 有 在 都 还 也 就 很 啊 呀 吧 想 要 退款 退货 退 订单号 订单 单号 号码 号`) {
		text = strings.ReplaceAll(text, filler, " ")
	}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !isLetterOrDigit(r) && r != '\'' }) {
		if !enEmpty[bare(word)] {
			return false
		}
	}
	return true
}

var enEmpty = words(`it its it's this that they them is was are were be been has have had the a an i my me we our and or but so just got get when
	item items product thing one order number no of for to with in on at came come arrived please because since really very all completely totally
	refund return want would like need`)

// saysWish reports whether a folded text says what is to be done, and names no product: 不换，直接退款, "no exchange, just refund me".
// Who wants all of it back names that.
func saysWish(text string) bool {
	return wish.MatchString(text) && !wholeOrder.MatchString(text) && emptyTalk(wish.ReplaceAllString(text, " "))
}

var (
	wish = lazy(`不用换?|不换货?|就行|不要换货?|换货|换新|换一?个|退货|退款|退钱|退掉|直接|马上|赶紧|尽快|立刻|全额|必须|给我|帮我|麻烦|请|我只要|只要|只想|不要了|取消|不|别|钱|` +
		`\b(?:no|not|dont|don't|do not|exchange|exchanging|replacement|replace|refund|refunded|return|returning|money|back|give|cancel|right away|now|immediately|asap|full|only|directly|please|pls|anymore|any more|rather|instead)\b`)
	wholeOrder = lazy(`全部|全都|都|整单|所有|一起|\b(?:all|everything|both|whole|entire|each)\b`)
)

// shown is a value as the customer sees it.
func (s *SlotSpec) shown(v string, lang nlp.Lang) string {
	for _, c := range s.Choices {
		if c.Value == v {
			return c.Title[lang]
		}
	}
	return plain(v)
}

// choiceIn is the choice that a folded text speaks of, by one of its titles or words; the longest wins, and when two are as
// long, or it is denied ("not damaged"), there is none. Longer English words may have one typing error.
func (s *SlotSpec) choiceIn(text string) (string, bool) {
	best, value, twice := 0, "", false
	for _, c := range s.Choices {
		for _, phrase := range c.phrases() {
			_, n := findPhrase(text, phrase)
			switch {
			case n == 0 || n < best:
			case n > best:
				best, value, twice = n, c.Value, false
			case c.Value != value:
				twice = true
			}
		}
	}
	return value, best > 0 && !twice
}

// without is a folded text without the phrases that speak of a choice.
func (s *SlotSpec) without(text, value string) string {
	for _, c := range s.Choices {
		for _, phrase := range c.phrases() {
			if at, n := findPhrase(text, phrase); n > 0 && c.Value == value {
				text = text[:at] + " " + text[at+n:]
			}
		}
	}
	return text
}

// phrases are the folded titles and words of a choice.
func (c ChoiceSpec) phrases() []string {
	var out []string
	for _, title := range c.Title {
		out = append(out, nlp.Fold(title))
	}
	for _, list := range c.Words {
		for _, w := range list {
			out = append(out, nlp.Fold(w))
		}
	}
	slices.Sort(out)
	return out
}

// findPhrase is where a folded phrase stands in a folded text, and how long it is there; 0: nowhere, or only denied.
func findPhrase(text, phrase string) (at, n int) {
	if strings.ContainsFunc(phrase, isHan) {
		for from := 0; ; {
			i := strings.Index(text[from:], phrase)
			if i < 0 {
				return 0, 0
			}
			at = from + i
			before, _ := utf8.DecodeLastRuneInString(text[:at])
			if !strings.ContainsRune("不没无未非", before) {
				return at, len(phrase)
			}
			from = at + len(phrase)
		}
	}
	have, want := wordsAt(text), wordsAt(phrase)
	for i := 0; len(want) > 0 && i+len(want) <= len(have); i++ {
		match := !(i > 0 && denials[have[i-1].text])
		for k := 0; match && k < len(want); k++ {
			match = nearly(have[i+k].text, want[k].text)
		}
		if match {
			return have[i].at, have[i+len(want)-1].end - have[i].at
		}
	}
	return 0, 0
}

var denials = words(`not isn't isnt wasn't wasnt no never aren't arent without`)

// wordAt is a word of a text, without apostrophes, and where it stands.
type wordAt struct {
	text    string
	at, end int
}

func wordsAt(text string) []wordAt {
	var out []wordAt
	start := -1
	flush := func(end int) {
		if start >= 0 {
			out = append(out, wordAt{strings.NewReplacer("'", "", "’", "").Replace(text[start:end]), start, end})
			start = -1
		}
	}
	for i, r := range text {
		if isLetterOrDigit(r) && !isHan(r) || (r == '\'' || r == '’') && start >= 0 {
			if start < 0 {
				start = i
			}
			continue
		}
		flush(i)
	}
	flush(len(text))
	return out
}

// typoFrom is how long a word is that may have a typing error: shorter ones are too near to each other.
const typoFrom = 5

// nearly reports whether two words are the same, but for one letter too many, missing, wrong or swapped with its neighbour. Words are
// counted in characters: two of Chinese are too short to be anything but different.
func nearly(a, b string) bool {
	if a == b {
		return true
	}
	long, want := utf8.RuneCountInString(a), utf8.RuneCountInString(b)
	if want < typoFrom || long < typoFrom-1 || max(long, want)-min(long, want) > 1 {
		return false
	}
	a, b = apart(a, b)
	ra, restA := firstRune(a)
	rb, restB := firstRune(b)
	switch {
	case long > want:
		return restA == b
	case long < want:
		return a == restB
	case restA == restB:
		return true
	}
	sa, restA := firstRune(restA)
	sb, restB := firstRune(restB)
	return ra == sb && rb == sa && restA == restB
}

// apart is two texts without what both begin with.
func apart(a, b string) (string, string) {
	for a != "" && b != "" {
		ra, restA := firstRune(a)
		rb, restB := firstRune(b)
		if ra != rb {
			break
		}
		a, b = restA, restB
	}
	return a, b
}

func firstRune(s string) (rune, string) {
	r, size := utf8.DecodeRuneInString(s)
	return r, s[size:]
}

// repeats reports whether a message only says again what was chosen already.
func (t *turn) repeats(form *FormSpec) bool {
	for i := range form.Slots {
		s := &form.Slots[i]
		if v, ok := s.choice(t.text); ok && v != "" && v == t.conv.Form.Values[s.Name] {
			return true
		}
	}
	return false
}

// tellsReason reports whether a few words that name none of a question's choices are meant to answer it all the same: "theyre busted".
func tellsReason(s *SlotSpec, text string, confidence nlp.Confidence) bool {
	return len(s.Choices) > 0 && confidence < intentSure && utf8.RuneCountInString(text) <= maxTypedRunes && !asksSomething(text) && !bidLike(text)
}

// helpWith says where the value of a slot is found, and offers a person who can look for it.
func (t *turn) helpWith(ctx context.Context, form *FormSpec, s *SlotSpec) (bool, error) {
	t.decided(3, ActForm, "form_help", form.Name)
	t.conv.Form.Tries++
	if t.conv.Form.Tries >= t.b.rules.FormTries {
		return true, t.handOver(ctx, 7, ReasonRepeated, "form:"+form.Name+":"+s.Name, "form_tries")
	}
	text := s.Help[t.lang]
	if text == "" {
		text = s.Ask[t.lang]
	}
	t.reply(text+"\n\n"+t.say("form.help_person"), t.personOrCancel()...)
	return true, nil
}

// lostNumber is the question of a form that a customer speaks of who says, outside of any form, that she does not know her
// order number; nil: she speaks of something else.
func (t *turn) lostNumber() *SlotSpec {
	if !namesNumber.MatchString(t.text) || !asksWhere(t.text) {
		return nil
	}
	for i := range t.d.Forms {
		for j := range t.d.Forms[i].Slots {
			if s := &t.d.Forms[i].Slots[j]; s.Entity == nlp.EntityOrder && s.Help[t.lang] != "" {
				return s
			}
		}
	}
	return nil
}

var namesNumber = lazy(`订单号|单号|订单编号|\border (?:number|no|id)\b|^(?:i )?(?:dunno|dont know|don't know|lost|forgot|can't find|cant find) (?:the|my) number\b`)

// byOtherMeans takes an e-mail address or a number where a slot asks for something else: where the form says so it will do,
// else a person can look with it. It reports whether there was one.
func (t *turn) byOtherMeans(ctx context.Context, form *FormSpec, s *SlotSpec) (bool, error) {
	if !s.strict() {
		return false, nil
	}
	for _, kind := range []string{nlp.EntityEmail, nlp.EntityPhone} {
		e, ok := t.a.First(kind)
		if !ok || kind == s.Entity {
			continue
		}
		t.decided(3, ActForm, "form_other_means", form.Name)
		if slices.Contains(s.Instead, kind) {
			t.conv.Form.Values[s.Name], t.conv.Form.Values[kind], t.conv.Form.Tries = "", e.Value, 0
			return true, t.proceed(ctx, form)
		}
		t.reply(t.say("form.other_means"), t.personOrCancel()...)
		return true, nil
	}
	return false, nil
}

// missed goes back to a value that the service does not know: it is not remembered, the customer is told what was looked up,
// and from the second time on a person is offered.
func (t *turn) missed(ctx context.Context, form *FormSpec, slot, text string) error {
	delete(t.conv.Slots, slot)
	delete(t.conv.Form.Values, slot)
	t.conv.Form.Slot, t.conv.Form.Tries = slot, 0
	t.conv.Form.Misses++
	switch {
	case t.conv.Form.Misses >= t.b.rules.FormTries:
		return t.handOver(ctx, 7, ReasonRepeated, "form:"+form.Name+":"+slot, "form_missed")
	case t.conv.Form.Misses > 1:
		t.reply(text+"\n\n"+t.say("form.help_person"), t.personOrCancel()...)
	default:
		t.reply(text)
	}
	return nil
}

// replyThen is the last that is said of a form. It offers the intent that the customer named beside it; "": there was none.
func (t *turn) replyThen(text, then string, buttons ...Button) {
	spec := t.d.intent(then)
	if spec == nil {
		t.reply(text, buttons...)
		return
	}
	title := spec.Title[t.lang]
	t.reply(text+"\n\n"+t.say("form.then", "what", title), append(buttons, Button{Title: title, Action: "intent:" + spec.Name})...)
}

// personOrCancel are the ways out of a form.
func (t *turn) personOrCancel() []Button {
	return []Button{{Title: t.say("button.human"), Action: "human:low_confidence"}, {Title: t.say("button.cancel"), Action: "cancel"}}
}
