package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"huiyin/console"
)

// TestBehindANumberInTheShop: the page behind a number of the digest says in good English how much it shows, masks personal data, and
// there is none behind what is no number.
func TestBehindANumberInTheShop(t *testing.T) {
	withShop(t, func(s *shopTalk) {
		s.says(t, "ada", "hello, my e-mail is ada.lovelace@example.com")
		s.says(t, "ada", "where is my <b>order</b>")
		d := s.app.digests()
		page := func(of, lang string) string {
			t.Helper()
			var out bytes.Buffer
			if err := d.Behind(s.ctx, d.Week(s.app.Now()), of, lang, &out); err != nil {
				t.Fatal(err)
			}
			return out.String()
		}
		got := page("volume/messages", "en")
		for _, want := range []string{"2 messages in one conversation", "1 个会话中的 2 条消息", "&lt;b&gt;order&lt;/b&gt;"} {
			if !strings.Contains(got, want) {
				t.Errorf("no %q in %s", want, got)
			}
		}
		if strings.Contains(got, "lovelace") {
			t.Errorf("an address is shown: %s", got)
		}
		for _, of := range []string{"volume/none", "reason/<script>", "topic/../../x"} {
			if err := d.Behind(s.ctx, d.Week(s.app.Now()), of, "en", &bytes.Buffer{}); !errors.Is(err, console.ErrNoWeek) {
				t.Errorf("%s: %v", of, err)
			}
		}
	})
}
