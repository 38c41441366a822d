package kb

import (
	"fmt"
	"slices"
	"strings"

	"huiyin/kb/wording"
	"huiyin/nlp"
)

// tracedCandidates is how many articles a trace shows.
const tracedCandidates = 10

// pointNames are the parts of a score by name, in the order of parts.points.
var pointNames = [numParts]string{"words", "pairs", "characters", "pieces", "learned", "meaning", "body", "exact", "across", "apart", "near", "crowd", "clauses"}

// named are the parts by name, for people.
func (p parts) named() map[string]float64 {
	m := map[string]float64{"learned": p.learned, "meaning": p.meaning, "body": p.body, "near": p.near}
	for k := range p.overlap {
		m[pointNames[k]] = p.overlap[k]
	}
	return m
}

// trace explains an outcome.
func (c *catalog) trace(a analyzed, list []ranked, out Answer, d *decider) *Trace {
	c.mu.RLock()
	defer c.mu.RUnlock()
	t := &Trace{Thresholds: [2]float64{d.answerAt, d.offerAt}, Corrected: a.fixes}
	if len(list) > 0 {
		t.Thresholds[0] = d.border(list[0])
		t.Among = d.among.probability(evidenceOf(list, 0, len(a.tokens)))
	}
	if t.Thresholds[0] > d.exactAt {
		t.Usual = d.exactAt
	}
	for _, term := range a.indexTerms(nil, map[string]bool{}) {
		if concept, ok := strings.CutPrefix(term, conceptMark); ok {
			t.Expanded = append(t.Expanded, concept)
			continue
		}
		t.Terms = append(t.Terms, term)
	}
	for _, r := range list[:min(tracedCandidates, len(list))] {
		t.Candidates = append(t.Candidates, c.candidate(a, r))
	}
	switch out.Decision {
	case DecideAnswer:
		t.Reason = fmt.Sprintf("%q is answered: its confidence %.2f reaches %.2f.", out.Hits[0].Title, out.Hits[0].Confidence, t.Thresholds[0])
	case DecideClarify:
		t.Reason = fmt.Sprintf("The customer is asked: the best confidence %.2f is below %.2f, but that one of the first three is right, %.2f, reaches %.2f.",
			out.Hits[0].Confidence, t.Thresholds[0], t.Among, d.offerAt)
	default:
		t.Reason = "Nothing is near enough, or the question has no word that says what it is about."
	}
	return t
}

// candidate says where an article has the words of a question.
func (c *catalog) candidate(a analyzed, r ranked) Candidate {
	out := Candidate{Article: r.entry.article.ID, Title: r.entry.article.Title, First: r.first, Second: r.score,
		Parts: r.parts.named(), Points: map[string]float64{}}
	for k, x := range r.parts.points {
		if x != 0 {
			out.Points[pointNames[k]] = x
		}
	}
	var ph phrase
	if r.phrase >= 0 && r.phrase < len(r.entry.phrases) {
		ph = r.entry.phrases[r.phrase]
		out.Wording = slices.Collect(wordings(r.entry.article))[r.phrase]
	}
	body := map[uint32]bool{}
	for id := range unpack(r.entry.body) {
		body[id] = true
	}
	for _, t := range contentWords(a.tokens) {
		id, known := c.words.ids[string(wording.Word)+t.Term]
		inWording, inBody := known && slices.Contains(ph.features, id), known && body[id]
		if inWording {
			out.InWording = append(out.InWording, t.Text)
		}
		if inBody {
			out.InBody = append(out.InBody, t.Text)
		}
		if !inWording && !inBody {
			out.Missing = append(out.Missing, t.Text)
		}
	}
	return out
}

// contentWords are the words of a text that mean something, each once.
func contentWords(tokens []nlp.Token) []nlp.Token {
	var out []nlp.Token
	seen := make(map[string]bool, len(tokens))
	for _, t := range tokens {
		if t.Term == "" || t.Text == "" || t.Stop || seen[t.Term] {
			continue
		}
		seen[t.Term] = true
		out = append(out, t)
	}
	return out
}
