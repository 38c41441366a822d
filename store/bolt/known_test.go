package bolt

import (
	"fmt"
	"testing"

	"huiyin/bot"
)

// TestKnownCountsWhileTheRecordStands: what the writer knows of a record must never outlive the record.
func TestKnownCountsWhileTheRecordStands(t *testing.T) {
	s := openTest(t)
	key := messageKey("c", 1)
	text := func() (got string) {
		if err := s.write(t.Context(), func(x *txn) error {
			m, _, err := recall[bot.Message](x, key)
			got = m.Text
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return got
	}
	put := func(text string, note bool, failure error) {
		t.Helper()
		err := s.write(t.Context(), func(x *txn) error {
			m := bot.Message{Conversation: "c", Seq: 1, Text: text, Delivery: bot.Queued}
			value, err := encode(m)
			if err != nil {
				return err
			}
			if note {
				err = x.putMessage(m, value)
			} else {
				err = x.put(tConversations, key, value)
			}
			if err == nil {
				err = failure
			}
			return err
		})
		if (err != nil) != (failure != nil) {
			t.Fatal(err)
		}
	}
	if got := text(); got != "" {
		t.Fatalf("there is %q before anything was written", got)
	}
	put("one", true, nil)
	if got := text(); got != "one" {
		t.Errorf("known as %q", got)
	}
	put("two", false, nil)
	if got := text(); got != "two" {
		t.Errorf("after somebody else wrote the record: %q", got)
	}
	put("three", true, fmt.Errorf("a failure after the writing")) // rolled back
	if got := text(); got != "two" {
		t.Errorf("after a transaction that failed: %q", got)
	}
	if _, ok := s.known[string(key)]; !ok {
		t.Error("what was read is not known")
	}
}

func TestKnownIsBounded(t *testing.T) {
	k := known{}
	for i := range 2 * maxKnown {
		k.note(fmt.Append(nil, i), []byte("record"), i)
	}
	if last, ok := k[fmt.Sprint(2*maxKnown-1)]; len(k) != maxKnown || !ok || last.value != 2*maxKnown-1 {
		t.Errorf("%d values are kept, the last is %v", len(k), last.value)
	}
}
