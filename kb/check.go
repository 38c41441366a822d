package kb

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"

	"huiyin/nlp"
)

// FindingKind is what kb check finds.
type FindingKind string

// The findings, the gravest first.
const (
	FindTwoOwners   FindingKind = "two_owners"  // one question stands in two articles
	FindNumbers     FindingKind = "numbers"     // translations name different numbers
	FindStolen      FindingKind = "stolen"      // an article's own question finds another article
	FindDuplicate   FindingKind = "duplicate"   // two articles ask nearly the same
	FindLink        FindingKind = "link"        // a link leads nowhere
	FindScheme      FindingKind = "scheme"      // a link of a kind that is not shown to customers
	FindTranslation FindingKind = "translation" // the other language is missing
	FindBehind      FindingKind = "behind"      // the translation says what the original said before
	FindGolden      FindingKind = "golden"      // golden questions of an article that nobody answers rightly
	FindUnused      FindingKind = "unused"      // no customer got the article
	FindWebLink     FindingKind = "web_link"    // an address on the web does not answer: see CheckWeb
	FindPlainLink   FindingKind = "plain_link"  // an address on the web is not https, and is not asked: see CheckWeb
	FindByIntent    FindingKind = "by_intent"   // golden questions that an intent answers, and the article alone would not: nothing to mend
)

// Finding is something for an editor to mend or, of the kind FindByIntent, to know.
type Finding struct {
	Kind     FindingKind `json:"kind"`
	Articles []ArticleID `json:"articles"`
	Detail   string      `json:"detail"`           // the question, the numbers or the link
	Reason   string      `json:"reason,omitempty"` // of FindWebLink: a word for why, as the probe's error has it; may be empty
	Message  string      `json:"message"`
	Asked    []Asked     `json:"asked,omitempty"` // of FindGolden and FindByIntent: the golden questions that it is about
	Of       int         `json:"of,omitempty"`    // … and how many the article has
}

// Asked is a question with what customers get who ask it.
type Asked struct {
	Question string  `json:"question"`
	Outcome  Outcome `json:"outcome"`
}

// nearDuplicate is the wording score from which two titles count as duplicates. Of the sample shop's titles one pair reaches
// it, which overlaps (changing the address or phone number, changing the phone number or e-mail: 0.74; the next 0.67);
// paraphrases of its titles got 0.72 to 0.91.
const nearDuplicate = 0.7

// numberPattern finds amounts, days and the like; a group separator inside is allowed.
var numberPattern = regexp.MustCompile(`\d+(?:[,.]\d+)*`)

// Check looks through the published articles of an open searcher. Golden questions are asked of the judge; nil: of the
// articles alone. Findings come in the order of their kinds.
func (s *Searcher) Check(ctx context.Context, judge Judge) ([]Finding, error) {
	c := s.catalog
	c.mu.RLock()
	var list []*entry
	for _, e := range c.entries {
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b *entry) int { return strings.Compare(string(a.article.ID), string(b.article.ID)) })
	out := c.checkOwners(list)
	out = append(out, c.checkRoots(list)...)
	out = append(out, checkLinks(list)...)
	c.mu.RUnlock()
	stolen, err := s.checkQuestions(ctx, list)
	if err != nil {
		return nil, err
	}
	out = append(out, stolen...)
	asked, err := s.checkGolden(ctx, judge.orAlone(), list)
	if err != nil {
		return nil, err
	}
	out = append(out, asked...)
	order := []FindingKind{FindTwoOwners, FindNumbers, FindGolden, FindStolen, FindDuplicate, FindLink, FindScheme, FindTranslation, FindBehind, FindByIntent}
	slices.SortStableFunc(out, func(a, b Finding) int { return slices.Index(order, a.Kind) - slices.Index(order, b.Kind) })
	return out, nil
}

// checkOwners finds questions that stand in two articles of one language.
func (c *catalog) checkOwners(list []*entry) []Finding {
	var out []Finding
	seen := map[string]bool{}
	for _, e := range list {
		for i, ph := range e.phrases {
			owners := slices.DeleteFunc(slices.Clone(c.keys[ph.key]), func(id ArticleID) bool {
				return c.entries[id].article.Lang.Base() != e.article.Lang.Base()
			})
			mark := string(e.article.Lang.Base()) + ph.key
			if len(owners) < 2 || ph.key == "" || seen[mark] {
				continue
			}
			seen[mark] = true
			slices.Sort(owners)
			question := append([]string{e.article.Title}, e.article.Questions...)[i]
			out = append(out, Finding{Kind: FindTwoOwners, Articles: owners, Detail: question,
				Message: fmt.Sprintf("“%s” stands in %s: keep it in one", question, joinIDs(owners))})
		}
	}
	return out
}

