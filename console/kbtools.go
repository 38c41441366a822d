package console

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"huiyin/bot"
	"huiyin/kb"
	"huiyin/nlp"
)

// partRow compares the best article with the runner-up in one part of the score.
type partRow struct {
	Name        string
	First, Next float64
}

// maxQuestion bounds a question of the test bench, in bytes.
const maxQuestion = 2 << 10

// kbTest asks a question as a customer would, and shows why it is answered as it is.
func (s *Console) kbTest(w http.ResponseWriter, r *http.Request, v visit) error {
	text := strings.TrimSpace(r.URL.Query().Get("q"))
	data := map[string]any{"Q": text}
	if text == "" {
		return s.show(w, v, http.StatusOK, "kbtest", data)
	}
	if len(text) > maxQuestion {
		return &http.MaxBytesError{Limit: maxQuestion}
	}
	lang, _ := nlp.DetectLang(text)
	began := s.Now()
	answer, err := s.Knowledge.Publisher.Searcher().Search(r.Context(), kb.Query{Text: text, Lang: lang, Limit: 10, Explain: true})
	if err != nil {
		return err
	}
	data["Answer"], data["Lang"], data["Took"] = answer, lang, s.Now().Sub(began).Round(time.Millisecond/10).String()
	outcome, err := s.Knowledge.Publisher.Ask(r.Context(), kb.Query{Text: text, Lang: lang})
	if err != nil {
		return err
	}
	data["Outcome"] = outcome
	if t := answer.Trace; t != nil && len(t.Candidates) > 0 {
		data["Parts"] = partRows(t.Candidates)
	}
	return s.show(w, v, http.StatusOK, "kbtest", data)
}

// partRows are the parts of the two best scores, those that decided first.
func partRows(list []kb.Candidate) []partRow {
	var rows []partRow
	for name, x := range list[0].Parts {
		row := partRow{Name: name, First: x}
		if len(list) > 1 {
			row.Next = list[1].Parts[name]
		}
		if row.First != 0 || row.Next != 0 {
			rows = append(rows, row)
		}
	}
	slices.SortFunc(rows, func(a, b partRow) int {
		return cmp.Or(cmp.Compare(b.First-b.Next, a.First-a.Next), cmp.Compare(a.Name, b.Name))
	})
	return rows
}

// gapDays is how far back gaps are looked for.
const gapDays = 28

// Bounds of the gaps page.
const (
	gapsShown      = 50
	gapAnswersRead = 5 // conversations that are read for an agent's answer
)

// gapRow is a cluster of questions without an answer, as the page shows it.
type gapRow struct {
	kb.GapCluster
	Zh, En int
	Draft  *kb.Article // being written for it already
}

// gapClusters keeps the last grouping, for as long as the gaps are the same: to make it takes seconds when there are many.
type gapClusters struct {
	making sync.Mutex // held while they are grouped, so that two visitors do not group the same at once
	mu     sync.Mutex
	sum    [sha256.Size]byte
	list   []kb.GapCluster
}

// of are the clusters of gaps, which nobody may change.
func (g *gapClusters) of(ctx context.Context, searcher *kb.Searcher, gaps []kb.Gap) ([]kb.GapCluster, error) {
	raw, err := json.Marshal(gaps)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(raw)
	if list, known := g.last(sum); known {
		return list, nil
	}
	g.making.Lock()
	defer g.making.Unlock()
	if list, known := g.last(sum); known {
		return list, nil
	}
	list, err := searcher.ClusterGaps(ctx, gaps)
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sum, g.list = sum, list
	return list, nil
}

// last is the last grouping, if it is of these gaps.
func (g *gapClusters) last(sum [sha256.Size]byte) ([]kb.GapCluster, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.list, g.sum == sum
}

func (s *Console) kbGaps(w http.ResponseWriter, r *http.Request, v visit) error {
	rows, err := s.gapRows(r.Context())
	if err != nil {
		return err
	}
	silent := false
	if len(rows) == 0 {
		if silent, err = s.nobodyAsked(r.Context()); err != nil {
			return err
		}
	}
	return s.show(w, v, http.StatusOK, "kbgaps", map[string]any{"Rows": rows[:min(gapsShown, len(rows))], "Total": len(rows), "Days": gapDays, "Silent": silent})
}

// nobodyAsked reports whether the bot had no question to answer for as long as gaps are looked back for.
func (s *Console) nobodyAsked(ctx context.Context) (bool, error) {
	now := s.Now()
	from := now.AddDate(0, 0, -gapDays)
	if gaps, err := s.Knowledge.Publisher.Store().Gaps(ctx, from, now); err != nil || len(gaps) > 0 { // closed ones
		return false, err
	}
	for f, err := range s.Knowledge.Facts(ctx, from, now) {
		if err != nil || f.Name == bot.FactTurn {
			return false, err
		}
	}
	return true, nil
}

