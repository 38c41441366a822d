package nlp

import (
	"strings"
	"unicode/utf8"
)

// level says how fine a part of a Chinese address is.
type level uint8

const (
	levelProvince level = iota + 1
	levelCity
	levelDistrict
	levelTown
	levelRoad
	levelNumber // 号, 弄
	levelEstate // 小区, 花园, 大厦, 村
	levelBuilding
	levelRoom
)

// part is one piece of a Chinese address.
type part struct {
	level      level
	start, end int
}

// addresses adds the Chinese and Western street addresses of the text.
func (d *detector) addresses() {
	d.chineseAddresses()
	d.westernAddresses()
}

// maxNameRunes bounds the name of one part.
const maxNameRunes = 12

// chineseAddresses reads the text from left to right and collects parts; a sequence of parts that is broken off is an
// address when it pins down a place.
func (d *detector) chineseAddresses() {
	s, table := d.s, addressWords()
	var parts []part
	name, runes := 0, 0 // where the name of the next part begins; its length so far
	flush := func(next int) {
		if start, end, ok := address(s, parts); ok {
			d.add(start, end, PIIAddress)
		}
		parts, name, runes = parts[:0], next, 0
	}
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if k := table.breakAt(s, r, i); k > 0 {
			i += k
			flush(i)
			continue
		}
		if lv, k := table.partEnd(s, r, name, i); k > 0 {
			if m := len(parts); m > 0 && lv < parts[m-1].level && lv <= levelDistrict { // a new address begins
				at := name
				flush(at)
			}
			parts = append(parts, part{lv, name, i + k})
			i += k
			name, runes = i, 0
			continue
		}
		if m := len(parts); m > 0 && parts[m-1].level == levelEstate && namedBuilding(s[name:i]) {
			if k := suffixLen(s[i:], "号楼", "幢", "栋"); k > 0 {
				parts = append(parts, part{levelBuilding, name, i + k})
				i += k
				name, runes = i, 0
				continue
			}
		}
		switch {
		case r < utf8.RuneSelf && isAlnum(byte(r)), isHan(r), (r == '-' || r == '#') && i > name:
			if runes++; runes > maxNameRunes {
				if len(parts) > 0 {
					flush(name)
					runes = maxNameRunes + 1
				}
				_, first := utf8.DecodeRuneInString(s[name:])
				name += first
				runes--
			}
			i += n
		case (r == ' ' || r == ',' || r == '-') && len(parts) > 0 && name == i:
			i += n
			name = i
		case r == ' ' && len(parts) > 0 && numericName(s[name:i]): // 平江路 88 号
			i += n
			runes++
		default:
			i += n
			flush(i)
		}
	}
	flush(len(s))
}

// breakAt is the length of a break word at i, where r stands, or 0.
func (t *addressTable) breakAt(s string, r rune, i int) int {
	if !t.has(r, 2) {
		return 0
	}
	for _, w := range t.breaks[r] {
		if strings.HasPrefix(s[i:], w) {
			return len(w)
		}
	}
	return 0
}

func (t *addressTable) has(r rune, bit uint8) bool {
	k := int(r) - hanFirst
	return 0 <= k && k < len(t.class) && t.class[k]&bit != 0
}

// partEnd recognises the suffix of an address part at i, where r stands, after a name that began at name: its level
// and length, or 0.
func (t *addressTable) partEnd(s string, r rune, name, i int) (level, int) {
	if i == name || !t.has(r, 1) {
		return 0, 0
	}
	named := s[name:i]
	numeric := numericName(named)
	for _, x := range t.suffixes[r] {
		if x.numeric != numeric && !directional(x.word, named) || !strings.HasPrefix(s[i:], x.word) || utf8.RuneCountInString(named) < x.least {
			continue
		}
		if notSuffix(x.word, named, s[i+len(x.word):]) {
			return 0, 0
		}
		if x.word == "区" && numeric { // 南区, 二区: of an estate
			return levelEstate, len(x.word)
		}
		k := len(x.word)
		if x.level == levelNumber || x.level == levelRoom {
			k += subNumber(s[i+k:])
		}
		return x.level, k
	}
	return 0, 0
}

