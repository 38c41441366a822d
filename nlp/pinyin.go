package nlp

import (
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf8"
)

// PinyinFile is where NewPinyin reads its table, in the data folder: lines "syllable characters", an empty line, then
// words whose reading differs from that of their characters: "银行 yin hang". ü is written v.
const PinyinFile = "dict/pinyin.txt"

// Pinyin spells Chinese in Latin letters without tones, so that a message typed in pinyin finds Chinese words. It never
// changes.
type Pinyin struct {
	chars     map[rune]reading
	sound     map[string]string // syllable → its characters
	syllables map[string]bool
	words     trie // word → index into readings
	readings  []string
}

// reading is how a character is said.
type reading struct {
	syllable string
	begins   bool // a word that has a reading of its own
}

// longestSyllable is the length of "zhuang", "chuang" and "shuang".
const longestSyllable = 6

// NewPinyin reads the table from data, which is rooted like the data folder.
func NewPinyin(data fs.FS) (*Pinyin, error) {
	raw, err := fs.ReadFile(data, PinyinFile)
	if err != nil {
		return nil, fmt.Errorf("nlp: pinyin: %w", err)
	}
	p := &Pinyin{chars: map[rune]reading{}, sound: map[string]string{}, syllables: map[string]bool{}}
	inWords := false
	for i, line := range strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n") {
		left, right, ok := strings.Cut(line, " ")
		switch {
		case line == "":
			inWords = true
		case !ok || left == "" || right == "":
			return nil, fmt.Errorf("nlp: pinyin: %s:%d: want two fields, got %q", PinyinFile, i+1, line)
		case inWords:
			p.words.add(left, len(p.readings))
			r, _ := utf8.DecodeRuneInString(left)
			p.chars[r] = reading{syllable: p.chars[r].syllable, begins: true}
			p.readings = append(p.readings, right)
		default:
			p.syllables[left] = true
			p.sound[left] = right
			for _, r := range right {
				p.chars[r] = reading{syllable: left}
			}
		}
	}
	return p, nil
}

// Spell is text with every Chinese character as its pinyin, folded and without spaces between syllables: 退款 is tuikuan,
// 银行卡 yinhangka. Everything else stays as Fold leaves it.
func (p *Pinyin) Spell(text string) string {
	s := Fold(Clean(text))
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !isHan(r) {
			b.WriteString(s[i : i+n])
			i += n
			continue
		}
		said := p.chars[r]
		if said.begins {
			if end, k := p.words.find(s, i); end > 0 {
				b.WriteString(strings.ReplaceAll(p.readings[k], " ", ""))
				i = end
				continue
			}
		}
		if said.syllable != "" {
			b.WriteString(said.syllable)
		} else {
			b.WriteRune(r)
		}
		i += n
	}
	return b.String()
}

// Homophones are the characters that sound as a character does, tones aside, with the character itself; none for one that
// is not known.
func (p *Pinyin) Homophones(r rune) string { return p.sound[p.chars[r].syllable] }

// Syllables takes a folded Latin word apart into pinyin syllables; nil if it is none. Where there are several ways the
// later syllables are the longer ones (fangan is fan gan, though it may be fang an; compare with Spell to be sure).
// English words may be pinyin too (women, china, banana): the caller decides what the word means where.
func (p *Pinyin) Syllables(word string) []string {
	if len(word) == 0 || len(word) > 60 {
		return nil
	}
	// last[i] is the length of the syllable that ends a way to spell word[:i], 0 if there is no way.
	last := make([]int, len(word)+1)
	for end := 1; end <= len(word); end++ {
		for n := min(longestSyllable, end); n > 0; n-- {
			if p.syllables[word[end-n:end]] && (end == n || last[end-n] > 0) {
				last[end] = n
				break
			}
		}
	}
	if last[len(word)] == 0 {
		return nil
	}
	var out []string
	for end := len(word); end > 0; end -= last[end] {
		out = append([]string{word[end-last[end] : end]}, out...)
	}
	return out
}
