package bot

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"huiyin/nlp"
)

// Option is one answer to a form's question that the shop's service knows: an item of the order, say.
type Option struct {
	Name string `json:"name"`           // as the service has it; the value of the slot
	Also string `json:"also,omitempty"` // other names, which customers may write: in another language, in everyday words
}

// Offered are the options of a question, and for which answers before it they were fetched.
type Offered struct {
	For     string   `json:"for"`
	Options []Option `json:"options,omitempty"`
	Noted   string   `json:"noted,omitempty"` // what the customer wrote that names none of them, kept in her words
}

// Bounds of what a service offers. What is above mostShown is not shown, but understood.
const (
	mostOffered = 50
	mostShown   = maxButtons - 1 // "all of it" is one more
	alsoRunes   = 300            // of an option's other names; more are left out
)

// offers makes sure that the options of a question are there, once everything before it is answered: from the service, which hears
// these answers. A reply of the form that fits what the service says instead ("no such order") is said at once, before more is
// asked. A service that fails is no harm here: any text will do then. It reports whether the turn is over, or waits for the service.
func (t *turn) offers(ctx context.Context, form *FormSpec, s *SlotSpec) (bool, error) {
	if s.Options.URL == "" || t.b.cfg.Actor == nil {
		return false, nil
	}
	before := map[string]string{}
	for i := 0; i < len(form.Slots) && form.Slots[i].Name != s.Name; i++ {
		before[form.Slots[i].Name] = t.conv.Form.Values[form.Slots[i].Name]
	}
	about := digest(fmt.Sprint(before), string(t.lang))
	if old, ok := t.conv.Form.Offered[s.Name]; ok && old.For == about {
		t.settle(s)
		return false, nil
	}
	key := digest(string(t.job.Inbox), t.job.SourceID, form.Name, s.Name, about)
	o, done := t.job.outcomes[key]
	if !done {
		t.call = &call{ActionRequest{Form: form.Name, Action: s.Options, Values: maps.Clone(t.conv.Form.Values), Lang: t.lang, Key: key}, s.Name}
		return true, nil
	}
	if reply, ok := form.replyTo(o, t.lang, t.conv.Form.Values); ok && len(reply.When) > 0 {
		return true, t.concluded(ctx, form, reply, o)
	}
	if t.conv.Form.Offered == nil {
		t.conv.Form.Offered = map[string]Offered{}
	}
	t.conv.Form.Offered[s.Name] = Offered{For: about, Options: optionsIn(o.answer)}
	t.settle(s)
	return false, nil
}

// optionsIn reads option_1, option_1_also, option_2 … of a service's answer. What is too long for a value is none.
func optionsIn(answer map[string]string) []Option {
	var list []Option
	for i := 1; i <= mostOffered; i++ {
		key := "option_" + strconv.Itoa(i)
		name := strings.Join(strings.Fields(answer[key]), " ")
		if name == "" {
			break
		}
		if utf8.RuneCountInString(name) <= maxValueRunes {
			list = append(list, Option{Name: name, Also: firstRunes(answer[key+"_also"], alsoRunes)})
		}
	}
	return list
}

// settle compares what was said of a question before its options were known with these: the one that is meant takes its place, and
// what names none is asked for anew. The only option there is needs no question.
func (t *turn) settle(s *SlotSpec) {
	offered := t.conv.Form.Offered[s.Name]
	said, filled := t.conv.Form.Values[s.Name]
	names := optionNames(offered.Options)
	switch {
	case len(names) == 0, filled && (said == offered.Noted || slices.Contains(names, said) || said == t.joined(offered.Options)):
	case len(names) == 1 && !filled:
		t.conv.Form.Values[s.Name] = names[0]
		t.note(t.say("form.only_option", "value", plain(names[0])))
	case !filled: // "I want to return the lamp" named it before the options were known
		var named []Option
		chosen, _ := namedOptions(notThis.ReplaceAllString(nlp.Fold(t.conv.Form.Begun), " "), offered.Options)
		for _, i := range chosen {
			named = append(named, offered.Options[i])
		}
		if len(named) > 0 && t.conv.Form.Tries == 0 {
			t.conv.Form.Values[s.Name] = t.joined(named)
		}
	case filled:
		if v, ok := t.choose(s, said); ok {
			t.conv.Form.Values[s.Name] = v
			break
		}
		if _, near := picks(nlp.Fold(said), offered.Options); !near {
			t.note(t.say("form.not_offered", "value", plain(said)))
		}
		delete(t.conv.Form.Values, s.Name)
	}
}

