package console

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/feedback/trial"
	"huiyin/nlp"
)

// armResult is one outcome of one arm, as the page shows it.
type armResult struct {
	Mean    string
	Of      string // how many of how many
	Against string // compared with the first arm; empty: it is the first
	Tone    string // good, bad or plain
}

// outcomeRow is one outcome of all arms.
type outcomeRow struct {
	Goal    bot.Goal
	Decides bool
	Arms    []armResult
	Open    int
}

// curve is the goal of one arm from day to day, as SVG wants it.
type curve struct {
	Arm    string
	Points string
	LabelY int
}

// experimentPage shows how an experiment stands; of a draft, to those who may change it, the form.
func (s *Console) experimentPage(w http.ResponseWriter, r *http.Request, v visit) error {
	e, err := s.experimentOf(r)
	if err != nil {
		return err
	}
	if e.State() == bot.ExperimentDraft && r.URL.Query().Get("edit") != "" && v.may(bot.EditExperiments) {
		return s.experimentForm(w, r, v, http.StatusOK, e, "")
	}
	_, counted, articles, err := s.lab(r.Context())
	if err != nil {
		return err
	}
	names, err := s.hub.names(r.Context())
	if err != nil {
		return err
	}
	data := map[string]any{"E": e, "State": e.State(), "About": s.aboutExperiment(v.lang, e.Subject, articles), "By": cmp.Or(names[e.By], string(e.By)),
		"Langs": e.Subject.Langs(), "Percent": fmt.Sprintf("%.0f%%", 100*e.Share), "Resting": s.Experiments.Runner.Resting(r.Context(), e)}
	if e.State() == bot.ExperimentDraft {
		if data["Rival"], err = s.rivalOf(r.Context(), e); err != nil {
			return err
		}
	}
	if did := r.URL.Query().Get("did"); did == "saved" || did == "started" || did == "done" {
		data["Did"] = did
	}
	if result, ok := counted[e.ID]; ok {
		kind, best := result.Verdict()
		data["Kind"], data["Says"], data["Rows"], data["People"], data["Both"] = kind, s.spoken(v.lang, result.Say()), s.outcomeRows(v.lang, result), result.People, result.Both
		data["Curves"], data["Ticks"], data["Days"] = curves(result)
		if kind == feedback.VerdictBetter {
			data["Best"] = e.Arms[best].ID
		}
		if base := result.Goal().Arms[0]; e.Goal != bot.GoalCSAT && base.N >= trial.Least {
			data["Needed"] = map[string]any{"Base": fmt.Sprintf("%.0f%%", 100*base.Mean()), "N": trial.Needed(base.Mean(), effect(base.Mean()), 0.05)}
		}
	}
	return s.show(w, v, http.StatusOK, "kbtrial", data)
}

// effectPoints is the difference that the page says the needed size for.
const effectPoints = 5

// effect is a difference of effectPoints that leaves a share a share.
func effect(base float64) float64 {
	if base > 0.5 {
		return -effectPoints / 100.0
	}
	return effectPoints / 100.0
}

// outcomeRows are the results as texts.
func (s *Console) outcomeRows(lang string, r feedback.ExperimentResult) []outcomeRow {
	var rows []outcomeRow
	for _, o := range r.Outcomes {
		row := outcomeRow{Goal: o.Goal, Decides: o.Goal == r.Experiment.Goal, Open: o.Open}
		for i, sample := range o.Arms {
			cell := armResult{Mean: "–", Tone: "plain", Of: s.Words.Text(lang, "trial.of", "x", int(sample.Sum+0.5), "n", sample.N)}
			rating := o.Goal == bot.GoalCSAT
			if rating {
				cell.Of = s.Words.Text(lang, "trial.rated", "n", sample.N)
			}
			switch {
			case sample.N > 0 && rating:
				cell.Mean = fmt.Sprintf("%.2f", feedback.Rating(sample.Mean()))
			case sample.N > 0:
				cell.Mean = fmt.Sprintf("%.0f%%", 100*sample.Mean())
			}
			if i > 0 {
				cell.Against, cell.Tone = s.against(lang, o.Goal, o.Against[i-1])
			}
			row.Arms = append(row.Arms, cell)
		}
		rows = append(rows, row)
	}
	return rows
}

