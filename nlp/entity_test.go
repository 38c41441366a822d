package nlp_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"huiyin/nlp"
)

// The clock of all entity tests: Saturday, 2026-11-21, 18:00 in Shanghai.
func shanghai() *time.Location { return time.FixedZone("CST", 8*3600) }

func now() time.Time { return time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC) }

func entities(t testing.TB) *nlp.Entities {
	t.Helper()
	e, err := nlp.NewEntities(nlp.EntityOptions{
		Now: now, Zone: shanghai(), Orders: []string{`\bHY\d{4}\b`},
		Products: []nlp.Product{{Name: "Moka Pot Pro", Aliases: []string{"摩卡壶", "moka pot"}}, {Name: "彩虹杯"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func listed(found []nlp.Entity) string {
	var out []string
	for _, e := range found {
		out = append(out, fmt.Sprintf("%s %s=%s", e.Kind, e.Text, e.Value))
	}
	return strings.Join(out, "; ")
}

func TestEntities(t *testing.T) {
	e := entities(t)
	for _, c := range []struct{ in, want string }{
		{"", ""},
		// orders
		{"订单号E-1024还没到", "order E-1024=E-1024"},
		{"my order #12345 is late", "order 12345=12345"},
		{"单号：sf1234567890123", "order sf1234567890123=SF1234567890123"},
		{"HY0042呢", "order HY0042=HY0042"},
		{"订单 20261103123456789", "order 20261103123456789=20261103123456789"},
		{"order 1234 arrived", "order 1234=1234"},
		{"版本1.2.3和2024年", "date 2024年=2024"},
		{"1700000000000", ""},
		{"iPhone 15 Pro Max", ""},
		{"flight dl2200, room 1320, QQ284210953", ""},
		{"#2020你好#&#183;", ""},
		{"CQ40-514TX和20080503-20080508", ""},
		{"光明早就不好了，what's the apr", ""},
		{"1月9号交了钱", "date 1月9号=2026-01-09"},
		{"1月9号能到吗", "date 1月9号=2027-01-09"},
		// contact
		{"打我13812345678或z@example.com", "phone 13812345678=13812345678; email z@example.com=z@example.com"},
		{"+86 138 1234 5678", "phone +86 138 1234 5678=13812345678"},
		{"see https://Example.com/A?b=1.", "url https://Example.com/A?b=1=https://Example.com/A?b=1"},
		{"我的身份证是11010519491231002X", ""},
		// dates
		{"昨天买的", "date 昨天=2026-11-20"},
		{"大前天和后天", "date 大前天=2026-11-18; date 后天=2026-11-23"},
		{"上周五下的单", "date 上周五=2026-11-13"},
		{"下周三能到吗", "date 下周三=2026-11-25"},
		{"周一能到吗", "date 周一=2026-11-23"},
		{"周一下的单", "date 周一=2026-11-16"},
		{"上個禮拜天", "date 上個禮拜天=2026-11-15"},
		{"3天前付的款", "date 3天前=2026-11-18"},
		{"两周后出差", "date 两周后=2026-12-05"},
		{"半个月前", "date 半个月前=2026-11-06"},
		{"3小时前", "date 3小时前=2026-11-21T15:00"},
		{"双十一买的", "date 双十一=2026-11-11"},
		{"去年双11", "date 去年双11=2025-11-11"},
		{"11月3号下午3点半", "date 11月3号下午3点半=2026-11-03T15:30"},
		{"2026年11月3日", "date 2026年11月3日=2026-11-03"},
		{"2026-11-03 或 2026/11/4", "date 2026-11-03=2026-11-03; date 2026/11/4=2026-11-04"},
		{"十一月三号", "date 十一月三号=2026-11-03"},
		{"3号下的单", "date 3号=2026-11-03"},
		{"3号能到吗", "date 3号=2026-12-03"},
		{"18号下的单", "date 18号=2026-11-18"},
		{"地铁3号线3号楼", ""},
		{"上个月的账单", "date 上个月=2026-10"},
		{"上上个月15号", "date 上上个月15号=2026-09-15"},
		{"上周的单", "date 上周=2026-W46"},
		{"黑五有活动吗", "date 黑五=2026-11-27"},
		{"ordered 3 days ago", "date 3 days ago=2026-11-18"},
		{"last Friday", "date last Friday=2026-11-20"},
		{"next Friday", "date next Friday=2026-11-27"},
		{"this Friday", "date this Friday=2026-11-20"},
		{"on Nov 3rd", "date Nov 3rd=2026-11-03"},
		{"November 3, 2025 and 3 Nov", "date November 3, 2025=2025-11-03; date 3 Nov=2026-11-03"},
		{"the 3rd of November 2026", "date 3rd of November 2026=2026-11-03"},
		{"a week ago; two weeks ago", "date a week ago=2026-11-14; date two weeks ago=2026-11-07"},
		{"in 2 weeks", "date in 2 weeks=2026-12-05"},
		{"yesterday at 3:30 pm", "date yesterday at 3:30 pm=2026-11-20T15:30"},
		{"by Monday please", "date Monday=2026-11-23"},
		{"ordered on Monday", "date Monday=2026-11-16"},
		{"last month", "date last month=2026-10"},
		{"11/03/2026", "date 11/03/2026=2026-11-03"},
		{"31/10/2026", "date 31/10/2026=2026-10-31"},
		{"it may work, I march on", ""},
		{"2026-02-30", ""},
		// amounts
		{"¥12.5", "amount ¥12.5=12.50 CNY"},
		{"￥1,299.00元", "amount ￥1,299.00元=1299.00 CNY"},
		{"12块5", "amount 12块5=12.50 CNY"},
		{"12块5毛", "amount 12块5毛=12.50 CNY"},
		{"三百元", "amount 三百元=300.00 CNY"},
		{"三百二十块钱", "amount 三百二十块钱=320.00 CNY"},
		{"一百多块", "amount 一百多块=100.00 CNY"},
		{"1.5万元", "amount 1.5万元=15000.00 CNY"},
		{"5毛钱", "amount 5毛钱=0.50 CNY"},
		{"$20 or 20 bucks", "amount $20=20.00 USD; amount 20 bucks=20.00 USD"},
		{"US$1.5k", "amount US$1.5k=1500.00 USD"},
		{"20usd, RMB 300, 300rmb", "amount 20usd=20.00 USD; amount RMB 300=300.00 CNY; amount 300rmb=300.00 CNY"},
		{"HK$88 €9.99 £5", "amount HK$88=88.00 HKD; amount €9.99=9.99 EUR; amount £5=5.00 GBP"},
		{"twenty dollars and 50 cents", "amount twenty dollars and 50 cents=20.50 USD"},
		{"两块电池", "quantity 两块=2 块"},
		{"两块钱", "amount 两块钱=2.00 CNY"},
		// quantities
		{"买了两件", "quantity 两件=2 件"},
		{"3 pairs of shoes", "quantity 3 pairs=3 pair"},
		{"a pair of socks", "quantity a pair of=1 pair"},
		{"2kg 和 3公斤", "quantity 2kg=2 kg; quantity 3公斤=3 公斤"},
		{"一个月了", ""},
		{"三个问题", ""},
		{"x2", "quantity x2=2 piece"},
		{"第二本书是一个好故事", ""},
		{"我买了一个", "quantity 一个=1 个"},
		{"16g内存", ""},
		{"一块毛巾和三毛的书", ""},
		// products
		{"我的摩卡壶坏了", "product 摩卡壶=Moka Pot Pro"},
		{"MOKA POT is broken, 彩虹杯 too", "product MOKA POT=Moka Pot Pro; product 彩虹杯=彩虹杯"},
		{"mokapots", ""},
		// together
		{"昨天花了300块买了两件，订单E-1024", "date 昨天=2026-11-20; amount 300块=300.00 CNY; quantity 两件=2 件; order E-1024=E-1024"},
		{"I paid $45.99 for 2 bottles on Nov 12, order ABC-99812", "amount $45.99=45.99 USD; quantity 2 bottles=2 bottle; date Nov 12=2026-11-12; order ABC-99812=ABC-99812"},
	} {
		if got := listed(e.Find(c.in)); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.in, got, c.want)
		}
	}
}

// TestEntityCases reads testdata/entities.json: texts with all the entities in them, at the clock of entities.
func TestEntityCases(t *testing.T) {
	raw, err := os.ReadFile("testdata/entities.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Text     string       `json:"text"`
		Entities []nlp.Entity `json:"entities"`
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	e := entities(t)
	for _, c := range cases {
		if got, want := listed(e.Find(c.Text)), listed(c.Entities); got != want {
			t.Errorf("%s\n got %s\nwant %s", c.Text, got, want)
		}
	}
}

func TestBadOrderPattern(t *testing.T) {
	if _, err := nlp.NewEntities(nlp.EntityOptions{Orders: []string{"("}}); err == nil || !strings.Contains(err.Error(), `"("`) {
		t.Errorf("got %v", err)
	}
}

func FuzzEntities(f *testing.F) {
	for _, s := range []string{"昨天下午3点半", "¥1,299.00元", "12块5毛6分", "in 2 weeks", "a couple of days ago", "三百二十万零五", "#12345", "Nov 3rd, 2026", "一千零", "moka pot", "百", "十万亿"} {
		f.Add(s)
	}
	e := entities(f)
	f.Fuzz(func(t *testing.T, s string) {
		s = nlp.Clean(s)
		got := e.Find(s)
		last := 0
		for _, x := range got {
			if x.Start < last || x.End > len(s) || x.Start >= x.End || !border(s, x.Start) || !border(s, x.End) || x.Text != s[x.Start:x.End] || x.Value == "" {
				t.Fatalf("%q: bad entity %+v", s, x)
			}
			last = x.End
		}
		if again := e.Find(s); listed(again) != listed(got) {
			t.Fatalf("%q: two results", s)
		}
	})
}

func BenchmarkEntities(b *testing.B) {
	e := entities(b)
	for _, c := range []struct{ name, text string }{
		{"none-en", "where is my order? it has been a week"},
		{"none-zh", "我的订单怎么还没发货，都一个星期了"},
		{"many", "昨天花了300块买了两件，订单E-1024，下周三能到吗"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				e.Find(c.text)
			}
		})
	}
}
