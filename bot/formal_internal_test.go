package bot

import "testing"

// TestPlainer: what letters are written in is left out, what they are about stays.
func TestPlainer(t *testing.T) {
	for text, want := range map[string]string{
		"Dear Sir or Madam, I regret to inform you that the lid is cracked. Kindly advise. Yours faithfully, H. M.": "the lid is cracked",
		"To whom it may concern: the parcel has not arrived.":                                                       "the parcel has not arrived",
		"I am writing to enquire whether you ship to Finland":                                                       "you ship to Finland",
		"where is my order": "where is my order",
		"Kindly advise.":    "Kindly advise.",
		"尊敬的客服您好，本人所购台灯无法开启，望予以处理，谢谢。": "我买的台灯无法开启",
		"敬启者：贵店所发之包裹尚未收到，盼复。":          "你们店所发的包裹还没收到",
		"你好":        "你好",
		"怎么退货":      "怎么退货",
		"好的，请问怎么退货": "好的，请问怎么退货",
		"谢谢":        "谢谢",
		"您好，之前所购买的灯三天之内坏了，谢谢": "之前买的灯三天之内坏了",
		"敬启者：所收到的货不对":         "收到的货不对",
		"你好，灯不亮了，谢谢":          "灯不亮了",
	} {
		if got := plainer(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
