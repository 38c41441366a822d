package bot

import "strings"

// What speaks for words after a rating being its reason, although they name a matter that the bot knows ("I had to ask twice
// about my refund"): how service was. And what speaks for that matter being open, so that she must be helped. All are
// searched in folded text. Words that only judge badly ("terrible") are not among the first: beside a matter they may be about that.
var (
	toldService = lazy(`\b(?:slow|slowly|quick|quickly|fast|friendly|unfriendly|patient|patiently|impatient|polite|impolite|rude|attentive|professional|unprofessional|efficient|responsive|` +
		`helpful|unhelpful|(?:very|so|was|were) kind|easy|easily|hard|difficult|complicated|confusing|smooth|smoothly|good|great|excellent|perfect|fine|liked|loved|hated|` +
		`(?:very|too|so|really|quite|took) long|took (?:ages|forever|days|weeks|hours)|had to (?:ask|repeat|wait|explain|call|write|chase|tell))\b|` +
		oneOf(`很快 太快 挺快 真快 蛮快 够快 最快 快的 得快 非常快 比较快 快速 速度 慢 及时 效率 耐心 不耐烦 热情 友好 态度 专业 细心 周到 贴心 很负责 负责任 不负责 敷衍 冷漠 客气 礼貌
			粗鲁 复杂 繁琐 太麻烦 很麻烦 挺麻烦 有点麻烦 比较麻烦 简单 很方便 挺方便 太方便 不方便 顺利 顺畅 满意 不错 很好 挺好 太好 难用 太久 很久 太长`))
	openMatter = lazy(`[?？]|\d{6}|\b(?:where|when|how|what|which|why|who|can|could|will|would|please|want|need|help|complain|complaint|report|still|yet|now|haven|hasn|not arrived|never (?:came|arrived|got)|(?:did|do|does) ?n.?t (?:get|arrive|receive|come|work))\b|` +
		oneOf(`投诉 举报 怎么 什么 哪 吗 呢 能不能 能否 可以 请 帮 我要 我想 想要 要求 需要 麻烦您 麻烦你 麻烦帮 多久 几天 几时 查 还没 还是没 没收到 没到 没有收到 没退 未 现在 马上 尽快 快点 赶快`))
	lossMatter = lazy(`\b(?:stolen|lost|missing|broken|broke|damaged|defective|smashed|cracked|torn|leaking|fake|counterfeit|scam|scammed|hacked|locked|blocked|banned|suspended|refused|rejected|declined|denied|` +
		`overcharged|(?:was|been|got|were) charged|(?:charged|billed|paid|deducted) (?:me )?(?:twice|double|two times|again)|(?:double|twice) (?:charged|billed)|never (?:been )?(?:delivered|came|arrived|got|received|refunded|shipped|showed)|` +
		`(?:sent|got|received|delivered) (?:me )?(?:the |a )?wrong|wrong (?:item|size|colou?r|product|order|address|parcel))\b|` +
		oneOf(`坏了 坏的 弄坏 摔坏 丢了 丢失 弄丢 不见了 被偷 偷走 被盗 盗刷 扣了 被扣 多扣 扣款 重复扣 多收了 破损 破了 碎了 裂了 漏了 漏液 漏发 少发 缺了 缺件 发错 寄错 送错 拿错 被拒 拒绝 驳回 被锁 锁了
			锁定 冻结 被封 封号 封了 没送到 被骗 骗了 假货 假的 被取消`))
)

// tells reports whether a text tells how service was, and of nothing that is lost, damaged or asked for.
func tells(folded string) bool {
	return saysHow(folded) && !openMatter.MatchString(folded) && !lossMatter.MatchString(folded)
}

// tellsLoss reports whether a text tells of a loss or damage, and not how service was.
func tellsLoss(folded string) bool {
	return lossMatter.MatchString(folded) && !saysHow(folded)
}

// saysHow reports whether a text says how service was. 快递, the parcel service, is not 快, fast.
func saysHow(folded string) bool {
	return toldService.MatchString(strings.ReplaceAll(folded, "快递", "包裹"))
}
