package bot

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The short answers that people give, as their bare form (see bare). These lists are about what a customer says to the
// bot itself, yes and no and stop; what she wants from the shop is for the intents of the dialogue.
var (
	yesWords = words(`yes y yeah yep yup ya ok okay okey k sure right correct exactly confirm confirmed submit submitit yessubmit yessubmitit pleasesubmit yessendit sendit yessend confirmandsubmit fine goahead
		allgood allcorrect allright itsallcorrect thatsallcorrect itsallright looksgood itlooksgood allgoodthanks everythingiscorrect everythingsright thatscorrect thatisright thatiscorrect
		yesplease okplease pleasedo thatsright itis ofcourse definitely absolutely good soundsgood
		yesthatone thatone yesthisone thisone yesthatsit thatsit yesthatsright yesitis yesthis yesthat yescorrect yesexactly yesright yesthatswhatimean thatswhatimean
		是 是的 对 对的 对啊 没错 好 好的 好呀 好啊 好吧 好滴 可以 可以的 行 行的 嗯 嗯嗯 恩 确认 确定 提交 确认提交 提交吧 是的提交 对提交 确认无误 没问题 要 要的 需要
		shi shide dui duide hao haode keyi queren queding meicuo 正确 同意 好的谢谢 有 有的 是啊 对对 嗯是的 嗯对 是这个 就是这个 对就是这个 是的就是这个 是的没错 对没错 都对 全对 全都对 都对的 都是对的 都正确 全部正确 全部都对 没有错 okok 👍 👌 ✅`)
	noWords = words(`no n nope nah notreally nothanks wrong incorrect notthat notcorrect noneed noitsnot noitisnt itsnot itisnt nonotthat nonotthis notthis
		bu bushi buyao budui buyong 不 不是 不对 不是的 不要 不用 不用了 不用谢 不需要 没有 错 错了 不行 不可以 否 别 算了 不了 👎 ❌`)
	solvedWords = words(`solved helpful veryhelpful ithelped thathelped thathelps helps gotit works itworks itworked perfect great thanks thankyou
		thx ty thanksalot cheers 有用 有帮助 解决了 已解决 解决 搞定了 搞定 明白了 懂了 知道了 了解了 清楚了 可以了 好了 谢谢 多谢 谢了
		谢谢您 谢谢你 感谢 好的谢谢 有用谢谢 ❤ 🙏 😊`)
	unsolvedWords = words(`nothelpful unhelpful useless didnthelp itdidnthelp thatdidnthelp doesnthelp itdoesnthelp nouse notsolved
		stillnotworking stilldoesntwork doesntwork notworking itdoesntwork wronganswer notwhatiasked notwhatimeant notwhatimean
		没用 没有用 不管用 没帮助 没有帮助 没解决 没有解决 还是不行 还不行 不是这个 不是这个问题 不是这个意思 答非所问 没懂 看不懂 不明白 无用 没啥用`)
	goodbyeWords = words(`thanks thankyou thankyousomuch thankyouverymuch thx ty thanksalot manythanks cheers bye byebye goodbye
		seeyou great perfect ok okay okthanks okaythanks goodnight haveaniceday gotit
		谢谢 谢谢您 谢谢你 多谢 感谢 谢了 谢谢啦 非常感谢 好的 好的谢谢 好 嗯 拜拜 再见 88 辛苦了 辛苦 知道了 明白了 好的知道了 没问题 👍 🙏 ❤ 😊`)
	nodWords = words(`ok okay okey k kk yes yeah yep sure fine alright right isee gotit good great nice cool hmm um uh oh wow
		no nope nah nothanks 好 好的 好吧 嗯 嗯嗯 哦 噢 喔 恩 行 可以 知道了 明白 明白了 了解 收到 懂了 是 是的 对 对的 没事 没事了 没有 没有了
		不用 不用了 不 不是 额 呃 继续 继续吧 接着 接着吧 goon goahead continue carryon emm emmm emmmm 哈哈 哈哈哈 呵呵 呵 lol haha hahaha`)
	// letGoWords drop a matter when nothing is offered or being filled in.
	letGoWords  = words(`算了 那算了 那就算了 算了吧 那算了吧 那就算了吧 那不用了 nevermind nevermindthen oknevermind okaynevermind forgetit okforgetit leaveit okleaveit`)
	cancelWords = words(`cancel stop quit exit abort nevermind nvm forgetit forgetaboutit leaveit dropit stopit cancelit cancelthis
		cancelthat pleasecancel cancelplease stopplease pleasestop idontwantto nomore startover goback
		quxiao suanle 取消 取消吧 取消了 算了 算了吧 算了不用了 不用了 不查了 不填了 不弄了 不办了 不想填了 不想查了 停 停止 停下 退出 结束 返回 放弃 不要了 先不了 先不用了
		不需要了 没事了 不必了 不退了 我不查了 我不填了 先这样`)
	skipWords = words(`skip skipit skipthis pass none noidea dontknow idontknow dontremember nothing na n/a next
		tiaoguo meiyou 跳过 略过 不填 没有 无 不知道 不记得 不清楚 忘了 下一个 下一步 没`)
	sameWords = words(`same sameone thesame thesameone sameasbefore sameaslasttime thatone usethat usethatone useit usethesame usethesameone thelastone
		yesthesame yessame yesthatone 上次那个 上次的 上次的那个 刚才那个 刚才的 同一个 同样的 一样的 还是那个 还是上次那个 还是刚才那个 还用那个 还用它 用它 就用它 就用那个
		用那个 用上次的 用上次那个 就那个 就是那个 就是它 就它`)
	// loanwords are English words that belong to everyday Chinese chat: they do not mean that the customer switched.
	loanwords = words(`ok okay okk okok yes no hi hello hey bye byebye thx thanks thankyou sorry please emm emmm emmmm lol haha
		vip app sos diss nice cool good help email qq wifi pos`)
)

