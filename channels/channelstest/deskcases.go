package channelstest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"huiyin/bot"
	"huiyin/channels"
)

// Titles under a card.
const (
	claim   = "接手"
	resolve = "结束会话"
	giveOut = "交还机器人"
)

func (r *deskRig) testCard() {
	r.says("ada", "你好，<!channel> *我的电话* "+phone)
	card := r.asks("ada")
	for _, want := range []string{"等待人工", "Ada ada", "Web", ">>"} {
		if !strings.Contains(card.Text, want) {
			r.Errorf("the card does not say %q: %q", want, card.Text)
		}
	}
	if !slices.Contains(card.Buttons, claim) || !slices.Contains(card.Buttons, resolve) {
		r.Errorf("buttons: %q", card.Buttons)
	}
	r.says("ada", "还在吗？")
	entries := r.office.Entries(card)
	said := strings.Join(Texts(entries), "\n")
	if !strings.Contains(said, "<!channel> *我的电话*") || strings.Contains(said, phone) || strings.Count(said, "还在吗？") != 1 {
		r.Errorf("the thread says %q", said)
	}
	for _, e := range entries {
		if strings.Contains(e.Format, "bold(我的电话)") || strings.Contains(e.Format, "link") {
			r.Errorf("what a customer wrote is formatted: %q", e.Format)
		}
	}
	r.Pass(time.Hour)
	if n := len(r.office.Cards()); n != 1 {
		r.Errorf("%d cards", n)
	}
}

func (r *deskRig) testClaim() {
	card := r.asks("ada")
	r.click("lin", card, claim)
	r.office.Repeat()
	r.Pass(time.Minute)
	if c := r.conv("ada"); c.Status != bot.StatusAgent || c.Agent != "lin" {
		r.Fatalf("%s of %q", c.Status, c.Agent)
	}
	now := r.card(0)
	if !strings.Contains(now.Text, "Lin正在处理") || slices.Contains(now.Buttons, claim) || !now.Edited {
		r.Errorf("the card says %q with %q", now.Text, now.Buttons)
	}
	r.click("max", card, claim) // he had not looked
	r.told("max", "Lin正在处理")
	if c := r.conv("ada"); c.Agent != "lin" || len(r.office.Cards()) != 1 {
		r.Errorf("of %q, %d cards", c.Agent, len(r.office.Cards()))
	}
}

// testRace lets an agent on the board and one in the console claim: either first by a moment, and both at the same one, which
// either may win.
func (r *deskRig) testRace() {
	const moment = time.Microsecond // of virtual time
	for i, tc := range []struct {
		board, console time.Duration // wait
		owner          bot.AgentID   // empty: either
	}{{0, moment, "lin"}, {moment, 0, "max"}, {0, 0, ""}, {0, 0, ""}} {
		thread := fmt.Sprint("c", i)
		card := r.asks(thread)
		id := r.conv(thread).ID
		var running sync.WaitGroup
		var err error
		running.Go(func() {
			time.Sleep(tc.board)
			r.office.Click("lin", card, claim)
		})
		running.Go(func() {
			time.Sleep(tc.console)
			_, err = r.bot.Claim(r.Context(), id, bot.Agent{ID: "max", Name: "Max"})
		})
		running.Wait()
		r.Pass(time.Minute)
		owner := r.conv(thread).Agent
		if owner != "lin" && owner != "max" || tc.owner != "" && owner != tc.owner {
			r.Errorf("owner %q, the board waits %v and the console %v", owner, tc.board, tc.console)
		}
		if (err == nil) != (owner == "max") || err != nil && !errors.Is(err, bot.ErrConflict) {
			r.Errorf("owner %q, the console says %v", owner, err)
		}
		name := map[bot.AgentID]string{"lin": "Lin", "max": "Max"}[owner]
		if shown := r.card(i); !strings.Contains(shown.Text, name+"正在处理") {
			r.Errorf("owner %q, the card says %q", owner, shown.Text)
		}
	}
}

func (r *deskRig) testReply() {
	card := r.asks("ada")
	r.write("lin", card, ">> 您好，我是林。\n>> 请稍等")
	for range 3 {
		r.office.Repeat()
		r.Pass(time.Minute)
	}
	r.want("the customer got", r.customer.fromPeople(), []string{"您好，我是林。\n请稍等"})
	if c := r.conv("ada"); c.Agent != "lin" {
		r.Errorf("of %q", c.Agent)
	}
	said := strings.Join(Texts(r.office.Entries(card)), "\n")
	if !strings.Contains(said, "Lin → 客户: 您好，我是林。") {
		r.Errorf("the thread does not show that it was sent: %q", said)
	}
	r.write("max", card, "》》我来吧") // as a Chinese keyboard writes it
	r.told("max", "Lin正在处理")
	r.write("lin", card, ">>  ")
	r.told("lin", "没有发送")
	r.customer.mu.Lock()
	r.customer.fails = 1
	r.customer.mu.Unlock()
	r.write("lin", card, "＞＞好了")
	if said := strings.Join(Texts(r.office.Entries(card)), "\n"); !strings.Contains(said, "没有送达") {
		r.Errorf("nobody learns that it was not delivered: %q", said)
	}
	r.want("the customer got", r.customer.fromPeople(), []string{"您好，我是林。\n请稍等"})
}

