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
			t.conv.owe(t.now)
			t.decided(1, ActAck, "must_be_seen", t.conv.Handoff.Detail)
			t.conv.AckAt = t.now
			t.reply(t.say("wait.must_be_seen"))
			return nil
		}
		return t.withdraw()
	}
	t.conv.owe(t.now)
	switch {
	case t.pressed == nil && asksHowLong.MatchString(t.text):
		t.conv.AckAt = time.Time{} // asked for, it is told at once
	case t.meanwhile(ctx):
		return nil
	}
	t.stillWaiting(ctx)
	return nil
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
// law or of the press.
func (t *turn) mustBeSeen() bool {
	h := t.conv.Handoff
	return h != nil && h.Reason == ReasonPolicy &&
		slices.Contains([]string{string(nlp.FlagSafety), string(nlp.FlagLegal), string(nlp.FlagMedia)}, h.Detail)
}

// withdraw takes the customer out of the queue: the bot speaks again, and the agents are told.
func (t *turn) withdraw() error {
	reason, waited := Reason(""), t.now.Sub(t.conv.WaitingSince)
	if t.conv.Handoff != nil {
		reason = t.conv.Handoff.Reason
	}
	if err := t.conv.giveBack(); err != nil {
		return err
	}
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
	if _, people := t.policyWord(); people {
		return false
	}
	found, err := t.sureAnswer(ctx, part{t.in.Text, t.a})
	if err != nil {
		t.b.log.Warn("bot: a question of somebody who waits could not be looked up", "err", err)
		return false
	}
	if found == nil || found.form != nil || t.conv.Said == found.said {
		return false
	}
	t.decided(1, ActArticle, "meanwhile", found.detail)
	m := t.reply(found.text+"\n\n"+t.say("wait.meanwhile"), t.withdrawButton()...)
	m.Citations = found.citations
	t.fact(FactAnswer, 1, found.label)
	t.conv.Said, t.conv.AckAt = found.said, t.now
	t.spoke()
	return true
}

// takesBack reports whether a folded text of somebody who waits for a person says that she needs none any more: 不用了，我自己
// 来, "never mind, I found it". Thanks and nods alone do not.
func takesBack(text string) bool {
	back := false
	for _, clause := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",，。.!！、;；~～\n", r) }) {
		b := bare(clause)
		switch {
		case backWords[b] || cancelWords[b] || isDone(clause) || zhBack.MatchString(b) || enBack.MatchString(b):
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
	backWords = words(`不用了 不用啦 不需要了 不必了 不麻烦了 不等了 不等啦 算了 算了吧 我自己来 自己来 我自己来吧 自己解决了 解决了 已经解决了 搞定了 找到了 我找到了 已经找到了 自己找到了
		取消排队 退出排队 取消转人工 不转了 不找了 不用找了 不用转了 别转了 问题解决了 问题已解决 好了不用了 没事了 我自己看看 我自己处理
		nevermind nvm forgetit ifoundit foundit ifigureditout figureditout isolvedit solvedit itssolved solved itsfixed fixed itsresolved resolved itworksnow itsworkingnow
		noneed noneedanymore nolongerneeded nolongernecessary notneeded notneededanymore donotneeditanymore dontneeditanymore idontneeditanymore canceltherequest
		cancelmyrequest leavethequeue takemeoutofthequeue iwontwait icantwait stopwaiting illdoitmyself illfigureitout illmanage igotit ivegotit`)
	zhBack = lazy(`^(?:那|就|我|现在|已经|那就|先)*(?:不用|不需要|不必|不想|不要|别|无需|不)(?:再|给我|帮我|麻烦|您|你|了)*(?:转|转接|找|等|排队|排|叫|要|麻烦)*(?:人工客服|人工|客服|真人|同事|人|你们|您)*了*(?:吧|啦|啊)?$` +
		`|^(?:我|问题|已经|刚刚|刚才|自己|事情|都|这个)*(?:解决|搞定|弄好|处理好|找到|看到|弄明白|搞明白|会)(?:答案|了)+(?:吧|啦|啊)?$|^我?(?:还是)?自己(?:来|弄|查|看|处理|解决|搞定)(?:吧|就行|就好|好了|一下)*$`)
	enBack = lazy(`^(?:no|ok|okay|actually|sorry|oh)*(?:i|we)?(?:dont|donot|nolonger|wont)(?:need|want|require)(?:to|talk|speak|wait|for|with|an|a|any|the|your|help|human|person|agent|someone|somebody|anyone|colleague|it|anymore|now|after|all)*$` +
		`|^(?:no|ok|okay|actually)*(?:noneed)(?:for|to|an|a|agent|person|human|wait|anymore|now|help|someone|any)*$` +
		`|^(?:ok|okay|actually|oh)*(?:i|ive|ihave|ijust)?(?:just|already|now)*(?:found|solved|fixed|sorted|figured)(?:it|out|the|an|answer|solution|my|number|problem|issue|myself|now|already)+$|^(?:its|thats|ithas|itsall|all)(?:been|all|now|already)*(?:solved|fixed|sorted|resolved|good|fine)(?:now|already)*$`)
)

// asksHowLong is a question about the wait itself, in folded text.
var asksHowLong = lazy(`(?:等|排队?|轮到我)(?:到)?(?:还)?(?:要|得|需要)?(?:多久|多长时间|几分钟|什么时候)|(?:还)?(?:要|得|需要)(?:等|排)(?:多久|多长|几分钟|到什么时候)|前面(?:还)?有(?:几|多少)|第几(?:个|位)|什么时候(?:轮到我|有人|能轮到|来人)|` +
	`\bhow (?:long|much longer)\b.{0,24}\bwait\b|\bhow much longer$|\bwait(?:ing)? time\b|\bmy (?:place|position)\b|\bhow many (?:people )?(?:are )?(?:ahead|before|in front)\b|\bwhen (?:will|does|is) (?:someone|somebody|anyone|an agent|a person|a human)\b|\b(?:is )?(?:anyone|anybody|somebody|someone) (?:there|here|coming)\b`)

// asksSomething reports whether a folded text is put as a question, whole or in one of its clauses.
func asksSomething(text string) bool {
	if asksBack(text) {
		return true
	}
	return slices.ContainsFunc(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",，。.;；!！\n", r) }), questionLike)
}
