package storetest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/kb"
	"huiyin/store"
)

func article(id kb.ArticleID) kb.Article {
	return kb.Article{ID: id, Root: "returns", Lang: "zh", Title: "退货", Body: "七天无理由退货。", Status: kb.Published,
		Questions: []string{"怎么退货"}, Tags: []string{"售后"}, From: start, UpdatedAt: start, UpdatedBy: "mei"}
}

func testArticles(t *tester) {
	v0, err := t.Version(t.ctx)
	t.ok(err)
	saved, err := t.SaveArticles(t.ctx, []kb.Article{article("b.zh"), article("a.zh")})
	t.ok(err)
	b, a := article("b.zh"), article("a.zh")
	a.Revision, b.Revision = 1, 1
	a.TextAt, b.TextAt = start, start
	t.equal("saved", saved, []kb.Article{b, a})
	v1, err := t.Version(t.ctx)
	t.ok(err)
	if v1 <= v0 {
		t.Fatalf("version %d after %d", v1, v0)
	}
	all, err := t.Articles(t.ctx)
	t.ok(err)
	t.equal("articles", all, []kb.Article{a, b})

	same := b // another editor at another time, but the same words
	same.UpdatedBy, same.UpdatedAt, same.Note, same.Batch = "bob", start.Add(time.Hour), "typo", "import-1"
	saved, err = t.SaveArticles(t.ctx, []kb.Article{same})
	t.ok(err)
	t.equal("saved without a change", saved, []kb.Article{b})
	v2, err := t.Version(t.ctx)
	t.ok(err)
	if v2 != v1 {
		t.Fatalf("version %d after a save without a change, want %d", v2, v1)
	}

	edits := []func(*kb.Article){
		func(x *kb.Article) { x.Title = "退换货" }, func(x *kb.Article) { x.Body = "八天。" }, func(x *kb.Article) { x.Status = kb.Archived },
		func(x *kb.Article) { x.Questions = append(x.Questions, "能退吗") }, func(x *kb.Article) { x.Until = start.AddDate(1, 0, 0) },
		func(x *kb.Article) { x.Tags = nil }, func(x *kb.Article) { x.Summary = "可以退" }, func(x *kb.Article) { x.Category = "售后" },
		func(x *kb.Article) { x.Golden = []string{"几天内能退"} }, func(x *kb.Article) { x.AgreedAt = start.Add(time.Hour) },
		func(x *kb.Article) { x.Gaps = []string{"g1"} }, func(x *kb.Article) { x.Pending = &kb.Article{ID: "b.zh", Body: "九天。", Status: kb.Draft} },
		func(x *kb.Article) { x.Pending = &kb.Article{ID: "b.zh", Body: "九天。", Status: kb.Review} }, func(x *kb.Article) { x.Pending = nil },
	}
	want := []kb.Article{b}
	for i, edit := range edits {
		next := want[0]
		edit(&next)
		next.UpdatedAt, next.Note, next.Batch = start.Add(time.Duration(i)*time.Minute), "why", "import-1"
		textAt := next.TextAt
		if !kb.SameText(next, want[0]) {
			textAt = next.UpdatedAt
		}
		next.TextAt = start.AddDate(9, 0, 0) // not the caller's to set
		saved, err := t.SaveArticles(t.ctx, []kb.Article{next, a})
		t.ok(err)
		next.Revision, next.TextAt = i+2, textAt
		t.equal("edited", saved, []kb.Article{next, a})
		want = append([]kb.Article{next}, want...)
	}
	revisions, err := t.Revisions(t.ctx, "b.zh")
	t.ok(err)
	t.equal("revisions", revisions, want)
	got, err := t.Article(t.ctx, "b.zh")
	t.ok(err)
	t.equal("newest", got, want[0])
	for _, id := range []kb.ArticleID{"c.zh", "b", "b.zh2"} {
		if _, err := t.Article(t.ctx, id); !errors.Is(err, kb.ErrNotFound) {
			t.Fatalf("Article %s: %v", id, err)
		}
		if _, err := t.Revisions(t.ctx, id); !errors.Is(err, kb.ErrNotFound) {
			t.Fatalf("Revisions %s: %v", id, err)
		}
	}
}

