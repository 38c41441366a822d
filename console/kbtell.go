package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"huiyin/bot"
	"huiyin/kb"
)

// askersRow is how many of those who asked in vain stand so.
type askersRow struct {
	Standing bot.Standing
	N        int
}

// askers is who asked in vain what an article answers.
type askers struct {
	Now  int // can be told
	Rows []askersRow
}

// gapsOf are the gaps that an article closes, or would close, of those that the pages look at.
func (s *Console) gapsOf(ctx context.Context, a kb.Article) ([]kb.Gap, error) {
	if s.Knowledge.Follow == nil || len(a.Gaps) == 0 {
		return nil, nil
	}
	now := s.Now()
	list, err := s.Knowledge.Publisher.Store().Gaps(ctx, now.AddDate(0, 0, -gapDays), now)
	return slices.DeleteFunc(list, func(g kb.Gap) bool {
		return !slices.Contains(a.Gaps, g.ID) || g.ClosedBy != "" && g.ClosedBy != a.ID
	}), err
}

// askersOf counts who asked in vain what an article answers; nil when nobody did.
func (s *Console) askersOf(ctx context.Context, a kb.Article) (*askers, error) {
	gaps, err := s.gapsOf(ctx, a)
	if err != nil || len(gaps) == 0 {
		return nil, err
	}
	found, err := s.Knowledge.Follow.Askers(ctx, a.Root, gaps)
	if err != nil {
		return nil, err
	}
	out := &askers{Now: found[bot.StandNow]}
	for _, st := range bot.Standings() {
		if found[st] > 0 {
			out.Rows = append(out.Rows, askersRow{st, found[st]})
		}
	}
	return out, nil
}

// tellFailed stands in an address for the number of people who were told when some could not be, through a fault of ours.
const tellFailed = "failed"

// tell lets those who asked in vain know what an article says, and returns what its page shows about it. What was published
// before stays published whatever happens here.
func (s *Console) tell(ctx context.Context, v visit, a kb.Article) (told string, err error) {
	gaps, err := s.gapsOf(ctx, a)
	if err != nil {
		return "", err
	}
	found, err := s.Knowledge.Follow.Follow(ctx, v.agent, a.Root, gaps)
	told = strconv.Itoa(found[bot.StandNow])
	if err != nil {
		s.Log.Error("console: not everybody who asked could be told", "article", a.ID, "told", told, "err", err)
		told = tellFailed
	}
	return told, s.Store.Record(ctx, bot.Event{At: s.Now(), Actor: string(v.agent.ID), Action: "article.tell", Object: string(a.ID), Detail: told})
}

// kbTell tells those who asked in vain after the article was published.
func (s *Console) kbTell(w http.ResponseWriter, r *http.Request, v visit) error {
	a, err := s.Knowledge.Publisher.Store().Article(r.Context(), kb.ArticleID(r.PathValue("id")))
	if err != nil {
		return err
	}
	if s.Knowledge.Follow == nil || !a.Live(s.Now()) {
		return bot.ErrState
	}
	told, err := s.tell(r.Context(), v, a)
	if err != nil {
		return err
	}
	http.Redirect(w, r, articlePath(a.ID)+"?"+url.Values{"told": {told}}.Encode(), http.StatusSeeOther)
	return nil
}
