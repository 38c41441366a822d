package bot

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// asksForPerson reports whether a folded text (nlp.Fold) asks for a person instead of the bot. A miss leaves somebody
// alone with a machine, a false alarm only costs an agent a look; but words such as 人工智能, 手工 or "travel agent" are not
// about us, and talk about a person ("is this made by human hands") is not asking for one.
func asksForPerson(folded string) bool {
	if folded == "" {
		return false
	}
	return asksInChinese(folded) || asksInEnglish(folded)
}

// The Chinese half works on the text without spaces and punctuation within a clause ("转 人-工" is 转人工), clause by clause.
var (
	// zhNotStaff are words that contain 人工 and the like but mean something else.
	zhNotStaff = regexp.MustCompile(`人工(智能|智慧|费|成本|价|皮|革|草|湖|岛|降雨|降水|授精|受精|流产|呼吸|关节|晶体|心脏|耳蜗|香精|色素|合成|` +
		`养殖|饲养|种植|培育|培养|栽培|增白|宝石|钻|珍珠|水晶|牛黄|麝香|毛|棉|草坪|制作|制造|缝|编|打磨|做的|手作|雕|绣|染|挑选|分拣|采摘|` +
		`检测|检验|审核|审批|复核|质检|鉴定|鉴别|清洗|安装费|运费|搬运|录入|核实|处理时间|要多久审)|手工|(纯|全)人工|人工的?(吗|么)?还是(机器|机械)|` +
		`真人(秀|版|电影|照片|实拍|试穿|试用|模特|穿|发|头发|cs|大小|比例|尺寸|出镜)|假发`)
	// zhNoun is somebody who works for the shop.
	zhNoun = `(人工(智能)?(客服|服务|坐席|座席|窗口|台|热线)?|真人(客服|服务|坐席)?|活人|大活人|真实的?人|客服(人员|小姐姐|小哥哥|小姐|小哥|妹妹|姐姐|专员|代表|经理|主管|同学|姐|哥)?|` +
		`在线客服|售后客服|售前客服|专属客服|坐席|座席|接线员|话务员|专人|专员|工作人员|agent|human|csr|(real)?person|representative|kefu|人类)`
	zhBoss = `(你们)?(的)?(经理|主管|领导|负责人|店长|老板|管理员|上级)`
	// zhAsk: a verb of asking, at most a few small words, the person.
	zhAsk = regexp.MustCompile(`(转接|转到|转给|转|接通|接入|接|换成|换|切换到|切换|切到|切|找|叫|喊|呼叫|呼|联系|连线|安排|派|要求|要|想|给我|帮我|请|需要|求|申请|有没有|有|能不能|可以|` +
		`麻烦|来|上|进入|进|去|直接|咨询|问|和|跟|与|同|让)(一?下|到|成|去|给|我|你们|您们|您|你|的|个|一个|位|一位|名|一名|真正|真的|直接|那个|这个|出来|有|是|联系|咨询|店家|平台|官方|马上|立刻|尽快){0,4}(` + zhNoun + `|` + zhBoss + `(来|过来|出来|跟我|和我|处理|说|谈|解决|接|$))`)
	// zhAfter: what may follow the person for it still to be a request of the moment, not talk about one.
	zhTalkAbout = regexp.MustCompile(zhNoun + `(了?(说过|问过|聊过|谈过|联系过|回复过|处理过|沟通过|反映过)|(说了|说的|告诉|答应|承诺|回复我|跟我说|和我说|讲的|让我|叫我|给我说|给我发|给我打|态度|电话|的?电话|几点|什么时候|` +
		`上班|下班|工作时间|的?工作时间|服务时间|在线时间|时间|多少钱|怎么收费|收费|工资|招聘|招不招))`)
	zhRefusal = regexp.MustCompile(`(不用|不要|别|不想|不需要|无需|没必要|不必|不是要|先不|暂时不)(再|给我|帮我|去|了)?(转接|转到|转|接|找|叫|联系|换|要|麻烦|请|打扰)?(到|给|个|一个)?` + zhNoun)
	// zhOnly: a short text that is nothing but the person and politeness.
	zhOnly = regexp.MustCompile(`^(请|麻烦|帮我|给我|我|要|想|找|转|接|快|赶紧|马上|立刻|立即|直接|你好|您好|亲亲?|在吗|那|就|喂|嗨|我说|还是|快点|一下|你们|您们|的|有|没有|是否有|能|不能|可以|可不可以|能否|来|个|一个|位|一位|谢谢|转接|出来|叫|喊|怎么|如何|怎样|到|嗯|好|好的|行|` +
		`请问|现在|今天|晚上|周末|还|在|联系)*` + zhNoun + `+(谢谢|吧|啊|呀|哦|呢|吗|么|嘛|啦|在吗|在不在|在么|有吗|有没有|有人吗|来|出来|在哪里?|呢?在哪儿?|快来|快点|一下|回复|帮我|帮忙|帮忙处理|处理|解决|接待|服务|行吗|行不行|可以吗|好吗|能吗|了|please|pls)*$`)
	zhNobody   = regexp.MustCompile(`(有没有|有|能不能|可以|能|给我|帮我|叫|换|派|来|找|让|转|想要|我要|跟|和|与)(来|派|找|换|叫|一个|个|一位|位|到|成|真正的|真的|真实的){0,4}(真|活|大活)?人(在不在|来|跟我|和我|出来|聊|说|对话|沟通|回答|回复|帮我|处理|解决|接|能帮|可以帮|管)`)
	zhSend     = regexp.MustCompile(`^(快|赶紧|请|麻烦|能不能|可以|帮我|给我|我要|我想)*(来|换|叫|派|找|转|给我|给)(一?个|一?位)?(真|活|大活)?人(来|吧|啊|呀|行吗|好吗|可以吗|谢谢|处理|跟我说|帮我)*$`)
	zhNoBot    = regexp.MustCompile(`(不要|不想|别|拒绝|讨厌|不用|受够了?|烦|少用|能不能别|不跟|不和|投诉|停止|关掉|关闭|滚)(再|用|让|给我|拿|跟|和|与|要|一直|老|总|总是|老是|这个|这种|这破|破|你们?这?个?|你们的|你们家|你们用|一个){0,4}(智能)?(机器人|机器|人机|ai|智能客服|自动回复|bot|robot)(回复|聊|说|对话|沟通|讲|客服|服务|糊弄|敷衍|应付|打发|来|了|交流|浪费|废话|$)`)
	zhBot      = regexp.MustCompile(`投诉.{0,12}(机器人|智能客服|ai客服|人机)`)
	zhIdentity = regexp.MustCompile(`^(请问)?(你|您|这|这个|对面|你们|那边|这边)?(到底|究竟|其实)?(是不是|是|不是)(个|一个)?(真人|人工|机器人|人工客服|活人|ai|人工智能|人类|人)(吗|么|嘛|吧|还是.*|啊|呀)*$`)
	zhMisspelt = regexp.MustCompile(`(转|专|砖|赚|传|要|找|接)(到|接)?(人公|人功|人供|仁工|仁公|认工|任工|入工|人共|人宫)|[专砖赚]人工|转reng?ong|zhuan人工|^(zhuan)?reng?ong(kefu)?$|^zrg$`)
)

