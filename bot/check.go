package bot

import (
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"huiyin/internal/yamlfile"
	"huiyin/nlp"
)

// Bounds of a dialogue.
const (
	maxButtons       = 8
	maxTitleRunes    = 60
	maxActionTimeout = time.Minute
)

var specName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// Check finds everything that is wrong with a dialogue, and makes it ready for use. A dialogue that was not checked must
// not be handed to a Bot.
func (d *Dialogue) Check() error {
	c := &checker{d: d, where: map[string]string{}}
	d.byName, d.forms = map[string]*IntentSpec{}, map[string]*FormSpec{}
	for i := range d.Intents {
		c.at = placeOf(d.places.intents, i)
		if c.name(d.Intents[i].Name, "intent") && d.byName[d.Intents[i].Name] != nil {
			c.wrong("the intent %q stands twice: rename or join them", d.Intents[i].Name)
		}
		d.byName[d.Intents[i].Name] = &d.Intents[i]
	}
	for i := range d.Forms {
		c.at = placeOf(d.places.forms, i)
		if c.name(d.Forms[i].Name, "form") && d.forms[d.Forms[i].Name] != nil {
			c.wrong("the form %q stands twice: rename or join them", d.Forms[i].Name)
		}
		d.forms[d.Forms[i].Name] = &d.Forms[i]
	}
	used := map[string]bool{}
	for i := range d.Intents {
		c.at = placeOf(d.places.intents, i)
		c.intent(&d.Intents[i])
		used[d.Intents[i].Form] = true
	}
	for i := range d.Forms {
		c.at = placeOf(d.places.forms, i)
		c.form(&d.Forms[i])
		if !used[d.Forms[i].Name] {
			c.wrong("no intent leads to the form %q: customers cannot reach it", d.Forms[i].Name)
		}
	}
	for i := range d.Tells {
		c.at = placeOf(d.places.tells, i)
		c.tell(&d.Tells[i])
	}
	for i := range d.Instead {
		c.at = placeOf(d.places.instead, i)
		c.instead(&d.Instead[i])
	}
	c.at = placeOf(d.places.scopes, 0)
	c.langs(d.OutOfScope)
	c.examples(nlp.IntentNone, d.OutOfScope)
	c.langs(d.OutOfScopeSays)
	d.beyond = c.wholly("out_of_scope_says", d.OutOfScopeSays)
	return errors.Join(c.errs...)
}

func placeOf(list []place, i int) place {
	if i < len(list) {
		return list[i]
	}
	return place{file: "dialogue"}
}

// checker collects mistakes.
type checker struct {
	d     *Dialogue
	at    place
	path  []any
	errs  []error
	where map[string]string // folded example → intent
}

func (c *checker) wrong(format string, args ...any) {
	c.errs = append(c.errs, yamlfile.At(c.at.file, yamlfile.Find(c.at.node, c.path...), format, args...))
}

// in checks something deeper in the file.
func (c *checker) in(step any, check func()) {
	c.path = append(c.path, step)
	check()
	c.path = c.path[:len(c.path)-1]
}

func (c *checker) name(name, what string) bool {
	if !specName.MatchString(name) || name == nlp.IntentNone {
		c.wrong("the %s's name %q must be lower-case letters, digits and underscores, and not %q", what, name, nlp.IntentNone)
		return false
	}
	return true
}

// text checks one sentence in each language.
func (c *checker) text(key string, t Text, required bool) {
	c.in(key, func() {
		if !required && len(t) == 0 {
			return
		}
		for lang := range t {
			if !slices.Contains(dialogueLangs(), lang) {
				c.wrong("%s: there is no language %q here: write zh and en", key, lang)
			}
		}
		for _, lang := range dialogueLangs() {
			if strings.TrimSpace(t[lang]) == "" {
				c.wrong("%s: the sentence in %q is missing", key, lang)
			}
		}
	})
}

func (c *checker) title(key string, t Text) {
	c.text(key, t, true)
	for lang, s := range t {
		if n := utf8.RuneCountInString(s); n > maxTitleRunes {
			c.in(key, func() { c.wrong("%s: %d characters in %q, at most %d fit a button", key, n, lang, maxTitleRunes) })
		}
	}
}

func (c *checker) langs(t Texts) {
	for lang := range t {
		if !slices.Contains(dialogueLangs(), lang) {
			c.wrong("there is no language %q here: write zh and en", lang)
		}
	}
}

