package sentiment

import (
	"math"
)

// Constants of the rules. Those with a source are from VADER (Hutto, Gilbert 2014), which measured them on rated
// sentences; the others were chosen on our training parts (docs/measured/sentiment.md).
const (
	negationFactor = -0.74 // VADER: "not good" is less bad than "bad"
	negatedBad     = -0.6  // "not bad", 不难吃: weaker praise
	capsBoost      = 0.733 // VADER
	exclaimBoost   = 0.292 // VADER, at most maxExclaims times
	maxExclaims    = 4     //
	beforeContrast = 0.5   // VADER
	afterContrast  = 1.5   // VADER
	normAlpha      = 15    // VADER: score = sum / sqrt(sum² + 15)
	questionGood   = 0.15  // "is it good?" hardly praises
	questionBad    = 0.5   // "is it bad?"
	hopeGood       = 0.25  // "I hope it is good"
	wishGood       = -0.8  // "I wish it were good"
	sarcasmGood    = -0.8  //
	emptyWish      = -1.0  // 要是能快点就好了: no word judges, the wish does
	emptySarcasm   = -1.5  // 我谢谢你全家
	emptyReproach  = -0.8  // why does nobody answer?
	reachHan       = 6     // units between a Chinese negator or degree word and its word
	reachWord      = 4     // the same in English
)

// reading is what the rules make of one text.
type reading struct {
	sum       float64 // of all weights
	good, bad float64 // the positive and the negative part of sum, both ≥ 0
	last      float64 // of the last sentence that says anything
	hits      int     // words that judge, after the rules
	judging   int     // units of those words
	cried     int     // those of them that are digits: 666
	strongest float64 // by absolute weight
	exclaims  int
	questions int
	caps      int
	custom    float64 // of words from an operator's own lexicon
	asks      bool    // some sentence is a question
	asked     int     // sentences that do nothing but ask, calmly
	sentences int
	polite    bool // its thanks close a request
	turned    bool // a rule turned or outweighed a word
	post      bool // it mentions, tags or links: a post, not a message to a shop
	wish      bool
	hope      bool
	contrast  bool
	sarcasm   bool
	negated   int
	emotions  class
	han, word int // units of each script
	set       [langs]phrases
	reasons   []reasonAt
}

// phrases counts what the lexicon knows to say nothing, though words or characters in it would (生日快乐, 信用卡, "return policy").
type phrases struct{ n, units int }

// reasonAt is a reason in unit positions.
type reasonAt struct {
	from, to int
	rule     string
	weight   float64
}

// Names of rules, as nlp.Reason.Rule has them.
const (
	ruleWord     = "word"
	ruleNegation = "negation"
	ruleDegree   = "degree"
	ruleContrast = "contrast"
	ruleQuestion = "question"
	ruleWish     = "wish"
	ruleEmoji    = "emoji"
	ruleSarcasm  = "sarcasm"
	ruleTopic    = "topic" // a mood said of a work
	ruleModel    = "model"
)

// reader applies the rules. It is scratch space: one text at a time.
type reader struct {
	units   []unit
	found   []found
	weights []float64 // beside found
	rules   []string  // beside found: the rule that did most to the word
	r       reading
	steps   int // units and entries looked at for this text; a test holds it to the length of the text
}

// read applies the rules to units in which found was found.
func (rd *reader) read() *reading {
	rd.r = reading{reasons: rd.r.reasons[:0]}
	rd.weights = append(rd.weights[:0], make([]float64, len(rd.found))...)
	rd.rules = append(rd.rules[:0], make([]string, len(rd.found))...)
	rd.census()
	for k, f := range rd.found {
		if f.class&isValence != 0 {
			rd.weigh(k)
		} else if f.class&isNeutral != 0 {
			p := &rd.r.set[langEn]
			if rd.units[f.from].kind == kindHan {
				p = &rd.r.set[langZh]
			}
			p.n++
			p.units += f.to - f.from
		}
	}
	lo := 0
	for from := 0; from < len(rd.units); {
		to := rd.sentenceEnd(from)
		hi := lo
		for hi < len(rd.found) && rd.found[hi].from < to {
			hi++
		}
		rd.sentence(from, to, lo, hi)
		from, lo = to, hi
	}
	rd.courtesies()
	rd.r.emotions = rd.feelings()
	rd.total()
	return &rd.r
}

// census counts what does not need a context.
func (rd *reader) census() {
	exclaim, question := hashString("!"), hashString("?")
	rd.steps += len(rd.units)
	for i := range rd.units {
		u := &rd.units[i]
		switch u.kind {
		case kindHan:
			rd.r.han++
		case kindWord:
			rd.r.word++
		case kindMark:
			if u.hash == exclaim {
				rd.r.exclaims++
			} else if u.hash == question {
				rd.r.questions++
			}
		case kindHandle, kindURL:
			rd.r.post = true
		}
		if u.caps {
			rd.r.caps++
		}
	}
}

