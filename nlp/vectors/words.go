package vectors

import "strings"

// file is the words of one file.
type file struct {
	raw string
	at  []uint32 // where each word begins; it ends before the next newline
}

// word is the i-th word of the file.
func (f file) word(i int) string {
	rest := f.raw[f.at[i]:]
	return rest[:strings.IndexByte(rest, '\n')]
}

// slot is where a word is in the hash table, or would be.
func (v *Vectors) slot(word string) (at int, ok bool) {
	mask := len(v.hash) - 1
	for at = int(fnv(word)) & mask; v.hash[at] != 0; at = (at + 1) & mask {
		if v.word(int(v.hash[at])-1) == word {
			return at, true
		}
	}
	return at, false
}

// fnv is the hash function FNV-1a (Fowler, Noll, Vo), 32 bits, its high bits folded in for a small table.
func fnv(word string) uint32 {
	h := uint32(2166136261)
	for i := range len(word) {
		h = (h ^ uint32(word[i])) * 16777619
	}
	return h ^ h>>15
}

// grow makes the hash table larger.
func (v *Vectors) grow(to int) {
	v.hash = make([]int32, to)
	for i := range v.Len() {
		at, _ := v.slot(v.word(i))
		v.hash[at] = int32(i + 1)
	}
}

// Numbers of a file, little-endian.
func u16(s string) int { return int(s[0]) | int(s[1])<<8 }

func u32(s string) uint32 {
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}
