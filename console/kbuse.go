package console

import (
	"context"
	"strings"
	"sync"
	"time"

	"huiyin/bot"
	"huiyin/kb"
	"huiyin/nlp"
)

// use counts what customers made of an article.
type use struct{ Shown, Helped, Not, Handed int }

func (u *use) add(o use) {
	u.Shown, u.Helped, u.Not, u.Handed = u.Shown+o.Shown, u.Helped+o.Helped, u.Not+o.Not, u.Handed+o.Handed
}

// weekUse is the use of one article in one week, in each language that customers wrote in.
type weekUse struct {
	Week time.Time // its Monday
	In   []langUse
}

type langUse struct {
	Lang nlp.Lang
	use
}

const (
	// useWeeks is how far back the use of articles is counted.
	useWeeks = 8
	// useFor is how long a count is shown before it is made anew: it reads every fact of those weeks.
	useFor = time.Minute
)

// useKey is what is counted by.
type useKey struct {
	article kb.ArticleID
	week    time.Time
	lang    nlp.Lang
}

// uses keeps the last count.
type uses struct {
	mu     sync.Mutex
	at     time.Time
	counts map[useKey]use
}

// countUses counts the facts of the last weeks. A handoff counts for the article that the bot had answered with last,
// unless the customer said that it helped.
func (s *Console) countUses(ctx context.Context) (map[useKey]use, error) {
	s.uses.mu.Lock()
	defer s.uses.mu.Unlock()
	now := s.Now()
	if s.uses.counts != nil && now.Sub(s.uses.at) < useFor {
		return s.uses.counts, nil
	}
	counts := map[useKey]use{}
	last := map[bot.ConversationID]kb.ArticleID{}
	for f, err := range s.Knowledge.Facts(ctx, s.monday(now).AddDate(0, 0, -7*(useWeeks-1)), now) {
		if err != nil {
			return nil, err
		}
		id, isArticle := strings.CutPrefix(f.Label, "article:")
		article := kb.ArticleID(id)
		var u use
		switch {
		case f.Name == bot.FactAnswer && isArticle:
			last[f.Conversation], u.Shown = article, 1
		case f.Name == bot.FactAnswer:
			delete(last, f.Conversation)
			continue
		case f.Name == bot.FactHelped && isArticle && f.Value > 0:
			u.Helped = 1
			delete(last, f.Conversation)
		case f.Name == bot.FactHelped && isArticle:
			u.Not = 1
		case f.Name == bot.FactHandoff && last[f.Conversation] != "":
			article, u.Handed = last[f.Conversation], 1
			delete(last, f.Conversation)
		default:
			continue
		}
		key := useKey{article, s.monday(f.End), f.Lang.Base()}
		sum := counts[key]
		sum.add(u)
		counts[key] = sum
	}
	s.uses.at, s.uses.counts = now, counts
	return counts, nil
}

// monday is the beginning of the week that an instant lies in.
func (s *Console) monday(t time.Time) time.Time {
	t = t.In(s.Zone)
	back := (int(t.Weekday()) + 6) % 7
	return time.Date(t.Year(), t.Month(), t.Day()-back, 0, 0, 0, 0, s.Zone)
}

// useOf is the use of one article, the newest week first; weeks without any are left out.
func (s *Console) useOf(ctx context.Context, id kb.ArticleID) ([]weekUse, error) {
	counts, err := s.countUses(ctx)
	if err != nil {
		return nil, err
	}
	var out []weekUse
	week := s.monday(s.Now())
	for range useWeeks {
		w := weekUse{Week: week}
		for _, lang := range []nlp.Lang{nlp.LangChinese, nlp.LangEnglish, nlp.LangUnknown} {
			if u := counts[useKey{id, week, lang}]; u != (use{}) {
				w.In = append(w.In, langUse{lang, u})
			}
		}
		if len(w.In) > 0 {
			out = append(out, w)
		}
		week = week.AddDate(0, 0, -7)
	}
	return out, nil
}

// shown is how often each article was shown in the counted weeks, and since when they are.
func (s *Console) shown(ctx context.Context) (map[kb.ArticleID]int, time.Time, error) {
	counts, err := s.countUses(ctx)
	if err != nil {
		return nil, time.Time{}, err
	}
	out := map[kb.ArticleID]int{}
	for key, u := range counts {
		out[key.article] += u.Shown
	}
	return out, s.monday(s.Now()).AddDate(0, 0, -7*(useWeeks-1)), nil
}
