package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"huiyin/nlp"
)

// waits deals with what a customer writes while she waits for a person: nobody owns the conversation then. She may take her
// wish back; what the bot can answer surely it answers, and she keeps her place; anything else is for the people.
func (t *turn) waits(ctx context.Context) error {
	t.afterAction()
	t.mark(t.flag())
	if t.looping() {
		t.conv.owe(t.now)
		t.decided(1, ActSilent, "loop", "")
		return nil
	}
	if t.pressed == nil {
		p, err := t.typedPress(ctx)
		if err != nil {
			return err
		}
		if p != nil && (p.action == actionWithdraw || p.action == actionStay) {
			t.pressed = p
		}
	}
	if t.pressed == nil && bare(t.text) == "1" && t.conv.Offer != 0 && !t.mustBeSeen() && t.conv.Said != saidStill { // the number of the only button, or of something else
		t.stillWanted()
		return nil
	}
	if done, err := t.takenBack(); done || err != nil {
		return err
	}
	t.conv.owe(t.now)
	asked := t.conv.Said == saidStill
	if asked { // she went on to something else
		t.conv.Said = ""
	}
	switch {
	case t.pressed == nil && (asked || asksHowLong(t.text)): // after a question of ours, or asked for, it is told at once
		t.conv.AckAt = time.Time{}
	case t.meanwhile(ctx):
		return nil
	}
	t.stillWaiting(ctx)
	if len(t.out) > 0 {
		t.spoke()
	}
	return nil
}

// flag is what of a message counts in the queue: a policy word, or that she leaves us.
func (t *turn) flag() nlp.Flag {
	flag, ok := t.policyWord()
	if !ok && t.a.Has(nlp.FlagChurn) {
		return nlp.FlagChurn
	}
	return flag
}

// mark notes of what a customer who waits has spoken. Of several the gravest stays: safety, then what else people must see.
func (t *turn) mark(flag nlp.Flag) {
	if t.conv.Handoff == nil || rank(flag) <= rank(t.conv.Handoff.Flag) {
		return
	}
	h := *t.conv.Handoff // the stored conversation may share it
	h.Flag = flag
	t.conv.Handoff = &h
}

// rank is how grave a flag is.
func rank(flag nlp.Flag) int {
	switch flag {
	case nlp.FlagSafety:
		return 3
	case nlp.FlagLegal, nlp.FlagMedia:
		return 2
	case nlp.FlagChurn:
		return 1
	}
	return 0
}

// saidSeen in Conversation.Said means that the customer has been told that people look all the same.
const saidSeen = "must_be_seen"

// staysSeen tells a customer who takes back what people must see that they look all the same, but not each time.
func (t *turn) staysSeen() {
	t.conv.owe(t.now)
	if t.conv.Said == saidSeen && t.now.Sub(t.conv.AckAt) < t.b.rules.AckEvery {
		t.decided(1, ActSilent, "must_be_seen", "")
		return
	}
	t.decided(1, ActAck, "must_be_seen", string(t.conv.Handoff.Flag))
	t.reply(t.say("wait.must_be_seen"))
	t.noted()
	t.conv.Said = saidSeen
	t.spoke()
}

// actionWithdraw is the button with which a customer leaves the queue.
const actionWithdraw = "withdraw"

// withdrawButton lets a customer who waits take it back.
func (t *turn) withdrawButton() []Button {
	if t.mustBeSeen() {
		return nil
	}
	return []Button{{Title: t.say("button.withdraw"), Action: actionWithdraw}}
}

// mustBeSeen reports whether people look at the conversation whatever the customer says by now: she spoke of safety, of the
// law or of the press. Handoffs of before Handoff.Flag have it as their reason.
func (t *turn) mustBeSeen() bool {
	h := t.conv.Handoff
	return h != nil && (rank(h.Flag) > rank(nlp.FlagChurn) || h.Reason == ReasonPolicy &&
		slices.Contains([]string{string(nlp.FlagSafety), string(nlp.FlagLegal), string(nlp.FlagMedia)}, h.Detail))
}

// withdraw takes the customer out of the queue: the bot speaks again, and the agents are told.
func (t *turn) withdraw() error {
	reason, waited, turns := Reason(""), t.now.Sub(t.conv.WaitingSince), t.conv.BotTurnsMinute
	if t.conv.Handoff != nil {
		reason = t.conv.Handoff.Reason
	}
	if err := t.conv.giveBack(); err != nil {
		return err
	}
	t.conv.BotTurnsMinute = turns
	t.decided(1, ActButton, "withdrawn", "")
	t.fact(FactWithdrawn, waited.Seconds(), string(reason))
	t.log = append(t.log, Event{At: t.now, Actor: "bot", Action: "conversation.withdrawn", Object: string(t.conv.ID), Detail: string(reason)})
	t.reply(t.say("withdrawn"))
	t.entryOf("bot.desk.withdrawn")
	t.spoke()
	return nil
}