// zhHints are what a text without its spaces must contain for the Chinese half to look closer.
var zhHints = []string{"人工", "真人", "活人", "真实", "客服", "席", "接线员", "话务员", "专人", "专员", "人员", "经理", "主管", "领导", "负责人", "店长",
	"老板", "管理员", "上级", "机器", "人机", "智能", "自动回复", "bot", "ai", "人类", "human", "agent", "csr", "person", "representative", "kefu",
	"gong", "zrg", "人公", "人功", "人供", "仁工", "仁公", "认工", "任工", "入工", "人共", "人宫", "个人", "位人", "人来", "人在", "人聊", "人说", "人跟我",
	"人和我", "人对话", "人沟通", "人回", "人帮", "人处理", "人解决", "人接", "人能", "人可以", "人管", "人出来", "换人", "叫人", "派人", "来人"}

func asksInChinese(folded string) bool {
	whole := bare(folded)
	if !slices.ContainsFunc(zhHints, func(h string) bool { return strings.Contains(whole, h) }) {
		return false
	}
	// Punctuation can be there to break the words up, or to part sentences: look both at the clauses and, for what is
	// short, at the whole without it.
	list := clauses(folded)
	if len(list) > 1 && utf8.RuneCountInString(whole) <= 12 {
		list = append(list, whole)
	}
	return slices.ContainsFunc(list, clauseAsks)
}