// subNumber is the length of what divides a house or a floor in Taiwan: 12号之3.
func subNumber(rest string) int {
	after, ok := strings.CutPrefix(rest, "之")
	n := len(after) - len(strings.TrimLeft(after, "0123456789"))
	if r := firstRune(after); n == 0 && chineseDigit(r) > 0 {
		n = utf8.RuneLen(r)
	}
	if !ok || n == 0 {
		return 0
	}
	return len("之") + n
}

// directional reports whether a road or block may be named by a direction or a number in characters: 四段, 北街, 南区. A lane has
// a number: 188巷.
func directional(suffix, named string) bool {
	return suffix == "巷" && isDigit(named[0]) || named[0] >= utf8.RuneSelf && (suffix == "段" || suffix == "街" || suffix == "路" || suffix == "区" || suffix == "巷")
}

// namedBuilding reports whether a building of an estate is called by a name and a number: 碧峰3.
func namedBuilding(s string) bool {
	name := strings.TrimRight(s, "0123456789")
	return name != "" && len(name) < len(s) && len(s)-len(name) <= 3
}

// numericName reports whether the name of a part is a number: 12, 3a, b, 十二, 甲3, 南楼 is not.
func numericName(s string) bool {
	s = strings.TrimRight(s, " ")
	for _, r := range s {
		if r >= utf8.RuneSelf && !strings.ContainsRune("零〇一二三四五六七八九十百甲乙丙丁东西南北之", r) ||
			r < utf8.RuneSelf && !isAlnum(byte(r)) && r != '-' && r != '#' {
			return false
		}
	}
	return utf8.RuneCountInString(s) <= 8
}

// notSuffix lists words that end or go on like address parts and are none: 知道, 号码, 3号线.
func notSuffix(suffix, named, rest string) bool {
	after := func(words ...string) bool {
		for _, w := range words {
			if strings.HasPrefix(rest, w) {
				return true
			}
		}
		return false
	}
	before := func(words ...string) bool {
		for _, w := range words {
			if strings.HasSuffix(named, w) {
				return true
			}
		}
		return false
	}
	if len(suffix) == len("城") && insideName(rest, suffix) {
		return true
	}
	switch suffix {
	case "号":
		return after("线", "店", "库", "码", "机", "称", "召", "角", "卡", "令", "航站", "电池", "色", "前", "后", "早上", "下午", "晚", "发", "到", "下单", "客服")
	case "市":
		return after("场", "民", "面", "值", "价", "政", "中心", "内", "里", "区") || before("城", "超", "上", "夜", "门", "股")
	case "区":
		return after("别", "块", "分", "域", "县") || before("地", "分", "专", "社", "小", "战", "郊", "服务", "评论", "大")
	case "道":
		return before("知", "频", "渠", "味", "通", "报", "赛", "管", "轨", "公", "难", "知不知", "说", "厚", "人行", "隧")
	case "路":
		return after("由", "过", "上", "线", "径", "费", "程", "况") ||
			before("线", "网", "电", "思", "走", "一", "套", "半", "上", "铁", "公", "问", "在", "迷", "带", "没", "有", "出", "退", "修", "水", "物流")
	case "里":
		return before("这", "那", "哪", "家", "手", "店", "包", "箱", "公", "心", "面", "盒子", "单", "页面", "柜", "屋", "群", "车", "卡")
	case "城":
		return after("市") || before("商", "全", "同", "长")
	case "园":
		return before("公", "校", "乐", "幼儿", "动物", "植物")
	case "村":
		return after("长") || before("农", "乡")
	}
	return notHouse(suffix, named, after, before)
}

