package nlp

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/longbridgeapp/opencc"
)

// simplifier is the OpenCC table tw2sp (Traditional with Taiwan's words → Simplified with the mainland's), read once
// and never changed. It is loaded on first use because a process that meets no Chinese need not pay its 5 ms.
var simplifier = sync.OnceValue(loadSimplifier)

// A stage is one step of the conversion: at each position the longest match of the first dictionary that has one.
type stage struct {
	group  *opencc.Group
	starts [1 << 16 / 64]uint64 // bit set: characters of the basic plane that begin a key of some dictionary
}

func loadSimplifier() []*stage {
	cc, err := opencc.New("tw2sp")
	if err != nil { // the tables are compiled in: a failure is a broken build
		panic("nlp: OpenCC tables: " + err.Error())
	}
	var stages []*stage
	for _, group := range cc.DictChains {
		s := &stage{group: group}
		for r := rune(0x80); r < 0xFFFF; r++ {
			if !utf8.ValidRune(r) {
				continue
			}
			for _, d := range group.Dicts {
				if _, err := d.Trie.Jump([]byte(string(r)), 0); err == nil {
					s.starts[r>>6] |= 1 << (r & 63)
				}
			}
		}
		stages = append(stages, s)
	}
	return stages
}

// simplify is the second half of Fold. Its offsets lead back to its argument. Only a text that shows a Traditional
// character is converted as a whole: many of Taiwan's words are written with characters common to both scripts and are
// other words on the mainland (程序, 通道, 文件), where they must stay.
func simplify(s string) (string, offsets) {
	table := scripts()
	words := false
	for i := 0; i < len(s); {
		if s[i] < 0xE3 {
			i++
			continue
		}
		if s[i] > 0xE9 || i+3 > len(s) { // beyond the table
			_, n := utf8.DecodeRuneInString(s[i:])
			i += n
			continue
		}
		r := rune(s[i]&0x0F)<<12 | rune(s[i+1]&0x3F)<<6 | rune(s[i+2]&0x3F)
		i += 3
		switch c := table.class(r); {
		case c&onlyHant != 0:
			return simplifyAll(s)
		case c&beginsTaiwanWord != 0:
			words = true
		}
	}
	if words {
		return simplifyWords(s)
	}
	return s, nil
}

func simplifyAll(s string) (string, offsets) {
	stages := simplifier()
	text, marks := stages[0].convert(s)
	for _, st := range stages[1:] {
		next, m := st.convert(text)
		text, marks = next, compose(m, marks)
	}
	return text, marks
}

// taiwanWords are words of Taiwan without a Traditional-only character that mean the same everywhere.
func taiwanWords() []struct{ from, to string } {
	return []struct{ from, to string }{
		{"伺服器", "服务器"}, {"程式", "程序"}, {"登入", "登录"}, {"列印", "打印"}, {"影印", "复印"}, {"位址", "地址"}, {"部落格", "博客"},
		{"硬碟", "硬盘"}, {"光碟", "光盘"}, {"磁碟", "磁盘"}, {"解析度", "分辨率"}, {"奈米", "纳米"}, {"人工智慧", "人工智能"}, {"重灌", "重装"},
	}
}

func simplifyWords(s string) (string, offsets) {
	f, table := folder{src: s}, scripts()
	for f.done < len(s) {
		r, n := utf8.DecodeRuneInString(s[f.done:])
		if table.class(r)&beginsTaiwanWord != 0 {
			if from, to := taiwanWord(s[f.done:]); from != "" {
				if sameShape(from, to) {
					f.step(to)
				} else {
					f.replace(len(from), to)
				}
				continue
			}
		}
		f.keep(n)
	}
	return f.result()
}

// taiwanWord is the word that s begins with, and its mainland form.
func taiwanWord(s string) (from, to string) {
	for _, w := range taiwanWords() {
		if strings.HasPrefix(s, w.from) {
			return w.from, w.to
		}
	}
	return "", ""
}

// itself reports words that tw2sp takes for terms of computing, though customers mean something else by them: 通道 is a
// lane (信道 to OpenCC), 桌布 a tablecloth (壁纸), 登出 is logging out and not closing an account (注销).
func itself(word string) bool {
	switch word {
	case "通道", "面板", "物件", "核心", "程序", "登出", "序列", "批次", "宣告", "呼叫", "尼日", "尤拉", "永珍", "向量", "元件", "整合", "遮蔽",
		"排程", "建立", "文字", "文件", "多型", "多工", "控制元件", "映象", "最佳化", "字元", "字串", "埠", "表示式", "溢位", "布林", "相容", "外接",
		"快取", "定址", "存取", "效能", "新增", "剪下", "子音", "母音", "桌布", "介面", "防毒", "使用者", "查德", "那杜", "加彭", "葛摩":
		return true
	}
	return false
}

func (st *stage) convert(s string) (string, offsets) {
	f := folder{src: s}
	for f.done < len(s) {
		if s[f.done] < 0xE3 {
			f.keep(1)
			continue
		}
		r, n := utf8.DecodeRuneInString(s[f.done:])
		// OpenCC takes 么 for the Traditional form of 幺; in Simplified text it is the 么 of 什么 and 怎么. And it makes of 抬, which both
		// scripts have (發票抬頭), the old form 擡.
		if r > 0xFFFF || r == '么' || r == '抬' || st.starts[r>>6]&(1<<(r&63)) == 0 {
			f.keep(n)
			continue
		}
		size, to := st.match(s[f.done:])
		switch {
		case size == 0, itself(s[f.done : f.done+size]):
			f.keep(n)
		case sameShape(s[f.done:f.done+size], to):
			f.step(to)
		default:
			f.replace(size, to)
		}
	}
	return f.result()
}

