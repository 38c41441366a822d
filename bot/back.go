package bot

import (
	"cmp"
	"strings"
)

// actionStay is the button with which a customer who was asked keeps her place in the queue.
const actionStay = "stay"

// saidStill in Conversation.Said means that the customer was asked whether she still wants to wait.
const saidStill = "still_waiting"

// takenBack deals with a customer in the queue who needs no person any more: she leaves it at once when she says so, or presses
// the button; when her words may mean something else, she is asked. It reports whether that was all.
func (t *turn) takenBack() (bool, error) {
	back := backNo
	switch {
	case t.pressed == nil && t.conv.Said == saidStill && leaves(t.text):
		back = backSure
	case t.pressed == nil:
		back = takesBack(t.text)
	case t.pressed.action == actionWithdraw:
		back = backSure
	case t.pressed.action == actionStay:
		t.keepsPlace()
		return true, nil
	}
	switch {
	case back == backNo:
		return false, nil
	case t.mustBeSeen():
		t.staysSeen()
		return true, nil
	case back == backSure || t.conv.Said == saidStill: // what may mean it means it once it was asked
		return true, t.withdraw()
	}
	t.stillWanted()
	return true, nil
}

// stillWanted asks somebody who waits whether she still wants to.
func (t *turn) stillWanted() {
	t.conv.owe(t.now)
	t.decided(1, ActClarify, "still_waiting", "")
	t.reply(t.say("wait.still_wanted"), Button{Title: t.say("button.stay"), Action: actionStay}, Button{Title: t.say("button.withdraw"), Action: actionWithdraw})
	t.conv.Said = saidStill
	t.spoke()
}

// keepsPlace tells a customer who goes on waiting that she has lost nothing.
func (t *turn) keepsPlace() {
	t.conv.owe(t.now)
	t.decided(1, ActAck, "stays", "")
	t.reply(t.say("wait.stays"), t.withdrawButton()...)
	t.conv.Said, t.conv.AckAt = "", t.now
	t.spoke()
}

// back is how surely somebody who waits says that she needs no person any more.
type back int

const (
	backNo    back = iota
	backMaybe      // 算了, 算了不找了, "that's all": to be asked
	backSure       // 不等人工了, "never mind, I found it"
)

// takesBack reads a folded text of somebody who waits for a person. She is sure when she speaks of the person, of the wait or the
// queue, or says that the matter is solved or that she sees to it herself. 不需要了, "never mind" and "that's all" may mean that, or
// that she has told everything; 别转了 and "I don't want to wait" are as often said in anger. Thanks and nods alone mean neither, no question does, and nothing that may be about the goods: 不要了,
// "cancel it". Who is left in the queue by mistake costs a look; who is taken out of it is never called.
func takesBack(text string) back {
	if hasQuestionMark(text) {
		return backNo
	}
	most := backNo
	for _, clause := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",，。.!！、;；~～\n", r) }) {
		b := bare(clause)
		for _, nod := range []string{"okay", "ok", "oh", "actually", "well", "nevermind", "nvm"} {
			b = cmp.Or(strings.TrimPrefix(b, nod), b)
		}
		if rest := strings.TrimPrefix(strings.TrimPrefix(b, "算了"), "吧"); rest != b && takesBack(rest) == backSure { // 算了不找了, in one breath
			most = max(most, backMaybe)
			continue
		}
		switch {
		case backWords[b] || zhBack.MatchString(b) || enBack.MatchString(b):
			most = backSure
		case maybeWords[b] || isDone(clause) || zhMaybe.MatchString(b) || enMaybe.MatchString(b):
			most = max(most, backMaybe)
		case b == "" || goodbyeWords[b] || nodWords[b] || solvedWords[b]:
		default:
			return backNo
		}
	}
	return most
}

// leaves reports whether a folded text answers "do you still want to wait?" by wanting out.
func leaves(text string) bool {
	b := bare(text)
	return !hasQuestionMark(text) && (zhLeaves.MatchString(b) || enLeaves.MatchString(b))
}