func optionNames(options []Option) []string {
	var names []string
	for _, o := range options {
		names = append(names, o.Name)
	}
	return names
}

// options are what the service offers for a question; none: any text will do.
func (t *turn) options(s *SlotSpec) []Option {
	if t.conv.Form == nil {
		return nil
	}
	return t.conv.Form.Offered[s.Name].Options
}

// joined is the value that stands for several options.
func (t *turn) joined(options []Option) string {
	if t.lang == nlp.LangChinese {
		return strings.Join(optionNames(options), "；")
	}
	return strings.Join(optionNames(options), "; ")
}

// choose is the value for what a text names of a question's options.
func (t *turn) choose(s *SlotSpec, text string) (string, bool) {
	options := t.options(s)
	chosen, _ := picks(strings.TrimSpace(nlp.Fold(text)), options)
	var list []Option
	for _, i := range chosen {
		list = append(list, options[i])
	}
	return t.joined(list), len(list) > 0
}

// both is the value of all options that two values of a question name, in their order.
func (t *turn) both(s *SlotSpec, old, more string) string {
	var list []Option
	for _, o := range t.options(s) {
		if slices.Contains(splitNames(old), o.Name) || slices.Contains(splitNames(more), o.Name) {
			list = append(list, o)
		}
	}
	return t.joined(list)
}

// splitNames are the options that a value joins.
func splitNames(v string) []string {
	var list []string
	for _, name := range strings.FieldsFunc(v, func(r rune) bool { return r == ';' || r == '；' }) {
		list = append(list, strings.TrimSpace(name))
	}
	return list
}

// addsTo says that something comes on top of what was named.
var addsTo = lazy(`还有|也|一起|再加|加上|另外|\b(?:too|also|as well|and|plus|add|both)\b`)

// optionButtons offer a question's options, and all of them when there are several.
func (t *turn) optionButtons(s *SlotSpec) []Button {
	options := t.options(s)
	var buttons []Button
	for _, o := range options[:min(len(options), mostShown)] {
		buttons = append(buttons, Button{Title: firstRunes(plain(o.Name), maxTitleRunes), Action: "slot:" + o.Name})
	}
	if len(options) > 1 {
		buttons = append(buttons, Button{Title: t.say("button.all_options"), Action: "slot:" + t.joined(options)})
	}
	return buttons
}

// noneOffered deals with an answer that names none of the options: it is asked once more; the second time it is kept in the customer's
// words, and she is told so. It reports whether it did either.
func (t *turn) noneOffered(ctx context.Context, form *FormSpec, s *SlotSpec) (bool, error) {
	if len(t.options(s)) == 0 {
		return false, nil
	}
	v, ok := t.written(s)
	if !ok {
		return false, nil
	}
	if t.conv.Form.Tries == 0 {
		t.conv.Form.Tries++
		t.decided(3, ActForm, "form_not_offered", form.Name)
		if _, near := picks(t.text, t.options(s)); near {
			t.note(t.say("form.which_option"))
		} else {
			t.note(t.say("form.not_offered", "value", plain(firstRunes(v, followQuoted))))
		}
		t.ask(form, s)
		return true, nil
	}
	t.decided(3, ActForm, "form_as_note", form.Name)
	offered := t.conv.Form.Offered[s.Name]
	offered.Noted = v
	t.conv.Form.Offered[s.Name] = offered
	t.conv.Form.Values[s.Name], t.conv.Form.Tries = v, 0
	t.names = append(t.names, v)
	t.note(t.say("form.as_note", "value", plain(v)))
	t.fillOthers(form)
	return true, t.proceed(ctx, form)
}

