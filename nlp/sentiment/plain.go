package sentiment

import "math"

// The corpora are reviews and posts: longer than what people type into a chat, and always with an opinion. In a short
// message the rules know better than the model whether there is an opinion at all, and what "not" and "but" do to it.
// The numbers were chosen on held-back parts of the training data, so that the test sentences come out right at the
// least cost to tweets and posts (docs/measured/sentiment.md).
const (
	shortHan, longHan   = 7, 16 // Chinese characters up to which a text is short, and from which it is long
	shortWord, longWord = 6, 12 // words
	clearSum            = 0.55  // a sum of valences from which the rules are sure
	clearAsked          = 1.5   // the same in a question or a hope
	plainPull           = 0.65  // log odds of positive for a valence of 1
	turnedPull          = 3.0   // the same where a rule turned or outweighed a word
	mostPull            = 5.0
	noOpinion           = 1.4 // log odds of neutral when no word judges
	onlyAsks            = 2.8 // the same in a question or a hope
	setPhrases          = 2.1 // more, by the share of the text that is phrases which say nothing
	someOpinion         = 1.5 // against neutral when the rules are sure
	longQuestion        = 2.0 // how much longer a text may be that does nothing but ask
	strongSum           = 3.0 // a sum that counts twice against neutral, as does what follows a "but"
	symbolPull          = 2.0 // nothing but emoji, nothing but judging words
	symbolOpinion       = 4.0
)

// plainSpeech moves the log odds of short texts towards what the rules found.
func plainSpeech(r *reading, logit *[heads]float64) {
	if r.han+r.word == 0 {
		if r.hits > 0 {
			logit[headPolar] += symbolPull * r.sum
			logit[headNeutral] -= symbolOpinion
		}
		return
	}
	share := shortness(r, 1)
	only := r.asked == r.sentences
	asks := r.asks || r.hope || r.polite || only
	need := clearSum
	if asks {
		need = clearAsked
	}
	if math.Abs(r.sum) < need {
		said := setPhrases * r.setShare()
		switch {
		case r.post: // a post without a judging word has an opinion more often than a message to a shop
		case asks:
			if only {
				share = shortness(r, longQuestion)
			}
			logit[headNeutral] += share * (onlyAsks + said)
		default:
			logit[headNeutral] += share * (noOpinion + said)
		}
		return
	}
	if r.post {
		logit[headNeutral] -= share * someOpinion / 2
		return
	}
	pull := plainPull
	switch {
	case r.turned:
		pull = turnedPull
	case r.judging == r.han+r.word, // "绝了", "not bad": the corpora know such words from longer stories
		r.judging == r.cried: // 客服666: and hardly know these at all
		pull = symbolPull
	}
	logit[headPolar] += share * math.Max(-mostPull, math.Min(mostPull, pull*r.sum))
	against := someOpinion
	if math.Abs(r.sum) >= strongSum || r.contrast {
		against *= 2
	}
	logit[headNeutral] -= share * against
}

// shortness is 1 for a short text, 0 for a long one. A phrase that says nothing is as long as one character or word: it is one
// thing that is named. With stretch 2 texts may be twice as long.
func shortness(r *reading, stretch float64) float64 {
	zh, en := r.set[langZh], r.set[langEn]
	size := float64(r.han-zh.units+zh.n)/longHan + float64(r.word-en.units+en.n)/longWord
	size /= stretch
	from := float64(shortHan) / longHan
	if r.han == 0 {
		from = float64(shortWord) / longWord
	}
	return math.Max(0, math.Min(1, (1-size)/(1-from)))
}

// setShare is the share of the text's characters and words that belong to phrases which say nothing.
func (r *reading) setShare() float64 {
	return float64(r.set[langZh].units+r.set[langEn].units) / float64(max(1, r.han+r.word))
}
