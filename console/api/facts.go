package api

import (
	"bufio"
	"encoding/json"
	"net/http"
	"time"

	"huiyin/bot"
	"huiyin/nlp"
)

func (a *API) factRoutes() []route {
	return []route{
		{id: "exportFacts", method: "GET", path: "/facts", action: bot.ReadDigest, status: 200, answer: Fact{}, stream: a.facts,
			summary: "What happened, one JSON object a line, in order of time. There are no texts of customers in it.",
			query: []param{
				{name: "from", kind: "instant", required: true, doc: "Facts that ended at this instant or later."},
				{name: "to", kind: "instant", required: true, doc: "Facts that ended before this instant."},
			}},
	}
}

// Fact is one thing that happened.
type Fact struct {
	Name         string             `json:"name" doc:"conversation_started, bot_answer, handoff, claimed, first_response, resolved, csat and the like."`
	Value        float64            `json:"value" doc:"Seconds for durations, 0 or 1 for no and yes, the rating for csat and nps, else 1."`
	Label        string             `json:"label,omitempty" doc:"What it was about: a reason, an intent, an article; personal data masked."`
	Start        time.Time          `json:"start"`
	End          time.Time          `json:"end"`
	Conversation bot.ConversationID `json:"conversation,omitempty"`
	Inbox        bot.InboxID        `json:"inbox"`
	Channel      string             `json:"channel"`
	Lang         nlp.Lang           `json:"lang,omitempty"`
	Agent        bot.AgentID        `json:"agent,omitempty"`
}

// facts streams what happened. When the store fails after the first line, the connection is cut, so that nobody takes
// half of it for all.
func (a *API) facts(w http.ResponseWriter, c *call) error {
	from, to := c.instant("from"), c.instant("to")
	if !from.Before(to) {
		return &Problem{422, "range", "The range ends before it begins.", "query.to", "Give a \"to\" that is later than \"from\"."}
	}
	out := bufio.NewWriter(w)
	lines := json.NewEncoder(out)
	w.Header().Set("Content-Type", "application/x-ndjson")
	begun := false
	for f, err := range a.Store.Facts(c.r.Context(), from, to) {
		if err == nil {
			err = lines.Encode(Fact{Name: f.Name, Value: f.Value, Label: a.Mask(f.Label), Start: f.Start, End: f.End, Conversation: f.Conversation,
				Inbox: f.Inbox, Channel: f.Channel, Lang: f.Lang, Agent: f.Agent})
		}
		if err != nil && !begun {
			return err
		}
		if err != nil {
			a.Log.Error("api: facts", "error", err)
			panic(http.ErrAbortHandler)
		}
		begun = true
	}
	return out.Flush()
}
