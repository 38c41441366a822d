package bot

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// asksForPerson reports whether a folded text (nlp.Fold) asks for a person instead of the bot. A miss leaves somebody
// alone with a machine, a false alarm only costs an agent a look; but words such as 人工智能, 手工 or "travel agent" are not
// about us, and talk about a person ("is this made by human hands") is not asking for one.
//
// It works on clauses with small grammars, one for each language, made of the word lists below: a verb of asking, a few
// small words, somebody of the staff, and what may follow; and on what speaks against it: a refusal, a report of the past,
// a question about the bot itself, a word that only looks like one of ours.
func asksForPerson(folded string) bool {
	return folded != "" && (asksInChinese(folded) || asksInEnglish(folded))
}

// pattern is a regular expression that is compiled when it is first needed: a program that answers nobody need not wait
// for its grammars.
type pattern func() *regexp.Regexp

func lazy(expr string) pattern {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// MatchString reports whether the text contains a match.
func (p pattern) MatchString(s string) bool { return p().MatchString(s) }

// ReplaceAllString replaces every match.
func (p pattern) ReplaceAllString(s, with string) string { return p().ReplaceAllString(s, with) }

// oneOf is a group of the words of a list, which are separated by white space; an underscore stands for a space.
func oneOf(list string) string {
	words := strings.Fields(list)
	slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) }) // the first alternative that fits is taken
	return "(?:" + strings.ReplaceAll(strings.Join(words, "|"), "_", " ") + ")"
}

// clauses cuts a text at punctuation, and removes from each clause everything but letters and digits.
func clauses(folded, punctuation string) []string {
	var out []string
	for _, part := range strings.FieldsFunc(folded, func(r rune) bool { return strings.ContainsRune(punctuation, r) }) {
		out = append(out, strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return r
			}
			return -1
		}, part))
	}
	return out
}

// Somebody, in Chinese: zhHuman can only mean a person in place of the bot; zhStaff and zhBoss are also talked about.
var (
	zhHuman = oneOf(`人工 人工客服 人工智能客服 人工服务 人工坐席 人工座席 人工窗口 人工台 人工热线 真人 真人客服 真人服务 真人坐席 活人 大活人 真实人
		真实的人 agent human csr person realperson representative kefu 人类`)
	zhStaff = oneOf(`客服 客服人员 客服小姐姐 客服小哥哥 客服小姐 客服小哥 客服妹妹 客服姐姐 客服专员 客服代表 客服经理 客服主管 客服同学 在线客服 售后客服
		售前客服 专属客服 坐席 座席 接线员 话务员 专人 专员 工作人员`)
	zhBoss = oneOf(`经理 主管 领导 负责人 店长 老板 管理员 上级`)
)

