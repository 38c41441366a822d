package bot_test

import (
	"testing"

	"huiyin/bot"
)

func TestCan(t *testing.T) {
	agent, lead, editor, admin := bot.Agent{ID: "ada", Role: bot.RoleAgent}, bot.Agent{ID: "lin", Role: bot.RoleLead}, bot.Agent{ID: "eve", Role: bot.RoleEditor}, bot.Agent{ID: "max", Role: bot.RoleAdmin}
	gone, none := bot.Agent{ID: "max", Role: bot.RoleAdmin, Disabled: true}, bot.Agent{ID: "ada"}
	of := func(id bot.AgentID) bot.Object {
		return bot.Conversation{Status: bot.StatusAgent, Agent: id}.Object()
	}
	waiting := bot.Conversation{Status: bot.StatusWaiting, Agent: "ada"}.Object() // asked for, and not hers yet
	for _, tt := range []struct {
		who    bot.Agent
		action bot.StaffAction
		to     bot.Object
		want   bool
	}{
		{agent, bot.Decide, of("ada"), true},
		{agent, bot.Decide, bot.Object{}, true},
		{agent, bot.Decide, of("lin"), false},
		{agent, bot.Converse, of("lin"), true},
		{lead, bot.Decide, of("ada"), true},
		{editor, bot.Decide, of("ada"), true},
		{lead, bot.Decide, waiting, true},
		{agent, bot.Decide, waiting, true},
		{agent, bot.ReadQuietly, bot.Object{}, false},
		{lead, bot.ReadQuietly, of("ada"), true},
		{lead, bot.ReadQuietly, of("lin"), false},
		{lead, bot.ReviewWork, bot.Object{Workers: []bot.AgentID{"ada"}}, true},
		{lead, bot.ReviewWork, bot.Object{Workers: []bot.AgentID{"ada", "lin"}}, false},
		{admin, bot.EditRole, bot.Object{Owner: "lin"}, true},
		{admin, bot.EditRole, bot.Object{Owner: "max"}, false},
		{admin, bot.EditStaff, bot.Object{Owner: "max"}, true},
		{lead, bot.EditStaff, bot.Object{}, false},
		{lead, bot.EditArticles, bot.Object{}, false},
		{editor, bot.EditArticles, bot.Object{}, true},
		{gone, bot.ReadInbox, bot.Object{}, false},
		{none, bot.ReadInbox, bot.Object{}, false},
		{admin, "no.such.thing", bot.Object{}, false},
		{admin, "", bot.Object{}, false},
	} {
		if got := bot.Can(tt.who, tt.action, tt.to); got != tt.want {
			t.Errorf("Can(%s %s, %q, %+v) = %v, want %v", tt.who.Role, tt.who.ID, tt.action, tt.to, got, tt.want)
		}
	}
}
