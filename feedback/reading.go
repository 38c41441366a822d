package feedback

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"huiyin/nlp"
)

// Kind is what a message does.
type Kind string

// The kinds. A message that does several counts as the first of them in this order.
const (
	KindComplaint Kind = "complaint"
	KindRequest   Kind = "request"
	KindQuestion  Kind = "question"
	KindPraise    Kind = "praise"
	KindOther     Kind = "other" // a greeting, an order number, "ok"
)

// Touchpoint is where in a customer's journey something belongs; empty: not known.
type Touchpoint string

// The touchpoints, in the order of a journey.
const (
	TouchBefore    Touchpoint = "before"
	TouchPaying    Touchpoint = "paying"
	TouchDelivery  Touchpoint = "delivery"
	TouchUsing     Touchpoint = "using"
	TouchReturning Touchpoint = "returning"
	TouchService   Touchpoint = "service"
)

// Touchpoints lists them in the order of a journey.
func Touchpoints() []Touchpoint {
	return []Touchpoint{TouchBefore, TouchPaying, TouchDelivery, TouchUsing, TouchReturning, TouchService}
}

// Valid reports whether it is one of the touchpoints, or none.
func (t Touchpoint) Valid() bool { return t == "" || slices.Contains(Touchpoints(), t) }

// Aspect is one thing that a message judges, with what it says of it.
type Aspect struct {
	Group    string       `json:"group"` // of the taxonomy
	Name     Text         `json:"name"`
	Polarity nlp.Polarity `json:"polarity"`
}

// Manner tells kinds of messages apart. It is safe for concurrent use.
type Manner struct{ request, question, amiss []string }

// NewManner makes a Manner.
func NewManner() *Manner {
	return &Manner{
		request: []string{"please", "can you", "could you", "would you", "i want", "i need", "i'd like", "i would like", "help me", "send me", "call me", "let me",
			"transfer me", "connect me", "cancel my", "refund me", "delete my",
			"请帮", "麻烦", "帮我", "帮忙", "我要", "我想", "给我", "能不能", "可不可以", "可以帮", "能帮", "转人工", "请尽快", "希望", "建议", "申请", "要求", "打我电话", "联系我"},
		question: []string{"how ", "what ", "when ", "where ", "why ", "which ", "who ", "is ", "are you ", "are there ", "are the ", "are my ", "do you ", "do i ", "did you ", "does ", "can i ", "can we ", "have you ", "has anyone ", "has my ", "should i ", "may i ", "whose ", "any idea", "will ",
			"吗", "呢", "怎么", "什么", "多久", "多少", "哪里", "哪个", "要几天", "几天能", "几天会", "几天可以", "几天到", "几天发", "几天退", "几天内", "一般几天", "大概几天", "是否", "是不是", "有没有", "请问", "咋", "为何", "为啥"},
		amiss: []string{"not ", "n't", "no ", "never", "cannot", "still", "yet", "again", "why", "already", "wrong", "missing", "lost", "broken", "damaged", "late", "delay",
			"overdue", "twice", "stuck", "waiting", "waited", "since ", "supposed", "promised", "complain",
			"没", "未", "不", "还", "又", "再", "错", "坏", "丢", "漏", "破", "裂", "慢", "晚", "等", "催", "卡", "为何", "为什么", "为啥", "一直", "已经", "超时", "投诉", "说好", "承诺"},
	}
}

// Kind says what a message does when it does not complain, given its folded text.
func (m *Manner) Kind(it Item, folded string) Kind {
	asks := strings.ContainsAny(folded, "?？") || slices.ContainsFunc(m.question, func(w string) bool { return found(folded, w, true) })
	switch {
	case slices.ContainsFunc(m.request, func(w string) bool { return found(folded, w, false) }):
		return KindRequest
	case asks:
		return KindQuestion
	case it.Rating >= 4 || it.Analysis != nil && it.Analysis.Sentiment.Polarity == nlp.Positive:
		return KindPraise
	}
	return KindOther
}

// Inquires reports whether a message asks for something and says of nothing that it is not as it should be ("how long does delivery
// take?", 怎么退货), given its folded text: such a message does not complain, whatever it is about.
func (m *Manner) Inquires(it Item, folded string) bool {
	kind := m.Kind(it, folded)
	return (kind == KindRequest || kind == KindQuestion) && !slices.ContainsFunc(m.amiss, func(w string) bool {
		return w == "n't" && strings.Contains(folded, w) || found(folded, w, false)
	})
}

// found looks for a word: a Chinese one anywhere, an English one at its beginning, or, when first, at the beginning of a
// sentence only.
func found(folded, word string, first bool) bool {
	for at := 0; ; {
		i := strings.Index(folded[at:], word)
		if i < 0 {
			return false
		}
		i += at
		if word[0] >= 0x80 || i == 0 {
			return true
		}
		before := strings.TrimRight(folded[:i], " ")
		if ended := before == "" || strings.HasSuffix(before, ".") || strings.HasSuffix(before, "!") || strings.HasSuffix(before, ","); first && ended || !first && bordered(folded[:i]) && !addressed(folded, i) {
			return true
		}
		at = i + len(word)
	}
}

// addressed reports whether a place in a text stands within the address of a page.
func addressed(text string, at int) bool {
	run := text[strings.LastIndexByte(text[:at], ' ')+1:]
	run, _, _ = strings.Cut(run, " ")
	return strings.Contains(run, "://") || strings.HasPrefix(run, "www.")
}

// bordered reports whether an English word can begin after a text: not after a letter or digit of its script, nor after a mark that
// joins words; an apostrophe joins only after a letter or digit, else it opens a quotation.
func bordered(before string) bool {
	r, size := utf8.DecodeLastRuneInString(before)
	if r == '\'' || r == '’' {
		last, _ := utf8.DecodeLastRuneInString(before[:len(before)-size])
		return !unicode.IsLetter(last) && !unicode.IsDigit(last)
	}
	return unicode.Is(unicode.Han, r) || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_@", r)
}
