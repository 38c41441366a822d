package desk_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/channels"
)

// apps are the platforms: each file is its own URL, unless it is gone.
type apps struct{}

func (apps) Fetch(_ context.Context, inbox bot.InboxID, f bot.File, _ int64) (io.ReadCloser, error) {
	if strings.Contains(f.URL, "gone") {
		return nil, bot.ErrNotFound
	}
	return io.NopCloser(strings.NewReader(string(inbox) + " " + f.URL)), nil
}

// shares lets a member of the team write with a file attached.
func (s *shop) shares(inbox bot.InboxID, user, text string, files ...bot.File) {
	s.Helper()
	s.wrote++
	w := s.walls[inbox]
	s.event(bot.Inbound{Inbox: inbox, Kind: bot.KindMessage, SourceID: fmt.Sprint(w.rules.Home, "m", s.wrote), Thread: w.cards[0].Ref, Text: text, Files: files,
		Staff: true, From: bot.Person{SourceID: user}})
}

// shown are the names and the bytes of the files on a board.
func (w *wall) shown() (all []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.files {
		all = append(all, f.File.Name+": "+string(f.Data))
	}
	return all
}

// TestFilesOfCustomersOnBoards: they stand in the thread where personal data may be shown, else a link does.
func TestFilesOfCustomersOnBoards(t *testing.T) {
	inShopWith(t, func(s *shop) { s.walls["telegram"].rules.Personal = true }, func(s *shop) {
		slack, telegram := s.walls["slack"], s.walls["telegram"]
		s.says("看", bot.File{Name: "拉链.jpg", URL: "w:1"})
		s.says("转人工")
		telegram.mu.Lock()
		telegram.fail = []channels.Reason{"", channels.Transient, channels.Ambiguous} // the entry works, then its file does not
		telegram.mu.Unlock()
		s.says("这张也是", bot.File{Name: "13812345678.jpg", URL: "w:2"}, bot.File{Name: "gone.pdf", URL: "w:gone"}, bot.File{Name: "c.pdf", URL: "w:3"})
		s.pass(time.Hour)
		want := []string{"拉链.jpg: web w:1", "13812345678.jpg: web w:2", "c.pdf: web w:3"}
		if got := telegram.shown(); !slices.Equal(got, want) {
			t.Errorf("shown: %q", got)
		}
		if n := len(slack.shown()); n != 0 {
			t.Errorf("%d files where personal data are not shown", n)
		}
		said := slack.said(0)
		for _, part := range []string{"📎 拉链.jpg", "https://support.example/console/c/" + string(s.conv().ID) + "/files/", "138****5678.jpg", "gone.pdf", "已失效"} {
			if !strings.Contains(said, part) {
				t.Errorf("the thread lacks %q:\n%s", part, said)
			}
		}
		if strings.Contains(telegram.said(0), "support.example") || strings.Contains(said, "13812345678") {
			t.Errorf("a link to what stands there, or a number: %s\n%s", telegram.said(0), said)
		}
		again := 0
		for _, f := range telegram.files {
			if f.Again {
				again++
			}
		}
		if again != 1 {
			t.Errorf("%d files were looked for before they were sent again, want the one that failed", again)
		}
	})
}

// TestFilesOfTheTeam: with the mark they reach the customer, without it they are part of a note; all of a message or nothing.
func TestFilesOfTheTeam(t *testing.T) {
	personal := func(s *shop) { s.walls["telegram"].rules.Personal, s.walls["slack"].rules.Personal = true, true }
	inShopWith(t, personal, func(s *shop) {
		s.says("转人工")
		guide := bot.File{Name: "说明.pdf", URL: "s:1"}
		s.shares("slack", "U1", ">> 请看附件", guide)
		s.shares("slack", "U1", "内部资料", guide, bot.File{Name: "gone.pdf", URL: "s:gone"})
		s.shares("slack", "U1", ">>", bot.File{Name: "b.png", URL: "s:2"})
		s.shares("slack", "U1", ">> 还有这个", guide, bot.File{Name: "gone.pdf", URL: "s:gone"})
		s.shares("slack", "U1", ">> 大的", bot.File{Name: "large.bin", URL: "s:" + strings.Repeat("x", 600)})
		s.pass(time.Hour)
		messages, err := s.store.Messages(t.Context(), s.conv().ID, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range messages {
			if m.Author != bot.ByAgent {
				continue
			}
			line := fmt.Sprint(map[bool]string{true: "note ", false: "reply "}[m.Private], strings.ReplaceAll(m.Text, "\n", "|"))
			for _, f := range m.Files {
				data, err := s.store.FileData(t.Context(), m.Inbox, m.Thread, f.ID)
				line += fmt.Sprintf(" [%s=%s %v]", f.Name, data, err)
			}
			got = append(got, line)
		}
		want := []string{"reply 请看附件 [说明.pdf=slack s:1 <nil>]", "note 内部资料|📎 gone.pdf（，0 B） · 已失效 [说明.pdf=slack s:1 <nil>]", "reply  [b.png=slack s:2 <nil>]"}
		if !slices.Equal(got, want) {
			t.Errorf("kept:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		told := strings.Join(s.walls["slack"].told, "\n")
		if !strings.Contains(told, "gone.pdf 没能取到") || !strings.Contains(told, "文件太大") || len(s.walls["slack"].told) != 2 {
			t.Errorf("told: %q", told)
		}
		if shown := s.walls["telegram"].shown(); !slices.Equal(shown, []string{"说明.pdf: slack s:1", "说明.pdf: slack s:1", "b.png: slack s:2"}) {
			t.Errorf("shown on the other board: %q", shown)
		}
		if shown := s.walls["slack"].shown(); len(shown) != 0 {
			t.Errorf("shown where it was written: %q", shown)
		}
	})
}
