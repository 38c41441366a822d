package console_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/nlp"
)

// TestTiersInTheRules writes tiers, changes one and takes one out; what cannot be read is shown again as it was written.
func TestTiersInTheRules(t *testing.T) {
	o := open(t)
	b := o.as("lead")
	form := url.Values{"version": {"0"}, "zone": {"Asia/Shanghai"}, "tier_key": {" Gold ", "silver", ""}, "tier_zh": {"金卡", "银卡", ""}, "tier_en": {"<b>Gold</b>", "", ""},
		"tier_start": {"15", "", ""}, "tier_first": {"5", "", ""}, "tier_next": {"", "10", ""}, "tier_resolution": {"240", "", ""}}
	status, body := b.do("POST", "/console/rules", form)
	want := []bot.Tier{{Key: "gold", Name: map[nlp.Lang]string{"zh": "金卡", "en": "<b>Gold</b>"}, HeadStart: 15 * time.Minute, FirstResponse: 5 * time.Minute, Resolution: 4 * time.Hour},
		{Key: "silver", Name: map[nlp.Lang]string{"zh": "银卡"}, NextResponse: 10 * time.Minute}}
	if got := o.desk.rules.Tiers; status != 200 || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("%d %+v", status, got)
	}
	if strings.Count(body, `name="tier_key"`) != 4 || !strings.Contains(body, "&lt;b&gt;Gold&lt;/b&gt;") || !strings.Contains(body, `name="tier_start" type="number" min="0" max="30" value="15"`) {
		t.Error("the page does not show the two tiers and room for two more")
	}
	form["tier_tags"] = []string{" VIP， Big <b> customer,vip", ""}
	if status, body := b.do("POST", "/console/rules", form); status != 200 || fmt.Sprint(o.desk.rules.Tiers[0].Tags) != "[big <b> customer vip]" || o.desk.rules.Tiers[1].Tags != nil ||
		!strings.Contains(body, `value="big &lt;b&gt; customer, vip"`) {
		t.Errorf("tags that lead to a tier: %d %+v", status, o.desk.rules.Tiers)
	}
	form["tier_first"] = []string{"soon"}
	if status, body := b.do("POST", "/console/rules", form); status != 422 || !strings.Contains(body, "银卡") || !strings.Contains(body, `role="alert"`) {
		t.Errorf("no number: %d", status)
	}
	delete(form, "tier_first")
	o.desk.fail = fmt.Errorf("%w: twice", bot.ErrTier)
	if status, body := b.do("POST", "/console/rules", form); status != 422 || !strings.Contains(body, "Each needs a key") {
		t.Errorf("tiers that cannot be: %d", status)
	}
	o.desk.fail = nil
	form["tier_key"], form["tier_zh"], form["tier_en"] = []string{"", "silver"}, []string{"", "银卡"}, nil
	if b.do("POST", "/console/rules", form); len(o.desk.rules.Tiers) != 1 || o.desk.rules.Tiers[0].Key != "silver" {
		t.Errorf("one taken out: %+v", o.desk.rules.Tiers)
	}
	if status, _ := o.as("agent").do("POST", "/console/rules", form); status != 403 {
		t.Errorf("an agent changes the rules: %d", status)
	}
}