func (s *Console) gapRows(ctx context.Context) ([]gapRow, error) {
	p := s.Knowledge.Publisher
	now := s.Now()
	gaps, err := p.Store().Gaps(ctx, now.AddDate(0, 0, -gapDays), now)
	if err != nil {
		return nil, err
	}
	articles, err := p.Store().Articles(ctx)
	if err != nil {
		return nil, err
	}
	writing := map[string]*kb.Article{}
	for i := range articles {
		for _, id := range articles[i].Gaps {
			if articles[i].Status == kb.Draft || articles[i].Status == kb.Review {
				writing[id] = &articles[i]
			}
		}
	}
	clusters, err := s.clusters.of(ctx, p.Searcher(), gaps)
	if err != nil {
		return nil, err
	}
	var rows []gapRow
	for _, c := range clusters {
		row := gapRow{GapCluster: c}
		for _, g := range c.Gaps {
			if g.Lang.Base() == nlp.LangChinese {
				row.Zh++
			} else {
				row.En++
			}
			if row.Draft == nil {
				row.Draft = writing[g.ID]
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// kbDraftGap makes a draft for the cluster that has a gap, with what an agent answered, and opens it.
func (s *Console) kbDraftGap(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	rows, err := s.gapRows(r.Context())
	if err != nil {
		return err
	}
	gap := r.PostFormValue("gap")
	at := slices.IndexFunc(rows, func(row gapRow) bool {
		return slices.ContainsFunc(row.Gaps, func(g kb.Gap) bool { return g.ID == gap })
	})
	if at < 0 {
		return kb.ErrNotFound
	}
	row := rows[at]
	if row.Draft != nil {
		http.Redirect(w, r, articlePath(row.Draft.ID), http.StatusSeeOther)
		return nil
	}
	answer, err := s.agentAnswer(r.Context(), row.Gaps)
	if err != nil {
		return err
	}
	a := kb.Article{Title: row.Question, Lang: row.Lang()}
	if err := s.nameNew(r.Context(), &a); err != nil {
		return err
	}
	draft := row.GapCluster.Draft(a.ID, answer, s.Now())
	saved, _, err := s.Knowledge.Publisher.Save(r.Context(), []kb.Article{draft}, kb.Signed{By: v.agent.Name})
	if err != nil {
		return err
	}
	if err := s.record(r.Context(), v, "article.draft", saved[0]); err != nil {
		return err
	}
	http.Redirect(w, r, articlePath(saved[0].ID)+"?saved=gap", http.StatusSeeOther)
	return nil
}

// agentAnswer is the longest message that an agent wrote to a customer after asking one of these questions, the newest
// conversations first; empty when there is none. What names a person is masked.
func (s *Console) agentAnswer(ctx context.Context, gaps []kb.Gap) (string, error) {
	answer, read := "", 0
	for _, g := range slices.Backward(gaps) {
		if read++; read > gapAnswersRead || answer != "" {
			break
		}
		list, err := s.Store.Messages(ctx, bot.ConversationID(g.Conversation), 0, 0)
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			return "", err
		}
		asked := false
		for _, m := range list {
			asked = asked || string(m.ID) == g.Message
			if asked && m.Author == bot.ByAgent && m.Direction == bot.Outgoing && !m.Private && m.DeletedAt.IsZero() && len(m.Text) > len(answer) {
				answer = m.Text
			}
		}
	}
	return s.Knowledge.Mask(answer), nil
}

// checkWebTime is how long a page may take that asks web addresses.
const checkWebTime = 45 * time.Second

// kbCheck looks for what an editor should mend.
func (s *Console) kbCheck(w http.ResponseWriter, r *http.Request, v visit) error {
	p := s.Knowledge.Publisher
	findings, err := p.Check(r.Context())
	if err != nil {
		return err
	}
	articles, err := p.Store().Articles(r.Context())
	if err != nil {
		return err
	}
	shown, since, err := s.shown(r.Context())
	if err != nil {
		return err
	}
	findings = append(findings, kb.Unused(articles, shown, since)...)
	asked := r.URL.Query().Get("links") != "" && s.Knowledge.Probe != nil
	if asked {
		ctx, cancel := context.WithTimeout(r.Context(), checkWebTime)
		defer cancel()
		dead, err := kb.CheckWeb(ctx, articles, s.Knowledge.Probe, nil)
		if err != nil && r.Context().Err() == nil { // too many, or too slow: what else was found is shown
			s.Log.Warn("console: not all web addresses could be asked", "err", err)
		}
		findings = append(dead, findings...)
	}
	titles := map[kb.ArticleID]string{}
	for _, a := range articles {
		titles[a.ID] = a.Title
	}
	return s.show(w, v, http.StatusOK, "kbcheck", map[string]any{"Urgent": kb.Urgent(findings, kb.MostUrgent), "Groups": kb.GroupFindings(findings), "Titles": titles,
		"Asked": asked, "CanAsk": s.Knowledge.Probe != nil})
}

// found says what a finding is in the page's language.
func (s *Console) found(lang string, f kb.Finding) string {
	return f.Say(s.words(lang))
}