func clauseAsks(c string) bool {
	if c == "" || zhIdentity.MatchString(c) {
		return false
	}
	if zhMisspelt.MatchString(c) || zhBot.MatchString(c) || zhNoBot.MatchString(c) {
		return true
	}
	c = zhNotStaff.ReplaceAllString(c, "○")
	if zhRefusal.MatchString(c) || zhTalkAbout.MatchString(c) {
		return false
	}
	if zhOnly.MatchString(c) || zhSend.MatchString(c) || zhNobody.MatchString(c) {
		return true
	}
	return zhAsk.MatchString(c)
}

// clauses cuts a text at punctuation that ends a thought, and removes everything else that is no letter or digit.
func clauses(folded string) []string {
	var out []string
	for _, part := range strings.FieldsFunc(folded, func(r rune) bool { return strings.ContainsRune(",，.。!！?？;；、\n:：", r) }) {
		out = append(out, strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return r
			}
			return -1
		}, part))
	}
	return out
}

// The English half works on lower-case words without apostrophes, sentence by sentence.
const (
	enSomebody = `(humans?|humen|hooman|human being|persons?|real one|people|agents?|representatives?|reps?|operator|csr|manager|supervisor|team leader|advis[oe]r|associate|customer (service|support|care)( (rep|reps|agent|agents|person|people|representative|team))?|support( (team|agent|person|staff|rep|people))?|service (rep|agent|person|representative)|staff( member)?|member of staff|employee|specialist|someone|somebody|anyone|anybody|live (chat|support|help)|helpdesk|help desk|human (help|support|assistance|agent|operator|rep|representative|customer service))`
	enBodyOnly = `(humans?|humen|hooman|human being|agents?|representatives?|reps?|operator|csr|manager|supervisor|team leader|customer (service|support|care) (rep|agent|person|representative)|support (agent|person|rep)|service (rep|agent|person|representative)|(live|real|actual|human|proper) (chat|support|help|person|people|human|humans|agent|agents|rep|one|being|operator|representative|assistance|staff|assistant)|human (help|support|assistance|being)|people person)`
	enSmall    = `((a|an|the|some|any|one|of|your|you|guys|another|real|live|actual|human|proper|different|competent|senior|freaking|damn|bloody|fucking|in|an? actual|staff|service|please|directly|right) )*`
	enAnd      = `(please|pls|plz|now|here|instead|who|that|for (help|this|assistance|support)|on|right|asap|immediately|thanks|thank you|thx|because|about|to (help|talk|speak|chat|call|contact|assist|look|handle|fix|answer|solve|resolve|deal|sort|check|take|review)|not|and|or|directly|available|at|today|in (chat|the chat|your team)|this|regarding|if|from|could|can|would|is|are|when|as)`
	enNot      = `(dont|do not|didnt|did not|never|no need|without|wont|shouldnt|not|neednt|stop)`
)

