package console

import (
	"net/http"

	"huiyin/bot"
)

const open bot.StaffAction = "" // no login needed

// route is one address of the console, and what one must be allowed to do to use it.
type route struct {
	pattern string
	action  bot.StaffAction
	serve   func(http.ResponseWriter, *http.Request, visit) error
}

// visit is a request with who makes it; the Agent is empty on open routes.
type visit struct {
	agent   bot.Agent
	session bot.Session
	lang    string
}

// may reports whether who makes the request may do something at all.
func (v visit) may(action bot.StaffAction) bool { return bot.Can(v.agent, action, bot.Object{}) }

func (s *Console) routes() []route {
	return append(s.agentRoutes(), s.leadRoutes()...)
}

// agentRoutes are what agents work with.
func (s *Console) agentRoutes() []route {
	return []route{
		{"GET /console/assets/{name}", open, s.asset},
		{"GET /console/login", open, s.loginPage},
		{"POST /console/login", open, s.login},
		{"POST /console/logout", bot.OwnAccount, s.logout},
		{"GET /console/account", bot.OwnAccount, s.accountPage},
		{"POST /console/account", bot.OwnAccount, s.saveAccount},
		{"GET /console/{$}", bot.ReadInbox, s.inbox},
		{"GET /console/list", bot.ReadInbox, s.list},
		{"GET /console/live", bot.ReadInbox, s.live},
		{"GET /console/search", bot.ReadInbox, s.search},
		{"POST /console/next", bot.Converse, s.next},
		{"POST /console/me/state", bot.OwnAccount, s.setState},
		{"POST /console/views", bot.ReadInbox, s.saveView},
		{"GET /console/c/{id}", bot.ReadInbox, s.conversation},
		{"GET /console/c/{id}/messages", bot.ReadInbox, s.messages},
		{"GET /console/c/{id}/state", bot.ReadInbox, s.state},
		{"GET /console/c/{id}/suggest", bot.ReadInbox, s.suggest},
		{"GET /console/c/{id}/files/{message}/{place}", bot.ReadInbox, s.file},
		{"POST /console/c/{id}/files", bot.Converse, s.attach},
		{"POST /console/c/{id}/typing", bot.Converse, s.typing},
		{"POST /console/c/{id}/snooze", bot.Converse, s.snooze},
		{"POST /console/c/{id}/transfer", bot.Converse, s.transfer},
		{"POST /console/c/{id}/tags", bot.Converse, s.tag},
		{"GET /console/c/{id}/macros", bot.ReadInbox, s.macroMenu},
		{"POST /console/c/{id}/macros", bot.Converse, s.runMacro},
		{"POST /console/c/{id}/claim", bot.Converse, s.claim},
		{"POST /console/c/{id}/reply", bot.Converse, s.reply},
		{"POST /console/c/{id}/note", bot.Converse, s.note},
		{"POST /console/c/{id}/resolve", bot.Converse, s.resolve},
		{"POST /console/c/{id}/return", bot.Converse, s.giveBack},
		{"POST /console/c/{id}/resend/{message}", bot.Converse, s.resend},
		{"GET /console/people/{id}", bot.ReadInbox, s.person},
		{"POST /console/people/{id}/note", bot.Converse, s.notePerson},
		{"POST /console/people/{id}/merge", bot.Converse, s.merge},
		{"POST /console/people/{id}/split", bot.Converse, s.split},
	}
}

// leadRoutes are what leads look after, and the settings of the desk.
func (s *Console) leadRoutes() []route {
	return []route{
		{"POST /console/me/quiet", bot.ReadQuietly, s.setQuiet},
		{"GET /console/board", bot.ReadBoard, s.boardPage},
		{"GET /console/board/live", bot.ReadBoard, s.boardLive},
		{"POST /console/board/{id}/state", bot.ReadBoard, s.boardState},
		{"GET /console/canned", bot.ReadInbox, s.cannedPage},
		{"POST /console/canned", bot.EditCanned, s.saveCanned},
		{"GET /console/reviews", bot.ReviewWork, s.reviewsPage},
		{"GET /console/reviews/mine", bot.OwnReviews, s.ownReviews},
		{"POST /console/reviews/card", bot.ReviewWork, s.saveCard},
		{"GET /console/c/{id}/review", bot.ReviewWork, s.reviewPage},
		{"POST /console/c/{id}/review", bot.ReviewWork, s.saveReview},
		{"GET /console/macros", bot.ReadInbox, s.macrosPage},
		{"POST /console/macros", bot.EditMacros, s.saveMacro},
		{"GET /console/rules", bot.EditRules, s.rulesPage},
		{"POST /console/rules", bot.EditRules, s.saveRules},
		{"GET /console/audit", bot.ReadAudit, s.auditPage},
		{"GET /console/channels", bot.ReadChannels, s.channelsPage},
		{"GET /console/staff", bot.EditStaff, s.staffPage},
		{"POST /console/staff", bot.EditStaff, s.saveStaff},
		{"POST /console/staff/{id}/link", bot.EditStaff, s.staffLink},
		{"GET /console/tokens", bot.EditTokens, s.tokensPage},
		{"POST /console/tokens", bot.EditTokens, s.makeToken},
		{"POST /console/tokens/{id}/revoke", bot.EditTokens, s.revokeToken},
		{"GET /console/digest", bot.ReadDigest, s.digests},
		{"POST /console/digest/tasks", bot.ReadDigest, s.saveTask},
		{"GET /console/digest/schema.json", open, s.digestSchema},
		{"GET /console/digest/{week}", bot.ReadDigest, s.digest},
		{"GET /console/digest/{week}/behind", bot.ReadDigest, s.behind},
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
			if !v.may(r.action) {
				s.fail(w, v, http.StatusForbidden, "console.error.forbidden")
				return
			}
		}
		if err := r.serve(w, req, v); err != nil {
			s.explain(w, req, v, err)
		}
	})
}
