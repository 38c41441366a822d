package intent

import (
	"fmt"

	"huiyin/nlp"
)

// Advice is given for what is worth an editor's time.
const (
	confusedOften = 3   // questions that one intent loses to another
	foundSeldom   = 0.7 // share of its questions that an intent finds
	wordTooLittle = 0.1 // calibration error
	caughtSeldom  = 0.5 // share of out-of-scope questions caught
)

// advice is what to do first, the most pressing first, in the page's language.
func (r *report) advice() []string {
	say := func(en, zh string, args ...any) string {
		if r.Lang == nlp.LangChinese {
			return fmt.Sprintf(zh, args...)
		}
		return fmt.Sprintf(en, args...)
	}
	var out []string
	if len(r.Pairs) > 0 && r.Pairs[0].Count >= confusedOften && !r.Pairs[0].Nothing {
		p := r.Pairs[0]
		out = append(out, say("Tell %s and %s apart: %d questions of the first were taken for the second. Compare their examples below.",
			"把 %s 和 %s 分清：前者有 %d 条问题被当成了后者，请对照下面的例句。", p.Real, p.Taken, p.Count))
	}
	if len(r.Weak) > 0 && r.Weak[0].Found < foundSeldom {
		w := r.Weak[0]
		out = append(out, say("Mend %s: only %.0f %% of its questions are found.", "改进 %s：它的问题只认出了 %.0f %%。", w.Label, 100*w.Found))
	}
	if len(r.Hungry) > 0 {
		h := r.Hungry[0]
		out = append(out, say("Add examples to %s: with half of them it found %.0f %% of its questions, with all %d it finds %.0f %%.",
			"给 %s 补例句：只用一半例句时找回 %.0f %%，用上全部 %d 句后找回 %.0f %%。", h.Label, 100*h.Half, h.Examples, 100*h.Full))
	}
	if n := r.Metrics.Operating.Recall; n != nil && *n < caughtSeldom {
		out = append(out, say("Add questions that the bot should not answer as out-of-scope examples: only %.0f %% of such questions are recognised.",
			"把机器人不该回答的问题加进“范围外”例句：这类问题目前只认出了 %.0f %%。", 100**n))
	}
	if r.ECE > wordTooLittle {
		out = append(out, say("Do not take confidences at their word: they are %.0f points off on average.",
			"不要全信置信度：平均偏差有 %.0f 个百分点。", 100*r.ECE))
	}
	return out
}

// closeOnes counts the test texts that the model finds ambiguous, and those whose intent is among the first two.
func (e *Evaluation) closeOnes() (n, right int) {
	for _, o := range e.Outcomes {
		if !o.Result.Ambiguous {
			continue
		}
		n++
		for _, r := range o.Result.Ranking[:min(2, len(o.Result.Ranking))] {
			if r.Name == o.Label {
				right++
			}
		}
	}
	return n, right
}
