package render

import (
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"huiyin/feedback"
)

// scrubbed is a digest for people's eyes: its texts without what nobody sees and what turns the rest around.
func scrubbed(d feedback.Digest) feedback.Digest {
	return scrubValue(reflect.ValueOf(d)).Interface().(feedback.Digest)
}

// scrub drops what nobody sees and what turns a text around: control characters but for tabs and line ends, overrides and isolates of
// direction (Unicode TR 9), zero-width and other characters that show nothing, and tags. What makes the characters beside it look
// as they should stays: see needed.
func scrub(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if !strings.ContainsFunc(s, hidden) {
		return s
	}
	directed := strings.ContainsFunc(s, leftwards)
	var b strings.Builder
	before := rune(-1) // the character before, if it stays
	for i, r := range s {
		rest := s[i+utf8.RuneLen(r):]
		if hidden(r) && !needed(before, r, rest) && !(directed && directional(r)) {
			before = -1
			continue
		}
		b.WriteRune(r)
		if r == blackFlag {
			b.WriteString(nation(rest))
		}
		before = r
	}
	return b.String()
}

// scrubValue copies a value with all of its texts scrubbed.
func scrubValue(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.String:
		out.SetString(scrub(v.String()))
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		out.Set(reflect.New(v.Type().Elem()))
		out.Elem().Set(scrubValue(v.Elem()))
	case reflect.Interface:
		if v.IsNil() {
			return v
		}
		out.Set(scrubValue(v.Elem()))
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return v
		}
		for i := range v.NumField() {
			out.Field(i).Set(scrubValue(v.Field(i)))
		}
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(scrubValue(v.Index(i)))
		}
	case reflect.Map:
		if v.IsNil() {
			return v
		}
		out.Set(reflect.MakeMapWithSize(v.Type(), v.Len()))
		for _, key := range v.MapKeys() {
			out.SetMapIndex(scrubValue(key), scrubValue(v.MapIndex(key)))
		}
	default: // numbers and truths, and arrays of them
		return v
	}
	return out
}
