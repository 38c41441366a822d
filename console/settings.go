package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/nlp"
)

// minutes reads a field of whole minutes; empty is none.
func minutes(text string) (time.Duration, error) {
	if strings.TrimSpace(text) == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 16)
	if err != nil {
		return 0, errFilled
	}
	return time.Duration(n) * time.Minute, nil
}

// allDay is the hours of those who are always there.
const allDay = "00:00-24:00"

// calendarOf is the calendar in force, as it can be edited.
func (s *Console) calendarOf(rules bot.DeskRules, hours *bot.Hours) bot.Calendar {
	switch {
	case rules.Calendar != nil:
		return *rules.Calendar
	case hours != nil:
		return bot.CalendarOf(hours)
	}
	c := bot.Calendar{Zone: s.Zone.String()}
	for day := range c.Week {
		c.Week[day] = allDay
	}
	return c
}

// rulesPage shows the rules of the desk: assignment, promises, hours, away messages.
func (s *Console) rulesPage(w http.ResponseWriter, r *http.Request, v visit) error {
	rules, hours := s.Desk.Rules()
	return s.showRules(w, v, http.StatusOK, rules, s.calendarOf(rules, hours), "", "")
}

func (s *Console) showRules(w http.ResponseWriter, v visit, status int, rules bot.DeskRules, c bot.Calendar, wrong, detail string) error {
	return s.show(w, v, status, "rules", map[string]any{"Rules": rules, "Calendar": c, "Wrong": wrong, "Detail": detail,
		"Days": []int{1, 2, 3, 4, 5, 6, 0}, "Tiers": append(slices.Clone(rules.Tiers), make([]bot.Tier, min(2, max(0, bot.MostTiers-len(rules.Tiers))))...)})
}

// saveRules puts new rules in force. What cannot be read is shown again as it was written.
func (s *Console) saveRules(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	rules, c, wrong := rulesOf(r)
	now, _ := s.Desk.Rules()
	rules.Scorecard = now.Scorecard // which has a page of its own
	if wrong == nil {
		wrong = s.Desk.SaveRules(r.Context(), v.agent, rules)
	}
	switch {
	case wrong == nil:
		return doneAt(w, r, "/console/rules?saved=1", nil)
	case errors.Is(wrong, bot.ErrConflict):
		return s.showRules(w, v, http.StatusConflict, rules, c, "work.rules.conflict", "")
	case errors.Is(wrong, bot.ErrCalendar):
		return s.showRules(w, v, http.StatusUnprocessableEntity, rules, c, "work.rules.calendar", strings.TrimPrefix(wrong.Error(), bot.ErrCalendar.Error()+": "))
	case errors.Is(wrong, bot.ErrTier):
		return s.showRules(w, v, http.StatusUnprocessableEntity, rules, c, "work.rules.tier.wrong", "")
	case errors.Is(wrong, errFilled):
		return s.showRules(w, v, http.StatusUnprocessableEntity, rules, c, "work.rules.number", "")
	}
	return wrong
}

// rulesOf reads the form of the rules.
func rulesOf(r *http.Request) (bot.DeskRules, bot.Calendar, error) {
	value := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	c := bot.Calendar{Zone: value("zone"), Days: strings.ReplaceAll(value("days"), "\r\n", "\n")}
	for day := range c.Week {
		c.Week[day] = value("day" + strconv.Itoa(day))
	}
	rules := bot.DeskRules{Assign: value("assign") != "", Calendar: &c, Away: map[nlp.Lang]string{}}
	for _, lang := range []nlp.Lang{nlp.LangChinese, nlp.LangEnglish} {
		if text := value("away_" + string(lang)); text != "" {
			rules.Away[lang] = text
		}
	}
	tiers, errTiers := tiersOf(r.PostForm)
	rules.Tiers = tiers
	version, errVersion := strconv.ParseUint(value("version"), 10, 64)
	capacity, errCapacity := strconv.ParseUint("0"+value("capacity"), 10, 8)
	var errs [3]error
	rules.FirstResponse, errs[0] = minutes(value("first"))
	rules.NextResponse, errs[1] = minutes(value("next"))
	rules.Resolution, errs[2] = minutes(value("resolution"))
	rules.Version, rules.Capacity = version, int(capacity)
	if err := errors.Join(errTiers, errVersion, errCapacity, errs[0], errs[1], errs[2]); err != nil {
		return rules, c, errFilled
	}
	return rules, c, nil
}

