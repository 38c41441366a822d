package kb

import (
	"cmp"
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"huiyin/nlp"
)

// GapCluster is questions without a good answer that ask for the same, in either language.
type GapCluster struct {
	Question string  `json:"question"` // the one most like the others
	Gaps     []Gap   `json:"gaps"`     // oldest first
	People   int     `json:"people"`   // different customers
	Annoyed  float64 `json:"annoyed"`  // mean of how negative they were, 0..1
	Weight   float64 `json:"weight"`   // People × (1 + Annoyed); clusters are ordered by it

	// Near are the first gaps of the clusters that may ask for the same, the likeliest first: a person has to say.
	Near []string `json:"near,omitempty"`

	// Aside: an editor has set one of them aside. Whoever asks the same again asks nothing new.
	Aside bool `json:"aside,omitempty"`
}

// Bounds of the work, which grows with the squares of the number of different questions and of their words: of a longer text the
// beginning is compared.
const (
	maxClustered  = 1000
	clusteredText = 200 // characters
)

// asks is what is compared of a gap's question.
func (g Gap) asks() string {
	text := oneLine(g.Question)
	if len(text) <= clusteredText {
		return text
	}
	if runes := []rune(text); len(runes) > clusteredText {
		return string(runes[:clusteredText])
	}
	return text
}

// asideDays is for how long a question that was set aside keeps those off the list that ask the same.
const asideDays = 365

// GapsToDo are the gaps of [from, to) that no article answers, and those that were set aside in the year before, for ClusterGaps.
func GapsToDo(ctx context.Context, s Store, from, to time.Time) ([]Gap, error) {
	all, err := s.Gaps(ctx, to.AddDate(0, 0, -asideDays), to)
	return slices.DeleteFunc(all, func(g Gap) bool { return g.ClosedBy != SetAside && (g.ClosedBy != "" || g.At.Before(from)) }), err
}

// ClusterGaps groups open gaps and those that were set aside, the heaviest cluster first. Answered gaps, and questions without any word, are left out, and of
// more than maxClustered different questions those asked by fewest, the older ones first. The error is that of the context.
func (s *Searcher) ClusterGaps(ctx context.Context, gaps []Gap) ([]GapCluster, error) {
	open := slices.DeleteFunc(slices.Clone(gaps), func(g Gap) bool { return g.ClosedBy != "" && g.ClosedBy != SetAside })
	slices.SortStableFunc(open, earlier)
	// A catalog of the questions themselves knows how rare their words are among each other.
	c := s.catalog.sibling()
	c.large = true // wordings are compared, and nothing else
	var articles []Article
	wishes := mostAsked(open, maxClustered)
	for _, list := range wishes {
		articles = append(articles, Article{ID: wishID(list[0]), Root: RootID(list[0].ID), Title: list[0].asks(), Lang: gapLang(list[0]), Status: Published})
	}
	c.put(articles)
	groups, err := c.group(ctx, wishes, &s.weights)
	if err != nil {
		return nil, err
	}
	out := make([]GapCluster, 0, len(groups))
	for _, g := range groups {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		cluster := c.cluster(g.gaps, &s.weights)
		for _, other := range g.near {
			cluster.Near = append(cluster.Near, groups[other].gaps[0].ID)
		}
		out = append(out, cluster)
	}
	slices.SortStableFunc(out, func(a, b GapCluster) int { return cmp.Compare(b.Weight, a.Weight) })
	return out, nil
}

// earlier orders gaps, the oldest first.
func earlier(a, b Gap) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) }

// wishID names a question in its language: gaps that say the same have the same.
func wishID(g Gap) ArticleID { return ArticleID(string(gapLang(g)) + " " + g.asks()) }

// mostAsked puts the gaps with the same words together and takes at most n such lists: those of most people, and of these the
// newest, so that a flood of nonsense displaces nothing that many ask. The lists are in the order of their first gaps.
func mostAsked(gaps []Gap, n int) [][]Gap {
	at := map[ArticleID]int{}
	var lists [][]Gap
	for _, g := range gaps {
		id := wishID(g)
		i, ok := at[id]
		if !ok {
			i = len(lists)
			at[id], lists = i, append(lists, nil)
		}
		lists[i] = append(lists[i], g)
	}
	if len(lists) <= n {
		return lists
	}
	people := make(map[ArticleID]int, len(lists))
	for _, list := range lists {
		people[wishID(list[0])] = peopleOf(list)
	}
	slices.SortStableFunc(lists, func(a, b []Gap) int {
		return cmp.Or(cmp.Compare(people[wishID(b[0])], people[wishID(a[0])]), earlier(b[len(b)-1], a[len(a)-1]))
	})
	lists = lists[:n]
	slices.SortFunc(lists, func(a, b []Gap) int { return earlier(a[0], b[0]) })
	return lists
}

