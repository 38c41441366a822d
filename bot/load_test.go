package bot_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"huiyin/bot"
	"huiyin/data"
	"huiyin/kb"
	"huiyin/nlp"
)

func folder(files ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		fsys["d/"+files[i]] = &fstest.MapFile{Data: []byte(files[i+1]), ModTime: noon}
	}
	return fsys
}

const hello = `intents:
  - name: hello
    title: {zh: 你好, en: Hello}
    small_talk: true
    reply: {zh: [您好], en: [Hi]}
    examples: {zh: [你好], en: [hello]}
`

func TestLoadDialogue(t *testing.T) {
	more := "intents:\n  - name: open\n    title: {zh: 营业, en: Open}\n    article: hours\n    examples: {zh: [几点], en: [when]}\n" +
		"out_of_scope: {zh: [天气], en: [weather]}\n"
	d, err := bot.LoadDialogue(folder("b.yaml", more, "a.yaml", hello, "note.txt", "not read", "c.yaml", "out_of_scope: {en: [football]}\n"), "d")
	if err != nil {
		t.Fatal(err)
	}
	want := []nlp.Example{{Text: "你好", Label: "hello", Lang: "zh"}, {Text: "hello", Label: "hello", Lang: "en"}, {Text: "几点", Label: "open", Lang: "zh"},
		{Text: "when", Label: "open", Lang: "en"}, {Text: "天气", Label: "oos", Lang: "zh"}, {Text: "weather", Label: "oos", Lang: "en"}, {Text: "football", Label: "oos", Lang: "en"}}
	if got := d.TrainingExamples(); !slices.Equal(got, want) {
		t.Errorf("examples %v", got)
	}
	if got := d.Articles(); !slices.Equal(got, []kb.RootID{"hours"}) {
		t.Errorf("articles %v", got)
	}
}

