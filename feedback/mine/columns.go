package mine

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Columns says which column of a file holds what; −1: none does.
type Columns struct {
	ID, Time, Channel, Contact, Text, Lang, Rating int
	days                                           dayOrder // of times such as 03/04/2026
	ten                                            bool     // ratings are of 0 to 10
}

// Fields are what a column of a file of feedback can be.
func Fields() []string {
	return []string{"id", "time", "channel", "contact", "text", "lang", "rating"}
}

// NoColumn stands for a column that a file does not have, or that must not be used.
const NoColumn = "none"

// at is where the column of a field stands.
func (c *Columns) at(field string) *int {
	return map[string]*int{"id": &c.ID, "time": &c.Time, "channel": &c.Channel, "contact": &c.Contact, "text": &c.Text, "lang": &c.Lang, "rating": &c.Rating}[field]
}

// names are what columns are called, the surest name first.
func names() map[string][]string {
	return map[string][]string{
		"id":      {"id", "message_id", "msg_id", "ticket", "ticket_id", "case_id", "编号", "序号", "工单号", "編號", "序號"},
		"time":    {"time", "date", "datetime", "created_at", "timestamp", "created", "时间", "日期", "留言时间", "创建时间", "時間", "留言時間", "建立時間"},
		"channel": {"channel", "source", "platform", "via", "渠道", "来源", "平台", "管道", "來源"},
		"contact": {"contact", "user", "customer", "author", "username", "user_id", "用户", "客户", "留言用户", "作者", "用戶", "客戶"},
		"text":    {"text", "message", "content", "comment", "review", "feedback", "body", "内容", "评论", "留言", "反馈", "正文", "留言详情", "意见", "內容", "評論", "反饋", "意見", "回饋"},
		"lang":    {"lang", "language", "语言", "語言"},
		"rating":  {"rating", "score", "stars", "star", "csat", "nps", "推荐指数", "推荐度", "推荐", "推薦", "评分", "星级", "分数", "評分", "星級", "分數"},
	}
}

// How a column was found.
const (
	ByTold   = "told"   // the caller named it
	ByName   = "name"   // it is called so
	ByValues = "values" // what stands in it
	ByChoice = "choice" // somebody was asked
)

// guesser finds out what the columns of a file are.
type guesser struct {
	header, bare []string
	sample       [][]string
	columns      Columns
	how          map[string]string // of each field that has a column
	off          map[string]bool   // fields that the caller wants none for
}

// guess finds the columns by what the caller says, else by their names. A name that only ends like a known one (提交时间) counts when
// the values agree, a time is also found by its values alone, and the text, when no name says it, is the column with the longest
// values.
func guess(header []string, sample [][]string, told map[string]string) (*guesser, error) {
	g := &guesser{header: header, sample: sample, how: map[string]string{}, off: map[string]bool{}}
	for _, h := range header {
		g.bare = append(g.bare, bareName(h))
	}
	for _, field := range Fields() {
		*g.columns.at(field) = -1
	}
	if err := g.tell(told); err != nil {
		return nil, err
	}
	for _, field := range []string{"id", "channel", "lang"} {
		g.named(field, false, nil)
	}
	g.named("time", true, isWhen)
	g.named("rating", true, isRating)
	if i := g.columns.Rating; i >= 0 && g.how["rating"] == ByName && mostly(sample, i, isOffScale) { // points of a hundred, or sums of money
		g.set("rating", -1, "")
	}
	g.named("text", true, func(value string) bool { return !startsAsTime(value) })
	g.named("contact", false, nil)
	if g.open("time") {
		for i := range header {
			if !g.taken(i) && mostly(sample, i, isTime) {
				g.set("time", i, ByValues)
				break
			}
		}
	}
	if g.open("text") {
		if i := g.longest(); i >= 0 {
			g.set("text", i, ByValues)
		}
	}
	if g.columns.Text < 0 {
		return g, &ErrColumns{Missing: "text", Header: header}
	}
	return g, nil
}

// tell takes what the caller says: a title, or the place of the column from 1.
func (g *guesser) tell(told map[string]string) error {
	for _, field := range Fields() {
		want := strings.TrimSpace(told[field])
		if want == "" {
			continue
		}
		i := slices.IndexFunc(g.header, func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), want) })
		if i < 0 {
			if n, err := strconv.Atoi(want); err == nil && n >= 1 && n <= len(g.header) {
				i = n - 1
			}
		}
		switch {
		case i >= 0:
			g.set(field, i, ByTold)
		case want == NoColumn:
			g.off[field] = true
		default:
			return &ErrColumns{Missing: field, Title: want, Header: g.header, Near: nearTitle(want, g.header)}
		}
	}
	return nil
}

func (g *guesser) set(field string, at int, how string) { *g.columns.at(field), g.how[field] = at, how }

// open reports whether a field still wants a column.
func (g *guesser) open(field string) bool { return *g.columns.at(field) < 0 && !g.off[field] }

func (g *guesser) taken(column int) bool {
	return slices.ContainsFunc(Fields(), func(field string) bool { return *g.columns.at(field) == column })
}

// some reports whether a column is empty or has at least one value that fits.
func (g *guesser) some(column int, fits func(string) bool) bool {
	empty := true
	for _, row := range g.sample {
		if column >= len(row) || strings.TrimSpace(row[column]) == "" {
			continue
		}
		if empty = false; fits(strings.TrimSpace(row[column])) {
			return true
		}
	}
	return empty
}

