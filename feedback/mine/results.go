package mine

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"huiyin/feedback"
	"huiyin/internal/cell"
)

// result is some rows with what they are about, and their lines of assignments.csv.
type result struct {
	items    []feedback.Item
	assigned []feedback.Assignment
	lines    []byte
}

// second looks at the rows for the second time, now that their topics are known: it writes assignments.csv and counts for
// the digest, topics.csv and what the caller is told.
func second(ctx context.Context, out io.Writer, rows *spool, pile feedback.Pile, topics topicCounts, p feedback.Period, now time.Time, count *Result) (feedback.Digest, error) {
	in, err := rows.rewind()
	if err != nil {
		return feedback.Digest{}, err
	}
	w := bufio.NewWriterSize(out, spoolBuffer)
	if _, err := w.WriteString("id,topic_id,topic,polarity,is_complaint,kind,touchpoint,aspects\n"); err != nil {
		return feedback.Digest{}, err
	}
	var failed error
	scale := feedback.Stars
	if count.OfTen {
		scale = feedback.Points
	}
	digest := feedback.FromRows(func(yield func(feedback.Item, feedback.Assignment) bool) {
		failed = eachRow(ctx, in, pile, p.Zone, func(r result) error {
			if _, err := w.Write(r.lines); err != nil {
				return err
			}
			for i := range r.items {
				topics.add(r.assigned[i])
				if at := r.items[i].At; at.IsZero() || p.Contains(at) {
					count.In++
				} else {
					count.Out++
				}
				if !yield(r.items[i], r.assigned[i]) {
					return context.Canceled
				}
			}
			return nil
		})
	}, scale, p, now)
	return digest, errors.Join(failed, w.Flush())
}

// part is the bytes of some rows, the first of which has a number.
type part struct {
	first int
	rows  [][]byte
}

// eachRow reads the rows and their assignments on every processor, and yields them in order.
func eachRow(ctx context.Context, in *bufio.Reader, pile feedback.Pile, zone *time.Location, take func(result) error) error {
	first := 0
	next := func() (part, error) {
		p := part{first: first}
		for len(p.rows) < chunk {
			row, err := nextRow(in)
			if errors.Is(err, io.EOF) && len(p.rows) > 0 {
				break
			}
			if err != nil {
				return p, err
			}
			p.rows = append(p.rows, row)
		}
		first += len(p.rows)
		return p, nil
	}
	return feedback.InOrder(ctx, next, func(_ context.Context, p part) (result, error) {
		var lines bytes.Buffer
		w := csv.NewWriter(&lines)
		r := result{items: make([]feedback.Item, len(p.rows)), assigned: make([]feedback.Assignment, len(p.rows))}
		for i, b := range p.rows {
			r.items[i], r.assigned[i] = rowOf(b, zone), pile.About(p.first+i)
			if err := w.Write(assignment(r.items[i], r.assigned[i])); err != nil {
				return r, err
			}
		}
		w.Flush()
		r.lines = lines.Bytes()
		return r, w.Error()
	}, take)
}

// assignment is a row of assignments.csv.
func assignment(it feedback.Item, a feedback.Assignment) []string {
	return []string{cell.Safe(it.ID), a.Topic, cell.Safe(a.Name.In(string(it.Lang))), string(it.Analysis.Sentiment.Polarity),
		strconv.FormatBool(a.Complaint), string(a.Kind), string(a.Touch), judged(a.Aspects)}
}

// judged writes aspects as "delivery:positive;service:negative".
func judged(list []feedback.Aspect) string {
	var parts []string
	for _, a := range list {
		parts = append(parts, a.Group+":"+string(a.Polarity))
	}
	return strings.Join(parts, ";")
}

// topicCounts counts messages by topic.
type topicCounts map[string]*topicCount

type topicCount struct {
	about                  feedback.Assignment
	order, all, complaints int
}

func (c topicCounts) add(a feedback.Assignment) {
	if a.Topic == "" {
		return
	}
	t := c[a.Topic]
	if t == nil {
		t = &topicCount{about: a, order: len(c)}
		c[a.Topic] = t
	}
	t.all++
	if a.Complaint {
		t.complaints++
	}
}

// write writes topics.csv, the topic with the most messages first.
func (c topicCounts) write(out io.Writer) error {
	var rows []*topicCount
	for _, t := range c {
		rows = append(rows, t)
	}
	slices.SortFunc(rows, func(a, b *topicCount) int {
		if a.all != b.all {
			return b.all - a.all
		}
		return a.order - b.order
	})
	w := csv.NewWriter(out)
	if err := w.Write([]string{"topic_id", "topic_zh", "topic_en", "messages", "complaints", "found"}); err != nil {
		return err
	}
	for _, r := range rows {
		a := r.about
		if err := w.Write([]string{a.Topic, cell.Safe(a.Name.ZH), cell.Safe(a.Name.EN), strconv.Itoa(r.all), strconv.Itoa(r.complaints), strconv.FormatBool(a.Found)}); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}