var (
	enTalk   = regexp.MustCompile(`\b(talk|speak|chat|connect|connected|transferred|transfer|switch|switched|pass|passed|put|redirect|redirected|escalate|escalated|escalating|hand|handed|forward|forwarded|route|talking|speaking|chatting|through)( me| us| this| it| that| my (chat|call|case|issue|request|ticket|question)| the (chat|call|case|issue))?( over| through| on| off| directly| up| in touch)*( (to|with))? ` + enSmall + enSomebody + `\b`)
	enGet    = regexp.MustCompile(`\b(get|give|find|send|bring|need|needs|want|wanna|wants|wish for|like|prefer|request|requesting|require|demand|demanding|gimme|use|reach|contact|message|call|have|see|ask for|asking for|looking for|page|summon|try)( (me|us|to (have|get|reach|contact|see|be helped by|deal with)|help from|hold of|in touch with|for))* ` + enSmall + enBodyOnly + `( ` + enAnd + `\b|$)`)
	enIs     = regexp.MustCompile(`\b(is|are|isnt|arent|any)( there)?( (a|an|any|some))?( (real|live|actual|human))* (humans?|agents?|persons?|people|representatives?|reps?|operators?|human being)( (here|there|around|available|online|alive|on duty|who|that|i can|to talk|to speak|to help|at your end|real)\b|$)|\b(anyone|anybody|somebody|someone) (alive|real|human)\b`)
	enCan    = regexp.MustCompile(`\b(can|could|may|will|would|have|let|should|must|where (is|are)|how (do|can|to)|when (can|will)|why (cant|is)) ((i|you|we|not|no) )?((please|get|reach|contact|find|have|see) )*` + enSmall + enBodyOnly + `( ` + enAnd + `\b|$| (help|call|contact|assist|look|reply|respond|answer|take over|handle|fix|solve|step in|get|deal|email|phone|join)\b)`)
	enOnly   = regexp.MustCompile(`^((please|pls|plz|hi|hello|hey|ok|okay|no|yes|yeah|i|id|want|need|like|to|a|an|the|my|me|get|give|just|now|real|live|actual|human|speak|talk|chat|connect|with|for|some|can|could|would|you|transfer|someone|escalate|ask|so|well|sorry|then|only|this|is|urgent|more|another|how|do|reach|contact|call|immediately|right|away|main|menu|zhuan|转|找|要|接) )*(humans?|humen|hooman|human being|agents?|representatives?|reps?|operator|csr|live (chat|agent|person|support|help)|real (person|human|people|agent)|actual (person|human|people)|human (agent|person|help|support|being|operator|assistance|please)|customer (service|support|care)( (agent|rep|representative|person|please|team))?|supervisor|talk to (a )?person|support agent|person)( (please|pls|plz|now|asap|thanks|thank you|thx|here|ok|only|needed|required|right now|immediately|available|help|support|agent|chat|today|instead|wanted|service|this instant|human|agent|representative|operator))*$`)
	enNoBot  = regexp.MustCompile(`\b(` + enNot + `|hate|tired of|sick of|enough of|fed up with|done with|rather than|instead of|refuse to|cant stand|anything but|besides)( (want|wanna|wish|like|need|care|going))?( to)?( (be|keep))?( (talk|speak|chat|deal|interact|talking|speaking|chatting|dealing|arguing|communicate|communicating|helped|waste time|converse|argue|discuss this))?( (to|with|by))?( (a|an|the|this|your|these|you|stupid|useless|dumb|damn|silly|bloody|another|some|annoying|automated|fucking|freaking))* (bots?|chatbots?|robots?|machines?|computers?|ai|automated (system|replies|responses|messages|assistant)|virtual assistant)( (anymore|any more|again|please|now|i|for|about|answers?|repl(y|ies)|responses?|nonsense|crap|thing|a human|a person|get|give|let|when|because|at all|instead|here)\b|$)`)
	enNoBots = regexp.MustCompile(`^(please )?(no|stop|no more|not another|enough|not a|enough with the) (more )?((damn|stupid|the|this|these) )*(bots?|robots?|chatbots?|machines?|ai)( (please|now|anymore|answers|replies|i want.*|get me.*|human.*|responses))?$|\bnot (a|an|some|the|your|this) (stupid |dumb |damn )?(bot|robot|chatbot|machine|computer|ai|automated \w+)$`)
	enRefuse = regexp.MustCompile(`\b` + enNot + `( (want|need|wish|like|have|have to|going|require|wanna|please))?( to)?( (be|get|have|see|ask|for|an?|any))* ?(talk|speak|chat|connect|connected|transfer|transferred|switch|put|pass|escalate|hand|get|need|want|contact|call|reach|an?|any)?( me| us| this| it)?( (to|with|over|through|from))* ` + enSmall + enSomebody + `\b`)
	enCannot = regexp.MustCompile(`\b(why|cant|cannot|couldnt|unable|still not|not able|havent|not (been )?(connected|transferred|let)|not letting|wont let|can i not|can we not|do you not)\b`)
	enPast   = regexp.MustCompile(`\b(i|we|they|he|she|already|just|have|had|was|were|previously|yesterday)( (have|had|already|just|was|were|been))* (talked|spoken|spoke|chatted|contacted|called|reached out|emailed)\b`)
	enAmI    = regexp.MustCompile(`^(so |wait |hey |hi |hello |ok )*(am i|are we|are you|is this|r u|are u|was that|were you|is it|was i|is that|youre|you are|this is)( (really|actually|still|currently|now|just|even))* (talking|speaking|chatting|connected|a|an|not a|real|human|texting|with)\b`)
	enMine   = regexp.MustCompile(`\b(my|our|his|her|their|travel|estate|insurance|booking|ticket|shipping|customs|cleaning|bleaching|literary|letting|secret|real estate|property|recruitment|free|antibacterial|bonding|sales|delivery|store|project|account|product|bank|case|stock|line|hotel|campaign|office|general|assistant|security|foaming|oxidi[sz]ing|raising|thickening|whitening|drying|leavening) (travel |estate |insurance |booking )?(agents?|agency|rep|reps|representatives?|managers?|supervisor|operators?|specialist|associate)\b|\bhuman (hands?|hair|body|size|sized|rights|error|made|resources|skin|food|grade|ear|eye|touch|race|nature|consumption|teeth|shaped|anatomy|figure|voice|contact|trafficking|being made)\b|\b(person|people|persons|humans?) (tent|table|sofa|hammock|kayak|bike|boat|set|pack|car|jacuzzi|household|bed|tents|grade|sized)\b|\bcar rep\w*|\bsupport (bra|pillow|stocking|socks?|belt|cushion|brace|strap|bands?|apple|bluetooth|wireless|fast|android|ios|usb|windows|5g|international|that)\b|\b(user|password|task|file|device|download|package|window|session|gift|order) managers?\b`)
	enTypos  = regexp.MustCompile(`\b(agnet|aegnt|agant|adgent|huamn|humna|hman|humam|huma|hunan|represenative|represntative|representitive|reprasentative|respresentative|representive|operater|oprator|custmer service|costumer service|customer servise|customer sevice)\b`)
)

