package mine

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// DoubtKind says what a file leaves open.
type DoubtKind string

// The kinds of doubts.
const (
	DoubtHeader DoubtKind = "header" // whether the first row is titles
	DoubtText   DoubtKind = "text"   // which of two columns is the text
	DoubtDates  DoubtKind = "dates"  // whether 03/04/2026 is in March or in April
)

// What Options.Header and Options.Dates take.
const (
	HeaderYes  = "yes"
	HeaderNo   = "no"
	DayFirst   = "day-first"
	MonthFirst = "month-first"
)

// Doubt is something that the rows of a file do not settle.
type Doubt struct {
	Kind    DoubtKind
	Sample  string   // what of the file it is about: the first row, or a date; empty for DoubtText
	Choices []Choice // the likeliest first, two at least
}

// Choice is one way to read a file.
type Choice struct {
	Value  string // as Options take it: HeaderYes, the title or the place of a column, DayFirst
	Sample string // what it gives: the text of a row, or the day (2006-01-02); empty for DoubtHeader
}

// Settled is a doubt and what was taken.
type Settled struct {
	Doubt
	Took  int  // place of the choice
	Asked bool // somebody chose; else it is the likeliest
}

// sampleRunes bounds what is shown of a file in a question.
const sampleRunes = 160

// Unanswered is what Ask returns when nobody answers: the likeliest is taken, and not counted as chosen.
const Unanswered = -1

// settle asks, or takes the likeliest; ask may be nil.
func settle(d Doubt, ask func(Doubt) (int, error), to *[]Settled) (string, error) {
	s := Settled{Doubt: d}
	if ask != nil {
		took, err := ask(d)
		if err != nil {
			return "", err
		}
		s.Took, s.Asked = max(0, took), took != Unanswered
	}
	*to = append(*to, s)
	return d.Choices[s.Took].Value, nil
}

func (r *reader) settle(d Doubt) (string, error) {
	return settle(d, r.options.Ask, &r.result.Doubts)
}

// titles finds out whether the first row is a header, and returns the columns' titles: their places where there is none.
func (r *reader) titles(first []string, sample [][]string) (header []string, headed bool, err error) {
	headed = true
	switch {
	case r.in.keyed || r.options.Header == HeaderYes:
	case r.options.Header == HeaderNo:
		headed = false
	case headless(first, sample):
		took, err := r.settle(Doubt{DoubtHeader, clip(strings.Join(first, " | ")), []Choice{{Value: HeaderNo}, {Value: HeaderYes}}})
		if err != nil {
			return nil, false, err
		}
		headed = took == HeaderYes
	}
	if headed {
		return first, true, nil
	}
	for i := range first {
		header = append(header, strconv.Itoa(i+1))
	}
	return header, false, nil
}

// headless reports whether a first row is more like those under it than like titles: no cell of it is a name that columns have, and
// a time or number stands over times or numbers, or the text is as long as the others.
func headless(first []string, sample [][]string) bool {
	if questions(first) {
		return false
	}
	g := guesser{header: first, sample: sample}
	for i, cell := range first {
		cell = strings.TrimSpace(cell)
		bare := bareName(cell)
		for _, list := range names() {
			if named([]string{bare}, list) == 0 || utf8.RuneCountInString(bare) <= titleRunes && endsLike([]string{bare}, list, func(int) bool { return true }) == 0 {
				return false
			}
		}
		for _, fits := range []func(string) bool{isTime, isNumber} {
			if mostly(sample, i, fits) {
				return fits(cell)
			}
		}
	}
	longest, most := -1, 0.0
	for i := range first {
		if mean := g.mean(i); mean > most {
			longest, most = i, mean
		}
	}
	return longest >= 0 && 2*float64(utf8.RuneCountInString(first[longest])) >= most
}

// questions reports whether two or more cells are all questions: those of a form, which stand over its answers.
func questions(row []string) bool {
	asked := 0
	for _, cell := range row {
		switch cell = strings.TrimSpace(cell); {
		case strings.HasSuffix(cell, "?"), strings.HasSuffix(cell, "？"):
			asked++
		case cell != "":
			return false
		}
	}
	return asked > 1
}

// titleRunes is how long a Chinese title is at most that is known by its end alone: a sentence may end in 反馈 too.
const titleRunes = 8

// settleText asks which column is the text, when another one is as much like it.
func (r *reader) settleText(g *guesser) error {
	if g.how["text"] == ByTold {
		return nil
	}
	rivals := g.rivals()
	if len(rivals) == 0 {
		return nil
	}
	all := append([]int{g.columns.Text}, rivals...)
	d := Doubt{Kind: DoubtText}
	row := g.sample[max(0, slices.IndexFunc(g.sample, func(row []string) bool {
		return !slices.ContainsFunc(all, func(i int) bool { return i >= len(row) || strings.TrimSpace(row[i]) == "" })
	}))]
	for _, i := range all {
		c := Choice{Value: g.title(i)}
		if i < len(row) {
			c.Sample = clip(row[i])
		}
		d.Choices = append(d.Choices, c)
	}
	took, err := r.settle(d)
	if err != nil || took == d.Choices[0].Value {
		return err
	}
	for i, c := range d.Choices {
		if c.Value == took {
			g.set("text", all[i], ByChoice)
		}
	}
	return nil
}

