package bot

import "slices"

// StaffAction is something that staff do, for Can.
type StaffAction string

// The actions.
const (
	ReadInbox StaffAction = "inbox.read"
	// ReadQuietly is to look at a conversation without being shown to those who work on it.
	ReadQuietly StaffAction = "conversation.read_quietly"
	// Converse is what every agent does with any conversation: claim it, write notes. Decide is what its owner does with it:
	// resolve it, give it back, hand it on, set it aside.
	Converse     StaffAction = "conversation.act"
	Decide       StaffAction = "conversation.decide"
	ReadDigest   StaffAction = "digest.read"
	OwnAccount   StaffAction = "account.own"
	ReadBoard    StaffAction = "board.read"
	EditRules    StaffAction = "rules.edit"
	EditCanned   StaffAction = "canned.edit"
	EditMacros   StaffAction = "macro.edit"
	ReviewWork   StaffAction = "review.edit"
	OwnReviews   StaffAction = "review.own"
	ReadAudit    StaffAction = "audit.read"
	ReadChannels StaffAction = "channel.read"
	EditStaff    StaffAction = "staff.edit"
	// EditRole is to change what an agent may do, and to disable her.
	EditRole     StaffAction = "staff.role"
	EditTokens   StaffAction = "token.edit"
	EditWebhooks StaffAction = "hook.edit"

	EditIncidents StaffAction = "incident.edit"

	ReadArticles StaffAction = "article.read"
	EditArticles StaffAction = "article.edit"
	// ReadDrafts sees changes that are written beside published articles; PublishArticles is what a program does with one. In
	// the console an editor does both under EditArticles.
	ReadDrafts      StaffAction = "article.drafts"
	PublishArticles StaffAction = "article.publish"

	ReadExperiments StaffAction = "experiment.read"
	EditExperiments StaffAction = "experiment.edit" // as that of articles: customers read what is compared
)

// Roles are in the order of what they may do: each may do all that those before it may.
func Roles() []Role { return []Role{RoleAgent, RoleLead, RoleEditor, RoleAdmin} }

// Least says which role an action needs; ok is false for one that no role may do.
func Least(a StaffAction) (role Role, ok bool) {
	switch a {
	case ReadInbox, Converse, Decide, OwnAccount, OwnReviews, ReadArticles:
		return RoleAgent, true
	case ReadQuietly, ReadDigest, ReadBoard, EditRules, EditCanned, EditMacros, ReviewWork, ReadAudit, ReadChannels, EditIncidents, ReadExperiments:
		return RoleLead, true
	case EditArticles, ReadDrafts, PublishArticles, EditExperiments:
		return RoleEditor, true
	case EditStaff, EditRole, EditTokens, EditWebhooks:
		return RoleAdmin, true
	}
	return "", false
}

// Object is what an action is done to, as far as rules ask. The zero value is anything of its kind: what a page asks before it
// is known what will be done on it.
type Object struct {
	Owner   AgentID   // who has the conversation, or whose account it is
	Workers []AgentID // whose work it is
}

// Object is a conversation as rules see it.
func (c Conversation) Object() Object {
	if c.Status != StatusAgent {
		return Object{}
	}
	return Object{Owner: c.Agent}
}

// Can reports whether an agent may do something to an object. What no rule allows is denied, and a disabled agent may do nothing.
func Can(actor Agent, action StaffAction, object Object) bool {
	need, known := Least(action)
	if !known || actor.Disabled || !reaches(actor, need) {
		return false
	}
	switch action {
	case Decide:
		return object.Owner == "" || object.Owner == actor.ID || reaches(actor, RoleLead)
	case ReadQuietly: // whoever has it is not to wonder who owns it
		return object.Owner != actor.ID
	case EditRole: // not her own: nobody might be left who can undo it
		return object.Owner != actor.ID
	case ReviewWork: // nobody judges her own
		return !slices.Contains(object.Workers, actor.ID)
	}
	return true
}

// reaches reports whether an agent's role may do what another may.
func reaches(a Agent, need Role) bool {
	return slices.Index(Roles(), a.Role) >= slices.Index(Roles(), need)
}
