package sentiment

import (
	"maps"
	"slices"

	"huiyin/nlp"
)

// second fits the logistic model of one head and language.
func (t *trainer) second(head, lang int, crossed []margins, in func(*example) bool) []float64 {
	var rows [][secondCount]float64
	var y, cost []float64
	for i, e := range t.all {
		if e.second[head] == 0 || e.lang != lang || !in(e) {
			continue
		}
		var in [heads][secondCount]float64
		secondFeatures(&crossed[i], &e.r, &in)
		rows = append(rows, in[head])
		if e.sign(head) > 0 {
			y = append(y, 1)
		} else {
			y = append(y, 0)
		}
		cost = append(cost, e.second[head])
	}
	return fitLogistic(rows, y, cost)
}

// shift chooses what is added to the log odds of a language when all three classes compete: the best sum of accuracy
// and macro-F1 on margins of texts that the model did not see. Rare classes gain by it.
func (t *trainer) shift(m *model, lang int, crossed []margins, in func(*example) bool) {
	const step, reach = 0.1, 6
	var logits [][heads]float64
	var labels []int8
	for i, e := range t.all {
		if e.second[headNeutral] == 0 || e.lang != lang || !in(e) {
			continue
		}
		logits, labels = append(logits, m.logits(&crossed[i], &e.r, true)), append(labels, e.label)
	}
	names := map[int8]nlp.Polarity{-1: nlp.Negative, 0: nlp.Neutral, 1: nlp.Positive}
	best := -1.0
	for a := -reach; a <= reach; a++ {
		for b := -reach; b <= reach; b++ {
			confusion := make(map[[2]nlp.Polarity]int)
			add := [heads]float64{float64(a) * step, float64(b) * step}
			for i, x := range logits {
				x[headPolar] += add[headPolar]
				x[headNeutral] += add[headNeutral]
				var v verdict
				v.neg, v.neu, v.pos = probabilities(x, true)
				confusion[[2]nlp.Polarity{names[labels[i]], v.polarity()}]++
			}
			if r := summarise(confusion, true); r.Accuracy+r.MacroF1 > best+1e-9 {
				best = r.Accuracy + r.MacroF1
				for h := range heads {
					m.Shift[h][lang] = add[h]
				}
			}
		}
	}
	t.log.Info("shift", "language", lang, "accuracy plus macro-F1", best)
}

// report logs how the texts of each data set fare under models that did not see them.
func (t *trainer) report(m *model, crossed []margins, in func(*example) bool) {
	names := map[int8]nlp.Polarity{-1: nlp.Negative, 0: nlp.Neutral, 1: nlp.Positive}
	confusion := make(map[string]map[[2]nlp.Polarity]int)
	three := make(map[string]bool)
	for _, e := range t.all {
		three[e.set] = three[e.set] || e.second[headNeutral] != 0 || e.cost[headNeutral] != 0 && e.second[headPolar] == 0
	}
	for i, e := range t.all {
		if !in(e) || e.label == 0 && !three[e.set] {
			continue
		}
		var v verdict
		v.neg, v.neu, v.pos = probabilities(m.logits(&crossed[i], &e.r, three[e.set]), three[e.set])
		if confusion[e.set] == nil {
			confusion[e.set] = make(map[[2]nlp.Polarity]int)
		}
		confusion[e.set][[2]nlp.Polarity{names[e.label], v.polarity()}]++
	}
	for _, set := range slices.Sorted(maps.Keys(confusion)) {
		r := summarise(confusion[set], three[set])
		t.log.Info("cross-fitted", "set", set, "texts", r.N, "accuracy", round(r.Accuracy), "macro-F1", round(r.MacroF1))
	}
}
