package feedback_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/feedback"
	"huiyin/nlp"
)

// complaint is a row about a topic, and what it says of the topic's group.
type complaint struct {
	text  string
	score float64
	judge nlp.Polarity // of the group; empty: nothing
}

// quotedOf are the quotes of a topic of such complaints, of which these words tell.
func quotedOf(t *testing.T, words feedback.Words, rows ...complaint) []string {
	t.Helper()
	p := week(t)
	d := feedback.FromRows(func(yield func(feedback.Item, feedback.Assignment) bool) {
		for i, r := range rows {
			it := feedback.Item{ID: fmt.Sprint(i), Text: r.text, At: p.Start.Add(time.Hour)}
			if r.score != 0 {
				it.Analysis = &nlp.Analysis{Text: r.text, Sentiment: nlp.Sentiment{Score: r.score}}
			}
			a := feedback.Assignment{Topic: "topic", Group: "group", Complaint: true, Kind: feedback.KindComplaint, Words: words}
			if r.judge != "" {
				a.Aspects = []feedback.Aspect{{Group: "group", Polarity: r.judge}}
			}
			if !yield(it, a) {
				return
			}
		}
	}, feedback.Stars, p, p.End)
	var got []string
	for _, e := range block(t, d, "topics").Elements {
		if e.Topic != nil {
			for _, q := range e.Topic.Quotes {
				got = append(got, q.Text)
			}
		}
	}
	return got
}

func TestQuotes(t *testing.T) {
	app := feedback.Words{EN: []string{"app", "website"}}
	for name, c := range map[string]struct {
		words feedback.Words
		rows  []complaint
		first string
		want  int // how many are quoted; 0: not looked at
		not   string
	}{
		"a word counts as a whole": {app, []complaint{{"would appreciate a little help again this week", -0.2, ""}, {"the app crashes when I pay", -0.1, ""}}, "the app crashes when I pay", 0, ""},
		"blame of the topic comes first": {app, []complaint{{"the app is what I looked at on monday", -0.3, ""}, {"what a mess this new app has become", -0.1, nlp.Negative}},
			"what a mess this new app has become", 0, ""},
		"praise is no quote of a complaint": {feedback.Words{}, []complaint{{"音箱音质真的对得起这个价", 0.7, nlp.Positive}, {"音箱用了两天就没有声音", -0.5, ""}}, "音箱用了两天就没有声音", 1, ""},
		"praise that blames, too, is one":   {feedback.Words{}, []complaint{{"音质很好，可是外壳第二天就裂开", 0.4, nlp.Negative}}, "音质很好，可是外壳第二天就裂开", 1, ""},
		"the same in another order is said once": {feedback.Words{}, []complaint{{"质量太差掉色非常严重", -0.9, ""}, {"掉色很严重，垃圾货，服务质量差", -0.8, ""}, {"拉链第一天就拉不上", -0.5, ""}}, "质量太差掉色非常严重", 2,
			"掉色很严重，垃圾货，服务质量差"},
		"the same in other English words of order is said once": {feedback.Words{}, []complaint{{"the tracking has been stuck in the port all week", -0.9, ""}, {"all week stuck in the port, the tracking", -0.8, ""}},
			"the tracking has been stuck in the port all week", 1, ""},
	} {
		got := quotedOf(t, c.words, c.rows...)
		if len(got) == 0 || got[0] != c.first || c.want > 0 && len(got) != c.want || c.not != "" && slices.Contains(got, c.not) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// Of a long message those sentences are quoted that are about the topic, personal data masked, and what is left out is marked; a short
// one goes first.
func TestALongMessageIsQuotedInPart(t *testing.T) {
	long := strings.Repeat("我们住在这里已经很多年了，邻居之间一直很和气。", 6) + "最近工地每晚施工到两点，噪音大得睡不着。请打13812345678找我。" + strings.Repeat("希望有人来看一看，大家都等着。", 20)
	words := feedback.Words{ZH: []string{"施工", "噪音", "工地"}}
	got := quotedOf(t, words, complaint{text: long})
	if len(got) != 1 || !strings.Contains(got[0], "最近工地每晚施工到两点，噪音大得睡不着。") || strings.Contains(got[0], "13812345678") ||
		!strings.HasPrefix(got[0], "… ") || !strings.HasSuffix(got[0], " …") || len([]rune(got[0])) > 170 {
		t.Errorf("quoted: %q", got)
	}
	if got := quotedOf(t, words, complaint{text: long}, complaint{"楼下工地太吵了没法睡", -0.5, ""}); len(got) != 2 || got[0] != "楼下工地太吵了没法睡" {
		t.Errorf("quoted: %q", got)
	}
}

// Where a topic is written about in both languages, one of three quotes is in the rarer one, unless that is much less typical.
func TestQuotesSpeakBothLanguages(t *testing.T) {
	var items []feedback.Item
	say := func(text string, lang nlp.Lang, score float64) {
		items = append(items, feedback.Item{ID: text, Lang: lang, Text: text, Analysis: &nlp.Analysis{Text: text, Sentiment: nlp.Sentiment{Score: score}}})
	}
	say("说好两天到，现在一周了", nlp.LangChinese, -0.9)
	say("发货太慢，再也不买了", nlp.LangChinese, -0.8)
	say("仓库搬家应该提前通知", nlp.LangChinese, -0.7)
	say("five days late because of the move", nlp.LangEnglish, -0.5)
	say("our third parcel that is not here", nlp.LangEnglish, -0.4)
	langs := func(quotes []feedback.Quote) (out []nlp.Lang) {
		for _, q := range quotes {
			out = append(out, q.Lang)
		}
		return out
	}
	if got := langs(feedback.Quotes(items)); !slices.Equal(got, []nlp.Lang{nlp.LangChinese, nlp.LangChinese, nlp.LangEnglish}) {
		t.Errorf("%v", got)
	}
	if got := langs(feedback.Quotes(items[:3])); len(got) != 3 {
		t.Errorf("%v", got)
	}
}