// testNotes writes a hundred things into the thread that do not begin with the mark.
func (r *deskRig) testNotes() {
	card := r.asks("ada")
	pieces := []string{">", "> ", "客户很生气", "hello", "！", "》", "/", "reply", "/ reply", " >", "\n", "\n>> later", "&gt;", "@Ada", "<b>", "*", "_", "'>>", "~>>", "“>>”", "/quit", "⟩⟩", "1>>", "👍"}
	random := rand.New(rand.NewPCG(7, 19))
	want := 0
	for range 100 {
		text := ""
		for range 1 + random.IntN(4) {
			text += pieces[random.IntN(len(pieces))]
		}
		if begins := strings.NewReplacer("》", ">", "＞", ">").Replace(strings.TrimSpace(text)); strings.HasPrefix(begins, ">>") && !strings.HasPrefix(begins, ">>>") || begins == "" {
			continue
		}
		r.office.Write("lin", card, text)
		want++
	}
	r.Pass(time.Hour)
	r.want("the customer got", r.customer.fromPeople(), []string{})
	if got := len(r.notes("ada")); got != want {
		r.Errorf("%d notes, want %d", got, want)
	}
	if c := r.conv("ada"); c.Status != bot.StatusWaiting {
		r.Errorf("a note has claimed the conversation: %s", c.Status)
	}
	if said := strings.Join(Texts(r.office.Entries(card)), "\n"); strings.Contains(said, "客户很生气") {
		r.Error("notes stand in the thread twice")
	}
}

func (r *deskRig) testAmended() {
	card := r.asks("ada")
	note := r.write("lin", card, "VIP 客户")
	r.office.Amend("lin", card, note, "普通客户")
	r.Pass(time.Minute)
	r.want("notes", r.notes("ada"), []string{"VIP 客户", "✎ 更正：普通客户"})
	r.office.Amend("lin", card, note, ">> 您好")
	r.Pass(time.Minute)
	r.told("lin", "没有发送")
	reply := r.write("lin", card, ">> 明天到")
	r.office.Amend("lin", card, reply, ">> 后天到")
	r.Pass(time.Minute)
	r.told("lin", "客户看到的还是原来的内容")
	if r.office.Retract("lin", card, reply) {
		r.Pass(time.Minute)
		r.told("lin", "不会从客户那里撤回")
		r.office.Retract("lin", card, note)
		r.Pass(time.Minute)
		r.told("lin", "备注仍保留")
	}
	r.want("the customer got", r.customer.fromPeople(), []string{"明天到"})
	r.says("ada", "嗯嗯")
	edit := bot.Inbound{Inbox: "web", Kind: bot.KindEdit, SourceID: "e1", Target: fmt.Sprintf("w%d", r.wrote), Thread: "ada", Text: "不好", At: time.Now()}
	if err := r.bot.Handle(r.Context(), edit); err != nil {
		r.Fatal(err)
	}
	r.Pass(time.Minute)
	if said := strings.Join(Texts(r.office.Entries(card)), "\n"); !strings.Contains(said, "不好（已编辑）") && !strings.Contains(said, "不好 （已编辑）") || strings.Contains(said, "嗯嗯") {
		r.Errorf("the thread says %q", said)
	}
}

func (r *deskRig) testStranger() {
	card := r.asks("ada")
	r.click("eve", card, claim)
	r.told("eve", "客服名单")
	r.write("eve", card, ">> 你的密码是多少？")
	r.write("eve", card, "备注")
	r.want("the customer got", r.customer.fromPeople(), []string{})
	r.want("notes", r.notes("ada"), []string{})
	if c := r.conv("ada"); c.Status != bot.StatusWaiting {
		r.Errorf("%s", c.Status)
	}
	left := bot.Agent{ID: "lin", Email: "lin@shop.example", Name: "Lin", Role: bot.RoleAgent, Disabled: true}
	if err := r.store.SaveAgent(r.Context(), left, bot.Event{}); err != nil {
		r.Fatal(err)
	}
	r.click("lin", card, claim)
	if c := r.conv("ada"); c.Status != bot.StatusWaiting {
		r.Errorf("an agent who has left has claimed: %s", c.Status)
	}
}

