package main

import (
	"strings"
	"testing"

	"huiyin/bot"
	"huiyin/nlp"
)

// A lead throws the switch in the console: the next customer reads of the incident before the bot's answer, and is told
// when it is over.
func TestIncidentInTheBrowser(t *testing.T) {
	o := openOffice(t)
	ctx := o.signIn("max")
	do(t, ctx, visits(o.url+"/console/incidents?topic=delivery.late"), sees(`select[name="about"]`),
		types(`textarea[name="zh"]`, "仓库正在搬家，发货会晚一到两天，给您添麻烦了。"), types(`textarea[name="en"]`, "Our warehouse is moving, so parcels leave one or two days late. Sorry about that."))
	shot(t, ctx, "incident-new")
	do(t, ctx, click(`form[action="/console/incidents"] button`), sees(`details summary`))

	id := o.writes("Ada", 0, "how long does shipping take, why is it so slow")
	last := func() bot.Message {
		t.Helper()
		list, err := o.app.Store.Messages(t.Context(), id, 0, 0)
		if err != nil || len(list) == 0 {
			t.Fatalf("%d messages, %v", len(list), err)
		}
		return list[len(list)-1]
	}
	if m := last(); !strings.HasPrefix(m.Text, "Our warehouse is moving") {
		t.Fatalf("Ada is told %q", m.Text)
	}
	waits := o.writes("Bo", 0, "怎么还没发货啊，都等了一个星期了", "转人工")
	do(t, ctx, visitsAgain(), has(`document.body.innerText.includes("2")`))
	shot(t, ctx, "incident-now")
	do(t, ctx, click(`details summary`), types(`details textarea[name="en"]`, "Everything left the new warehouse this morning."), click(`details button`), sees(`[role="status"].done`))
	shot(t, ctx, "incident-lifted")
	if m := last(); !strings.Contains(m.Text, "this morning") || m.Lang != nlp.LangEnglish {
		t.Errorf("Ada is told %q", m.Text)
	}
	list, err := o.app.Store.Messages(t.Context(), waits, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		if m.Decision != nil && m.Decision.Reason == "bot.why.incident_over" {
			t.Errorf("Bo, who waits for a person, is told %q", m.Text)
		}
	}
}