var thankful = lazy(`谢|thank|thx|\bty\b|cheers`)

// words makes a set of bare forms. The lists are written in folded form: lower case, simplified characters.
func words(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[bare(w)] = true
	}
	return set
}

// bare is a folded text without spaces, punctuation and the particles at a Chinese sentence's end; a text of nothing
// but pictures keeps them, without their variants of colour.
func bare(folded string) string {
	s := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r):
			return r
		}
		return -1
	}, folded)
	if s == "" {
		return firstPicture(folded)
	}
	for _, particle := range []string{"啊", "呀", "哦", "噢", "哈", "呢", "啦", "嘛", "哒", "滴", "~"} {
		if rest := strings.TrimSuffix(s, particle); rest != "" && rest != s && len(s) > 6 {
			s = rest
			break
		}
	}
	return s
}

// firstPicture is the first symbol of a text.
func firstPicture(s string) string {
	for _, r := range s {
		if unicode.IsSymbol(r) {
			return string(r)
		}
	}
	return ""
}

func isYes(text string) bool { return yesWords[bare(text)] }
func isNo(text string) bool  { return noWords[bare(text)] }
func isSolved(text string) bool {
	return solvedWords[bare(text)] || saidOf(text, zhClear, enClear)
}
func isUnsolved(text string) bool {
	return unsolvedWords[bare(text)] || saidOf(text, zhMissed, enMissed) || saidOf(text, zhTried, enTried)
}
func isGoodbye(text string) bool  { return goodbyeWords[bare(text)] }
func isNod(text string) bool      { return nodWords[bare(text)] }
func isCancel(text string) bool   { return cancelWords[bare(text)] || each(text, cancelWords) }
func isSkip(text string) bool     { return skipWords[bare(text)] }
func isThanks(text string) bool   { return isGoodbye(text) && thankful.MatchString(text) }
func isSame(text string) bool     { return sameWords[strings.TrimSuffix(bare(text), "吧")] }
func isLoanword(text string) bool { return loanwords[bare(text)] }

// each reports whether every clause of a text is one of some forms: 算了，不查了.
func each(text string, forms map[string]bool) bool {
	clauses := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",，。.!！、;；~ ", r) })
	for _, c := range clauses {
		if !forms[bare(c)] {
			return false
		}
	}
	return len(clauses) > 0
}

