package console

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"huiyin/bot"
	"huiyin/kb"
)

// auditShown is how many entries of the audit log the page shows, of at most auditRead that it looks at.
const auditRead, auditShown = 5000, 300

// forced is what the code of an action ends with when it was done against advice.
const forced = ".forced"

// auditEntry is an entry of the audit log in words.
type auditEntry struct {
	bot.Event
	Who    string // name of the Actor
	What   string // the Action in words; empty: an older or newer version recorded it, and only its code is known
	Forced bool
	On     auditObject
	More   string // the Detail in words, or as it is
}

// auditObject is what something was done to.
type auditObject struct {
	Name string // for people; empty: only its ID is known
	Href string // its page; empty: it has none, or not for the viewer
}

// auditPage shows the newest entries of the audit log.
func (s *Console) auditPage(w http.ResponseWriter, r *http.Request, v visit) error {
	who := r.URL.Query().Get("actor")
	events, err := s.Store.Audit(r.Context(), auditRead)
	if err != nil {
		return err
	}
	if who != "" {
		events = slices.DeleteFunc(events, func(e bot.Event) bool { return e.Actor != who })
	}
	reader, err := s.auditReader(r.Context(), v)
	if err != nil {
		return err
	}
	var entries []auditEntry
	for _, e := range events[:min(len(events), auditShown)] {
		entry, err := reader.entry(r.Context(), e)
		if err != nil {
			return err
		}
		entries = append(entries, entry)
	}
	return s.show(w, v, http.StatusOK, "audit", map[string]any{"Entries": entries, "Actor": who, "ActorName": reader.actor(who)})
}

// auditReader puts entries of the audit log into a viewer's words.
type auditReader struct {
	s       *Console
	v       visit
	named   map[auditKind]map[string]string // names of things that there are few of, by their IDs
	objects map[string]auditObject          // by kind and ID: most entries are about few things
}

func (s *Console) auditReader(ctx context.Context, v visit) (auditReader, error) {
	a := auditReader{s: s, v: v, objects: map[string]auditObject{}, named: map[auditKind]map[string]string{}}
	name := func(kind auditKind, id, name string) {
		if a.named[kind] == nil {
			a.named[kind] = map[string]string{}
		}
		a.named[kind][id] = name
	}
	staff, err := s.hub.names(ctx)
	for id, is := range staff {
		name(kindAgent, string(id), is)
	}
	macros, failed := s.Store.Macros(ctx)
	for _, m := range macros {
		name(kindMacro, m.ID, m.Name)
	}
	err = errors.Join(err, failed)
	tokens, failed := s.Store.Tokens(ctx)
	for _, t := range tokens {
		name(kindToken, t.ID, t.Name)
	}
	err = errors.Join(err, failed)
	canned, failed := s.Store.Canned(ctx)
	for _, c := range canned {
		name(kindCanned, c.ID, "/"+c.Key)
	}
	err = errors.Join(err, failed)
	if s.Webhooks != nil {
		hooks, failed := s.Webhooks.Store.Endpoints(ctx)
		for _, h := range hooks {
			name(kindHook, h.ID, h.Name)
		}
		err = errors.Join(err, failed)
	}
	return a, err
}

// actor is the name of who did something.
func (a auditReader) actor(id string) string {
	if name := a.named[kindAgent][id]; name != "" {
		return name
	}
	return cmp.Or(a.words("audit.actor."+id), id)
}

// words are those of a key; empty: there are none.
func (a auditReader) words(key string) string {
	if !a.s.Words.Has(key) {
		return ""
	}
	return a.s.Words.Text(a.v.lang, key)
}

