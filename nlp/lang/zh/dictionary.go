package zh

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"unicode/utf8"
)

// The files of the dictionaries, as name.gz: words with their frequency, and words of shops, which jieba lacks.
const (
	wordFile = "jieba.dict.utf8"
	shopFile = "user.dict.utf8"
)

// maxDictBytes bounds one unpacked dictionary.
const maxDictBytes = 64 << 20

// ErrDict is wrapped by every error about a missing or damaged dictionary.
var ErrDict = errors.New("zh: bad dictionary")

// unpack is the content of a gzipped dictionary file.
func unpack(dicts fs.FS, name string) ([]byte, error) {
	src, err := dicts.Open(name + ".gz")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDict, err)
	}
	defer src.Close()
	z, err := gzip.NewReader(src)
	if err != nil {
		return nil, fmt.Errorf("%w: %s.gz: %w", ErrDict, name, err)
	}
	raw, err := io.ReadAll(io.LimitReader(z, maxDictBytes))
	if err != nil {
		return nil, fmt.Errorf("%w: %s.gz: %w", ErrDict, name, err)
	}
	return raw, nil
}

// dictionary is a trie of words with the logarithm of how likely each is. The children of a node are found in one hash
// table by the number of the node and the character.
type dictionary struct {
	first  []edge // from the root, by characters of the basic plane
	edges  []edge
	shift  uint
	count  int     // edges in use
	nodes  uint32  // the root is node 0
	least  float64 // of all words; what a character that is no word has
	middle float64 // the median, which words added later get
}

// An edge leads to a node. A text visits edges all over the table, so that one is no more than a quarter of a cache
// line: link packs the node it comes from, the character and the node it leads to.
type edge struct {
	link  uint64
	value float64 // log probability of the word that ends with this character, 0: no word does
}

const (
	runeBits  = 21
	nodeBits  = 21
	childBits = 64 - runeBits - nodeBits
	maxNodes  = 1 << nodeBits
)

// node is where an edge leads; 0: no word goes on so.
func (e edge) node() uint32 { return uint32(e.link & (1<<childBits - 1)) }

// dictEdges is the size of the table for the shipped dictionary (some 400,000 edges), so that loading does not rebuild it.
const dictEdges = 1 << 20

func newDictionary(edges int) *dictionary {
	d := &dictionary{first: make([]edge, 1<<16), nodes: 1}
	d.resize(edges)
	return d
}

// resize gives the table room for n edges, a power of two.
func (d *dictionary) resize(n int) {
	old := d.edges
	d.edges, d.shift = make([]edge, n), uint(64-bits.TrailingZeros(uint(n)))
	for _, e := range old {
		if e.link != 0 {
			d.edges[d.slot(e.link>>childBits)] = e
		}
	}
}

// slot is where an edge stands, or the free place where it would.
func (d *dictionary) slot(key uint64) int {
	mask := len(d.edges) - 1
	i := int(key * 0x9e3779b97f4a7c15 >> d.shift)
	for d.edges[i].link != 0 && d.edges[i].link>>childBits != key {
		i = (i + 1) & mask
	}
	return i
}

// at is the place of the edge from a node by a character. It is valid until the next edge is added.
func (d *dictionary) at(node uint32, r rune) *edge {
	if node == 0 && r < 1<<16 {
		return &d.first[r]
	}
	return &d.edges[d.slot(uint64(node)<<runeBits|uint64(r))]
}

// add makes word a word. It reports false when the dictionary is full, at two million nodes.
func (d *dictionary) add(word []byte, value float64) bool {
	node := uint32(0)
	for len(word) > 0 {
		r, n := utf8.DecodeRune(word)
		word = word[n:]
		if d.count*4 > len(d.edges)*3 {
			d.resize(2 * len(d.edges))
		}
		e := d.at(node, r)
		if e.link == 0 {
			if d.nodes == maxNodes {
				return false
			}
			e.link = (uint64(node)<<runeBits|uint64(r))<<childBits | uint64(d.nodes)
			d.nodes++
			d.count++
		}
		if len(word) == 0 {
			e.value = value
		}
		node = e.node()
	}
	return true
}

// find is the value of a word, 0 if it is none.
func (d *dictionary) find(word []rune) float64 {
	var e edge
	for _, r := range word {
		if e = *d.at(e.node(), r); e.link == 0 {
			return 0
		}
	}
	return e.value
}

// loadDictionary reads the words ("word frequency tag" a line) and the shop words ("word tag" a line).
func loadDictionary(dicts fs.FS) (*dictionary, error) {
	words, err := unpack(dicts, wordFile)
	if err != nil {
		return nil, err
	}
	shop, err := unpack(dicts, shopFile)
	if err != nil {
		return nil, err
	}
	d := newDictionary(dictEdges)
	if err := d.addCounted(words); err != nil {
		return nil, err
	}
	for line := range bytes.Lines(shop) {
		word, _, ok := bytes.Cut(line, []byte(" "))
		if !ok || len(word) == 0 || !utf8.Valid(word) {
			return nil, fmt.Errorf("%w: %s: %q is no word with a tag", ErrDict, shopFile, line)
		}
		if !d.add(word, d.middle) {
			return nil, fmt.Errorf("%w: %s: too many words", ErrDict, shopFile)
		}
	}
	return d, nil
}

// addCounted adds words with their frequencies.
func (d *dictionary) addCounted(lines []byte) error {
	type counted struct {
		word  []byte
		times float64
	}
	all := make([]counted, 0, bytes.Count(lines, []byte("\n")))
	sum := 0.0
	for line := range bytes.Lines(lines) {
		word, rest, _ := bytes.Cut(line, []byte(" "))
		number, _, _ := bytes.Cut(rest, []byte(" "))
		n, err := strconv.ParseUint(string(number), 10, 32)
		if err != nil || n == 0 || len(word) == 0 || !utf8.Valid(word) {
			return fmt.Errorf("%w: %s: %q is no word with a frequency", ErrDict, wordFile, line)
		}
		all = append(all, counted{word, float64(n)})
		sum += float64(n)
	}
	if len(all) == 0 {
		return fmt.Errorf("%w: %s: no words", ErrDict, wordFile)
	}
	values := make([]float64, len(all))
	for i, w := range all {
		values[i] = math.Log(w.times / sum)
		if !d.add(w.word, values[i]) {
			return fmt.Errorf("%w: %s: too many words", ErrDict, wordFile)
		}
	}
	slices.Sort(values)
	d.least, d.middle = values[0], values[len(values)/2]
	return nil
}
