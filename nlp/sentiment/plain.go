package sentiment

import "math"

// The corpora are reviews and posts: longer than what people type into a chat, and always with an opinion. In a short
// message the rules know better than the model whether there is an opinion at all, and which.
const (
	shortHan, longHan   = 10, 26 // Chinese characters up to which a text is short, and from which it is long
	shortWord, longWord = 8, 16  // words
	clearSum            = 0.55   // a sum of valences from which the rules are sure
	clearAsked          = 1.5    // the same in a question
	rulePull            = 2.5    // log odds of a valence of 1
	ruleMost            = 5.0
	noOpinion           = 4.0 // log odds of neutral, when no word judges
	someOpinion         = 3.0
)

// plainSpeech moves the log odds of short texts to what the rules found.
func plainSpeech(r *reading, logit *[heads]float64) {
	share := shortness(r)
	if share == 0 {
		return
	}
	need := clearSum
	if r.asks {
		need = clearAsked
	}
	if math.Abs(r.sum) < need {
		logit[headNeutral] = (1-share)*logit[headNeutral] + share*noOpinion
		return
	}
	rule := math.Max(-ruleMost, math.Min(ruleMost, rulePull*r.sum))
	logit[headPolar] = (1-share)*logit[headPolar] + share*(rule+0.5*logit[headPolar])
	logit[headNeutral] = (1-share)*logit[headNeutral] - share*someOpinion
}

// shortness is 1 for a short text, 0 for a long one.
func shortness(r *reading) float64 {
	size := float64(r.han)/longHan + float64(r.word)/longWord
	from := float64(shortHan) / longHan
	if r.han == 0 {
		from = float64(shortWord) / longWord
	}
	return math.Max(0, math.Min(1, (1-size)/(1-from)))
}