// isMoment reports whether a folded text asks for a little time: 稍等, "let me check".
func isMoment(text string) bool {
	return utf8.RuneCountInString(text) <= maxTypedRunes && (zhMoment.MatchString(bare(text)) || enMoment.MatchString(text))
}

// asksWhere reports whether a folded text says that the customer does not know or have what a form asks for, or asks where
// it is found.
func asksWhere(text string) bool {
	if utf8.RuneCountInString(text) > maxAsideRunes {
		return false
	}
	b := bare(text)
	return zhWhere.MatchString(b) || enWhere.MatchString(strings.NewReplacer("'", "", "’", "").Replace(text))
}

// maxAsideRunes bounds what is only about the question of a form; longer texts tell something of their own.
const maxAsideRunes = 60

// What people say about a form's question instead of answering it.
var (
	zhMoment = lazy(`^(?:好的?|嗯+|行|哦|算了|那)?(?:请|麻烦)?(?:您|你)?(?:我?自己(?:再|去)?(?:找|看|查|翻)|稍等|稍候|等等|等我|等一下|等下|等一会|等会|我找找|我看看|我看一下|我查查|我查一下|我找一下|我去找|我去看|我翻翻|我翻一下|让我找|让我看|让我查)(?:一下|一会儿?|下|看|找|我|啊|哈|吧|订单号?|单号)*$`)
	enMoment = lazy(`^(?:ok|okay|sure|yes|hmm|um|uh|hold on|well)?[, ]*(?:(?:just |one |give me |wait |hang on |hold on )*(?:a |one )?(?:moment|minute|min|sec|second)s?|hold on|hang on|wait|bear with me|let me (?:check|look|see|find|search)|i'?ll (?:check|look|find)|looking for it|looking it up)(?: please| pls| it up| for it| it| that| the number| my e-?mails?| first)*[ .!…]*$`)
	zhWhere  = lazy(`(?:不知道|不记得|记不得|记不清|记不住|忘了|忘记了?|找不到|没找到|找不着|看不到|查不到|不清楚|不晓得|不懂)(?:了|啊|呀)?(?:什么是|是什么|是啥|是多少|在哪里?看|在哪里?找|在哪里?|哪里看|哪里找|怎么找|怎么看|怎么查)?(?:我的|这个|那个|订单|订单的)*(?:单号|订单号|号码|编号|号|是多少|是什么|在哪里?|哪里看|怎么看|怎么查)?(?:了|啊|呀|呢|怎么办|咋办)*$` +
		`|(?:单号|订单号|号码|编号|这个|它|那)(?:在哪|在哪里|在哪儿|哪里|哪儿|怎么|去哪|从哪|到哪|要去哪)(?:能|可以|才能|去)?(?:看|找|查|看到|找到|查到|有)?(?:呢|啊|呀)?$|^(?:在|去|从|到)?(?:哪|哪里|哪儿|怎么)(?:能|可以)?(?:看|找|查|看到|找到|查到|有)(?:订单号|单号|号码|它|这个)?(?:呢|啊|呀)?$|^(?:什么是|啥是|什么)(?:订单号|单号|号码)$|(?:没有|没)(?:这个|那个)?(?:单号|订单号|号码)(?:啊|呀|怎么办)?$|^(?:我的?|这个)?(?:单号|订单号|号码)(?:丢了|没了|删了|不见了|是什么|是啥|不知道|忘了|找不到了?|没有)$`)
	enWhere = lazy(`\b(?:dont|do not|didnt|did not|cant|cannot|can not|couldnt|never) (?:know|have|remember|recall|find|see|get|got|locate)(?: (?:it|that|this|one|the|my|any|an|which|what|where|how|to|is|number))*(?: (?:order|it|that))?(?: (?:number|no|id|code|it|is|one|anywhere))*(?:[, ]*(?:sorry|anymore|any more|now|right now|yet|off hand|by heart|though|at hand|with me|anywhere))*[ .!?]*$` +
		`|^(?:i |ive )?(?:have )?(?:no idea|no clue|not sure|dunno|idk|lost it|forgot it|forgot|no number|no order number)(?: what (?:it|that) is| where (?:it|that) is| which)?[ .!?]*$|\bi(?:ve)? (?:forgot|forgotten|lost|deleted)(?: (?:it|my|the|that|order|number|e-?mail|confirmation))+[ .!?]*$` +
		`|\bwhere (?:do|can|could|would|should|will|might) (?:i|one|you) (?:find|see|get|look|check|read)\b|\bwheres? (?:is )?(?:it|that|this|the number|(?:the|my) order (?:number|no|id))[ ?!.]*$|\bhow (?:do|can|could) i (?:find|get|see|know)(?: (?:it|that|this|out|the number|(?:the|my) order (?:number|no|id)))[ ?!.]*$` +
		`|\bwhat (?:is|s|are|do you mean by)? ?(?:a|an|the|that|this|my)? ?(?:order )?(?:number|order id)[ ?!.]*$|^(?:what|which) (?:order )?number[ ?!.]*$`)
	// hasNone says that there is nothing to answer an optional question with: 没有照片, "I don't have any photos".
	hasNone = lazy(`^(?:我|暂时|目前|这边)*(?:没有|没|无)(?:什么|拍|任何|留)?(?:照片|图片|图|相片|备注|补充|其他)?(?:了|啊|呀|哦)?[。.!！ ]*$|^不(?:发|拍|传|用)(?:照片|图片|图)?了?[。.! ]*$` +
		`|^(?:sorry[, ]*)?(?:no|none|nothing|i have no|i dont have|i don't have|havent got|i haven't got|haven't got|there are no|i didn't take|didn't take|cant send|can't send)(?: (?:any|a|photo|photos|picture|pictures|pics|pic|images?|of it|to send|sorry|right now|now|at hand|thanks|for now|to add|else|here))*[ .!]*$`)
)

