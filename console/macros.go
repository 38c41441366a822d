package console

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"huiyin/bot"
	"huiyin/nlp"
)

// How long what a macro consists of may be, in characters.
const (
	maxMacroName = 60
	maxMacroText = 2000
)

// maxMacroForm bounds the form of a macro, in bytes: four texts, nine bytes for a character.
const maxMacroForm = 128 << 10

// macroPlan is a macro made ready for a conversation, as it is shown before it runs. Of a macro alone, the texts are as written.
type macroPlan struct {
	bot.MacroRun
	Version uint64
	Seen    string   // names all that is shown of it, and the state of the conversation in which it was looked at
	Other   nlp.Lang // the reply is in this language, and not in the customer's; empty: it is
	Missing bool     // the texts need something of the conversation that is not known
	Who     string   // EndTransfer: a colleague's name; empty: it goes to a team
}

// macroPlans are all macros, ready for a conversation.
func (s *Console) macroPlans(ctx context.Context, c bot.Conversation, v visit) ([]macroPlan, error) {
	all, err := s.Store.Macros(ctx)
	if err != nil {
		return nil, err
	}
	names, err := s.hub.names(ctx)
	if err != nil {
		return nil, err
	}
	plans := make([]macroPlan, len(all))
	for i, m := range all {
		plans[i] = s.planOf(m, c, v, names)
	}
	return plans, nil
}

// planOf makes a macro ready: the reply in the customer's language, the note in the agent's, each in the other one where
// there is none; variables filled in.
func (s *Console) planOf(m bot.Macro, c bot.Conversation, v visit, names map[bot.AgentID]string) macroPlan {
	p := macroPlan{Version: m.Version, Who: names[m.To.Agent], MacroRun: bot.MacroRun{Macro: m.ID, Name: m.Name, Tag: m.Tag, Untag: m.Untag,
		End: m.End, To: m.To, Until: m.Aside.Until(s.Now(), s.Zone)}}
	reply, spoken := inLang(m.Reply, c.Lang.Base())
	note, _ := inLang(m.Note, nlp.Lang(v.lang))
	if reply != "" && spoken != c.Lang.Base() {
		p.Other = spoken
	}
	p.Missing = orderless(reply, c) || orderless(note, c)
	p.Reply, p.Note = fill(reply, c, v.agent), fill(note, c, v.agent)
	p.Seen = strconv.FormatUint(c.Version, 10) + "-" + p.sum(m.Aside)
	return p
}

// sum is the same for plans that do the same: texts, tags, and the end. An hour from now is later a minute later, and counts
// as the same; tomorrow is not the same tomorrow.
func (p macroPlan) sum(aside bot.Aside) string {
	run := p.MacroRun
	if aside == bot.AsideHour || aside == bot.AsideThree {
		run.Until = time.Time{}
	}
	h := sha256.New()
	fmt.Fprintf(h, "%d %q %q %q %q %q %q %q %s %+v", p.Version, run.Macro, run.Name, run.Note, run.Tag, run.Untag, run.Reply, run.End, run.Until.UTC().Format(time.RFC3339), run.To)
	return hex.EncodeToString(h.Sum(nil))
}

// inLang is a text in a language, or in the other one where there is none, with the language that it is in.
func inLang(texts map[nlp.Lang]string, lang nlp.Lang) (string, nlp.Lang) {
	langs := []nlp.Lang{nlp.LangEnglish, nlp.LangChinese}
	if lang == nlp.LangChinese {
		slices.Reverse(langs)
	}
	for _, l := range langs {
		if text := strings.TrimSpace(texts[l]); text != "" {
			return text, l
		}
	}
	return "", ""
}

// macrosFor is the conversation that a request is about, and what each macro would do with it.
func (s *Console) macrosFor(r *http.Request, v visit) (bot.Conversation, []macroPlan, error) {
	c, err := s.Store.Conversation(r.Context(), conversationOf(r))
	if err != nil {
		return c, nil, err
	}
	plans, err := s.macroPlans(r.Context(), c, v)
	return c, plans, err
}

// macroMenu is what can be done with a conversation by one choice, each with all that it would do.
func (s *Console) macroMenu(w http.ResponseWriter, r *http.Request, v visit) error {
	c, plans, err := s.macrosFor(r, v)
	if err != nil {
		return err
	}
	return s.renderPage(w, v, http.StatusOK, "conversation", "macromenu", map[string]any{"C": c, "Plans": plans, "CanMacros": v.may(bot.EditMacros)})
}

// runMacro does what a macro says: what the agent has seen of it, or nothing when that has changed meanwhile, be it the macro
// or the customer's name or language.
func (s *Console) runMacro(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	c, plans, err := s.macrosFor(r, v)
	if err != nil {
		return err
	}
	seen := r.PostFormValue("seen")
	_, sum, _ := strings.Cut(seen, "-")
	at := slices.IndexFunc(plans, func(p macroPlan) bool { return p.Macro == r.PostFormValue("macro") })
	switch {
	case at < 0:
		return told{http.StatusNotFound, "work.macro.gone", bot.ErrNotFound}
	case plans[at].Missing:
		return told{http.StatusUnprocessableEntity, "work.macro.missing", errFilled}
	case !strings.HasSuffix(plans[at].Seen, "-"+sum):
		return told{http.StatusConflict, "work.macro.changed", bot.ErrConflict}
	}
	name := sha256.Sum256([]byte("macro " + string(v.agent.ID) + " " + seen)) // what is sent twice of one look is done once
	_, err = s.Desk.RunMacro(bot.Once(r.Context(), hex.EncodeToString(name[:])), c.ID, v.agent, plans[at].MacroRun)
	return done(w, r, err)
}

