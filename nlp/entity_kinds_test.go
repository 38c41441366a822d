package nlp_test

import (
	"strings"
	"testing"

	"huiyin/nlp"
)

// only lists the entities of one kind.
func only(kind string, found []nlp.Entity) string {
	var out []string
	for _, e := range found {
		if e.Kind == kind {
			out = append(out, e.Text+"="+e.Value)
		}
	}
	return strings.Join(out, "; ")
}

type kindCase struct{ in, want string }

func checkKind(t *testing.T, e *nlp.Entities, kind string, cases []kindCase) {
	t.Helper()
	for _, c := range cases {
		found := e.Find(c.in)
		if got := only(kind, found); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.in, got, c.want)
		}
		for _, x := range found {
			if c.in[x.Start:x.End] != x.Text {
				t.Errorf("%s: %q does not lie at %d–%d", c.in, x.Text, x.Start, x.End)
			}
		}
	}
}

func TestOrderNumbers(t *testing.T) {
	checkKind(t, entities(t), nlp.EntityOrder, []kindCase{
		{"订单号E-1024", "E-1024=E-1024"},
		{"订单号是 E-1024，麻烦看下", "E-1024=E-1024"},
		{"订单编号：20261104123456", "20261104123456=20261104123456"},
		{"單號 A20261104", "A20261104=A20261104"},
		{"我的订单1234567怎么还没发", "1234567=1234567"},
		{"1234567这个订单能取消吗", "1234567=1234567"},
		{"快递单号YT8812345678901", "YT8812345678901=YT8812345678901"},
		{"运单号 sf1234567890123 到哪了", "sf1234567890123=SF1234567890123"},
		{"SF1234567890123 到哪了", "SF1234567890123=SF1234567890123"},
		{"JD0012345678901派送了吗", "JD0012345678901=JD0012345678901"},
		{"HY0042和HY0043", "HY0042=HY0042; HY0043=HY0043"},
		{"hy0042", "hy0042=HY0042"},
		{"HY20261104-7702 走到哪一步了", "HY20261104-7702=HY20261104-7702"},
		{"Where is ORD-2024-0001?", "ORD-2024-0001=ORD-2024-0001"},
		{"order ABC-99812 and order ABC-99813", "ABC-99812=ABC-99812; ABC-99813=ABC-99813"},
		{"order number: 77812", "77812=77812"},
		{"my order is 77812", "77812=77812"},
		{"order no. 77812", "77812=77812"},
		{"order id 8f3k2", "8f3k2=8F3K2"},
		{"Order #1001", "1001=1001"},
		{"about #10023456", "10023456=10023456"},
		{"tracking number 1Z999AA10123456784", "1Z999AA10123456784=1Z999AA10123456784"},
		{"tracking 9400110200881234567890", "9400110200881234567890=9400110200881234567890"},
		{"订单２０２６１１０４１２３４", "２０２６１１０４１２３４=202611041234"},
		{"订单号\n20261104123456", "20261104123456=20261104123456"},
		{"工单 T-20931 有进展吗", "T-20931=T-20931"},
		{"请查 028-7654321-1234567", "028-7654321-1234567=028-7654321-1234567"},
		// what only looks like one
		{"我订了3个", ""},
		{"订单3件", ""},
		{"order 2 more", ""},
		{"in order to pay 2026", ""},
		{"iPhone 15 Pro", ""},
		{"版本 2.14.0", ""},
		{"电话13812345678", ""},
		{"QQ 284210953", ""},
		{"2026-11-03", ""},
		{"2026年11月3日 18:30", ""},
		{"时间戳1700000000000", ""},
		{"¥20261104", ""},
		{"身份证11010519491231002X", ""},
		{"z1234@example.com", ""},
		{"https://x.example/o/20261104123456", ""},
		{"100%棉", ""},
		{"flight DL2200", ""},
		{"满200减30", ""},
	})
}

func TestQuantities(t *testing.T) {
	checkKind(t, entities(t), nlp.EntityQuantity, []kindCase{
		{"买了两件", "两件=2 件"},
		{"要三个", "三个=3 个"},
		{"再来五瓶", "五瓶=5 瓶"},
		{"少了一只", "一只=1 只"},
		{"两双袜子", "两双=2 双"},
		{"12套", "12套=12 套"},
		{"十二套餐具", "十二套=12 套"},
		{"二十本", "二十本=20 本"},
		{"一百盒", "一百盒=100 盒"},
		{"３件", "３件=3 件"},
		{"半斤茶叶", "半斤=0.5 斤"},
		{"三公斤", "三公斤=3 公斤"},
		{"2.5公斤", "2.5公斤=2.5 公斤"},
		{"500克", "500克=500 克"},
		{"500ml", "500ml=500 ml"},
		{"1.5L", "1.5L=1.5 l"},
		{"两箱牛奶", "两箱=2 箱"},
		{"我要五包", "五包=5 包"},
		{"买了一打鸡蛋", "一打=1 打"},
		{"两把椅子", "两把=2 把"},
		{"三張桌子", "三張=3 张"},
		{"买一台咖啡机", "一台=1 台"},
		{"3 pieces", "3 pieces=3 piece"},
		{"two pairs of socks", "two pairs=2 pair"},
		{"a dozen eggs", "a dozen=12 piece"},
		{"2 dozen", "2 dozen=24 piece"},
		{"five boxes", "five boxes=5 box"},
		{"1 bottle", "1 bottle=1 bottle"},
		{"10 units", "10 units=10 unit"},
		{"three sets", "three sets=3 set"},
		{"2kg", "2kg=2 kg"},
		{"16 oz", "16 oz=16 oz"},
		{"3 lbs", "3 lbs=3 lb"},
		{"x3", "x3=3 piece"},
		{"qty 4", "4=4 piece"},
		{"Quantity: 4", "4=4 piece"},
		{"数量：3", "3=3 piece"},
		{"数量改一下", ""},
		// what only looks like one
		{"三个问题", ""},
		{"等了三个月", ""},
		{"第三件", ""},
		{"一个人", ""},
		{"3 days", ""},
		{"two questions", ""},
		{"16g内存", ""},
		{"一个都没有", ""},
		{"iPhone 15", ""},
		{"5点", ""},
	})
}

