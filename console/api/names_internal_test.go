package api

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestHideForms(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"Ada Lovelace", "Hi Ada, or ADA LOVELACE, or Ms. lovelace's cat", "Hi ***, or ***, or Ms. ***'s cat"},
		{"Ada Lovelace", "Ada Lovelaces in Canada", "*** Lovelaces in Canada"},
		{"Ada", "我叫Ada，Ada你好", "我叫***，***你好"},
		{"A", "A cat and a dog", "A cat and a dog"},
		{"Ada L", "Ada L wants an L", "*** wants an L"},
		{"Jean-Luc O'Brien", "Jean-Luc, Luc, O'Brien, brien", "***, ***, ***, ***"},
		{"林黛玉", "林黛玉说，黛玉想退货，林地很大", "***说，***想退货，林地很大"},
		{"王伟", "王伟你好，伟大的王", "***你好，伟大的王"},
		{"欧阳修文", "修文：欧阳先生", "***：欧阳先生"},
		{"林", "林先生在树林", "林先生在树林"},
		{"李明Ming", "李明 aka ming", "*** aka ***"},
		{"김민수", "민수가 왔다", "***가 왔다"},
		{"Guest 42", "guest: 42 items", "***: 42 items"},
		{"Łukasz Żak", "ŁUKASZ żak, łukasz", "***, ***"},
		{"", "hello", "hello"}, {"  ", "a b", "a b"}, {"...", "wait...", "wait..."},
	} {
		if got := hideForms(c.text, nameForms(c.name)); got != c.want {
			t.Errorf("%q in %q: %q, want %q", c.name, c.text, got, c.want)
		}
	}
}

// FuzzHideForms holds that a whole name that stands by itself is never left, and that nothing else of a text is lost.
func FuzzHideForms(f *testing.F) {
	f.Add("Ada Lovelace", "hello ")
	f.Add("林黛玉", "你好")
	f.Add("ẞ İ", "ß")
	f.Fuzz(func(t *testing.T, name, text string) {
		if !utf8.ValidString(name) || !utf8.ValidString(text) || strings.Contains(text, "*") {
			return
		}
		forms := nameForms(name)
		name = strings.TrimSpace(name)
		got := hideForms(text+" "+name+" "+text, forms)
		if countLetters(fold(name)) >= 2 && !strings.Contains(got, hiddenName) {
			t.Errorf("%q is left in %q", name, got)
		}
		if len(forms) == 0 && got != text+" "+name+" "+text {
			t.Errorf("without a name: %q", got)
		}
	})
}