// named looks for the column of a field by its name when a value of it fits, or also by its end when most of them do.
func (g *guesser) named(field string, ends bool, fits func(string) bool) {
	if !g.open(field) {
		return
	}
	free := slices.Clone(g.bare)
	for i := range free {
		if g.taken(i) || fits != nil && !g.some(i, fits) {
			free[i] = ""
		}
	}
	at := named(free, names()[field])
	if at < 0 && ends {
		at = endsLike(free, names()[field], func(i int) bool { return mostly(g.sample, i, fits) })
	}
	if at >= 0 {
		g.set(field, at, ByName)
	}
}

// longest is the column, of those that are nothing else, whose values are the longest on average, if that is a sentence's length or
// the file has no other column.
func (g *guesser) longest() int {
	best, most := -1, proseLeast
	for i := range g.header {
		if mean := g.mean(i); !g.taken(i) && mean > most && !g.timely(i) {
			best, most = i, mean
		}
	}
	if best < 0 && len(g.header) == 1 && !g.taken(0) && !g.timely(0) && !mostly(g.sample, 0, isNumber) {
		return 0
	}
	return best
}

// timely reports whether the title or the values of a column say that it holds times: it is never the text then, also where the
// times cannot be read.
func (g *guesser) timely(i int) bool {
	return timeTitle(g.bare[i]) || mostly(g.sample, i, startsAsTime)
}

// timeTitle reports whether a bare title says that a time stands under it: a Chinese one by its end, an English one of at most
// three words by its first or last. A longer one is a question ("What shall we do better next time?").
func timeTitle(bare string) bool {
	list := names()["time"]
	if endsLike([]string{bare}, list, func(int) bool { return true }) == 0 {
		return true
	}
	words := strings.Split(bare, "_")
	return len(words) <= 3 && (slices.Contains(list, words[0]) || slices.Contains(list, words[len(words)-1]) || slices.Contains(list, bare))
}

// proseLeast is how many characters the values of a column have on average, at least, that may be text.
const proseLeast = 6.0

// mean is how many characters the values of a column have on average.
func (g *guesser) mean(column int) float64 {
	total, n := 0, 0
	for _, row := range g.sample {
		if column < len(row) {
			total += utf8.RuneCountInString(row[column])
			n++
		}
	}
	return float64(total) / float64(max(1, n))
}

// bareName is a column's name without what stands in brackets, numbers and marks: "Created At (UTC)" is created_at, "Score 1-10"
// is score.
func bareName(h string) string {
	h, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(h)), "(")
	h, _, _ = strings.Cut(h, "（")
	words := strings.FieldsFunc(h, func(r rune) bool { return !unicode.IsLetter(r) })
	return strings.Join(words, "_")
}

// named is the first column, by the surest name, that is called so; −1: none.
func named(bare, names []string) int {
	for _, name := range names {
		if i := slices.Index(bare, name); i >= 0 {
			return i
		}
	}
	return -1
}

// endsLike is the first column whose Chinese name ends with one of the names, and that fits.
func endsLike(bare, names []string, fits func(i int) bool) int {
	for _, name := range names {
		for i, b := range bare {
			if name[0] >= utf8.RuneSelf && strings.HasSuffix(b, name) && fits(i) {
				return i
			}
		}
	}
	return -1
}

// mostly reports whether four in five of the values of a column, and one at least, fit.
func mostly(sample [][]string, column int, fits func(string) bool) bool {
	n, good := 0, 0
	for _, row := range sample {
		if column >= len(row) || strings.TrimSpace(row[column]) == "" {
			continue
		}
		n++
		if fits(strings.TrimSpace(row[column])) {
			good++
		}
	}
	return n > 0 && good*5 >= n*4
}

// isTime reports whether a value can only be a time: a bare number may be anything.
func isTime(value string) bool {
	_, ok := whenIn(value, time.UTC, monthFirst)
	if !ok {
		_, ok = whenIn(value, time.UTC, dayFirst)
	}
	return ok && !isNumber(value)
}

// isWhen reports whether a value can be a time, where the column is called so: the seconds since 1970 too.
func isWhen(value string) bool {
	_, ok := when(value, time.UTC)
	return ok || isTime(value)
}

func isNumber(value string) bool {
	n, err := strconv.ParseFloat(value, 64)
	return err == nil && !math.IsNaN(n) && !math.IsInf(n, 0)
}

// isOffScale reports whether a value is a number, and no rating.
func isOffScale(value string) bool {
	n, err := strconv.ParseFloat(value, 64)
	return err == nil && !onScale(n)
}

// Says lists what was taken for what.
func (c Columns) Says(header []string) string {
	var parts []string
	for _, field := range Fields() {
		if at := *c.at(field); at >= 0 {
			parts = append(parts, fmt.Sprintf("%s = %q", field, header[at]))
		}
	}
	return strings.Join(parts, ", ")
}

// nearTitle is the title that is most like one that is not there; empty when none is like it: by the letters that would have to be
// changed (Levenshtein), where one that is a part of the other counts as near.
func nearTitle(want string, header []string) string {
	want = strings.ToLower(want)
	best, least := "", 0
	for _, title := range header {
		plain := strings.ToLower(strings.TrimSpace(title))
		if plain == "" {
			continue
		}
		d := distance([]rune(want), []rune(plain))
		if strings.Contains(plain, want) || strings.Contains(want, plain) {
			d = 1
		}
		if most := max(utf8.RuneCountInString(want), utf8.RuneCountInString(plain)); 2*d <= most && (best == "" || d < least) {
			best, least = title, d
		}
	}
	return best
}

// distance is how many letters have to be changed, added or taken away.
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		left := row[0]
		row[0] = i + 1
		for j := range b {
			change := left
			if a[i] != b[j] {
				change++
			}
			left = row[j+1]
			row[j+1] = min(change, left+1, row[j]+1)
		}
	}
	return row[len(b)]
}