func (a auditReader) entry(ctx context.Context, e bot.Event) (auditEntry, error) {
	code, force := strings.CutSuffix(e.Action, forced)
	out := auditEntry{Event: e, Who: a.actor(e.Actor), What: a.words("audit." + code), Forced: force, More: a.detail(code, e.Detail)}
	kind := kindOf(code)
	if kind == kindNone || e.Object == "" {
		return out, nil
	}
	key := string(kind) + " " + e.Object
	on, known := a.objects[key]
	if !known {
		var err error
		if on, err = a.object(ctx, kind, e.Object); err != nil {
			return out, err
		}
		a.objects[key] = on
	}
	out.On = on
	return out, nil
}

// detail is what an entry says besides, in words where it is a code of the program.
func (a auditReader) detail(code, detail string) string {
	family, _, _ := strings.Cut(code, ".")
	switch {
	case family == "api":
		return a.call(detail)
	case code == "article.import" || code == "article.import.undo":
		return a.counted(detail, "articles")
	case code == "synonyms.save":
		return a.counted(detail, "groups", "words")
	case family == "article":
		return a.revision(detail)
	case family == "incident":
		return a.subject(detail)
	case code == "task.save":
		return cmp.Or(a.words("digest.task."+detail), detail)
	case family == "agent":
		return cmp.Or(a.words("work.role."+detail), a.words("work.state."+detail), detail)
	case code == "conversation.handoff" || code == "conversation.withdrawn":
		return cmp.Or(a.words("console.reason."+detail), detail)
	case code == "conversation.macro":
		return cmp.Or(a.named[kindMacro][detail], detail)
	}
	return detail
}

// subject is what an incident or a topic of a digest is about, by its ID; an ID that nothing has any more stays as it is.
func (a auditReader) subject(id string) string {
	if in := a.s.Incidents; in != nil {
		for _, s := range slices.Concat(in.Topics(), in.Intents()) {
			if s.ID == id {
				return s.In(a.v.lang)
			}
		}
	}
	return id
}

// call is the Detail of a call of the HTTP API, "what token ID", with the name of the token where it is known.
func (a auditReader) call(detail string) string {
	at := strings.LastIndex(detail, "token ")
	if at < 0 {
		return detail
	}
	what, id := strings.TrimSpace(detail[:at]), detail[at+len("token "):]
	if what == "none" { // setTier took the tier away
		what = a.words("audit.detail.none")
	}
	token := a.s.Words.Text(a.v.lang, "audit.detail.token", "name", cmp.Or(a.named[kindToken][id], id))
	if what == "" {
		return token
	}
	return a.revision(what) + " · " + token
}

// revision is the Detail of what was done to an article, "published r3", in words; anything else stays as it is.
func (a auditReader) revision(detail string) string {
	status, r, cut := strings.Cut(detail, " r")
	n, err := strconv.Atoi(r)
	is := a.words("kb.status." + status)
	if !cut || err != nil || is == "" {
		return detail
	}
	return is + " · " + a.s.Words.Text(a.v.lang, "audit.detail.revision", "n", n)
}

// counted is a Detail like "12 groups, 3 words" in words; anything else stays as it is.
func (a auditReader) counted(detail string, units ...string) string {
	var parts []string
	for i, part := range strings.Split(detail, ", ") {
		count, unit, _ := strings.Cut(part, " ")
		n, err := strconv.Atoi(count)
		if err != nil || i >= len(units) || unit != units[i] {
			return detail
		}
		parts = append(parts, a.s.Words.Text(a.v.lang, "audit.detail."+unit, "n", n))
	}
	return strings.Join(parts, " · ")
}

// auditKind is what the Object of an entry names.
type auditKind string

const (
	kindNone         auditKind = ""
	kindConversation auditKind = "conversation"
	kindContact      auditKind = "contact"
	kindAgent        auditKind = "agent"
	kindArticle      auditKind = "article"
	kindExperiment   auditKind = "experiment"
	kindWeek         auditKind = "week" // and a topic of its digest
	kindMacro        auditKind = "macro"
	kindCanned       auditKind = "canned"
	kindToken        auditKind = "token"
	kindHook         auditKind = "hook"
	kindIncident     auditKind = "incident"
	kindRules        auditKind = "rules"
)

