// Package en knows the words of English: stems, stop words and contractions.
package en

import "strings"

// A Part is a piece of a contraction: bytes [Start, End) of it, and the word that the piece stands for.
type Part struct {
	Start, End int
	Word       string
}

// Split takes a contraction apart as the Penn Treebank does (don't → do + n't), naming what each part stands for
// (do, not). It accepts the spellings without an apostrophe that people type (dont, didnt). Nil: not a contraction.
func Split(word string) []Part {
	n := len(word)
	if i := strings.IndexByte(word, '\''); i >= 0 {
		return splitApostrophe(word, i)
	}
	switch word {
	case "dont", "doesnt", "didnt", "isnt", "arent", "wasnt", "werent", "havent", "hasnt", "hadnt", "couldnt",
		"wouldnt", "shouldnt", "mustnt", "neednt", "cant", "wont", "aint":
		return []Part{{0, n - 2, base(word[:n-2])}, {n - 2, n, "not"}}
	case "cannot":
		return []Part{{0, 3, "can"}, {3, 6, "not"}}
	}
	return nil
}

func splitApostrophe(word string, i int) []Part {
	n := len(word)
	head, tail := word[:i], word[i+1:]
	if head == "" || tail == "" {
		return nil
	}
	switch tail {
	case "t":
		if i > 1 && head[i-1] == 'n' {
			return []Part{{0, i - 1, base(head[:i-1])}, {i - 1, n, "not"}}
		}
	case "m":
		return []Part{{0, i, head}, {i, n, "am"}}
	case "re":
		return []Part{{0, i, head}, {i, n, "are"}}
	case "ve":
		return []Part{{0, i, head}, {i, n, "have"}}
	case "ll":
		return []Part{{0, i, head}, {i, n, "will"}}
	case "d":
		return []Part{{0, i, head}, {i, n, "would"}}
	case "s":
		return []Part{{0, i, head}, {i, n, ending(head)}}
	}
	return nil
}

// ending is what 's stands for after head.
func ending(head string) string {
	switch head {
	case "let":
		return "us"
	case "it", "that", "what", "where", "who", "how", "when", "why", "there", "here", "he", "she", "this":
		return "is"
	}
	return "'s"
}

// base undoes what a negated contraction does to its verb.
func base(head string) string {
	switch head {
	case "wo":
		return "will"
	case "ca":
		return "can"
	case "sha":
		return "shall"
	case "ai":
		return "be"
	}
	return head
}

// Stop reports whether a lower-case word only holds an English sentence together. Negations and question words are
// no stop words: they decide what is meant.
func Stop(word string) bool {
	switch word {
	case "a", "an", "the", "and", "or", "but", "if", "then", "so", "as", "of", "to", "in", "on", "at", "by", "for",
		"from", "with", "into", "about", "is", "am", "are", "was", "were", "be", "been", "being", "do", "does", "did",
		"have", "has", "had", "having", "will", "would", "shall", "should", "could", "may", "might", "must", "i",
		"me", "my", "mine", "myself", "you", "your", "yours", "he", "him", "his", "she", "her", "hers", "it", "its",
		"we", "us", "our", "ours", "they", "them", "their", "theirs", "this", "that", "these", "those", "there",
		"here", "'s", "please", "pls", "plz", "hi", "hello", "hey", "dear", "thanks", "thank", "just", "also",
		"very", "too", "can", "than", "such", "some", "any":
		return true
	}
	return false
}
