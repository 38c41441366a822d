package render

import (
	"fmt"
	"io"
	"strings"

	"huiyin/feedback"
)

// markdown writes the digest as Markdown that is readable as plain text too.
func (v voice) markdown(out io.Writer, d feedback.Digest) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s · %s\n", inline(v.title(d)), lead(v.period(d)), inline(d.Zone))
	if d.Partial {
		fmt.Fprintf(&b, "\n**%s**\n", v.word("digest.partial"))
	}
	for _, block := range d.Shown() {
		fmt.Fprintf(&b, "\n## %s\n\n", v.section(block.Section))
		for _, e := range block.Elements {
			v.element(&b, e)
		}
	}
	fmt.Fprintf(&b, "\n---\n\n%s\n\n%s\n", v.word("digest.foot.noise"), v.word("digest.foot.privacy"))
	_, err := io.WriteString(out, b.String())
	return err
}

func (v voice) element(b *strings.Builder, e feedback.Element) {
	switch {
	case e.Sentence != nil:
		fmt.Fprintf(b, "- %s\n", lead(v.phrase(*e.Sentence)))
	case e.Metric != nil:
		m := *e.Metric
		_, change := v.change(m)
		notes := change
		if basis := v.basis(m); basis != "" && change == "" {
			notes = basis
		} else if basis != "" {
			notes = v.word("digest.line.notes", "basis", basis, "change", change)
		}
		fmt.Fprintf(b, "- %s\n", v.word("digest.line.metric", "name", inline(v.phrase(m.Name)), "value", v.amount(m), "notes", notes))
	case e.Chart != nil:
		v.markdownTable(b, chartTable(*e.Chart))
	case e.Heat != nil:
		v.markdownTable(b, heatTable(*e.Heat))
	case e.Load != nil:
		v.markdownTable(b, loadTable(*e.Load))
	case e.Table != nil:
		v.markdownTable(b, *e.Table)
	case e.Topic != nil:
		v.markdownTopic(b, *e.Topic)
	}
	v.markdownQuotes(b, e.Quotes)
}

func (v voice) markdownTopic(b *strings.Builder, t feedback.Topic) {
	line := v.count(t) + " · " + v.word("digest.topic.of", "share", percent(topicMetric(t).Value), "n", t.Of)
	if _, change := v.compared(t); change != "" {
		line += " · " + change
	}
	fmt.Fprintf(b, "\n### %s\n\n%s\n", inline(t.Name.In(v.lang)), line)
	if channels := v.channels(t); channels != "" {
		fmt.Fprintf(b, "\n%s\n", lead(channels))
	}
	if languages := v.languages(t); languages != "" {
		fmt.Fprintf(b, "\n%s\n", languages)
	}
	if tiers := v.tiers(t); tiers != "" {
		fmt.Fprintf(b, "\n%s\n", lead(tiers))
	}
	v.markdownQuotes(b, t.Quotes)
}

func (v voice) markdownQuotes(b *strings.Builder, quotes []feedback.Quote) {
	for _, q := range quotes {
		whence := inline(v.whence(q))
		if v.Link != nil && q.Conversation != "" {
			whence = "[" + whence + "](" + v.Link(string(q.Conversation)) + ")"
		}
		fmt.Fprintf(b, "\n> %s  \n> — %s\n", lead(q.Text), whence)
	}
}

// chartTable is a chart's numbers as a table.
func chartTable(c feedback.Chart) feedback.Table {
	t := feedback.Table{Title: c.Title, Columns: []feedback.Phrase{feedback.Say("digest.col.day")}}
	if len(c.Labels) > 0 && len(c.Labels[0]) == len("00") { // hours of the day
		t.Columns[0] = feedback.Say("digest.col.hour")
	}
	for _, s := range c.Series {
		t.Columns = append(t.Columns, s.Name)
	}
	for i, label := range c.Labels {
		row := []feedback.Cell{{Text: label}}
		for _, s := range c.Series {
			row = append(row, feedback.Cell{Number: &s.Values[i], Unit: c.Unit})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (v voice) markdownTable(b *strings.Builder, t feedback.Table) {
	fmt.Fprintf(b, "\n**%s**\n\n", inline(v.phrase(t.Title)))
	if len(t.Rows) == 0 {
		fmt.Fprintf(b, "%s\n", v.phrase(t.Empty))
		return
	}
	line := func(cells []string) { fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | ")) }
	var head, rule []string
	for _, c := range t.Columns {
		head, rule = append(head, inline(v.phrase(c))), append(rule, "---")
	}
	line(head)
	line(rule)
	for _, row := range t.Rows {
		var cells []string
		for _, c := range row {
			cells = append(cells, inline(v.cell(c)))
		}
		line(cells)
	}
	b.WriteByte('\n')
}

// inline makes text from outside stand for itself within a line of Markdown, in CommonMark with the additions of GitHub (tables, and
// addresses that become links by themselves) and in what packages channels and Slack read: by backslashes, which all of them know.
func inline(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	return strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "&", `\&`, "|", `\|`, "#", `\#`, "~", `\~`,
		"@", `\@`, "://", `\://`, "www.", `www\.`, "WWW.", `WWW\.`, "Www.", `Www\.`).Replace(s)
}

// lead is inline where a line begins: a dash there, or a number with a point, would make a list.
func lead(s string) string {
	s = inline(s)
	digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
	switch {
	case s != "" && strings.ContainsRune("-+=", rune(s[0])):
		return `\` + s
	case digits > 0 && digits < len(s) && (s[digits] == '.' || s[digits] == ')'):
		return s[:digits] + `\` + s[digits:]
	}
	return s
}