// match finds the longest key at the start of s in the first dictionary that has one: its length in bytes and its
// replacement, or 0.
func (st *stage) match(s string) (int, string) {
	var key [1]byte
	for _, d := range st.group.Dicts {
		at, size, value := 0, 0, 0
		for i := range len(s) {
			key[0] = s[i]
			to, err := d.Trie.Jump(key[:], at)
			if err != nil {
				break
			}
			at = to
			if v, err := d.Trie.Value(at); err == nil {
				size, value = i+1, v
			}
		}
		if size > 0 {
			return size, d.Values[value][0]
		}
	}
	return 0, ""
}

// compose is the mapping "first outer, then inner": outer leads from the last text to the middle one, inner from
// the middle to the source.
func compose(outer, inner offsets) offsets {
	switch {
	case len(inner) == 0:
		return outer
	case len(outer) == 0:
		return inner
	}
	// A piece of the result begins wherever a piece of either mapping does.
	var out offsets
	near := 0
	for k, p := range outer[:len(outer)-1] {
		if p.size > 0 {
			from, end := inner.start(int(p.from), &near), inner.end(int(p.from+p.size), &near)
			out = append(out, offset{to: p.to, from: int32(from), size: int32(end - from)})
			continue
		}
		length := outer[k+1].to - p.to // copied: as long in the middle text
		out = append(out, inner.cut(p.from, p.from+length, p.to-p.from)...)
	}
	last := inner[len(inner)-1]
	return append(out, offset{to: outer[len(outer)-1].to, from: last.from})
}

// cut is the part of the mapping for the folded bytes [from, to), moved by delta.
func (o offsets) cut(from, to, delta int32) offsets {
	var out offsets
	i, _ := slices.BinarySearchFunc(o, from, func(p offset, pos int32) int { return cmp.Compare(p.to, pos) })
	if i > 0 && (i == len(o) || o[i].to > from) { // begins inside a piece
		p := o[i-1]
		if p.size == 0 {
			p.from += from - p.to
		}
		out = append(out, offset{to: from + delta, from: p.from, size: p.size})
	}
	for ; i < len(o) && o[i].to < to; i++ {
		out = append(out, offset{to: o[i].to + delta, from: o[i].from, size: o[i].size})
	}
	return out
}

const (
	hanFirst = 0x4E00

	onlyHans         = 1 << 0
	onlyHant         = 1 << 1
	beginsTaiwanWord = 1 << 2
)

// scriptTable says of each character from hanFirst on whether only one script has it.
type scriptTable [0x9FFF - hanFirst + 1]uint8

func (t *scriptTable) class(r rune) uint8 {
	if i := int(r) - hanFirst; 0 <= i && i < len(t) {
		return t[i]
	}
	return 0
}

// bothScripts are the characters that are Simplified forms of others and Traditional characters in their own right
// (those that OpenCC's table STCharacters lists among their own Traditional forms).
const bothScripts = "㐹万丑丰了于云亘仆仇价仿伙余佛佣俊修借僵克党冬准凌几凶出划刮制千升卜占卷厂厘只台叶吁吃合吊同后向" +
	"周咨咸咽哄唇喂噪回困夫夸奸姜娘它家尸局岩岳巨布帘席干幸广庵弦彩征御志念恤愈愿戚才扎托扣折抵拐挂挨" +
	"挽据搜斗旋昆暗曲朱朴杆杠杯杰松板极柜栗核梁欲沈沾泛注涂涌淀游漓熏玩璇症皂矩确私秋种筑系胄背胜胡腊" +
	"腌膻致舍芸苔苹范荐蒙蔑虫蚝蜡蝎表谷跖辟适郁酸采里雕面"

// cantoneseToo are characters of Simplified text that Cantonese writes in Traditional text as well (唔該晒).
const cantoneseToo = "晒"

// simplifiedToo are Traditional characters that Simplified text has as well (乾隆, 瞭望, 慰藉).
const simplifiedToo = "乾瞭藉徵夥剋彷牴祇薹衹覆阪麽著"

// scripts derives the table from the one that converts characters, on first use.
var scripts = sync.OnceValue(func() *scriptTable {
	stages := simplifier()
	last := stages[len(stages)-1]
	var t scriptTable
	for r := rune(hanFirst); r < hanFirst+rune(len(t)); r++ {
		from := string(r)
		n, to := last.match(from)
		if n == 0 || to == from {
			continue
		}
		if !strings.ContainsRune(simplifiedToo, r) {
			t[r-hanFirst] = onlyHant
		}
		if v, _ := utf8.DecodeRuneInString(to); v >= hanFirst && int(v)-hanFirst < len(t) && !strings.ContainsRune(bothScripts+cantoneseToo, v) {
			t[v-hanFirst] = onlyHans
		}
	}
	for _, w := range taiwanWords() {
		r, _ := utf8.DecodeRuneInString(w.from)
		t[r-hanFirst] |= beginsTaiwanWord
	}
	return &t
})
