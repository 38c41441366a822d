package console

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/nlp"
)

// Incidents is the switch that puts answers about known incidents in front of the bot's own.
type Incidents struct {
	Switch  bot.Switch
	Topics  func() []Subject // what messages may be about
	Intents func() []Subject // what customers may want
}

// Subject is something that an incident may be about.
type Subject struct {
	ID   string
	Name map[nlp.Lang]string // by base language
}

// In is the subject's name in a language, or else in the other one.
func (s Subject) In(lang string) string {
	for _, l := range []nlp.Lang{nlp.Lang(lang).Base(), nlp.LangEnglish, nlp.LangChinese} {
		if s.Name[l] != "" {
			return s.Name[l]
		}
	}
	return s.ID
}

const (
	// incidentsShown is how many past incidents are listed.
	incidentsShown = 10
	// incidentTell is how long after its end those who asked and could not be told are still counted.
	incidentTell = 7 * 24 * time.Hour
)

// incidentRow is an incident as the page shows it.
type incidentRow struct {
	bot.Incident
	Subject string
	By      string
	Active  bool
	Asked   bot.Askers
	People  int // who asked
	Rest    int // of them, who can be told
}

// incidentsPage shows what customers are told of now, what they were told of, and a form for a new incident.
func (s *Console) incidentsPage(w http.ResponseWriter, r *http.Request, v visit) error {
	edit := bot.Incident{Topic: r.URL.Query().Get("topic")}
	return s.showIncidents(w, r, v, http.StatusOK, edit, "")
}

func (s *Console) showIncidents(w http.ResponseWriter, r *http.Request, v visit, status int, edit bot.Incident, wrong string) error {
	all, err := s.Incidents.Switch.Incidents(r.Context())
	if err != nil {
		return err
	}
	names, err := s.hub.names(r.Context())
	if err != nil {
		return err
	}
	topics, intents := s.Incidents.Topics(), s.Incidents.Intents()
	var now, past []incidentRow
	for _, i := range all {
		row := incidentRow{Incident: i, Subject: subjectOf(i, topics, intents, v.lang), By: names[i.By], Active: i.Active(s.Now())}
		if row.Active || i.Lifted.IsZero() || s.Now().Sub(i.Lifted) < incidentTell {
			if row.Asked, err = s.Incidents.Switch.Asked(r.Context(), i.ID); err != nil {
				return err
			}
			for _, n := range row.Asked {
				row.People += n
			}
			row.Rest = row.Asked[bot.StandNow]
		}
		if i.Lifted.IsZero() {
			now = append(now, row)
		} else if len(past) < incidentsShown {
			past = append(past, row)
		}
		if i.ID == r.URL.Query().Get("edit") && i.Lifted.IsZero() && wrong == "" {
			edit = i
		}
	}
	return s.show(w, v, status, "incidents", map[string]any{"Now": now, "Past": past, "Edit": edit, "Wrong": wrong, "Topics": topics, "Intents": intents,
		"Standings": []bot.Standing{bot.StandNow, bot.StandPerson, bot.StandBusy, bot.StandWindow, bot.StandHas, bot.StandLeft},
		"Told":      r.URL.Query().Get("told"), "Zone": s.Zone.String()})
}

// subjectOf is the name of what an incident is about.
func subjectOf(i bot.Incident, topics, intents []Subject, lang string) string {
	id, list := i.Topic, topics
	if id == "" {
		id, list = i.Intent, intents
	}
	if at := slices.IndexFunc(list, func(s Subject) bool { return s.ID == id }); at >= 0 {
		return list[at].In(lang)
	}
	return id
}

// localTime is how a browser writes an instant that was picked.
const localTime = "2006-01-02T15:04"

// saveIncident announces an incident, or changes one that lasts.
func (s *Console) saveIncident(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	i := bot.Incident{ID: r.PostFormValue("id"), Text: textsOf(r)}
	if kind, id, ok := strings.Cut(r.PostFormValue("about"), ":"); ok && kind == "topic" {
		i.Topic = id
	} else if ok && kind == "intent" {
		i.Intent = id
	}
	version, errVersion := strconv.ParseUint("0"+r.PostFormValue("version"), 10, 64)
	i.Version = version
	var errUntil error
	if text := r.PostFormValue("until"); text != "" {
		i.Until, errUntil = time.ParseInLocation(localTime, text, s.Zone)
	}
	if errors.Join(errVersion, errUntil) != nil {
		return s.showIncidents(w, r, v, http.StatusUnprocessableEntity, i, "work.incident.incomplete")
	}
	_, err := s.Incidents.Switch.Announce(r.Context(), v.agent, i)
	switch {
	case errors.Is(err, bot.ErrIncident):
		return s.showIncidents(w, r, v, http.StatusUnprocessableEntity, i, "work.incident.incomplete")
	case errors.Is(err, bot.ErrConflict), errors.Is(err, bot.ErrState):
		return s.showIncidents(w, r, v, http.StatusConflict, i, "work.rules.conflict")
	}
	return doneAt(w, r, "/console/incidents", err)
}

// textsOf are the fields "zh" and "en" of a form.
func textsOf(r *http.Request) map[nlp.Lang]string {
	out := map[nlp.Lang]string{}
	for _, lang := range []nlp.Lang{nlp.LangChinese, nlp.LangEnglish} {
		if text := strings.TrimSpace(strings.ReplaceAll(r.PostFormValue(string(lang)), "\r\n", "\n")); text != "" {
			out[lang] = text
		}
	}
	return out
}

// liftIncident ends an incident and tells those who asked; of one that is over, it tells those who could not be told then.
func (s *Console) liftIncident(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	told, err := s.Incidents.Switch.Lift(r.Context(), v.agent, r.PathValue("id"), textsOf(r))
	return doneAt(w, r, "/console/incidents?told="+strconv.Itoa(told[bot.StandNow]), err)
}

// incidentRoutes are the addresses of the switch.
func (s *Console) incidentRoutes() []route {
	if s.Incidents == nil {
		return nil
	}
	return []route{
		{"GET /console/incidents", bot.EditIncidents, s.incidentsPage},
		{"POST /console/incidents", bot.EditIncidents, s.saveIncident},
		{"POST /console/incidents/{id}/lift", bot.EditIncidents, s.liftIncident},
	}
}