// sentenceEnd is the unit after the sentence that begins at from, with its punctuation.
func (rd *reader) sentenceEnd(from int) int {
	i := from
	for i < len(rd.units) && rd.units[i].brk != breakSentence {
		i++
	}
	for i++; i < len(rd.units) && rd.units[i].kind == kindMark; i++ {
	}
	rd.steps += i - from
	return min(i, len(rd.units))
}

// weigh gives a sentiment word its weight from the words around it in its clause.
func (rd *reader) weigh(k int) {
	f := rd.found[k]
	w := float64(f.valence)
	rd.rules[k] = ruleWord
	if rd.units[f.from].kind == kindSymbol {
		rd.weights[k], rd.rules[k] = w, ruleEmoji
		return
	}
	if f.class&isMood != 0 && rd.ofWork(k) {
		rd.weights[k], rd.rules[k] = 0, ruleTopic
		return
	}
	degree, negations := rd.modifiers(k)
	if degree != 1 {
		rd.rules[k] = ruleDegree
	}
	w *= degree
	for i := f.from; i < f.to; i++ {
		if rd.units[i].caps {
			w += math.Copysign(capsBoost, w)
			break
		}
	}
	if negations%2 == 1 {
		rd.rules[k] = ruleNegation
		rd.r.negated++
		if w > 0 {
			w *= negationFactor
		} else {
			w *= negatedBad
		}
	}
	rd.weights[k] = w
}

// modifiers finds the degree words and negators that bear on the sentiment word k.
func (rd *reader) modifiers(k int) (degree float64, negations int) {
	degree = 1
	f := rd.found[k]
	reach := reachWord
	han := rd.units[f.from].kind == kindHan
	if han {
		reach = reachHan
	}
	for p := k - 1; p >= 0; p-- {
		rd.steps++
		m := rd.found[p]
		if f.from-m.to >= reach || rd.broken(m.to-1, f.from) {
			break
		}
		if m.class&(isContrast|isConcession) != 0 && m.class&(isNegator|isDegree) == 0 {
			break
		}
		if m.class&isDegree != 0 && (!han || f.from-m.to <= 2) {
			degree *= 1 + (float64(m.degree)-1)*math.Pow(0.95, float64(f.from-m.to))
		}
		if m.class&isNegator != 0 {
			negations++
			rd.weights[p] = 0 // "no" and "hardly" judge by themselves only when they turn nothing around
			continue
		}
		if m.class&isValence != 0 && han {
			break
		}
	}
	if n := k + 1; n < len(rd.found) {
		m := rd.found[n]
		if m.from-f.to <= 1 && !rd.broken(f.to-1, m.from) {
			if m.class&isNegatorAfter != 0 {
				negations++
			}
			if m.class&isDegree != 0 && m.from == f.to && m.class&isNegator == 0 && !rd.modifiesNext(n) {
				degree *= float64(m.degree)
			}
		}
	}
	return min(degree, 2.5), negations
}

// modifiesNext reports whether the degree word n stands right before another sentiment word, and so belongs to that.
func (rd *reader) modifiesNext(n int) bool {
	return n+1 < len(rd.found) && rd.found[n+1].class&isValence != 0 && rd.found[n+1].from-rd.found[n].to <= 1
}

// broken reports whether a clause ends between units i and j.
func (rd *reader) broken(i, j int) bool {
	for ; i < j; i++ {
		rd.steps++
		if rd.units[i].brk != breakNone {
			return true
		}
	}
	return false
}

// ofWork reports whether a mood describes a work: "sad song", 悲伤的音乐.
func (rd *reader) ofWork(k int) bool {
	f := rd.found[k]
	for n := k + 1; n < len(rd.found); n++ {
		rd.steps++
		m := rd.found[n]
		if m.from-f.to > 3 || rd.broken(f.to-1, m.from) {
			return false
		}
		if m.class&isWork != 0 {
			return true
		}
		if m.class&isMood == 0 {
			return false
		}
	}
	return false
}

// total adds the weights up and keeps the reasons.
func (rd *reader) total() {
	r := &rd.r
	for k, w := range rd.weights {
		if w == 0 {
			continue
		}
		f := rd.found[k]
		r.hits++
		r.judging += f.to - f.from
		if rd.units[f.from].slang {
			r.cried += f.to - f.from
		}
		if f.class&isCustom != 0 {
			r.custom += w
		}
		r.sum += w
		switch rd.rules[k] {
		case ruleNegation, ruleContrast, ruleSarcasm, ruleWish:
			r.turned = true
		}
		r.turned = r.turned || f.class&isTurned != 0
		if w > 0 {
			r.good += w
		} else {
			r.bad -= w
		}
		if math.Abs(w) > math.Abs(r.strongest) {
			r.strongest = w
		}
		r.reasons = append(r.reasons, reasonAt{from: f.from, to: f.to, rule: rd.rules[k], weight: w})
	}
	if r.sum != 0 {
		r.sum += math.Copysign(exclaimBoost*float64(min(r.exclaims, maxExclaims)), r.sum)
	}
}

// score is VADER's squashing of a sum of valences to -1..1.
func squash(sum float64) float64 { return sum / math.Sqrt(sum*sum+normAlpha) }
