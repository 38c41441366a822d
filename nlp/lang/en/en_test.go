package en_test

import (
	"strings"
	"testing"

	"github.com/kljensen/snowball/english"

	"huiyin/nlp/lang/en"
)

func TestStem(t *testing.T) {
	for in, want := range map[string]string{
		"refunded": "refund", "refunding": "refund", "refunds": "refund", "refund": "refund",
		"shipped": "ship", "cancelled": "cancel", "delivery": "deliveri", "deliveries": "deliveri",
		"sky": "sky", "it": "it", "e-mail": "e-mail", "b2b": "b2b", "café": "café", "": "",
	} {
		if got := en.Stem(in); got != want {
			t.Errorf("Stem(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestStemVocabulary compares with another implementation of Porter2 on every pair of a beginning and one or two endings.
func TestStemVocabulary(t *testing.T) {
	beginnings := strings.Fields("hope ship deliver refund nation oper cooper rat hap fl tr commun gener arsen bl cr ab be y yell dri sk f ex gl ski adv " +
		"organ formal electr trop abil cent ther activ creat feudal pred vile analog just us sens gyr ang inten homo bow rev admit arm hum")
	endings := strings.Fields("a e s es ed ing y ies ied er or ly al ational tional ation ization ize izer ative ate ator ful fulness fulli ous ousli ousness " +
		"ive iveness iviti al ally alli aliti alism alize ic ical icate iciti ance ence anci enci able abli ible ibli biliti bli ant ent entli ment ement " +
		"ion tion sion ism iti ogi logi li less lessli ness eed eedly edly ingly at bl iz tt nn ll ss us sses 's ' x w")
	n := 0
	for _, b := range beginnings {
		for _, e := range append(endings, "") {
			for _, e2 := range append(endings, "") {
				w := b + e + e2
				if got, want := en.Stem(w), english.Stem(w, true); got != want && len(w) > 2 {
					t.Errorf("Stem(%q) = %q, want %q", w, got, want)
				}
				n++
			}
		}
	}
	if n < 100_000 {
		t.Errorf("only %d words", n)
	}
}

// Ours must never differ from another implementation of Porter2, but for words that are none.
func FuzzStem(f *testing.F) {
	for _, w := range []string{"hopeful", "rational", "operator", "gently", "yellow", "prism", "skiing", "dying", "news", "early", "inning", "abbot's", "cooperat", "b", strings.Repeat("f", en.MaxStemBytes) + "e"} {
		f.Add(w)
	}
	f.Fuzz(func(t *testing.T, w string) {
		for i := range len(w) {
			if w[i] < 'a' || w[i] > 'z' {
				t.Skip("Stem takes lower-case letters")
			}
		}
		want := english.Stem(w, true)
		if len(w) > en.MaxStemBytes {
			want = w
		}
		if got := en.Stem(w); got != want {
			t.Errorf("Stem(%q) = %q, want %q", w, got, want)
		}
	})
}

func TestSplit(t *testing.T) {
	for in, want := range map[string]string{
		"don't": "do/not", "dont": "do/not", "can't": "ca>can/not", "won't": "wo>will/not", "cannot": "can/not",
		"i'm": "i/am", "we've": "we/have", "they'll": "they/will", "it's": "it/is", "john's": "john/'s",
		"let's": "let/us", "n't": "", "'t": "", "rock'n": "", "hello": "", "'": "", "o'clock": "", "t't": "",
	} {
		parts, got := en.Split(in), ""
		for i, p := range parts {
			if i > 0 {
				got += "/"
				if p.Start != parts[i-1].End || p.End != len(in) {
					t.Errorf("%q: parts %v", in, parts)
				}
			} else if raw := in[p.Start:p.End]; raw != p.Word {
				got += raw + ">"
			}
			got += p.Word
		}
		if got != want {
			t.Errorf("Split(%q) = %q, want %q", in, got, want)
		}
	}
}

func BenchmarkStem(b *testing.B) {
	for b.Loop() {
		en.Stem("refunded")
		en.Stem("order")
		en.Stem("box")
	}
}

func TestShorthand(t *testing.T) {
	for in, want := range map[string]string{
		"pls": "please", "u": "you", "acct": "account", "pkg": "package", "tmrw": "tomorrow", "qty": "quantity", "whats": "what is", "b4": "before",
		"nr": "number", "fone": "phone", "idk": "i do not know",
		"order": "", "app": "", "min": "", "info": "", "": "", "i": "", "2": "", "wants": "", "unabbreviated": "",
	} {
		words := full(in)
		if got := strings.Join(words, " "); got != want {
			t.Errorf("%q stands for %q, want %q", in, got, want)
		}
		for _, w := range words {
			if again := full(w); len(again) > 0 {
				t.Errorf("%q stands for %q, which is an abbreviation itself: %q", in, w, again)
			}
		}
	}
}

// full is the words that an abbreviation of either kind stands for.
func full(word string) []string {
	if words := en.Chat(word); words != nil {
		return words
	}
	return strings.Fields(en.Trade(word))
}

// A figure stands for a word where its neighbours leave nothing else to think, and for itself where it may count something.
func TestFigures(t *testing.T) {
	for text, want := range map[string]string{
		"it 4 me": "for", "thanks 4 your": "for", "wait 4 the": "for", "want 2 cancel": "to", "how 2 return": "to", "talk 2 u": "to", "need 2 speak": "to",
		"buy 2 shirts": "", "have 2 orders": "", "for 4 days": "", "in 2 weeks": "", "order 2 more": "", "gate 4 closed": "", "100 4 me": "", "i3 2 be": "",
		"want 3 cancel": "", "want 22 cancel": "",
	} {
		w := strings.Fields(text)
		if got := en.Figure(w[0], w[1], w[2]); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
	if en.Figure("", "4", "me") != "" || en.Figure("do", "2", "") != "" {
		t.Error("a figure at an end has no neighbour")
	}
}
