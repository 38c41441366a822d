package sentiment

import "huiyin/nlp"

// emotionReach is how many units a negator may stand before an emotion word: 不用担心, "don't you worry".
const emotionReach = 4

// feelings collects the emotions that the lexicon names and that nothing denies.
func (rd *reader) feelings() class {
	var out class
	for k := range rd.found {
		f := rd.found[k]
		if f.class&isEmotion == 0 || rd.found[k].class&isMood != 0 && rd.ofWork(k) {
			continue
		}
		denied := false
		for p := k - 1; p >= 0 && f.from-rd.found[p].to < emotionReach && !rd.broken(rd.found[p].to-1, f.from); p-- {
			rd.steps++
			if rd.found[p].class&isNegator != 0 && rd.found[p].class&isValence == 0 {
				denied = !denied
			}
		}
		if !denied {
			out |= f.class & isEmotion
		}
	}
	return out
}

// emotionsOf lists the emotions of a text, in a fixed order. Anger, disappointment and worry need a text that is not
// positive; gratitude needs one that is not sarcastic.
func emotionsOf(r *reading, v verdict) []nlp.Emotion {
	var out []nlp.Emotion
	positive := v.polarity() == nlp.Positive
	for _, e := range []nlp.Emotion{nlp.Anger, nlp.Disappointment, nlp.Worry, nlp.Gratitude} {
		if r.emotions&emotionClass[e] == 0 {
			continue
		}
		if e == nlp.Gratitude && r.sarcasm || e != nlp.Gratitude && positive {
			continue
		}
		out = append(out, e)
	}
	return out
}
