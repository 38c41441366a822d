package bot

import (
	"testing"

	"huiyin/data"
	"huiyin/internal/locale"
	"huiyin/nlp"
)

// A mood has one place behind the point, and what is next to nothing has no sign.
func TestMoods(t *testing.T) {
	for score, want := range map[float64]string{-0.04: "0", 0.04: "0", 0: "0", -0.06: "-0.1", -1: "-1.0", 0.66: "+0.7", 1: "+1.0"} {
		if got := moodOf(score); got != want {
			t.Errorf("%v: %q, want %q", score, got, want)
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
		"":                  {"转接原因：顾客情绪很差", "Handed over because: the customer is very unhappy"},
		"clarify":           {"转接原因：顾客情绪很差（没有问清想问什么）", "Handed over because: the customer is very unhappy (what was meant stayed unclear)"},
		"safety":            {"转接原因：顾客情绪很差（可能有人身安全问题）", "Handed over because: the customer is very unhappy (somebody may come to harm)"},
		"refund":            {"转接原因：顾客情绪很差（退款）", "Handed over because: the customer is very unhappy (Refund)"},
		"form:return:order": {"转接原因：顾客情绪很差（退货申请）", "Handed over because: the customer is very unhappy (Return)"},
		"after-sales":       {"转接原因：顾客情绪很差（after-sales）", "Handed over because: the customer is very unhappy (after-sales)"},
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