// picks are the options that a folded text names, in their order: by number or place, by words that only one of them has, as all of
// them, or all but some. near reports that it names some, but not which.
func picks(text string, options []Option) (chosen []int, near bool) {
	n := len(options)
	if n == 0 || text == "" {
		return nil, false
	}
	if list := listedPlaces(text, n); len(list) > 0 {
		return list, true
	}
	if denied := strings.Join(allBut().FindAllString(text, -1), " "); denied != "" && saysAll.MatchString(text) {
		return rest(denied, options), true
	}
	wanted := allBut.ReplaceAllString(text, " ")
	all := saysAll.MatchString(notThis.ReplaceAllString(notAll.ReplaceAllString(wanted, " "), " "))
	wanted = notThis.ReplaceAllString(wanted, " ")
	chosen, tied := namedOptions(wanted, options)
	switch {
	case len(chosen) > 0:
		return chosen, true
	case len(tied) > 0 && all:
		return tied, true
	case all && n > 1:
		for i := range options {
			chosen = append(chosen, i)
		}
		return chosen, true
	}
	if m := onePlace().FindStringSubmatch(wanted); m != nil {
		if i, ok := ordinal(strings.Join(m[1:], ""), n); ok {
			return []int{i}, true
		}
	}
	return nil, len(tied) > 0
}

// rest are the options that a text does not name; none when it names none, since nobody knows then which are left.
func rest(text string, options []Option) []int {
	named, _ := namedOptions(text, options)
	if len(named) == 0 {
		return nil
	}
	var list []int
	for i := range options {
		if !slices.Contains(named, i) {
			list = append(list, i)
		}
	}
	return list
}

// onlyPicks reports whether a folded text says all, or a place, and what is to be done with it, and nothing else: "all good" does not.
func onlyPicks(text string) bool {
	for _, p := range []pattern{allBut, notThis, saysAll, onePlace, addsTo, howMany} {
		text = p.ReplaceAllString(text, " ")
	}
	return emptyTalk(text)
}

var (
	saysAll = lazy(`全部|全都|全退|全要|整单|整个订单|所有|统统|通通|一起退|一块退|一并|都|\b(?:all|both|everything|whole|entire|each|every|the lot)\b`)
	notAll  = lazy(`\b(?:that'?s|at|after|above|not|for) all\b|\ball (?:good|fine|right|correct|set|done|i|day|night|week|month|year|the (?:time|best|way|same)|of a sudden)\b|\b(?:each|every) (?:time|day|night|week|month|year|now|other)\b|` +
		`都(?:没|可以|行|好|对|正确|不是|不对|不记得|不知道|不清楚|不确定|忘|填|写|说|告诉|发|问|试|等)|(?:全部?|所有.{0,6})(?:都?是)?(?:对|正确|没)`)
	allBut   = lazy(`除了?[^,，。;；]*?(?:以外|之外|外|都|其他|其它|别的|,|，|$)|\b(?:except(?: for)?|apart from|other than|all but|everything but|besides|but not)\b[^,.;]*`)
	notThis  = lazy(`不是[^,，。;；]*?(?:而是|,|，|。|;|；|是|$)|(?:不退|不要退|留着|留下)[^,，。;；]*|\bnot\b[^,.;]*?(?:\bbut\b|[,.;]|$)|\b(?:keep|keeping)\b[^,.;]*`)
	onePlace = lazy(`(第[一二三四五六七八1-8](?:个|件|样|款|项)|最后一?(?:个|件|样))(?:[^月星礼小问步订]|$)|` +
		`\b` + enPlace + ` (?:one|item|thing|product)\b|(?:^|\bthe )` + enPlace + `(?: (?:please|pls|is|was|isn't|isnt|has|doesn't|doesnt)\b|[,;]|[ .!?]*$)`)
	enPlace  = `(first|second|third|fourth|fifth|last|1st|2nd|3rd|4th|5th)`
	firstFew = lazy(`^(?:(?:退|要退|我要退|想退)?前(?:面)?([二两三四五2-5])(?:个|件|样)(?:都?退)?|(?:the )?first (two|three|four|five|[2-5])(?: (?:ones|items|things))?)(?: please)?$`)
	howMany  = lazy(`[两二三四五六七八2-8](?:个|件|样)|\b(?:of|two|three|four|five|[2-8])\b`)
	listMark = lazy(`[,，、;；+&/]|和|跟|与|还有|\band\b`)
)