func (r *deskRig) testActions() {
	card := r.asks("ada")
	find := func(part string) string {
		for _, b := range r.card(0).Buttons {
			if strings.Contains(b, part) {
				return b
			}
		}
		r.Fatalf("no button %q in %q", part, r.card(0).Buttons)
		return ""
	}
	r.click("lin", card, find("Max"))
	if c := r.conv("ada"); c.Agent != "max" {
		r.Errorf("assigned to %q", c.Agent)
	}
	r.click("max", card, find("4 小时"))
	if c := r.conv("ada"); time.Until(c.SnoozedUntil) < 3*time.Hour || !strings.Contains(r.card(0).Text, "搁置到") {
		r.Errorf("set aside until %v: %q", c.SnoozedUntil, r.card(0).Text)
	}
	r.click("max", card, resolve)
	if c := r.conv("ada"); c.Status != bot.StatusResolved || !strings.Contains(r.card(0).Text, "已结束") || len(r.card(0).Buttons) != 0 {
		r.Errorf("%s: %q %q", c.Status, r.card(0).Text, r.card(0).Buttons)
	}
	r.click("max", card, resolve) // on a card that he has still before him
	r.told("max", "没有执行")
}

// testDown: what the board cannot show is in the console, and appears when it can be reached.
func (r *deskRig) testDown() {
	for _, host := range r.Net.Hosts() {
		r.Net.Down(host)
	}
	if c := r.says("ada", "转人工"); c.Status != bot.StatusWaiting {
		r.Errorf("%s", c.Status)
	}
	r.Pass(20 * time.Minute)
	if n := len(r.office.Cards()); n != 0 {
		r.Errorf("%d cards while nothing can be reached", n)
	}
	for _, host := range r.Net.Hosts() {
		r.Net.Up(host)
	}
	r.Pass(20 * time.Minute)
	if n := len(r.office.Cards()); n != 1 {
		r.Fatalf("%d cards, want 1", n)
	}
	r.click("lin", r.card(0), claim)
	if c := r.conv("ada"); c.Agent != "lin" {
		r.Errorf("of %q", c.Agent)
	}
}

func (r *deskRig) testRestart() {
	card := r.asks("ada")
	before := len(r.office.Entries(card))
	r.halt()
	r.Pass(time.Minute)
	r.run()
	r.Pass(time.Hour)
	if n := len(r.office.Entries(card)); n != before || len(r.office.Cards()) != 1 {
		r.Errorf("%d entries instead of %d, %d cards", n, before, len(r.office.Cards()))
	}
	r.write("lin", card, ">> 久等了")
	r.want("the customer got", r.customer.fromPeople(), []string{"久等了"})
	r.halt()
	c := r.conv("ada")
	c.Tags = []string{"vip"} // somebody changes it while the board is not looked after
	if err := r.store.Save(r.Context(), bot.Change{Conversation: c}); err != nil {
		r.Fatal(err)
	}
	r.run()
	r.Pass(time.Hour)
	if n := len(r.office.Cards()); n != 1 {
		r.Errorf("%d cards", n)
	}
}

// testLost loses answers to calls that worked.
func (r *deskRig) testLost() {
	r.needsCertainty()
	r.Platform.Fail(Fault{Reset: After}, Fault{}, Fault{Reset: After}, Fault{Status: 503}, Fault{Reset: Before})
	card := r.asks("ada")
	r.says("ada", "还在吗？")
	r.Pass(time.Hour)
	if n := len(r.office.Cards()); n != 1 {
		r.Errorf("%d cards", n)
	}
	if said := strings.Join(Texts(r.office.Entries(card)), "\n"); strings.Count(said, "还在吗？") != 1 || strings.Count(said, "转人工") < 1 {
		r.Errorf("the thread says %q", said)
	}
}

func (r *deskRig) needsCertainty() {
	r.Helper()
	if !r.s.Certain {
		r.Skip("the platform does not tell whether a call whose answer was lost has worked")
	}
}

