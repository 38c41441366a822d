package kb

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"huiyin/nlp"
)

// InputError is something wrong in a file that an editor wrote: where it is and what to do.
type InputError struct {
	File string // path as the editor knows it
	Line int    // from 1; 0: the whole file
	Err  error  // what is wrong there; mostly a *Fault
}

func (e *InputError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %v", e.File, e.Err)
	}
	return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err)
}

// Unwrap gives what is wrong.
func (e *InputError) Unwrap() error { return e.Err }

// Limits of an article. They keep a mistaken import from filling the database.
const (
	maxArticleBytes  = 1 << 20
	maxTitleRunes    = 300
	maxSummaryRunes  = 2000
	maxQuestions     = 500
	maxQuestionRunes = 500
	maxIDRunes       = 128
)

// Normalize brings an article into the one form that is stored, so that export and import give back the same: line
// ends become \n, outer white space goes, empty questions and tags go, and the defaults are filled in (Root: the ID
// without its language ending; Status: Draft; Lang: from the ID's ending).
func Normalize(a Article) Article {
	a.ID = ArticleID(strings.TrimSpace(string(a.ID)))
	a.Root = RootID(strings.TrimSpace(string(a.Root)))
	a.Lang = nlp.Lang(strings.TrimSpace(string(a.Lang)))
	a.Title = oneLine(a.Title)
	a.Category = oneLine(a.Category)
	a.Summary = trimText(a.Summary)
	a.Body = trimText(a.Body)
	a.Questions = lines(a.Questions)
	a.Tags = lines(a.Tags)
	a.Golden = lines(a.Golden)
	ending := ""
	if i := strings.LastIndexByte(string(a.ID), '.'); i > 0 {
		if base := nlp.Lang(a.ID[i+1:]).Base(); base != nlp.LangUnknown {
			ending = string(a.ID[i:])
			if a.Lang == "" {
				a.Lang = base
			}
		}
	}
	if a.Root == "" {
		a.Root = RootID(strings.TrimSuffix(string(a.ID), ending))
	}
	if a.Status == "" {
		a.Status = Draft
	}
	a.From, a.Until = instant(a.From), instant(a.Until)
	a.Note = trimText(a.Note)
	return a
}

func statusFault(s Status) error {
	return NewFault("status", "status “{status}”: must be draft, review, published or archived", "status", string(s))
}

// Validate says what is wrong with a normalised article, in words for an editor; nil when nothing is.
func Validate(a Article) error {
	switch {
	case a.ID == "" && a.Title == "":
		return NewFault("title", "the title is missing") // an id would be made from it
	case !validID(string(a.ID)):
		return NewFault("id", "id “{id}”: use 1 to {most} letters, digits, “.”, “-” or “_”, beginning with a letter or digit", "id", string(a.ID), "most", maxIDRunes)
	case !validID(string(a.Root)):
		return NewFault("root", "root “{root}”: use letters, digits, “.”, “-” or “_”", "root", string(a.Root))
	case a.Lang.Base() == nlp.LangUnknown:
		return NewFault("lang", "lang “{lang}”: must be zh or en (or zh-Hans, zh-Hant)", "lang", string(a.Lang))
	case a.Title == "":
		return NewFault("title", "the title is missing")
	case utf8.RuneCountInString(a.Title) > maxTitleRunes:
		return NewFault("title.long", "the title is longer than {most} characters", "most", maxTitleRunes)
	case utf8.RuneCountInString(a.Summary) > maxSummaryRunes:
		return NewFault("summary.long", "the short answer (summary) is longer than {most} characters", "most", maxSummaryRunes)
	case len(a.Body) > maxArticleBytes:
		return NewFault("body.large", "the text is larger than {most} kB: split the article", "most", maxArticleBytes>>10)
	case len(a.Questions) > maxQuestions:
		return NewFault("questions.many", "more than {most} questions", "most", maxQuestions)
	case len(a.Golden) > maxQuestions:
		return NewFault("golden.many", "more than {most} golden questions", "most", maxQuestions)
	case utf8.RuneCountInString(a.Note) > maxSummaryRunes:
		return NewFault("note.long", "the note is longer than {most} characters", "most", maxSummaryRunes)
	case !validStatus(a.Status):
		return statusFault(a.Status)
	case !a.Until.IsZero() && !a.From.Before(a.Until):
		return NewFault("until", "until ({until}) is not after from ({from})", "until", formatInstant(a.Until), "from", formatInstant(a.From))
	}
	for _, q := range slices.Concat(a.Questions, a.Golden) {
		if utf8.RuneCountInString(q) > maxQuestionRunes {
			return NewFault("question.long", "the question “{question}” is longer than {most} characters", "question", q, "most", maxQuestionRunes)
		}
	}
	return nil
}

