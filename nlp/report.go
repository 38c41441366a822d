package nlp

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/rivo/uniseg"
)

// ErrLineTooLong says that a line of input has more than MaxLineBytes.
var ErrLineTooLong = errors.New("line is too long")

// MaxLineBytes bounds one text of AnalyzeLines.
const MaxLineBytes = 16 << 20

// Analyzer is what reads one text: a Pipeline or a chain.Chain.
type Analyzer interface {
	Analyze(ctx context.Context, text string) (Analysis, error)
}

// AnalyzeLines reads one text a line and writes its Analysis as one line of JSON before it reads the next, so that it
// can stand in a conversation of programs. With explain it writes a table for a person instead, labelled in lang. Empty
// lines are texts as well. Errors name the line.
func AnalyzeLines(ctx context.Context, by Analyzer, in io.Reader, out io.Writer, explain bool, lang Lang) error {
	sc := bufio.NewScanner(in)
	sc.Buffer(make([]byte, 0, 64<<10), MaxLineBytes)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	line := 0
	for sc.Scan() {
		line++
		a, err := by.Analyze(ctx, strings.TrimSuffix(sc.Text(), "\r"))
		if err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
		if explain {
			_, err = io.WriteString(out, Explain(a, lang))
		} else {
			err = enc.Encode(a)
		}
		if err != nil {
			return fmt.Errorf("line %d: write: %w", line, err)
		}
	}
	if errors.Is(sc.Err(), bufio.ErrTooLong) {
		return fmt.Errorf("line %d: %w: at most %d MB", line+1, ErrLineTooLong, MaxLineBytes>>20)
	}
	return sc.Err()
}

// explainLabels are the row names of Explain.
type explainLabels struct {
	text, lang, mixed, tokens, intent, ambiguous, none, sentiment, flags, entities, pii string
	polarity                                                                            map[Polarity]string
}

func labelsIn(lang Lang) explainLabels {
	if lang.Base() == LangChinese {
		return explainLabels{"原文", "语言", "中英混用", "词", "意图", "与次选接近，应追问", "无", "情感", "标记", "实体", "个人信息",
			map[Polarity]string{Negative: "负面", Neutral: "中性", Positive: "正面"}}
	}
	return explainLabels{"text", "language", "both languages", "tokens", "intent", "close to the runner-up: ask", "none", "sentiment", "flags",
		"entities", "personal data", map[Polarity]string{Negative: "negative", Neutral: "neutral", Positive: "positive"}}
}

// Explain is an Analysis as a table that a person can read, ending in an empty line. Stop words are in brackets.
func Explain(a Analysis, lang Lang) string {
	l := labelsIn(lang)
	t := table{}
	t.row(l.text, oneLine(a.Text))
	t.row(l.lang, string(a.Lang)+note(a.Mixed, l.mixed))
	t.row(l.tokens, tokenLine(a.Tokens))
	t.row(l.intent, fmt.Sprintf("%s  %.2f%s", a.Intent.Name, a.Intent.Confidence, note(a.Ambiguous, l.ambiguous)))
	for i, r := range a.Ranking {
		t.row("", fmt.Sprintf("%d. %-28s %.2f %s", i+1, r.Name, r.Confidence, bar(float64(r.Confidence))))
	}
	s := a.Sentiment
	t.row(l.sentiment, fmt.Sprintf("%s  %+.2f%s", l.polarity[s.Polarity], s.Score, note(len(s.Emotions) > 0, joined(s.Emotions))))
	for _, r := range s.Reasons {
		t.row("", fmt.Sprintf("%+.2f  %s  %s", r.Weight, pad(oneLine(r.Text), 14), r.Rule))
	}
	t.row(l.flags, orNone(joined(a.Flags), l.none))
	for i, e := range a.Entities {
		t.row(first(i, l.entities), fmt.Sprintf("%-9s %s → %s", e.Kind, oneLine(e.Text), e.Value))
	}
	for i, p := range a.PII {
		raw := Span{max(p.Start, 0), min(p.End, len(a.Text))}
		if raw.Start < raw.End {
			t.row(first(i, l.pii), fmt.Sprintf("%-9s %s", p.Kind, oneLine(maskOne(a.Text[raw.Start:raw.End], p.Kind))))
		}
	}
	return t.String()
}

// table aligns names and values by the columns that they take on a terminal, where a Chinese character takes two.
type table struct{ b strings.Builder }

const nameColumns = 14

func (t *table) row(name, value string) {
	t.b.WriteString(strings.TrimRight(pad(name, nameColumns)+value, " "))
	t.b.WriteByte('\n')
}

func (t *table) String() string { return t.b.String() + "\n" }

// pad fills s with spaces up to the given number of terminal columns.
func pad(s string, columns int) string {
	return s + strings.Repeat(" ", max(1, columns-uniseg.StringWidth(s)))
}

// bar draws a share as ten cells.
func bar(share float64) string {
	n := max(0, min(10, int(share*10+0.5)))
	return strings.Repeat("█", n) + strings.Repeat("░", 10-n)
}

func note(show bool, text string) string {
	if !show {
		return ""
	}
	return "  (" + text + ")"
}

func first(i int, name string) string {
	if i > 0 {
		return ""
	}
	return name
}

func orNone(s, none string) string {
	if s == "" {
		return none
	}
	return s
}

func joined[T ~string](list []T) string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return strings.Join(out, ", ")
}

// oneLine keeps control characters of a text off the terminal, and long texts short.
func oneLine(s string) string {
	const most = 200
	s = strings.Map(func(r rune) rune {
		if invisible(r) || r == '\n' || r == '\t' || r == '\r' {
			return ' '
		}
		return r
	}, s)
	n := 0
	for i := range s {
		if n == most {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

// tokenLine shows tokens with their term where it differs, and stop words in brackets.
func tokenLine(tokens []Token) string {
	var out []string
	for i, tk := range tokens {
		if i == 60 {
			out = append(out, "…")
			break
		}
		w := tk.Text
		if tk.Term != tk.Text {
			w += "→" + tk.Term
		}
		if tk.Stop {
			w = "(" + w + ")"
		}
		out = append(out, oneLine(w))
	}
	return strings.Join(out, " ")
}