// texts checks alternatives in each language.
func (c *checker) texts(key string, t Texts) {
	c.in(key, func() {
		c.langs(t)
		for _, lang := range dialogueLangs() {
			if len(t[lang]) == 0 {
				c.wrong("%s: nothing in %q", key, lang)
			}
			for i, s := range t[lang] {
				if strings.TrimSpace(s) == "" {
					c.in(string(lang), func() { c.in(i, func() { c.wrong("%s: an empty sentence", key) }) })
				}
			}
		}
	})
}

// examples makes sure that no two intents share one.
func (c *checker) examples(intent string, t Texts) {
	for lang, list := range t {
		for i, s := range list {
			key := strings.TrimSpace(nlp.Fold(s))
			before, twice := c.where[key]
			c.where[key] = intent
			if !twice || key == "" {
				continue
			}
			c.in(string(lang), func() {
				c.in(i, func() { c.wrong("the example %q of %s stands in %s already", s, intent, before) })
			})
		}
	}
}

func (c *checker) intent(in *IntentSpec) {
	c.title("title", in.Title)
	c.texts("examples", in.Examples)
	c.in("examples", func() { c.examples(in.Name, in.Examples) })
	c.says(in)
	ways := 0
	for _, has := range []bool{len(in.Reply) > 0, in.Form != "", in.Article != "", in.Handoff} {
		if has {
			ways++
		}
	}
	if ways != 1 {
		c.wrong("the intent %q must have exactly one of reply, form, article and handoff, not %d of them", in.Name, ways)
	}
	if len(in.Reply) > 0 {
		c.texts("reply", in.Reply)
	}
	if in.Form != "" && c.d.forms[in.Form] == nil {
		c.in("form", func() { c.wrong("there is no form %q", in.Form) })
	}
	if in.SmallTalk && len(in.Reply) == 0 {
		c.wrong("the small talk %q needs a reply", in.Name)
	}
	if in.Threshold < 0 || in.Threshold > 1 {
		c.in("threshold", func() { c.wrong("the threshold %v is not between 0 and 1", in.Threshold) })
	}
	c.in("buttons", func() {
		if len(in.Buttons) > 0 && len(in.Reply) == 0 || len(in.Buttons) > maxButtons {
			c.wrong("buttons stand under a reply, and at most %d of them", maxButtons)
		}
		for i, b := range in.Buttons {
			c.in(i, func() { c.button(b) })
		}
	})
	in.asks = false
	for _, list := range in.Examples {
		in.asks = in.asks || slices.ContainsFunc(list, func(s string) bool { return asksForPerson(nlp.Fold(s)) })
	}
}

func (c *checker) button(b ButtonSpec) {
	c.title("title", b.Title)
	ways := 0
	for _, has := range []bool{b.Human, b.Intent != "", b.Root != ""} {
		if has {
			ways++
		}
	}
	if ways != 1 {
		c.wrong("a button leads to exactly one of intent, article and human, not %d of them", ways)
	}
	if b.Intent != "" && c.d.byName[b.Intent] == nil {
		c.in("intent", func() { c.wrong("the button leads nowhere: there is no intent %q", b.Intent) })
	}
}

func (c *checker) form(f *FormSpec) {
	c.title("title", f.Title)
	c.text("intro", f.Intro, false)
	if len(f.Slots) == 0 {
		c.wrong("the form %q asks for nothing: give it slots", f.Name)
	}
	names := map[string]bool{}
	for i := range f.Slots {
		c.in("slots", func() {
			c.in(i, func() {
				if c.name(f.Slots[i].Name, "slot") && names[f.Slots[i].Name] {
					c.wrong("the slot %q stands twice", f.Slots[i].Name)
				}
				names[f.Slots[i].Name] = true
				c.slot(&f.Slots[i])
			})
		})
	}
	c.text("confirm", f.Confirm, false)
	c.holes("confirm", f.Confirm, names)
	c.action(f)
	if len(f.Replies) == 0 {
		c.wrong("the form %q says nothing at its end: give it replies", f.Name)
	}
	for i, r := range f.Replies {
		c.in("replies", func() {
			c.in(i, func() {
				c.text("text", r.Text, true)
				for k := range r.Next {
					c.in("next", func() { c.in(k, func() { c.next(&r.Next[k]) }) })
				}
				if r.Again != "" && !names[r.Again] {
					c.in("again", func() { c.wrong("there is no slot %q to ask for again", r.Again) })
				}
				if f.Action.URL == "" {
					c.holes("text", r.Text, names)
					if len(r.When) > 0 {
						c.wrong("without an action there is no answer to compare with: leave out when")
					}
				}
			})
		})
	}
}