// notHouse is notSuffix for the parts within a street.
func notHouse(suffix, named string, after, before func(...string) bool) bool {
	switch suffix {
	case "段":
		return !before("东", "西", "南", "北", "中", "一", "二", "三", "四")
	case "大学":
		return after("生", "老师", "同学")
	case "楼":
		return after("上", "下", "梯", "主", "层")
	case "层":
		return after("面", "次", "数")
	case "房":
		return after("东", "子", "租", "产", "间")
	case "座":
		return after("机", "位", "椅") || chineseDigit(firstRune(named)) >= 0
	case "省":
		return after("钱", "事", "心", "电", "下")
	case "组":
		return after("合", "装")
	case "大道", "广场":
		return after("理")
	case "乡":
		return after("下", "村") || before("家", "老")
	}
	return false
}

// insideName reports whether a one-character suffix is itself inside a name, because a larger division's or a road's suffix
// follows at once: 石家庄|市, 新城|区, 花园|路.
func insideName(rest, suffix string) bool {
	if !strings.Contains("城园庄湾屯苑里道村", suffix) {
		return false
	}
	return suffixLen(rest, "市", "区", "县", "镇", "乡", "路", "街", "大道", "大街", "巷", "花园", "小区", "家园", "公寓", "大厦", "新村") > 0
}

// address decides whether parts pin down a place, and where the address begins and ends.
func address(s string, parts []part) (start, end int, ok bool) {
	if len(parts) == 0 {
		return 0, 0, false
	}
	has := [levelRoom + 1]bool{}
	admin := 0
	roadNumber := false
	for k, p := range parts {
		if p.level <= levelDistrict && !has[p.level] {
			admin++
		}
		has[p.level] = true
		if k > 0 && (p.level == levelNumber || p.level == levelBuilding) && parts[k-1].level == levelRoad {
			roadNumber = true
		}
	}
	inside := has[levelBuilding] || has[levelRoom] || has[levelNumber]
	switch {
	case roadNumber,
		has[levelEstate] && inside && (has[levelBuilding] || admin > 0 || has[levelTown] || has[levelRoad]),
		admin >= 2 && (has[levelRoad] || has[levelEstate] || has[levelTown]),
		admin == 1 && has[levelRoad] && inside,
		has[levelTown] && (has[levelEstate] || has[levelRoad]) && (inside || admin > 0),
		has[levelBuilding] && has[levelRoom] && strings.ContainsAny(s[parts[0].start:parts[0].end], "0123456789"):
	default:
		return 0, 0, false
	}
	start, end = trimName(s, parts[0]), parts[len(parts)-1].end
	return start, houseEnd(s, end), true
}

// houseEnd takes a number without a suffix along that stands at the end of an address: 3单元501, 花城12-2-601.
func houseEnd(s string, end int) int {
	const longest = 12
	k := end
	for k < len(s) && k-end < longest && (isDigit(s[k]) || s[k] == '-' && k > end && isDigit(s[k-1])) {
		k++
	}
	if alnumAt(s, k) || k > end && s[k-1] == '-' {
		return end
	}
	return k
}

// trimName is where the name of the first part of an address begins, without what stands before it.
func trimName(s string, p part) int {
	if rest, ok := strings.CutPrefix(s[p.start:p.end], "从"); ok && !strings.HasPrefix(rest, "化") { // 从成都市; but 从化区
		p.start = p.end - len(rest)
	}
	name := s[p.start:p.end]
	for _, province := range strings.Fields(provinceNames) {
		if k := strings.LastIndex(name, province); k >= 0 {
			return p.start + k
		}
	}
	longest := 6 // characters with the suffix
	if p.level == levelEstate || p.level == levelRoad {
		longest = 8
	}
	runes := utf8.RuneCountInString(name)
	for i := range name {
		if runes <= longest {
			return p.start + i
		}
		runes--
	}
	return p.start
}

// provinceNames are the province-level divisions without their suffixes.
const provinceNames = "北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西 " +
	"甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门"

// regionsEnd is the end of the provinces, cities and districts that folded text begins with.
func regionsEnd(s string) int {
	table, end, name := addressWords(), 0, 0
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if lv, k := table.partEnd(s, r, name, i); k > 0 {
			if lv > levelDistrict {
				return end
			}
			i += k
			end, name = i, i
			continue
		}
		i += n
	}
	return end
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}
