package console

import (
	"net/http"
	"slices"

	"huiyin/bot"
)

// Action is something that staff do, for Can.
type Action string

// The actions.
const (
	ReadInbox    Action = "inbox.read"
	Converse     Action = "conversation.act"
	ReadDigest   Action = "digest.read"
	OwnAccount   Action = "account.own"
	ReadBoard    Action = "board.read"
	EditRules    Action = "rules.edit"
	EditCanned   Action = "canned.edit"
	EditMacros   Action = "macro.edit"
	ReviewWork   Action = "review.edit" // of others
	OwnReviews   Action = "review.own"
	ReadAudit    Action = "audit.read"
	ReadChannels Action = "channel.read"
	EditStaff    Action = "staff.edit"
	EditTokens   Action = "token.edit"
	EditWebhooks Action = "hook.edit"

	EditIncidents Action = "incident.edit"

	ReadArticles Action = "article.read"
	EditArticles Action = "article.edit"
	// ReadDrafts sees changes that are written beside published articles; PublishArticles is what a program does with one. In
	// the console an editor does both under EditArticles.
	ReadDrafts      Action = "article.drafts"
	PublishArticles Action = "article.publish"

	ReadExperiments Action = "experiment.read"
	EditExperiments Action = "experiment.edit" // as that of articles: customers read what is compared

	open Action = "" // no login needed
)

// roles are in the order of what they may do.
var roles = [...]bot.Role{bot.RoleAgent, bot.RoleLead, bot.RoleEditor, bot.RoleAdmin}

// least says which role an action needs.
func least(a Action) (bot.Role, bool) {
	switch a {
	case ReadInbox, Converse, OwnAccount, OwnReviews, ReadArticles:
		return bot.RoleAgent, true
	case ReadDigest, ReadBoard, EditRules, EditCanned, EditMacros, ReviewWork, ReadAudit, ReadChannels, EditIncidents, ReadExperiments:
		return bot.RoleLead, true
	case EditArticles, ReadDrafts, PublishArticles, EditExperiments:
		return bot.RoleEditor, true
	case EditStaff, EditTokens, EditWebhooks:
		return bot.RoleAdmin, true
	}
	return "", false
}

// Can reports whether an agent may do something. What no rule allows is denied, and a disabled agent may do nothing.
func Can(a bot.Agent, action Action) bool {
	need, known := least(action)
	return known && !a.Disabled && slices.Index(roles[:], a.Role) >= slices.Index(roles[:], need)
}

// route is one address of the console, and what one must be allowed to do to use it.
type route struct {
	pattern string
	action  Action
	serve   func(http.ResponseWriter, *http.Request, visit) error
}

// visit is a request with who makes it; the Agent is empty on open routes.
type visit struct {
	agent   bot.Agent
	session bot.Session
	lang    string
}

func (s *Console) routes() []route {
	return append(s.agentRoutes(), s.leadRoutes()...)
}

