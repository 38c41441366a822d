package render

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"huiyin/feedback"
)

// Sizes of charts in SVG units; the pictures scale with the page.
const (
	chartWidth, chartHeight              = 640.0, 200.0
	chartLeft, chartBottom, chartTop     = 40.0, 24.0, 10.0
	heatCell, heatGap, heatLeft, heatTop = 22.0, 2.0, 44.0, 18.0
)

// bars draws a chart as grouped bars with an axis of round numbers. Names and labels are text, so that they can be read
// aloud and found.
func (v voice) bars(c feedback.Chart) template.HTML {
	top := 0.0
	for _, s := range c.Series {
		for _, x := range s.Values {
			top = math.Max(top, x)
		}
	}
	step := roundStep(top)
	top = math.Max(step, math.Ceil(top/step)*step)
	plot := chartHeight - chartBottom - chartTop
	y := func(x float64) float64 { return chartTop + plot*(1-x/top) }
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="chart" viewBox="0 0 %g %g" role="img" aria-label="%s">`, chartWidth, chartHeight, esc(v.phrase(c.Title)))
	for x := 0.0; x <= top+step/2; x += step {
		fmt.Fprintf(&b, `<line class="grid" x1="%g" x2="%g" y1="%.1f" y2="%.1f"/><text class="axis" x="%g" y="%.1f" text-anchor="end">%s</text>`,
			chartLeft, chartWidth, y(x), y(x), chartLeft-6, y(x)+4, esc(v.number(x, c.Unit)))
	}
	slot := (chartWidth - chartLeft) / float64(max(1, len(c.Labels)))
	width := slot * 0.7 / float64(max(1, len(c.Series)))
	for i, label := range c.Labels {
		left := chartLeft + slot*(float64(i)+0.15)
		for j, s := range c.Series {
			x := s.Values[i]
			b.WriteString(v.linked(s.Behind, label, x > 0, fmt.Sprintf(`<rect class="bar %s" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="2"><title>%s %s: %s</title></rect>`,
				tone(s.Tone), left+width*float64(j), y(x), width, math.Max(0, y(0)-y(x)), esc(day(label)), esc(v.phrase(s.Name)), esc(v.number(x, c.Unit)))))
		}
		if every := (len(c.Labels) + 13) / 14; i%every == 0 {
			fmt.Fprintf(&b, `<text class="axis" x="%.1f" y="%g" text-anchor="middle">%s</text>`, chartLeft+slot*(float64(i)+0.5), chartHeight-6, esc(day(label)))
		}
	}
	b.WriteString("</svg>")
	return template.HTML(b.String())
}

// spark is a row of small bars, for a topic's days.
func spark(values []int) template.HTML {
	if len(values) < 2 { // one bar shows nothing
		return ""
	}
	top := 1
	for _, x := range values {
		top = max(top, x)
	}
	const w, h = 12.0, 32.0
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="spark" viewBox="0 0 %g %g" aria-hidden="true">`, w*float64(len(values)), h)
	for i, x := range values {
		height := math.Max(1.5, h*float64(x)/float64(top))
		fmt.Fprintf(&b, `<rect class="bar bad" x="%g" y="%.1f" width="%g" height="%.1f" rx="1.5"/>`, w*float64(i)+1, h-height, w-3, height)
	}
	b.WriteString("</svg>")
	return template.HTML(b.String())
}

// heat draws weekday × hour; the depth of the colour is the count.
func (v voice) heat(h feedback.Heat) template.HTML {
	top := 1
	for _, row := range h.Counts {
		for _, n := range row {
			top = max(top, n)
		}
	}
	width, height := heatLeft+24*heatCell, heatTop+7*heatCell
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="chart" viewBox="0 0 %g %g" role="img" aria-label="%s">`, width, height, esc(v.phrase(h.Title)))
	for hour := 0; hour < 24; hour += 3 {
		fmt.Fprintf(&b, `<text class="axis" x="%g" y="12">%02d</text>`, heatLeft+float64(hour)*heatCell, hour)
	}
	for d, row := range h.Counts {
		name := v.word(fmt.Sprintf("digest.day.%d", d+1))
		fmt.Fprintf(&b, `<text class="axis" x="%g" y="%g" text-anchor="end">%s</text>`, heatLeft-6, heatTop+float64(d)*heatCell+15, esc(name))
		for hour, n := range row {
			b.WriteString(v.linked(h.Behind, hourName(d, hour), n > 0, fmt.Sprintf(`<rect class="heat" x="%g" y="%g" width="%g" height="%g" rx="3" fill-opacity="%.2f"><title>%s %02d:00: %d</title></rect>`,
				heatLeft+float64(hour)*heatCell, heatTop+float64(d)*heatCell, heatCell-heatGap, heatCell-heatGap, 0.06+0.94*math.Sqrt(float64(n)/float64(top)), esc(name), hour, n)))
		}
	}
	b.WriteString("</svg>")
	return template.HTML(b.String())
}

// linked is a piece of a picture that leads to what stands behind it, where there is anything.
func (v voice) linked(behind, which string, some bool, piece string) string {
	if link := v.behind(behind + "/" + which); behind != "" && some && link != "" {
		return `<a href="` + esc(link) + `">` + piece + `</a>`
	}
	return piece
}

// hourName names an hour of the week, the days counted from 0, for what stands behind it.
func hourName(day, hour int) string { return fmt.Sprintf("%d-%d", day+1, hour) }

// roundStep is 1, 2 or 5 times a power of ten, so that an axis has about four marks.
func roundStep(top float64) float64 {
	if top <= 0 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(top/4)))
	for _, m := range []float64{1, 2, 5, 10} {
		if top/(m*power) <= 5 {
			return math.Max(m*power, minStep(top))
		}
	}
	return 10 * power
}

// minStep keeps counts at whole marks, and shares below one.
func minStep(top float64) float64 {
	if top > 1 {
		return 1
	}
	return 0
}

func tone(t string) string {
	if t == "good" || t == "bad" {
		return t
	}
	return "plain"
}

func esc(s string) string { return template.HTMLEscapeString(s) }