func testArticlesConflict(t *tester) {
	_, err := t.SaveArticles(t.ctx, []kb.Article{article("a.zh")})
	t.ok(err)
	old := article("a.zh") // read before the first save
	old.Title = "旧"
	if _, err := t.SaveArticles(t.ctx, []kb.Article{article("new.zh"), old}); !errors.Is(err, kb.ErrConflict) {
		t.Fatalf("an old revision: %v", err)
	}
	if _, err := t.SaveArticles(t.ctx, []kb.Article{article("new.zh"), article("new.zh")}); !errors.Is(err, store.ErrInvalid) {
		t.Fatalf("an article twice: %v", err)
	}
	if _, err := t.SaveArticles(t.ctx, []kb.Article{article("new.zh"), article("")}); !errors.Is(err, store.ErrInvalid) {
		t.Fatalf("an article without an id: %v", err)
	}
	all, err := t.Articles(t.ctx)
	t.ok(err)
	if len(all) != 1 {
		t.Fatalf("refused writes left %+v", all)
	}
	won := 0
	for _, err := range together(10, func(i int) error {
		next := all[0]
		next.Title = fmt.Sprint("第", i, "版")
		_, err := t.SaveArticles(t.ctx, []kb.Article{next})
		return err
	}) {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, kb.ErrConflict):
			t.Fatal(err)
		}
	}
	if won != 1 {
		t.Fatalf("%d editors of one revision won", won)
	}
}

func testGaps(t *tester) {
	var gaps []kb.Gap
	for i := range 5 {
		gaps = append(gaps, kb.Gap{ID: fmt.Sprint("g", 4-i), Question: "能开发票吗", Conversation: "c", Kind: kb.GapUnanswered, At: start.Add(time.Duration(i/2) * time.Hour)})
	}
	t.ok(t.Save(t.ctx, bot.Change{Conversation: conversation("c"), Gaps: gaps}))
	sorted := []kb.Gap{gaps[1], gaps[0], gaps[3], gaps[2], gaps[4]} // by time, then id
	check := func(from, to time.Time, want []kb.Gap) {
		t.Helper()
		got, err := t.Gaps(t.ctx, from, to)
		t.ok(err)
		t.equal("gaps", got, want)
	}
	check(start, start.Add(3*time.Hour), sorted)
	check(start.Add(1), start.Add(2*time.Hour), sorted[2:4])
	check(start.Add(3*time.Hour), start.Add(9*time.Hour), nil)

	t.ok(t.CloseGaps(t.ctx, []string{"g2", "unknown", "g0"}, "invoice.zh"))
	sorted[3].ClosedBy, sorted[4].ClosedBy = "invoice.zh", "invoice.zh"
	check(start, start.Add(3*time.Hour), sorted)

	t.ok(t.CloseGaps(t.ctx, []string{"g2"}, kb.SetAside))
	t.ok(t.CloseGaps(t.ctx, []string{"g0"}, ""))
	sorted[3].ClosedBy, sorted[4].ClosedBy = kb.SetAside, ""
	check(start, start.Add(3*time.Hour), sorted)

	conv, err := t.Conversation(t.ctx, "c")
	t.ok(err)
	moved := sorted[0]
	moved.At, moved.Kind = start.Add(5*time.Hour), kb.GapNotHelpful
	t.ok(t.Save(t.ctx, bot.Change{Conversation: conv, Gaps: []kb.Gap{moved}}))
	check(start, start.Add(9*time.Hour), append(sorted[1:], moved))
}

// collect reads a sequence to its end.
func collect[T any](t *tester, all iter.Seq2[T, error]) []T {
	t.Helper()
	var found []T
	for v, err := range all {
		t.ok(err)
		found = append(found, v)
	}
	return found
}

