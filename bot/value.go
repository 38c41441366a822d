package bot

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"huiyin/nlp"
)

// value reads the answer to a slot: a button, a choice, an entity, a pattern, or any text.
func (t *turn) value(ctx context.Context, s *SlotSpec) (string, bool, error) {
	if t.pressed != nil {
		if t.pressed.action == "skip" {
			return "", s.Optional, nil
		}
		return strings.TrimPrefix(t.pressed.action, "slot:"), true, nil
	}
	listed := len(t.options(s)) > 0
	if len(s.Choices) == 0 && !listed {
		if v, ok := t.written(s); ok {
			return v, true, nil
		}
	}
	p, err := t.typedPress(ctx)
	if err != nil {
		return "", false, err
	}
	if p != nil && strings.HasPrefix(p.action, "slot:") {
		return strings.TrimPrefix(p.action, "slot:"), true, nil
	}
	if listed {
		v, ok := t.choose(s, t.in.Text)
		return v, ok, nil
	}
	if v, ok := t.remembered(s); ok && (isYes(t.text) || isSame(t.text)) {
		return v, true, nil
	}
	v, ok := s.choice(t.text)
	if !ok {
		v, ok = s.choiceIn(t.text)
	}
	if !ok && len(s.Choices) > 0 {
		v, ok = t.toldChoice(s)
	}
	return v, ok, nil
}

// written reads a value from the text itself.
func (t *turn) written(s *SlotSpec) (string, bool) {
	if s.Entity != "" {
		for _, e := range t.a.Entities {
			if e.Kind == s.Entity {
				if v, ok := s.valid(e.Value); ok {
					return v, true
				}
			}
		}
	}
	raw := strings.TrimSpace(t.in.Text)
	if v, ok := s.mended(t.text); ok {
		return v, true
	}
	if s.pattern != nil {
		return s.find(raw)
	}
	if raw == "" && len(t.in.Files) > 0 && !s.strict() {
		return fileNames(t.in.Files), true
	}
	if s.strict() || raw == "" || !hasWords(t.text) || utf8.RuneCountInString(raw) > maxValueRunes {
		return "", false
	}
	form := t.d.form(t.conv.Form.Form)
	if s.Entity == nlp.EntityProduct && saysWish(t.text) {
		return "", false
	}
	if isYes(t.text) || isNo(t.text) || isNod(t.text) || isSkip(t.text) && !s.Optional || t.saysElsewhere(form, s) || s.Optional && hasNone.MatchString(t.text) {
		return "", false // these say yes or no to something, and name nothing
	}
	if spec, _ := t.intent(); t.elsewhere(spec, form) && asksBack(t.text) {
		return "", false // a question of another kind is no answer, even where any text would do
	}
	return raw, !(s.Optional && isSkip(t.text))
}

// strict reports whether only an entity will do. A product may have a name that the dictionary does not know.
func (s *SlotSpec) strict() bool { return s.Entity != "" && s.Entity != nlp.EntityProduct }

// fileNames stand for attached files in a form.
func fileNames(files []File) string {
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	return firstRunes(strings.Join(names, ", "), maxValueRunes)
}

// valid reports whether a value fits the slot's pattern, and returns it as it fits.
func (s *SlotSpec) valid(v string) (string, bool) {
	if s.pattern == nil {
		return v, v != ""
	}
	for _, form := range []string{v, strings.ToUpper(v), strings.ToLower(v)} {
		if s.pattern.MatchString(form) {
			return form, true
		}
	}
	return "", false
}

// find looks for the slot's pattern in a text: the whole of it, or a part that stands by itself; as written, or folded
// (full-width letters, upper and lower case).
func (s *SlotSpec) find(raw string) (string, bool) {
	folded := strings.TrimSpace(nlp.Fold(raw))
	forms := []string{raw, strings.ToUpper(folded), folded}
	for _, text := range forms {
		if s.pattern.MatchString(text) {
			return text, true
		}
	}
	for _, text := range forms {
		for _, at := range s.part.FindAllStringIndex(text, -1) {
			if at[1] > at[0] && alone(text, at[0], at[1]) {
				return text[at[0]:at[1]], true
			}
		}
	}
	return "", false
}

// alone reports whether no letter or digit of the Latin kind touches text[start:end].
func alone(text string, start, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:start])
	after, _ := utf8.DecodeRuneInString(text[end:])
	touches := func(r rune) bool {
		return r < utf8.RuneSelf && r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
	}
	return (start == 0 || !touches(before)) && (end == len(text) || !touches(after))
}

// choice is the value of the choice that a folded text names, by its value or title, or by containing just one title.
func (s *SlotSpec) choice(text string) (string, bool) {
	plain := bare(text)
	var within []string
	for _, c := range s.Choices {
		names := []string{bare(nlp.Fold(c.Value))}
		for _, title := range c.Title {
			names = append(names, bare(nlp.Fold(title)))
		}
		if slices.Contains(names, plain) {
			return c.Value, true
		}
		if slices.ContainsFunc(names, func(n string) bool { return len(n) >= 4 && strings.Contains(plain, n) }) {
			within = append(within, c.Value)
		}
	}
	if len(within) == 1 {
		return within[0], true
	}
	return "", false
}

// remembered is an earlier value of the slot that is offered again.
func (t *turn) remembered(s *SlotSpec) (string, bool) {
	if !s.Remember {
		return "", false
	}
	old, ok := t.conv.Slots[s.Name]
	if !ok {
		return "", false
	}
	return s.valid(old.Value)
}