// tiersOf reads the tiers of the form, in their order; a row without a key and a name is none.
func tiersOf(form url.Values) ([]bot.Tier, error) {
	var tiers []bot.Tier
	var failed error
	for i, key := range form["tier_key"][:min(len(form["tier_key"]), bot.MostTiers+1)] {
		at := func(name string) string {
			if values := form["tier_"+name]; i < len(values) {
				return strings.TrimSpace(values[i])
			}
			return ""
		}
		t := bot.Tier{Key: bot.CleanTier(key), Name: map[nlp.Lang]string{}, Tags: bot.CleanTags(splitTags(at("tags")))}
		for _, lang := range []nlp.Lang{nlp.LangChinese, nlp.LangEnglish} {
			if name := at(string(lang)); name != "" {
				t.Name[lang] = name
			}
		}
		if t.Key == "" && len(t.Name) == 0 {
			continue
		}
		for name, to := range map[string]*time.Duration{"start": &t.HeadStart, "first": &t.FirstResponse, "next": &t.NextResponse, "resolution": &t.Resolution} {
			var err error
			*to, err = minutes(at(name))
			failed = errors.Join(failed, err)
		}
		tiers = append(tiers, t)
	}
	return tiers, failed
}

// cannedPage lists the canned answers; leads can change them there.
func (s *Console) cannedPage(w http.ResponseWriter, r *http.Request, v visit) error {
	return s.showCanned(w, r, v, http.StatusOK, bot.Canned{}, "")
}

func (s *Console) showCanned(w http.ResponseWriter, r *http.Request, v visit, status int, edit bot.Canned, wrong string) error {
	all, err := s.Store.Canned(r.Context())
	if err != nil {
		return err
	}
	if id := r.URL.Query().Get("edit"); id != "" && wrong == "" {
		if i := slices.IndexFunc(all, func(c bot.Canned) bool { return c.ID == id }); i >= 0 {
			edit = all[i]
		}
	}
	return s.show(w, v, status, "canned", map[string]any{"All": all, "Edit": edit, "Wrong": wrong, "CanCanned": v.may(bot.EditCanned)})
}

// maxCannedKey is how long the key of a canned answer may be, in bytes.
const maxCannedKey = 40

// saveCanned adds, changes or removes a canned answer; one without any text is removed.
func (s *Console) saveCanned(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	value := func(name string) string {
		return strings.TrimSpace(strings.ReplaceAll(r.PostFormValue(name), "\r\n", "\n"))
	}
	c := bot.Canned{ID: value("id"), Key: strings.ToLower(strings.Trim(value("key"), "/ ")), Title: value("title"), UpdatedAt: s.Now(), UpdatedBy: v.agent.ID,
		Text: map[nlp.Lang]string{nlp.LangChinese: value("zh"), nlp.LangEnglish: value("en")}}
	if r.PostFormValue("remove") != "" {
		c.Text = nil
	}
	fresh := c.ID == ""
	if fresh {
		var err error
		if c.ID, err = newToken(s.Random); err != nil {
			return err
		}
		c.ID = c.ID[:16]
	}
	empty := c.Text[nlp.LangChinese] == "" && c.Text[nlp.LangEnglish] == ""
	if c.Key == "" || len(c.Key) > maxCannedKey || strings.ContainsAny(c.Key, " \t/") || fresh && empty {
		return s.showCanned(w, r, v, http.StatusUnprocessableEntity, c, "work.canned.incomplete")
	}
	action := "canned.save"
	if empty {
		action = "canned.remove"
	}
	err := s.Store.SaveCanned(r.Context(), c, bot.Event{At: s.Now(), Actor: string(v.agent.ID), Action: action, Object: c.ID, Detail: c.Key})
	if errors.Is(err, bot.ErrConflict) {
		return s.showCanned(w, r, v, http.StatusConflict, c, "work.canned.taken")
	}
	return doneAt(w, r, "/console/canned", err)
}
