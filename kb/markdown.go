package kb

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"huiyin/nlp"
)

// frontMatterKeys are the keys of an article's front matter, in the order in which they are written.
var frontMatterKeys = []string{"id", "root", "lang", "title", "category", "status", "questions", "golden", "tags", "from", "until", "summary"}

// GoldenFile is the name of a table of golden questions beside articles, see AddGolden.
const GoldenFile = "golden.csv"

// ReadFolder reads every *.md file below a folder as one article each (files named README.md are left out), ordered
// by ID, and gives them the golden questions of every GoldenFile there. When anything is wrong it returns no article and all the errors, each an *InputError, joined.
func ReadFolder(fsys fs.FS) ([]Article, error) {
	var articles []Article
	var files, golden []string
	var lines []int // of the ids
	var errs []error
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return &InputError{File: name, Err: err}
		}
		if !d.IsDir() && path.Base(name) == GoldenFile {
			golden = append(golden, name)
			return nil
		}
		if d.IsDir() || path.Ext(name) != ".md" || strings.EqualFold(path.Base(name), "README.md") {
			return nil
		}
		raw, err := readLimited(fsys, name, maxArticleBytes*2)
		if err != nil {
			errs = append(errs, err)
			return nil
		}
		a, err := ParseArticle(name, raw)
		if err != nil {
			errs = append(errs, err)
			return nil
		}
		articles, files, lines = append(articles, a), append(files, name), append(lines, idLine(string(raw)))
		return nil
	})
	if err != nil {
		errs = append(errs, err)
	}
	errs = append(errs, checkUnique(articles, func(i int) *InputError { return &InputError{File: files[i], Line: lines[i]} })...)
	for _, name := range golden {
		raw, err := readLimited(fsys, name, MaxImportBytes)
		if err == nil {
			err = AddGolden(articles, name, raw)
		}
		if err != nil {
			errs = append(errs, err)
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	slices.SortFunc(articles, func(a, b Article) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return articles, nil
}

// ParseArticle reads one Markdown file with YAML front matter. name is used in errors only; they are *InputErrors, joined: all that
// is wrong, from top to bottom.
func ParseArticle(name string, raw []byte) (Article, error) {
	if !utf8.Valid(raw) {
		return Article{}, &InputError{File: name, Line: invalidLine(raw), Err: NewFault("utf8", "is not UTF-8: save the file as UTF-8")}
	}
	text := strings.ReplaceAll(strings.TrimPrefix(string(raw), "\uFEFF"), "\r\n", "\n")
	rest, ok := strings.CutPrefix(text, "---\n")
	if !ok {
		return Article{}, &InputError{File: name, Line: 1, Err: NewFault("front.none", "has no front matter: the file must begin with a line “---”")}
	}
	front, body, ok := cutFence(rest)
	if !ok {
		return Article{}, &InputError{File: name, Line: 1, Err: NewFault("front.open", "the front matter is not closed: put a line “---” after it")}
	}
	a, errs := parseFrontMatter(front, body)
	if len(errs) == 0 {
		return a, nil
	}
	slices.SortStableFunc(errs, func(a, b *InputError) int { return a.Line - b.Line })
	all := make([]error, len(errs))
	for i, e := range errs {
		e.File, all[i] = name, e
	}
	return Article{}, errors.Join(all...)
}

// idLine is the line of a file that names the article, from 1; 0: it is written in another way.
func idLine(text string) int {
	n := 0
	for line := range strings.Lines(text) {
		n++
		switch {
		case strings.HasPrefix(line, "id:"):
			return n
		case n > 1 && strings.HasPrefix(line, "---"):
			return 0
		}
	}
	return 0
}

// cutFence splits the text after the opening fence at the closing one.
func cutFence(text string) (front, body string, ok bool) {
	for at := 0; at <= len(text); {
		end := strings.IndexByte(text[at:], '\n')
		line := text[at:]
		next := len(text) + 1
		if end >= 0 {
			line, next = text[at:at+end], at+end+1
		}
		if strings.TrimRight(line, " \t") == "---" {
			return text[:at], text[min(next, len(text)):], true
		}
		at = next
	}
	return "", "", false
}

// listOf is where an article keeps the field of a key that is a list in a file; nil for a key that is a single text.
func listOf(a *Article, key string) *[]string {
	switch key {
	case "questions":
		return &a.Questions
	case "golden":
		return &a.Golden
	case "tags":
		return &a.Tags
	}
	return nil
}

// setField sets one field of an article from its text in a file; the keys are those of the front matter.
func setField(a *Article, key, text string) (err error) {
	switch key {
	case "id":
		a.ID = ArticleID(text)
	case "root":
		a.Root = RootID(text)
	case "lang":
		a.Lang = nlp.Lang(text)
	case "title":
		a.Title = text
	case "category":
		a.Category = text
	case "status":
		a.Status = Status(strings.TrimSpace(text))
	case "summary":
		a.Summary = text
	case "body":
		a.Body = text
	case "from":
		a.From, err = parseInstant(key, text)
	case "until":
		a.Until, err = parseInstant(key, text)
	default:
		return fmt.Errorf("unknown field %q", key)
	}
	return err
}

// parseInstant reads a date (midnight UTC) or an RFC 3339 time.
func parseInstant(key, text string) (time.Time, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return instant(t), nil
		}
	}
	return time.Time{}, NewFault("instant", "{key}: “{value}” is neither a date like 2026-11-01 nor a time like 2026-11-01T09:00:00+08:00", "key", key, "value", text)
}

