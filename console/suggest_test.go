package console_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/kb"
	"huiyin/nlp"
)

// TestSuggestedPair: a suggested article stands beside its translation, the customer's language first; which of them is
// behind is said; one that customers get in one language only stands alone.
func TestSuggestedPair(t *testing.T) {
	l := openLibrary(t)
	b := l.as("agent")
	texts := regexp.MustCompile(`<div lang="(zh|en)">|data-insert="([^"]*)"|(class="small behind")|<li`)
	suggested := func(id bot.ConversationID) string {
		t.Helper()
		_, body := b.do("GET", "/console/c/"+string(id)+"/suggest", nil)
		var got []string
		for _, m := range texts.FindAllStringSubmatch(body, -1) {
			switch {
			case m[0] == "<li":
				got = append(got, "|")
			case m[3] != "":
				got = append(got, "behind")
			default:
				got = append(got, m[1]+m[2])
			}
		}
		return strings.Join(got, " ")
	}
	ask := func(id string, lang nlp.Lang, text string) {
		t.Helper()
		l.talk(id, "Ada", bot.StatusWaiting, text)
		l.change(bot.ConversationID(id), func(c *bot.Change) { c.Conversation.Lang = lang })
	}
	ask("c1", "en", "How do I return an item?")
	ask("c2", "zh-Hans", "我想退货")
	ask("c3", "en", "how long does delivery take")
	l.talk("c4", "Ada", bot.StatusWaiting, "How do I return an item?", "qqq zzz")
	l.change("c4", func(c *bot.Change) { c.Conversation.Lang = "en" })
	const zh, en = "zh 签收后七天内可以退货。", "en Within seven days."
	for id, want := range map[bot.ConversationID]string{"c1": "| " + en + " " + zh, "c2": "| " + zh + " " + en, "c3": "| en Three days as a rule.", "c4": "| " + en + " " + zh} {
		if got := suggested(id); !strings.HasPrefix(got+" ", want+" ") {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
	a := l.article("returns.zh")
	l.now = l.now.Add(time.Hour)
	a.Body, a.Summary, a.UpdatedAt, a.UpdatedBy = "签收后十四天内可以退货。", "", l.now, "Mei"
	if _, _, err := l.kb.Save(t.Context(), []kb.Article{kb.Normalize(a)}, kb.Signed{By: "Mei", Note: "longer"}); err != nil {
		t.Fatal(err)
	}
	if got := suggested("c1"); !strings.HasPrefix(got, "| en behind Within seven days. zh 签收后十四天内可以退货。") {
		t.Errorf("after a change of the original: %q", got)
	}
}
