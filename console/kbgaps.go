package console

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"huiyin/bot"
	"huiyin/kb"
	"huiyin/nlp"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

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
	Maybe  []nearGap
}

// nearGap is a cluster that may ask for the same as the one that it is shown beside.
type nearGap struct {
	ID       string // of one of its gaps
	Question string
	People   int
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
	aside := slices.DeleteFunc(slices.Clone(rows), func(row gapRow) bool { return !row.Aside })
	rows = slices.DeleteFunc(rows, func(row gapRow) bool { return row.Aside })
	silent := false
	if len(rows)+len(aside) == 0 {
		if silent, err = s.nobodyAsked(r.Context()); err != nil {
			return err
		}
	}
	return s.show(w, v, http.StatusOK, "kbgaps", map[string]any{"Rows": rows[:min(gapsShown, len(rows))], "Total": len(rows), "Days": gapDays, "Silent": silent,
		"Aside": aside[:min(gapsShown, len(aside))], "Set": r.URL.Query().Get("set")})
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
	gaps, err := kb.GapsToDo(ctx, p.Store(), now.AddDate(0, 0, -gapDays), now)
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
	rows := make([]gapRow, len(clusters))
	for i, c := range clusters {
		rows[i] = newGapRow(c)
		for _, g := range c.Gaps {
			if rows[i].Draft == nil {
				rows[i].Draft = writing[g.ID]
			}
		}
	}
	return withMaybe(joinedByDraft(rows)), nil
}

func newGapRow(c kb.GapCluster) gapRow {
	row := gapRow{GapCluster: c}
	for _, g := range c.Gaps {
		if g.Lang.Base() == nlp.LangChinese {
			row.Zh++
		} else {
			row.En++
		}
	}
	return row
}

// joinedByDraft are rows of which those that one draft is being written for are one, the heaviest first.
func joinedByDraft(rows []gapRow) []gapRow {
	var out []gapRow
	at := map[kb.ArticleID]int{}
	for _, row := range rows {
		if row.Draft == nil {
			out = append(out, row)
			continue
		}
		i, known := at[row.Draft.ID]
		if !known {
			at[row.Draft.ID] = len(out)
			out = append(out, row)
			continue
		}
		both := newGapRow(out[i].Join(row.GapCluster))
		both.Draft = row.Draft
		out[i] = both
	}
	slices.SortStableFunc(out, func(a, b gapRow) int { return cmp.Compare(b.Weight, a.Weight) })
	return out
}

// withMaybe shows beside each row those that may ask for the same, unless both are being written about: every two of them once, at
// the heavier one.
func withMaybe(rows []gapRow) []gapRow {
	at := map[string]int{}
	for i, row := range rows {
		for _, g := range row.Gaps {
			at[g.ID] = i
		}
	}
	near := map[[2]int]bool{}
	for i, row := range rows {
		for _, id := range row.Near {
			if j, known := at[id]; known && j != i && !row.Aside && !rows[j].Aside && (row.Draft == nil || rows[j].Draft == nil) {
				near[[2]int{min(i, j), max(i, j)}] = true
			}
		}
	}
	for _, pair := range slices.SortedFunc(maps.Keys(near), func(a, b [2]int) int { return slices.Compare(a[:], b[:]) }) {
		row, other := &rows[pair[0]], rows[pair[1]]
		row.Maybe = append(row.Maybe, nearGap{other.Gaps[0].ID, other.Question, other.People})
	}
	return rows
}

// rowOf is the row that has a gap.
func rowOf(rows []gapRow, gap string) (gapRow, error) {
	at := slices.IndexFunc(rows, func(row gapRow) bool {
		return slices.ContainsFunc(row.Gaps, func(g kb.Gap) bool { return g.ID == gap })
	})
	if at < 0 {
		return gapRow{}, kb.ErrNotFound
	}
	return rows[at], nil
}

// kbDraftGap makes a draft for the cluster that has a gap, with what an agent answered, and opens it. With another cluster, which
// asks for the same as the editor says, it is for both: a draft of one of them gets the questions of the other one.
func (s *Console) kbDraftGap(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	rows, err := s.gapRows(r.Context())
	if err != nil {
		return err
	}
	row, err := rowOf(rows, r.PostFormValue("gap"))
	if err != nil {
		return err
	}
	cluster, draft := row.GapCluster, row.Draft
	if with := r.PostFormValue("with"); with != "" {
		other, err := rowOf(rows, with)
		if err != nil {
			return err
		}
		switch {
		case other.Gaps[0].ID == row.Gaps[0].ID: // joined already
		case draft != nil && other.Draft != nil: // since she loaded the page
		case draft == nil && other.Draft == nil:
			cluster = cluster.Join(other.GapCluster)
		case draft != nil:
			return s.saveGapDraft(w, r, v, other.AddTo(*draft))
		default:
			return s.saveGapDraft(w, r, v, cluster.AddTo(*other.Draft))
		}
	}
	if draft != nil {
		http.Redirect(w, r, articlePath(draft.ID), http.StatusSeeOther)
		return nil
	}
	answer, err := s.agentAnswer(r.Context(), cluster.Gaps)
	if err != nil {
		return err
	}
	a := kb.Article{Title: cluster.Question, Lang: cluster.Lang()}
	if err := s.nameNew(r.Context(), &a); err != nil {
		return err
	}
	return s.saveGapDraft(w, r, v, cluster.Draft(a.ID, answer, s.Now()))
}

// kbSetGapAside sets the questions of a cluster aside, or takes them back, as an editor decides: a question that this business does not
// answer is to take no place from those that it does, now and whenever it is asked again.
func (s *Console) kbSetGapAside(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	rows, err := s.gapRows(r.Context())
	if err != nil {
		return err
	}
	row, err := rowOf(rows, r.PostFormValue("gap"))
	if err != nil {
		return err
	}
	by, action := kb.SetAside, "gap.aside"
	if r.PostFormValue("back") != "" {
		by, action = "", "gap.back"
	}
	ids := make([]string, len(row.Gaps))
	for i, g := range row.Gaps {
		ids[i] = g.ID
	}
	if err := s.Knowledge.Publisher.Store().CloseGaps(r.Context(), ids, by); err != nil {
		return err
	}
	if err := s.Store.Record(r.Context(), bot.Event{At: s.Now(), Actor: string(v.agent.ID), Action: action, Object: ids[0], Detail: strconv.Itoa(len(ids))}); err != nil {
		return err
	}
	http.Redirect(w, r, "/console/kb/gaps?set="+strings.TrimPrefix(action, "gap."), http.StatusSeeOther)
	return nil
}

// saveGapDraft saves a draft and opens it.
func (s *Console) saveGapDraft(w http.ResponseWriter, r *http.Request, v visit, draft kb.Article) error {
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