// checkRoots compares the translations of each article.
func (c *catalog) checkRoots(list []*entry) []Finding {
	var out []Finding
	languages := map[nlp.Lang]bool{}
	for _, e := range list {
		languages[e.article.Lang.Base()] = true
	}
	for _, e := range list {
		ids := c.roots[e.article.Root]
		if len(ids) < 2 {
			if len(languages) > 1 {
				out = append(out, Finding{Kind: FindTranslation, Articles: []ArticleID{e.article.ID}, Detail: string(e.article.Lang.Base()),
					Message: fmt.Sprintf("%s exists only in %s", e.article.ID, e.article.Lang.Base())})
			}
			continue
		}
		for _, id := range ids {
			other := c.entries[id]
			if id <= e.article.ID || other.article.Lang.Base() == e.article.Lang.Base() {
				continue
			}
			out = append(out, checkTranslation(*e.article, *other.article)...)
		}
	}
	return out
}

func checkTranslation(a, b Article) []Finding {
	var out []Finding
	ids := []ArticleID{a.ID, b.ID}
	onlyA, onlyB := differingNumbers(a, b)
	if len(onlyA) > 0 && len(onlyB) > 0 {
		detail := strings.Join(onlyA, " ") + " | " + strings.Join(onlyB, " ")
		out = append(out, Finding{Kind: FindNumbers, Articles: ids, Detail: detail,
			Message: fmt.Sprintf("%s says %s where %s says %s", a.ID, strings.Join(onlyA, ", "), b.ID, strings.Join(onlyB, ", "))})
	}
	for _, pair := range [...][2]Article{{a, b}, {b, a}} {
		if old, young := pair[0], pair[1]; Behind(old, young) {
			day := young.TextAt.UTC().Format(time.DateOnly)
			out = append(out, Finding{Kind: FindBehind, Articles: []ArticleID{old.ID, young.ID}, Detail: day,
				Message: fmt.Sprintf("%s was changed on %s, %s was not: bring it up to date, or mark it as up to date", young.ID, day, old.ID)})
		}
	}
	return out
}

// differingNumbers are the numbers that only one of two translations names, in digits or in words up to ten.
func differingNumbers(a, b Article) (onlyA, onlyB []string) {
	x, y := numbersIn(a), numbersIn(b)
	for _, n := range x {
		if !slices.Contains(y, n) && !spelled(b, n) {
			onlyA = append(onlyA, n)
		}
	}
	for _, n := range y {
		if !slices.Contains(x, n) && !spelled(a, n) {
			onlyB = append(onlyB, n)
		}
	}
	return onlyA, onlyB
}

func numbersIn(a Article) []string {
	var out []string
	for _, n := range numberPattern.FindAllString(nlp.Fold(PlainText(a.Summary)+"\n"+PlainText(a.Body)), -1) {
		n = strings.ReplaceAll(n, ",", "")
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// smallNumbers in words, by value: an article that says “seven days” agrees with one that says 7 天.
var smallNumbers = [...][]string{
	0: {"zero", "零"}, 1: {"one", "once", "一"}, 2: {"two", "twice", "两", "二"}, 3: {"three", "三"}, 4: {"four", "四"},
	5: {"five", "五"}, 6: {"six", "六"}, 7: {"seven", "七"}, 8: {"eight", "八"}, 9: {"nine", "九"}, 10: {"ten", "十"},
}

func spelled(a Article, number string) bool {
	body := strings.ToLower(a.Summary + "\n" + a.Body)
	latin := strings.FieldsFunc(body, func(r rune) bool { return r < 'a' || r > 'z' })
	for value, words := range smallNumbers {
		if number != fmt.Sprint(value) {
			continue
		}
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(latin, w) || hasHan(w) && strings.Contains(body, w) })
	}
	return false
}

// shownSchemes are the kinds of addresses that chat pages and console show as links.
var shownSchemes = []string{"http", "https", "mailto", "tel"}

// checkLinks finds relative links that name no article, and links that are not shown to customers.
func checkLinks(list []*entry) []Finding {
	known := map[string]bool{}
	for _, e := range list {
		known[string(e.article.ID)], known[string(e.article.Root)] = true, true
	}
	var out []Finding
	for _, e := range list {
		for _, to := range links(e.article.Body) {
			scheme, _, schemed := strings.Cut(to, ":")
			if schemed = schemed && !strings.ContainsAny(scheme, "/?#"); schemed && !slices.Contains(shownSchemes, strings.ToLower(strings.TrimSpace(scheme))) {
				out = append(out, Finding{Kind: FindScheme, Articles: []ArticleID{e.article.ID}, Detail: to,
					Message: fmt.Sprintf("%s links to %s, which is not shown as a link", e.article.ID, to)})
			}
			if schemed || strings.HasPrefix(to, "#") || strings.HasPrefix(to, "//") {
				continue
			}
			target, _, _ := strings.Cut(to, "#")
			name := strings.TrimSuffix(path.Base(target), ".md")
			if !known[name] {
				out = append(out, Finding{Kind: FindLink, Articles: []ArticleID{e.article.ID}, Detail: to,
					Message: fmt.Sprintf("%s links to %s, which no published article is", e.article.ID, to)})
			}
		}
	}
	return out
}