// SameContent reports whether two normalised articles are the same in a file: everything but revision, time, author and
// what belongs to the history.
func SameContent(a, b Article) bool {
	return a.ID == b.ID && a.Root == b.Root && a.Lang == b.Lang && SameText(a, b) && a.Category == b.Category && a.Status == b.Status &&
		a.From.Equal(b.From) && a.Until.Equal(b.Until) &&
		slices.Equal(a.Questions, b.Questions) && slices.Equal(a.Tags, b.Tags) && slices.Equal(a.Golden, b.Golden)
}

// SameText reports whether two articles say the same to a customer.
func SameText(a, b Article) bool {
	return a.Title == b.Title && a.Summary == b.Summary && a.Body == b.Body
}

// Unchanged reports whether saving b over a would change nothing that is kept.
func Unchanged(a, b Article) bool {
	return SameContent(a, b) && a.AgreedAt.Equal(b.AgreedAt) && slices.Equal(a.Gaps, b.Gaps) && samePending(a.Pending, b.Pending)
}

func validStatus(s Status) bool {
	return s == Draft || s == Review || s == Published || s == Archived
}

// validID also keeps ids safe as file names: no separators, no leading dot.
func validID(id string) bool {
	n := 0
	for i, r := range id {
		n++
		letter := unicode.IsLetter(r) || unicode.IsDigit(r)
		if !letter && (i == 0 || !strings.ContainsRune("._-", r)) {
			return false
		}
	}
	return n > 0 && n <= maxIDRunes && utf8.ValidString(id)
}

// maxSlugRunes bounds the part of an id that is made from a title.
const maxSlugRunes = 40

// NewID makes an id for an article from its title: letters and digits, joined by hyphens, and the language. taken says
// which ids exist already.
func NewID(title string, lang nlp.Lang, taken func(ArticleID) bool) ArticleID {
	var slug []rune
	gap := false
	for _, r := range strings.ToLower(nlp.Fold(title)) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			gap = true
			continue
		}
		if gap && len(slug) > 0 {
			slug = append(slug, '-')
		}
		if gap = false; len(slug) >= maxSlugRunes {
			break
		}
		slug = append(slug, r)
	}
	name := strings.TrimRight(string(slug), "-")
	if name == "" {
		name = "article"
	}
	id := ArticleID(name + "." + string(lang.Base()))
	for n := 2; taken(id); n++ {
		id = ArticleID(fmt.Sprintf("%s-%d.%s", name, n, lang.Base()))
	}
	return id
}

func trimText(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return strings.TrimSpace(s)
}

func oneLine(s string) string {
	return strings.Join(strings.Fields(trimText(s)), " ")
}

// lines normalises a list: one line each, no empty ones, nil when none is left.
func lines(list []string) []string {
	var out []string
	for _, s := range list {
		if s = oneLine(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// checkUnique reports the second article of each id; where gives the file and line of the i-th article.
func checkUnique(articles []Article, where func(i int) *InputError) []error {
	var errs []error
	first := map[ArticleID]int{}
	for i, a := range articles {
		if j, dup := first[a.ID]; dup {
			e := where(i)
			e.Err = NewFault("taken", "id “{id}” is already used by {place}", "id", string(a.ID), "place", Verbatim(position(where(j))))
			errs = append(errs, e)
			continue
		}
		first[a.ID] = i
	}
	return errs
}

func position(e *InputError) string {
	if e.Line == 0 {
		return e.File
	}
	return fmt.Sprintf("%s:%d", e.File, e.Line)
}

// readLimited reads a file of at most max bytes.
func readLimited(fsys fs.FS, name string, max int64) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, &InputError{File: name, Err: err}
	}
	if info.Size() > max {
		return nil, &InputError{File: name, Err: NewFault("file.large", "{kb} kB is too large for an article; the limit is {most} kB: split it", "kb", info.Size()>>10, "most", max>>10)}
	}
	b, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, &InputError{File: name, Err: err}
	}
	return b, nil
}
