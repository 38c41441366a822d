package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/feedback"
)

// maxTaskNote is how long a note about a task may be, in bytes.
const maxTaskNote = 2000

// saveTask gives a task an owner and a state.
func (s *Console) saveTask(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	all, err := s.Store.Tasks(r.Context())
	if err != nil {
		return err
	}
	week, topic := r.PostFormValue("week"), r.PostFormValue("topic")
	at := slices.IndexFunc(all, func(t feedback.Task) bool { return t.Week == week && t.Topic == topic })
	if at < 0 {
		return bot.ErrNotFound
	}
	t := all[at]
	version, errVersion := strconv.ParseUint(r.PostFormValue("version"), 10, 64)
	state := feedback.TaskState(r.PostFormValue("state"))
	owner := bot.AgentID(r.PostFormValue("owner"))
	note := strings.TrimSpace(strings.ReplaceAll(r.PostFormValue("note"), "\r\n", "\n"))
	names, err := s.hub.names(r.Context())
	if err != nil {
		return err
	}
	_, known := names[owner]
	if errVersion != nil || !slices.Contains(feedback.TaskStates(), state) || owner != "" && !known || len(note) > maxTaskNote {
		return errFilled
	}
	switch {
	case state.Over() && !t.State.Over():
		t.Closed = s.Now()
	case !state.Over():
		t.Closed = time.Time{}
	}
	t.Version, t.State, t.Owner, t.Note, t.Changed, t.By = version, state, owner, note, s.Now(), v.agent.ID
	log := bot.Event{At: s.Now(), Actor: string(v.agent.ID), Action: "task.save", Object: week + " " + topic, Detail: string(state)}
	return doneAt(w, r, "/console/digest#tasks", s.Store.SaveTask(r.Context(), t, log))
}