// against is a difference in words, and whether it is a good one.
func (s *Console) against(lang string, goal bot.Goal, d trial.Difference) (text, tone string) {
	if !d.Enough {
		return s.Words.Text(lang, "trial.notyet"), "plain"
	}
	signed := func(x float64, digits int) string {
		return strings.Replace(fmt.Sprintf("%+.*f", digits, x), "-", "−", 1)
	}
	if goal == bot.GoalCSAT {
		span := feedback.Rating(1) - feedback.Rating(0)
		text = s.Words.Text(lang, "trial.stars", "low", signed(span*d.Low, 2), "high", signed(span*d.High, 2))
	} else {
		text = s.Words.Text(lang, "trial.points", "low", signed(100*d.Low, 1), "high", signed(100*d.High, 1))
	}
	switch {
	case !d.Real():
		return text, "plain"
	case d.Value > 0 != goal.Less():
		return text, "good"
	}
	return text, "bad"
}

// The chart is chartWidth by chartHeight of its own units; labels stand right of it.
const (
	chartWidth  = 560
	chartHeight = 160
)

// tick is a line of the chart's scale.
type tick struct {
	Y     int
	Label string
}

// curves draws the goal from day to day on the smallest scale, in whole tenths, that holds it.
func curves(r feedback.ExperimentResult) (lines []curve, ticks []tick, span []string) {
	if len(r.Days) < 2 {
		return nil, nil, nil
	}
	low, high := 1.0, 0.0
	for _, day := range r.Days {
		for i, mean := range day.Means {
			if day.N[i] > 0 {
				low, high = min(low, mean), max(high, mean)
			}
		}
	}
	from, to := scale(low, high)
	y := func(mean float64) float64 { return chartHeight * (to - mean) / (to - from) }
	for i, arm := range r.Experiment.Arms {
		var points []string
		last := 0.0
		for at, day := range r.Days {
			if day.N[i] > 0 {
				last = y(day.Means[i])
				points = append(points, fmt.Sprintf("%.1f,%.1f", chartWidth*float64(at)/float64(len(r.Days)-1), last))
			}
		}
		lines = append(lines, curve{arm.ID, strings.Join(points, " "), int(last) + 4})
	}
	apart(lines)
	label := func(mean float64) string {
		if r.Experiment.Goal == bot.GoalCSAT {
			return strconv.FormatFloat(feedback.Rating(mean), 'f', 1, 64)
		}
		return fmt.Sprintf("%.0f%%", 100*mean)
	}
	for _, at := range []float64{to, (from + to) / 2, from} {
		ticks = append(ticks, tick{int(y(at)), label(at)})
	}
	return lines, ticks, []string{r.Days[0].Day.Format("01-02"), r.Days[len(r.Days)-1].Day.Format("01-02")}
}

// scale is the smallest part of 0 to 1, in whole tenths, that holds what lies between low and high.
func scale(low, high float64) (from, to float64) {
	first, last := math.Floor(10*low), math.Ceil(10*high)
	switch {
	case first < last:
	case last < 10:
		last++
	default:
		first--
	}
	return first / 10, last / 10
}

// apart moves labels that would lie over each other.
func apart(lines []curve) {
	const height = 15
	for i := range lines {
		for j := range i {
			if gap := lines[i].LabelY - lines[j].LabelY; gap > -height && gap < height {
				lines[i].LabelY = lines[j].LabelY + height
			}
		}
	}
}

// spoken is a phrase of a digest in words.
func (s *Console) spoken(lang string, p feedback.Phrase) string {
	var pairs []any
	for name, value := range p.Values {
		if c, ok := value.(feedback.Cell); ok && c.Number != nil {
			value = fmt.Sprintf("%.0f%%", 100**c.Number)
			if c.Unit == feedback.Score {
				value = fmt.Sprintf("%.2f", *c.Number)
			}
		} else if ok {
			value = c.Text
		}
		pairs = append(pairs, name, value)
	}
	return s.Words.Text(lang, p.Key, pairs...)
}

// saidIn is a text of an arm in a language.
func saidIn(text map[nlp.Lang]string, lang nlp.Lang) string { return text[lang.Base()] }