// instant is a time in UTC and whole seconds, the precision of files.
func instant(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Second)
}

func formatInstant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func invalidLine(raw []byte) int {
	line := 1
	for len(raw) > 0 {
		r, n := utf8.DecodeRune(raw)
		if r == utf8.RuneError && n == 1 {
			break
		}
		if r == '\n' {
			line++
		}
		raw = raw[n:]
	}
	return line
}

// FormatArticle writes an article as a Markdown file; ParseArticle gives back the same article (normalised, without
// revision, time and author).
func FormatArticle(a Article) []byte {
	a = Normalize(a)
	var b bytes.Buffer
	b.WriteString("---\n")
	root := &yaml.Node{Kind: yaml.MappingNode}
	add := func(key string, value *yaml.Node) {
		root.Content = append(root.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, value)
	}
	for _, key := range frontMatterKeys {
		if list := listOf(&a, key); list != nil {
			if len(*list) > 0 {
				add(key, listNode(*list))
			}
		} else if text := field(a, key); text != "" {
			add(key, textNode(text))
		}
	}
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	// Encoding text nodes into memory cannot fail.
	_ = enc.Encode(root)
	_ = enc.Close()
	b.WriteString("---\n")
	if a.Body != "" {
		b.WriteString("\n" + a.Body + "\n")
	}
	return b.Bytes()
}

// field is the text of one field in a file; the inverse of setField.
func field(a Article, key string) string {
	switch key {
	case "id":
		return string(a.ID)
	case "root":
		return string(a.Root)
	case "lang":
		return string(a.Lang)
	case "title":
		return a.Title
	case "category":
		return a.Category
	case "status":
		return string(a.Status)
	case "summary":
		return a.Summary
	case "body":
		return a.Body
	case "from":
		return formatInstant(a.From)
	case "until":
		return formatInstant(a.Until)
	}
	return ""
}

func textNode(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(s)
	return n
}

func listNode(list []string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode}
	for _, s := range list {
		n.Content = append(n.Content, textNode(s))
	}
	return n
}

// FileName is where an article stands in a folder of Markdown files, each in a file of its own: below its language, named by
// its id without the language's ending. An id that does not end so, and README, which ReadFolder leaves out, is kept whole
// behind an underscore, with which no id begins.
func FileName(a Article) string {
	lang := string(a.Lang)
	if lang == "" {
		lang = "und"
	}
	name, ok := strings.CutSuffix(string(a.ID), "."+lang)
	if !ok || strings.EqualFold(name, "README") {
		name = "_" + string(a.ID)
	}
	return lang + "/" + name + ".md"
}
