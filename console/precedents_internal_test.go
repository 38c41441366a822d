package console

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"huiyin/bot"
	"huiyin/kb"
	"huiyin/nlp"
)

// What an agent wrote to one customer names nobody when it is suggested for another.
func TestBlank(t *testing.T) {
	ada := bot.Conversation{Name: "Ada Wong", Slots: map[string]bot.Slot{"order": {Value: "HY20261103-4821"}}}
	fang := bot.Conversation{Name: "王芳"}
	for _, tt := range []struct {
		past              bot.Conversation
		agent, text, want string
	}{
		{ada, "Lin", "Hello Ada, your order HY20261103-4821 left us. Lin", "Hello {name}, your order {order} left us. {agent}"},
		{ada, "Lin", "Dear Ada Wong, Adapters of Lindt are in stock.", "Dear {name}, Adapters of Lindt are in stock."},
		{fang, "小林", "王芳您好，我是小林，换货地址发到了 13812345678。", "{name}您好，我是{agent}，换货地址发到了 138****5678。"},
		{fang, "小林", "王女士，保修期是两年。", "{name}，保修期是两年。"},
		{ada, "Lin", "hi ada, thanks Ada. You may return it, ada wong.", "hi {name}, thanks {name}. You may return it, {name}."},
		{ada, "Lin", "Dear Ms Wong, dear Mrs. Wong,", "Dear {name}, dear {name},"},
		{ada, "Lin", "It is order hy20261103-4821, parcel SF1234567890123.", "It is order {order}, parcel …."},
		{bot.Conversation{Name: "Will"}, "", "Hi will, it will arrive soon. Will", "Hi {name}, it will arrive soon. {name}"},
		{bot.Conversation{Name: "Lin林"}, "", "Lin林，您好", "{name}，您好"},
		{bot.Conversation{Name: "Ann (VIP)"}, "", "Hello Ann (VIP), hello Annette", "Hello {name}, hello Annette"},
		{fang, "小林", "王芳女士您好，王芳您好。", "{name}您好，{name}您好。"},
		{bot.Conversation{Name: "欧阳娜"}, "", "欧阳女士您好，欧女士您好", "{name}您好，{name}您好"},
		{bot.Conversation{}, "", "The strap also comes in size L.", "The strap also comes in size L."},
	} {
		if got := blank(tt.text, tt.past, tt.agent); got != tt.want {
			t.Errorf("%q becomes %q, want %q", tt.text, got, tt.want)
		}
	}
}

