package main

import (
	"slices"
	"strings"
	"testing"
)

// A variable that nothing reads is named, with the one that is probably meant; those of inboxes and of the command line are read.
func TestStrangers(t *testing.T) {
	a := newEnvNames(func(string) (string, bool) { return "", false })
	for _, name := range []string{"HUIYIN_ZONE", "HUIYIN_HTTP_LISTEN", "HUIYIN_HTTP_PUBLIC_URL", "HUIYIN_INBOX_TG_TOKEN", "LANG"} {
		a.lookup(name)
	}
	got := a.strangers([]string{"HUIYIN_ZOME=Asia/Shanghai", "HUIYIN_HTTP_LISTN=:1", "HUIYIN_DATA=x", "HUIYIN_CONFIG=y", "HUIYIN_INBOX_TG_TOKEN=s", "HUIYIN_INBOX_TGG_TOKEN=s", "PATH=/bin", "LANGG=zh"})
	want := []stranger{{"HUIYIN_HTTP_LISTN", "HUIYIN_HTTP_LISTEN"}, {"HUIYIN_INBOX_TGG_TOKEN", "HUIYIN_INBOX_TG_TOKEN"}, {"HUIYIN_ZOME", "HUIYIN_ZONE"}}
	if !slices.Equal(got, want) {
		t.Errorf("%v\nwant %v", got, want)
	}
	for _, tc := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "", 3}, {"ZOME", "ZONE", 1}, {"LISTN", "LISTEN", 1}, {"kitten", "sitting", 3}} {
		if got, back := letters(tc.a, tc.b), letters(tc.b, tc.a); got != tc.want || back != tc.want {
			t.Errorf("%q to %q: %d, back %d, want %d", tc.a, tc.b, got, back, tc.want)
		}
	}
}

// What serve would run is assembled; a misspelt variable is a warning, and does not hide that the rest is good.
func TestConfigCheckNamesStrangers(t *testing.T) {
	t.Setenv("HUIYIN_ZOME", "Asia/Shanghai")
	code, out, errs := command(t, "", "--lang", "en", "config", "check")
	if code != exitDone || !strings.Contains(out, "The configuration is good") || !strings.Contains(errs, "HUIYIN_ZOME is set in the environment, and nothing reads it. The nearest there is: HUIYIN_ZONE\n") {
		t.Errorf("code %d: %s%s", code, out, errs)
	}
}

func TestWeekday(t *testing.T) {
	for want, names := range map[int][]string{0: {"sun", "Sunday", "周日", "星期天", "礼拜日"}, 1: {"mon", "MONDAY", "周一"}, 6: {"sat", "saturday", "星期六"}} {
		for _, name := range names {
			if got, err := weekday("digest.weekday", name); err != nil || int(got) != want {
				t.Errorf("%s: %v %v", name, got, err)
			}
		}
	}
	for _, name := range []string{"", "周", "周八", "m", "someday"} {
		if got, err := weekday("digest.weekday", name); err == nil {
			t.Errorf("%q is %v", name, got)
		}
	}
}
