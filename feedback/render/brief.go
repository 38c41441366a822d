package render

import (
	"fmt"
	"html/template"
	"strings"

	"huiyin/feedback"
)

// brief is the e-mail's page: no style sheet, no picture, so that every mail program shows it.
const brief = `<!doctype html><html lang="{{.Lang}}"><body style="font:16px/1.6 sans-serif;color:#1c2422;max-width:640px">
<h1 style="font-size:20px">{{.Title}}</h1><p style="color:#5b6865">{{.Period}}</p>
<ul>{{range .Sentences}}<li style="margin:0 0 8px">{{.}}</li>{{end}}</ul>
{{range .Tables}}<h2 style="font-size:16px">{{.Title}}</h2>{{if .Rows}}<table cellpadding="6" style="border-collapse:collapse">
<tr>{{range .Columns}}<th align="left" style="color:#5b6865;font-weight:normal">{{.}}</th>{{end}}</tr>
{{range .Rows}}<tr>{{range .}}<td style="border-top:1px solid #dfe5e3">{{.}}</td>{{end}}</tr>{{end}}</table>{{else}}<p>{{.Empty}}</p>{{end}}{{end}}
<p style="color:#5b6865">{{.Foot}}</p></body></html>`

type briefTable struct {
	Title, Empty string
	Columns      []string
	Rows         [][]string
}

// Brief is what an e-mail says of a digest, whose page goes with it as a file: a subject, and the three sentences and the
// changes as text and as HTML.
func (r *Renderer) Brief(d feedback.Digest, lang string) (subject, text, html string, err error) {
	v := r.voice(lang, d)
	d = scrubbed(d)
	view := map[string]any{"Lang": lang, "Title": v.title(d), "Period": v.period(d) + " · " + d.Zone, "Foot": v.word("digest.mail.foot")}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s · %s\n\n", v.title(d), v.period(d), d.Zone)
	var sentences []string
	var tables []briefTable
	for _, block := range d.Shown() {
		if block.Section != "headline" && block.Section != "changes" {
			continue
		}
		for _, e := range block.Elements {
			switch {
			case e.Sentence != nil:
				sentences = append(sentences, v.phrase(*e.Sentence))
				fmt.Fprintf(&b, "- %s\n", v.phrase(*e.Sentence))
			case e.Table != nil:
				t := v.briefTable(*e.Table)
				tables = append(tables, t)
				t.text(&b)
			}
		}
	}
	fmt.Fprintf(&b, "\n%s\n", v.word("digest.mail.foot"))
	view["Sentences"], view["Tables"] = sentences, tables
	page, err := template.New("brief").Parse(brief)
	if err != nil {
		return "", "", "", fmt.Errorf("render: %w", err)
	}
	var out strings.Builder
	if err := page.Execute(&out, view); err != nil {
		return "", "", "", fmt.Errorf("render: %w", err)
	}
	return v.title(d), b.String(), out.String(), nil
}

// Post is what a message in a messaging app says of a digest, as Markdown: the three sentences, the changes, and where the
// page is.
func (r *Renderer) Post(d feedback.Digest, lang string) (string, error) {
	v := r.voice(lang, d)
	d = scrubbed(d)
	var b strings.Builder
	fmt.Fprintf(&b, "**%s**\n%s · %s\n\n", inline(v.title(d)), lead(v.period(d)), inline(d.Zone))
	for _, block := range d.Shown() {
		if block.Section != "headline" && block.Section != "changes" {
			continue
		}
		for _, e := range block.Elements {
			switch {
			case e.Sentence != nil:
				fmt.Fprintf(&b, "- %s\n", lead(v.phrase(*e.Sentence)))
			case e.Table != nil && len(e.Table.Rows) > 0:
				t := v.briefTable(*e.Table)
				fmt.Fprintf(&b, "\n**%s**\n", inline(t.Title))
				for _, row := range t.Rows {
					fmt.Fprintf(&b, "- %s\n", lead(t.line(row)))
				}
			}
		}
	}
	if r.Week != nil {
		fmt.Fprintf(&b, "\n%s\n", r.Week(d.Name))
	}
	return b.String(), nil
}

func (v voice) briefTable(t feedback.Table) briefTable {
	out := briefTable{Title: v.phrase(t.Title), Empty: v.phrase(t.Empty)}
	for _, c := range t.Columns {
		out.Columns = append(out.Columns, v.phrase(c))
	}
	for _, row := range t.Rows {
		var cells []string
		for _, c := range row {
			text := v.cell(c)
			if c.Unit == feedback.Share && c.N > 0 {
				text = v.word("digest.mail.share", "share", text, "n", thousands(c.N))
			}
			cells = append(cells, text)
		}
		out.Rows = append(out.Rows, cells)
	}
	return out
}

func (t briefTable) text(b *strings.Builder) {
	fmt.Fprintf(b, "\n%s\n", t.Title)
	if len(t.Rows) == 0 {
		fmt.Fprintf(b, "  %s\n", t.Empty)
	}
	for _, row := range t.Rows {
		fmt.Fprintf(b, "  %s\n", t.line(row))
	}
}

// line is a row in a line: what it is about, and every number under its name.
func (t briefTable) line(row []string) string {
	parts := []string{row[0]}
	for i, cell := range row[1:] {
		parts = append(parts, t.Columns[i+1]+" "+cell)
	}
	return strings.Join(parts, " · ")
}

// Alarm says that a topic breaks out: a subject, the text for an e-mail, and a post in Markdown for messaging apps, in which nothing
// that customers wrote is more than text.
func (r *Renderer) Alarm(a feedback.Alarm, name feedback.Text, quotes []feedback.Quote, lang string) (subject, text, post string) {
	v := r.voice(lang, feedback.Digest{})
	subject = scrub(v.word("digest.alarm.subject", "topic", name.In(lang), "n", a.Count))
	write := func(line, head func(string) string) string {
		var b strings.Builder
		fmt.Fprintf(&b, "%s\n", head(scrub(v.word("digest.alarm.text", "topic", name.In(lang), "n", a.Count, "of", a.Of, "share", percent(float64(a.Count)/float64(max(1, a.Of))), "before", percent(a.Before)))))
		for _, q := range quotes {
			fmt.Fprintf(&b, "\n> %s\n", line(scrub(q.Text)))
			if r.Link != nil && q.Conversation != "" {
				fmt.Fprintf(&b, "  %s\n", r.Link(string(q.Conversation)))
			}
		}
		fmt.Fprintf(&b, "\n%s\n", v.word("digest.alarm.do"))
		if r.Incident != nil {
			fmt.Fprintf(&b, "\n%s\n%s\n", v.word("digest.alarm.switch"), r.Incident(a.Topic))
		}
		return b.String()
	}
	plain := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	return subject, write(plain, func(s string) string { return s }), "**" + inline(subject) + "**\n\n" + write(lead, lead)
}
