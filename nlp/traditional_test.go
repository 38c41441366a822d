package nlp_test

import (
	"io/fs"
	"strings"
	"sync"
	"testing"
	"unicode"

	"huiyin/data"
	"huiyin/nlp"
)

func TestTraditional(t *testing.T) {
	for _, c := range []struct {
		text, want string
		keep       []string
	}{
		{text: "退款多久到账？", want: "退款多久到賬？"},
		{text: "我们已经收到您的反馈，请等待客服联系。", want: "我們已經收到您的反饋，請等待客服聯繫。"},
		{text: "注销账号，更换干电池", want: "註銷賬號，更換乾電池"},
		{text: "接手的是于小范，稍后回复", keep: []string{"于小范"}, want: "接手的是于小范，稍後回覆"},
		{text: "范范和范", keep: []string{"范", "范范", ""}, want: "范范和范"},
		{text: "Order DL2026 is on its way", want: "Order DL2026 is on its way"},
		{text: "订单 DL2026：https://example.com/发货?a=1，订单", want: "訂單 DL2026：https://example.com/发货?a=1，訂單"},
		{text: "运费从退款里扣，退到卡里；“我的订单”里也有", want: "運費從退款裡扣，退到卡裡；“我的訂單”裡也有"},
		{text: "一百公里，里程，斯里兰卡，卡路里，邻里，里面，阿里，3里路", want: "一百公里，里程，斯里蘭卡，卡路里，鄰里，裡面，阿里，3里路"},
		{text: "", want: ""},
	} {
		if got := nlp.Traditional(c.text, c.keep...); got != c.want {
			t.Errorf("%q without %q:\n got %q\nwant %q", c.text, c.keep, got, c.want)
		}
	}
}

// TestTraditionalIsUnderstood: what the shop says in Traditional script is what it says in Simplified, should somebody say it back.
func TestTraditionalIsUnderstood(t *testing.T) {
	lines, other := 0, 0
	err := fs.WalkDir(data.Files(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".md") && !strings.HasSuffix(path, ".yaml") {
			return err
		}
		text, err := fs.ReadFile(data.Files(), path)
		for line := range strings.Lines(string(text)) {
			if !strings.ContainsFunc(line, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				continue
			}
			lines++
			if nlp.Fold(nlp.Traditional(line)) != nlp.Fold(line) {
				other++ // Taiwan means something else by a word: 资料 comes back as 数据
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if lines < 5_000 || other*50 > lines {
		t.Errorf("%d of %d lines come back as other words", other, lines)
	}
	t.Logf("%d of %d", other, lines)
}

func TestTraditionalFromManySides(t *testing.T) {
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if got := nlp.Traditional("发货"); got != "發貨" {
				t.Errorf("got %q", got)
			}
		})
	}
	all.Wait()
}