// peopleOf is how many different customers asked.
func peopleOf(gaps []Gap) int {
	people := map[string]bool{}
	for _, g := range gaps {
		people[cmp.Or(g.Contact, g.Conversation, g.ID)] = true
	}
	return len(people)
}

func gapLang(g Gap) nlp.Lang {
	if g.Lang.Base() == nlp.LangUnknown {
		return guessLang(g.Question)
	}
	return g.Lang.Base()
}

// newGapCluster counts who asked, and how annoyed they were.
func newGapCluster(question string, list []Gap) GapCluster {
	out := GapCluster{Gaps: list, Question: question, People: peopleOf(list)}
	for _, g := range list {
		out.Annoyed += max(0, -g.Sentiment) / float64(len(list))
		out.Aside = out.Aside || g.ClosedBy == SetAside
	}
	out.Weight = float64(out.People) * (1 + out.Annoyed)
	return out
}

// Join is a cluster with another one that asks for the same, as an editor says. It keeps its question.
func (g GapCluster) Join(other GapCluster) GapCluster {
	list := slices.Concat(g.Gaps, other.Gaps)
	slices.SortStableFunc(list, earlier)
	out := newGapCluster(g.Question, list)
	for _, id := range slices.Concat(g.Near, other.Near) {
		if !slices.ContainsFunc(list, func(in Gap) bool { return in.ID == id }) && !slices.Contains(out.Near, id) {
			out.Near = append(out.Near, id)
		}
	}
	return out
}

func (c *catalog) cluster(list []Gap, w *weights) GapCluster {
	out := newGapCluster(list[0].Question, list)
	if !slices.ContainsFunc(list, func(g Gap) bool { return wishID(g) != wishID(list[0]) }) {
		return out
	}
	most := -1.0
	for _, g := range list[:min(len(list), 50)] {
		q := c.question(analyze(c.tok, g.asks(), nil), gapLang(g), "")
		sum := 0.0
		for _, other := range list[:min(len(list), 50)] {
			score, _ := c.wording(&q, &c.entries[wishID(other)].phrases[0], w)
			sum += score
		}
		if sum > most {
			most, out.Question = sum, g.Question
		}
	}
	return out
}

// maxDrafted is how many of a cluster's questions a draft begins with.
const maxDrafted = 30

// Draft is an article to begin with for a cluster, in the language that most of its questions are asked in. Its questions
// are those in that language; all of them become golden. The body is empty, or what an agent answered. Publishing it
// closes the cluster's gaps.
func (g GapCluster) Draft(id ArticleID, answer string, at time.Time) Article {
	a := Article{ID: id, Lang: g.Lang(), Title: g.Question, Body: answer, Status: Draft, UpdatedAt: at}
	if runes := []rune(a.Title); len(runes) > maxTitleRunes {
		a.Title = string(runes[:maxTitleRunes])
	}
	return g.AddTo(a)
}

// AddTo is an article that is being written with what a cluster asks besides: its gaps are closed with it, its questions are
// golden, and those in the article's language are among the article's questions.
func (g GapCluster) AddTo(a Article) Article {
	a.Gaps, a.Golden, a.Questions = slices.Clone(a.Gaps), slices.Clone(a.Golden), slices.Clone(a.Questions)
	for _, gap := range g.Gaps {
		if !slices.Contains(a.Gaps, gap.ID) {
			a.Gaps = append(a.Gaps, gap.ID)
		}
		question := oneLine(gap.Question)
		if utf8.RuneCountInString(question) > maxQuestionRunes {
			continue
		}
		if !slices.Contains(a.Golden, question) && len(a.Golden) < maxDrafted {
			a.Golden = append(a.Golden, question)
		}
		if gapLang(gap) == a.Lang && question != oneLine(a.Title) && !slices.Contains(a.Questions, question) && len(a.Questions) < maxDrafted {
			a.Questions = append(a.Questions, question)
		}
	}
	return Normalize(a)
}

// Lang is the language that most of a cluster's questions are asked in.
func (g GapCluster) Lang() nlp.Lang {
	zh := 0
	for _, gap := range g.Gaps {
		if gapLang(gap) == nlp.LangChinese {
			zh++
		}
	}
	if 2*zh >= len(g.Gaps) {
		return nlp.LangChinese
	}
	return nlp.LangEnglish
}
