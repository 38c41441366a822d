package bot

import (
	"testing"

	"huiyin/nlp"
)

// TestSaysWish: what is to be done with an item is not its name.
func TestSaysWish(t *testing.T) {
	for text, want := range map[string]bool{
		"不换，直接退款": true, "退钱给我": true, "我要退款，不要换": true, "不用换了，退款就行": true, "换货": true,
		"No exchange, just refund me": true, "I just want my money back": true, "please refund": true,
		"都退": false, "全部退": false, "退耳机": false, "那个蓝色的杯子": false, "不是耳机，是音箱": false,
		"all of it, refund please": false, "the money box": false, "refund the blue mug": false, "Echo Air": false,
	} {
		if got := saysWish(nlp.Fold(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
