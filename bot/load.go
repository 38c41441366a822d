package bot

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"huiyin/internal/yamlfile"
	"huiyin/kb"
	"huiyin/nlp"
)

// places remember where each intent and form was written, for errors that name file and line.
type places struct {
	intents, forms []place
	scopes, tells  []place
	instead        []place
}

type place struct {
	file string
	node *yamlfile.Node
}

// LoadDialogue reads all *.yaml files of a folder as one Dialogue. Every mistake of every file is reported at once, with
// file and line; the errors are joined *yamlfile.Error.
func LoadDialogue(fsys fs.FS, dir string) (*Dialogue, error) {
	names, err := dialogueFiles(fsys, dir)
	if err != nil {
		return nil, err
	}
	d := &Dialogue{}
	var wrong []error
	for _, name := range names {
		if err := d.read(fsys, name); err != nil {
			wrong = append(wrong, err)
		}
	}
	// A file that cannot be read hides what others refer to: then the references are not worth checking.
	if len(wrong) == 0 {
		if err := d.Check(); err != nil {
			wrong = append(wrong, err)
		}
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, fmt.Errorf("dialogue: %w", err)
	}
	return d, nil
}

func dialogueFiles(fsys fs.FS, dir string) ([]string, error) {
	names, err := fs.Glob(fsys, path.Join(dir, "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("dialogue: %w", err)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("dialogue: no *.yaml file in %q: %w", dir, fs.ErrNotExist)
	}
	slices.Sort(names)
	return names, nil
}

// read adds a file.
func (d *Dialogue) read(fsys fs.FS, name string) error {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	var file Dialogue
	if err := yamlfile.Decode(name, data, &file); err != nil {
		return err
	}
	var root yamlfile.Node
	if err := yamlfile.Decode(name, data, &root); err != nil {
		return err
	}
	for i := range file.Intents {
		d.places.intents = append(d.places.intents, place{name, yamlfile.Find(&root, "intents", i)})
	}
	for i := range file.Forms {
		d.places.forms = append(d.places.forms, place{name, yamlfile.Find(&root, "forms", i)})
	}
	d.Intents = append(d.Intents, file.Intents...)
	d.Forms = append(d.Forms, file.Forms...)
	for i := range file.Tells {
		d.places.tells = append(d.places.tells, place{name, yamlfile.Find(&root, "tells", i)})
	}
	d.Tells = append(d.Tells, file.Tells...)
	for i := range file.Instead {
		d.places.instead = append(d.places.instead, place{name, yamlfile.Find(&root, "instead", i)})
	}
	d.Instead = append(d.Instead, file.Instead...)
	if len(file.OutOfScope) > 0 {
		d.places.scopes = append(d.places.scopes, place{name, yamlfile.Find(&root, "out_of_scope")})
		if d.OutOfScope == nil {
			d.OutOfScope = Texts{}
		}
	}
	for lang, list := range file.OutOfScopeSays {
		if d.OutOfScopeSays == nil {
			d.OutOfScopeSays = Texts{}
		}
		d.OutOfScopeSays[lang] = append(d.OutOfScopeSays[lang], list...)
	}
	for lang, examples := range file.OutOfScope {
		d.OutOfScope[lang] = append(d.OutOfScope[lang], examples...)
	}
	return nil
}

// intent is the intent of a name, or nil.
func (d *Dialogue) intent(name string) *IntentSpec { return d.byName[name] }

// form is the form of a name, or nil.
func (d *Dialogue) form(name string) *FormSpec { return d.forms[name] }

// slot is the slot of a name, or nil.
func (f *FormSpec) slot(name string) *SlotSpec {
	for i := range f.Slots {
		if f.Slots[i].Name == name {
			return &f.Slots[i]
		}
	}
	return nil
}

// TrainingExamples are what the intent matcher learns from, in the order of the files; out-of-scope examples are labelled
// nlp.IntentNone.
func (d *Dialogue) TrainingExamples() []nlp.Example {
	var all []nlp.Example
	add := func(label string, texts Texts) {
		for _, lang := range dialogueLangs() {
			for _, text := range texts[lang] {
				all = append(all, nlp.Example{Text: text, Label: label, Lang: lang})
			}
		}
	}
	for _, in := range d.Intents {
		add(in.Name, in.Examples)
	}
	add(nlp.IntentNone, d.OutOfScope)
	return all
}

// mostTaught is how many wordings of an article teach intents: the many of an article must not outweigh an intent's own examples.
const mostTaught = 10

// ExamplesWith adds what the knowledge base teaches about intents: how customers ask for an article is an example of the
// intent that shows it (its first ten wordings are), and no intent explains what only an article answers. A text that is an example already stays one.
func (d *Dialogue) ExamplesWith(articles []kb.Article, now time.Time) []nlp.Example {
	all := d.TrainingExamples()
	known := map[string]bool{}
	for _, x := range all {
		known[nlp.Fold(x.Text)] = true
	}
	shows := map[kb.RootID]string{}
	for _, in := range d.Intents {
		if in.Article != "" {
			shows[in.Article] = in.Name
		}
	}
	for _, a := range articles {
		if !a.Live(now) {
			continue
		}
		label := cmp.Or(shows[a.Root], nlp.IntentNone)
		for _, text := range append([]string{a.Title}, a.Questions[:min(len(a.Questions), mostTaught)]...) {
			if folded := nlp.Fold(text); !known[folded] {
				known[folded] = true
				all = append(all, nlp.Example{Text: text, Label: label, Lang: a.Lang})
			}
		}
	}
	return all
}

// Articles are the articles that intents and buttons lead to, each once, for a check against the knowledge base.
func (d *Dialogue) Articles() []kb.RootID {
	var roots []kb.RootID
	add := func(r kb.RootID) {
		if r != "" && !slices.Contains(roots, r) {
			roots = append(roots, r)
		}
	}
	for _, in := range d.Intents {
		add(in.Article)
		for _, b := range in.Buttons {
			add(b.Root)
		}
	}
	for _, s := range d.Tells {
		for _, root := range s.Articles {
			add(root)
		}
	}
	for _, s := range d.Instead {
		add(s.Article)
	}
	return roots
}

// dialogueLangs are the languages in which everything that is said must be written.
func dialogueLangs() []nlp.Lang { return []nlp.Lang{nlp.LangChinese, nlp.LangEnglish} }

// placeholders are the names in braces of a sentence.
func placeholders(sentence string) []string {
	var names []string
	for {
		_, rest, ok := strings.Cut(sentence, "{")
		name, after, end := strings.Cut(rest, "}")
		if !ok || !end {
			return names
		}
		names = append(names, name)
		sentence = after
	}
}
