package bot

import (
	"strings"
)

// corrects takes new values for questions that are answered already: "no, 1235", 不对，是 AB123456. It returns what was
// changed, as shown to the customer; nil: nothing. current is the question being asked; nil: the confirmation.
func (t *turn) corrects(form *FormSpec, current *SlotSpec) []string {
	lead := correction.MatchString(t.text)
	var changed []string
	for i := range form.Slots {
		s := &form.Slots[i]
		old, filled := t.conv.Form.Values[s.Name]
		if !filled || current != nil && (s.Name == current.Name || s.Entity != "" && s.Entity == current.Entity) {
			continue
		}
		v, ok := t.mentioned(s)
		if current != nil && !lead && !s.strict() && !t.narrows(s) { // "the mug is broken" may belong to the question being asked
			ok = false
		}
		if !ok && current == nil && s.pattern != nil {
			v, ok = t.written(s)
		}
		if !ok && lead && old != "" {
			v, ok = s.patched(old, correction.ReplaceAllString(t.text, ""))
		}
		if options := t.options(s); ok && len(options) > 0 {
			if named, _ := namedOptions(t.text, options); len(named) == 0 && !lead && !onlyPicks(t.text) {
				continue // "all good", "is this the last step?"
			}
			if old != "" && addsTo.MatchString(t.text) {
				v = t.both(s, old, v)
			}
		}
		if ok && v != old {
			t.conv.Form.Values[s.Name], t.conv.Form.Tries = v, 0
			t.names = append(t.names, v)
			changed = append(changed, s.shown(v, t.lang))
		}
	}
	return changed
}

// narrows reports whether the message takes fewer of the options of an answered question: "just the notebook", 只退笔记本.
func (t *turn) narrows(s *SlotSpec) bool {
	options := t.options(s)
	if len(options) == 0 || !narrower.MatchString(t.text) {
		return false
	}
	named, _ := namedOptions(t.text, options)
	return len(named) > 0
}

var narrower = lazy(`^(?:好的?|嗯+|那|哦|还是|我|算了)?[,， ]*(?:就|只|仅|单|光)|^(?:(?:no|ok|okay|well|hm+|wait|oh)[, ]+)*(?:just|only|simply)\b`)

// correction begins a message that takes something back.
var correction = lazy(`^(?:(?:啊|哦|额|呃|等等|抱歉|不好意思|sorry|oops|oh|hmm|wait)[,，。.!！ ]*)*(?:不对|不是|错了|写错|打错|说错|发错|填错|搞错|更正|应该是|改成|改为|改一下|是我弄错|` +
	`no\b|nope\b|not\b|sorry\b|oops\b|actually\b|i mean\b|i meant\b|wrong\b|correction\b|my bad\b|make (?:that|it)\b|change (?:it|that|the)\b|typo\b|it should be\b|it's actually\b)`)

// patched is a value whose end a customer corrects: "no, 1235" makes AB-1234 AB-1235. text is what follows the taking back. A
// number beside other words ("it cost me 150 dollars", "size 128") is not meant.
func (s *SlotSpec) patched(old, text string) (string, bool) {
	for _, digits := range strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' }) {
		if len(digits) < 3 || len(digits) >= len(old) {
			continue
		}
		rest := aboutNumber.ReplaceAllString(strings.Replace(text, digits, " ", 1), " ")
		if v, ok := s.valid(old[:len(old)-len(digits)] + digits); ok && s.pattern != nil && emptyTalk(rest) {
			return v, true
		}
	}
	return "", false
}

// aboutNumber is what is said of a number's end beside its digits.
var aboutNumber = lazy(`尾号|末尾|结尾|最后|后面|后|[几三四五六]位|数字|应该|改成|改为|\b(?:last|final|end|ends|ending|digits?|numbers?|should|rather|instead)\b`)