// An exchange is a question and an agent's answer: a wish for a person is no question, and a note or "one moment" no answer.
func TestExchange(t *testing.T) {
	asked := &bot.Decision{Action: bot.ActHandoff, Reason: "bot.why.asked"}
	in := func(text string, d *bot.Decision) bot.Message {
		return bot.Message{Direction: bot.Incoming, Author: bot.ByContact, Text: text, Decision: d}
	}
	out := func(text string, private bool) bot.Message {
		return bot.Message{Direction: bot.Outgoing, Author: bot.ByAgent, Text: text, Private: private}
	}
	bot1 := bot.Message{Direction: bot.Outgoing, Author: bot.ByBot, Text: "How did we do?"}
	undone := out("The strap comes in size L, XL and XXL, and all of them are longer.", false)
	undone.Delivery = bot.Cancelled
	const other = "Put it into its box, go to your orders and choose Return; a courier comes for it on the day that you choose."
	const answer = "The strap also comes in size L, which is longer."
	for name, tt := range map[string]struct {
		messages         []bot.Message
		question, answer string
	}{
		"plain":        {[]bot.Message{in("is there a longer strap?", nil), in("agent please", asked), out("One moment", false), out(answer, false), in("thanks!", nil)}, "is there a longer strap?", answer},
		"a note":       {[]bot.Message{in("is there a longer strap?", nil), out("she has asked three times by now", true)}, "is there a longer strap?", ""},
		"no question":  {[]bot.Message{in("agent please", asked), out(answer, false)}, "", ""},
		"the longest":  {[]bot.Message{in("a longer strap?", nil), out("Let me have a look at it.", false), in("ok", nil), out(answer, false)}, "a longer strap?", answer},
		"asked on":     {[]bot.Message{in("is there a longer strap?", nil), out(answer, false), in("and how do I return the short one?", nil), out(other, false)}, "is there a longer strap?", answer},
		"asked on, zh": {[]bot.Message{in("有更长的表带吗", nil), out("有的，L 码的表带更长，商城里可以单独购买。", false), in("那短的这条怎么退", nil), out("请在“我的订单”里选择退货，快递员会按您选的时间上门取件，运费由我们承担。", false)}, "有更长的表带吗", "有的，L 码的表带更长，商城里可以单独购买。"},
		"came back":    {[]bot.Message{in("is there a longer strap?", nil), out(answer, false), bot1, in("now the lamp is broken", nil), out(other, false)}, "is there a longer strap?", answer},
		"calls":        {[]bot.Message{in("my strap is too short for me", nil), in("hello?", nil), in("any news?", nil), out("Let me have a look at it.", false), in("any news?", nil), out(answer, false)}, "my strap is too short for me", answer},
		"a number":     {[]bot.Message{in("水壶漏水了", nil), in("HY20261103-4821", nil), out("非常抱歉，今天就给您寄一个新的水壶，旧的不用寄回。", false)}, "水壶漏水了", "非常抱歉，今天就给您寄一个新的水壶，旧的不用寄回。"},
		"not sent":     {[]bot.Message{in("a longer strap?", nil), undone, out(answer, false)}, "a longer strap?", answer},
		"the bot said": {[]bot.Message{in("a longer strap?", nil), {Direction: bot.Outgoing, Author: bot.ByBot, Text: answer}}, "a longer strap?", ""},
	} {
		q, a, ok := exchange(tt.messages)
		if ok != (tt.answer != "") || a.Text != tt.answer || q.Text != tt.question {
			t.Errorf("%s: %q, %q, %v", name, q.Text, a.Text, ok)
		}
	}
}

// damaged is a store in which one conversation cannot be read.
type damaged struct{ Store }

func (damaged) Conversations(context.Context, bot.Filter) ([]bot.Conversation, error) {
	return []bot.Conversation{{ID: "new"}, {ID: "damaged"}, {ID: "old"}}, nil
}

func (damaged) Conversation(_ context.Context, id bot.ConversationID) (bot.Conversation, error) {
	return bot.Conversation{ID: id}, nil
}

func (damaged) Messages(_ context.Context, id bot.ConversationID, _ uint64, _ int) ([]bot.Message, error) {
	if id == "damaged" {
		return nil, errors.New("a record is cut short")
	}
	return []bot.Message{{Direction: bot.Incoming, Text: "is there a longer strap? " + string(id)},
		{Direction: bot.Outgoing, Author: bot.ByAgent, Text: "The strap also comes in size L, which is longer."}}, nil
}

// kept is what was put.
type kept struct{ list []kb.Precedent }

func (k *kept) Put(list ...kb.Precedent) { k.list = append(k.list, list...) }

func (k *kept) Find(context.Context, string, nlp.Lang, int) []kb.Precedent { return k.list }

// TestGatherLeavesOutWhatIsDamaged: one conversation that cannot be read hides none of the others.
func TestGatherLeavesOutWhatIsDamaged(t *testing.T) {
	k := &kept{}
	s := &Console{Config: Config{Store: damaged{}, Precedents: k, Log: slog.New(slog.DiscardHandler)}}
	if err := s.gather(t.Context()); err != nil || len(k.list) != 2 || k.list[0].ID != "old" || k.list[1].ID != "new" {
		t.Errorf("%+v %v", k.list, err)
	}
}

// TestSuggestLeavesOutWhatIsDamaged: what cannot be read any more is not suggested, and what can is.
func TestSuggestLeavesOutWhatIsDamaged(t *testing.T) {
	k := &kept{list: []kb.Precedent{{ID: "damaged"}, {ID: "old"}}}
	s := &Console{Config: Config{Store: damaged{}, Precedents: k, Log: slog.New(slog.DiscardHandler)}}
	got, err := s.pastAnswers(t.Context(), bot.Conversation{ID: "now"}, []bot.Message{{Direction: bot.Incoming, Text: "is there a longer strap?"}}, bot.Agent{})
	if err != nil || len(got) != 1 || got[0].Conversation != "old" {
		t.Errorf("%+v %v", got, err)
	}
}
