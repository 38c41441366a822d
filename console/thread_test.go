package console_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
)

// TestDaysOfAThread: each day of a thread begins with its date, also where a page asks only for the newest messages.
func TestDaysOfAThread(t *testing.T) {
	o := open(t)
	o.talk("c1", "Ada", bot.StatusAgent, "first", "second")
	o.change("c1", func(c *bot.Change) {
		for i, after := range []time.Duration{time.Hour, 13 * 24 * time.Hour, 13*24*time.Hour + time.Minute} {
			seq := uint64(i + 3)
			c.Messages = append(c.Messages, bot.Message{ID: bot.MessageID(fmt.Sprint("c1-", seq)), Conversation: "c1", Seq: seq, Inbox: "web", Thread: "t-c1",
				Direction: bot.Incoming, Author: bot.ByContact, Text: fmt.Sprint("later ", seq), At: o.now.Add(after)})
			c.Conversation.LastSeq = seq
		}
	})
	b := o.as("agent")
	heading := regexp.MustCompile(`data-seq="(\d+)"[^>]*>\s*<p class="day"><time datetime="([0-9-]+)"`)
	days := func(path string) string {
		t.Helper()
		_, body := b.do("GET", path, nil)
		var all []string
		for _, m := range heading.FindAllStringSubmatch(body, -1) {
			all = append(all, m[1]+" "+m[2])
		}
		return strings.Join(all, ", ")
	}
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	today, later := o.now.In(zone).Format(time.DateOnly), o.now.Add(13*24*time.Hour).In(zone).Format(time.DateOnly)
	for path, want := range map[string]string{
		"/console/c/c1":                   "1 " + today + ", 4 " + later,
		"/console/c/c1/messages?after=0":  "1 " + today + ", 4 " + later,
		"/console/c/c1/messages?after=2":  "4 " + later,
		"/console/c/c1/messages?after=3":  "4 " + later,
		"/console/c/c1/messages?after=4":  "",
		"/console/c/c1/messages?after=99": "",
	} {
		if got := days(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}
