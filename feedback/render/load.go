package render

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"huiyin/feedback"
)

// Sizes of the picture of a desk's load, in SVG units.
const (
	loadRow, loadSlot, loadLeft, loadTop, loadAgents = 36.0, 24.0, 44.0, 16.0, 4.0
)

// load draws a row of bars for each day: what came in each hour, and as a line what those who were there could take. Below it a strip
// shows that somebody was there. Each hour has its numbers as a text.
func (v voice) load(l feedback.Load) template.HTML {
	top := 1.0
	for _, day := range l.Hours {
		for _, h := range day {
			if h != nil {
				top = math.Max(top, float64(h.Handed))
			}
		}
	}
	width, height := loadLeft+24*loadSlot, loadTop+7*loadRow
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="chart" viewBox="0 0 %g %g" role="img" aria-label="%s">`, width, height, esc(v.phrase(l.Title)))
	for hour := 0; hour < 24; hour += 3 {
		fmt.Fprintf(&b, `<text class="axis" x="%g" y="11">%02d</text>`, loadLeft+float64(hour)*loadSlot, hour)
	}
	plot := loadRow - loadAgents - 5
	for d, day := range l.Hours {
		name := v.word(fmt.Sprintf("digest.day.%d", d+1))
		base := loadTop + float64(d)*loadRow + plot + 3
		fmt.Fprintf(&b, `<text class="axis" x="%g" y="%.1f" text-anchor="end">%s</text><line class="grid" x1="%g" x2="%g" y1="%.1f" y2="%.1f"/>`,
			loadLeft-6, base-plot/2+4, esc(name), loadLeft, width, base, base)
		for hour, h := range day {
			if h == nil {
				continue
			}
			x := loadLeft + float64(hour)*loadSlot
			kind, tall := "plain", plot*float64(h.Handed)/top
			if h.Over {
				kind = "bad"
			}
			fmt.Fprintf(&b, `<g><title>%s %02d:00 · %s</title>`, esc(name), hour, esc(v.loadWords(l, *h)))
			b.WriteString(v.linked(l.Behind, hourName(d, hour), h.Handed > 0, fmt.Sprintf(`<rect class="bar %s" x="%g" y="%.1f" width="%g" height="%.1f" rx="1.5"/>`, kind, x+3, base-tall, loadSlot-6, tall)))
			if h.Agents > 0 {
				fmt.Fprintf(&b, `<rect class="there" x="%g" y="%.1f" width="%.1f" height="%g"/>`, x, base+1, loadSlot*math.Min(1, h.Agents), loadAgents-1)
				if could := l.Rate * h.Agents; l.Rate > 0 {
					y := base - plot*math.Min(1, could/top)
					fmt.Fprintf(&b, `<line class="could" x1="%g" x2="%g" y1="%.1f" y2="%.1f"/>`, x+0.5, x+loadSlot-0.5, y, y)
				}
			}
			b.WriteString("</g>")
		}
	}
	b.WriteString("</svg>")
	return template.HTML(b.String())
}

// loadWords is one hour in words.
func (v voice) loadWords(l feedback.Load, h feedback.LoadHour) string {
	key := "digest.desk.hour"
	if l.Rate > 0 {
		key = "digest.desk.hour_of"
	}
	return v.word(key, "handed", h.Handed, "taken", h.Taken, "waiting", h.Waiting, "agents", v.number(h.Agents, feedback.Amount), "could", v.number(l.Rate*h.Agents, feedback.Amount))
}

// loadTable is a desk's load by day, for where there are no pictures.
func loadTable(l feedback.Load) feedback.Table {
	t := feedback.Table{Title: l.Title, Columns: []feedback.Phrase{feedback.Say("digest.col.day"), feedback.Say("digest.desk.handed"), feedback.Say("digest.desk.taken"),
		feedback.Say("digest.col.waiting_most"), feedback.Say("digest.col.agent_hours"), feedback.Say("digest.col.could_take"), feedback.Say("digest.col.hours_over")}}
	for d, day := range l.Hours {
		var handed, taken, most, over, agents float64
		for _, h := range day {
			if h == nil {
				continue
			}
			handed, taken, agents = handed+float64(h.Handed), taken+float64(h.Taken), agents+h.Agents
			most = math.Max(most, float64(h.Waiting))
			if h.Over {
				over++
			}
		}
		could := feedback.Cell{Text: "–"}
		if l.Rate > 0 {
			n := l.Rate * agents
			could = feedback.Cell{Number: &n, Unit: feedback.Amount}
		}
		name := feedback.Say(fmt.Sprintf("digest.day.%d", d+1))
		t.Rows = append(t.Rows, []feedback.Cell{{Phrase: &name}, {Number: &handed, Unit: feedback.Count}, {Number: &taken, Unit: feedback.Count},
			{Number: &most, Unit: feedback.Count}, {Number: &agents, Unit: feedback.Amount}, could, {Number: &over, Unit: feedback.Count}})
	}
	return t
}

// loadRows are a desk's load hour by hour, for spreadsheets.
func (v voice) loadRows(l feedback.Load) []sheetRow {
	var all []sheetRow
	for d, day := range l.Hours {
		for hour, h := range day {
			if h == nil {
				continue
			}
			at := fmt.Sprintf("%s %02d:00 · ", v.word(fmt.Sprintf("digest.day.%d", d+1)), hour)
			handed := sheetRow{item: at + v.word("digest.desk.handed"), value: h.Handed, unit: string(feedback.Count)}
			if h.Over {
				handed.text = v.word("digest.desk.too_much")
			}
			all = append(all, handed,
				sheetRow{item: at + v.word("digest.desk.taken"), value: h.Taken, unit: string(feedback.Count)},
				sheetRow{item: at + v.word("digest.col.waiting_at_end"), value: h.Waiting, unit: string(feedback.Count)},
				sheetRow{item: at + v.word("digest.col.agents_there"), value: math.Round(100*h.Agents) / 100, unit: string(feedback.Amount)})
			if l.Rate > 0 {
				all = append(all, sheetRow{item: at + v.word("digest.col.could_take"), value: math.Round(100*l.Rate*h.Agents) / 100, unit: string(feedback.Amount)})
			}
		}
	}
	return all
}

// heatTable is weekday × hour in numbers: the hours that have any.
func heatTable(h feedback.Heat) feedback.Table {
	t := feedback.Table{Title: h.Title, Columns: []feedback.Phrase{feedback.Say("digest.col.hour")}, Empty: feedback.Say("digest.empty")}
	for d := range h.Counts {
		t.Columns = append(t.Columns, feedback.Say(fmt.Sprintf("digest.day.%d", d+1)))
	}
	for hour := range 24 {
		row, some := []feedback.Cell{{Text: fmt.Sprintf("%02d", hour)}}, false
		for d := range h.Counts {
			n := float64(h.Counts[d][hour])
			some = some || n > 0
			row = append(row, feedback.Cell{Number: &n, Unit: feedback.Count})
		}
		if some {
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}
