package bot

import (
	"context"
	"strings"
	"sync"
)

// inPlainWords answers a message in the words of letters by what it says in everyday ones, when that is sure. It reports whether it was.
func (t *turn) inPlainWords(ctx context.Context) (bool, error) {
	text := plainer(t.in.Text)
	if text == t.in.Text {
		return false, nil
	}
	a, err := t.analyzed(ctx, text)
	if err != nil {
		return false, err
	}
	k, err := t.sureAnswer(ctx, part{text, a})
	switch {
	case err != nil || k == nil:
		return false, err
	case k.form != nil:
		t.decided(5, ActIntent, "plain_words", k.detail)
		t.meant(a)
		return true, t.startForm(ctx, k.form, "")
	}
	t.decided(6, ActArticle, "plain_words", k.detail)
	t.meant(a)
	t.soothe()
	return true, t.follows(ctx, k)
}

// plainer is a text in everyday words: without the phrases in which letters are written, which say nothing of what they are about ("I am
// writing to inform you that", "yours faithfully", 敬启者, 烦请予以). The same text when it has none, or nothing else.
func plainer(text string) string {
	out := text
	for _, p := range enLetter() {
		out = p.ReplaceAllString(out, " ")
	}
	for _, p := range zhLetter() {
		out = p.ReplaceAllString(out, "")
	}
	if out == text {
		return text
	}
	out = zhEveryday().Replace(out)
	out = strings.Trim(strings.Join(strings.Fields(out), " "), " ,，。.;；:：")
	if !hasWords(out) {
		return text
	}
	return out
}

// What letters are written in. What is replaced is left out as a whole: how it begins, what leads to the matter, what is asked for in
// general, how it ends.
func enLetter() []pattern {
	return []pattern{enBegins, enEnds, enAsksKindly, enLeadsTo}
}

func zhLetter() []pattern { return []pattern{zhBegins, zhLeadsTo} }

// zhEveryday are the everyday words for those of Chinese letters. Words that only look like them come first and stay: 之前, 之内.
var zhEveryday = sync.OnceValue(func() *strings.Replacer {
	pairs := []string{"本人", "我", "我司", "我们公司", "贵店", "你们店", "贵司", "你们", "贵公司", "你们", "所购买的", "买的", "所购", "买的", "所订", "买的",
		"所收到", "收到", "所收", "收到的", "之", "的", "尚未", "还没", "仍未", "还没", "无声", "没声音", "妥投", "签收", "仅见", "只有", "仅有", "只有",
		"何时", "什么时候", "能否", "能不能", "可否", "能不能", "款项", "钱", "今日", "今天", "昨日", "昨天", "七日", "七天",
		"至今未见", "还没收到", "至今未收到", "还没收到", "未果", "没用"}
	var stay []string
	for _, word := range strings.Fields("之前 之后 之间 之一 之内 之外 之中 之上 之下 之类 之所以 总之") {
		stay = append(stay, word, word)
	}
	return strings.NewReplacer(append(stay, pairs...)...)
})

var (
	enBegins = lazy(`(?i)^\s*(?:(?:dear\b[^,.:\n]{1,40}|to whom it may concern|sirs?\s?/\s?mad(?:a)?m|good (?:morning|afternoon|evening|day)|greetings|hello|hi)[,.:!;\s]+)+`)
	enEnds   = lazy(`(?is)\b(?:yours (?:faithfully|sincerely|truly)|(?:kind|best|warm)(?:est)? regards|sincerely yours|(?:many )?thanks in advance|thank(?:ing)? you in advance|at your earliest convenience)\b.*$`)
	// A sentence that asks for nothing in particular.
	enAsksKindly = lazy(`(?i)(?:^|[.!?;,]\s+)(?:(?:kindly|please) (?:advise|rectify|look into|investigate)\b[^.?!]*|(?:i|we) (?:very much )?look forward to[^.?!]*|how (?:shall|should|do) we proceed|(?:i|we) (?:would|should) be (?:very |most )?(?:grateful|obliged|thankful) (?:for your|if you could (?:advise|assist|help))[^.?!]*|(?:i|we) trust (?:that )?you will[^.?!]*|(?:i|we) (?:would|should) appreciate[^.?!]*|(?:i|we) (?:kindly )?request (?:a prompt|your)[^.?!]*)(?:[.?!]|$)`)
	enLeadsTo    = lazy(`(?i)\b(?:(?:i am|i'm|we are|i) (?:writ(?:e|ing)|contact(?:ing)? you)(?: in order)? (?:to (?:inform|notify|advise|let|tell|enquire|inquire|ask|report|complain)(?: you)?(?: know)?(?: (?:that|whether|if|about))?|regarding|concerning|about|because)|(?:and )?(?:(?:i|we) )?(?:regret|wish|would like|want|am (?:sorry|sad|disappointed)|are sorry) to (?:inform|report|note|say|notify|advise|let|bring to your attention|draw your attention to)(?: you)?(?: know)?(?: that)?|it has come to (?:my|our) (?:attention|notice) that|please (?:be advised|note) that|(?:i|we) (?:would|should) be (?:grateful|obliged) if you (?:could|would)(?: please)? (?:let (?:me|us) know|tell (?:me|us)|inform (?:me|us)|confirm)|(?:i|we) would like to know|kindly (?:confirm|let me know)|(?:i|we) hereby)\b`)

	zhBegins  = lazy(`^\s*(?:(?:尊敬的(?:贵店|贵司)?(?:客服|商家|店家|卖家|店主|工作人员|先生|女士)*(?:您好|你们好|你好)?|敬启者|(?:贵店|贵司|贵公司)(?:客服部?)?(?:您好|好|[：:])|您好|你们好|你好)[：:，,。！! ]*)+`)
	zhLeadsTo = lazy(`兹(?:反映|告知|有|因)(?:如下)?(?:一事)?[：:，,]?|特此(?:反映|告知|说明|函告|来信)|盼(?:复|回复)|为盼|此致|敬礼|顺颂商祺|(?:敬请|恳请|烦请|谨请|望|请|敬祈)(?:您|贵司|贵店|贵公司|你们)*(?:予以|给予|妥善|尽快|及时|核实|查证|查明|处理|解决|为荷|知悉|指教|见谅|告知)+(?:处理方式|如何处理)?|谢谢|感谢`)
)
