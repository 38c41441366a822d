package kb

import (
	"fmt"
	"testing"

	"huiyin/nlp"
)

// attuning is a searcher over a small base about one subject, with the shipped models.
func attuning(t *testing.T) (*Searcher, []string) {
	t.Helper()
	c := realCatalog(t)
	titles := []string{
		"How do I book a tennis court?", "When is the swimming pool open?", "What does a membership cost?", "Can I bring a guest?",
		"How do I cancel my membership?", "Where can I park my car?", "Are there lockers for my clothes?", "Is there a trainer for beginners?",
		"Can I rent a racket?", "Which shoes may I wear on the court?", "Is the sauna mixed?", "How do I get a towel?",
	}
	var list []Article
	for i, title := range titles {
		id := fmt.Sprintf("a%d", i)
		list = append(list, Article{ID: ArticleID(id), Root: RootID(id), Lang: nlp.LangEnglish, Status: Published, Title: title})
	}
	s := NewSearcher(Config{Store: Fixed(list), Tokenizer: c.tok, Models: c.models})
	s.remember(list, 1)
	return s, titles
}

// questionsOf puts each of some texts into each of some frames.
func questionsOf(texts []string, frames ...string) []Query {
	var out []Query
	for _, frame := range frames {
		for _, text := range texts {
			out = append(out, Query{Text: fmt.Sprintf(frame, text), Lang: nlp.LangEnglish})
		}
	}
	return out
}

// TestAttune: where customers ask what articles do not say, it takes more to be answered; where they ask what they say, and of
// few questions, nothing changes; a wording word for word is answered as ever.
func TestAttune(t *testing.T) {
	s, titles := attuning(t)
	usual := shippedDecider(true).answerAt
	far := questionsOf([]string{"my knee", "the juice bar", "a birthday party", "the coach of my son", "yoga", "a job", "the music", "dogs", "lost keys", "the crowd at six"},
		"what about %s", "i have a problem with %s", "anything on %s tonight", "who deals with %s", "tell me more of %s", "is %s still a thing")
	near := questionsOf(titles, "hi, %s", "%s thanks a lot", "quick question: %s", "hello there %s", "%s my wife asks")
	for _, tc := range []struct {
		name   string
		asked  []Query
		raised bool
	}{
		{"none", nil, false}, {"few", far[:leastAsked-1], false}, {"far", far, true}, {"near", near, false},
		{"far again", far, true}, {"word for word alone", questionsOf(titles, "%s", "%s", "%s", "%s", "%s"), false},
	} {
		to, err := s.Attune(t.Context(), tc.asked)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.decides().answerAt; got != to.AnswerAt || got > usual != tc.raised || got < usual || got >= 1 {
			t.Errorf("%s: the border is %.3f of usually %.3f, attuned %+v", tc.name, got, usual, to)
		}
	}
	if _, err := s.Attune(t.Context(), far); err != nil {
		t.Fatal(err)
	}
	answers := 0
	for _, q := range questionsOf(titles, "%s") {
		a, err := s.Search(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if a.Decision == DecideAnswer {
			answers++
		}
	}
	if answers != len(titles) {
		t.Errorf("%d of %d titles are answered word for word", answers, len(titles))
	}
	s.own.Store(&decider{answerAt: 0.7})
	if to, err := s.Attune(t.Context(), far); err != nil || to.AnswerAt != usual || s.decides().answerAt != 0.7 {
		t.Errorf("with curves of its own: %+v, %v, the border is %v", to, err, s.decides().answerAt)
	}
}

// TestRightShare: the share of right ones is found from confidences that were made for another one.
func TestRightShare(t *testing.T) {
	for _, share := range []float64{0.2, 0.5, usualShare, 0.9} {
		var sure []float64
		k := odds(share)
		for i := range 4000 { // confidences of questions of which a share is right, as who expects usualShare sees them
			truth := drawnConfidence(i, share)
			sure = append(sure, truth/(truth+k*(1-truth)))
		}
		if got := rightShare(sure); got < share-0.03 || got > share+0.03 {
			t.Errorf("%.3f are right, found %.3f", share, got)
		}
	}
	if got := rightShare([]float64{1, 1, 1}); got >= 1 {
		t.Errorf("the share is %v", got)
	}
	if a, b := raised(0.89, 0.3), raised(0.89, 0.9); a <= 0.89 || a >= 1 || b != 0.89 {
		t.Errorf("borders %v and %v", a, b)
	}
}

// drawnConfidence is a calibrated confidence whose mean is a share: of a tenth nothing is known, of the others nearly all.
func drawnConfidence(i int, share float64) float64 {
	switch {
	case i%10 == 0:
		return share
	case float64(i*7919%4000)/4000 < share:
		return 0.97 + 0.03*0.5*share
	}
	return 0.03 * 0.5 * share
}
