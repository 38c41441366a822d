package feedback_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/feedback"
)

// unmeasured walks JSON and returns every number beside a unit that stands for nothing, by its path.
func unmeasured(path string, v any, found map[string]any) {
	switch x := v.(type) {
	case map[string]any:
		unit, isMetric := x["unit"].(string)
		if n, ok := x["n"].(float64); ok && isMetric && unit != string(feedback.Count) && n == 0 {
			found[path] = x["value"]
			if c, ok := x["change"].(map[string]any); ok && (c["p"] != nil || c["real"] != nil) {
				found[path+"/change"] = c
			}
		}
		for key, inner := range x {
			unmeasured(path+"/"+key, inner, found)
		}
	case []any:
		for i, inner := range x {
			unmeasured(fmt.Sprint(path, "/", i), inner, found)
		}
	}
}

// In JSON what was not measured is null, and never 0: nobody rated, nobody waited, nothing was resolved. What was measured as 0 is 0.
func TestUnmeasuredIsNull(t *testing.T) {
	p := week(t)
	var l ledger
	l.say(p.Start, 1, 3, "the parcel again")
	l.facts = []bot.Fact{{Name: bot.FactCSAT, Value: 2, End: p.Before().Start.Add(time.Hour), Conversation: "x"}, {Name: bot.FactFirstResponse, Value: 70, End: p.Before().Start.Add(time.Hour), Conversation: "x"}}
	raw, err := json.Marshal(build(t, l, "parcel"))
	if err != nil {
		t.Fatal(err)
	}
	var back any
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	found := map[string]any{}
	unmeasured("", back, found)
	if len(found) < 10 {
		t.Errorf("only %d numbers without a measure: the test looks past them", len(found))
	}
	for path, value := range found {
		if value != nil {
			t.Errorf("%s is %v, and nothing was measured", path, value)
		}
	}
	zero, err := json.Marshal(feedback.Metric{Unit: feedback.Share, N: 9, Change: &feedback.Change{BeforeN: 4, P: 1}})
	want := `{"name":{"key":""},"value":0,"unit":"share","n":9,"change":{"before":0,"before_n":4,"p":1,"real":false}}`
	if err != nil || string(zero) != want {
		t.Errorf("a measured 0: %s, %v", zero, err)
	}
	var m feedback.Metric
	none, err := json.Marshal(feedback.Metric{Unit: feedback.Seconds, Change: &feedback.Change{Before: 3, BeforeN: 4, P: 1}})
	if err != nil || string(none) != `{"name":{"key":""},"unit":"seconds","n":0,"value":null,"change":{"before":3,"before_n":4}}` || json.Unmarshal(none, &m) != nil || m.Measured() || m.Change.Before != 3 {
		t.Errorf("nothing measured: %s, %v", none, err)
	}
}

// A share of the week before has no number in a table when nobody wrote then.
func TestShareOfNothingIsADash(t *testing.T) {
	var l ledger
	l.say(week(t).Start, 1, 3, "the parcel again")
	for _, e := range block(t, build(t, l, "parcel"), "topics").Elements {
		if e.Table == nil || e.Table.Title.Key != "digest.kinds" {
			continue
		}
		for _, row := range e.Table.Rows {
			if row[2].Number == nil || row[3].Number != nil || row[3].Text != "–" {
				t.Errorf("%+v", row)
			}
		}
		return
	}
	t.Error("no table of kinds")
}
