package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"huiyin/nlp"
)

// outlook is what happens next for somebody who waits: her place and the expected wait, or that nobody is there and when
// people are back.
func (t *turn) outlook(ctx context.Context) string {
	ahead := t.b.queue.ahead(t.conv.ID, t.b.rulesNow().Place(t.conv))
	place := ""
	if ahead > 0 {
		place = t.joint() + t.say("wait.place", "n", ahead)
	}
	if h := t.b.hours(); h != nil && !h.Open(t.now) {
		at, ok := h.Next(t.now)
		own := t.b.rulesNow().Away[t.lang]
		switch {
		case own != "" && ok:
			return own + t.joint() + t.say("wait.back", "when", t.whenBack(at, h.zone())) + place
		case own != "":
			return own + place
		case ok:
			return t.say("wait.closed", "when", t.whenBack(at, h.zone())) + place
		}
		return t.say("wait.closed_long") + place
	}
	if t.b.nobodyIn(ctx) {
		return t.say("wait.nobody") + place
	}
	text := t.say("wait.next")
	if ahead > 0 {
		text = t.say("wait.place", "n", ahead)
	}
	if minutes, ok := t.b.queue.expected(t.now); ok {
		text += t.joint() + t.say("wait.expected", "n", minutes)
	}
	return text + t.joint() + t.say("wait.write_on")
}

// away reports whether nobody will come now: it is out of hours, or nobody is signed in.
func (t *turn) away(ctx context.Context) bool {
	h := t.b.hours()
	return h != nil && !h.Open(t.now) || t.b.nobodyIn(ctx)
}

// nobodyIn reports whether no agent is signed in. Of agents who work in the team's messaging app, or in another place that
// tells nothing of them (Unseen), nothing is known: they may be there.
func (b *Bot) nobodyIn(ctx context.Context) bool {
	if b.cfg.Staff != nil {
		return false
	}
	agents, err := b.cfg.Store.Agents(ctx)
	if err != nil {
		b.log.Warn("bot: who is signed in is not known", "err", err)
		return false
	}
	there := func(a Agent) bool {
		return !a.Disabled && (a.State == Online || a.State == Unseen && a.Role != RoleAdmin)
	}
	return !slices.ContainsFunc(agents, there)
}

// when is an instant as a person would say it: "today at 14:00", "明天 9:00", "on Monday at 9:00".
func (t *turn) when(at time.Time, zone *time.Location) string {
	at, now := at.In(zone), t.now.In(zone)
	clock := at.Format("15:04")
	days := int(midnight(at).Sub(midnight(now)).Round(24*time.Hour) / (24 * time.Hour))
	switch {
	case days == 0:
		return t.say("when.today", "time", clock)
	case days == 1:
		return t.say("when.tomorrow", "time", clock)
	case days < 7:
		return t.say("when.weekday", "day", t.say("day."+strings.ToLower(at.Weekday().String())), "time", clock)
	}
	return t.say("when.date", "day", at.Day(), "month", t.say("month."+strconv.Itoa(int(at.Month()))), "time", clock)
}

// whenBack is when people are back. Who writes English may live by another clock, so it is said by which.
func (t *turn) whenBack(at time.Time, zone *time.Location) string {
	if t.lang != nlp.LangEnglish {
		return t.when(at, zone)
	}
	return t.when(at, zone) + " " + t.zoneName(at.In(zone))
}