// hasWords reports whether a text has anything to understand: a letter, a digit or a Chinese character.
func hasWords(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

// withoutStickers is a text without the pictures that WeChat and Weibo write as their names in brackets: [微笑], [怒]. Other words
// in brackets are words: [退款], [投诉].
func withoutStickers(text string) string { return stickers.ReplaceAllString(text, " ") }

var stickers = lazy(`\[` + oneOf(`微笑 撇嘴 色 发呆 得意 流泪 害羞 闭嘴 睡 大哭 尴尬 发怒 调皮 呲牙 惊讶 难过 酷 囧 冷汗 抓狂 吐 偷笑 愉快 可爱 白眼 傲慢 饥饿 困 惊恐 流汗 憨笑 悠闲 奋斗 咒骂 疑问 嘘 晕 疯了
	折磨 衰 骷髅 敲打 再见 擦汗 抠鼻 鼓掌 糗大了 坏笑 左哼哼 右哼哼 哈欠 鄙视 委屈 快哭了 阴险 亲亲 吓 可怜 猪头 玫瑰 凋谢 嘴唇 爱心 心碎 拥抱 强 弱 握手 胜利 抱拳 勾引 拳头 差劲 爱你 爱情 飞吻 跳跳 发抖 怄火 转圈
	磕头 回头 跳绳 投降 激动 乱舞 献吻 嘿哈 捂脸 奸笑 机智 皱眉 耶 吃瓜 加油 汗 天啊 社会社会 旺柴 打脸 哇 翻白眼 让我看看 叹气 苦涩 裂开 合十 破涕为笑 庆祝 脸红 恐惧 失望 无语 生气 笑脸 嗷嗷
	怒 怒骂 泪 哭 笑 笑哭 笑cry 哈哈 嘻嘻 呵呵 哼 赞 心 伤心 允悲 鲜花 悲伤 抱抱 挖鼻 馋嘴 表情 动画表情`) + `\]`)

// saidOf reports whether a folded text is said of an answer of the bot, and of nothing else: "no, that's not what I asked".
func saidOf(text string, zh, en pattern) bool {
	if utf8.RuneCountInString(text) > maxAsideRunes || strings.HasSuffix(text, "?") {
		return false
	}
	return zh.MatchString(bare(text)) || en.MatchString(strings.Join(strings.FieldsFunc(strings.NewReplacer("'", "", "’", "").Replace(text), func(r rune) bool { return !isLetterOrDigit(r) }), " "))
}

var (
	zhMissed = lazy(`^(?:不是|不对|不|唉|抱歉|可是|但是|但|(?:这|那)?个?(?:链接|文章|方法|办法|步骤)?我?(?:都|已经)?(?:看|试)过?了|你们?(?:说|讲|发|给)的(?:这|那)?(?:些|个)?我?(?:都|已经)?(?:看|试)过?了)*` +
		`(?:(?:这|那|这个|那个|这些|你的回答|这个回答|你说的)?(?:还是|根本|完全|对我|一点都?|也|都|并)*(?:没用|没有用|没啥用|没什么用|没用处|不管用|没帮助|没有帮助|没什么帮助|没帮到我|没有帮到我|帮不到我|帮不上忙|没帮上忙)` +
		`|(?:你|你们|您|机器人|这)?(?:还是|根本|完全|都|并|也)*没有?(?:能)?(?:回答|解决|解答)(?:到|了)?我?的?(?:问题|疑问|问的)` +
		`|(?:这|那|这个|那个)?(?:根本|完全|并|也)*不是我(?:想)?(?:问的(?:问题|内容)?|要的(?:答案|回答))|我(?:想)?问的(?:根本|完全|并|又)?不是(?:这个?|那个|这些))(?:啊|呀|吧|了)?$`)
	zhTried  = lazy(`^` + oneOf(`不行 不 唉 啊 我 都 已经 刚 刚才 刚刚 早就 早 早都 按你说的 照你说的 这个 这些 那个 方法 按照`) + `*(?:(?:试|弄|做|重启|重置|试试|操作)(?:了|过)+` + oneOf(`还是 也 都 依然 依旧 仍然 好几次 几次 几遍 一样 一遍 了 很多次 啊`) + `*|还是|依然|依旧|仍然)(?:不行|没用|不管用|没反应|没好|没效果|连不上|一样|老样子|不好使|没变化|没动静)?` + oneOf(`啊 的 了 呀 呢 吧 唉`) + `*$`)
	enTried  = lazy(`^(?:(?:no|nope|nah|yeah|yes|but|ok|well|um|sorry|i|ive|we|weve|have|just|and|it|still) )*(?:(?:already )?(?:did|done|tried|tryed|read|checked) (?:that|it|this|all that|all of that|everything|both|those)(?: already| twice| before| too)*|(?:did|tried) already|nothing(?: happens| happened| changed| yet| works| worked)?|same (?:thing|problem|issue|again)|no (?:luck|change|difference|good|joy)|not working still|(?:it )?didnt (?:work|do anything|change anything))(?: (?:and|but|it|still|nothing|no|doesnt|didnt|wont|work|works|happened|luck|change|already|bro|lol|sorry|though|at all))*$`)
	enMissed = lazy(`^(?:(?:no|nope|nah|sorry|hmm+|well|but|ok|okay|and|unfortunately|actually|thanks|i ?(?:ve|have)? ?(?:already )?(?:read|tried|seen|done) (?:that|it|this|those)(?: already)?|already (?:read|tried|did) (?:that|it|this)|tried (?:that|it|this)) )*` +
		`(?:(?:(?:that|this|it|your answer|the answer|your reply|the link|none of (?:that|this|it)) )?(?:still |really |just )*(?:(?:did|does|do|has|is|was) not|didnt|doesnt|dont|hasnt|isnt|wasnt|not) (?:really |actually |very |quite )?(?:help(?:ed|ful|ing)?|answer(?:ed|ing)? (?:me|(?:my|the) question|what i (?:asked|meant)))(?: (?:me|us|at all|either|though|much|really))*` +
		`|(?:it |that |this )?still (?:(?:does|did|is) not|doesnt|didnt|isnt|not) work(?:ing)?` +
		`|(?:thats|its|that is|this is|it is|that was|it was) (?:still )?(?:of )?no (?:help|use)(?: at all| to me)?` +
		`|(?:(?:thats|its|that is|this is|it is|that was|youre|you are) (?:still |really )?not|(?:that|this|it) (?:isnt|wasnt)|you arent) (?:really |even )?(?:what i (?:asked|meant|mean|wanted to know|was asking)(?: for| about)?|(?:my|the) question|an answer|answering (?:me|(?:my|the) question))` +
		`|wrong answer)(?: (?:sorry|thanks|though|at all|unfortunately))*$`)
	zhClear = lazy(`^(?:谢谢|嗯|好的|可以)*(?:你们?|您)?(?:回答|说|讲|解释|解答)得(?:挺|很|非常|蛮|真|都|十分|特别|还)*(?:清楚|明白|详细|清晰|到位)(?:的|了)?(?:谢谢|多谢|感谢)?(?:你|您)?$`)
	enClear = lazy(`^(?:(?:ok|okay|yes|thanks|great) )*(?:(?:(?:thats|that is|that was|its|all) (?:very |quite |all |perfectly |really )*|very |perfectly )clear(?: now)?|(?:that|this) (?:fully |really )?answer(?:s|ed) (?:it|(?:my|the) question|everything))(?: thanks| thank you)*$`)
)

// asksToPerform reports whether a folded text asks the bot to entertain, and for nothing else: "tell me a sad story", 讲个笑话. That is
// neither a question for the articles nor a failure of theirs, and the mood of what is wished for is not the customer's.
func asksToPerform(text string) bool {
	return utf8.RuneCountInString(text) <= maxAsideRunes && (zhPerform.MatchString(bare(text)) || enPerform.MatchString(text))
}

var (
	zhPerform = lazy(`^(?:你|请|能不能|能|可以|可不可以|会|会不会|快|再|给我|给我们|帮我|为我|跟我|我想听|我要听|我想|来|听你|无聊)*(?:讲|说|唱|写|编|作|念|背|来|表演|演|出|听)(?:上|一|个|一个|首|一首|段|一段|则|点|几个|两个)*` +
		`(?:恐怖|气死人|吓人|笑死人|爱情|睡前|好听|好笑|搞笑|有趣|鬼|童话|冷|长|短|悲伤|感人|英文|中文|儿童|唐|古|新|流行|温馨|开心|励志)?的?(?:笑话|故事|歌|儿歌|诗|诗歌|古诗|段子|谜语|脑筋急转弯|绕口令|相声|童话|诗词|才艺)(?:吧|呗|啊|吗|听听|听|给我听|给我|来听听|可以吗|好吗|行吗)*$`)
	enPerform = lazy(`^(?:(?:please|pls|can|could|would|will|you|hey|hi|ok|okay|now|just|i|want|to|hear|do you know|know|let s|lets) )*(?:tell|sing|write|recite|read|play|make up|perform|rap|give|ask|hear|know)?(?: (?:me|us))?` +
		` ?(?:a|an|another|one more|some|any|your best|the best)(?: [a-z-]+){0,2} (?:jokes?|stor(?:y|ies)|songs?|poems?|haikus?|limericks?|riddles?|fairy ?tales?|puns?|lullab(?:y|ies))(?: (?:please|pls|now|for me|about (?:love|life|cats?|dogs?|animals?|summer|winter|spring|autumn|the moon|the sea|nothing|anything|yourself|you|me|friendship|christmas)))*[ .!?]*$`)
)

// asksBack reports whether a folded text is put as a question.
func asksBack(text string) bool {
	s := strings.TrimRight(text, " 。.!！~")
	if strings.HasSuffix(s, "?") || strings.HasSuffix(s, "？") || strings.HasSuffix(s, "吗") || strings.HasSuffix(s, "呢") {
		return true
	}
	first, _, _ := strings.Cut(s, " ")
	return slices.Contains([]string{"how", "what", "when", "where", "why", "which", "who", "can", "do", "does", "is", "are"}, first) ||
		strings.HasPrefix(s, "怎么") || strings.HasPrefix(s, "为什么") || strings.HasPrefix(s, "什么时候")
}

func isLetterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }
