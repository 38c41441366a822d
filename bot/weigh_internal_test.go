package bot

import (
	"testing"

	"huiyin/kb"
	"huiyin/nlp"
)

// TestOutweighs: an intent's article is shown when the articles do not speak for another one, and the surer the intent, the more
// they may.
func TestOutweighs(t *testing.T) {
	hits := func(all ...any) (out []kb.Hit) {
		for i := 0; i < len(all); i += 2 {
			out = append(out, kb.Hit{Citation: kb.Citation{Root: kb.RootID(all[i].(string))}, Confidence: nlp.Confidence(all[i+1].(float64))})
		}
		return out
	}
	shows, does := &IntentSpec{Article: "own"}, &IntentSpec{Form: "order"}
	for _, c := range []struct {
		name       string
		spec       *IntentSpec
		confidence nlp.Confidence
		decision   kb.Decision
		hits       []kb.Hit
		want       bool
	}{
		{"both agree", shows, 0.5, kb.DecideClarify, hits("own", 0.7, "other", 0.05), true},
		{"its article is nearest, and hardly so", shows, 0.5, kb.DecideClarify, hits("own", 0.4, "other", 0.35), false},
		{"surer, and hardly nearest", shows, 0.96, kb.DecideClarify, hits("own", 0.4, "other", 0.35), true},
		{"another one is much nearer", shows, 0.85, kb.DecideClarify, hits("other", 0.8, "own", 0.09), false},
		{"another one is near, its own is not", shows, 0.9, kb.DecideClarify, hits("other", 0.6), false},
		{"nothing is near", shows, 0.85, kb.DecideNothing, hits("other", 0.1), true},
		{"no search", shows, 0.8, "", nil, true},
		{"an answer is less sure than the intent", shows, 0.95, kb.DecideAnswer, hits("other", 0.9), true},
		{"an answer is surer", shows, 0.85, kb.DecideAnswer, hits("other", 0.9), false},
		{"the answer is its own", shows, 0.95, kb.DecideAnswer, hits("own", 0.9), false},
		{"a form, sure", does, 0.8, kb.DecideClarify, hits("other", 0.8), true},
		{"a form, half sure, with an article near", does, 0.7, kb.DecideClarify, hits("other", 0.8), false},
		{"a form, half sure, with none", does, 0.5, kb.DecideNothing, hits("other", 0.2), true},
	} {
		if got := outweighs(c.spec, c.confidence, kb.Answer{Decision: c.decision, Hits: c.hits}); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