// kindOf is what the Object of an action names.
func kindOf(code string) auditKind {
	family, rest, _ := strings.Cut(code, ".")
	switch family {
	case "conversation", "message", "review":
		return kindConversation
	case "contact":
		return kindContact
	case "agent", "account":
		return kindAgent
	case "article", "experiment", "macro", "canned", "token", "hook", "incident":
		return auditKind(family)
	case "task":
		return kindWeek
	case "desk":
		return kindRules
	case "api":
		return kindOfCall(rest)
	}
	return kindNone
}

// kindOfCall is what an operation of the HTTP API is about, by its operationId.
func kindOfCall(id string) auditKind {
	switch id {
	case "saveDraft", "submitDraft", "publishDraft":
		return kindArticle
	case "setAttribute", "removeAttribute", "setContactTags", "setTier":
		return kindContact
	}
	return kindConversation
}

// object finds the name of something and where it is shown. What is gone, or was never there, has neither.
func (a auditReader) object(ctx context.Context, kind auditKind, id string) (auditObject, error) {
	name, err := a.name(ctx, kind, id)
	if errors.Is(err, bot.ErrNotFound) || errors.Is(err, kb.ErrNotFound) || err == nil && name == "" {
		return auditObject{}, nil
	}
	href, may := placeOf(kind, id)
	if !a.v.may(may) {
		href = ""
	}
	return auditObject{name, href}, err
}

// name is what something is called.
func (a auditReader) name(ctx context.Context, kind auditKind, id string) (string, error) {
	switch kind {
	case kindConversation:
		c, err := a.s.Store.Conversation(ctx, bot.ConversationID(id))
		return cmp.Or(c.Name, a.words("console.visitor")), err
	case kindContact:
		c, err := a.s.Store.Contact(ctx, bot.ContactID(id))
		return cmp.Or(c.Name, a.words("console.visitor")), err
	case kindArticle:
		if a.s.Knowledge == nil {
			return "", nil
		}
		k, err := a.s.Knowledge.Publisher.Store().Article(ctx, kb.ArticleID(id))
		return k.Title, err
	case kindExperiment:
		return a.words("trial.nav"), nil
	case kindWeek:
		week, topic, _ := strings.Cut(id, " ")
		return strings.TrimSpace(week + " " + a.subject(topic)), nil
	case kindIncident, kindRules:
		return a.words("work.nav." + map[auditKind]string{kindIncident: "incidents", kindRules: "rules"}[kind]), nil
	}
	return a.named[kind][id], nil
}

// placeOf is where something is shown, and what one must be allowed to do there.
func placeOf(kind auditKind, id string) (href string, may bot.StaffAction) {
	path, query := url.PathEscape(id), url.QueryEscape(id)
	switch kind {
	case kindConversation:
		return "/console/c/" + path, bot.ReadInbox
	case kindContact:
		return "/console/people/" + path, bot.ReadInbox
	case kindAgent:
		return "/console/staff?edit=" + query + "#form", bot.EditStaff
	case kindArticle:
		return "/console/kb/a/" + path, bot.ReadArticles
	case kindExperiment:
		return "/console/experiments/" + path, bot.ReadExperiments
	case kindWeek:
		week, _, _ := strings.Cut(id, " ")
		return "/console/digest/" + url.PathEscape(week), bot.ReadDigest
	case kindMacro:
		return "/console/macros?edit=" + query + "#form", bot.EditMacros
	case kindCanned:
		return "/console/canned?edit=" + query + "#form", bot.EditCanned
	case kindToken:
		return "/console/tokens", bot.EditTokens
	case kindHook:
		return "/console/webhooks?edit=" + query + "#form", bot.EditWebhooks
	case kindIncident:
		return "/console/incidents?edit=" + query + "#form", bot.EditIncidents
	}
	return "/console/rules", bot.EditRules
}
