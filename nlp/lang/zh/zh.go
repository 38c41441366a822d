// Package zh segments Chinese text into words with jieba, the only place that does.
package zh

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/yanyiwu/gojieba"
)

// ErrClosed is returned by AddWord after Close.
var ErrClosed = errors.New("zh: segmenter is closed")

// pieceBytes bounds what is handed to jieba at once: it keeps some 200 bytes a character while it works.
const pieceBytes = 12 << 10

// Segmenter cuts Chinese text. It is safe for concurrent use.
//
// jieba itself takes no lock: adding a word while another goroutine cuts reads freed memory. The mutex makes
// AddWord wait for running cuts.
type Segmenter struct {
	mu    sync.RWMutex
	jieba *gojieba.Jieba // nil after Close
}

// Open unpacks the dictionaries of dicts (the files that Manifest lists, as name.gz, and Manifest itself) into dir,
// where jieba can read them, and loads them. Files that are there already and intact are used as they are; dir may
// be shared by several processes and may be deleted at any time after Open has returned.
func Open(dicts fs.FS, dir string) (*Segmenter, error) {
	paths, err := unpack(dicts, dir)
	if err != nil {
		return nil, err
	}
	return &Segmenter{jieba: gojieba.NewJieba(paths...)}, nil
}

// A Word is the half-open byte range of a word in the text that was cut.
type Word struct{ Start, End int }

// Cut appends the words of text to dst, in order and without overlap. They cover the text. Text that
// is not valid UTF-8 or holds NUL (neither comes out of nlp.Clean) would end or crash the C++ side and is taken
// as one word, as is everything after Close.
func (s *Segmenter) Cut(dst []Word, text string) []Word {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if text == "" {
		return dst
	}
	if s.jieba == nil || strings.IndexByte(text, 0) >= 0 || !utf8.ValidString(text) {
		return append(dst, Word{0, len(text)})
	}
	for from := 0; from < len(text); {
		to := min(from+pieceBytes, len(text))
		for to < len(text) && !utf8.RuneStart(text[to]) {
			to--
		}
		dst = s.cut(dst, text[from:to], from)
		from = to
	}
	return dst
}

// runBorder stands between stretches that are cut at once. jieba takes it for a border of sentences.
const runBorder = '\n'

// CutRuns is Cut for several stretches of text, in order and apart, in one call of jieba: going over to C++ and back costs
// as much as cutting a dozen characters.
func (s *Segmenter) CutRuns(dst []Word, text string, runs []Word) []Word {
	for len(runs) > 0 {
		n, size := 0, 0
		for n < len(runs) && (n == 0 || size+runs[n].End-runs[n].Start < pieceBytes) {
			size += runs[n].End - runs[n].Start + 1
			n++
		}
		dst = s.cutTogether(dst, text, runs[:n], size)
		runs = runs[n:]
	}
	return dst
}

// cutTogether cuts runs that have size bytes with their borders.
func (s *Segmenter) cutTogether(dst []Word, text string, runs []Word, size int) []Word {
	if len(runs) == 1 {
		from := len(dst)
		dst = s.Cut(dst, text[runs[0].Start:runs[0].End])
		for i := from; i < len(dst); i++ {
			dst[i].Start += runs[0].Start
			dst[i].End += runs[0].Start
		}
		return dst
	}
	joined := make([]byte, 0, size)
	for _, r := range runs {
		joined = append(append(joined, text[r.Start:r.End]...), runBorder)
	}
	from := len(dst)
	dst = s.Cut(dst, string(joined))
	if len(dst)-from == 1 { // closed
		return append(dst[:from], runs...)
	}
	// Words of the joined text become words of text; those that are borders go.
	to, k, at := from, 0, 0 // at: where run k begins in joined
	for _, w := range dst[from:] {
		for w.Start > at+runs[k].End-runs[k].Start {
			at += runs[k].End - runs[k].Start + 1
			k++
		}
		if joined[w.Start] != runBorder {
			shift := runs[k].Start - at
			dst[to] = Word{w.Start + shift, w.End + shift}
			to++
		}
	}
	return dst[:to]
}

func (s *Segmenter) cut(dst []Word, text string, base int) []Word {
	at := base
	for _, w := range s.jieba.Cut(text, true) {
		dst = append(dst, Word{at, at + len(w)})
		at += len(w)
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
	if s.jieba == nil {
		return ErrClosed
	}
	s.jieba.AddWord(word)
	return nil
}

// Close frees the dictionaries (some 50 MB outside the Go heap). It waits for running cuts.
func (s *Segmenter) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.jieba != nil {
		s.jieba.Free()
		s.jieba = nil
	}
	return nil
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
