package nlp_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"
	"testing/fstest"

	"huiyin/data"
	"huiyin/nlp"
)

func TestFlags(t *testing.T) {
	f, err := nlp.NewFlags(data.Files())
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		"":                                                "[]",
		"我的订单到哪了":                                         "[]",
		"再不处理我就投诉到12315":                                  "[legal]",
		"我不是投诉，只是问问":                                      "[]",
		"不是要投诉你们":                                         "[]",
		"我要找律師起訴":                                         "[legal]",
		"我要注销账号":                                          "[churn]",
		"充电宝冒烟了，孩子烫伤":                                     "[safety]",
		"再不退款我就发微博曝光你们":                                   "[media]",
		"加急！！今天必须发":                                       "[urgent]",
		"很急，不解决就去法院":                                      "[urgent legal]",
		"I will sue you":                                  "[legal]",
		"I will not sue, just fix it":                     "[]",
		"no need to call the police":                      "[]",
		"not happy. my lawyer will call":                  "[legal]",
		"my issue is with pursue shoes":                   "[]",
		"filing a chargeback, never again":                "[churn legal]",
		"THE CHARGER CAUGHT FIRE":                         "[safety]",
		"cancel my account ASAP":                          "[urgent churn]",
		"I'll post this on Twitter and tell a journalist": "[media]",
		"如何防止漏电":                                          "[]",
		"这个牛奶会过敏":                                         "[safety]",
	} {
		if got := fmt.Sprint(f.Find(in)); got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}

// What people write: threats behind a condition, denials, accidents as they describe them, and names of goods that sound like one.
func TestFlagsOfMessages(t *testing.T) {
	f, err := nlp.NewFlags(data.Files())
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile("testdata/flags.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Text  string
		Flags []nlp.Flag
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		if got := f.Find(c.Text); !slices.Equal(got, c.Flags) {
			t.Errorf("%q: %v, want %v", c.Text, got, c.Flags)
		}
	}
}

func TestFlagsLexiconErrors(t *testing.T) {
	for name, text := range map[string]string{
		"unknown key": "urgnt: [a]\n",
		"empty flag":  "urgent: [a]\n",
	} {
		if _, err := nlp.NewFlags(fstest.MapFS{nlp.FlagsFile: {Data: []byte(text)}}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := nlp.NewFlags(fstest.MapFS{}); err == nil {
		t.Error("missing file: no error")
	}
}

func BenchmarkFlags(b *testing.B) {
	f, err := nlp.NewFlags(data.Files())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		f.Find("我的订单怎么还没发货，都一个星期了")
	}
}