// title names a column so that Options find it again: by its place where the title is empty or stands elsewhere too.
func (g *guesser) title(i int) string {
	if t := g.header[i]; strings.TrimSpace(t) != "" && slices.Index(g.header, t) == i {
		return t
	}
	return strconv.Itoa(i + 1)
}

// rivals are the columns that may be the text as well: those that are called so too, or, where the names say nothing, those whose
// values are at least half as long.
func (g *guesser) rivals() []int {
	var all []int
	known := g.calledLike("text", g.columns.Text)
	for i := range g.header {
		mean := g.mean(i)
		if g.taken(i) || mean <= proseLeast || g.timely(i) || mostly(g.sample, i, isNumber) || known != g.calledLike("text", i) {
			continue
		}
		if known || 2*mean >= g.mean(g.columns.Text) {
			all = append(all, i)
		}
	}
	return all
}

// calledLike reports whether a column has a name of a field, or ends in one.
func (g *guesser) calledLike(field string, i int) bool {
	bare, list := g.bare[i:i+1], names()[field]
	return named(bare, list) == 0 || endsLike(bare, list, func(int) bool { return true }) == 0
}

// settleDates finds out in which order the days and months of times stand: from all rows when the first ones do not say it.
func (r *reader) settleDates(g *guesser) (err error) {
	if g.columns.Time < 0 || r.options.Dates != "" {
		g.columns.days = dayOrder(r.options.Dates == DayFirst)
		return nil
	}
	var days dayCount
	days.addRows(g.sample, g.columns.Time)
	if days.open() && len(r.held) >= sampled {
		if err := days.wholeFile(r.options.In, g.columns.Time); err != nil {
			return err
		}
	}
	g.columns.days, err = orderOfDays(&days, "", r.options.Zone, r.settle)
	return err
}

// TakenField is a column that is used.
type TakenField struct {
	Field, Title string
	Place        int    // from 1
	How          string // ByTold, ByName, ByValues or ByChoice
}

// UnusedColumn is a column that is not used, and why.
type UnusedColumn struct {
	Title string
	Place int // from 1
	Why   UnusedWhy
	Field string // that it might have been
}

// UnusedWhy is why a column is not used.
type UnusedWhy string

// The reasons.
const (
	UnusedEmpty   UnusedWhy = "empty"   // nothing stands in it
	UnusedSecond  UnusedWhy = "second"  // another column is this Field
	UnusedOff     UnusedWhy = "off"     // the caller wants no Field
	UnusedUnfit   UnusedWhy = "unfit"   // it is called like a Field, and its values are none
	UnusedUnknown UnusedWhy = "unknown" // neither its name nor its values say that it is one of Fields
)

// account lists which columns are used, and which are not.
func (g *guesser) account() (taken []TakenField, unused []UnusedColumn) {
	for _, field := range Fields() {
		if i := *g.columns.at(field); i >= 0 {
			taken = append(taken, TakenField{field, strings.TrimSpace(g.header[i]), i + 1, g.how[field]})
		}
	}
	for i, title := range g.header {
		if !g.taken(i) {
			why, field := g.why(i)
			unused = append(unused, UnusedColumn{strings.TrimSpace(title), i + 1, why, field})
		}
	}
	return taken, unused
}

// why says why a column is not used.
func (g *guesser) why(i int) (UnusedWhy, string) {
	if !slices.ContainsFunc(g.sample, func(row []string) bool { return i < len(row) && strings.TrimSpace(row[i]) != "" }) {
		return UnusedEmpty, ""
	}
	field := ""
	for _, f := range Fields() {
		if g.calledLike(f, i) {
			field = f
		}
	}
	switch {
	case field == "" && slices.Contains(g.rivals(), i):
		return UnusedSecond, "text"
	case field == "":
		return UnusedUnknown, ""
	case g.off[field]:
		return UnusedOff, field
	case *g.columns.at(field) >= 0:
		return UnusedSecond, field
	}
	return UnusedUnfit, field
}

// clip shortens a text of a file for a question, on one line.
func clip(text string) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > sampleRunes {
		return string(runes[:sampleRunes]) + "…"
	}
	return string(runes)
}

// check makes sure that what the caller says can be.
func (o Options) check() error {
	return errors.Join(oneOf(o.Header, HeaderYes, HeaderNo), oneOf(o.Dates, DayFirst, MonthFirst))
}

// oneOf is an error when a value is there and is none of those that can be.
func oneOf(value string, can ...string) error {
	if value != "" && !slices.Contains(can, value) {
		return fmt.Errorf("%w: %q is none of %s", ErrInput, value, strings.Join(can, ", "))
	}
	return nil
}