// TestTierByATag: a customer's page says to which tier a tag of hers leads, where that is not the one that was chosen, and her
// conversations follow when tags are saved.
func TestTierByATag(t *testing.T) {
	o := open(t)
	o.talk("c1", "Ada", bot.StatusWaiting, "hi")
	b := o.as("agent")
	const page, led = "/console/people/p-c1", "Served as Gold"
	o.desk.rules = bot.DeskRules{Tiers: []bot.Tier{{Key: "gold", Name: map[nlp.Lang]string{"en": "Gold"}, Tags: []string{"vip"}}, {Key: "silver", Name: map[nlp.Lang]string{"en": "Silver"}}}}
	if _, body := b.do("GET", page, nil); strings.Contains(body, "Served as") {
		t.Error("without a tag she is in no tier")
	}
	if status, body := b.do("POST", page+"/note", url.Values{"do": {"tags"}, "tags": {"Late；VIP"}}); status != 200 || !strings.Contains(body, led) || o.desk.calls[len(o.desk.calls)-1] != "retier p-c1" {
		t.Errorf("%d %v", status, o.desk.calls)
	}
	for _, tier := range []string{"silver", "gold"} {
		if _, err := o.store.NoteContact(t.Context(), "p-c1", bot.NotedEdit{Tier: &tier}, bot.Event{}); err != nil {
			t.Fatal(err)
		}
		if _, body := b.do("GET", page, nil); strings.Contains(body, led) != (tier == "silver") {
			t.Errorf("chosen as %s, the page says wrong where the tag leads", tier)
		}
	}
	if _, body := b.do("GET", "/console/c/c1", nil); strings.Count(body, `<span class="tag">vip</span>`) != 1 {
		t.Error("the conversation does not show the customer's tags")
	}
}

// TestTierOfACustomer sets a tier on her page, sees it in the inbox, and narrows a list down to it.
func TestTierOfACustomer(t *testing.T) {
	o := open(t)
	o.talk("c1", "Ada", bot.StatusWaiting, "hi")
	o.talk("c2", "Bo", bot.StatusWaiting, "hi")
	b := o.as("agent")
	const page = "/console/people/p-c1"
	if _, body := b.do("GET", page, nil); strings.Contains(body, `name="tier"`) {
		t.Error("a shop without tiers is asked for one")
	}
	o.desk.rules = bot.DeskRules{Tiers: []bot.Tier{{Key: "gold", Name: map[nlp.Lang]string{"zh": "金卡", "en": "<i>Gold"}, HeadStart: time.Minute}}}
	if status, _ := b.do("POST", page+"/note", url.Values{"do": {"tier"}, "tier": {"gold"}}); status != 200 || o.desk.calls[0] != `tier p-c1 "gold" agent contact.tier p-c1 gold` {
		t.Fatalf("%d %v", status, o.desk.calls)
	}
	if status, body := b.do("POST", page+"/note", url.Values{"do": {"tier"}, "tier": {"gone"}}); status != 422 || !strings.Contains(body, "no such tier") {
		t.Errorf("one that is gone: %d", status)
	}
	gold := "gold"
	if _, err := o.store.NoteContact(t.Context(), "p-c1", bot.NotedEdit{Tier: &gold}, bot.Event{}); err != nil {
		t.Fatal(err)
	}
	if _, body := b.do("GET", page, nil); !strings.Contains(body, `<option value="gold" selected>&lt;i&gt;Gold</option>`) {
		t.Error("her page does not say her tier")
	}
	o.change("c1", func(c *bot.Change) { c.Conversation.Tier = "gold" })
	if _, body := o.as("lead").do("GET", "/console/list?queue=waiting", nil); strings.Count(body, `class="tag level" title="Tier">&lt;i&gt;Gold</span>`) != 1 {
		t.Error("the inbox has no mark")
	}
	_, body := o.as("lead").do("GET", "/console/?queue=waiting&tier=gold", nil)
	if !strings.Contains(body, "Ada") || strings.Contains(body, ">Bo<") || !strings.Contains(body, `<option value="gold" selected>`) {
		t.Error("the list is not narrowed down to the tier")
	}
	if _, body := b.do("GET", "/console/c/c1/state", nil); strings.Count(body, `class="tag level" title="Tier">&lt;i&gt;Gold</span>`) != 1 {
		t.Errorf("the conversation does not say her tier: %s", body)
	}
	if status, _ := b.do("POST", page+"/merge", url.Values{"from": {"p-c2"}}); status != 200 || o.desk.calls[len(o.desk.calls)-1] != "retier p-c1" {
		t.Errorf("joined: %d %v", status, o.desk.calls)
	}
}