// links are the destinations of the links of a Markdown text.
func links(markdown string) []string {
	var out []string
	src := []byte(markdown)
	_ = ast.Walk(goldmark.DefaultParser().Parse(text.NewReader(src)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch l := n.(type) {
		case *ast.Link:
			if entering {
				out = append(out, string(l.Destination))
			}
		case *ast.AutoLink:
			if entering && l.AutoLinkType == ast.AutoLinkURL {
				out = append(out, string(l.URL(src)))
			}
		}
		return ast.WalkContinue, nil
	})
	return out
}

// checkQuestions asks every question of every article, as it stands: it must find its own article.
func (s *Searcher) checkQuestions(ctx context.Context, list []*entry) ([]Finding, error) {
	found, err := each(ctx, list, func(ctx context.Context, e *entry) ([]Finding, error) { return s.checkQuestionsOf(ctx, e.article) })
	return slices.Concat(found...), err
}

func (s *Searcher) checkQuestionsOf(ctx context.Context, a *Article) (out []Finding, err error) {
	var near []ranked
	for i, question := range append([]string{a.Title}, a.Questions...) {
		found, err := s.find(ctx, analyze(s.tok, question, nil), a.Lang, "")
		if err != nil {
			return nil, err
		}
		if len(found) > 0 && found[0].entry.article.Root != a.Root {
			thief := found[0].entry.article.ID
			out = append(out, Finding{Kind: FindStolen, Articles: []ArticleID{a.ID, thief}, Detail: question,
				Message: fmt.Sprintf("“%s” of %s finds %s", question, a.ID, thief)})
		}
		if i == 0 {
			near = found[:min(3, len(found))]
		}
	}
	for _, r := range near {
		other := r.entry.article
		if !r.foreign && other.Root != a.Root && other.ID > a.ID && r.likeness >= nearDuplicate {
			out = append(out, Finding{Kind: FindDuplicate, Articles: []ArticleID{a.ID, other.ID}, Detail: other.Title,
				Message: fmt.Sprintf("%s (“%s”) and %s (“%s”) ask nearly the same", a.ID, a.Title, other.ID, other.Title)})
		}
	}
	return out, nil
}

// checkGolden asks the golden questions. Those of an article that miss it make one finding, and those that only an intent
// answers another.
func (s *Searcher) checkGolden(ctx context.Context, judge Judge, list []*entry) ([]Finding, error) {
	found, err := each(ctx, list, func(ctx context.Context, e *entry) ([]Finding, error) { return s.checkGoldenOf(ctx, judge, e.article) })
	return slices.Concat(found...), err
}

func (s *Searcher) checkGoldenOf(ctx context.Context, judge Judge, a *Article) (out []Finding, err error) {
	var missed, byIntent []Asked
	goldens := Goldens([]Article{*a})
	for _, g := range goldens {
		reach, outcome, err := judge.reach(ctx, s, g)
		if err != nil {
			return nil, err
		}
		asked := Asked{g.Question, outcome}
		if reach == ReachMissed {
			missed = append(missed, asked)
		} else if outcome.Intent != "" {
			alone, _, err := Judge(Alone).reach(ctx, s, g)
			if err != nil {
				return nil, err
			}
			if alone == ReachMissed {
				byIntent = append(byIntent, asked)
			}
		}
	}
	note := func(kind FindingKind, asked []Asked, what string) {
		if len(asked) > 0 {
			out = append(out, Finding{Kind: kind, Articles: []ArticleID{a.ID}, Detail: asked[0].Question, Asked: asked, Of: len(goldens),
				Message: fmt.Sprintf("%s: %d of %d golden questions are %s", a.ID, len(asked), len(goldens), what)})
		}
	}
	note(FindGolden, missed, "not answered rightly")
	note(FindByIntent, byIntent, "answered by an intent alone")
	return out, nil
}

// Unused finds published articles that stood as they are since an instant and that no customer got since: shown counts by
// article. A translation is not reported when the article is shown in the other language.
func Unused(articles []Article, shown map[ArticleID]int, since time.Time) []Finding {
	roots := map[RootID]int{}
	for _, a := range articles {
		roots[a.Root] += shown[a.ID]
	}
	var out []Finding
	for _, a := range articles {
		if a.Status == Published && roots[a.Root] == 0 && a.UpdatedAt.Before(since) && a.From.Before(since) {
			out = append(out, Finding{Kind: FindUnused, Articles: []ArticleID{a.ID}, Detail: a.Title,
				Message: fmt.Sprintf("%s (“%s”) was shown to nobody since %s", a.ID, a.Title, since.UTC().Format(time.DateOnly))})
		}
	}
	return out
}

func joinIDs(ids []ArticleID) string {
	var b strings.Builder
	for i, id := range ids {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(id))
	}
	return b.String()
}
