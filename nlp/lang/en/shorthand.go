package en

import (
	"strings"
	"sync"
)

// chatWords are what people write to save time, and contractions without their apostrophe besides those that Split takes apart: the
// words in full, then their short forms.
const chatWords = `
please: pls plz plse plss plzz pleez | you: u | your: ur | are: r | thanks: thx thanx tnx tks thnx thnks | thank you: ty |
because: cuz coz bcz bcuz bcos | could: cud cld | should: shud shld | would: wud wld | have: hav hv | about: abt |
where: whr | through: thru | i do not know: idk | do not know: dunno | before: b4 | great: gr8 | late: l8 | later: l8r |
wait: w8 | today: 2day tdy | tomorrow: 2moro 2morow | anyone: any1 | someone: some1 | phone: fone fon | message: msg mssg |
people: ppl | tomorrow: tmr tmrw tmw | what: wat wut | the: teh | will: wil | send: snd | going: gonna | want: wanna | give: gimme | let: lemme |
birthday: bday | soon: asap | something: smth sth | i am: im | i have: ive | you are: youre | you have: youve |
they are: theyre | we have: weve | what is: whats wats | where is: wheres | when is: whens | how is: hows | who is: whos |
that is: thats | there is: theres
`

// tradeWords are what orders and bills abbreviate.
const tradeWords = `
account: acct acnt accnt | address: addr | amount: amt | appointment: appt | balance: bal | check: chk | cancel: cxl cncl |
customer: cust | delivery: delv dlvry | hours: hr hrs | minutes: mins | number: nbr num nr | package: pkg pckg |
payment: pmt pymt | password: pwd passwd | quantity: qty | received: rcvd recd | receipt: rcpt | refund: rfnd | return: rtn |
transfer: trf xfer | transaction: txn trx | reservation: resv | week: wk | year: yr
`

var (
	chat  = sync.OnceValue(func() map[string][]string { return shorthand(chatWords) })
	trade = sync.OnceValue(func() map[string][]string { return shorthand(tradeWords) })
)

// shorthand maps the short forms of a list to the words in full.
func shorthand(list string) map[string][]string {
	out := map[string][]string{}
	for entry := range strings.SplitSeq(list, "|") {
		full, short, _ := strings.Cut(entry, ":")
		for s := range strings.FieldsSeq(short) {
			out[s] = strings.Fields(full)
		}
	}
	return out
}

// longestShorthand is the length of the longest abbreviation that is known here.
const longestShorthand = 7

// Chat is the words that people shorten in a lower-case word to save time (u, pls, whats), or nil. None of these is a word of its own.
// The caller must not change them.
func Chat(word string) []string {
	if len(word) > longestShorthand {
		return nil
	}
	return chat()[word]
}

// Trade is the word that orders and bills shorten to a lower-case word (acct, qty), or "". Abbreviations that are words of their own
// (app, info, min) are not touched.
func Trade(word string) string {
	if full := trade()[word]; full != nil {
		return full[0]
	}
	return ""
}

// Figure is the word that a 2 or a 4 between two words sounds like and stands for (i want 2 cancel, do it 4 me), or "".
func Figure(before, figure, after string) string {
	if !plain(before) || !plain(after) {
		return ""
	}
	switch figure {
	case "2":
		switch after {
		case "be", "do", "get", "go", "have", "know", "see", "use", "make", "ask", "buy", "pay", "send", "talk", "speak", "call", "cancel", "return",
			"change", "check", "track", "order", "find", "contact", "exchange", "refund", "update", "stop", "start", "transfer", "book", "add",
			"remove", "reset", "activate", "me", "u", "you", "my", "ur", "your", "them", "the":
			return "to"
		}
	case "4":
		switch after {
		case "me", "u", "you", "my", "ur", "your", "us", "our", "him", "her", "it", "them", "the", "this", "that", "sure":
			return "for"
		}
	}
	return ""
}

// plain reports whether a word is made of the letters a to z alone.
func plain(word string) bool {
	for i := range len(word) {
		if word[i] < 'a' || word[i] > 'z' {
			return false
		}
	}
	return word != ""
}
