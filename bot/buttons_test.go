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

// TestOnlyOption: a yes or no to "is this what you mean?" is about that one thing, whether or not a person is offered beside it.
func TestOnlyOption(t *testing.T) {
	one := []Button{{Title: "How to return", Action: "article:returns"}, {Title: "None of these", Action: "none"}}
	withPerson := append(one[:2:2], Button{Title: "A person", Action: "human:low_confidence"})
	two := append([]Button{{Title: "Invoices", Action: "intent:invoice"}}, one...)
	for _, c := range []struct {
		of   []Button
		text string
		want string
	}{
		{one, "yes", "article:returns"}, {one, "是的", "article:returns"}, {one, "对", "article:returns"}, {one, "嗯", "article:returns"}, {one, "Yes, that one", "article:returns"}, {one, "right", "article:returns"},
		{withPerson, "yes", "article:returns"}, {withPerson, "对的", "article:returns"}, {withPerson, "no", "none"}, {withPerson, "A person", "human:low_confidence"},
		{one, "不是", "none"}, {one, "No.", "none"}, {one, "not that", "none"}, {two, "yes", ""}, {two, "不是", ""}, {one, "where is it", ""},
	} {
		got, ok := named(c.of, nlp.Fold(c.text))
		if ok != (c.want != "") || got != c.want {
			t.Errorf("%q of %d chooses %q, %v; want %q", c.text, len(c.of), got, ok, c.want)
		}
	}
}