// holes makes sure that each placeholder has a value.
func (c *checker) holes(key string, t Text, names map[string]bool) {
	for _, lang := range dialogueLangs() {
		for _, hole := range placeholders(t[lang]) {
			if !names[hole] {
				c.in(key, func() { c.in(string(lang), func() { c.wrong("{%s}: no slot of that name", hole) }) })
			}
		}
	}
}

func (c *checker) action(f *FormSpec) {
	c.call("action", f.Action)
	if f.Action.URL != "" {
		c.text("failed", f.Failed, true)
	}
}

// call checks where and how often a service is asked.
func (c *checker) call(key string, a ActionSpec) {
	c.in(key, func() {
		if a.URL == "" {
			if a.Timeout != 0 || a.Retries != 0 {
				c.wrong("it needs a url")
			}
			return
		}
		address := strings.ReplaceAll(a.URL, "{service}", "https://service.invalid")
		if u, err := url.Parse(address); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
			c.in("url", func() { c.wrong("the url %q must begin with {service}, https:// or http://", a.URL) })
		}
		if a.Timeout < 0 || a.Timeout > maxActionTimeout {
			c.in("timeout", func() { c.wrong("the timeout %s is not between 0 and %s", a.Timeout, maxActionTimeout) })
		}
		if a.Retries < 0 || a.Retries > maxActionRetries {
			c.in("retries", func() { c.wrong("%d retries: at most %d", a.Retries, maxActionRetries) })
		}
	})
}

// entityKinds are the kinds that a slot may be filled from.
func entityKinds() []string {
	return []string{nlp.EntityOrder, nlp.EntityPhone, nlp.EntityEmail, nlp.EntityURL, nlp.EntityDate, nlp.EntityAmount,
		nlp.EntityQuantity, nlp.EntityProduct}
}

func (c *checker) slot(s *SlotSpec) {
	c.text("ask", s.Ask, true)
	c.text("invalid", s.Invalid, false)
	c.text("help", s.Help, false)
	if len(s.Words) > 0 {
		c.texts("words", s.Words)
	}
	for _, kind := range s.Instead {
		if kind != nlp.EntityEmail && kind != nlp.EntityPhone {
			c.in("instead", func() { c.wrong("%q cannot stand in for the slot: choose email or phone", kind) })
		}
	}
	c.call("options", s.Options)
	if s.Options.URL != "" && (s.strict() || s.Pattern != "" || s.Remember || len(s.Choices) > 0) {
		c.in("options", func() {
			c.wrong("the slot %q takes its options from the service: then it needs no choices, no pattern, no remember, and no entity but product", s.Name)
		})
	}
	if s.Entity != "" && !slices.Contains(entityKinds(), s.Entity) {
		c.in("entity", func() { c.wrong("there is no entity %q: choose among %s", s.Entity, strings.Join(entityKinds(), ", ")) })
	}
	s.pattern, s.part, s.loose = nil, nil, nil
	if s.Mend.Pattern != "" {
		loose, err := regexp.Compile(s.Mend.Pattern)
		if err != nil || s.Mend.Value == "" {
			c.in("mend", func() { c.wrong("mend needs a regular expression and the value that it stands for: %v", err) })
			return
		}
		s.loose = loose
	}
	if s.Pattern != "" {
		whole, err := regexp.Compile(`^(?:` + s.Pattern + `)$`)
		if err != nil {
			c.in("pattern", func() { c.wrong("the pattern is no regular expression: %v", err) })
			return
		}
		s.pattern, s.part = whole, regexp.MustCompile(s.Pattern)
	}
	if len(s.Choices) == 0 {
		return
	}
	if s.Entity != "" || s.Pattern != "" {
		c.wrong("the slot %q has choices: then it needs no entity and no pattern", s.Name)
	}
	if len(s.Choices) > maxButtons {
		c.in("choices", func() { c.wrong("%d choices: at most %d fit under a question", len(s.Choices), maxButtons) })
	}
	values := map[string]bool{}
	for i, choice := range s.Choices {
		c.in("choices", func() {
			c.in(i, func() {
				if choice.Value == "" || values[choice.Value] {
					c.wrong("the value %q is empty or stands twice", choice.Value)
				}
				values[choice.Value] = true
				c.title("title", choice.Title)
				c.toldName(choice.Told)
				if len(choice.Words) > 0 {
					c.texts("words", choice.Words)
				}
			})
		})
	}
}
