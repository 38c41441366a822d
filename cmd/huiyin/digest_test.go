package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"huiyin/store/open"
)

// TestDigestOfNothing: without a message there is no digest but an error that says what to do; of a quiet week the page says so, and
// the terminal which weeks have messages.
func TestDigestOfNothing(t *testing.T) {
	dir := emptyData(t)
	page := filepath.Join(dir, "digest.md")
	for lang, want := range map[string]string{"zh": "没有客户发来消息", "en": "no customer has written yet"} {
		code, out, errs := command(t, "", "--data", dir, "--lang", lang, "digest", "--format", "md", "--out", page)
		if _, err := os.Stat(page); code != exitFailed || out != "" || err == nil || !strings.Contains(errs, want) || !strings.Contains(errs, "make demo") || !strings.Contains(errs, "--data") {
			t.Errorf("%s: code %d, %s%s", lang, code, out, errs)
		}
	}
	s, err := open.Open("bolt:"+filepath.Join(dir, "huiyin.db"), open.Options{Now: clockOf(t).now})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 9, 9, 12, 0, 0, 0, time.UTC)
	saveHello(t, s, at)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[string][2]string{"zh": {"有消息的周：2026-W37", "这一周没有客户发来消息"}, "en": {"Weeks with messages: 2026-W37", "Nobody wrote in this week"}} {
		code, out, errs := command(t, "", "--data", dir, "--lang", lang, "digest", "--week", "2026-W40", "--format", "md", "--out", page)
		text, err := os.ReadFile(page)
		if code != exitDone || out != page+"\n" || err != nil || !strings.Contains(errs, want[0]) || !strings.Contains(string(text), want[1]) || strings.Contains(string(text), "0%") {
			t.Errorf("%s: code %d, %s%s\n%s", lang, code, out, errs, text)
		}
		code, _, errs = command(t, "", "--data", dir, "--lang", lang, "digest", "--week", "2026-W37", "--format", "md", "--out", page)
		if text, err := os.ReadFile(page); code != exitDone || err != nil || errs != "" || strings.Contains(string(text), want[1]) {
			t.Errorf("%s: a week with a message: code %d, %s\n%s", lang, code, errs, text)
		}
	}
}
