package zh

import (
	"bytes"
	"fmt"
	"io/fs"
	"strconv"
	"unicode/utf8"
)

// hmmFile holds the model of unknown words, as jieba writes it: after comments the chances to begin in a state, those
// to go from one to another, and for each state a line of "character:log probability" with commas between.
const hmmFile = "hmm_model.utf8"

// States of a character in a word: it begins it, ends it, stands in its middle, or is a word by itself. The order is
// that of the file.
const (
	stateBegin = iota
	stateEnd
	stateMiddle
	stateSingle
	states
)

// never is the log probability of what does not happen; the file says so, too.
const never = -3.14e100

// unknown is a hidden Markov model over characters. It finds words that no dictionary has.
type unknown struct {
	start [states]float64
	next  [states][states]float64
	row   []uint16          // of each character of the basic plane: its row of emit; row 0 is for those never seen
	emit  [][states]float64 // how likely a character is in each state
}

func loadUnknown(dicts fs.FS) (*unknown, error) {
	raw, err := unpack(dicts, hmmFile)
	if err != nil {
		return nil, err
	}
	bad := func(what string) error { return fmt.Errorf("%w: %s: %s", ErrDict, hmmFile, what) }
	var lines [][]byte
	for line := range bytes.Lines(raw) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			lines = append(lines, line)
		}
	}
	if len(lines) != 1+2*states {
		return nil, bad(fmt.Sprintf("%d lines, want %d", len(lines), 1+2*states))
	}
	u := &unknown{row: make([]uint16, 1<<16), emit: make([][states]float64, 1, 8192)}
	u.emit[0] = [states]float64{never, never, never, never}
	for i, row := range append([]*[states]float64{&u.start}, &u.next[0], &u.next[1], &u.next[2], &u.next[3]) {
		fields := bytes.Fields(lines[i])
		if len(fields) != states {
			return nil, bad("a row of the wrong length")
		}
		for k, f := range fields {
			if row[k], err = strconv.ParseFloat(string(f), 64); err != nil {
				return nil, bad(err.Error())
			}
		}
	}
	for state := range states {
		if err := u.readEmissions(lines[1+states+state], state); err != nil {
			return nil, bad(err.Error())
		}
	}
	return u, nil
}

func (u *unknown) readEmissions(line []byte, state int) error {
	for pair := range bytes.SplitSeq(line, []byte(",")) {
		r, n := utf8.DecodeRune(pair)
		if r == utf8.RuneError || n >= len(pair) || pair[n] != ':' {
			return fmt.Errorf("%q is no character with a probability", pair)
		}
		v, err := strconv.ParseFloat(string(pair[n+1:]), 64)
		if err != nil {
			return err
		}
		if r >= 1<<16 || len(u.emit) == 1<<16 {
			return fmt.Errorf("%q lies outside the basic plane", pair)
		}
		if u.row[r] == 0 {
			u.row[r] = uint16(len(u.emit))
			u.emit = append(u.emit, u.emit[0])
		}
		u.emit[u.row[r]][state] = v
	}
	return nil
}

// emission is how likely r is in each state.
func (u *unknown) emission(r rune) *[states]float64 {
	if int(r) < len(u.row) {
		return &u.emit[u.row[r]]
	}
	return &u.emit[0]
}

// ends appends the ends of the words in text, counted from base, by the Viterbi algorithm. path is scratch space of
// at least len(text) rows.
func (u *unknown) ends(dst []int32, text []rune, base int, path [][states]uint8) []int32 {
	weight := *u.emission(text[0])
	for s := range states {
		weight[s] = u.start[s] + weight[s]
	}
	for x := 1; x < len(text); x++ {
		emit := u.emission(text[x])
		var now [states]float64
		for s := range states {
			now[s], path[x][s] = never, stateEnd
			for from := range states {
				if v := weight[from] + u.next[from][s] + emit[s]; v > now[s] {
					now[s], path[x][s] = v, uint8(from)
				}
			}
		}
		weight = now
	}
	state := uint8(stateSingle)
	if weight[stateEnd] >= weight[stateSingle] {
		state = stateEnd
	}
	from := len(dst)
	for x := len(text) - 1; x >= 0; x-- {
		if state == stateEnd || state == stateSingle {
			dst = append(dst, int32(base+x+1))
		}
		state = path[x][state]
	}
	for i, j := from, len(dst)-1; i < j; i, j = i+1, j-1 {
		dst[i], dst[j] = dst[j], dst[i]
	}
	return dst
}