// The Chinese grammar. Its clauses have no spaces and no punctuation.
var (
	zhPolite = oneOf(`请 麻烦 帮我 给我 我 要 想 找 转 接 快 赶紧 马上 立刻 立即 直接 转接 你好 您好 亲 亲亲 在吗 那 就 喂 嗨 我说 还是 快点 一下 你们 您们
		你们的 的 有 没有 是否有 能 不能 可以 可不可以 能否 来 个 一个 位 一位 谢谢 出来 叫 喊 怎么 如何 怎样 到 嗯 好 好的 行 请问 现在 今天 晚上 周末
		还 在 联系 需要 换 召唤 呼叫 切换 给`)
	zhTail = oneOf(`谢谢 吧 啊 呀 哦 呢 吗 么 嘛 啦 在吗 在不在 在么 有吗 有没有 来 出来 在哪 在哪里 在哪儿 快来 快点 一下 回复 帮我 帮忙 处理 解决 接待 服务
		行吗 行不行 可以吗 好吗 能吗 了 介入 沟通 说话 聊 聊聊 说 谈 谈谈 跟我 和我 与我 给我 打电话 回电话 回电 联系我 联系 过来 来帮我 问题 投诉 反馈 咨询 反映 这个
		我的 please pls 说明 讲 对话 交流 看看 看一下 查一下 查查`)

	// A verb of asking, small words, a person.
	zhAskVerb = oneOf(`转接 转到 转给 转 接通 接入 接 换成 换 切换到 切换 切到 切 找 叫 喊 呼叫 召唤 呼 联系 连线 安排 派 要求 要 想 给我 帮我 请 需要 求 申请 有没有
		有 能不能 可以 麻烦 来 上 进入 进 直接 跟 和 与 同 让 咨询 问 搵 揾`)
	zhSmall = oneOf(`一下 下 到 成 去 给 我 你们 您们 您 你 的 个 一个 位 一位 名 一名 真正 真的 直接 那个 这个 出来 有 是 联系 咨询 店家 平台 官方 马上 立刻 尽快`)
	zhAsk   = lazy(zhAskVerb + zhSmall + `{0,4}` + zhHuman)
	// Of staff and bosses one may also tell a story (找客服问了没人理): there the clause must end with them.
	zhAskStaff = lazy(zhAskVerb + zhSmall + `{0,4}(?:` + zhStaff + `|` + zhBoss + `)` + zhTail + `{0,4}$`)
	zhOnly     = lazy(`^` + zhPolite + `*(?:` + zhHuman + `|` + zhStaff + `)+` + zhTail + `*$`)

	zhRequest = lazy(`^` + oneOf(`请 麻烦 帮我 给我 我要 我想 我需要 我现在要 转 能不能 可以 可不可以 快 赶紧 马上 立刻 叫 让 现在`))

	// "Somebody" without a title: 来个人, 找个活人, 我想和人聊.
	zhSomebody = lazy(`^` + oneOf(`快 赶紧 请 麻烦 能不能 可以 帮我 给我 我要 我想 想 要 能 有没有 就`) + `*` +
		oneOf(`来 换 叫 派 找 转 给我 安排 要 有没有 让`) + oneOf(`一个 个 一位 位 真 活 大活 真的 真正的 你们 你们的`) + `*人` +
		oneOf(`来 吧 啊 呀 吗 行吗 好吗 可以吗 谢谢 处理 跟我 和我 说 说话 讲 聊 帮我 出来 解决 接 回答 回复 回我 联系我 沟通 对话 在吗 管管 一下`) + `*$`)
	// … or by what she shall be able to do: 找个懂的人, 来个能做主的.
	zhSkilled = lazy(oneOf(`来 找 换 叫 派 让 要`) + oneOf(`一个 个 一位 位`) + oneOf(`能 会 真 可以`) + `?` +
		oneOf(`做主 拍板 懂 懂行 懂事 管事 说人话 讲人话 听懂人话 解决问题 处理问题 负责 靠谱 明白`) + `的` + oneOf(`人 活人 同事`) + `?` + oneOf(`来 吧 啊 行吗 好吗 可以吗 谢谢 跟我 和我 说 处理 解决`) + `*$`)
	// Nobody answers: 有没有人管, 就没有一个人能回答我吗.
	zhNobody = lazy(`^` + oneOf(`你们 那 就 到底 怎么 难道 都`) + `*` + oneOf(`有没有 没有 没 有`) + oneOf(`一个 个 真 活`) + `*人` + oneOf(`能 可以 来 会 愿意 出来`) + `*` +
		oneOf(`管 管管 管我 管一下 理我 理我一下 回答我 回我 回复我 答我 给我回话 跟我说句话 搭理我`) + oneOf(`吗 么 啊 呀 呢 了 的 一下`) + `*$`)
	// … or has an answer: 没有人能回答我的问题吗.
	zhNoAnswer = lazy(`^` + oneOf(`你们 那 就 到底 怎么 难道 都 请问 这里`) + `*` + oneOf(`有没有 没有 没`) + oneOf(`一个 个 真 活`) + `*人` + oneOf(`能 可以 来 会 愿意 出来 能够 帮 帮忙`) + `*` +
		oneOf(`回答 解答 解决 处理 答复 回复 帮 帮助`) + oneOf(`一下 下`) + `?` + oneOf(`我 我们`) + oneOf(`的问题 的事 的事情 这个问题 问题 一下`) + `?` + oneOf(`吗 么 啊 呀 呢 了 嘛`) + `*$`)
	// A colleague of the bot, not of the customer: 找你同事.
	zhColleague = lazy(`(?:` + zhAskVerb + zhSmall + `{0,2}` + oneOf(`你 你们 您 您们 你家`) + `的?|` + oneOf(`换 转`) + oneOf(`一下 个 一个 位 一位 给 另一个 其他 别的 到`) + `+)同事` + zhTail + `{0,4}$`)
	zhTalkTo    = lazy(oneOf(`跟 和 与`) + oneOf(`真 活 真的 真正的 真实的 个 一个`) + `*人` + oneOf(`说 讲 说话 聊 聊天 对话 沟通 交流 谈 讲话`) + zhTail + `*$`)

	// Somebody shall ring: 给我回个电话, 你们打电话给我吧. Whom the courier shall ring (送到了给我打电话) is another matter.
	zhRingLead = oneOf(`请 麻烦 你们 您们 你 您 能不能 可不可以 可以 能 能否 快 赶紧 马上 尽快 那 就 帮我 我要 我想 我想让 想 希望 让 叫 人 个人 同事 来`)
	zhRing     = lazy(`^` + zhRingLead + `*(?:给我(?:们)?` + oneOf(`打 回 来 拨`) + oneOf(`个 一个 通 一通 一下`) + `?` + oneOf(`电话 电`) + `|` +
		oneOf(`打 回 来 拨`) + oneOf(`个 一个 通 一通`) + `?` + oneOf(`电话 电`) + `给我们?|` + oneOf(`打给我 打我电话 打电话联系我 电话联系我`) + `)` +
		oneOf(`吧 啊 呀 吗 么 行吗 好吗 可以吗 谢谢 一下 过来 说 聊 沟通 解决 处理 现在 马上`) + `*$`)

	// No more bot.
	zhNoBot = lazy(oneOf(`不要 不想 别 拒绝 讨厌 不用 受够 受够了 烦 少用 能不能别 不跟 不和 停止 关掉 关闭 滚`) +
		oneOf(`再 用 让 给我 拿 跟 和 与 要 一直 老 总 总是 老是 这个 这种 这破 破 你们 你们这个 你们的 你们家 一个 这`) + `{0,4}` +
		oneOf(`智能 你们的 这个`) + `?` + oneOf(`机器人 机器 人机 程序 ai 智能客服 自动回复 bot robot`) +
		`(?:` + oneOf(`回复 聊 说 说话 对话 沟通 讲 客服 服务 糊弄 敷衍 应付 打发 来 了 交流 浪费 废话`) + `|$)`)
	zhAgainstBot = lazy(`投诉.{0,12}` + oneOf(`机器人 智能客服 ai客服 人机`))

	// Slips of the pen and of the input method.
	zhMisspelt = lazy(oneOf(`转 专 砖 赚 传 要 找 接`) + oneOf(`到 接`) + `?` + oneOf(`人公 人功 人供 仁工 仁公 认工 任工 入工 人共 人宫`) +
		`|[专砖赚]人工|转reng?ong|zhuan人工|^(?:zhuan)?reng?ong(?:kefu)?$|^zrg$`)
)