// TestMistakesInADialogue: each mistake is found, with its file and line.
func TestMistakesInADialogue(t *testing.T) {
	form := `intents:
  - name: go
    title: {zh: 去, en: Go}
    form: trip
    examples: {zh: [去], en: [go]}
forms:
  - name: trip
    title: {zh: 旅行, en: Trip}
    slots:
      - name: where
        ask: {zh: 去哪, en: "Where?"}
        pattern: '[A-Z]+'
    replies:
      - text: {zh: 好, en: ok}
`
	change := func(old, new string) string {
		if !strings.Contains(form, old) {
			t.Fatalf("%q is not there", old)
		}
		return strings.Replace(form, old, new, 1)
	}
	for name, tc := range map[string]struct {
		yaml string
		want []string
	}{
		"good":                  {form, nil},
		"syntax":                {"intents: [", []string{"x.yaml"}},
		"unknown key":           {change("form: trip", "forms: trip"), []string{"x.yaml:4:", "forms"}},
		"wrong type":            {hello + "    threshold: high\n", []string{"x.yaml:7:"}},
		"unknown form":          {change("form: trip", "form: tripp"), []string{`x.yaml:4: there is no form "tripp"`, `x.yaml:7: no intent leads to the form "trip"`}},
		"duplicate intent":      {hello + strings.TrimPrefix(strings.ReplaceAll(hello, "[你好], en: [hello]", "[嗨], en: [hey]"), "intents:\n"), []string{`x.yaml:7: the intent "hello" stands twice`}},
		"example in two":        {hello + "  - name: bye\n    title: {zh: 再见, en: Bye}\n    handoff: true\n    examples:\n      zh: [再见, ＨＥＬＬＯ]\n      en: [bye]\n", []string{`x.yaml:11: the example "ＨＥＬＬＯ" of bye stands in hello already`}},
		"no English examples":   {strings.Replace(hello, ", en: [hello]", "", 1), []string{"x.yaml:6:", `nothing in "en"`}},
		"no Chinese reply":      {strings.Replace(hello, "zh: [您好], ", "", 1), []string{"x.yaml:5:", `nothing in "zh"`}},
		"empty reply":           {strings.Replace(hello, "[Hi]", `["", Hi]`, 1), []string{"x.yaml:5:", "empty sentence"}},
		"third language":        {strings.Replace(hello, "en: Hello", "en: Hello, fr: Salut", 1), []string{"x.yaml:3:", `"fr"`}},
		"two ways":              {hello + "    handoff: true\n", []string{"x.yaml:2:", "exactly one of reply, form, article and handoff, not 2"}},
		"no way":                {strings.Replace(hello, "    reply: {zh: [您好], en: [Hi]}\n", "", 1), []string{"not 0", "needs a reply"}},
		"bad name":              {strings.Replace(hello, "name: hello", "name: Hello There", 1), []string{"x.yaml:2:", "lower-case"}},
		"reserved name":         {strings.Replace(hello, "name: hello", "name: oos", 1), []string{"x.yaml:2:", "oos"}},
		"threshold":             {hello + "    threshold: 1.5\n", []string{"x.yaml:7:", "not between 0 and 1"}},
		"button to nowhere":     {hello + "    buttons:\n      - {title: {zh: 走, en: Go}, intent: gone}\n", []string{"x.yaml:8:", `there is no intent "gone"`}},
		"button with two ways":  {hello + "    buttons:\n      - {title: {zh: 走, en: Go}, intent: hello, human: true}\n", []string{"x.yaml:8:", "exactly one"}},
		"buttons without reply": {change("    form: trip", "    form: trip\n    buttons:\n      - {title: {zh: 走, en: Go}, human: true}"), []string{"x.yaml:6:", "under a reply"}},
		"long title":            {strings.Replace(hello, "en: Hello", "en: "+strings.Repeat("long ", 20), 1), []string{"x.yaml:3:", "at most 60"}},
		"bad pattern":           {change("'[A-Z]+'", "'[A-Z+'"), []string{"x.yaml:12:", "no regular expression"}},
		"unknown entity":        {change("pattern: '[A-Z]+'", "entity: colour"), []string{"x.yaml:12:", `no entity "colour"`, "order"}},
		"no question":           {change(`, en: "Where?"`, ""), []string{"x.yaml:11:", `in "en" is missing`}},
		"placeholder":           {change("text: {zh: 好, en: ok}", `text: {zh: "去{where}", en: "to {place}"}`), []string{"x.yaml:14:", "{place}"}},
		"placeholder, confirm":  {change("    replies:", "    confirm: {zh: \"{wer}\", en: \"{where}\"}\n    replies:"), []string{"x.yaml:13:", "{wer}"}},
		"when without action":   {change("- text:", "- when: {a: b}\n        text:"), []string{"x.yaml:14:", "leave out when"}},
		"action without url":    {change("    replies:", "    action: {retries: 2}\n    replies:"), []string{"x.yaml:13:", "needs a url"}},
		"bad url":               {change("    replies:", "    action: {url: \"ftp://x\"}\n    failed: {zh: 坏, en: bad}\n    replies:"), []string{"x.yaml:13:", "ftp://x"}},
		"too many retries":      {change("    replies:", "    action: {url: \"{service}/x\", retries: 50, timeout: 5m}\n    failed: {zh: 坏, en: bad}\n    replies:"), []string{"50 retries", "5m0s"}},
		"no failed":             {change("    replies:", "    action: {url: \"{service}/x\"}\n    replies:"), []string{"failed"}},
		"no replies":            {change("    replies:\n      - text: {zh: 好, en: ok}\n", ""), []string{"x.yaml:7:", "says nothing at its end"}},
		"no slots":              {change("    slots:\n      - name: where\n        ask: {zh: 去哪, en: \"Where?\"}\n        pattern: '[A-Z]+'\n", ""), []string{"asks for nothing"}},
		"choices and pattern":   {change("pattern: '[A-Z]+'", "pattern: '[A-Z]+'\n        choices: [{value: a, title: {zh: 甲, en: A}}, {value: a, title: {zh: 乙, en: B}}]"), []string{"no pattern", `"a" is empty or stands twice`}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := bot.LoadDialogue(folder("x.yaml", tc.yaml), "d")
			if (err == nil) != (tc.want == nil) {
				t.Fatalf("error: %v", err)
			}
			for _, part := range tc.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("the error does not say %q:\n%v", part, err)
				}
			}
		})
	}
	if _, err := bot.LoadDialogue(folder(), "d"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an empty folder: %v", err)
	}
}

func FuzzLoadDialogue(f *testing.F) {
	f.Add(hello)
	f.Add("forms:\n  - name: x\n    slots: [{name: y, pattern: '('}]")
	f.Fuzz(func(t *testing.T, text string) {
		if d, err := bot.LoadDialogue(folder("x.yaml", text), "d"); err == nil {
			_ = d.TrainingExamples()
		} else if !strings.Contains(err.Error(), "x.yaml") && !strings.Contains(err.Error(), "dialogue:") {
			t.Errorf("an error without the file: %v", err)
		}
	})
}

