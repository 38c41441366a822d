// Package importer reads articles from the files that editors have: Markdown, CSV, Excel, JSON lines, HTML pages, Word
// documents and pages on the web. Everything that it reads comes from outside: sizes are bounded, archives are measured
// before they are opened, and scripts never become part of an article.
package importer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"huiyin/kb"
	"huiyin/nlp"
)

// File is a file in memory.
type File struct {
	Name string // as the editor knows it; its ending says what it is
	Type string // media type, when it came over the web; else empty
	Data []byte
}

// Options say how to read what a file does not say itself.
type Options struct {
	Encoding string   // of text, one of kb.Encodings; empty: it is found out
	Lang     nlp.Lang // of pages and documents; empty: it is found out
	Category string   // of pages and documents
	Split    bool     // pages and documents: one article for each heading, instead of one in all
}

// Formats are the endings of the files that Read knows.
func Formats() []string {
	return []string{".md", ".csv", ".tsv", ".xlsx", ".jsonl", ".html", ".htm", ".docx", ".zip"}
}

// Read reads the articles of a file. Articles from pages and documents are drafts. When anything is wrong it returns no
// article and all the errors, each a *kb.InputError with file and line, joined.
func Read(f File, o Options) ([]kb.Article, error) {
	if int64(len(f.Data)) > kb.MaxImportBytes {
		return nil, tooLarge(f.Name, int64(len(f.Data)))
	}
	articles, err := read(f, o)
	if err == nil && len(articles) == 0 {
		err = &kb.InputError{File: f.Name, Err: kb.NewFault("none", "holds no articles")}
	}
	if err != nil {
		return nil, err
	}
	return articles, nil
}

func read(f File, o Options) ([]kb.Article, error) {
	switch kindOf(f) {
	case ".md":
		text, err := decode(f, o)
		if err != nil {
			return nil, err
		}
		a, err := kb.ParseArticle(f.Name, []byte(text))
		return []kb.Article{a}, err
	case ".csv", ".tsv":
		text, err := decode(f, o)
		if err != nil {
			return nil, err
		}
		return kb.ReadCSV(f.Name, strings.NewReader(text))
	case ".xlsx":
		return readWorkbook(f)
	case ".jsonl":
		text, err := decode(f, o)
		if err != nil {
			return nil, err
		}
		return readLines(f.Name, text)
	case ".html":
		return readPage(f, o)
	case ".docx":
		return readDocument(f, o)
	case ".zip":
		return readArchive(f)
	}
	return nil, &kb.InputError{File: f.Name, Err: kb.NewFault("format", "is in a format that cannot be read; use one of {known}", "known", strings.Join(Formats(), " "))}
}

// kindOf is the ending that stands for a file's format: by its media type, else by its name.
func kindOf(f File) string {
	media, _, _ := strings.Cut(f.Type, ";")
	switch strings.TrimSpace(strings.ToLower(media)) {
	case "text/html", "application/xhtml+xml":
		return ".html"
	case "text/markdown":
		return ".md"
	case "text/csv":
		return ".csv"
	case "application/jsonl", "application/x-ndjson":
		return ".jsonl"
	case "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":
		return ".xlsx"
	case "application/vnd.openxmlformats-officedocument.wordprocessingml.document":
		return ".docx"
	}
	switch ext := strings.ToLower(path.Ext(filepath.ToSlash(f.Name))); ext {
	case ".htm":
		return ".html"
	case ".markdown":
		return ".md"
	case ".ndjson":
		return ".jsonl"
	default:
		return ext
	}
}

// decode turns a text file into UTF-8.
func decode(f File, o Options) (string, error) {
	text, err := kb.DecodeText(f.Data, o.Encoding)
	if err != nil {
		return "", &kb.InputError{File: f.Name, Err: err}
	}
	return text, nil
}

// damaged is a file that is not what its name says.
func damaged(cause error) error {
	return kb.NewFault("damaged", "is damaged, or not what its name says: open it in the program that made it and save it again").Marked(cause)
}

func tooLarge(name string, size int64) error {
	return &kb.InputError{File: name, Err: kb.NewFault("large", "{mb} MB is too large; the limit is {most} MB: split the file", "mb", size>>20, "most", kb.MaxImportBytes>>20)}
}

// ReadPath reads a file, or a folder of Markdown files. Errors that are no *kb.InputError say that it cannot be opened.
func ReadPath(name string, o Options) ([]kb.Article, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, unopened(name, err)
	}
	if info.IsDir() {
		articles, err := kb.ReadFolder(os.DirFS(name))
		if err == nil && len(articles) == 0 {
			err = &kb.InputError{File: name, Err: kb.NewFault("none.folder", "holds no articles: use a folder of .md files, or a file that is one of {known}", "known", strings.Join(Formats(), " "))}
		}
		return articles, err
	}
	if info.Size() > kb.MaxImportBytes {
		return nil, tooLarge(name, info.Size())
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, unopened(name, err)
	}
	defer file.Close()
	raw, err := io.ReadAll(io.LimitReader(file, kb.MaxImportBytes+1)) // it may be no ordinary file
	if err != nil {
		return nil, fmt.Errorf("importer: %w", err)
	}
	return Read(File{Name: name, Data: raw}, o)
}

