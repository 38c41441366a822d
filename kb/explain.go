package kb

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"huiyin/nlp"
)

// pointTexts are the parts of a score with their names for people.
var pointTexts = map[string][2]string{
	"words":      {"same words", "用词相同"},
	"characters": {"same characters", "用字相同"},
	"pairs":      {"same neighbouring characters", "相邻两字相同"},
	"pieces":     {"same parts of words", "单词的一部分相同"},
	"learned":    {"the same in other words", "换了说法，意思相同"},
	"meaning":    {"words of like meaning", "词义相近"},
	"body":       {"said in the text", "正文里提到"},
	"near":       {"said anywhere in similar words", "全文里意思相近"},
	"exact":      {"asked word for word", "与文章里的问法一字不差"},
	"apart":      {"words on one side only", "只有一边有的词"},
	"crowd":      {"near to many articles", "与许多文章都相近"},
	"clauses":    {"its clauses one by one", "逐句比较"},
	"across":     {"translated word by word", "逐词翻译后相近"},
}

// explainer writes in the language of a question.
type explainer struct {
	strings.Builder
	zh bool
}

func (e *explainer) say(en, zh string) string {
	if e.zh {
		return zh
	}
	return en
}

// line writes a line of a name and a value; nothing where there is no value.
func (e *explainer) line(en, zh, value string) {
	if value != "" {
		fmt.Fprintf(e, "%s%s\n", e.say(en+": ", zh+"："), value)
	}
}

func (e *explainer) list(words []string) string { return strings.Join(words, e.say(", ", "、")) }

// ExplanationLang is the language to explain a question in where nobody asked for another: its own.
func ExplanationLang(text string) nlp.Lang { return guessLang(text) }

// WriteExplanation writes for an editor why a question was answered as it was, in Chinese or English: what was
// searched for, what was decided and by which border, the articles with the scores of both stages, where the first one
// has the words, and why the second one lost. The answer must come from a Query with Explain.
func WriteExplanation(w io.Writer, lang nlp.Lang, text string, a Answer) error {
	if a.Trace == nil {
		return fmt.Errorf("kb: explain: the answer has no trace: search with Explain")
	}
	e := &explainer{zh: lang.Base() == nlp.LangChinese}
	e.line("Question", "问题", text)
	var fixes []string
	for _, c := range a.Trace.Corrected {
		fixes = append(fixes, c.From+" → "+c.To)
	}
	e.line("Taken for typing errors", "当作错别字改正", e.list(fixes))
	e.line("Searched for", "检索词", strings.Join(a.Trace.Terms, " · "))
	e.line("Also, by synonyms", "同义词补充", strings.Join(a.Trace.Expanded, " · "))
	e.line("Decision", "结论", e.decision(a))
	if len(a.Trace.Candidates) > 0 {
		if err := e.candidates(a.Trace.Candidates); err != nil {
			return err
		}
		e.winner(a.Trace.Candidates[0])
		if len(a.Trace.Candidates) > 1 {
			e.runnerUp(a.Trace.Candidates[0], a.Trace.Candidates[1])
		}
	}
	if a.Trace.Usual > 0 {
		e.line("Border", "门槛", fmt.Sprintf(e.say("raised from %.0f %% to %.1f %%, since customers of late ask in other words than the articles, or what none answers",
			"从 %.0f%% 提高到 %.1f%%：近来客户的问法与文章差得远，或者问的没有文章能答"), 100*a.Trace.Usual, 100*a.Trace.Thresholds[0]))
	}
	e.advice(a)
	return write(w, e.String())
}

func (e *explainer) decision(a Answer) string {
	if len(a.Hits) == 0 {
		return e.say("no article shares anything with the question; it is noted as a gap", "没有任何文章与问题沾边，记为知识缺口")
	}
	first, among := 100*float64(a.Hits[0].Confidence), 100*a.Trace.Among
	answer, offer := 100*a.Trace.Thresholds[0], 100*a.Trace.Thresholds[1]
	switch a.Decision {
	case DecideAnswer:
		return fmt.Sprintf(e.say("answered. The first article is right with %.0f %%; from %.0f %% it is the answer.",
			"直接回答。第一篇有 %.0f%% 的把握是对的，达到 %.0f%% 就直接回答。"), first, answer)
	case DecideClarify:
		return fmt.Sprintf(e.say("the customer chooses from three. The first is right with %.0f %%, too little to answer (%.0f %%); that one of the three is right has %.0f %%, and %.0f %% is enough to offer them.",
			"请顾客从三篇中选。第一篇只有 %.0f%% 的把握，不够直接回答（要 %.0f%%）；前三篇里有对的，把握是 %.0f%%，达到 %.0f%% 就可以请顾客选。"), first, answer, among, offer)
	}
	if first >= answer || among >= offer { // see leastTelling
		return e.say("no answer: its words stand in nearly every text, so it does not say what it is about; it is noted as a gap",
			"不回答：这些词哪儿都常见，看不出问的是什么；记为知识缺口")
	}
	return fmt.Sprintf(e.say("no answer; it is noted as a gap. The first article is right with %.0f %% (an answer needs %.0f %%), one of the first three with %.0f %% (an offer needs %.0f %%).",
		"不回答，记为知识缺口。第一篇是对的只有 %.0f%% 的把握（直接回答要 %.0f%%），前三篇里有对的也只有 %.0f%%（请顾客选要 %.0f%%）。"), first, answer, among, offer)
}

