package bot

import (
	"testing"

	"huiyin/kb"
)

// Of an intent and the article that it leads to, only one is offered.
func TestAddHitsOffersNothingTwice(t *testing.T) {
	tn := &turn{d: &Dialogue{byName: map[string]*IntentSpec{"bulk": {Name: "bulk", Article: "bulk-orders"}}}}
	got := tn.addHits([]Button{{Title: "Orders for companies", Action: "intent:bulk"}}, []kb.Hit{
		{Citation: kb.Citation{Root: "bulk-orders", Title: "Orders for companies and groups"}}, {Citation: kb.Citation{Root: "gift-wrap", Title: "Gift wrapping"}}, {Citation: kb.Citation{Root: "cards", Title: "Gift wrapping"}},
	})
	if len(got) != 2 || got[0].Action != "intent:bulk" || got[1].Action != "article:gift-wrap" {
		t.Errorf("%+v", got)
	}
}
