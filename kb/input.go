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

// Validate says what is wrong first with a normalised article, in words for an editor; nil when nothing is.
func Validate(a Article) error {
	if wrong := flaws(a); len(wrong) > 0 {
		return wrong[0].Fault
	}
	return nil
}

// Flaws is all that is wrong with a normalised article, see Validate.
func Flaws(a Article) []error {
	var all []error
	for _, f := range flaws(a) {
		all = append(all, f.Fault)
	}
	return all
}

// flaw is what is wrong with one field of an article: the key of a file, and the item of a list.
type flaw struct {
	*Fault
	key, item string
}

// flaws looks at one field after the other. What follows from an id that is missing is not said besides.
func flaws(a Article) []flaw {
	var all []flaw
	must := func(ok bool, key string, f *Fault) {
		if !ok {
			all = append(all, flaw{Fault: f, key: key})
		}
	}
	none := a.ID == "" // an id is made of the title where a file may leave it out
	must(!none || a.Title == "", "id", NewFault("id.none", "the id is missing: it names the article for good, as “returns.en” does"))
	must(none || validID(string(a.ID)), "id", NewFault("id", "id “{id}”: use 1 to {most} letters, digits, “.”, “-” or “_”, beginning with a letter or digit", "id", string(a.ID), "most", maxIDRunes))
	must(validID(string(a.Root)) || strings.HasPrefix(string(a.ID), string(a.Root)), "root", NewFault("root", "root “{root}”: use letters, digits, “.”, “-” or “_”", "root", string(a.Root)))
	must(a.Lang.Base() != nlp.LangUnknown || none && a.Lang == "", "lang", NewFault("lang", "lang “{lang}”: must be zh or en (or zh-Hans, zh-Hant)", "lang", string(a.Lang)))
	must(a.Title != "", "title", NewFault("title", "the title is missing"))
	must(utf8.RuneCountInString(a.Title) <= maxTitleRunes, "title", NewFault("title.long", "the title is longer than {most} characters", "most", maxTitleRunes))
	must(utf8.RuneCountInString(a.Summary) <= maxSummaryRunes, "summary", NewFault("summary.long", "the short answer (summary) is longer than {most} characters", "most", maxSummaryRunes))
	must(len(a.Body) <= maxArticleBytes, "body", NewFault("body.large", "the text is larger than {most} kB: split the article", "most", maxArticleBytes>>10))
	must(len(a.Questions) <= maxQuestions, "questions", NewFault("questions.many", "more than {most} questions", "most", maxQuestions))
	must(len(a.Golden) <= maxQuestions, "golden", NewFault("golden.many", "more than {most} golden questions", "most", maxQuestions))
	must(utf8.RuneCountInString(a.Note) <= maxSummaryRunes, "note", NewFault("note.long", "the note is longer than {most} characters", "most", maxSummaryRunes))
	must(validStatus(a.Status), "status", NewFault("status", "status “{status}”: must be draft, review, published or archived", "status", string(a.Status)))
	must(a.Until.IsZero() || a.From.Before(a.Until), "until", NewFault("until", "until ({until}) is not after from ({from})", "until", formatInstant(a.Until), "from", formatInstant(a.From)))
	for i, q := range slices.Concat(a.Questions, a.Golden) {
		if utf8.RuneCountInString(q) > maxQuestionRunes {
			key := "questions"
			if i >= len(a.Questions) {
				key = "golden"
			}
			all = append(all, flaw{Fault: NewFault("question.long", "the question “{question}” is longer than {most} characters", "question", q, "most", maxQuestionRunes), key: key, item: q})
		}
	}
	return all
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
