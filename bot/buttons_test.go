package bot

import (
	"testing"

	"huiyin/nlp"
)

// TestNamedNumbers: where the choices are numbers, a number is what it says; a place is still a place.
func TestNamedNumbers(t *testing.T) {
	buttons := func(titles ...string) (list []Button) {
		for _, title := range titles {
			list = append(list, Button{Title: title, Action: "slot:" + title})
		}
		return list
	}
	months, mixed := buttons("3", "6", "12"), buttons("3 months", "1", "a year")
	for _, c := range []struct {
		of   []Button
		text string
		want string
	}{
		{months, "3", "3"}, {months, "６", "6"}, {months, "12", "12"}, {months, "选3", "3"}, {months, "三", "3"}, {months, "six", "6"}, {months, "我要 12", "12"},
		{months, "2", ""}, {months, "1", ""}, {months, "一", ""},
		{months, "第三个", "12"}, {months, "the first one", "3"}, {months, "last", "12"}, {months, "最后一个", "12"}, {months, "第2个", "6"},
		{mixed, "3", "a year"}, {mixed, "1", "3 months"}, {mixed, "3 months", "3 months"}, {mixed, "选2", "1"},
		{nil, "3", ""},
	} {
		got, ok := named(c.of, nlp.Fold(c.text))
		if want := "slot:" + c.want; ok != (c.want != "") || ok && got != want {
			t.Errorf("%q chooses %q, %v; want %q", c.text, got, ok, c.want)
		}
	}
}
