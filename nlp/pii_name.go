package nlp

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// hanNameCues, hanNameLabels and latinNameCues announce the name of a person; folded. A name that nothing announces is not looked for: 张 and Rose are words too.
const (
	hanNameCues   = "我叫|我的名字叫|我的名字是"
	hanNameLabels = "姓名|真名|收件人|收货人|联系人|签收人" // with a colon or a word like 是 behind them
	latinNameCues = "my name is|my name's|my full name is|my last name is|my surname is|full name:|recipient:|recipient is"
)

// nameGlue may stand between a cue and a Chinese name.
const nameGlue = ": 是 为 叫 写 填 改成 改为 换成 应该是"

// surnames of one character are those of most people; two are compound.
const (
	surnames = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟" +
		"龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟颜倪严牛温芦季俞章鲁葛伍申尤毕聂焦向柳邢岳齐梅莫庄辛管祝左涂谷祁耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游裴席卫查屈鲍覃霍翁甘景单包柯阮桂"
	compoundSurnames = "欧阳 司马 上官 诸葛 皇甫 东方 慕容 令狐 尉迟 司徒 夏侯 公孙 长孙"
	notInNames       = "色的了吗呢吧啊过着不没是在到给去来他她它你我您们要想能会可以有先请把被和跟"
	afterNames       = "的 电话 手机 联系 想 要 在 住 是 我 订单 地址 单号 身份证 请 可以 麻烦 来 有 和 , 号码"
)

// names finds names of people behind words that announce one.
func (d *detector) names() {
	for _, cue := range strings.Split(hanNameCues, "|") {
		d.eachCue(cue, d.hanName)
	}
	for _, label := range strings.Split(hanNameLabels, "|") {
		d.eachCue(label, func(i int) {
			if j := d.nameGlued(i); j > i {
				d.hanName(j)
			}
		})
	}
	for _, cue := range strings.Split(latinNameCues, "|") {
		d.eachCue(cue, d.latinName)
	}
}

// eachCue calls name with the end of each cue that is a word of its own.
func (d *detector) eachCue(cue string, name func(int)) {
	for from := 0; ; {
		k := strings.Index(d.s[from:], cue)
		if k < 0 {
			return
		}
		from += k + len(cue)
		if wordStart(d.s, from-len(cue)) {
			name(from)
		}
	}
}

// nameGlued is where a name may begin behind a cue that ends at byte i.
func (d *detector) nameGlued(i int) int {
	for {
		n := suffixLen(d.s[i:], strings.Fields(nameGlue)...)
		if n == 0 && (i == len(d.s) || d.s[i] != ' ') {
			return i
		}
		i += max(n, 1)
	}
}

// hanName finds a Chinese name from byte i on: a surname and one or two characters, where a clause or a word that follows names ends it.
func (d *detector) hanName(i int) {
	s := d.s
	i = d.nameGlued(i)
	end := i
	if n := suffixLen(s[i:], strings.Fields(compoundSurnames)...); n > 0 {
		end += n
	} else if r := firstRune(s[i:]); r >= hanFirst && strings.ContainsRune(surnames, r) {
		end += utf8.RuneLen(r)
	} else {
		return
	}
	for given := 0; given < 2; given++ {
		r := firstRune(s[end:])
		if !unicode.Is(unicode.Han, r) || strings.ContainsRune(notInNames, r) {
			return
		}
		end += utf8.RuneLen(r)
		if next := firstRune(s[end:]); end == len(s) || !unicode.IsLetter(next) || suffixLen(s[end:], strings.Fields(afterNames)...) > 0 {
			d.add(i, end, PIIName)
			return
		}
	}
}

// latinName finds up to three words from byte i on that are written with a capital: Priya Raghavan, Tom O'Brien.
func (d *detector) latinName(i int) {
	i = skipSpace(d.s, i)
	start, end := i, i
	for range 3 {
		if !d.nameBegins(i) {
			break
		}
		for i < len(d.s) {
			r, n := utf8.DecodeRuneInString(d.s[i:])
			if !unicode.IsLetter(r) && !(strings.ContainsRune("'-", r) && unicode.IsLetter(firstRune(d.s[i+n:]))) {
				break
			}
			i += n
		}
		end = i
		i = skipSpace(d.s, i)
	}
	if end > start {
		d.add(start, end, PIIName)
	}
}

// nameBegins reports whether a Latin word that begins with a capital begins at byte i. I alone is none.
func (d *detector) nameBegins(i int) bool {
	if i >= len(d.s) {
		return false
	}
	at := d.source.Source(i, i+utf8.RuneLen(firstRune(d.s[i:]))).Start
	r, n := utf8.DecodeRuneInString(d.source.source[at:])
	if !unicode.IsUpper(r) || unicode.Is(unicode.Han, r) {
		return false
	}
	return unicode.IsLetter(firstRune(d.source.source[at+n:])) || strings.HasPrefix(d.source.source[at+n:], "'")
}