// macrosPage lists the macros; leads can change them there.
func (s *Console) macrosPage(w http.ResponseWriter, r *http.Request, v visit) error {
	return s.showMacros(w, r, v, http.StatusOK, bot.Macro{}, "")
}

func (s *Console) showMacros(w http.ResponseWriter, r *http.Request, v visit, status int, edit bot.Macro, wrong string) error {
	all, err := s.Store.Macros(r.Context())
	if err != nil {
		return err
	}
	if id := r.URL.Query().Get("edit"); id != "" && wrong == "" {
		if i := slices.IndexFunc(all, func(m bot.Macro) bool { return m.ID == id }); i >= 0 {
			edit = all[i]
		}
	}
	agents, err := s.Store.Agents(r.Context())
	if err != nil {
		return err
	}
	data := map[string]any{"All": all, "Edit": edit, "End": endOf(edit), "Wrong": wrong, "CanMacros": v.may(bot.EditMacros), "Asides": bot.Asides()}
	if data["Names"], err = s.hub.names(r.Context()); err != nil {
		return err
	}
	data["Colleagues"] = slices.DeleteFunc(agents, func(a bot.Agent) bool { return a.Disabled })
	data["Teams"] = teamsOf(agents)
	return s.show(w, v, status, "macros", data)
}

// teamsOf are the teams that agents are in.
func teamsOf(agents []bot.Agent) []bot.TeamID {
	var teams []bot.TeamID
	for _, a := range agents {
		if a.Team != "" && !slices.Contains(teams, a.Team) {
			teams = append(teams, a.Team)
		}
	}
	return teams
}

// endOf names what becomes of a conversation, as the form has it: "resolve", "snooze:tomorrow", "transfer:agent:<id>".
func endOf(m bot.Macro) string {
	switch {
	case m.End == bot.EndSnooze:
		return "snooze:" + string(m.Aside)
	case m.End == bot.EndTransfer && m.To.Agent != "":
		return "transfer:agent:" + string(m.To.Agent)
	case m.End == bot.EndTransfer:
		return "transfer:team:" + string(m.To.Team)
	}
	return string(m.End)
}

// withEnd is a macro with the end that the form names; errFilled when there is no such end.
func withEnd(m bot.Macro, text string) (bot.Macro, error) {
	name, rest, _ := strings.Cut(text, ":")
	m.End, m.Aside, m.To = bot.MacroEnd(name), "", bot.To{}
	switch m.End {
	case bot.EndNone, bot.EndResolve, bot.EndReturn:
		return m, nil
	case bot.EndSnooze:
		m.Aside = bot.Aside(rest)
		if slices.Contains(bot.Asides(), m.Aside) {
			return m, nil
		}
	case bot.EndTransfer:
		to, err := whereTo(rest)
		m.To = to
		return m, err
	}
	return m, errFilled
}

// saveMacro adds, changes or removes a macro.
func (s *Console) saveMacro(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := formOf(w, r, maxMacroForm); err != nil {
		return err
	}
	m, wrong := macroOf(r)
	m.UpdatedAt, m.UpdatedBy = s.Now(), v.agent.ID
	log := bot.Event{At: s.Now(), Actor: string(v.agent.ID), Action: "macro.save", Object: m.ID}
	if r.PostFormValue("remove") != "" && m.ID != "" {
		log.Action = "macro.remove"
		return doneAt(w, r, "/console/macros", s.Store.DeleteMacro(r.Context(), m.ID, log))
	}
	if wrong != nil || m.Empty() || m.Name == "" || utf8.RuneCountInString(m.Name) > maxMacroName {
		return s.showMacros(w, r, v, http.StatusUnprocessableEntity, m, "work.macro.incomplete")
	}
	saved := m
	if saved.ID == "" {
		token, err := newToken(s.Random)
		if err != nil {
			return err
		}
		saved.ID = token[:16]
		log.Object = saved.ID
	}
	err := s.Store.SaveMacro(r.Context(), saved, log)
	for refused, key := range map[error]string{bot.ErrTaken: "work.macro.taken", bot.ErrConflict: "work.macro.conflict", bot.ErrFull: "work.macro.full"} {
		if errors.Is(err, refused) {
			return s.showMacros(w, r, v, http.StatusConflict, m, key)
		}
	}
	return doneAt(w, r, "/console/macros", err)
}

// macroOf reads the form of a macro.
func macroOf(r *http.Request) (bot.Macro, error) {
	value := func(name string) string {
		return strings.TrimSpace(strings.ReplaceAll(r.PostFormValue(name), "\r\n", "\n"))
	}
	texts := func(name string) (both map[nlp.Lang]string, long bool) {
		both = map[nlp.Lang]string{}
		for _, lang := range []nlp.Lang{nlp.LangChinese, nlp.LangEnglish} {
			if text := value(name + "_" + string(lang)); text != "" {
				both[lang] = text
				long = long || utf8.RuneCountInString(text) > maxMacroText
			}
		}
		return both, long
	}
	m := bot.Macro{ID: value("id"), Name: strings.Join(strings.Fields(nlp.Clean(value("name"))), " "), Tag: bot.CleanTags(splitTags(value("tag"))),
		Untag: bot.CleanTags(splitTags(value("untag")))}
	var longNote, longReply bool
	m.Note, longNote = texts("note")
	m.Reply, longReply = texts("reply")
	version, errVersion := strconv.ParseUint(cmp.Or(value("version"), "0"), 10, 64)
	m.Version = version
	m, errEnd := withEnd(m, value("end"))
	if longNote || longReply {
		errVersion = errFilled
	}
	return m, errors.Join(errVersion, errEnd)
}
