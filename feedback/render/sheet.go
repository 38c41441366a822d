package render

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"huiyin/feedback"
	"huiyin/internal/cell"
)

// sheetRow is a row of the digest as a flat table: what programs and spreadsheets take.
type sheetRow struct {
	section, item string
	value         any // a number or text
	unit          string
	n             any
	before        any
	real          string
	text          string
}

// rows flattens a digest: every number on a row of its own, with its unit, denominator and comparison.
func (v voice) rows(d feedback.Digest) []sheetRow {
	var all []sheetRow
	for _, b := range d.Shown() {
		section := v.section(b.Section)
		for _, e := range b.Elements {
			for _, r := range v.flatten(e) {
				r.section = section
				all = append(all, r)
			}
		}
	}
	return all
}

func (v voice) flatten(e feedback.Element) []sheetRow {
	var all []sheetRow
	switch {
	case e.Sentence != nil:
		return []sheetRow{{text: v.phrase(*e.Sentence)}}
	case e.Metric != nil:
		return []sheetRow{v.metricRow(v.phrase(e.Metric.Name), *e.Metric)}
	case e.Topic != nil:
		r := v.metricRow(e.Topic.Name.In(v.lang), topicMetric(*e.Topic))
		all = append(all, sheetRow{item: r.item, value: e.Topic.Count, unit: string(feedback.Count)}, r)
		for _, x := range e.Topic.Tiers {
			all = append(all, sheetRow{item: r.item + " · " + v.tierName(x), value: float64(x.People) / float64(max(1, e.Topic.People)), unit: string(feedback.Share), n: e.Topic.People})
		}
		for _, q := range e.Topic.Quotes {
			all = append(all, sheetRow{item: r.item, text: q.Text})
		}
	case e.Chart != nil:
		for _, s := range e.Chart.Series {
			for i, label := range e.Chart.Labels {
				all = append(all, sheetRow{item: v.phrase(s.Name) + " " + label, value: s.Values[i], unit: string(e.Chart.Unit)})
			}
		}
	case e.Load != nil:
		return v.loadRows(*e.Load)
	case e.Heat != nil:
		return v.tableRows(heatTable(*e.Heat))
	case e.Table != nil:
		return v.tableRows(*e.Table)
	}
	for _, q := range e.Quotes {
		all = append(all, sheetRow{text: q.Text})
	}
	return all
}

// tableRows are the cells of a table, each under the name of its row and of its column.
func (v voice) tableRows(t feedback.Table) []sheetRow {
	var all []sheetRow
	for _, row := range t.Rows {
		name := v.cell(row[0])
		for i, c := range row[1:] {
			r := sheetRow{item: name + " · " + v.phrase(t.Columns[i+1]), unit: string(c.Unit), text: v.cell(c)}
			if c.Number != nil {
				r.value, r.text = *c.Number, ""
			}
			if c.N > 0 {
				r.n = c.N
			}
			all = append(all, r)
		}
	}
	return all
}

func (v voice) metricRow(name string, m feedback.Metric) sheetRow {
	r := sheetRow{item: name, value: m.Value, unit: string(m.Unit), n: m.N}
	if unmeasured(m) { // an empty cell: a sum or an average must not take a 0 for a measured one
		r.value, r.text = nil, v.word("digest.unmeasured")
	}
	if m.Change != nil && m.Change.BeforeN > 0 {
		r.before = m.Change.Before
		switch {
		case unmeasured(m): // nothing changed that anybody knows of
		case m.Change.Real:
			r.real = v.word("digest.change.is_real")
		case m.Change.Probable:
			r.real = v.word("digest.change.is_probable")
		default:
			r.real = v.word("digest.change.is_noise")
		}
	}
	return r
}

// columns are the titles of the flat table.
func (v voice) columns() []string {
	var all []string
	for _, key := range []string{"section", "item", "value", "unit", "n", "before", "real", "text"} {
		all = append(all, v.word("digest.sheet."+key))
	}
	return all
}

func (r sheetRow) cells() []any {
	return []any{r.section, r.item, r.value, r.unit, r.n, r.before, r.real, r.text}
}

// csv writes the flat table with a byte order mark, without which spreadsheets misread Chinese.
func (v voice) csv(out io.Writer, d feedback.Digest) error {
	if _, err := io.WriteString(out, "\uFEFF"); err != nil {
		return err
	}
	w := csv.NewWriter(out)
	if err := w.Write(v.columns()); err != nil {
		return err
	}
	for _, r := range v.rows(d) {
		var line []string
		for _, c := range r.cells() {
			switch x := c.(type) {
			case nil:
				line = append(line, "")
			case string:
				line = append(line, cell.Safe(x))
			default:
				line = append(line, fmt.Sprint(x))
			}
		}
		if err := w.Write(line); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// looks are the styles in which a workbook shows numbers of a unit; those of others are shown as they are.
func looks(f *excelize.File) (map[feedback.Unit]int, error) {
	all := map[feedback.Unit]int{}
	for unit, format := range map[feedback.Unit]string{feedback.Count: "#,##0", feedback.Share: "0.0%", feedback.Seconds: "#,##0", feedback.Score: "0.00", feedback.Amount: "0.0", feedback.Net: "+0;-0;0"} {
		style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
		if err != nil {
			return nil, err
		}
		all[unit] = style
	}
	return all, nil
}

// xlsx writes the flat table as a workbook.
func (v voice) xlsx(out io.Writer, d feedback.Digest) error {
	f := excelize.NewFile()
	defer f.Close()
	name := d.Name
	if len(name) > 31 || strings.ContainsAny(name, `:\/?*[]`) {
		name = "digest"
	}
	if err := f.SetSheetName("Sheet1", name); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	head := make([]any, 0, 8)
	for _, c := range v.columns() {
		head = append(head, c)
	}
	if err := f.SetSheetRow(name, "A1", &head); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	styles, err := looks(f)
	if err != nil {
		return fmt.Errorf("render: %w", err)
	}
	for i, r := range v.rows(d) {
		style, row := styles[feedback.Unit(r.unit)], fmt.Sprint(i+2)
		if r.unit != "" {
			r.unit = v.word("digest.unit." + r.unit)
		}
		cells := r.cells()
		for j, c := range cells {
			if s, ok := c.(string); ok {
				cells[j] = cell.Safe(s)
			}
		}
		if err := f.SetSheetRow(name, "A"+row, &cells); err != nil {
			return fmt.Errorf("render: %w", err)
		}
		for _, column := range []string{"C", "F"} { // the value, and the one before
			if err := f.SetCellStyle(name, column+row, column+row, style); err != nil {
				return fmt.Errorf("render: %w", err)
			}
		}
	}
	for column, width := range map[string]float64{"A": 18, "B": 44, "H": 60} {
		if err := f.SetColWidth(name, column, column, width); err != nil {
			return fmt.Errorf("render: %w", err)
		}
	}
	return f.Write(out)
}
