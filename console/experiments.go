package console

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/kb"
	"huiyin/nlp"
)

// Experiments is what the pages of experiments are made of.
type Experiments struct {
	Runner bot.Experimenter
	Source feedback.ExperimentSource
}

const (
	// resultsFor is for how long counted results are shown before they are counted anew: that reads all facts since the oldest
	// experiment began whose outcomes are not all known.
	resultsFor = 10 * time.Second
	// countTime bounds a count, which goes on when the browser that asked for it has left.
	countTime = time.Minute
)

// results keeps the last count, and for good what experiments showed whose outcomes are all known.
type results struct {
	mu     sync.Mutex
	turn   int // counts that begin in another turn are not kept
	at     time.Time
	list   map[string]feedback.ExperimentResult // nil: to be counted
	final  map[string]feedback.ExperimentResult
	flight singleflight.Group
}

// countExperiments counts all experiments, drafts aside.
func (s *Console) countExperiments(ctx context.Context, all []bot.Experiment) (map[string]feedback.ExperimentResult, error) {
	s.results.mu.Lock()
	list, at, turn := s.results.list, s.results.at, s.results.turn
	s.results.mu.Unlock()
	if list != nil && s.Now().Sub(at) < resultsFor {
		return list, nil
	}
	counted := s.results.flight.DoChan(strconv.Itoa(turn), func() (any, error) {
		own, cancel := context.WithTimeout(context.WithoutCancel(ctx), countTime)
		defer cancel()
		return s.countNow(own, all, turn)
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case got := <-counted:
		list, _ := got.Val.(map[string]feedback.ExperimentResult)
		return list, got.Err
	}
}

// countNow counts the experiments that are not final, and those that have become so up to then.
func (s *Console) countNow(ctx context.Context, all []bot.Experiment, turn int) (map[string]feedback.ExperimentResult, error) {
	now := s.Now()
	s.results.mu.Lock()
	final := maps.Clone(s.results.final)
	s.results.mu.Unlock()
	if final == nil {
		final = map[string]feedback.ExperimentResult{}
	}
	list := map[string]feedback.ExperimentResult{}
	var open []bot.Experiment
	for _, e := range all {
		until, over := feedback.FinalAt(e)
		if !over || until.After(now) {
			open = append(open, e)
			continue
		}
		r, known := final[e.ID]
		if !known {
			one, err := feedback.Experiments(ctx, s.Experiments.Source, []bot.Experiment{e}, until, s.Zone)
			if err != nil {
				return nil, err
			}
			r = one[0]
			final[e.ID] = r
		}
		r.Experiment = e // it may have been adopted since
		list[e.ID] = r
	}
	counted, err := feedback.Experiments(ctx, s.Experiments.Source, open, now, s.Zone)
	if err != nil {
		return nil, err
	}
	for _, r := range counted {
		list[r.Experiment.ID] = r
	}
	s.results.mu.Lock()
	defer s.results.mu.Unlock()
	s.results.final = final
	if s.results.turn == turn {
		s.results.at, s.results.list = now, list
	}
	return list, nil
}

// recount makes the next look count anew.
func (s *Console) recount() {
	s.results.mu.Lock()
	defer s.results.mu.Unlock()
	s.results.turn++
	s.results.list = nil
}

// experimentRow is an experiment as the list shows it.
type experimentRow struct {
	bot.Experiment
	About string
	Says  string // what it shows so far; empty: nothing yet
	Kind  feedback.Verdict
}

// experimentsPage lists the experiments, and offers to make one.
func (s *Console) experimentsPage(w http.ResponseWriter, r *http.Request, v visit) error {
	all, counted, articles, err := s.lab(r.Context())
	if err != nil {
		return err
	}
	var rows []experimentRow
	for _, e := range all {
		if e.Started.IsZero() && !e.Ended.IsZero() { // a draft that was thrown away
			continue
		}
		row := experimentRow{Experiment: e, About: s.aboutExperiment(v.lang, e.Subject, articles)}
		if result, ok := counted[e.ID]; ok {
			row.Kind, _ = result.Verdict()
			row.Says = s.spoken(v.lang, result.Say())
		}
		rows = append(rows, row)
	}
	return s.show(w, v, http.StatusOK, "kbtrials", map[string]any{"Rows": rows, "Articles": articles, "Wordings": bot.Wordings()})
}

// lab is what pages about experiments show: all of them, what those that have begun show, by ID, and the articles that they
// may be about.
func (s *Console) lab(ctx context.Context) (all []bot.Experiment, counted map[string]feedback.ExperimentResult, articles []kb.Article, err error) {
	if all, err = s.Experiments.Runner.Experiments(ctx); err == nil {
		counted, err = s.countExperiments(ctx, all)
	}
	if err == nil {
		articles, err = s.comparable(ctx)
	}
	return all, counted, articles, err
}

// comparable are the articles that experiments may be about: live ones with a short answer.
func (s *Console) comparable(ctx context.Context) ([]kb.Article, error) {
	if s.Knowledge == nil {
		return nil, nil
	}
	list, err := s.Knowledge.Publisher.Store().Articles(ctx)
	return slices.DeleteFunc(list, func(a kb.Article) bool { return !a.Live(s.Now()) || a.Summary == "" }), err
}

// aboutExperiment names what an experiment is about.
func (s *Console) aboutExperiment(lang string, about bot.Subject, articles []kb.Article) string {
	if about.Article == "" {
		return s.Words.Text(lang, "trial.wording."+about.Wording)
	}
	if at := slices.IndexFunc(articles, func(a kb.Article) bool { return a.ID == about.Article }); at >= 0 {
		return articles[at].Title
	}
	return string(about.Article)
}

// newExperiment is the form for a new one, about what the address names.
func (s *Console) newExperiment(w http.ResponseWriter, r *http.Request, v visit) error {
	e := bot.Experiment{Goal: bot.GoalHelped, Share: 1, Subject: bot.Subject{Wording: r.URL.Query().Get("wording")}}
	if e.Subject.Wording != "" {
		e.Goal = bot.GoalHanded
	}
	if id := r.URL.Query().Get("article"); id != "" {
		a, err := s.articleOf(r.Context(), kb.ArticleID(id))
		if err != nil {
			return err
		}
		e.Subject = bot.Subject{Article: a.ID, Root: a.Root, Lang: a.Lang}
		if a.Summary == "" || !a.Live(s.Now()) {
			return told{http.StatusConflict, "trial.nosummary", bot.ErrExperiment}
		}
	}
	return s.experimentForm(w, r, v, http.StatusOK, e, "")
}

func (s *Console) articleOf(ctx context.Context, id kb.ArticleID) (kb.Article, error) {
	if s.Knowledge == nil {
		return kb.Article{}, kb.ErrNotFound
	}
	return s.Knowledge.Publisher.Store().Article(ctx, id)
}

// experimentForm shows a draft, stored or as somebody has just written it.
func (s *Console) experimentForm(w http.ResponseWriter, r *http.Request, v visit, status int, e bot.Experiment, wrong string) error {
	today, err := s.Experiments.Runner.Today(r.Context(), e.Subject)
	if errors.Is(err, bot.ErrExperiment) {
		return told{http.StatusConflict, "trial.nosummary", err}
	}
	if err != nil {
		return err
	}
	articles, err := s.comparable(r.Context())
	if err != nil {
		return err
	}
	rival, err := s.rivalOf(r.Context(), e)
	if err != nil {
		return err
	}
	if len(e.Arms) == 0 {
		e.Arms = []bot.Arm{{ID: "A"}, {Text: today}}
	}
	for len(e.Arms) < bot.MostArms {
		e.Arms = append(e.Arms, bot.Arm{})
	}
	for i := range e.Arms {
		e.Arms[i].ID = string(rune('A' + i))
	}
	return s.show(w, v, status, "kbtrialedit", map[string]any{"E": e, "Today": today, "Langs": e.Subject.Langs(), "About": s.aboutExperiment(v.lang, e.Subject, articles),
		"Goals": bot.Goals(), "Shares": []int{100, 50, 25, 10}, "Percent": int(100*e.Share + 0.5), "Wrong": wrong, "Rival": rival})
}

// rivalOf is the name of the experiment about the same that runs, because of which this one cannot start; empty: none does.
func (s *Console) rivalOf(ctx context.Context, e bot.Experiment) (string, error) {
	all, err := s.Experiments.Runner.Experiments(ctx)
	for _, other := range all {
		if other.ID != e.ID && other.State() == bot.ExperimentRunning && other.Subject.Same(e.Subject) {
			return other.Name, err
		}
	}
	return "", err
}

// flawOf is what is wrong with an experiment, in words.
func (s *Console) flawOf(lang string, err error) string {
	var flawed bot.ExperimentError
	if !errors.As(err, &flawed) || flawed.Flaw == bot.FlawForm {
		return s.Words.Text(lang, "trial.wrong")
	}
	return s.Words.Text(lang, "trial.wrong."+string(flawed.Flaw), "arm", flawed.Arm, "other", flawed.Other)
}

// saveExperiment keeps a draft.
func (s *Console) saveExperiment(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := formOf(w, r, maxArticleForm); err != nil {
		return err
	}
	e := bot.Experiment{ID: r.PostFormValue("id"), Name: r.PostFormValue("name"), Goal: bot.Goal(r.PostFormValue("goal")), Arms: []bot.Arm{{}},
		Subject: bot.Subject{Article: kb.ArticleID(r.PostFormValue("article")), Wording: r.PostFormValue("wording")}}
	if e.Subject.Article != "" {
		a, err := s.articleOf(r.Context(), e.Subject.Article)
		if err != nil {
			return err
		}
		e.Subject.Root, e.Subject.Lang = a.Root, a.Lang
	}
	share, errShare := strconv.Atoi(cmp.Or(r.PostFormValue("share"), "100"))
	version, errVersion := strconv.ParseUint(cmp.Or(r.PostFormValue("version"), "0"), 10, 64)
	if err := errors.Join(errShare, errVersion); err != nil {
		return errFilled
	}
	e.Share, e.Version = float64(share)/100, version
	for _, id := range []string{"B", "C", "D"} {
		arm, written := bot.Arm{Text: map[nlp.Lang]string{}}, false
		for _, lang := range e.Subject.Langs() {
			arm.Text[lang] = strings.TrimSpace(strings.ReplaceAll(r.PostFormValue("text_"+id+"_"+string(lang)), "\r\n", "\n"))
			written = written || arm.Text[lang] != ""
		}
		if written {
			e.Arms = append(e.Arms, arm)
		}
	}
	saved, err := s.Experiments.Runner.DraftExperiment(r.Context(), v.agent, e)
	switch {
	case errors.Is(err, bot.ErrExperiment):
		return s.experimentForm(w, r, v, http.StatusUnprocessableEntity, e, s.flawOf(v.lang, err))
	case errors.Is(err, bot.ErrConflict), errors.Is(err, bot.ErrState):
		return s.experimentAgain(w, r, v, e)
	case err != nil:
		return err
	}
	return doneAt(w, r, experimentPath(saved.ID)+"?did=saved", nil)
}

// experimentAgain shows what was written over a draft that has changed meanwhile: nothing of it is lost, and saving it once more
// replaces the colleague's.
func (s *Console) experimentAgain(w http.ResponseWriter, r *http.Request, v visit, e bot.Experiment) error {
	all, err := s.Experiments.Runner.Experiments(r.Context())
	if err != nil {
		return err
	}
	for _, stored := range all {
		switch {
		case stored.ID != e.ID:
		case stored.State() == bot.ExperimentDraft:
			e.Version = stored.Version
			return s.experimentForm(w, r, v, http.StatusConflict, e, s.Words.Text(v.lang, "trial.conflict"))
		default: // started or thrown away: what was written begins another one
			e.ID, e.Version = "", 0
			return s.experimentForm(w, r, v, http.StatusConflict, e, s.Words.Text(v.lang, "trial.conflict.over"))
		}
	}
	return bot.ErrNotFound
}

func experimentPath(id string) string { return "/console/experiments/" + url.PathEscape(id) }

func (s *Console) experimentOf(r *http.Request) (bot.Experiment, error) {
	all, err := s.Experiments.Runner.Experiments(r.Context())
	if err != nil {
		return bot.Experiment{}, err
	}
	at := slices.IndexFunc(all, func(e bot.Experiment) bool { return e.ID == r.PathValue("id") })
	if at < 0 {
		return bot.Experiment{}, bot.ErrNotFound
	}
	return all[at], nil
}

// previewExperiment shows what customers would see of a text. What looks like personal data is hidden, and said.
func (s *Console) previewExperiment(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	text := r.PostFormValue("text")
	return s.renderPage(w, v, http.StatusOK, "kbtrialedit", "trialpreview", map[string]any{"Text": nlp.Redact(text), "Hides": nlp.Redact(text) != text})
}

// startExperiment begins a draft.
func (s *Console) startExperiment(w http.ResponseWriter, r *http.Request, v visit) error {
	_, err := s.Experiments.Runner.StartExperiment(r.Context(), v.agent, r.PathValue("id"))
	var flawed bot.ExperimentError
	switch {
	case errors.As(err, &flawed) && (flawed.Flaw == bot.FlawRunning || flawed.Flaw == bot.FlawToday):
		return told{http.StatusConflict, "trial.start." + string(flawed.Flaw), err}
	case errors.Is(err, bot.ErrExperiment):
		return told{http.StatusConflict, "trial.wrong", err}
	}
	s.recount()
	return doneAt(w, r, experimentPath(r.PathValue("id"))+"?did=started", err)
}

// endExperiment ends one, with the arm that the button names or without.
func (s *Console) endExperiment(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	e, err := s.Experiments.Runner.EndExperiment(r.Context(), v.agent, r.PathValue("id"), r.PostFormValue("winner"))
	s.recount()
	if e.Started.IsZero() {
		return doneAt(w, r, "/console/experiments", err)
	}
	return doneAt(w, r, experimentPath(e.ID)+"?did=done", err)
}

// adoptExperiment makes the winner what is said: at once when it is a wording; an article gets it as a change that waits for its
// review, from where it is published as every other.
func (s *Console) adoptExperiment(w http.ResponseWriter, r *http.Request, v visit) error {
	e, err := s.experimentOf(r)
	if err != nil {
		return err
	}
	to := experimentPath(e.ID)
	winner, ok := e.Arm(e.Winner)
	if !ok || !e.Adopted.IsZero() {
		return bot.ErrState
	}
	if e.Subject.Article != "" {
		if err := s.proposeWinner(r.Context(), v, e, winner.Text[e.Subject.Lang.Base()]); err != nil {
			return err
		}
		to = articlePath(e.Subject.Article) + "?saved=beside.review"
	}
	_, err = s.Experiments.Runner.AdoptExperiment(r.Context(), v.agent, e.ID, true)
	s.recount()
	return doneAt(w, r, to, err)
}

// proposeWinner puts a text beside an article, as the short answer that is to be reviewed.
func (s *Console) proposeWinner(ctx context.Context, v visit, e bot.Experiment, text string) error {
	a, err := s.articleOf(ctx, e.Subject.Article)
	if err != nil {
		return err
	}
	if a.Summary == text || a.Pending != nil && a.Pending.Summary == text { // proposed before, and not noted
		return nil
	}
	if a.Pending != nil {
		return told{http.StatusConflict, "trial.pending", kb.ErrConflict}
	}
	a.Summary, a.Status, a.Note = text, kb.Review, s.Words.Text(v.lang, "trial.note", "name", e.Name, "arm", e.Winner)
	saved, _, err := s.Knowledge.Publisher.Propose(ctx, a, kb.Signed{By: v.agent.Name, Note: a.Note})
	if err != nil {
		return err
	}
	return s.record(ctx, v, "article.save", saved)
}

// withdrawExperiment goes back to what was said before a wording was adopted.
func (s *Console) withdrawExperiment(w http.ResponseWriter, r *http.Request, v visit) error {
	e, err := s.experimentOf(r)
	if err == nil && e.Subject.Wording == "" {
		err = bot.ErrState
	}
	if err != nil {
		return err
	}
	_, err = s.Experiments.Runner.AdoptExperiment(r.Context(), v.agent, e.ID, false)
	return doneAt(w, r, experimentPath(e.ID), err)
}

// experimentRoutes are the addresses of experiments.
func (s *Console) experimentRoutes() []route {
	if s.Experiments == nil {
		return nil
	}
	return []route{
		{"GET /console/experiments", bot.ReadExperiments, s.experimentsPage},
		{"POST /console/experiments", bot.EditExperiments, s.saveExperiment},
		{"GET /console/experiments/new", bot.EditExperiments, s.newExperiment},
		{"POST /console/experiments/preview", bot.EditExperiments, s.previewExperiment},
		{"GET /console/experiments/{id}", bot.ReadExperiments, s.experimentPage},
		{"POST /console/experiments/{id}/start", bot.EditExperiments, s.startExperiment},
		{"POST /console/experiments/{id}/end", bot.EditExperiments, s.endExperiment},
		{"POST /console/experiments/{id}/adopt", bot.EditExperiments, s.adoptExperiment},
		{"POST /console/experiments/{id}/withdraw", bot.EditExperiments, s.withdrawExperiment},
	}
}