// testHiccups: calls that certainly did nothing are made again, and nothing that worked is repeated.
func (r *deskRig) testHiccups() {
	r.Platform.Fail(Fault{Status: 503}, Fault{Status: 429, RetryAfter: 40 * time.Second})
	r.office.Trip(Fault{Status: 503})
	r.says("ada", "转人工")
	r.Pass(10 * time.Minute)
	card := r.card(0)
	r.office.Trip(Fault{Status: 429, RetryAfter: 40 * time.Second}, Fault{}, Fault{Status: 503})
	r.click("lin", card, claim)
	r.Pass(10 * time.Minute)
	if n := len(r.office.Cards()); n != 1 || !strings.Contains(r.card(0).Text, "Lin正在处理") {
		r.Errorf("%d cards, the first says %q", n, r.card(0).Text)
	}
	if said := strings.Join(Texts(r.office.Entries(card)), "\n"); strings.Count(said, "转人工客服") != 1 {
		r.Errorf("the thread says %q", said)
	}
}

// testAgain: a conversation that went back to the bot comes a second time.
func (r *deskRig) testAgain() {
	first := r.asks("ada")
	r.click("lin", first, claim)
	r.click("lin", r.card(0), giveOut)
	if c := r.conv("ada"); c.Status != bot.StatusBot || !strings.Contains(r.card(0).Text, "交还机器人") {
		r.Errorf("%s: %q", c.Status, r.card(0).Text)
	}
	r.says("ada", "这句话只跟机器人说")
	second := r.asks("ada")
	if n := len(r.office.Cards()); n != 2 || second.ID == first.ID {
		r.Fatalf("%d cards", n)
	}
	if !strings.Contains(second.Text, "等待人工") || len(r.card(0).Buttons) != 0 {
		r.Errorf("the new card says %q, the old one %q", second.Text, r.card(0).Text)
	}
	r.click("max", second, claim)
	r.write("max", second, ">> 我在")
	r.want("the customer got", r.customer.fromPeople(), []string{"我在"})
}

// testNative: an agent answers a customer in the app itself, beside us. That takes the conversation over.
func (r *deskRig) testNative() {
	thread := r.office.Public("我要投诉快递")
	r.Pass(time.Minute)
	r.office.Answer("eve", "我也是客户") // no agent: never hers to take over
	r.Pass(time.Minute)
	spoken := len(r.customer.seen)
	r.office.Answer("lin", "您好，我来帮您看看")
	for range 2 {
		r.office.Repeat()
		r.Pass(time.Minute)
	}
	c, err := r.store.Current(r.Context(), inbox, thread)
	if err != nil {
		r.Fatal(err)
	}
	messages, err := r.store.Messages(r.Context(), c.ID, 0, 0)
	if err != nil {
		r.Fatal(err)
	}
	var adopted []bot.Message
	for _, m := range messages {
		if m.Author == bot.ByAgent {
			adopted = append(adopted, m)
		}
	}
	if c.Status != bot.StatusAgent || c.Agent != "lin" {
		r.Errorf("%s of %q", c.Status, c.Agent)
	}
	if len(adopted) != 1 || adopted[0].Delivery != bot.Sent || adopted[0].SourceID == "" || adopted[0].Text != "您好，我来帮您看看" {
		r.Errorf("recorded as %+v", adopted)
	}
	r.office.Public("谢谢") // the same thread
	r.Pass(time.Minute)
	if n := len(r.customer.seen); n != spoken {
		r.Errorf("%d messages were sent after she had taken over: %q", n-spoken, r.customer.seen[spoken].Text)
	}
}

// testFile: a file stands in the thread of its card, once, also when the answer to the first attempt was lost and the platform
// can be asked.
func (r *deskRig) testFile() {
	board := r.Channel.(channels.DeskHost).Board()
	files, ok := board.(channels.FileBoard)
	if !ok {
		r.Fatal("the board takes no files: a customer's picture would not reach the agents")
	}
	card, err := board.Show(r.Context(), channels.BoardCard{Key: "k", Title: "Ada", Body: channels.Plain("card"), At: time.Now()})
	if err != nil {
		r.Fatal(err)
	}
	f := channels.BoardFile{Key: "k/f0", File: bot.File{Name: "坏了.pdf", Size: 8}, Data: []byte("%PDF-1.7"), At: time.Now()}
	if r.s.Certain {
		r.Platform.Fail(Fault{Reset: After})
		if err := files.PutFile(r.Context(), card.Ref, f); channels.ReasonOf(err) != channels.Ambiguous {
			r.Errorf("the answer is lost: %v", err)
		}
		f.Again = true
	}
	if err := files.PutFile(r.Context(), card.Ref, f); err != nil {
		r.Error(err)
	}
	entries := slices.DeleteFunc(r.office.Entries(Shown{ID: card.ID}), func(s Shown) bool { return len(s.Files) == 0 })
	if len(entries) != 1 || len(entries[0].Files) != 1 || entries[0].Files[0].Name != "坏了.pdf" || string(entries[0].Files[0].Data) != "%PDF-1.7" {
		r.Errorf("the thread: %+v", entries)
	}
}
