package nlp

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// addressSuffix ends the name of an address part.
type addressSuffix struct {
	word    string
	level   level
	numeric bool // follows a number, not a name
	least   int  // the least number of characters in the name
}

// addressTable finds suffixes and break words by their first character.
type addressTable struct {
	suffixes map[rune][]addressSuffix // longer ones first
	breaks   map[rune][]string
	class    [0x9FFF - hanFirst + 1]uint8 // 1: begins a suffix, 2: begins a break word
}

var addressWords = sync.OnceValue(func() *addressTable {
	t := &addressTable{suffixes: map[rune][]addressSuffix{}, breaks: map[rune][]string{}}
	for _, x := range addressSuffixes() {
		r, _ := utf8.DecodeRuneInString(x.word)
		t.suffixes[r] = append(t.suffixes[r], x)
		t.class[r-hanFirst] |= 1
	}
	for _, list := range t.suffixes {
		slices.SortStableFunc(list, func(a, b addressSuffix) int { return len(b.word) - len(a.word) })
	}
	for _, w := range strings.Fields(addressBreaks) {
		r, _ := utf8.DecodeRuneInString(w)
		t.breaks[r] = append(t.breaks[r], w)
		t.class[r-hanFirst] |= 2
	}
	return t
})

// addressBreaks are words that stand around addresses and never in one, the longer ones of a beginning first.
const addressBreaks = "寄到 寄往 寄给 寄 送货到 送到 送 发到 发往 发给 改成 改到 改为 换成 换到 搬到 搬去 住在 住 位于 地址 收货地 收件 " +
	"配送 快递到 我在 我家 我 家住 就在 是在 在 的 是 了 你 请 到 把 麻烦 退到 退回 退给 写成 写错 填成 填错 不是 而是 还是 应该 或者 " +
	"去 来 给 有 没 不 就 也 又 吗 呢 吧 啊 前面 上次 之前 现在 新地址 旧地址"

func addressSuffixes() []addressSuffix {
	var out []addressSuffix
	for _, row := range []struct {
		words   string
		level   level
		numeric bool
		least   int
	}{
		{"特别行政区 自治区 省", levelProvince, false, 2},
		{"自治州 地区 市", levelCity, false, 2},
		{"自治县 旗", levelDistrict, false, 2},
		{"开发区 新区 区 县", levelDistrict, false, 1},
		{"街道 镇", levelTown, false, 1},
		{"乡", levelTown, false, 2},
		{"大道 大街 胡同 弄堂 路 街 巷 段", levelRoad, false, 1},
		{"道 里", levelRoad, false, 2},
		{"校区 小区 社区 花园 家园 公寓 大厦 广场 园区 科技园 公馆 宿舍 小院 大院 大楼 商场 中心 新村 名苑 家苑 村 苑 庄 屯", levelEstate, false, 1},
		{"大学 城 园 湾", levelEstate, false, 2},
		{"号 弄 号院 组", levelNumber, true, 1},
		{"号楼 栋 幢 座", levelBuilding, true, 1},
		{"单元 室 楼 层 房 户", levelRoom, true, 1},
	} {
		for _, w := range strings.Fields(row.words) {
			out = append(out, addressSuffix{w, row.level, row.numeric, row.least})
		}
	}
	return out
}
