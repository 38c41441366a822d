package api

import (
	"testing"
	"time"
	"unicode/utf8"
)

// FuzzCursor holds that there is one way to write each cursor, and that none is read that was not written.
func FuzzCursor(f *testing.F) {
	f.Add(cursor{time.Date(2026, 11, 16, 12, 0, 0, 5, time.UTC), "q7mzk2v4p9xw3c6t"}.String())
	f.Add("")
	f.Add("MjAyNi0xMS0xNlQxMjowMDowMFogeA")
	f.Add("!!\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseCursor(text)
		if err != nil {
			return
		}
		again, err := parseCursor(c.String())
		if c.String() != text || err != nil || !again.at.Equal(c.at) || again.id != c.id || c.id == "" {
			t.Errorf("%q is read as %v, written as %q, %v", text, c, c.String(), err)
		}
	})
}

// FuzzQuery holds that what is read of a query is of the kind that its parameter has, and bounded.
func FuzzQuery(f *testing.F) {
	for _, raw := range []string{"", "limit=5&agent=a", "limit=5&limit=6", "status=bot&status=waiting", "from=2026-11-16T12:00:00Z", "a=%zz", "agent=%ff", ";", "limit=99999999999999999999", "cursor=MjAyNi0xMS0xNlQxMjowMDowMFogeA"} {
		f.Add(raw)
	}
	known := []param{limitParam, cursorParam, {name: "agent", kind: "text"}, {name: "status", kind: "text", many: true, values: statuses()}, {name: "from", kind: "instant"}}
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := readQuery(raw, known)
		if err != nil {
			if p, ok := err.(*Problem); !ok || p.Status != 400 || p.Where == "" || p.Advice == "" || !utf8.ValidString(p.Where) {
				t.Fatalf("%q: %v", raw, err)
			}
			return
		}
		c := &call{query: got}
		if n := c.limit(); n < 1 || n > maxLimit {
			t.Errorf("%q: limit %d", raw, n)
		}
		if s := c.text("agent"); !utf8.ValidString(s) || len(s) > maxText {
			t.Errorf("%q: agent %q", raw, s)
		}
		for name, v := range got {
			switch v.(type) {
			case string, []string, uint64, time.Time, cursor:
			default:
				t.Errorf("%q: %s is a %T", raw, name, v)
			}
		}
	})
}