func testBetween(t *tester) {
	var messages []bot.Message
	at := func(minutes int) time.Time { return start.Add(time.Duration(minutes) * time.Minute) }
	const n = 700 // more than any page of a back end
	for i := range n {
		id := bot.ConversationID(fmt.Sprintf("c%03d", i))
		c := conversation(id)
		c.CreatedAt, c.UpdatedAt = at(i), at(i+60)
		m := incoming(id, 1, fmt.Sprint(i))
		m.At = at(i)
		messages = append(messages, m)
		t.next(c, m)
	}
	t.equal("messages", collect(t, t.MessagesBetween(t.ctx, at(20), at(680))), messages[20:680])
	t.equal("none", collect(t, t.MessagesBetween(t.ctx, at(n), at(n+1))), []bot.Message{})
	var ids []string
	for c, err := range t.ConversationsBetween(t.ctx, at(100), at(110)) {
		t.ok(err)
		ids = append(ids, string(c.ID))
	}
	if got := strings.Join(ids, " "); got != "c040 c041 c042 c043 c044 c045 c046 c047 c048 c049 c100 c101 c102 c103 c104 c105 c106 c107 c108 c109" {
		t.Fatalf("conversations: %s", got)
	}
	seen := 0
	for range t.MessagesBetween(t.ctx, at(0), at(n)) {
		if seen++; seen == 300 {
			break
		}
	}
	// The store may be written while a report reads it.
	written := false
	for m, err := range t.MessagesBetween(t.ctx, at(0), at(n)) {
		t.ok(err)
		if !written {
			conv, err := t.Conversation(t.ctx, m.Conversation)
			t.ok(err)
			t.next(conv, outgoing(m.Conversation, 2, "答"))
			written = true
		}
	}
}

func testFacts(t *tester) {
	conv := t.begin("c")
	var facts []bot.Fact
	for i := range 600 {
		facts = append(facts, bot.Fact{Name: bot.FactTurn, Label: fmt.Sprint(i), Value: 1, Start: start, End: start.Add(time.Duration(i/3) * time.Second), Conversation: "c"})
	}
	t.ok(t.Save(t.ctx, bot.Change{Conversation: conv, Facts: facts[300:]}))
	conv.Version++
	t.ok(t.Save(t.ctx, bot.Change{Conversation: conv, Facts: facts[:300]}))
	t.equal("facts", collect(t, t.Facts(t.ctx, start, start.Add(time.Hour))), facts)
	t.equal("some", collect(t, t.Facts(t.ctx, start.Add(10*time.Second), start.Add(12*time.Second))), facts[30:36])
	ctx, cancel := context.WithCancel(t.ctx)
	cancel()
	for _, err := range t.Facts(ctx, start, start.Add(time.Hour)) {
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("after the end of ctx: %v", err)
		}
	}
}

func testRuns(t *tester) {
	const week, other = "weekly/2026-W46", "weekly/2026-W45"
	t.ok(t.ClaimRun(t.ctx, week, start, time.Hour))
	if err := t.ClaimRun(t.ctx, week, start.Add(time.Hour), time.Hour); !errors.Is(err, feedback.ErrClaimed) {
		t.Fatalf("claimed again: %v", err)
	}
	t.ok(t.ClaimRun(t.ctx, week, start.Add(time.Hour+1), time.Hour)) // the first one died
	if err := t.FinishRun(t.ctx, other, start, nil); !errors.Is(err, bot.ErrNotFound) {
		t.Fatalf("finishing a run never claimed: %v", err)
	}
	end := start.Add(2 * time.Hour)
	t.ok(t.FinishRun(t.ctx, week, end, []byte(`{"n":1}`)))
	if err := t.ClaimRun(t.ctx, week, start.AddDate(1, 0, 0), time.Hour); !errors.Is(err, feedback.ErrClaimed) {
		t.Fatalf("claimed after it was finished: %v", err)
	}
	t.ok(t.ClaimRun(t.ctx, other, start, time.Hour))
	full := feedback.Run{Key: week, Claimed: start.Add(time.Hour + 1), Done: end, Digest: []byte(`{"n":1}`)}
	got, err := t.Store.Run(t.ctx, week)
	t.ok(err)
	t.equal("run", got, full)
	full.Digest = nil
	runs, err := t.Runs(t.ctx)
	t.ok(err)
	t.equal("runs", runs, []feedback.Run{full, {Key: other, Claimed: start}})
	if _, err := t.Store.Run(t.ctx, "weekly"); !errors.Is(err, bot.ErrNotFound) {
		t.Fatalf("unknown: %v", err)
	}
}