func (e *explainer) candidates(list []Candidate) error {
	fmt.Fprintf(e, "\n%s\n", e.say("Articles, the best first (BM25: how well the words fit; score: after comparing the whole question):",
		"候选文章，最好的在前（BM25：词的匹配程度；得分：整句比较之后）："))
	tw := tabwriter.NewWriter(e, 0, 4, 2, ' ', 0)
	fmt.Fprintln(tw, e.say("  score\tBM25\tarticle\ttitle", "  得分\tBM25\t文章\t标题"))
	for _, c := range list {
		fmt.Fprintf(tw, "  %.3f\t%.2f\t%s\t%s\n", c.Second, c.First, c.Article, c.Title)
	}
	if err := tw.Flush(); err != nil {
		return fmt.Errorf("kb: explain: %w", err)
	}
	return nil
}

// quoted is a title in the quotation marks of the language; Chinese titles that hold such marks get corner brackets.
func (e *explainer) quoted(title string) string {
	return e.say("“"+title+"”", "《"+title+"》")
}

// winner says where the first article has the question's words.
func (e *explainer) winner(c Candidate) {
	fmt.Fprintf(e, "\n%s\n", fmt.Sprintf(e.say("%s is first (%s).", "第一：%s（%s）"), e.quoted(c.Title), c.Article))
	if c.Wording != c.Title {
		e.line("  nearest wording in it", "  最接近的问法", c.Wording)
	}
	e.line("  words in title or that wording", "  标题或问法里有", e.list(c.InWording))
	e.line("  words in its text", "  正文里有", e.list(c.InBody))
	e.line("  words it has nowhere", "  文章里没有", e.list(c.Missing))
}

// leastPoints is the smallest difference that is worth a word.
const leastPoints = 0.005

// runnerUp says what the second article lost by, and what spoke for it.
func (e *explainer) runnerUp(first, second Candidate) {
	fmt.Fprintf(e, "\n%s\n", fmt.Sprintf(e.say("%s (%s) is second, %.3f behind:", "第二：%s（%s），差 %.3f 分："), e.quoted(second.Title), second.Article, first.Second-second.Second))
	type part struct {
		name string
		gain float64
	}
	var parts []part
	for name := range pointTexts {
		if gain := first.Points[name] - second.Points[name]; math.Abs(gain) >= leastPoints {
			parts = append(parts, part{name, gain})
		}
	}
	slices.SortFunc(parts, func(a, b part) int { return cmp.Or(cmp.Compare(b.gain, a.gain), cmp.Compare(a.name, b.name)) })
	var lost, won []string
	for _, p := range parts {
		text := fmt.Sprintf("%s %.2f", e.say(pointTexts[p.name][0], pointTexts[p.name][1]), math.Abs(p.gain))
		if p.gain > 0 {
			lost = append(lost, text)
		} else {
			won = append(won, text)
		}
	}
	e.line("  it lost by", "  输在", e.list(lost))
	e.line("  it was better in", "  好在", e.list(won))
	e.line("  its nearest wording", "  它最接近的问法", second.Wording)
	e.line("  words it has nowhere", "  它没有的词", e.list(second.Missing))
}

// advice says what an editor can do.
func (e *explainer) advice(a Answer) {
	if a.Decision == DecideAnswer {
		return
	}
	e.WriteString(e.say("\nTo have it answered: add the question, as customers ask it, to the wordings of the article that answers it. If there is none, write one.\n",
		"\n想让它被回答：把顾客的原话加进对应文章的“问法”；还没有这样的文章，就写一篇。\n"))
}
