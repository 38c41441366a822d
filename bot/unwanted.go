package bot

import (
	"context"
	"fmt"
	"strings"

	"huiyin/nlp"
)

// unwanted takes out of a text what says only that a thing shall not be done: "I don't want to return it", 不退了, "I'll keep it". It
// returns the rest, trimmed, and whether there was anything to take out. What may be a reason (不想要了, "changed my mind"), and
// what says how something is (不能退), is left where it is.
func unwanted(text string) (rest string, found bool) {
	var kept []string
	for _, clause := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",，。.!！;；\n", r) }) {
		folded := nlp.Fold(clause)
		words := strings.Join(strings.FieldsFunc(strings.NewReplacer("'", "", "’", "").Replace(folded), func(r rune) bool { return !isLetterOrDigit(r) }), " ")
		switch {
		case hasQuestionMark(folded):
			kept = append(kept, strings.TrimSpace(clause))
		case zhUnwanted.MatchString(bare(folded)), enUnwanted.MatchString(words):
			found = true
		case !isNo(folded) && !isNod(folded) && !cancelWords[bare(folded)] && words != "actually no":
			kept = append(kept, strings.TrimSpace(clause))
		}
	}
	if !found {
		return text, false
	}
	return strings.Join(kept, ", "), true
}

var (
	zhDeed     = oneOf(`退 退货 退款 退钱 退掉 换 换货 换掉 退换 退换货 查 查询 查单 改 修改 修 维修 取消 取消订单 申请 办 办理 弄 寄 寄回 寄回去 退回 退回去 下单 开票 开发票 投诉`)
	zhUnwanted = lazy(`^` + oneOf(`那 那就 我 我们 其实 还是 先 暂时 突然 又 现在 哦 啊 嗯 算了 不对 等等 就`) + `*(?:` +
		`(?:不` + oneOf(`想 要 想要 用 需要 打算 准备 是 是要 是想 再`) + `*|(?:没|没有)` + oneOf(`想 想要 要 打算 准备 说 说要 说过要 说想 想说`) + `+)` + zhDeed + oneOf(`它 这个 那个 这单 订单 货 了 啦 吧 啊 呀 哈 谢谢`) + `*|` +
		oneOf(`请 请你 请您 先`) + `*` + oneOf(`不用 不要 别 不想 不需要`) + oneOf(`再 给我 帮我 把我 去`) + `*` + oneOf(`转 转接 转到 转给 接 找 叫`) + oneOf(`给 个 一个`) + `*` + oneOf(`人工 人工客服 客服 真人`) + oneOf(`了 啦 吧 啊 谢谢`) + `*|` +
		oneOf(`自己 还是 先`) + `*` + oneOf(`留着 留下 留着用 留着吧 留下吧 将就用 凑合用`) + oneOf(`它 吧 了 算了 好了`) + `*|` + zhDeed + `?不` + zhDeed + oneOf(`了 啦`) + `+` + oneOf(`吧 啊 哈 谢谢`) + `*)$`)
	enDeed     = `(?:return|returning|send|sending|exchange|exchanging|refund|a refund|the refund|a return|an exchange|cancel|cancelling|canceling|track|tracking|change|changing|repair|repairing|file|register|do|doing|submit)`
	enUnwanted = lazy(`^(?:(?:no|nope|ok|okay|oh|well|wait|sorry|actually|hmm|please|and|but|so|then|on second thoughts?|in fact|i said|i mean) )*(?:` +
		`(?:i|we) (?:really |just |now )?(?:(?:dont|do not|didnt|did not|never|no longer|dont even) (?:want|need|wish|mean|meant|intend|like|asked|ask|said|say)(?: to| for| about| i want to)?(?: a| any| the)?|wont|will not|am not going to|no longer) ` + enDeed +
		`(?: (?:it|them|this|that|these|those|one|anything|back|now|any ?more|after all|at all|the (?:order|item|thing|\w+)|my \w+|please|thanks|thank you))*|` +
		`im not (?:going to |gonna )?` + enDeed + `(?: (?:it|them|this|that|anything|back|now|any ?more|after all))*|` +
		`dont (?:transfer|connect|switch|hand|put|pass|escalate|forward) (?:me|us|this|it|my \w+)(?: (?:through|over|on))?(?: (?:to|with) (?:[a-z]+ ){0,3}[a-z]+)?|` +
		`dont ` + enDeed + `(?: (?:it|them|this|that|anything|back|now|yet|please))*|` +
		`(?:ill|i will|ill just|let me|i want to|i think ill|id rather|i d rather|im going to|lets)? ?(?:just )?(?:keep|im keeping|i am keeping) (?:it|them|this|that|these|those|the \w+|my \w+)(?: (?:then|after all|anyway|instead|now|thanks|thank you|please))*)$`)
)

// givenUp ends the form when the message says that its deed is not wanted any more. What else the message says is answered as any
// other. It reports whether that was all.
func (t *turn) givenUp(ctx context.Context, form *FormSpec) (left, done bool, err error) {
	rest, ok := unwanted(t.in.Text)
	if t.pressed != nil || !ok {
		return false, false, nil
	}
	if !hasWords(nlp.Fold(rest)) {
		t.cancelled(form)
		return true, true, nil
	}
	t.leave("form.left")
	return true, false, t.readAs(ctx, rest)
}

// readAs goes on as if the customer had written only a part of her message.
func (t *turn) readAs(ctx context.Context, text string) error {
	a, err := t.b.cfg.Understander.Analyze(ctx, text)
	if err != nil {
		return fmt.Errorf("%w: %w", errUnderstand, err)
	}
	t.a, t.text = a, strings.TrimSpace(nlp.Fold(text))
	return nil
}

// refused answers who says, outside of a form, only what she does not want done. It reports whether that was all; with something
// else beside it, that is what is answered.
func (t *turn) refused(ctx context.Context) (bool, error) {
	rest, ok := unwanted(t.in.Text)
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
