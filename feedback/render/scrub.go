package render

import (
	"reflect"
	"strings"
	"time"

	"huiyin/feedback"
)

// scrubbed is a digest for people's eyes: its texts without what nobody sees and what turns the rest around.
func scrubbed(d feedback.Digest) feedback.Digest {
	return scrubValue(reflect.ValueOf(d)).Interface().(feedback.Digest)
}

// scrub drops control characters, but for tabs and line ends, and the marks that make a text run the other way (Unicode TR 9: 202E
// and its kind): in a table or in an e-mail they would turn what stands behind them too.
func scrub(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\n':
			return r
		case r < ' ', r >= 0x7F && r < 0xA0, r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
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
