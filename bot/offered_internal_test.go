package bot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"huiyin/nlp"
)

func TestPicks(t *testing.T) {
	home := []Option{{"Aroma diffuser, white", "香薰机 白色 humidifier 香薰 加湿器"}, {"Fragrance oils set of 3", "香薰精油 三支装 oil essential 精油"}, {"Lumen desk lamp, white", "Lumen 台灯 白色 light 灯"}}
	ears := []Option{{"Echo Air 二代耳机 白色", "Echo Air (2nd gen.), white earbuds earphones"}, {"Echo Studio 头戴耳机 黑色", "Echo Studio over-ear headphones, black"}, {"Quill 钢笔 深蓝 F 尖", "Quill fountain pen, navy, F nib 笔"}}
	desk := []Option{{"Echo Studio 头戴耳机 黑色", "蓝牙耳机"}, {"Pages 笔记本 点阵", "notebook 本子"}}
	for _, tc := range []struct {
		options []Option
		text    string
		want    []int
		near    bool
	}{
		{home, "the diffuser", []int{0}, true},
		{home, "the difuser please", []int{0}, true},
		{home, "香薰机", []int{0}, true},
		{home, "精油", []int{1}, true},
		{home, "那个灯", []int{2}, true},
		{home, "the oils and the lamp", []int{1, 2}, true},
		{home, "all of them", []int{0, 1, 2}, true},
		{home, "都退", []int{0, 1, 2}, true},
		{home, "everything", []int{0, 1, 2}, true},
		{home, "everything except the lamp", []int{0, 1}, true},
		{home, "除了台灯都退", []int{0, 1}, true},
		{home, "all but the oils", []int{0, 2}, true},
		{home, "everything except the keyboard", nil, true},
		{home, "除了那个都退", nil, true},
		{home, "the first one", []int{0}, true},
		{home, "第二个", []int{1}, true},
		{home, "最后一个", []int{2}, true},
		{home, "1 and 3", []int{0, 2}, true},
		{home, "1、2", []int{0, 1}, true},
		{home, "前两个", []int{0, 1}, true},
		{home, "not the lamp, the oils", []int{1}, true},
		{home, "不是灯，是精油", []int{1}, true},
		{home, "keep the lamp, the diffuser goes back", []int{0}, true},
		{home, "第一个坏了", []int{0}, true},
		{home, "the white one", nil, true},
		{home, "both white ones", []int{0, 2}, true},
		{home, "白色的都退", []int{0, 2}, true},
		{home, "my keyboard", nil, false},
		{home, "不换，直接退款", nil, false},
		{home, "that's all", nil, false},
		{ears, "耳机", nil, true},
		{ears, "头戴的那个", []int{1}, true},
		{ears, "白色耳机", []int{0}, true},
		{ears, "两个耳机都要退", []int{0, 1}, true},
		{ears, "echo air", []int{0}, true},
		{ears, "echoair", []int{0}, true},
		{ears, "earbuds", []int{0}, true},
		{ears, "headphnes", []int{1}, true},
		{ears, "笔", []int{2}, true},
		{ears, "the pens nib is bent", []int{2}, true},
		{ears, "黑的", []int{1}, true},
		{nil, "all", nil, false},
		{home, "都不是", nil, false},
		{home, "我都不记得买了什么", nil, false},
		{home, "都忘了", nil, false},
		{home, "all good", nil, false},
		{home, "yes, all correct", nil, false},
		{home, "I bought it last week", nil, false},
		{home, "the first time I used it it broke", nil, false},
		{home, "on the second day", nil, false},
		{home, "is this the last step?", nil, false},
		{home, "第一个月就坏了", nil, false},
		{home, "the second", []int{1}, true},
		{home, "2nd one", []int{1}, true},
		{home, "the last is broken", []int{2}, true},
		{home, "last", []int{2}, true},
		{home, "都不好用", []int{0, 1, 2}, true},
		{desk, "机子", nil, false},
		{desk, "本子", []int{1}, true},
		{desk, "那个包裹", nil, false},
	} {
		got, near := picks(nlp.Fold(tc.text), tc.options)
		if !slices.Equal(got, tc.want) || near != tc.near {
			t.Errorf("%q is %v, %v, not %v, %v", tc.text, got, near, tc.want, tc.near)
		}
	}
}

// TestHugeOptions: what a service offers is bounded, so that what it says can neither fill the memory nor hold a turn up.
func TestHugeOptions(t *testing.T) {
	answer, words := map[string]string{}, strings.Repeat("灯具台", 2000)
	for i := range 100 {
		answer[fmt.Sprint("option_", i+1)] = fmt.Sprint("lamp ", i)
		answer[fmt.Sprintf("option_%d_also", i+1)] = words
	}
	answer["option_3"] = strings.Repeat("x", 600)
	options := optionsIn(answer)
	if len(options) != mostOffered-1 {
		t.Errorf("%d options", len(options))
	}
	for _, o := range options {
		if n := utf8.RuneCountInString(o.Also); n > alsoRunes+1 {
			t.Errorf("%s has %d characters more", o.Name, n)
		}
	}
}
