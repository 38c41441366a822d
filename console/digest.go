package console

import (
	"bytes"
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/feedback/schema"
)

// digests lists the weeks that have a digest, and leads to the running one.
func (s *Console) digests(w http.ResponseWriter, r *http.Request, v visit) error {
	runs, err := s.Store.Runs(r.Context())
	if err != nil {
		return err
	}
	tasks, err := s.Store.Tasks(r.Context())
	if err != nil {
		return err
	}
	names, err := s.hub.names(r.Context())
	if err != nil {
		return err
	}
	staff := slices.SortedFunc(maps.Keys(names), func(a, b bot.AgentID) int {
		return cmp.Or(cmp.Compare(names[a], names[b]), cmp.Compare(a, b))
	})
	now := s.Now()
	done, last := finished(runs), s.Digests.Week(now.AddDate(0, 0, -7))
	weeks := make([]feedback.Run, min(len(done), trendWeeks))
	for i := range weeks {
		if weeks[i], err = s.Store.Run(r.Context(), feedback.WeeklyRun+done[i].Key); err != nil {
			return err
		}
	}
	return s.show(w, v, http.StatusOK, "digests", map[string]any{
		"Tasks": tasks[:min(len(tasks), tasksShown)], "Names": names, "Staff": staff, "States": feedback.TaskStates(),
		"Runs": done, "This": s.Digests.Week(now), "Last": last,
		"Trends": feedback.TrendsOf(weeks, trendWeeks, trendTopics),
		"Made":   len(done) > 0, // before the first weekly digest, the running week is the one to look at
	})
}

// trendWeeks and trendTopics bound the table of weeks side by side.
const trendWeeks, trendTopics = 8, 12

// tasksShown is how many tasks the page lists, the newest.
const tasksShown = 60

// finished are the weeks whose digest was made and sent; their Key is the week.
func finished(runs []feedback.Run) []feedback.Run {
	var out []feedback.Run
	for _, r := range runs {
		week, weekly := strings.CutPrefix(r.Key, feedback.WeeklyRun)
		if weekly && !r.Done.IsZero() {
			r.Key = week
			out = append(out, r)
		}
	}
	return out
}

// digestSchema is the JSON Schema of digests, for programs: they have no session, and it is no secret.
func (s *Console) digestSchema(w http.ResponseWriter, _ *http.Request, _ visit) error {
	form, err := schema.Digest()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/schema+json")
	_, err = w.Write(form)
	return err
}

// digest is one week's, made afresh from what is stored. It is a document of its own, with its style inside.
func (s *Console) digest(w http.ResponseWriter, r *http.Request, v visit) error {
	var out bytes.Buffer
	if err := s.Digests.HTML(r.Context(), r.PathValue("week"), v.lang, &out); err != nil {
		return err
	}
	return document(w, &out)
}

// behind shows the messages that a number of a week's digest counts.
func (s *Console) behind(w http.ResponseWriter, r *http.Request, v visit) error {
	var out bytes.Buffer
	if err := s.Digests.Behind(r.Context(), r.PathValue("week"), r.FormValue("of"), v.lang, &out); err != nil {
		return err
	}
	return document(w, &out)
}

// document sends a page that stands alone, with its style inside.
func document(w http.ResponseWriter, out *bytes.Buffer) error {
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, err := out.WriteTo(w)
	return err
}
