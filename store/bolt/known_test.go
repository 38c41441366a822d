package bolt

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

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
			m := bot.Message{Conversation: "c", Seq: 1, Text: text, Direction: bot.Outgoing}
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
	if _, ok := s.known.records[string(key)]; !ok {
		t.Error("what was read is not known")
	}
}

func TestKnownIsBounded(t *testing.T) {
	var k known
	for i := range 2 * maxKnown {
		k.note(fmt.Append(nil, i), []byte("record"), i)
	}
	if last, ok := k.records[fmt.Sprint(2*maxKnown-1)]; len(k.records) != maxKnown || !ok || last.value != 2*maxKnown-1 {
		t.Errorf("%d values are kept, the last is %v", len(k.records), last.value)
	}
}

// TestReadersOwnWhatTheyGet: what a reader is given from memory is what the record says, and nothing of it is shared,
// whatever fields a conversation or a message may have.
func TestReadersOwnWhatTheyGet(t *testing.T) {
	var c bot.Conversation
	fill(reflect.ValueOf(&c).Elem())
	owned(t, "Conversation", reflect.ValueOf(c), reflect.ValueOf(ownConversation(c)))
	same(t, c, ownConversation(c))

	var m bot.Message
	fill(reflect.ValueOf(&m).Elem())
	m.Analysis, m.Decision = nil, nil // such a message is always decoded
	owned(t, "Message", reflect.ValueOf(m), reflect.ValueOf(ownMessage(m)))
	same(t, m, ownMessage(m))
}

// fill gives every field a value.
func fill(v reflect.Value) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key)
		fill(value)
		v.SetMapIndex(key, value)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i))
			}
		}
	case reflect.String:
		v.SetString("x")
	case reflect.Uint64, reflect.Uint32, reflect.Uint8:
		v.SetUint(7)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Float64:
		v.SetFloat(0.5)
	case reflect.Bool:
		v.SetBool(true)
	}
}

// owned fails when two values share memory, or a time of the second has the reading of the process's own clock.
func owned(t *testing.T, path string, a, b reflect.Value) {
	t.Helper()
	if at, ok := b.Interface().(time.Time); ok {
		if at != at.Round(0) {
			t.Errorf("%s: %v", path, at)
		}
		return
	}
	switch a.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		if a.IsNil() {
			return
		}
		if a.Pointer() == b.Pointer() {
			t.Errorf("%s is shared", path)
		}
	}
	switch a.Kind() {
	case reflect.Pointer:
		owned(t, path, a.Elem(), b.Elem())
	case reflect.Slice:
		owned(t, path+"[0]", a.Index(0), b.Index(0))
	case reflect.Map:
		key := a.MapKeys()[0]
		owned(t, path+"["+key.String()+"]", a.MapIndex(key), b.MapIndex(key))
	case reflect.Struct:
		for i := range a.NumField() {
			owned(t, path+"."+a.Type().Field(i).Name, a.Field(i), b.Field(i))
		}
	}
}

func same(t *testing.T, a, b any) {
	t.Helper()
	x, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	if y, err := json.Marshal(b); err != nil || string(x) != string(y) {
		t.Errorf("%s\nbecomes %s (%v)", x, y, err)
	}
}
