package bot

import "strings"

// What a customer writes after a rating is its reason, or a matter of hers. Four things speak for one or the other, all searched in
// folded text: how service was, what she asks or wants, what is amiss with her goods or her money, and the intent that is heard.

// toldService are words about how service was: its pace and manner, what was said, asked and understood, what it took.
// Words that only judge badly ("terrible") are not among them: beside a matter they may be about that.
var toldService = lazy(`\b(?:slow|slowly|quick|quickly|fast|faster|friendly|unfriendly|patient|patiently|impatient|polite|impolite|rude|attentive|professional|unprofessional|efficient|responsive|` +
	`helpful|unhelpful|(?:very|so|was|were) kind|easy|easily|hard|difficult|complicated|confusing|confused|smooth|smoothly|good|great|excellent|perfect|fine|lovely|nightmare|hassle|liked|loved|hated|` +
	`(?:very|too|so|really|quite|took) long|took (?:ages|forever|days|weeks|hours|\w+ (?:agents?|people|messages?|attempts?|tries))|had to (?:ask|repeat|wait|explain|call|write|chase|tell)|` +
	`answer(?:s|ed)?|repl(?:y|ies|ied)|(?:kept|keep|stopped) (?:asking|sending|repeating|telling)|asked me|explained|explaining|apologi[sz]ed|understood|understands?|listened|knew|knows|` +
	`sorted(?: it)? out|in no time|right away|straight away|at once|the (?:next|same) day|sooner|earlier|promptly|in the end|made it right|copy and paste|canned|seriously|(?:not )?(?:very |really )?(?:un)?clear|` +
	`(?:too )?many (?:questions|messages|steps)|\w+ messages to|waiting \w+ (?:minutes|hours)|back and forth)\b|` +
	oneOf(`很快 太快 挺快 真快 蛮快 够快 最快 快的 得快 非常快 比较快 快速 速度 慢 及时 效率 耐心 不耐烦 热情 友好 态度 专业 细心 周到 贴心 很负责 负责任 不负责 敷衍 冷漠 客气 礼貌
		粗鲁 复杂 繁琐 太麻烦 很麻烦 挺麻烦 有点麻烦 比较麻烦 简单 很方便 挺方便 太方便 不方便 顺利 顺畅 满意 不错 很好 挺好 太好 难用 太久 很久 太长
		问了我 问我 理我 听不懂 没听懂 讲得 说得 说话 说清楚 讲清楚 解释 回答 答非所问 转了 等得 复制粘贴 推来推去 来来回回 折腾 利索 干脆 明明白白 清清楚楚 心累 过程 才搞定 才解决
		才有人 才弄好 陪我 晚了 早点 当天`))

// openMatter are words that ask or want something, or say that it is not over.
var openMatter = lazy(`[?？]|\d{6}|\b(?:can you|could you|can i|could i|will you|please|i want|i d like|i would like to|want to|need to|i need|help me|complain|complaint|report it|still|yet|not arrived|` +
	`never (?:came|arrived|got|received)|(?:is|are|was|have|has|had|did|does|do|would|could|ca|wo)n.?t (?:get|got|arrived?|received?|come|work|moved?|go|open|charge)|` +
	`(?:is|are|has|have|had|did|does|do) not (?:get|got|arrived?|received?|come|work|moved?|go|open|charge)|one more thing|by the way|also|now the|and now|where (?:is|are|do|can)|when (?:will|do|does|is|can)|how (?:do|can|long will))\b|^(?:return|refund|cancel|exchange|invoice)$|` +
	oneOf(`投诉 举报 怎么 什么 哪 吗 能不能 能否 可以帮 请 帮我 帮忙 我要 我想 想要 要求 需要 麻烦您 麻烦你 麻烦帮 多久 几天 几时 查一下 还没 还是没 没收到 没到 没有收到 没退 未 现在 马上 尽快 快点 赶快
		对了 顺便 另外 还有一个 还有个 别再`))

// lossMatter are words of what is lost, broken or wrong: with the goods, the money, the account.
var lossMatter = lazy(`\b(?:stolen|lost|missing|broken|broke|damaged|defective|smashed|cracked|torn|leaking|soaked|wet|fake|counterfeit|scam|scammed|hacked|locked|blocked|banned|suspended|refused|rejected|declined|denied|closed|expired|` +
	`overcharged|(?:was|been|got|were) charged|charged me|(?:charged|billed|paid|deducted) (?:me )?(?:twice|double|two times|again)|(?:double|twice) (?:charged|billed)|never (?:been )?(?:delivered|came|arrived|got|received|refunded|shipped|showed)|` +
	`(?:sent|got|received|delivered) (?:me )?(?:the |a )?wrong|(?:got|received) nothing|nothing back|never (?:been )?returned|is dead|wrong (?:item|size|colou?r|product|order|address|parcel)|(?:stopped|stops) \w+ing|(?:the |a )?same (?:fault|defect|problem) (?:again)?|only (?:half|part|some) of|` +
	`(?:arrived|came|delivered|sent) without|nobody (?:called|rang|came)|no one (?:called|rang|came))\b|\bhas the same (?:fault|defect|problem)|` +
	oneOf(`坏了 坏的 弄坏 摔坏 丢了 丢失 弄丢 不见了 被偷 偷走 被盗 盗刷 扣了 被扣 多扣 扣款 重复扣 多收 破损 破了 碎了 裂了 漏了 漏液 漏发 少发 少了 缺了 缺件 发错 寄错 送错 拿错 被拒 拒绝 驳回 被锁 锁了
		锁定 冻结 被封 封号 封了 没送到 被骗 骗了 假货 假的 被取消 没声音 没有声音 没反应 不亮 用不了 登不上 登不了 打不开 连不上 充不进 没更新 不更新 淋湿 湿了 泡了 一半 已关闭 没给我 没人打 没有货 坏的`))

// tells reports whether a text tells how service was, and of nothing that is lost, damaged or asked for.
func tells(folded string) bool {
	return saysHow(folded) && !asksFor(folded) && !lossMatter.MatchString(folded)
}

// tellsLoss reports whether a text tells of a loss or damage that it does not say to be over, whatever else it tells.
func tellsLoss(folded string) bool {
	return lossMatter.MatchString(folded) && !isOver.MatchString(folded)
}

// isOver are words that say that what was amiss is set right.
var isOver = lazy(`\b(?:sorted(?: it)? out|(?:was|is|got|all|been|quickly|it) (?:sorted|solved|fixed|resolved|replaced|refunded|corrected)|(?:replaced|refunded|fixed|solved|resolved|corrected|sorted) (?:it|quickly|at once|right away|straight away|in no time|promptly|the (?:same|next) day|within)|` +
	`made it right|got a (?:new one|replacement|refund)|sent (?:me )?a (?:new one|replacement)|in the end)\b|` + oneOf(`改好了 改好 补发了 补寄了 换好了 解决了 解决得 才解决 就解决 搞定了 才搞定 才弄好 弄好了 处理好了 处理得 退好了 赔了 赔付了 找回来了 找到了 修好了 重新寄了 重发了`))

// asksFor reports whether a text is put as a question, or wants something.
func asksFor(folded string) bool { return openMatter.MatchString(folded) || asksSomething(folded) }

// saysHow reports whether a text says how service was. 快递, the parcel service, is not 快, fast.
func saysHow(folded string) bool {
	return toldService.MatchString(strings.NewReplacer("快递", "包裹", "没声音", "坏了", "没有声音", "坏了").Replace(folded))
}
