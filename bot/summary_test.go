package bot

import (
	"strings"
	"testing"

	"huiyin/data"
	"huiyin/internal/locale"
	"huiyin/nlp"
)

// Staff read a mood in words, and each only where it changes.
func TestMoods(t *testing.T) {
	words, err := locale.Load(data.Files(), "locale")
	if err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[string]string{"zh": "情绪变化：平静 → 不满 → 非常不满 → 满意", "en": "Mood: neutral → unhappy → very unhappy → pleased"} {
		s := summarizer{words: words, lang: lang}
		for _, score := range []float64{0, 0.2, -0.25, -0.4, -0.7, -0.9, -1, 0.3, 1} {
			s.add(Message{Direction: Incoming, Text: "x", Analysis: &nlp.Analysis{Sentiment: nlp.Sentiment{Score: score}}})
		}
		if got := s.text(ReasonAsked, "", nlp.LangEnglish); !strings.Contains(got, "\n"+want+"\n") {
			t.Errorf("%q has no line %q", got, want)
		}
	}
}

// What a handoff is about has a name that staff read, in their language.
func TestDetailsHaveNames(t *testing.T) {
	words, err := locale.Load(data.Files(), "locale")
	if err != nil {
		t.Fatal(err)
	}
	refund := &IntentSpec{Name: "refund", Title: map[nlp.Lang]string{"zh": "退款", "en": "Refund"}}
	sendBack := &FormSpec{Name: "return", Title: map[nlp.Lang]string{"zh": "退货申请", "en": "Return"}}
	d := &Dialogue{byName: map[string]*IntentSpec{"refund": refund}, forms: map[string]*FormSpec{"return": sendBack}}
	for detail, want := range map[string][2]string{
		"":                  {"转接原因：客户情绪很差", "Handed over because: the customer is very unhappy"},
		"clarify":           {"转接原因：客户情绪很差（没有问清想问什么）", "Handed over because: the customer is very unhappy (what was meant stayed unclear)"},
		"safety":            {"转接原因：客户情绪很差（可能有人身安全问题）", "Handed over because: the customer is very unhappy (somebody may come to harm)"},
		"refund":            {"转接原因：客户情绪很差（退款）", "Handed over because: the customer is very unhappy (Refund)"},
		"form:return:order": {"转接原因：客户情绪很差（退货申请）", "Handed over because: the customer is very unhappy (Return)"},
		"after-sales":       {"转接原因：客户情绪很差（after-sales）", "Handed over because: the customer is very unhappy (after-sales)"},
	} {
		for i, lang := range []string{"zh", "en"} {
			s := summarizer{lang: lang, words: words, d: d}
			if got := s.text(ReasonSentiment, detail, nlp.LangUnknown); got != want[i] {
				t.Errorf("%s: %s\nwant %s", detail, got, want[i])
			}
		}
	}
}

// Records of earlier versions have one text, which everybody reads.
func TestOldRecordsStayReadable(t *testing.T) {
	if got := (Handoff{Summary: "转接原因"}).In("en"); got != "转接原因" {
		t.Error(got)
	}
	if got := (Message{Text: "林接手了会话"}).In("en"); got != "林接手了会话" {
		t.Error(got)
	}
	if got := (Message{Text: "a", Words: InWords{"en": "Lin took over"}}).In("en"); got != "Lin took over" {
		t.Error(got)
	}
}