func TestDialogueSource(t *testing.T) {
	dir := t.TempDir()
	at := noon
	edit := func(text string) {
		at = at.Add(time.Second)
		name := filepath.Join(dir, "a.yaml")
		if err := errors.Join(os.WriteFile(name, []byte(text), 0o600), os.Chtimes(name, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	edit(hello)
	adopted, refuse := 0, false
	s, err := bot.NewDialogueSource(t.Context(), os.DirFS(dir), ".", func(context.Context, *bot.Dialogue) error {
		if refuse {
			return errors.New("too few examples")
		}
		adopted++
		return nil
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	first := s.Current()
	if changed, err := s.Refresh(t.Context()); changed || err != nil || s.Current() != first || adopted != 1 {
		t.Errorf("it was loaded again without a change: %v", err)
	}
	edit(strings.ReplaceAll(hello, "[Hi]", "[Hey]"))
	changed, err := s.Refresh(t.Context())
	second := s.Current()
	if !changed || err != nil || second.Intents[0].Reply["en"][0] != "Hey" || s.Err() != nil {
		t.Errorf("the change is not in force: %v", err)
	}
	edit("intents: [")
	if _, err := s.Refresh(t.Context()); err == nil || s.Current() != second || s.Err() == nil {
		t.Errorf("a broken version came into force: %v", err)
	}
	if changed, err := s.Refresh(t.Context()); changed || err != nil {
		t.Errorf("the same mistake is reported again: %v", err)
	}
	edit(hello)
	refuse = true
	if _, err := s.Refresh(t.Context()); err == nil || s.Current() != second {
		t.Error("a version that could not be trained came into force")
	}
	edit(hello + "\n")
	refuse = false
	if _, err := s.Refresh(t.Context()); err != nil || s.Current() == second || s.Err() != nil || adopted != 3 {
		t.Errorf("mended, but not in force: %v", err)
	}
	if _, err := bot.NewDialogueSource(t.Context(), folder("a.yaml", "x: y"), "d", nil, nil); err == nil {
		t.Error("a broken dialogue was taken at the start")
	}
}

func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		write := func(text string, at time.Time) {
			name := filepath.Join(dir, "a.yaml")
			if err := errors.Join(os.WriteFile(name, []byte(text), 0o600), os.Chtimes(name, at, at)); err != nil {
				t.Fatal(err)
			}
		}
		write(hello, noon)
		s, err := bot.NewDialogueSource(t.Context(), os.DirFS(dir), ".", nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- s.Watch(ctx, time.Second) }()
		write(strings.ReplaceAll(hello, "[Hi]", "[Hey]"), noon.Add(time.Second))
		<-time.After(1500 * time.Millisecond)
		if got := s.Current().Intents[0].Reply["en"][0]; got != "Hey" {
			t.Errorf("it says %q", got)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// TestSampleShop: the dialogue that we ship is right.
func TestSampleShop(t *testing.T) {
	d, err := bot.LoadDialogue(data.Files(), "shop/dialogue")
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Intents) < 25 || len(d.Forms) < 2 {
		t.Errorf("%d intents, %d forms", len(d.Intents), len(d.Forms))
	}
}

func TestArticlesTeachIntents(t *testing.T) {
	d, err := bot.LoadDialogue(os.DirFS("testdata"), "dialogue")
	if err != nil {
		t.Fatal(err)
	}
	own := len(d.TrainingExamples())
	got := d.ExamplesWith([]kb.Article{
		{ID: "invoice.zh", Root: "invoice", Lang: "zh", Title: "怎样索取发票", Questions: []string{"怎么开发票", "能开票吗"}, Status: kb.Published},
		{ID: "customs.en", Root: "customs", Lang: "en", Title: "Customs duty", Questions: []string{"are duties included", "Are duties included"}, Status: kb.Published},
		{ID: "draft.en", Root: "draft", Lang: "en", Title: "Not yet", Status: kb.Draft},
		{ID: "past.en", Root: "past", Lang: "en", Title: "No more", Status: kb.Published, Until: noon},
	}, noon)[own:]
	want := []nlp.Example{
		{Text: "怎样索取发票", Label: "invoice", Lang: "zh"},
		{Text: "能开票吗", Label: "invoice", Lang: "zh"}, // the other is an example already
		{Text: "Customs duty", Label: nlp.IntentNone, Lang: "en"},
		{Text: "are duties included", Label: nlp.IntentNone, Lang: "en"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
