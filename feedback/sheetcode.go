package feedback

import (
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/internal/pack"
	"huiyin/nlp"
)

// The data of a sheet are: a byte that names the form, how many strings there are and these, how many rows and these, how
// many facts and these. Numbers are varints; strings that recur are places in the list; times are seconds since the one
// before, nanoseconds, and the seconds that their zone is ahead of UTC.
const sheetForm = 1

// errSheet means that the data of a sheet are none.
var errSheet = errors.New("feedback: a sheet cannot be read")

// row is what a digest needs of one customer's message.
type row struct {
	id, conversation, contact, channel string
	lang                               nlp.Lang
	at                                 time.Time
	text                               string
	spoken                             bool // a message of her own words, not a button
	fallback                           bool // the bot had no answer
	analysed                           bool // what follows is known
	same                               bool // … of this very text
	polarity                           nlp.Polarity
	score                              float64
	flags                              []nlp.Flag
	pii                                []nlp.PII
	reading                            string // by Compact
}

// event is what a digest needs of a fact.
type event struct {
	name, label  string
	conversation bot.ConversationID
	agent        bot.AgentID
	value        float64
	end          time.Time
}

// The marks of a row.
const (
	markSpoken = 1 << iota
	markFallback
	markAnalysed
	markSame
)

// rowOf is what is needed of a customer's message.
func rowOf(m *bot.Message, c bot.Conversation) row {
	r := row{id: string(m.ID), conversation: string(m.Conversation), contact: string(c.Contact), channel: c.Channel, lang: m.Lang, at: m.At, text: m.Text,
		spoken: m.Pressed == "" && m.Text != "", fallback: m.Decision != nil && m.Decision.Action == bot.ActFallback}
	if r.contact == "" {
		r.contact = r.conversation
	}
	if a := m.Analysis; a != nil {
		r.analysed, r.same, r.polarity, r.score, r.flags, r.pii = true, a.Text == m.Text, a.Sentiment.Polarity, a.Sentiment.Score, a.Flags, a.PII
	}
	return r
}

// felt reports whether the mood of a message is known, and the customer's own: a button has none.
func (r *row) felt() bool { return r.analysed && r.spoken }

// analysis is as much of the message's analysis as was kept; nil: it has none.
func (r *row) analysis() *nlp.Analysis {
	if !r.analysed {
		return nil
	}
	a := &nlp.Analysis{Lang: r.lang, Sentiment: nlp.Sentiment{Polarity: r.polarity, Score: r.score}, Flags: r.flags, PII: r.pii}
	if r.same {
		a.Text = r.text
	}
	return a
}

// item is the message as a piece of feedback.
func (r *row) item() Item {
	return Item{ID: r.id, Conversation: bot.ConversationID(r.conversation), Contact: r.contact, Channel: r.channel, Lang: r.lang, Text: r.text, At: r.at, Analysis: r.analysis()}
}

// sheetWriter puts rows and facts into the form of a sheet.
type sheetWriter struct {
	places        map[string]uint64
	list          []string
	rows, facts   []byte
	rowsN, factsN uint64
	rowAt, factAt int64
	size          int // of list
}

func newSheetWriter() *sheetWriter { return &sheetWriter{places: map[string]uint64{}} }

// place is where a string stands in the list.
func (w *sheetWriter) place(s string) uint64 {
	n, ok := w.places[s]
	if !ok {
		n = uint64(len(w.list))
		w.places[s], w.list = n, append(w.list, s)
		w.size += len(s) + binary.MaxVarintLen32
	}
	return n
}

func (w *sheetWriter) row(r *row) {
	w.rowsN++
	b := w.rows
	b = binary.AppendUvarint(b, w.place(r.conversation))
	own, ok := strings.CutPrefix(r.id, r.conversation+"-")
	if !ok {
		own = "\x00" + r.id
	}
	b = appendString(b, own)
	b = binary.AppendUvarint(b, w.place(r.contact))
	b = binary.AppendUvarint(b, w.place(r.channel))
	b = binary.AppendUvarint(b, w.place(string(r.lang)))
	b = appendTime(b, r.at, &w.rowAt)
	b = appendString(b, r.text)
	var marks byte
	for i, set := range []bool{r.spoken, r.fallback, r.analysed, r.same} {
		if set {
			marks |= 1 << i
		}
	}
	b = append(b, marks)
	if r.analysed {
		b = binary.AppendUvarint(b, w.place(string(r.polarity)))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(r.score))
		b = binary.AppendUvarint(b, uint64(len(r.flags)))
		for _, f := range r.flags {
			b = binary.AppendUvarint(b, w.place(string(f)))
		}
		b = binary.AppendUvarint(b, uint64(len(r.pii)))
		for _, p := range r.pii {
			b = binary.AppendUvarint(b, w.place(p.Kind))
			b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(p.Start)), uint64(p.End))
		}
	}
	w.rows = appendString(b, r.reading)
}

