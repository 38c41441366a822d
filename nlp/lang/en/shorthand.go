package en

// Expand is the word that a lower-case abbreviation stands for in messages to a shop, or the word itself. Abbreviations that are
// words of their own (app, info, min) are not touched.
func Expand(word string) string {
	if full := expandChat(word); full != "" {
		return full
	}
	if full := expandTrade(word); full != "" {
		return full
	}
	return word
}

// expandChat knows what people write to save time.
func expandChat(word string) string {
	switch word {
	case "pls", "plz", "plse":
		return "please"
	case "u":
		return "you"
	case "ur":
		return "your"
	case "thx", "thanx", "tnx", "tks":
		return "thanks"
	case "cuz", "coz", "bcz", "bcuz":
		return "because"
	case "msg", "mssg":
		return "message"
	case "ppl":
		return "people"
	case "tmr", "tmrw", "tmw":
		return "tomorrow"
	case "wat", "wut":
		return "what"
	case "gonna":
		return "going"
	case "wanna":
		return "want"
	case "gimme":
		return "give"
	case "lemme":
		return "let"
	case "bday":
		return "birthday"
	case "asap":
		return "soon"
	case "smth", "sth":
		return "something"
	}
	return ""
}

// expandTrade knows what orders and bills abbreviate.
func expandTrade(word string) string {
	switch word {
	case "acct", "acnt":
		return "account"
	case "addr":
		return "address"
	case "amt":
		return "amount"
	case "appt":
		return "appointment"
	case "cust":
		return "customer"
	case "delv", "dlvry":
		return "delivery"
	case "hr", "hrs":
		return "hours"
	case "mins":
		return "minutes"
	case "nbr", "num":
		return "number"
	case "pkg", "pckg":
		return "package"
	case "pmt", "pymt":
		return "payment"
	case "pwd", "passwd":
		return "password"
	case "qty":
		return "quantity"
	case "rcvd", "recd":
		return "received"
	case "rcpt":
		return "receipt"
	case "resv":
		return "reservation"
	case "wk":
		return "week"
	case "yr":
		return "year"
	}
	return ""
}