// unopened is why a file cannot be opened, without the name of the system call.
func unopened(name string, err error) error {
	var cause *fs.PathError
	if errors.As(err, &cause) {
		err = cause.Err
	}
	return fmt.Errorf("%s: %w", name, err)
}

// readArchive reads a zipped folder of Markdown files.
func readArchive(f File) ([]kb.Article, error) {
	z, err := openZip(f)
	if err != nil {
		return nil, err
	}
	folder, err := fs.Sub(z, ".")
	if err != nil {
		return nil, &kb.InputError{File: f.Name, Err: err}
	}
	return kb.ReadFolder(folder)
}

// section is a heading with what stands below it.
type section struct {
	level int    // of the heading, from 1; 0: what stands before the first one
	title string // plain text
	body  strings.Builder
}

// paper is a page or document, taken apart.
type paper struct {
	title    string
	sections []*section
}

func (p *paper) heading(level int, title string) {
	p.sections = append(p.sections, &section{level: level, title: title})
}

// block adds a paragraph, list or table in Markdown.
func (p *paper) block(markdown string) {
	if strings.TrimSpace(markdown) == "" {
		return
	}
	if len(p.sections) == 0 {
		p.sections = []*section{{}}
	}
	b := &p.sections[len(p.sections)-1].body
	if b.Len() > 0 {
		b.WriteString("\n\n")
	}
	b.WriteString(strings.Trim(markdown, "\n"))
}

// articles makes articles of a paper: one, or one for each heading of the level that is split at.
func (p *paper) articles(f File, o Options) ([]kb.Article, error) {
	at := 0
	if o.Split {
		at = p.splitLevel()
	}
	title := p.title
	if title == "" && len(p.sections) > 0 && p.sections[0].level > 0 {
		title = p.sections[0].title
	}
	if title == "" {
		title = strings.TrimSuffix(path.Base(filepath.ToSlash(f.Name)), path.Ext(f.Name))
	}
	pieces := []kb.Article{{Title: title}}
	for _, s := range p.sections {
		switch {
		case at > 0 && s.level == at:
			pieces = append(pieces, kb.Article{Title: s.title})
		case s.level > 0 && s.title != title:
			pieces[len(pieces)-1].Body += "\n\n" + strings.Repeat("#", min(6, s.level)) + " " + escape(s.title)
		}
		pieces[len(pieces)-1].Body += "\n\n" + s.body.String()
	}
	if at > 0 && strings.TrimSpace(pieces[0].Body) == "" {
		pieces = pieces[1:]
	}
	var out []kb.Article
	var errs []error
	for _, a := range pieces {
		a.Lang, a.Category, a.Status = o.Lang, o.Category, kb.Draft
		if a.Lang == "" {
			a.Lang = languageOf(a.Title + "\n" + a.Body)
		}
		a.ID = kb.NewID(a.Title, a.Lang, func(id kb.ArticleID) bool {
			return slices.ContainsFunc(out, func(x kb.Article) bool { return x.ID == id })
		})
		a = kb.Normalize(a)
		switch err := kb.Validate(a); {
		case err != nil:
			errs = append(errs, &kb.InputError{File: f.Name, Err: err})
		case a.Body == "":
			errs = append(errs, &kb.InputError{File: f.Name, Err: kb.NewFault("text", "“{title}” has no text", "title", a.Title)})
		default:
			lacks := []string{"root", "status", "questions", "golden", "tags", "from", "until", "summary"}
			if o.Category == "" {
				lacks = append(lacks, "category")
			}
			out = append(out, a.Lacking(lacks...))
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return out, nil
}

// splitLevel is the highest level that has more than one heading; 0: none has.
func (p *paper) splitLevel() int {
	for level := 1; level <= 6; level++ {
		n := 0
		for _, s := range p.sections {
			if s.level == level {
				n++
			}
		}
		if n > 1 {
			return level
		}
	}
	return 0
}

func languageOf(text string) nlp.Lang {
	if lang, _ := nlp.DetectLang(text); lang.Base() != nlp.LangUnknown {
		return lang.Base()
	}
	return nlp.LangEnglish
}

// escape keeps text from being read as Markdown.
func escape(text string) string {
	var b bytes.Buffer
	for i, r := range text {
		if strings.ContainsRune("\\`*[]<", r) || i == 0 && strings.ContainsRune("#>+-", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