func (w *sheetWriter) fact(f *bot.Fact) {
	w.factsN++
	b := w.facts
	for _, s := range []string{f.Name, f.Label, string(f.Conversation), string(f.Agent)} {
		b = binary.AppendUvarint(b, w.place(s))
	}
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(f.Value))
	w.facts = appendTime(b, f.End, &w.factAt)
}

// bytes are the data of the sheet.
func (w *sheetWriter) bytes() []byte {
	b := make([]byte, 0, 1+3*binary.MaxVarintLen64+w.size+len(w.rows)+len(w.facts))
	b = append(b, sheetForm)
	b = binary.AppendUvarint(b, uint64(len(w.list)))
	for _, s := range w.list {
		b = appendString(b, s)
	}
	b = append(binary.AppendUvarint(b, w.rowsN), w.rows...)
	return append(binary.AppendUvarint(b, w.factsN), w.facts...)
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// appendTime writes a time, given the Unix seconds of the one before it, and remembers it in their place.
func appendTime(b []byte, t time.Time, last *int64) []byte {
	_, ahead := t.Zone()
	b = binary.AppendVarint(b, t.Unix()-*last)
	*last = t.Unix()
	return binary.AppendVarint(binary.AppendUvarint(b, uint64(t.Nanosecond())), int64(ahead))
}

// sheetReader reads the data of a sheet. What it returns are parts of the data, not copies.
type sheetReader struct {
	pack.Reader
	list []string
	zone *time.Location // of the time before
}

func (r *sheetReader) listed() string {
	n := r.Uvarint()
	if n >= uint64(len(r.list)) {
		r.Bad = true
		return ""
	}
	return r.list[n]
}

func (r *sheetReader) time(last *int64) time.Time {
	*last += r.Varint()
	t := time.Unix(*last, int64(r.Uvarint())).UTC()
	ahead := r.Varint()
	if ahead == 0 {
		return t
	}
	if r.zone == nil {
		r.zone = time.FixedZone("", int(ahead))
	} else if _, now := t.In(r.zone).Zone(); int64(now) != ahead {
		r.zone = time.FixedZone("", int(ahead))
	}
	return t.In(r.zone)
}

// count reads how many pieces follow, each of which has at least so many bytes.
func (r *sheetReader) count(bytes int) int {
	n := r.Uvarint()
	if n > uint64(len(r.Rest)/bytes) {
		r.Bad = true
		return 0
	}
	return int(n)
}

// begin reads up to the rows, and returns how many of them there are.
func (r *sheetReader) begin() int {
	if r.Take(1) != string(rune(sheetForm)) {
		r.Bad = true
		return 0
	}
	r.list = make([]string, r.count(1))
	for i := range r.list {
		r.list[i] = r.Text()
	}
	return r.count(leastRow)
}

// leastRow and leastFact are the fewest bytes of each.
const leastRow, leastFact = 11, 15

func (r *sheetReader) row(out *row, last *int64) {
	out.conversation = r.listed()
	if own := r.Text(); strings.HasPrefix(own, "\x00") {
		out.id = own[1:]
	} else {
		out.id = out.conversation + "-" + own
	}
	out.contact, out.channel, out.lang = r.listed(), r.listed(), nlp.Lang(r.listed())
	out.at, out.text = r.time(last), r.Text()
	marks := r.Take(1)
	if r.Bad {
		return
	}
	out.spoken, out.fallback, out.analysed, out.same = marks[0]&markSpoken != 0, marks[0]&markFallback != 0, marks[0]&markAnalysed != 0, marks[0]&markSame != 0
	if out.analysed {
		out.polarity, out.score = nlp.Polarity(r.listed()), r.Float()
		for range r.count(1) {
			out.flags = append(out.flags, nlp.Flag(r.listed()))
		}
		for range r.count(3) {
			p := nlp.PII{Kind: r.listed()}
			p.Start, p.End = int(r.Uvarint()), int(r.Uvarint())
			if p.Start < 0 || p.End < p.Start || p.End > len(out.text) && out.same {
				r.Bad = true
			}
			out.pii = append(out.pii, p)
		}
	}
	out.reading = r.Text()
}

func (r *sheetReader) fact(out *event, last *int64) {
	out.name, out.label, out.conversation, out.agent = r.listed(), r.listed(), bot.ConversationID(r.listed()), bot.AgentID(r.listed())
	out.value, out.end = r.Float(), r.time(last)
}

// openSheet reads the rows and the facts of a sheet.
func openSheet(data string) ([]row, []event, error) {
	r := sheetReader{Reader: pack.Reader{Rest: data}}
	rows := make([]row, r.begin())
	var last int64
	for i := 0; i < len(rows) && !r.Bad; i++ {
		r.row(&rows[i], &last)
	}
	last = 0
	facts := make([]event, r.count(leastFact))
	for i := 0; i < len(facts) && !r.Bad; i++ {
		r.fact(&facts[i], &last)
	}
	if r.Bad || r.Rest != "" {
		return nil, nil, errSheet
	}
	return rows, facts, nil
}
