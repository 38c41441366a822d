package topics_test

import (
	"fmt"
	"testing"
)

// Who complains without saying what about complains about nothing that is known, however many others complain about one thing; and what
// staff do is staff's, whatever it was about. None of the sentences is an example.
func TestVagueComplaints(t *testing.T) {
	var texts []string
	for i := range 40 { // what most complain about
		texts = append(texts, fmt.Sprintf("parcel %d is still not here, it should have come last week", i), fmt.Sprintf("第%d天了，包裹还没送到", i),
			fmt.Sprintf("flight %d was two hours late again", i))
	}
	pile := len(texts)
	vague := []string{"worst seller ever", "terrible, just terrible", "what a shambles", "I am done with you lot", "never booking with this airline again", "you people are a disgrace",
		"honestly the worst", "utter rubbish", "couldn't be more disappointed", "this airline is the worst of them all", "thanks for wrecking my week",
		"太差了吧", "这家店真的烂", "再也不会光顾了", "失望透顶", "什么垃圾", "真是服了你们", "差评，不解释", "最烂的航空公司", "以后绝对不坐你们了", "毁了我一周的心情", "没见过这么差的"}
	staff := []string{"the stewardess sneered at my mother", "two employees at the desk argued and nobody helped us", "your agent called me stupid", "the most unhelpful gate agent I've met",
		"the man at the counter refused to help and walked off", "cabin crew were unfriendly on the whole flight", "the rudest waitress in town",
		"空姐说话特别冲", "柜台的小伙子把我骂了一顿", "店员一问三不知还甩脸色", "客服一点耐心都没有", "工作人员把老人训哭了"}
	texts = append(append(texts, vague...), staff...)
	got := assign(t, shipped(t), texts...)
	guessed, missed := 0, 0
	for i, text := range vague {
		if a := got[pile+i]; a.Topic != "" {
			guessed++
			t.Logf("%q is about %q", text, a.Topic)
		}
	}
	for i, text := range staff {
		if a := got[pile+len(vague)+i]; a.Topic != "service.attitude" || !a.Complaint {
			missed++
			t.Logf("%q is about %q", text, a.Topic)
		}
	}
	t.Logf("%d of %d vague complaints have a topic; of %d about staff %d are missed", guessed, len(vague), len(staff), missed)
	if guessed > 2 || missed > 3 {
		t.Error("worse than what was measured")
	}
}

// Who agrees to wait complains of nothing; who has waited does.
func TestAgreeingToWait(t *testing.T) {
	var texts []string
	for i := range 40 {
		texts = append(texts, fmt.Sprintf("parcel %d is still not here, it should have come last week", i), fmt.Sprintf("第%d天了，包裹还没送到", i))
	}
	pile := len(texts)
	agree := []string{"ok, I'll wait for your message", "all right, I'll wait for your call then", "no problem, I'll wait", "好的，那我等你们电话", "嗯，我等通知"}
	still := []string{"I've been waiting for my parcel for ten days", "等了十天快递还没到", "eight days of waiting for my order and nothing came"}
	got := assign(t, shipped(t), append(append(texts, agree...), still...)...)
	for i, text := range agree {
		if a := got[pile+i]; a.Complaint && a.Topic != "" {
			t.Errorf("%q complains about %q", text, a.Topic)
		}
	}
	for i, text := range still {
		if a := got[pile+len(agree)+i]; !a.Complaint || a.Topic != "delivery.late" {
			t.Errorf("%q is about %q, a complaint: %v", text, a.Topic, a.Complaint)
		}
	}
}