// zoneName is what people call the clock of an instant: "China time", "CET", "UTC-03" where the zone has no letters of its own.
func (t *turn) zoneName(at time.Time) string {
	switch name, _ := at.Zone(); {
	case at.Location().String() == "Asia/Shanghai": // CST is another clock in America
		return t.say("when.china")
	case strings.HasPrefix(name, "+"), strings.HasPrefix(name, "-"):
		return "UTC" + name
	default:
		return name
	}
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// stillWaiting tells a customer who writes while she waits that she is not forgotten, but not each time: her first words are
// acknowledged, and she hears that not each message will be; from then on she is told where she stands, at intervals.
func (t *turn) stillWaiting(ctx context.Context) {
	soon := t.now.Sub(t.conv.AckAt) < t.b.rules.AckEvery
	if h := t.conv.Handoff; soon && h != nil && !h.Noted && h.Reason != ReasonError && t.addsSomething() { // after a fault many come at once
		t.noted()
		t.decided(1, ActAck, "waits_noted", "")
		t.reply(t.say("wait.noted"), t.withdrawButton()...)
		return
	}
	if soon {
		t.decided(1, ActSilent, "waits_told", "")
		return
	}
	t.decided(1, ActAck, "waits", "")
	t.conv.AckAt = t.now
	t.reply(t.say("wait.still")+t.joint()+t.outlook(ctx), t.withdrawButton()...)
}

// noted notes that what the customer wrote while she waits was acknowledged.
func (t *turn) noted() {
	h := *t.conv.Handoff // the stored conversation may share it
	h.Noted = true
	t.conv.Handoff, t.conv.AckAt = &h, t.now
}

// addsSomething reports whether a message is more than a greeting, thanks, a nod or a picture of a mood.
func (t *turn) addsSomething() bool {
	if len(t.in.Files) > 0 {
		return true
	}
	if spec, _ := t.intent(); spec != nil && spec.SmallTalk {
		return false
	}
	return t.pressed == nil && hasWords(withoutStickers(t.text)) && !isNod(t.text) && !isGoodbye(t.text) && !isSolved(t.text)
}

// afterResolved handles what needs no new conversation: a rating, and a goodbye. It reports whether that was all.
func (t *turn) afterResolved(ctx context.Context) (bool, error) {
	if n, ok := npsScore(t.text); ok && t.pressed == nil && t.conv.Said == saidNPS { // a number is the score, not the place of a button
		t.pressed = &press{action: "nps:" + strconv.Itoa(n), seq: t.conv.Offer, current: true}
		t.in.Pressed = ButtonValue(t.conv.ID, t.conv.Offer, n)
	}
	if t.pressed == nil && t.conv.Said != saidNPS {
		p, err := t.typedPress(ctx)
		if err != nil {
			return false, err
		}
		t.pressed = p
	}
	if t.pressed == nil && t.conv.Offer != 0 && t.conv.Said != saidNPS {
		if n, ok := rating(t.text); ok {
			t.pressed = &press{action: "csat:" + strconv.Itoa(n), seq: t.conv.Offer, current: true}
			t.in.Pressed = ButtonValue(t.conv.ID, t.conv.Offer, n-1)
		}
	}
	if t.pressed != nil && strings.HasPrefix(t.pressed.action, "csat:") {
		return true, t.rate(ctx, *t.pressed)
	}
	if t.pressed != nil && strings.HasPrefix(t.pressed.action, "nps:") {
		return true, t.score(ctx, *t.pressed)
	}
	if isGoodbye(t.text) && t.now.Sub(t.conv.ResolvedAt) < goodbyeWithin {
		t.decided(4, ActSmallTalk, "goodbye", "")
		t.reply(t.say("goodbye"))
		return true, nil
	}
	return t.comment(), nil
}

// saidRated is what a conversation remembers after a rating, with the rating behind it: the next words may say why.
const saidRated = "rated:"

// comment takes what a customer writes right after her rating as its reason, once. Whatever asks for something (a person,
// an order, a return, another matter that the bot knows) or tells of a loss opens the conversation anew instead. Unless
// the score is the best and it says how service was, she is offered a person beside the thanks.
func (t *turn) comment() bool {
	name := FactCSATComment
	score, rated := strings.CutPrefix(t.conv.Said, saidRated)
	if !rated {
		name = FactNPSComment
		score, rated = strings.CutPrefix(t.conv.Said, saidScored)
	}
	if !rated || t.pressed != nil || t.text == "" || t.now.Sub(t.overSince()) > goodbyeWithin || asksForPerson(t.text) {
		return false
	}
	if _, again := rating(t.text); again {
		return false
	}
	if _, people := t.policyWord(); people {
		return false
	}
	if tellsLoss(t.text) || asksFor(t.text) {
		return false
	}
	if spec, sure := t.intent(); spec != nil && sure >= intentBacked && !spec.SmallTalk && !tells(t.text) {
		return false
	}
	n, err := strconv.Atoi(score)
	if err != nil {
		return false
	}
	t.conv.Said = ""
	t.decided(4, ActSmallTalk, "rating_comment", "")
	t.fact(name, float64(n), string(t.in.ID))
	t.facts[len(t.facts)-1].Agent = t.conv.Agent
	top := 5
	if name == FactNPSComment {
		top = 9
	}
	if saysHow(t.text) && n >= top {
		t.reply(t.say("rated_comment"))
	} else { // it may be a matter that no word gives away
		t.reply(t.say("rated_comment_open"), Button{Title: t.say("button.human"), Action: "human"})
	}
	return true
}

// overSince is when a resolved conversation was over, or when a score was asked for or given after that.
func (t *turn) overSince() time.Time {
	if t.conv.Said == saidNPS || strings.HasPrefix(t.conv.Said, saidScored) {
		return t.conv.UpdatedAt
	}
	return t.conv.ResolvedAt
}

// goodbyeWithin is how long after the end a "thank you" belongs to it and opens nothing.
const goodbyeWithin = time.Hour

// rating reads a rating from 1 to 5 in words: "5分", "非常满意", "pretty good".
func rating(text string) (int, bool) {
	plain := bare(text)
	for _, unit := range []string{"分", "颗星", "星", "stars", "star", "points", "outof5", "/5"} {
		plain = strings.TrimSuffix(plain, unit)
	}
	for _, verb := range []string{"我给", "给", "打", "评"} {
		plain = strings.TrimPrefix(plain, verb)
	}
	n, ok := ratings[plain]
	return n, ok
}

// ratings are the words in which people answer "how happy are you?".
var ratings = func() map[string]int {
	scale := []string{
		1: "1 一 很不满意 非常不满意 极不满意 差评 很差 太差 太差了 非常差 垃圾 terrible awful horrible veryunhappy verybad worst",
		2: "2 二 两 不满意 不太满意 不好 差 不怎么样 bad poor unhappy nothappy notgood notsatisfied dissatisfied",
		3: "3 三 一般 一般般 还行 还可以 凑合 马马虎虎 soso ok okay average fine notbad",
		4: "4 四 满意 挺好 挺好的 不错 还不错 好 很好 good happy satisfied prettygood quitegood nice",
		5: "5 五 非常满意 很满意 特别满意 十分满意 太好了 非常好 特别好 超级好 完美 好评 五星好评 满分 great excellent perfect veryhappy verygood verysatisfied amazing awesome",
	}
	m := map[string]int{}
	for n, list := range scale {
		for word := range words(list) {
			m[word] = n
		}
	}
	return m
}()

// rate notes a rating of 1 to 5. Each question can be answered once.
func (t *turn) rate(ctx context.Context, p press) error {
	t.decided(4, ActButton, "rated", "")
	if before, err := t.pressedBefore(ctx, p.seq); err != nil || before {
		t.reply(t.say("rated_before"))
		return err
	}
	score, err := strconv.Atoi(strings.TrimPrefix(p.action, "csat:"))
	if err != nil {
		return t.goneButton()
	}
	t.fact(FactCSAT, float64(score), "")
	t.facts[len(t.facts)-1].Agent = t.conv.Agent
	key := "rated"
	if score <= 2 {
		key = "rated_low"
	}
	t.reply(t.say(key) + t.joint() + t.say("rated_why"))
	t.conv.Said = saidRated + strconv.Itoa(score)
	return nil
}
