package console

import (
	"errors"
	"net/http"
	"net/mail"
	"slices"
	"strconv"
	"strings"

	"huiyin/bot"
	"huiyin/nlp"
)

// staffPage lists the agents, for an administrator to add and change.
func (s *Console) staffPage(w http.ResponseWriter, r *http.Request, v visit) error {
	return s.showStaff(w, r, v, http.StatusOK, bot.Agent{}, map[string]any{})
}

func (s *Console) showStaff(w http.ResponseWriter, r *http.Request, v visit, status int, edit bot.Agent, data map[string]any) error {
	all, err := s.Store.Agents(r.Context())
	if err != nil {
		return err
	}
	if id := bot.AgentID(r.URL.Query().Get("edit")); id != "" && edit.ID == "" {
		if i := slices.IndexFunc(all, func(a bot.Agent) bool { return a.ID == id }); i >= 0 {
			edit = all[i]
		}
	}
	data["All"], data["Edit"], data["Roles"], data["Skills"] = all, edit, bot.Roles(), s.skills()
	return s.show(w, v, status, "staff", data)
}

// saveStaff adds or changes an agent. A new one gets a one-time link, shown once, with which she sets her password.
func (s *Console) saveStaff(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	a, before, err := s.staffOf(r)
	if err != nil {
		return err
	}
	again := func(status int, key string) error {
		return s.showStaff(w, r, v, status, a, map[string]any{"Wrong": key})
	}
	_, err = mail.ParseAddress(a.Email)
	switch {
	case err != nil || a.Name == "" || !slices.Contains(bot.Roles(), a.Role):
		return again(http.StatusUnprocessableEntity, "console.account.incomplete")
	case (a.Disabled != before.Disabled || a.Role != before.Role) && !bot.Can(v.agent, bot.EditRole, bot.Object{Owner: before.ID}):
		return again(http.StatusUnprocessableEntity, "work.staff.self")
	}
	action := "agent.save"
	if before.ID == "" {
		action = "agent.create"
	}
	log := bot.Event{At: s.Now(), Actor: string(v.agent.ID), Action: action, Object: string(a.ID), Detail: string(a.Role)}
	if err := s.Store.SaveAgent(r.Context(), a, log); errors.Is(err, bot.ErrConflict) {
		return again(http.StatusConflict, "console.account.taken")
	} else if err != nil {
		return err
	}
	if before.ID == "" {
		return s.showLink(w, r, v, a)
	}
	if a.Disabled || a.Role != before.Role {
		if err := s.Store.DeleteSessions(r.Context(), a.ID, ""); err != nil {
			return err
		}
	}
	if a.Disabled && !before.Disabled {
		if _, err := s.Desk.SetState(r.Context(), a.ID, bot.Offline); err != nil {
			return err
		}
	}
	return doneAt(w, r, "/console/staff", nil)
}

// skills are what agents may be good at.
func (s *Console) skills() []Subject {
	if s.Skills == nil {
		return nil
	}
	return s.Skills()
}

// staffOf reads the form of an agent, on top of what is stored.
func (s *Console) staffOf(r *http.Request) (after, before bot.Agent, err error) {
	value := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	a := bot.Agent{CreatedAt: s.Now()}
	if id := bot.AgentID(value("id")); id != "" {
		if before, err = s.Store.Agent(r.Context(), id); err != nil {
			return a, before, err
		}
		a = before
	} else {
		token, err := newToken(s.Random)
		if err != nil {
			return a, before, err
		}
		a.ID = bot.AgentID(token[:16])
	}
	a.Name, a.Email, a.Role, a.Team = value("name"), value("email"), bot.Role(value("role")), bot.TeamID(strings.Join(strings.Fields(nlp.Clean(value("team"))), " "))
	a.Disabled, a.Langs, a.Capacity = value("disabled") != "", nil, 0
	for _, lang := range []nlp.Lang{nlp.LangChinese, nlp.LangEnglish} {
		if value("lang_"+string(lang)) != "" {
			a.Langs = append(a.Langs, lang)
		}
	}
	a.Skills = nil
	for _, skill := range s.skills() {
		if slices.Contains(r.PostForm["skill"], skill.ID) {
			a.Skills = append(a.Skills, skill.ID)
		}
	}
	if capacity, err := strconv.ParseUint(value("capacity"), 10, 8); err == nil {
		a.Capacity = int(capacity)
	}
	return a, before, nil
}

// staffLink makes a new one-time link for an agent who cannot sign in.
func (s *Console) staffLink(w http.ResponseWriter, r *http.Request, v visit) error {
	a, err := s.Store.Agent(r.Context(), bot.AgentID(r.PathValue("id")))
	if err != nil {
		return err
	}
	if err := s.Store.Record(r.Context(), bot.Event{At: s.Now(), Actor: string(v.agent.ID), Action: "agent.link", Object: string(a.ID)}); err != nil {
		return err
	}
	return s.showLink(w, r, v, a)
}

func (s *Console) showLink(w http.ResponseWriter, r *http.Request, v visit, a bot.Agent) error {
	token, err := NewLink(r.Context(), s.Store, a.ID, s.Now(), s.Random)
	if err != nil {
		return err
	}
	scheme := "http"
	if s.Secure || r.TLS != nil {
		scheme = "https"
	}
	link := scheme + "://" + r.Host + "/console/login?once=" + token
	return s.showStaff(w, r, v, http.StatusOK, bot.Agent{}, map[string]any{"Link": link, "For": a.Name})
}
