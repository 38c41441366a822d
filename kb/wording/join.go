package wording

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// Join makes one model of two of the same dimensions: what han knows of features with Han characters, what other knows of those
// without, and what only one of them knows. The vectors of a text in both scripts are sums over two spaces that have nothing to do
// with each other.
func Join(han, other *Model) (*Model, error) {
	if han.dim != other.dim {
		return nil, fmt.Errorf("wording: models of %d and %d dimensions cannot be joined", han.dim, other.dim)
	}
	from := map[string]*Model{}
	for name := range other.at {
		from[name] = other
	}
	for name := range han.at {
		if from[name] == nil || strings.ContainsFunc(name, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			from[name] = han
		}
	}
	m := &Model{dim: han.dim, at: make(map[string]int32, len(from))}
	size := stride(m.dim)
	for n, name := range slices.Sorted(maps.Keys(from)) {
		f := from[name]
		i := int(f.at[name])
		m.at[name] = int32(n)
		m.factor, m.unit = append(m.factor, f.factor[i]), append(m.unit, f.unit[i])
		m.rows = append(m.rows, f.rows[i*size:(i+1)*size]...)
	}
	return m, nil
}
