package kb

import (
	"cmp"
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
}

// sameQuestion is the score of wordings from which two questions in one language count as the same.
const sameQuestion = 0.55

// maxClustered bounds the work; of more gaps the newest are taken.
const maxClustered = 5000

// ClusterGaps groups open gaps, the heaviest cluster first. Closed gaps, and questions without any word, are left out.
func (s *Searcher) ClusterGaps(gaps []Gap) []GapCluster {
	open := slices.DeleteFunc(slices.Clone(gaps), func(g Gap) bool { return g.ClosedBy != "" })
	slices.SortStableFunc(open, func(a, b Gap) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	open = open[max(0, len(open)-maxClustered):]
	// A catalog of the questions themselves knows how rare their words are among each other.
	c := newCatalog(s.tok, s.catalog.models)
	var articles []Article
	for _, g := range open {
		articles = append(articles, Article{ID: ArticleID(g.ID), Root: RootID(g.ID), Title: g.Question, Lang: gapLang(g), Status: Published})
	}
	c.put(articles)
	groups := c.group(open, &s.weights)
	out := make([]GapCluster, 0, len(groups))
	for _, list := range groups {
		out = append(out, c.cluster(list, &s.weights))
	}
	slices.SortStableFunc(out, func(a, b GapCluster) int { return cmp.Compare(b.Weight, a.Weight) })
	return out
}

func gapLang(g Gap) nlp.Lang {
	if g.Lang.Base() == nlp.LangUnknown {
		return guessLang(g.Question)
	}
	return g.Lang.Base()
}

// asking is gaps that ask the same in one language; the first one leads.
type asking struct {
	question question
	entry    *entry
	gaps     []Gap
}

// group puts each gap into the group of its language whose leader is most like it, or makes it a leader, and then joins
// groups across the languages.
func (c *catalog) group(gaps []Gap, w *weights) [][]Gap {
	var groups []*asking
	for _, g := range gaps {
		e := c.entries[ArticleID(g.ID)]
		if len(e.phrases[0].features) == 0 {
			continue
		}
		q := c.question(analyze(c.tok, g.Question, nil), gapLang(g), "")
		best, at := 0.0, -1
		for i, leader := range groups {
			if leader.question.lang.Base() != q.lang.Base() {
				continue
			}
			if score, _ := c.wording(&q, &leader.entry.phrases[0], w); score > best {
				best, at = score, i
			}
		}
		if best < sameQuestion {
			groups = append(groups, &asking{q, e, []Gap{g}})
			continue
		}
		groups[at].gaps = append(groups[at].gaps, g)
	}
	return c.joined(groups)
}

func (c *catalog) cluster(list []Gap, w *weights) GapCluster {
	out := GapCluster{Gaps: list, Question: list[0].Question}
	people := map[string]bool{}
	for _, g := range list {
		people[cmp.Or(g.Contact, g.Conversation, g.ID)] = true
		out.Annoyed += max(0, -g.Sentiment) / float64(len(list))
	}
	out.People = len(people)
	out.Weight = float64(out.People) * (1 + out.Annoyed)
	most := -1.0
	for _, g := range list[:min(len(list), 50)] {
		q := c.question(analyze(c.tok, g.Question, nil), gapLang(g), "")
		sum := 0.0
		for _, other := range list[:min(len(list), 50)] {
			score, _ := c.wording(&q, &c.entries[ArticleID(other.ID)].phrases[0], w)
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
	for _, gap := range g.Gaps {
		a.Gaps = append(a.Gaps, gap.ID)
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
	if runes := []rune(a.Title); len(runes) > maxTitleRunes {
		a.Title = string(runes[:maxTitleRunes])
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
