package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"huiyin/nlp"
)

// unwanted takes out of a text what says only that a thing shall not be done: "I don't want to return it", 不退了, "I'll keep it". It
// returns the rest, trimmed, the deeds ("return", 退; none of "I'll keep it"), and whether there was anything to take out. What may be a
// reason (不想要了, "changed my mind"), what the shop does not do (不给退, 又不退款了), and what says how something is (不能退), is left.
func unwanted(text string) (rest string, deeds []string, found bool) {
	var kept []string
	for _, clause := range saidApart(text, ",，。.!！;；\n") {
		folded := nlp.Fold(clause)
		words := strings.Join(strings.FieldsFunc(strings.NewReplacer("'", "", "’", "").Replace(folded), func(r rune) bool { return !isLetterOrDigit(r) }), " ")
		said := zhUnwanted().FindStringSubmatch(bare(folded))
		if said == nil {
			said = enUnwanted().FindStringSubmatch(words)
		}
		switch {
		case hasQuestionMark(folded):
			kept = append(kept, strings.TrimSpace(clause))
		case said != nil:
			found = true
			if deed := strings.Join(said[1:], ""); deed != "" {
				deeds = append(deeds, deed)
			}
		case !isNo(folded) && !isNod(folded) && !cancelWords[strings.TrimPrefix(strings.TrimPrefix(bare(folded), "那"), "就")] && words != "actually no":
			kept = append(kept, strings.TrimSpace(clause))
		}
	}
	if !found {
		return text, nil, false
	}
	return strings.Join(kept, ", "), deeds, true
}

var (
	zhDeed     = `(退货退款|退换货|退换|退货|退款|退钱|退掉|退回去|退回|退|换货|换掉|换|查询|查单|查|修改|改|维修|修|取消订单|取消|申请|办理|办|弄|填|寄回去|寄回|下单|开发票|开票|投诉|注销)`
	zhOwnDeed  = `(退货|退掉|退换|退|换货|换掉|换|查询|查单|查|修|申请|办理|办|弄|填|下单|开票|投诉|注销)` // what no shop says that it does not do any more
	zhOfIt     = oneOf(`它 这个 那个 这单 订单 货 啦 吧 啊 呀 哈 谢谢`)
	zhUnwanted = lazy(`^` + oneOf(`那 那就 我 我们 其实 还是 先 暂时 哦 啊 嗯 算了 不对 等等`) + `*(?:` +
		`(?:不` + oneOf(`想 要 想要 用 需要 打算 准备 是要 是想 再`) + `+|(?:没|没有)` + oneOf(`想 想要 要 打算 准备 说 说要 说过要 说想 想说`) + `+)` + zhDeed + `了?` + zhOfIt + `*了?|` +
		`不` + zhOwnDeed + zhOfIt + `*[了啦]` + zhOfIt + `*|` +
		oneOf(`请 请你 请您 先`) + `*` + oneOf(`不用 不要 别 不想 不需要`) + oneOf(`再 给我 帮我 把我 去`) + `*` + oneOf(`转 转接 转到 转给 接 找 叫`) + oneOf(`给 个 一个`) + `*` + oneOf(`人工 人工客服 客服 真人`) + oneOf(`了 啦 吧 啊 谢谢`) + `*|` +
		oneOf(`自己 还是 先`) + `*` + oneOf(`留着 留下 留着用 留着吧 留下吧 将就用 凑合用`) + oneOf(`它 吧 了 算了 好了`) + `*)$`)
	enDeed     = `(return|send|exchange|refund|cancel|track|chang|change|repair|register|file|submit|delete|delet|close|do)(?:ing|ling)?`
	enOfIt     = `(?: (?:it|them|this|that|these|those|one|anything|back|now|yet|any ?more|after all|at all|the (?:order|item|thing|\w+)|my \w+|please|thanks|thank you))*`
	enUnwanted = lazy(`^(?:(?:no|nope|ok|okay|oh|well|wait|sorry|actually|hmm|please|and|but|so|then|on second thoughts?|in fact|i said|i mean) )*(?:` +
		`(?:i|we) (?:really |just |now )?(?:(?:dont|do not|didnt|did not|never|no longer|dont even) (?:want|need|wish|mean|meant|intend|like|asked|ask|said|say)(?: to| for| about| i want to)?(?: a| an| any| the)?|wont|will not|am not going to|no longer) ` + enDeed + enOfIt + `|` +
		`im not (?:going to |gonna )?` + enDeed + enOfIt + `|` +
		`dont (?:transfer|connect|switch|hand|put|pass|escalate|forward) (?:me|us|this|it|my \w+)(?: (?:through|over|on))?(?: (?:to|with) (?:[a-z]+ ){0,3}[a-z]+)?|` +
		`dont (return|exchange|cancel|file|register|submit)` + enOfIt + `|` +
		`(?:ill|i will|ill just|let me|i want to|i think ill|id rather|i d rather|im going to|lets)? ?(?:just )?(?:keep|im keeping|i am keeping) (?:it|them|this|that|these|those|(?:the|my) (?:order|item|product|thing)s?)(?: (?:then|after all|anyway|instead|now|thanks|thank you|please))*)$`)
)

// hanBlanks are blanks where a Chinese clause may end.
var hanBlanks = lazy(`(\p{Han}) +`)

// ofForm reports whether a deed is what a form does, by the form's name and titles, or one that may be said of any form (办, "do").
func ofForm(deed string, form *FormSpec) bool {
	if general[deed] {
		return true
	}
	about := nlp.Fold(form.Name + " " + form.Title[nlp.LangEnglish] + " " + form.Title[nlp.LangChinese])
	first, _ := utf8.DecodeRuneInString(deed)
	if isHan(first) {
		return strings.ContainsRune(about, first)
	}
	return strings.Contains(about, deed)
}

var general = words(`办 办理 弄 填 申请 do file register submit`)

// givenUp ends the form when the message says that its deed is not wanted any more. What else the message says is answered as any
// other. It reports whether that was all.
func (t *turn) givenUp(ctx context.Context, form *FormSpec) (left, done bool, err error) {
	rest, deeds, ok := unwanted(t.in.Text)
	if t.pressed != nil || !ok || slices.ContainsFunc(deeds, func(d string) bool { return !ofForm(d, form) }) {
		return false, false, nil // "I don't want an exchange" in a return goes on with it
	}
	if !hasWords(nlp.Fold(rest)) {
		t.cancelled(form)
		return true, true, nil
	}
	t.leave("form.dropped")
	return true, false, t.readAs(ctx, rest)
}

// readAs goes on as if the customer had written only a part of her message.
func (t *turn) readAs(ctx context.Context, text string) error {
	a, err := t.b.cfg.Understander.Analyze(ctx, text)
	if err != nil {
		return fmt.Errorf("%w: %w", errUnderstand, err)
	}
	t.d.saidPlainly(&a)
	t.a, t.text = a, strings.TrimSpace(nlp.Fold(text))
	return nil
}

// refused answers who says, outside of a form, only what she does not want done. It reports whether that was all; with something
// else beside it, that is what is answered.
func (t *turn) refused(ctx context.Context) (bool, error) {
	rest, _, ok := unwanted(t.in.Text)
	switch {
	case !ok:
		return false, nil
	case hasWords(nlp.Fold(rest)):
		return false, t.readAs(ctx, rest)
	}
	t.decided(4, ActSmallTalk, "unwanted", "")
	t.reply(t.say("unwanted"))
	return true, nil
}
