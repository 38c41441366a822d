package kb

import (
	"slices"
	"strings"
	"unicode"
)

// Piece is a part of a text that stays, goes or comes.
type Piece struct {
	Op   DiffOp
	Text string
}

// DiffOp is what an edit did with a Piece.
type DiffOp string

// The edits.
const (
	Kept    DiffOp = "kept"
	Removed DiffOp = "removed"
	Added   DiffOp = "added"
)

// FieldChange is how an edit changed one field of an article.
type FieldChange struct {
	Field  string // a key of the front matter, or "body"
	Pieces []Piece
}

// Difference lists the fields in which two revisions differ, in the order of a file. Lists count as one line an item, and
// instants as a whole.
func Difference(before, after Article) []FieldChange {
	var out []FieldChange
	for _, key := range csvColumns {
		x, y := cellText(before, key), cellText(after, key)
		switch {
		case x == y:
		case key == "from" || key == "until":
			var d differ
			d.add(Removed, x)
			d.add(Added, y)
			out = append(out, FieldChange{key, d.tidy()})
		default:
			out = append(out, FieldChange{key, DiffText(x, y)})
		}
	}
	return out
}

// maxDiffCells bounds the table that a comparison fills; larger texts are compared by lines, or as a whole.
const maxDiffCells = 4 << 20

// DiffText compares two texts word by word, Han characters one by one; large ones line by line.
func DiffText(before, after string) []Piece {
	x, y := diffWords(before), diffWords(after)
	if !fits(x, y) {
		x, y = strings.SplitAfter(before, "\n"), strings.SplitAfter(after, "\n")
	}
	var head, tail []string
	for len(x) > 0 && len(y) > 0 && x[0] == y[0] {
		head, x, y = append(head, x[0]), x[1:], y[1:]
	}
	for len(x) > 0 && len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		tail, x, y = append(tail, x[len(x)-1]), x[:len(x)-1], y[:len(y)-1]
	}
	slices.Reverse(tail)
	var d differ
	d.add(Kept, head...)
	if fits(x, y) {
		d.compare(x, y)
	} else {
		d.add(Removed, x...)
		d.add(Added, y...)
	}
	d.add(Kept, tail...)
	return d.tidy()
}

func fits(x, y []string) bool { return (len(x)+1)*(len(y)+1) <= maxDiffCells }

// diffWords cuts a text into words, single Han characters, white space and marks.
func diffWords(text string) []string {
	var out []string
	kind := func(r rune) int {
		switch {
		case unicode.Is(unicode.Han, r) || r == '\n':
			return 0
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return 1
		case unicode.IsSpace(r):
			return 2
		}
		return 0
	}
	last := 0
	for _, r := range text {
		k := kind(r)
		if k != 0 && k == last && len(out) > 0 {
			out[len(out)-1] += string(r)
		} else {
			out = append(out, string(r))
		}
		last = k
	}
	return out
}

// differ gathers pieces, neighbours with the same fate in one.
type differ []Piece

func (d *differ) add(op DiffOp, words ...string) {
	if len(words) == 0 {
		return
	}
	text := strings.Join(words, "")
	if n := len(*d); n > 0 && (*d)[n-1].Op == op {
		(*d)[n-1].Text += text
		return
	}
	*d = append(*d, Piece{op, text})
}

// compare walks a longest common subsequence.
func (d *differ) compare(x, y []string) {
	width := len(y) + 1
	length := make([]int32, (len(x)+1)*width)
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			if x[i] == y[j] {
				length[i*width+j] = length[(i+1)*width+j+1] + 1
			} else {
				length[i*width+j] = max(length[(i+1)*width+j], length[i*width+j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(x) && j < len(y) {
		switch {
		case x[i] == y[j]:
			d.add(Kept, x[i])
			i, j = i+1, j+1
		case length[(i+1)*width+j] >= length[i*width+j+1]:
			d.add(Removed, x[i])
			i++
		default:
			d.add(Added, y[j])
			j++
		}
	}
	d.add(Removed, x[i:]...)
	d.add(Added, y[j:]...)
}

// shortKept is the length in bytes of a kept piece that only tears an edit apart: white space between two changed words.
const shortKept = 1

// tidy joins changes that only a blank parts, and puts what goes before what comes.
func (d differ) tidy() []Piece {
	var out differ
	var gone, come strings.Builder
	flush := func() {
		if gone.Len() > 0 {
			out.add(Removed, gone.String())
		}
		if come.Len() > 0 {
			out.add(Added, come.String())
		}
		gone.Reset()
		come.Reset()
	}
	for i, p := range d {
		switch {
		case p.Op == Removed:
			gone.WriteString(p.Text)
		case p.Op == Added:
			come.WriteString(p.Text)
		case len(p.Text) <= shortKept && p.Text != "\n" && gone.Len() > 0 && come.Len() > 0 && i+1 < len(d):
			gone.WriteString(p.Text)
			come.WriteString(p.Text)
		default:
			flush()
			out.add(Kept, p.Text)
		}
	}
	flush()
	return out
}