// meanwhile answers a question of somebody who waits when the answer is sure. Her place is kept, and people still see what she
// asked. It reports whether there was an answer; should the search fail there is none.
func (t *turn) meanwhile(ctx context.Context) bool {
	h := t.conv.Handoff
	switch {
	case h == nil || !t.conv.FirstResponse.IsZero() || t.pressed != nil || t.mustBeSeen() || t.looping():
		return false
	case !slices.Contains([]Reason{ReasonAsked, ReasonLow, ReasonRepeated, ReasonPolicy}, h.Reason): // a person has begun, or the bot has failed her badly
		return false
	case !asksSomething(t.text) || t.upset() || asksForPerson(t.text):
		return false
	}
	spec, _ := t.intent()
	t.known = t.incidentOf(t.in.Text, spec) // before the look-up: beside an incident nothing varies
	found, err := t.sureAnswer(ctx, part{t.in.Text, t.a})
	if err != nil {
		t.b.log.Warn("bot: a question of somebody who waits could not be looked up", "err", err)
		found = nil
	}
	if found != nil && found.form != nil {
		found = nil
	}
	if found == nil && t.known != nil { // what is known is an answer by itself
		label := "incident:" + t.known.ID
		found = &finding{label: label, said: label, detail: t.known.ID}
	}
	if found == nil || t.conv.Said == found.said {
		t.known = nil // nothing is said of it
		return false
	}
	action, text := ActArticle, t.say("wait.meanwhile")
	if found.text == "" {
		action = ActIncident
	} else {
		text = found.text + "\n\n" + text
	}
	if t.known != nil {
		t.warn()
	}
	t.decided(1, action, "meanwhile", found.detail)
	m := t.reply(text, t.withdrawButton()...)
	m.Citations = found.citations
	t.varied(m, found.variant)
	t.fact(FactAnswer, 1, found.label)
	t.conv.Said, t.conv.AckAt = found.said, t.now
	t.spoke()
	return true
}

// asksHowLong reports whether a folded text asks about the wait for a person: when her turn comes, what her place is, whether
// anybody is there. A clause must ask nothing else: "how long do I have to wait for my refund?" is about the refund, and
// "your waiting time is two minutes" is another machine.
func asksHowLong(text string) bool {
	return slices.ContainsFunc(clauses(text, clauseEnds), zhHowLong.MatchString) ||
		slices.ContainsFunc(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(clauseEnds, r) }), enHowLong.MatchString)
}

// clauseEnds are the marks between clauses, those of a question among them.
const clauseEnds = ",，。.!！?？、;；~～\n"

// The ways of asking about the wait. The Chinese expression sees a bare clause, the English one a clause.
var (
	zhHowLong = lazy(`^` + zhLead + `*(?:` +
		`(?:还|要|得|需要|大概|大约)*(?:等|等到|排|排队|等待|轮到我|人工|客服|人工客服|真人|时间)+(?:的?时间)?(?:到|还|要|得|需要|是|有|大概|大约|再|等|排队|排)*(?:多久|多长时间|多长|几分钟|什么时候)` +
		`|人呢|有人在?吗|有没有人在?|没人吗|人在哪里?` +
		`|(?:我)?前面(?:还)?有?(?:几|多少)(?:个|位)?(?:人|顾客|客户)?(?:在)?(?:排队|排|等)*|(?:我|在|是|排|排在|排到)*第几(?:个|位|名)?` +
		`|(?:还)?(?:要)?(?:等)?(?:到)?什么时候(?:才|能|会|可以)*(?:轮到我|有人(?:来|在|理我|回我|回复|接|接待|接待我|管)*|来人|人工(?:来|在|接入|接待))` +
		`)(?:了|啊|呀|呢|吗|才行|才有人|才轮到我|才有人来|才能到我|才到我|谢谢)*$`)
	zhLead    = oneOf(`请问 那 我 您好 你好 现在 到底 究竟 大概 大约 一共 麻烦问下 想问一下 还`)
	enHowLong = lazy(`^ *(?:(?:hi|hello|hey|and|so|ok|okay|please|sorry|excuse me|but|then|can you tell me|do you know|tell me) )*(?:` +
		`how (?:long|much longer)(?: (?:is|will|do|does|would|must|should|have|has|i|we|it|the|my|to|be|take|need|about|roughly|still))* wait(?:ing)?(?: time)?` +
		`(?: (?:be|here|still|more|now|today|in (?:the |this )?(?:line|queue)|for (?:an?|the|some|your|my)? ?(?:turn|agent|person|human|someone|somebody|anyone|anybody|one|colleague|representative|reply|response)))*` +
		`|how long|how much longer(?: will (?:it|this) (?:take|be))?|what(?: i|['’])?s (?:the|my) (?:(?:current|expected|estimated) )?(?:wait(?:ing)?(?: time)?|place|position)(?: in (?:the )?(?:line|queue))?` +
		`|how many (?:people )?(?:are )?(?:ahead|before|in front)(?: of)?(?: me| us)?|where am i in (?:the )?(?:line|queue)` +
		`|when (?:will|does|is|can) (?:someone|somebody|anyone|an? agent|a person|a human|a colleague)(?: (?:be|come|coming|join|joining|answer|reply|respond|talk|speak|help|get|back|here|there|available|free|with|to|me|us))*` +
		`|(?:is )?(?:anyone|anybody|somebody|someone) (?:there|here|coming)(?: yet)?` +
		`)(?: (?:please|pls|now|thanks|yet))* *$`)
)

// asksSomething reports whether a folded text is put as a question, whole or in one of its clauses.
func asksSomething(text string) bool {
	if asksBack(text) {
		return true
	}
	return slices.ContainsFunc(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",，。.;；!！\n", r) }), questionLike)
}
