package kb

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"huiyin/nlp"
)

// partNames are the parts of a score in the order of an explanation, with their names for people.
var partNames = [...]struct{ key, en, zh string }{
	{"words", "same words", "相同的词"},
	{"characters", "same characters", "相同的字"},
	{"pairs", "same character pairs", "相同的双字"},
	{"pieces", "same word pieces", "相同的词片"},
	{"learned", "same thing in other words", "换一种说法"},
	{"meaning", "words of like meaning", "近义词"},
	{"body", "said in the text", "正文提到"},
}

// WriteExplanation writes for an editor why a question was answered as it was, in the question's language. The answer
// must come from a Query with Explain.
func WriteExplanation(w io.Writer, text string, a Answer) error {
	if a.Trace == nil {
		return fmt.Errorf("kb: explain: the answer has no trace: search with Explain")
	}
	say := func(en, zh string) string { return en }
	if guessLang(text) == nlp.LangChinese {
		say = func(en, zh string) string { return zh }
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", say("Question:", "问题："), text)
	fmt.Fprintf(&b, "%s %s\n", say("Searched for:", "检索词："), strings.Join(a.Trace.Terms, " · "))
	if len(a.Trace.Expanded) > 0 {
		fmt.Fprintf(&b, "%s %s\n", say("Also searched for:", "扩展词："), strings.Join(a.Trace.Expanded, " · "))
	}
	fmt.Fprintf(&b, "%s %s\n", say("Outcome:", "结果："), explainDecision(a, say))
	if len(a.Trace.Candidates) > 0 {
		b.WriteString("\n")
		tw := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
		fmt.Fprintln(tw, say("score\tfirst stage\tarticle\ttitle", "得分\t初筛\t文章\t标题"))
		for _, c := range a.Trace.Candidates {
			fmt.Fprintf(tw, "%.3f\t%.2f\t%s\t%s\n", c.Second, c.First, c.Article, c.Title)
		}
		if err := tw.Flush(); err != nil {
			return fmt.Errorf("kb: explain: %w", err)
		}
		b.WriteString("\n" + explainRunnerUp(a.Trace.Candidates, say))
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("kb: explain: %w", err)
	}
	return nil
}

func explainDecision(a Answer, say func(en, zh string) string) string {
	best := 0.0
	if len(a.Hits) > 0 {
		best = float64(a.Hits[0].Confidence)
	}
	numbers := fmt.Sprintf(say("best confidence %.0f %%; answers from %.0f %%, asks back from %.0f %%",
		"最高置信度 %.0f%%；达到 %.0f%% 直接回答，达到 %.0f%% 请顾客确认"), 100*best, 100*a.Trace.Thresholds[0], 100*a.Trace.Thresholds[1])
	switch a.Decision {
	case DecideAnswer:
		return say("answered", "直接回答") + " (" + numbers + ")"
	case DecideClarify:
		return say("the customer is asked which one she means", "请顾客从几篇中选择") + " (" + numbers + ")"
	}
	return say("nothing is near enough; a gap is recorded", "没有足够接近的文章，记为知识缺口") + " (" + numbers + ")"
}

// explainRunnerUp says part by part where the best article beats the second.
func explainRunnerUp(list []Candidate, say func(en, zh string) string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", fmt.Sprintf(say("Why “%s” is first:", "“%s”排第一的原因："), list[0].Title))
	type line struct {
		text string
		gain float64
	}
	var lines []line
	for _, p := range partNames {
		x := list[0].Parts[p.key]
		text, gain := fmt.Sprintf("  %s: %.2f", say(p.en, p.zh), x), x
		if len(list) > 1 {
			y := list[1].Parts[p.key]
			text += fmt.Sprintf(say(" (runner-up %.2f)", "（第二名 %.2f）"), y)
			gain = x - y
			if x == 0 && y == 0 {
				continue
			}
		}
		if x > 0 || gain != 0 {
			lines = append(lines, line{text, gain})
		}
	}
	slices.SortStableFunc(lines, func(a, b line) int {
		switch {
		case a.gain > b.gain:
			return -1
		case a.gain < b.gain:
			return 1
		}
		return 0
	})
	for _, l := range lines {
		b.WriteString(l.text + "\n")
	}
	return b.String()
}
