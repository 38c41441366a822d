package topics_test

import (
	"context"
	"strings"
	"testing"

	"huiyin/feedback"
	"huiyin/feedback/feedbacktest"
)

// What is praised and what is complained of in one message is told apart, in both languages.
func TestAspects(t *testing.T) {
	understand := feedbacktest.Chain(t)
	c := shipped(t)
	for _, x := range []struct{ text, want, touch string }{
		{"发货快但客服态度差", "delivery:positive service:negative", "service"},
		{"快递很快，包装也好，就是价格有点贵", "delivery:positive price:negative", ""},
		{"Delivery was fast but customer service was rude", "delivery:positive service:negative", "service"},
		{"The material is lovely, however the courier was awful", "quality:positive delivery:negative", ""},
		{"质量很好，物流太慢了", "quality:positive delivery:negative", "delivery"},
		{"客服态度很好", "service:positive", "service"},
		{"请问保修多久", "repair:neutral", "service"},
		{"今天天气不错", "", ""},
		{"", "", ""},
	} {
		a, err := understand.Analyze(context.Background(), x.text)
		if err != nil {
			t.Fatal(err)
		}
		out, err := feedback.Assign(context.Background(), c, []feedback.Item{{Text: x.text, Analysis: &a}})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range out[0].Aspects {
			got = append(got, p.Group+":"+string(p.Polarity))
		}
		if strings.Join(got, " ") != x.want || x.touch != "" && string(out[0].Touch) != x.touch {
			t.Errorf("%q: got %v at %q, want %s at %q", x.text, got, out[0].Touch, x.want, x.touch)
		}
	}
}
