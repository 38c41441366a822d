// Package zh segments Chinese text into words as jieba does, with its dictionaries.
//
// The method is jieba's (MixSegment and QuerySegment of cppjieba, MIT): the likeliest sequence of dictionary words, and
// for what is left in single characters a hidden Markov model of words that no dictionary has.
package zh

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"unicode/utf8"
)

// ErrClosed is returned by AddWord after Close.
var ErrClosed = errors.New("zh: segmenter is closed")

// Mode is how finely a text is cut.
type Mode int

// The two modes: Words cuts each text once (清华大学); Search adds the shorter words inside the long ones
// (清华, 大学, 清华大学), for an index.
const (
	Words Mode = iota
	Search
)

// Segmenter cuts Chinese text. It is safe for concurrent use.
type Segmenter struct {
	unknown *unknown
	work    sync.Pool // of *work

	mu   sync.RWMutex
	dict *dictionary // nil after Close
}

// Open loads the dictionaries of dicts. Every error wraps ErrDict.
func Open(dicts fs.FS) (*Segmenter, error) {
	dict, err := loadDictionary(dicts)
	if err != nil {
		return nil, err
	}
	u, err := loadUnknown(dicts)
	if err != nil {
		return nil, err
	}
	return &Segmenter{unknown: u, dict: dict, work: sync.Pool{New: func() any { return new(work) }}}, nil
}

// A Word is the half-open byte range of a word in the text that was cut.
type Word struct{ Start, End int }

// Cut appends the words of text to dst, in order; in Search mode they overlap. The words cover the text. Text that
// is not valid UTF-8 or holds NUL (neither comes out of nlp.Clean) is taken as one word, as is everything after Close.
func (s *Segmenter) Cut(dst []Word, text string, mode Mode) []Word {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if text == "" {
		return dst
	}
	if s.dict == nil || strings.IndexByte(text, 0) >= 0 || !utf8.ValidString(text) {
		return append(dst, Word{0, len(text)})
	}
	w := s.work.Get().(*work)
	defer s.work.Put(w)
	w.read(text)
	w.likeliest(s.dict)
	w.merge(s.dict, s.unknown)
	from := 0
	for _, to := range w.ends {
		if mode == Search {
			dst = w.inside(dst, s.dict, from, int(to))
		}
		dst = append(dst, Word{int(w.at[from]), int(w.at[to])})
		from = int(to)
	}
	return dst
}

// AddWord makes word one word from now on. The word should be folded, as the texts are.
func (s *Segmenter) AddWord(word string) error {
	if word == "" || strings.ContainsAny(word, "\x00 \n\t") || !utf8.ValidString(word) {
		return fmt.Errorf("zh: %q cannot be a word: it is empty, has white space or is not UTF-8", word)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dict == nil {
		return ErrClosed
	}
	if !s.dict.add([]byte(word), s.dict.middle) {
		return fmt.Errorf("zh: %q cannot be added: the dictionary is full", word)
	}
	return nil
}

// Close frees the dictionaries. It waits for running cuts.
func (s *Segmenter) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dict = nil
	return nil
}

// work is what one cut needs; it is reused.
type work struct {
	text   []rune
	at     []int32   // the byte where each character begins, and the end
	weight []float64 // of the likeliest sequence from each character on
	step   []int32   // how many characters its first word has
	ends   []int32   // of the words, in characters
	path   [][states]uint8
}

func (w *work) read(text string) {
	w.text, w.at = w.text[:0], w.at[:0]
	for i, r := range text {
		w.text, w.at = append(w.text, r), append(w.at, int32(i))
	}
	w.at = append(w.at, int32(len(text)))
}

// likeliest finds, from the end backwards, the sequence of dictionary words whose probabilities have the largest
// product. A character that is no word counts as the rarest one.
func (w *work) likeliest(d *dictionary) {
	n := len(w.text)
	if cap(w.weight) <= n {
		w.weight, w.step = make([]float64, 2*n+64), make([]int32, 2*n+64)
	}
	w.weight, w.step = w.weight[:n+1], w.step[:n+1]
	w.weight[n] = 0
	for i := n - 1; i >= 0; i-- {
		e := d.at(0, w.text[i])
		best, step := w.weight[i+1]+d.least, int32(1)
		if e.value != 0 {
			best = w.weight[i+1] + e.value
		}
		for j := i + 1; j < n && e.link != 0; j++ {
			e = d.at(e.node(), w.text[j])
			if e.value != 0 && w.weight[j+1]+e.value > best {
				best, step = w.weight[j+1]+e.value, int32(j+1-i)
			}
		}
		w.weight[i], w.step[i] = best, step
	}
}

// merge walks along the likeliest sequence and lets the model of unknown words join what stands in single characters.
func (w *work) merge(d *dictionary, u *unknown) {
	w.ends = w.ends[:0]
	if cap(w.path) < len(w.text) {
		w.path = make([][states]uint8, 2*len(w.text)+64)
	}
	w.path = w.path[:cap(w.path)]
	for i := 0; i < len(w.text); {
		if w.step[i] > 1 {
			i += int(w.step[i])
			w.ends = append(w.ends, int32(i))
			continue
		}
		j := i + 1
		for j < len(w.text) && w.step[j] <= 1 {
			j++
		}
		if j-i == 1 {
			w.ends = append(w.ends, int32(j))
		} else {
			w.ends = u.ends(w.ends, w.text[i:j], i, w.path)
		}
		i = j
	}
}

// inside appends the words of two and of three characters inside the word [from, to).
func (w *work) inside(dst []Word, d *dictionary, from, to int) []Word {
	for size := 2; size <= 3 && size < to-from; size++ {
		for i := from; i+size <= to; i++ {
			if d.find(w.text[i:i+size]) != 0 {
				dst = append(dst, Word{int(w.at[i]), int(w.at[i+size])})
			}
		}
	}
	return dst
}

// Stop reports whether a folded word only holds a Chinese sentence together: particles, fillers and polite words.
// Question words and negations are no stop words: they decide what is meant.
func Stop(word string) bool {
	switch word {
	case "的", "了", "着", "过", "地", "得", "之", "所", "吗", "吧", "呢", "啊", "呀", "哦", "噢", "喔", "嗯", "哎", "唉",
		"嘛", "啦", "哈", "呵", "诶", "欸", "哟", "咯", "喽", "么", "是", "在", "和", "与", "及", "或", "而", "且", "也",
		"就", "都", "还", "又", "才", "便", "把", "被", "给", "让", "向", "对", "对于", "关于", "从", "由", "以", "为",
		"于", "跟", "同", "个", "这", "那", "这个", "那个", "这些", "那些", "这样", "那样", "一个", "一下", "一些",
		"请", "请问", "麻烦", "您好", "你好", "亲", "亲亲", "谢谢", "我", "你", "您", "他", "她", "它", "我们", "你们",
		"他们", "她们", "它们", "咱", "咱们", "自己", "有", "会", "说", "去", "来", "到", "然后", "因为", "所以",
		"但是", "但", "如果", "的话", "以及", "并", "并且", "其", "该", "此", "呗", "哒", "滴", "嘞", "哇":
		return true
	}
	return false
}