// listedPlaces are the options that a text names by nothing but their numbers: "1 and 3", 第一个和第三个, 前两个.
func listedPlaces(text string, n int) []int {
	if m := firstFew().FindStringSubmatch(strings.Trim(text, " 。.!！")); m != nil {
		if last, ok := ordinal(cmp.Or(m[1], m[2]), n); ok {
			var list []int
			for i := range last + 1 {
				list = append(list, i)
			}
			return list
		}
	}
	var list []int
	for _, part := range strings.Fields(listMark.ReplaceAllString(strings.Trim(text, " 。.!！"), " ")) {
		if part == "the" || part == "one" && len(list) > 0 {
			continue
		}
		i, ok := ordinal(part, n)
		if !ok {
			return nil
		}
		if !slices.Contains(list, i) {
			list = append(list, i)
		}
	}
	slices.Sort(list)
	return list
}

// namedOptions are the options that have a word of the text which the others do not have; without any, the only one that has most of its
// words. tied are those that have equally many, when they are not all.
func namedOptions(text string, options []Option) (named, tied []int) {
	of, in := make([][]string, len(options)), map[string]int{}
	for i, o := range options {
		of[i] = slices.Compact(slices.Sorted(slices.Values(nameWords(nlp.Fold(o.Name + " " + o.Also)))))
		for _, w := range of[i] {
			in[w]++
		}
	}
	said := newSaidWords(text)
	scores, best := make([]float64, len(options)), 0.0
	for i := range options {
		alone := false
		for _, w := range of[i] {
			if !said.has(w) {
				continue
			}
			scores[i] += 1 / float64(in[w])
			alone = alone || in[w] == 1 && !said.otherHas(in, of[i], w)
		}
		if alone {
			named = append(named, i)
		}
		best = max(best, scores[i])
	}
	if len(named) > 0 {
		return named, nil
	}
	for i, score := range scores {
		if best > 0 && score > best-1e-9 { // whatever the order in which it was added up
			tied = append(tied, i)
		}
	}
	if len(tied) == 1 {
		return tied, nil
	}
	return nil, tied
}

// saidWords are the words of a text, by which options are named.
type saidWords struct {
	exact map[string]bool
	long  []string // long enough to have a typing error
}

func newSaidWords(text string) saidWords {
	s := saidWords{exact: map[string]bool{}}
	for _, w := range nameWords(text) {
		if !s.exact[w] && utf8.RuneCountInString(w) >= typoFrom-1 {
			s.long = append(s.long, w)
		}
		s.exact[w] = true
	}
	return s
}

// has reports whether a word was said, perhaps with a typing error.
func (s saidWords) has(word string) bool {
	return s.exact[word] || slices.ContainsFunc(s.long, func(w string) bool { return nearly(w, word) })
}

// otherHas reports whether what a customer wrote for a word of one option stands as it is in another one: "ink" is not "pink".
func (s saidWords) otherHas(in map[string]int, own []string, word string) bool {
	return !s.exact[word] && slices.ContainsFunc(s.long, func(w string) bool {
		_, here := slices.BinarySearch(own, w)
		return in[w] > 0 && !here && nearly(w, word)
	})
}

// nameWords are what names are compared by: Latin words without the plural's s, two neighbours as one, pairs of Chinese characters, and
// single ones that name things or colours (笔, 灯, 黑).
func nameWords(folded string) []string {
	var out []string
	before := ""
	for _, w := range wordsAt(folded) {
		word := w.text
		if len(word) > 3 {
			word = strings.TrimSuffix(word, "s")
		}
		if before != "" && utf8.RuneCountInString(before+word) >= typoFrom {
			out = append(out, before+word)
		}
		before = word
		if len(word) > 1 && !emptyName[word] {
			out = append(out, word)
		}
	}
	last := rune(0)
	for _, r := range folded {
		if !isHan(r) {
			last = 0
			continue
		}
		if last != 0 && !emptyName[string(last)+string(r)] {
			out = append(out, string(last)+string(r))
		}
		if strings.ContainsRune(thingNames, r) {
			out = append(out, string(r))
		}
		last = r
	}
	return out
}

// thingNames are characters that name a thing, or its colour, by themselves.
const thingNames = "黑白红蓝绿黄灰粉紫棕橙金银笔灯杯碗盘壶锅刀伞包鞋袜裤裙衣帽表书本垫椅桌床柜架箱盒壳膜线茶酒米油香花画球车琴"

var emptyName = words(`the set of with gen and for one in an it to is my order item thing this that return refund want please all both pcs 2nd 订单 商品 东西 这个 那个 退货 一个`)
