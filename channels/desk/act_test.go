package desk

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, tc := range []struct {
		text      string
		commands  bool
		verb, arg string
	}{
		{">> hi", false, "reply", "hi"},
		{">>hi", false, "reply", "hi"},
		{"  >> hi\n\n>> there ", false, "reply", "hi\n\nthere"},
		{">> hi\nthere >> too", false, "reply", "hi\nthere >> too"},
		{"》》您好", false, "reply", "您好"},
		{"＞＞ 您好", false, "reply", "您好"},
		{">>", false, "reply", ""},
		{"> quoted", false, "note", "> quoted"},
		{">>> quoted", false, "note", ">>> quoted"},
		{"》》》引用", false, "note", "》》》引用"},
		{"she wrote >> hi", false, "note", "she wrote >> hi"},
		{"\n\t hi", false, "note", "hi"},
		{"/reply hi", false, "note", "/reply hi"},
		{"/reply hi", true, "reply", "hi"},
		{"/reply@shop_bot hi\nthere", true, "reply", "hi\nthere"},
		{"/reply\nhi there", true, "reply", "hi there"},
		{"/replyhi", true, "note", "/replyhi"},
		{"/ reply hi", true, "note", "/ reply hi"},
		{"/REPLY hi", true, "reply", "hi"},
		{"/claim", true, "claim", ""},
		{"/assign Max", true, "assign", "Max"},
		{"/bot", true, "return", ""},
		{"/quit", true, "note", "/quit"},
		{"", true, "note", ""},
	} {
		if verb, arg := parse(tc.text, ">>", tc.commands); verb != tc.verb || arg != tc.arg {
			t.Errorf("%q: %s %q, want %s %q", tc.text, verb, arg, tc.verb, tc.arg)
		}
	}
}

// FuzzParse holds the promise of the desk: what does not begin with the mark, or with a command, never goes to a customer;
// and what goes there has lost its mark and is otherwise as it was written.
func FuzzParse(f *testing.F) {
	for _, text := range []string{">> hi", "》》好", "> a", "/reply x", "a\n>> b", ">>\n>>", "\u200b>> x", "/re\x00ply", ">>>"} {
		for _, commands := range []bool{true, false} {
			f.Add(text, ">>", commands)
			f.Add(text, "回复：", commands)
		}
	}
	f.Fuzz(func(t *testing.T, text, mark string, commands bool) {
		text, mark = strings.ToValidUTF8(text, "?"), strings.ToValidUTF8(mark, "?") // as intake does
		if len([]rune(mark)) < 2 || strings.TrimSpace(mark) != mark {
			t.Skip("the configuration refuses such a mark")
		}
		verb, arg := parse(text, mark, commands)
		body := strings.TrimSpace(text)
		folded, fold := wide.Replace(body), wide.Replace(mark)
		last := []rune(fold)[len([]rune(fold))-1]
		marked := strings.HasPrefix(folded, fold) && !strings.HasPrefix(folded, fold+string(last))
		command := commands && strings.HasPrefix(strings.ToLower(body), "/reply")
		switch {
		case verb == "reply" && !marked && !command:
			t.Fatalf("%q would be sent to the customer as %q", text, arg)
		case marked && verb != "reply":
			t.Fatalf("%q has the mark and is a %s", text, verb)
		case !commands && verb != "reply" && verb != "note":
			t.Fatalf("%q is a command %s where there are none", text, verb)
		case verb == "note" && arg != body:
			t.Fatalf("the note %q is kept as %q", body, arg)
		case !strings.Contains(text, strings.TrimSpace(strings.Split(arg, "\n")[0])):
			t.Fatalf("%q is sent as %q", text, arg)
		}
	})
}
