package topics

import "strings"

// Words that tell how people talk and feel, not what about. Stop lists of search engines leave many of them in.
const (
	lightEnglish = `a about absolutely actually after again ago all almost already also always am amazing an and another any anybody
anymore anyone anything are aren as ask asked asking at awesome awful away awhile back bad be because been before being best better between big
both but by bye came can cannot cant come comes coming completely could couldn cuz day days dear did didn didnt disappointed disappointing do does doesn doesnt
doing don done dont either else enough entire especially even ever every everyone everything excellent extremely far fan feel feeling few
finally find fine first for from full fun further gave get gets getting girl give given gives giving glad go goes going gone gonna good got gotta
great guess guy guys had hadn happen happened happening happy hard hardly has hasn hate have haven having he hell hello help her here hey hi him his
hope hopefully horrible hour how however i if im in into is isn it its itself just keep keeps kept kind knew know known last least less let lets like liked
likely little ll lol long look looking lot lots love loved made maybe make makes making many may me mean might mine more most much must my
myself need needed needs never new next nice no nobody none nope nor not nothing now nt of off often oh ok okay old omg on once one ones only or
other our out over own people perfect perhaps person pls please plus poor possible pretty probably put quite rather re real really ridiculous
right s said same saw say saying says second see seem seems seen sent several shall she should shouldn show since so some somebody someone
something sometimes soon sorry still stop stuff such suck sucks sure t take taken takes taking talk tell telling terrible than thank thanks that
the their them then there these they thing things think this those though thought through thru time times to today told tomorrow tonight too took
total totally tried truly try trying two ugh um unacceptable under understand until unreal up ur us use used using usually ve very via wait want wanted wants was wasn way
we week weeks well went were weren what whatever when where which while who whole whom whose why will with within without won wonderful
wont worse worst would wouldn wow wtf ya yeah year years yes yesterday yet you your yours fail failed epic joke wrong problem problems issue issues
experience ridiculously seriously literally apparently supposed currently year minute minutes hours hr hrs min mins anyway three four five six seven ten end`
	lightChinese = `一个 一下 一些 一点 一直 一样 一般 一次 一天 一定 一种 一起 七 三 上 下 不 不了 不会 不到 不同 不如 不是 不算 不能 不要 不知 不知道 不过 不错 不够 不行 不好 与 且 两 个
中 为 为了 为什么 也 也是 了 二 于 些 人 人家 今天 今年 仍 他 他们 以 以前 以后 以及 任何 会 但 但是 但愿 作为 你 你们 使 使得 便 做 偶 先 全 全部 其 其他 其实 其它 具体 再 再次
准备 出 出来 分 别 别人 到 到底 前 办 加 十 十分 千万 半 单 却 又 及 发现 受 只 只是 只有 只能 只要 叫 可 可以 可是 可能 各 各种 各位 同 后 后来 向 吗 吧 否 听 呀 呢 和 咋 哈 哈哈 哦 哪 哪里 哪些 唉 啊 啦
喜欢 嗯 因为 因此 在 地 垃圾 多 多少 多次 够 大 大家 大概 天 太 失望 好 好好 好多 好像 好用 如 如果 如何 如此 她 它 完全 完 实在 对 对于 将 小 就 就是 就算 尤其 属 已 已经 希望 年 并 并且 应该 应 开 开始 当 当然 当时
很 很多 很好 很差 很不 得 必须 怎么 怎么样 怎样 总 总体 总之 总的来说 想 想要 感觉 感到 感谢 愿意 成 我 我们 或 或者 所 所以 所有 才 打 打算 找 把 投诉 挺 挺好 推荐 收到 整个 整体 敢 新 无 无法 无语 昨天 是 是不是 是否 晕 更 最 最后 最近 月 有 有些 有人 有点 有时 有时候
有的 朋友 期待 未 本 本人 来 来说 极 极其 某 根本 次 此 每 每天 每次 比 比较 毕竟 没 没什么 没有 没想到 注意 满意 点 特别 现在 生气 用 由 由于 的 的话 目前 直接 相当 看 看到 看看 看起来 真 真心 真是 真的 知道 确实 第一 第一次 第二 等 算 简直 经常 结果 给 绝对 继续 美
而 而且 老 能 能够 脸 自己 至于 至少 若 虽然 行 被 装 要 要求 觉得 让 认为 记得 评价 试 请 请问 谁 谢谢 象 起 起来 超 越 跟 较 辛苦 过 还 还可以 还好 还是 还有 还行 这 这个 这么 这些 这样 这次 这种 这里 进 连 那 那个 那么 那些 那样 郁闷 都 里 里面 非常 靠 顺便 首先 马上 骗人 高 给力 差评 好评 五星
时候 时间 问题 情况 东西 地方 方面 之后 之前 之间 事情 事 解决 尊敬 领导 您好 你好 敬请 恳请 请求 强烈 谢谢您 书记 您 政府 有关 部门 相关 反映 进行 导致 造成 严重 影响 希望能 请问一下`
)

// lightWords is the set of them, as they stand in texts.
func lightWords() map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(lightEnglish + " " + lightChinese) {
		set[w] = true
	}
	return set
}