// The ways of taking back the wish for a person, as bare clauses: those that can mean nothing else, and those that may.
var (
	backWords = words(`不等了 不等啦 我自己来 自己来 我自己来吧 自己解决了 解决了 已经解决了 搞定了 找到了 我找到了 已经找到了 自己找到了
		取消排队 退出排队 取消转人工 不转了 不找了 不用找了 不用转了 问题解决了 问题已解决 我自己看看 我自己处理
		ifoundit foundit ifigureditout figureditout isolvedit solvedit itssolved solved itsfixed fixed itsresolved resolved itworksnow itsworkingnow
		leavethequeue takemeoutofthequeue illdoitmyself illfigureitout illmanage igotit ivegotit`)
	maybeWords = words(`不用了 不用啦 不需要了 不必了 不麻烦了 算了 算了吧 算了不用了 好了不用了 没事了 iwontwait stopwaiting
		nevermind nvm forgetit forgetaboutit noneed noneedanymore nolongerneeded nolongernecessary notneeded notneededanymore`)
	zhPerson = oneOf(`人工客服 人工 客服 真人 同事 人 你们 您`)
	zhWait   = oneOf(`转 转接 找 等 排队 排 叫`)
	zhBefore = `^(?:那|就|我|现在|已经|那就|先)*`
	zhBack   = lazy(zhBefore + `(?:不用|不需要|不必|无需)(?:再|给我|帮我|麻烦|您|你|了)*(?:` + zhWait + `+` + zhPerson + `*|` + zhPerson + `)了*(?:吧|啦|啊)?$` +
		`|` + zhBefore + `不(?:再)*` + zhWait + `+` + zhPerson + `*了*(?:吧|啦|啊)?$|` + zhBefore + `(?:不想|不要|不)(?:再)*要?` + oneOf(`人工客服 人工 客服 真人 同事`) + `了*(?:吧|啦|啊)?$` +
		`|^(?:我|问题|已经|刚刚|刚才|自己|事情|都|这个)*(?:解决|搞定|弄好|处理好|找到|看到|弄明白|搞明白|会)(?:答案|了)+(?:吧|啦|啊)?$|^我?(?:还是)?自己(?:来|弄|查|看|处理|解决|搞定)(?:吧|就行|就好|好了|一下)*$`)
	zhMaybe = lazy(zhBefore + `(?:(?:不用|不需要|不必|无需)(?:再|给我|帮我|麻烦|您|你|你们|了)*|(?:别|不)(?:再|您|你|你们)*麻烦(?:您|你|你们)*)了*(?:吧|啦|啊)?$` +
		`|` + zhBefore + `(?:不想|不要|别)(?:再|给我|帮我|您|你|了)*(?:` + zhWait + `+` + zhPerson + `*|` + oneOf(`人工客服 人工 客服 真人 同事`) + `)了*(?:吧|啦|啊)?$`)
	enBack = lazy(`^(?:no|ok|okay|actually|sorry|oh)*(?:i|we)?(?:dont|donot|nolonger|wont)(?:need|require)(?:to|talk|speak|wait|for|with|an|a|any|the|your)*(?:help|human|person|agent|someone|somebody|anyone|colleague|wait)(?:anymore|now|after|all)*$` +
		`|^(?:no|ok|okay|actually)*noneed(?:for|to|an|a|any)*(?:agent|person|human|wait|help|someone|anyone)(?:anymore|now)*$` +
		`|^(?:ok|okay|actually|oh)*(?:i|ive|ihave|ijust)?(?:just|already|now)*(?:found(?:it|out|the|an|answer|solution|myself|now|already)+|(?:solved|fixed|sorted|figured)(?:it|out|the|answer|my|problem|issue|myself|now|already)+)$` +
		`|^(?:its|thats|ithas|itsall|all)(?:been|all|now|already)*(?:solved|fixed|sorted|resolved)(?:now|already)*$`)
	enMaybe = lazy(`^(?:no|ok|okay|actually)*noneed(?:anymore|now)*$|^(?:its|itsall|all)(?:good|fine)(?:now|already)*$` +
		`|^(?:no|ok|okay|actually|sorry|oh)*(?:i|we)?(?:dont|donot|nolonger|wont)(?:want)?(?:to|talk|speak|wait|for|with|an|a|any|the|your)*(?:help|human|person|agent|someone|somebody|anyone|colleague|wait)(?:anymore|now|after|all)*$` +
		`|^(?:ok|okay|actually|oh)*(?:i|ive|ihave|ijust)?(?:just|already|now)*found(?:my|the)?(?:order)?number(?:now|already)*$`)
	// Answers to "do you still want to wait?" that mean nothing else there.
	zhLeaves = lazy(`^(?:是的|是|好的|好|对的|对|嗯|行|可以|那就|那|就|请|麻烦|帮我|给我|我要|我想|要|直接)*(?:退出|退|离开|取消|不等|不排)(?:排队|队列|掉|一下)*(?:了|吧|啦|啊|就行|好了|谢谢)*$`)
	enLeaves = lazy(`^(?:yes|yeah|yep|ok|okay|sure|no|please|just|then|thanks|i|want|to|would|like|can|you|could)*(?:(?:take|get|let|pull)me(?:out|off)(?:of)?(?:it|the)?(?:queue|line|list)?|removeme(?:fromthe(?:queue|line|list))?|leave(?:it|the)?(?:queue|line)?|quit|exit)(?:please|now|then|thanks|thankyou)*$`)
)
