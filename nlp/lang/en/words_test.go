package en_test

import (
	"strings"
	"testing"

	"huiyin/nlp/lang/en"
)

// Whatever has an apostrophe comes apart into pieces that follow each other and make up the whole, or stays whole.
func FuzzSplit(f *testing.F) {
	for _, s := range []string{"don't", "dont", "shan't", "ain't", "'", "x'", "'x", "n't", "nt't", "cannot", "it's's", "é'll", "\xff've", "wouldn't've", "won't"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, word string) {
		parts := en.Split(word)
		if parts == nil {
			return
		}
		at := 0
		for _, p := range parts {
			if p.Start != at || p.End <= p.Start || p.Word == "" {
				t.Fatalf("%q: parts %+v", word, parts)
			}
			at = p.End
		}
		if at != len(word) || len(parts) < 2 {
			t.Fatalf("%q: parts %+v", word, parts)
		}
	})
}

// Every negated form gives the same two words with its apostrophe and, where people leave it out, without.
func TestNegationsComeApart(t *testing.T) {
	for verb, base := range map[string]string{
		"do": "do", "does": "does", "did": "did", "is": "is", "are": "are", "was": "was", "were": "were", "have": "have", "has": "has",
		"had": "had", "could": "could", "would": "would", "should": "should", "ca": "can", "wo": "will", "ai": "be",
	} {
		for _, form := range []string{verb + "n't", verb + "nt"} {
			parts := en.Split(form)
			if len(parts) != 2 || parts[0].Word != base || parts[1].Word != "not" {
				t.Errorf("%s: %+v", form, parts)
			}
		}
	}
	if parts := en.Split("shan't"); len(parts) != 2 || parts[0].Word != "shall" {
		t.Errorf("shan't: %+v", parts)
	}
	for _, word := range []string{"want", "went", "payment", "front", "discount", "account", "it", "the", "shant"} {
		if parts := en.Split(word); parts != nil {
			t.Errorf("%s came apart: %+v", word, parts)
		}
	}
}

// The words that decide what is meant are never left out as stop words, however short they are.
func TestWordsThatDecideAreNoStopWords(t *testing.T) {
	for _, w := range strings.Fields("not no never none nothing without cannot why what when where who which how only again still already " +
		"before after up down off out over more less before between") {
		if en.Stop(w) {
			t.Errorf("%s is left out", w)
		}
	}
	for _, w := range strings.Fields("the a an of to is are was be been please hi hello thanks my your") {
		if !en.Stop(w) {
			t.Errorf("%s is kept", w)
		}
	}
	for _, w := range []string{"", "refund", "The", "退款"} {
		if en.Stop(w) {
			t.Errorf("%q is left out", w)
		}
	}
}

// What people shorten in a chat, and what bills shorten.
func TestAbbreviations(t *testing.T) {
	for word, short := range map[string]string{
		"please": "pls plz plse", "you": "u", "your": "ur", "thanks": "thx thanx tnx tks", "because": "cuz coz bcz bcuz", "message": "msg mssg",
		"people": "ppl", "tomorrow": "tmr tmrw tmw", "what": "wat wut", "going": "gonna", "want": "wanna", "give": "gimme", "let": "lemme",
		"birthday": "bday", "soon": "asap", "something": "smth sth", "account": "acct acnt", "address": "addr", "amount": "amt",
		"appointment": "appt", "customer": "cust", "delivery": "delv dlvry", "hours": "hr hrs", "minutes": "mins", "number": "nbr num nr", "phone": "fone fon", "are": "r", "i am": "im", "where is": "wheres",
		"today": "2day tdy", "wait": "w8", "refund": "rfnd", "transaction": "txn trx", "balance": "bal", "cancel": "cxl cncl",
		"package": "pkg pckg", "payment": "pmt pymt", "password": "pwd passwd", "quantity": "qty", "received": "rcvd recd", "receipt": "rcpt",
		"reservation": "resv", "week": "wk", "year": "yr",
	} {
		for _, s := range strings.Fields(short) {
			if got := strings.Join(full(s), " "); got != word {
				t.Errorf("%s: got %s, want %s", s, got, word)
			}
		}
		if got := full(word); len(got) > 0 {
			t.Errorf("%s became %s", word, got)
		}
	}
}
