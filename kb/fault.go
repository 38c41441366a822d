package kb

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"huiyin/internal/locale"
	"huiyin/internal/printable"
	"huiyin/internal/yamlfile"
)

// Fault is what is wrong with something that an editor wrote or brought, as a sentence that can be said in her language.
type Fault struct {
	Key   string // of the sentence in a catalogue; begins with "kb.fault."
	Pairs []any  // name, value, …: what stands in its placeholders; an error among the values is said in the same language
	text  string // the sentence in English
	mark  error  // what the program goes by; may be nil
}

// NewFault makes a Fault of a sentence in English with placeholders {name}, which stands under the same key in the catalogue
// of English, and of name, value, …. Values that come from a file are made safe to print.
func NewFault(key, sentence string, pairs ...any) *Fault {
	f := &Fault{Key: "kb.fault." + key, Pairs: pairs, text: sentence}
	for i, v := range pairs {
		if s, ok := v.(string); ok && i%2 == 1 {
			pairs[i] = quoted(s)
		}
	}
	return f
}

// Marked makes errors.Is find an error in it, too.
func (f *Fault) Marked(mark error) *Fault {
	f.mark = mark
	return f
}

// Error is the sentence in English.
func (f *Fault) Error() string { return locale.Fill(f.text, f.Pairs...) }

// Unwrap gives the mark, and the errors that the sentence quotes.
func (f *Fault) Unwrap() []error {
	var all []error
	if f.mark != nil {
		all = append(all, f.mark)
	}
	for _, v := range f.Pairs {
		if err, ok := v.(error); ok {
			all = append(all, err)
		}
	}
	return all
}

// reasoned is an error whose reason has a name of its own: see importer.Reasons.
type reasoned interface {
	error
	Reason() string
}

// Say is an error in the language of words, which fills the sentences of a catalogue: an InputError, a Fault, several of them,
// or one of them with something around it. What is none of these stays as it is.
func Say(err error, words Words) string {
	switch e := err.(type) {
	case *Fault:
		pairs := make([]any, len(e.Pairs))
		for i, v := range e.Pairs {
			if err, ok := v.(error); ok {
				v = Say(err, words)
			}
			pairs[i] = v
		}
		return words(e.Key, pairs...)
	case *yamlfile.Error:
		return sayYAML(e, words)
	case reasoned:
		return words("kb.web." + e.Reason())
	case *InputError:
		what := Say(e.Err, words)
		switch {
		case e.Line == 0 && e.File == "":
			return what
		case e.Line == 0:
			return words("kb.fault.in", "file", e.File, "what", what)
		case e.File == "":
			return words("kb.fault.line", "line", e.Line, "what", what)
		}
		return words("kb.fault.at", "file", e.File, "line", e.Line, "what", what)
	case interface{ Unwrap() []error }:
		text := err.Error()
		for _, part := range e.Unwrap() {
			text = strings.Replace(text, part.Error(), Say(part, words), 1)
		}
		return text
	}
	if part := errors.Unwrap(err); part != nil {
		return strings.Replace(err.Error(), part.Error(), Say(part, words), 1)
	}
	return err.Error()
}

// sayYAML says a common mistake in a YAML file in the language of words.
func sayYAML(e *yamlfile.Error, words Words) string {
	var what string
	switch {
	case e.Has != "":
		has := words("kb.yaml." + e.Has)
		if e.Value != "" {
			has = words("kb.yaml.begins", "what", has, "value", quoted(e.Value))
		}
		what = words("kb.yaml.misfit", "has", has, "want", words("kb.yaml."+e.Want))
	case e.Flaw != "":
		pairs := slices.Clone(e.Pairs)
		for i := 1; i < len(pairs); i += 2 {
			if s, ok := pairs[i].(string); ok && pairs[i-1] == "key" {
				pairs[i] = quoted(s)
			}
		}
		what = words("kb.yaml."+e.Flaw, pairs...)
	default:
		return e.Error()
	}
	switch {
	case e.File == "":
		return what
	case e.Line == 0:
		return words("kb.fault.in", "file", e.File, "what", what)
	}
	return words("kb.yaml.at", "file", e.File, "line", e.Line, "what", what)
}

// Verbatim is a value of a Fault that is quoted as it is: a list of ours, or a place.
type Verbatim string

// named is a list of names in one value.
func named(list []string) Verbatim { return Verbatim(strings.Join(list, ", ")) }

// shownRunes is how much of a value a sentence quotes.
const shownRunes = 80

// quoted is a value from outside as a sentence quotes it: short, on one line, without what a terminal would obey.
func quoted(s string) string {
	s = printable.Line(s)
	if utf8.RuneCountInString(s) > shownRunes {
		s = string([]rune(s)[:shownRunes]) + "…"
	}
	return s
}