func testClaimRunTogether(t *tester) {
	won := 0
	for _, err := range together(20, func(int) error { return t.ClaimRun(t.ctx, "weekly/2026-W46", start, time.Hour) }) {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, feedback.ErrClaimed):
			t.Fatal(err)
		}
	}
	if won != 1 {
		t.Fatalf("%d schedulers claimed the same run", won)
	}
}

// testCopies: what callers do with their values afterwards does not reach the store.
func testCopies(t *tester) {
	conv := conversation("c")
	conv.Slots = map[string]bot.Slot{"order": {Value: "A"}}
	conv.Tags = []string{"vip"}
	conv = t.next(conv, incoming("c", 1, "你好"))
	conv.Slots["order"], conv.Tags[0] = bot.Slot{Value: "B"}, "changed"
	stored, err := t.Conversation(t.ctx, "c")
	t.ok(err)
	if stored.Slots["order"].Value != "A" || stored.Tags[0] != "vip" {
		t.Fatalf("stored: %+v", stored)
	}
}

// testText: what people write comes back as they wrote it.
func testText(t *tester) {
	texts := []string{"", "你好，世界 👨‍👩‍👧‍👦", "\u202eabc\u200b", "<script>&amp;</script>", "𠮷野家\t\n\r", "a\x00b", strings.Repeat("长", 100_000)}
	var messages []bot.Message
	for i, text := range texts {
		messages = append(messages, incoming("c", uint64(i)+1, text))
	}
	t.begin("c", messages...)
	got, err := t.Messages(t.ctx, "c", 0, 0)
	t.ok(err)
	for i, text := range texts {
		if got[i].Text != text {
			t.Errorf("%.40q came back as %.40q", text, got[i].Text)
		}
	}
}

func testEnded(t *tester) {
	ctx, cancel := context.WithCancel(t.ctx)
	cancel()
	if err := t.Save(ctx, full(conversation("c"))); !errors.Is(err, context.Canceled) {
		t.Fatalf("Save: %v", err)
	}
	if _, err := t.Accept(ctx, []bot.Inbound{event("web", "1", "lin", "")}); !errors.Is(err, context.Canceled) {
		t.Fatalf("Accept: %v", err)
	}
	if _, err := t.Conversation(ctx, "c"); !errors.Is(err, context.Canceled) {
		t.Fatalf("Conversation: %v", err)
	}
	if _, err := t.Conversation(t.ctx, "c"); !errors.Is(err, bot.ErrNotFound) {
		t.Fatalf("what a cancelled call left: %v", err)
	}
}

func testWordbook(t *tester) {
	zero, err := t.Wordbook(t.ctx)
	t.ok(err)
	t.equal("never saved", zero, kb.Wordbook{})
	book := kb.Wordbook{Groups: [][]string{{"退货", "return"}}, Words: []string{"回声耳机"}, Files: "f", UpdatedAt: start, UpdatedBy: "mei"}
	t.ok(t.SaveWordbook(t.ctx, book))
	want := book
	want.Version = 1
	got, err := t.Wordbook(t.ctx)
	t.ok(err)
	t.equal("wordbook", got, want)
	if err := t.SaveWordbook(t.ctx, book); !errors.Is(err, kb.ErrConflict) {
		t.Fatalf("an old version was saved: %v", err)
	}
	t.ok(t.SaveWordbook(t.ctx, got))
}