// agentRoutes are what agents work with.
func (s *Console) agentRoutes() []route {
	return []route{
		{"GET /console/assets/{name}", open, s.asset},
		{"GET /console/login", open, s.loginPage},
		{"POST /console/login", open, s.login},
		{"POST /console/logout", OwnAccount, s.logout},
		{"GET /console/account", OwnAccount, s.accountPage},
		{"POST /console/account", OwnAccount, s.saveAccount},
		{"GET /console/{$}", ReadInbox, s.inbox},
		{"GET /console/list", ReadInbox, s.list},
		{"GET /console/live", ReadInbox, s.live},
		{"GET /console/search", ReadInbox, s.search},
		{"POST /console/next", Converse, s.next},
		{"POST /console/me/state", OwnAccount, s.setState},
		{"POST /console/views", ReadInbox, s.saveView},
		{"GET /console/c/{id}", ReadInbox, s.conversation},
		{"GET /console/c/{id}/messages", ReadInbox, s.messages},
		{"GET /console/c/{id}/state", ReadInbox, s.state},
		{"GET /console/c/{id}/suggest", ReadInbox, s.suggest},
		{"GET /console/c/{id}/files/{message}/{place}", ReadInbox, s.file},
		{"POST /console/c/{id}/files", Converse, s.attach},
		{"POST /console/c/{id}/typing", Converse, s.typing},
		{"POST /console/c/{id}/snooze", Converse, s.snooze},
		{"POST /console/c/{id}/transfer", Converse, s.transfer},
		{"POST /console/c/{id}/tags", Converse, s.tag},
		{"GET /console/c/{id}/macros", ReadInbox, s.macroMenu},
		{"POST /console/c/{id}/macros", Converse, s.runMacro},
		{"POST /console/c/{id}/claim", Converse, s.claim},
		{"POST /console/c/{id}/reply", Converse, s.reply},
		{"POST /console/c/{id}/note", Converse, s.note},
		{"POST /console/c/{id}/resolve", Converse, s.resolve},
		{"POST /console/c/{id}/return", Converse, s.giveBack},
		{"POST /console/c/{id}/resend/{message}", Converse, s.resend},
		{"GET /console/people/{id}", ReadInbox, s.person},
		{"POST /console/people/{id}/note", Converse, s.notePerson},
		{"POST /console/people/{id}/merge", Converse, s.merge},
		{"POST /console/people/{id}/split", Converse, s.split},
	}
}

// leadRoutes are what leads look after, and the settings of the desk.
func (s *Console) leadRoutes() []route {
	return []route{
		{"GET /console/board", ReadBoard, s.boardPage},
		{"GET /console/board/live", ReadBoard, s.boardLive},
		{"POST /console/board/{id}/state", ReadBoard, s.boardState},
		{"GET /console/canned", ReadInbox, s.cannedPage},
		{"POST /console/canned", EditCanned, s.saveCanned},
		{"GET /console/reviews", ReviewWork, s.reviewsPage},
		{"GET /console/reviews/mine", OwnReviews, s.ownReviews},
		{"POST /console/reviews/card", ReviewWork, s.saveCard},
		{"GET /console/c/{id}/review", ReviewWork, s.reviewPage},
		{"POST /console/c/{id}/review", ReviewWork, s.saveReview},
		{"GET /console/macros", ReadInbox, s.macrosPage},
		{"POST /console/macros", EditMacros, s.saveMacro},
		{"GET /console/rules", EditRules, s.rulesPage},
		{"POST /console/rules", EditRules, s.saveRules},
		{"GET /console/audit", ReadAudit, s.auditPage},
		{"GET /console/channels", ReadChannels, s.channelsPage},
		{"GET /console/staff", EditStaff, s.staffPage},
		{"POST /console/staff", EditStaff, s.saveStaff},
		{"POST /console/staff/{id}/link", EditStaff, s.staffLink},
		{"GET /console/tokens", EditTokens, s.tokensPage},
		{"POST /console/tokens", EditTokens, s.makeToken},
		{"POST /console/tokens/{id}/revoke", EditTokens, s.revokeToken},
		{"GET /console/digest", ReadDigest, s.digests},
		{"POST /console/digest/tasks", ReadDigest, s.saveTask},
		{"GET /console/digest/schema.json", open, s.digestSchema},
		{"GET /console/digest/{week}", ReadDigest, s.digest},
	}
}

// guard lets a request through to its route when its session may do the route's action.
func (s *Console) guard(r route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		v := visit{lang: s.langOf(req, "")}
		if r.action != open {
			agent, session, ok := s.whoIs(req)
			if !ok {
				s.toLogin(w, req)
				return
			}
			v = visit{agent: agent, session: session, lang: s.langOf(req, string(agent.Lang))}
			if !Can(agent, r.action) {
				s.fail(w, v, http.StatusForbidden, "console.error.forbidden")
				return
			}
		}
		if err := r.serve(w, req, v); err != nil {
			s.explain(w, req, v, err)
		}
	})
}