func TestPhoneValues(t *testing.T) {
	checkKind(t, entities(t), nlp.EntityPhone, []kindCase{
		{"打我13812345678", "13812345678=13812345678"},
		{"+86 138-1234-5678", "+86 138-1234-5678=13812345678"},
		{"0086 138 1234 5678 谢谢", "0086 138 1234 5678=13812345678"},
		{"我手机一三八零零一三八零零零", "一三八零零一三八零零零=13800138000"},
		{"打幺三八〇〇一三八〇〇〇找我", "幺三八〇〇一三八〇〇〇=13800138000"},
		{"电话壹叁捌零零壹叁捌零零零", "壹叁捌零零壹叁捌零零零=13800138000"},
		{"call (415) 555-2671", "(415) 555-2671=4155552671"},
		{"+44 20 7946 0958", "+44 20 7946 0958=442079460958"},
		{"订单13812345678", ""},
	})
}

func TestProductNames(t *testing.T) {
	e, err := nlp.NewEntities(nlp.EntityOptions{Now: now, Zone: shanghai(), Products: []nlp.Product{
		{Name: "Moka Pot Pro", Aliases: []string{"摩卡壶", "moka pot"}},
		{Name: "Moka Pot Mini"},
		{Name: "彩虹杯", Aliases: []string{"rainbow mug"}},
		{Name: "AirPods Pro 2", Aliases: []string{"airpods pro 2", "耳机"}},
		{Name: "蓝牙耳机", Aliases: []string{"bluetooth earphones"}},
		{Name: "T恤", Aliases: []string{"T-shirt", "tee"}},
		{Name: "Café Crème"},
		{Name: "3M 口罩"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	checkKind(t, e, nlp.EntityProduct, []kindCase{
		{"我的摩卡壶坏了", "摩卡壶=Moka Pot Pro"},
		{"我的摩卡壺坏了", "摩卡壺=Moka Pot Pro"},
		{"moka pot", "moka pot=Moka Pot Pro"},
		{"MOKA POT!", "MOKA POT=Moka Pot Pro"},
		{"Moka Pot Pro", "Moka Pot Pro=Moka Pot Pro"},
		{"the moka pot pro leaks", "moka pot pro=Moka Pot Pro"},
		{"moka pot mini", "moka pot mini=Moka Pot Mini"},
		{"moka  pot", "moka  pot=Moka Pot Pro"},
		{"ｍｏｋａ ｐｏｔ", "ｍｏｋａ ｐｏｔ=Moka Pot Pro"},
		{"(moka pot)", "moka pot=Moka Pot Pro"},
		{"moka pot, rainbow mug", "moka pot=Moka Pot Pro; rainbow mug=彩虹杯"},
		{"摩卡壶和彩虹杯", "摩卡壶=Moka Pot Pro; 彩虹杯=彩虹杯"},
		{"彩虹杯子", "彩虹杯=彩虹杯"},
		{"买了两个彩虹杯", "彩虹杯=彩虹杯"},
		{"我买的耳机寄出来没有呀", "耳机=AirPods Pro 2"},
		{"蓝牙耳机没声音", "蓝牙耳机=蓝牙耳机"},
		{"藍牙耳機沒聲音", "藍牙耳機=蓝牙耳机"},
		{"Bluetooth Earphones", "Bluetooth Earphones=蓝牙耳机"},
		{"airpods pro 2", "airpods pro 2=AirPods Pro 2"},
		{"AirPods Pro 2 左耳没声", "AirPods Pro 2=AirPods Pro 2"},
		{"airpods pro 2坏了", "airpods pro 2=AirPods Pro 2"},
		{"买了一件T恤", "T恤=T恤"},
		{"t恤掉色", "t恤=T恤"},
		{"T恤衫", "T恤=T恤"},
		{"my T-shirt shrank", "T-shirt=T恤"},
		{"a tee", "tee=T恤"},
		{"tee's colour", "tee=T恤"},
		{"Café Crème", "Café Crème=Café Crème"},
		{"CAFÉ CRÈME", "CAFÉ CRÈME=Café Crème"},
		{"3M 口罩", "3M 口罩=3M 口罩"},
		{"moka\tpot", "moka\tpot=Moka Pot Pro"},
		// what only looks like one
		{"mokapots", ""},
		{"moka", ""},
		{"pot", ""},
		{"moka pots", ""},
		{"smoka pot", ""},
		{"teenager", ""},
		{"coffee", ""},
		{"airpods", ""},
		{"airpods pro 20", ""},
		{"彩虹", ""},
		{"杯子", ""},
		{"", ""},
	})
}