// What speaks against it, in Chinese.
var (
	zhNotStaff = lazy(`人工` + oneOf(`智能 智慧 费 成本 价 皮 革 草 湖 岛 降雨 降水 授精 受精 流产 呼吸 关节 晶体 心脏 耳蜗 香精 色素 合成 养殖 饲养
		种植 培育 培养 栽培 增白 宝石 钻 珍珠 水晶 牛黄 麝香 毛 棉 制作 制造 缝 编 打磨 做的 手作 雕 绣 染 挑选 分拣 采摘 检测 检验 审核 审批 复核 质检 鉴定 鉴别
		清洗 安装费 运费 搬运 录入 核实 处理时间 要多久审`) + `|手工|[纯全]人工|人工的?[吗么]?还是机[器械]|` +
		`真人` + oneOf(`秀 版 电影 照片 实拍 试穿 试用 模特 穿 发 头发 cs 大小 比例 尺寸 出镜`) + `|假发`)
	zhTold = lazy(`(?:` + zhHuman + `|` + zhStaff + `)` + `(?:了?` + oneOf(`说过 问过 聊过 谈过 联系过 回复过 处理过 沟通过 反映过`) + `|` +
		oneOf(`说了 说的 告诉 答应 承诺 回复我 跟我说 和我说 讲的 让我 叫我 给我说 给我发 给我打 态度 电话 的电话 几点 什么时候 上班 下班 工作时间 的工作时间 服务时间
		在线时间 时间 多少钱 怎么收费 收费 工资 招聘 招不招`) + `)`)
	zhRefusal = lazy(oneOf(`不用 不要 别 不想 不需要 无需 没必要 不必 不是要 先不 暂时不`) + oneOf(`再 给我 帮我 去 了`) + `?` +
		oneOf(`转接 转到 转 接 找 叫 联系 换 要 麻烦 请 打扰`) + `?` + oneOf(`到 给 个 一个`) + `?` + `(?:` + zhHuman + `|` + zhStaff + `)`)
	zhIdentity = lazy(`^(?:请问)?` + oneOf(`你 您 这 这个 对面 你们 那边 这边`) + `?` + oneOf(`到底 究竟 其实`) + `?` + oneOf(`是不是 是 不是`) +
		`一?个?` + oneOf(`真人 人工 机器人 人工客服 活人 ai 人工智能 人类 人`) + `(?:` + oneOf(`吗 么 嘛 吧 啊 呀`) + `|还是.*)*$`)
)

