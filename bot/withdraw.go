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
	if flag, ok := t.policyWord(); ok {
		t.mark(flag)
	}
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
		if p != nil && p.action == actionWithdraw {
			t.pressed = p
		}
	}
	if t.pressed != nil && t.pressed.action == actionWithdraw || t.pressed == nil && takesBack(t.text) {
		if t.mustBeSeen() {
			t.staysSeen()
			return nil
		}
		return t.withdraw()
	}
	t.conv.owe(t.now)
	switch {
	case t.pressed == nil && asksHowLong(t.text):
		t.conv.AckAt = time.Time{} // asked for, it is told at once
	case t.meanwhile(ctx):
		return nil
	}
	t.stillWaiting(ctx)
	if len(t.out) > 0 {
		t.spoke()
	}
	return nil
}

// mark notes that people must see the conversation whatever the customer says from now on.
func (t *turn) mark(flag nlp.Flag) {
	if t.conv.Handoff == nil || t.mustBeSeen() {
		return
	}
	h := *t.conv.Handoff // the stored conversation may share it
	h.Flag = flag
	t.conv.Handoff = &h
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
	t.conv.Said, t.conv.AckAt = saidSeen, t.now
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
	return h != nil && (h.Flag != "" || h.Reason == ReasonPolicy &&
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
	t.entry(t.b.cfg.Words.Text(string(t.b.staffLang(t.conv)), "bot.desk.withdrawn"))
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
	case h.Reason != ReasonAsked && h.Reason != ReasonLow && h.Reason != ReasonRepeated: // a person has begun, or the bot has failed her badly
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

// takesBack reports whether a folded text of somebody who waits for a person says that she needs none any more: 不用了，我自己
// 来, "never mind, I found it". Thanks and nods alone do not, no question does, and nothing that may be about the goods: 不要了,
// "cancel it". Who is left in the queue by mistake costs a look; who is taken out of it is never called.
func takesBack(text string) bool {
	if hasQuestionMark(text) {
		return false
	}
	back := false
	for _, clause := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",，。.!！、;；~～\n", r) }) {
		b := bare(clause)
		switch {
		case backWords[b] || isDone(clause) || zhBack.MatchString(b) || enBack.MatchString(b):
			back = true
		case b == "" || goodbyeWords[b] || nodWords[b] || solvedWords[b]:
		default:
			return false
		}
	}
	return back
}

// The ways of taking back the wish for a person, as bare clauses.
var (
	backWords = words(`不用了 不用啦 不需要了 不必了 不麻烦了 不等了 不等啦 算了 算了吧 算了不用了 我自己来 自己来 我自己来吧 自己解决了 解决了 已经解决了 搞定了 找到了 我找到了 已经找到了 自己找到了
		取消排队 退出排队 取消转人工 不转了 不找了 不用找了 不用转了 别转了 问题解决了 问题已解决 好了不用了 没事了 我自己看看 我自己处理
		nevermind nvm forgetit forgetaboutit ifoundit foundit ifigureditout figureditout isolvedit solvedit itssolved solved itsfixed fixed itsresolved resolved itworksnow itsworkingnow
		noneed noneedanymore nolongerneeded nolongernecessary notneeded notneededanymore
		leavethequeue takemeoutofthequeue iwontwait stopwaiting illdoitmyself illfigureitout illmanage igotit ivegotit`)
	zhBack = lazy(`^(?:那|就|我|现在|已经|那就|先)*(?:(?:不用|不需要|不必|无需)(?:再|给我|帮我|麻烦|您|你|了)*(?:转|转接|找|等|排队|排|叫|麻烦)*(?:人工客服|人工|客服|真人|同事|人|你们|您)*|` +
		`(?:不想|不要|别|不)(?:再|给我|帮我|您|你|了)*(?:(?:转|转接|找|等|排队|排|叫|麻烦)+(?:人工客服|人工|客服|真人|同事|人|你们|您)*|要?(?:人工客服|人工|客服|真人|同事)))了*(?:吧|啦|啊)?$` +
		`|^(?:我|问题|已经|刚刚|刚才|自己|事情|都|这个)*(?:解决|搞定|弄好|处理好|找到|看到|弄明白|搞明白|会)(?:答案|了)+(?:吧|啦|啊)?$|^我?(?:还是)?自己(?:来|弄|查|看|处理|解决|搞定)(?:吧|就行|就好|好了|一下)*$`)
	enBack = lazy(`^(?:no|ok|okay|actually|sorry|oh)*(?:i|we)?(?:dont|donot|nolonger|wont)(?:need|want|require)(?:to|talk|speak|wait|for|with|an|a|any|the|your)*(?:help|human|person|agent|someone|somebody|anyone|colleague|wait)(?:anymore|now|after|all)*$` +
		`|^(?:no|ok|okay|actually)*(?:noneed)(?:for|to|an|a|agent|person|human|wait|anymore|now|help|someone|any)*$` +
		`|^(?:ok|okay|actually|oh)*(?:i|ive|ihave|ijust)?(?:just|already|now)*(?:found(?:it|out|the|an|answer|solution|my|number|myself|now|already)+|(?:solved|fixed|sorted|figured)(?:it|out|the|answer|my|problem|issue|myself|now|already)+)$` +
		`|^(?:its|thats|ithas|itsall|all)(?:been|all|now|already)*(?:solved|fixed|sorted|resolved)(?:now|already)*$|^(?:its|itsall|all)(?:good|fine)(?:now|already)*$`)
)

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
