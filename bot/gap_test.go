package bot_test

import (
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/kb"
)

// TestWhatIsAGap: a gap is a question that the knowledge base really looked for and had nothing on, or whose answer did not
// help. Greetings, noise, what people handle, and what failed through a fault of ours are none.
func TestWhatIsAGap(t *testing.T) {
	for _, tc := range []struct {
		name string
		does func(t *testing.T, w *world)
		want []kb.Gap // question, kind and language
	}{
		{"no answer", func(_ *testing.T, w *world) { w.says("ada", "do I pay duties on top") }, []kb.Gap{{Question: "do I pay duties on top", Kind: kb.GapUnanswered, Lang: "en"}}},
		{"no answer, in Chinese", func(_ *testing.T, w *world) { w.says("ada", "笔上可以刻字吗") }, []kb.Gap{{Question: "笔上可以刻字吗", Kind: kb.GapUnanswered, Lang: "zh-Hans"}}},
		{"an answer", func(_ *testing.T, w *world) { w.says("ada", "return policy") }, nil},
		{"an answer that did not help", func(_ *testing.T, w *world) { w.says("ada", "customs"); w.press("ada", "That didn't help") }, []kb.Gap{{Question: "customs", Kind: kb.GapNotHelpful, Lang: "en"}}},
		{"an answer that helped", func(_ *testing.T, w *world) { w.says("ada", "customs"); w.press("ada", "That helped") }, nil},
		{"none of what was near, pressed", func(_ *testing.T, w *world) { w.says("ada", "what now"); w.press("ada", "None of these") }, []kb.Gap{{Question: "what now", Kind: kb.GapUnanswered, Lang: "en"}}},
		{"none of what was near, typed", func(_ *testing.T, w *world) { w.says("ada", "what now"); w.says("ada", "none of these") }, []kb.Gap{{Question: "what now", Kind: kb.GapUnanswered, Lang: "en"}}},
		{"a greeting", func(_ *testing.T, w *world) { w.says("ada", "hello") }, nil},
		{"thanks", func(_ *testing.T, w *world) { w.says("ada", "谢谢") }, nil},
		{"marks", func(_ *testing.T, w *world) { w.says("ada", "???!!") }, nil},
		{"emoji", func(_ *testing.T, w *world) { w.says("ada", "👍😂") }, nil},
		{"laughter", func(_ *testing.T, w *world) { w.says("ada", "哈哈哈哈") }, nil},
		{"two parts of a message that nobody answers", func(_ *testing.T, w *world) {
			w.says("ada", "what is the return policy here, do I pay customs on top, can you engrave a pen for me, and do you sell red bicycles?")
		}, []kb.Gap{{Question: "can you engrave a pen for me", Kind: kb.GapUnanswered, Lang: "en"}, {Question: "do you sell red bicycles?", Kind: kb.GapUnanswered, Lang: "en"}}},
		{"an order number alone", func(_ *testing.T, w *world) { w.says("ada", "AB123456") }, nil},
		{"an order number in a question", func(_ *testing.T, w *world) { w.says("ada", "can you engrave AB123456") }, []kb.Gap{{Question: "can you engrave AB123456", Kind: kb.GapUnanswered, Lang: "en"}}},
		{"a number", func(_ *testing.T, w *world) { w.says("ada", "12345") }, nil},
		{"a short reply", func(_ *testing.T, w *world) { w.says("ada", "ok") }, nil},
		{"a person, please", func(_ *testing.T, w *world) { w.says("ada", "agent") }, nil},
		{"a threat that people handle", func(_ *testing.T, w *world) { w.says("ada", "I will call my lawyer about this") }, nil},
		{"the index is closed", func(_ *testing.T, w *world) { w.says("ada", "can you engrave a pen [noindex]") }, nil},
		{"the model is closed", func(_ *testing.T, w *world) { w.says("ada", "can you engrave a pen [broken]") }, nil},
		{"a panic", func(_ *testing.T, w *world) { w.says("ada", "can you engrave a pen [panic]") }, nil},
		{"a person has her", func(t *testing.T, w *world) {
			w.says("ada", "hello")
			if _, err := w.Bot.Claim(t.Context(), w.conv("ada").ID, lin); err != nil {
				t.Fatal(err)
			}
			w.says("ada", "can you engrave a pen")
		}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.start()
				tc.does(t, w)
				list, err := w.store.Gaps(t.Context(), noon.Add(-time.Hour), noon.Add(time.Hour))
				if err != nil || len(list) != len(tc.want) {
					t.Fatalf("%v: %+v, want %d", err, list, len(tc.want))
				}
				for i, g := range list {
					if g.Question != tc.want[i].Question || g.Kind != tc.want[i].Kind || g.Lang != tc.want[i].Lang || bot.ConversationID(g.Conversation) != w.conv("ada").ID {
						t.Errorf("%+v, want %+v", g, tc.want[i])
					}
				}
			})
		})
	}
}
