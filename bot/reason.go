package bot

// What speaks for words after a rating being its reason, although they name a matter that the bot knows ("I had to ask twice
// about my refund"), and what speaks for that matter being open, so that she must be helped. Both lists are of folded text.
var (
	toldMatter = lazy(`\b(?:had|was|were|took|because|very|too|always|really|liked|loved|hated|slow|slowly|friendly|patient|easy|hard|rude|quick|quickly)\b|` +
		oneOf(`了 太 很 因为 挺 非常 不够 总是 一直 有点 比较`))
	openMatter = lazy(`[?？]|\d{6}|\b(?:where|when|how|what|which|why|who|can|could|will|would|please|want|need|help|still|yet|now|haven|hasn|not arrived|never (?:came|arrived|got)|(?:did|do|does) ?n.?t (?:get|arrive|receive|come|work))\b|` +
		oneOf(`怎么 什么 哪 吗 呢 能不能 能否 可以 请 帮 我要 我想 想要 要求 需要 麻烦您 麻烦你 麻烦帮 多久 几天 几时 查 还没 还是没 没收到 没到 没有收到 没退 未 现在 马上 尽快`))
)

// tells reports whether a text tells how something was, and asks for nothing.
func tells(folded string) bool {
	return toldMatter.MatchString(folded) && !openMatter.MatchString(folded)
}
