package console

import (
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"huiyin/bot"
	"huiyin/nlp"
)

// maxViewName is how long the name of a view may be, in runes.
const maxViewName = 30

// savedView is a view of the agent's own with what it holds now.
type savedView struct {
	bot.View
	Count   int          // conversations that are not resolved
	Query   template.URL // of the address that shows it
	Current bool         // the list is this view now
}

func filtersOfView(v bot.View) filters {
	return filters{Channel: v.Channel, Lang: string(v.Lang), Mood: v.Mood, Tag: v.Tag, Team: string(v.Team), SLA: string(v.SLA), About: v.About, Tier: v.Tier, Owner: string(v.Owner)}
}

// address is the query of the address that shows a queue through filters.
func address(queue string, f filters) template.URL {
	query := template.URL("queue=" + queue)
	if f.Any() {
		query += "&" + f.Query()
	}
	return query
}

// savedViews counts what an agent's views hold of what is open, for a list that shows a queue through filters.
func savedViews(views []bot.View, open []*bot.Conversation, me bot.AgentID, queue string, shown filters, p promises) []savedView {
	all := make([]savedView, len(views))
	for i, v := range views {
		f := filtersOfView(v)
		all[i] = savedView{View: v, Query: address(v.Queue, f), Current: v.Queue == queue && f == shown}
		for _, c := range open {
			if in(v.Queue, c, me) && f.match(c, p) {
				all[i].Count++
			}
		}
	}
	return all
}

// saveView keeps a queue and its filters under a name, for the agent alone, or removes one.
func (s *Console) saveView(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	f := filtersOf(r.PostForm)
	view := bot.View{ID: r.PostFormValue("id"), Name: strings.Join(strings.Fields(r.PostFormValue("name")), " "), Queue: r.PostFormValue("queue"),
		Channel: f.Channel, Lang: nlp.Lang(f.Lang), Mood: f.Mood, Tag: f.Tag, Team: bot.TeamID(f.Team), SLA: bot.ClockState(f.SLA), About: f.About, Tier: f.Tier, Owner: bot.AgentID(f.Owner)}
	if !slices.Contains(queueNames(), view.Queue) {
		return errFilled
	}
	if r.PostFormValue("remove") != "" {
		view.Name = ""
	} else if view.Name == "" || utf8.RuneCountInString(view.Name) > maxViewName {
		return errFilled
	}
	if view.ID == "" {
		id, err := newToken(s.Random)
		if err != nil {
			return err
		}
		view.ID = id[:16]
	}
	err := s.Store.SaveView(r.Context(), v.agent.ID, view)
	key := map[bool]string{errors.Is(err, bot.ErrConflict): "work.view.taken", errors.Is(err, bot.ErrFull): "work.view.full"}[true]
	if key != "" {
		return told{http.StatusConflict, key, err}
	}
	return doneAt(w, r, "/console/?"+string(address(view.Queue, f)), err)
}

// told is an error with a sentence of its own for the person at the page.
type told struct {
	status int
	key    string
	err    error
}

func (t told) Error() string { return t.err.Error() }

func (t told) Unwrap() error { return t.err }