// enHints are words of which a text must have one for the English half to look closer.
var enHints = wordSet(`human humans humen hooman person persons people agent agents rep reps representative representatives operator someone
	somebody anyone anybody manager supervisor service support staff bot bots chatbot chatbots robot robots machine machines computer computers ai
	live real leader specialist associate advisor adviser assistant employee csr desk helpdesk chat automated agnet aegnt agant adgent huamn humna
	hman humam huma hunan represenative represntative representitive reprasentative respresentative representive operater oprator sevice servise`)

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

func asksInEnglish(folded string) bool {
	return slices.ContainsFunc(sentences(folded), func(words []string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return enHints[w] }) && sentenceAsks(strings.Join(words, " "))
	})
}

func sentenceAsks(s string) bool {
	s = enTypos.ReplaceAllStringFunc(s, mendTypo)
	if s == "" || enAmI.MatchString(s) {
		return false
	}
	if enNoBot.MatchString(s) || enNoBots.MatchString(s) {
		return true
	}
	s = enMine.ReplaceAllString(s, "○")
	if enRefuse.MatchString(s) && !enCannot.MatchString(s) || enPast.MatchString(s) {
		return false
	}
	return enOnly.MatchString(s) || enTalk.MatchString(s) || enGet.MatchString(s) || enIs.MatchString(s) || enCan.MatchString(s)
}

// mendTypo is the word that a common slip of the finger stands for.
func mendTypo(w string) string {
	switch {
	case strings.HasPrefix(w, "ag"), strings.HasPrefix(w, "ae"), strings.HasPrefix(w, "ad"):
		return "agent"
	case strings.HasPrefix(w, "re"):
		return "representative"
	case strings.HasPrefix(w, "op"):
		return "operator"
	case strings.HasPrefix(w, "c"):
		return "customer service"
	}
	return "human"
}

// sentences cuts a text into sentences of plain words, apostrophes left out ("don't" is "dont").
func sentences(folded string) [][]string {
	if strings.Contains(folded, "'") {
		folded = strings.ReplaceAll(folded, "'", "")
	}
	var out [][]string
	var words []string
	start := -1
	for i, r := range folded {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 {
			words, start = append(words, folded[start:i]), -1
		}
		if strings.ContainsRune(".。!！?？;；\n,，:：", r) && len(words) > 0 {
			out, words = append(out, words), nil
		}
	}
	if start >= 0 {
		words = append(words, folded[start:])
	}
	if len(words) > 0 {
		out = append(out, words)
	}
	return out
}