// zhStops are where a Chinese thought ends.
const zhStops = ",，.。!！?？;；、\n:："

// Bounds in characters: punctuation within a short text may be there to break words up; a long clause, or a long text
// before its end, tells a story about the staff unless it is put as a request.
const (
	zhShortText  = 12
	zhLongClause = 24
	zhStory      = 28
)

// zhHints are what a text without its spaces must contain to be looked at closer.
var zhHints = strings.Fields(`人工 真人 活人 真实 客服 席 接线员 话务员 专人 专员 人员 经理 主管 领导 负责人 店长 老板 管理员 上级 机器 人机 智能 自动回复
	bot ai 人类 human agent csr person representative kefu gong zrg 人公 人功 人供 仁工 仁公 认工 任工 入工 人共 人宫 个人 位人 人来 人聊 人说 人跟 人和
	人对话 人沟通 人交流 人回 人帮 人处理 人解决 人接 人出来 人谈 换人 叫人 派人 来人 找人 让人 的人 程序 做主 拍板 人话 管事 的来 人讲 人能 人管 人帮我 人解 人处 人回 同事 懂的 懂行 懂事的 个能 位能 人理 人答 人搭理 人愿意 人会 给我打 给我回 给我来 给我拨 给我们打 给我们回 电话给我 电给我 打给我 打我电话 联系我`)

func asksInChinese(folded string) bool {
	whole := bare(folded)
	if !slices.ContainsFunc(zhHints, func(h string) bool { return strings.Contains(whole, h) }) {
		return false
	}
	list := clauses(folded, zhStops)
	if len(list) > 1 && utf8.RuneCountInString(whole) <= zhShortText {
		list = append(list, whole)
	}
	story := utf8.RuneCountInString(whole) > zhStory
	for i, c := range list {
		if zhClauseAsks(c, !story || i == len(list)-1 || zhRequest.MatchString(c)) {
			return true
		}
	}
	return false
}

// zhClauseAsks looks at one clause; staff says whether naming the staff is enough.
func zhClauseAsks(c string, staff bool) bool {
	if c == "" || zhIdentity.MatchString(c) {
		return false
	}
	if zhMisspelt.MatchString(c) || zhAgainstBot.MatchString(c) || zhNoBot.MatchString(c) {
		return true
	}
	c = zhNotStaff.ReplaceAllString(c, "○")
	if zhRefusal.MatchString(c) || zhTold.MatchString(c) {
		return false
	}
	if staff && zhOnly.MatchString(c) || zhSomebody.MatchString(c) || zhSkilled.MatchString(c) || zhNobody.MatchString(c) || zhNoAnswer.MatchString(c) || zhColleague.MatchString(c) || zhTalkTo.MatchString(c) || zhRing.MatchString(c) || zhAsk.MatchString(c) {
		return true
	}
	return staff && utf8.RuneCountInString(c) <= zhLongClause && zhAskStaff.MatchString(c)
}
