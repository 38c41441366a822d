package main

import (
	"fmt"
	"strings"
	"testing"
)

// TestReplies: what a customer's first message must be answered with, and without. In testdata/replies.csv, " | " stands between texts;
// buttons stand below an answer.
func TestReplies(t *testing.T) {
	withShop(t, func(s *shopTalk) {
		for i, row := range csvRows(t, "replies.csv") {
			text := ""
			for _, m := range s.says(t, fmt.Sprint("reply", i), row[0]) {
				text += m.Text + "\n"
				for _, b := range m.Buttons {
					text += b.Title + "\n"
				}
			}
			for _, want := range strings.Split(row[1], " | ") {
				if !strings.Contains(text, want) {
					t.Errorf("%q is answered without %q: %s", row[0], want, text)
				}
			}
			for _, bad := range strings.Split(row[2], " | ") {
				if bad != "" && strings.Contains(text, bad) {
					t.Errorf("%q is answered with %q: %s", row[0], bad, text)
				}
			}
		}
	})
}

// TestConversationsGoOn: what customers say after the first message; the last answer counts.
func TestConversationsGoOn(t *testing.T) {
	withShop(t, func(s *shopTalk) {
		for i, tc := range []struct {
			says []string
			want string
		}{
			{[]string{"几点上班", "HY20261101-0932"}, "已由中通快递送达"},
			{[]string{"do you gift wrap", "order is HY20261030-6124"}, "was delivered by"},
			{[]string{"我要退货", "取消", "HY20261028-7756"}, "显示已由"},
			{[]string{"我要退货，订单HY20261028-7756", "等等 先问一下，退了的话优惠券和积分呢", "好 继续"}, "接着办“申请退货”"},
			{[]string{"我要退货，订单HY20261028-7756", "等等 先问一下，退了优惠券还能回来吗"}, "想退哪一件"},
			{[]string{"我要退货，订单HY20261028-7756", "等等 先问一下，退了优惠券还能回来吗"}, "记下来"},
			{[]string{"I want to return something", "which size do I need", "ok back to the return"}, "Back to “Return request”"},
			{[]string{"I want to return something", "HY20261012-9310", "the lamp, it flickers", "actually the gift box too"}, "Lumen desk lamp, black; Stationery gift box"},
			{[]string{"I want to return something", "HY20261028-7756", "the headphones", "broken", "skip", "all good"}, "Your return is registered"},
			{[]string{"I want to return something", "HY20261028-7756", "the headphones", "broken", "skip", "both please"}, "returning Echo Studio over-ear headphones, black; Pages notebook, dotted, reason"},
			{[]string{"我要退货", "HY20261015-2046", "香薰机", "质量问题", "跳过", "都对"}, "退货已登记"},
			{[]string{"我要退货", "HY20261015-2046", "香薰机", "质量问题", "跳过", "两个都退"}, "退 香薰机 白色；香薰精油 三支装"},
			{[]string{"我要退货", "HY20261015-2046", "都不是"}, "想退哪一件"},
			{[]string{"I want to return the lamp", "HY20261012-9310", "broken", "skip", "change something", "HY20261012-9310"}, "Which item would you like to return"},
			{[]string{"I want to return something", "HY20261101-0932", "its all wonky"}, "Please choose one of the reasons"},
			{[]string{"耳机左边没声音", "我不要修 我要退钱"}, "请问是哪个订单"},
			{[]string{"my buds wont connect", "did that already"}, "Sorry that didn't help"},
			{[]string{"耳机连不上", "试了 还是不行啊"}, "没能帮到您"},
			{[]string{"It was sent to Berlin, HY20261107-2210"}, "waiting to be picked"},
			{[]string{"HY20261019-0377", "and when will it come?"}, "is on its way"},
			{[]string{"查一下 HY20261103-4821", "那还要等多久"}, "在路上"},
			{[]string{"how do I cancel my order", "ok do it for me"}, "I can't do this one for you"},
			{[]string{"怎么改地址", "那你帮我改一下吧"}, "没法替您操作"},
			{[]string{"我要退货", "HY20261030-6124", "质量问题", "质量问题"}, "有照片的话"},
			{[]string{"where is my order", strings.Repeat("At first it was fine but then things went wrong and I wrote to you and nobody answered. ", 120)}, "a colleague can read it"},
			{[]string{"我的订单到哪了", strings.Repeat("我上个月在你们家买了个台灯，我很喜欢，后来我姐姐来了。", 400)}, "没有能查的号码"},
			{[]string{"where is my order", strings.Repeat("I bought a lamp from you last month and I liked it, then my sister came by. ", 40) + "Can I pay by PayPal? " + strings.Repeat("She has a cat. ", 400)}, "aside"},
			{[]string{"我的订单到哪了", "是不是这个 HY20261103-4821 怎么查不到"}, "在路上"},
			{[]string{"我的订单到哪了", "是不是这串：2026 1103 4821"}, "在路上"},
			{[]string{"where is my order", "isn't it 20261103-4821"}, "is on its way"},
			{[]string{"where is my order", "hy 2026-11-03 4821 can't find any other number"}, "is on its way"},
			{[]string{"where is my order", "I can't find it, my card is 6222 0202 1103 4821"}, "complete order number"},
			{[]string{"I want to return something", "HY20261028-7756", "both", "just the notebook"}, "Changed: Pages notebook, dotted."},
			{[]string{"I want to return something", "HY20261028-7756", "both", "broken", "only the notebook please"}, "Changed: Pages notebook, dotted."},
			{[]string{"我要退货", "HY20261015-2046", "全部", "还是只退精油吧"}, "已改为：香薰精油 三支装"},
			{[]string{"I want to return something", "HY20261028-7756", "the headphones", "only one side works"}, "What's the reason"},
			{[]string{"hello", "ok found it hy20261103 4821"}, "is on its way"},
			{[]string{"HY20261101-0932", "我没收到啊"}, "来自《显示签收但没收到"},
			{[]string{"HY20261101-0932", "um no i havent got it"}, "It says delivered, but I haven't got it"},
			{[]string{"买了三天就坏了 我要退钱"}, "请问是哪个订单"},
			{[]string{"this is the third time I'm writing. where is my stuff"}, "What's your order number"},
			{[]string{"我的订单到哪了", "算了我自己找找"}, "不着急"},
			{[]string{"dont want it anymore"}, "Which of these do you mean"},
			{[]string{"唔該 我啲嘢幾時到呀"}, "請告訴我訂單號"},
			{[]string{"我要退货", "HY20261015-2046", "香薰机", "不喷雾"}, "有照片的话"},
			{[]string{"I want to return something", "HY20261101-0932", "the zip doesn't close"}, "photos"},
			{[]string{"HY20261101-0932", "冇收到喔"}, "没收到包裹》"},
			{[]string{"我想问下"}, "您说，我听着"},
			{[]string{"i have a quick question"}, "go ahead"},
			{[]string{"you people are useless"}, "something has clearly gone wrong"},
			{[]string{"你好", "转人工", "iphone15"}, "同事"},
		} {
			last := ""
			for _, text := range tc.says {
				last = ""
				for _, m := range s.says(t, fmt.Sprint("on", i), text) {
					last += m.Text
				}
			}
			if !strings.Contains(last, tc.want) {
				t.Errorf("%.300q is answered %q, without %q", tc.says, last, tc.want)
			}
		}
	})
}
