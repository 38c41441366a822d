package console

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"huiyin/bot"
)

// tokenDays are the lives that a token can be given, in days; 0: until it is revoked.
var tokenDays = [...]int{30, 90, 365, 0}

// tokensPage lists the tokens of programs, for an administrator to add and revoke.
func (s *Console) tokensPage(w http.ResponseWriter, r *http.Request, v visit) error {
	return s.showTokens(w, r, v, http.StatusOK, map[string]any{})
}

// tokenRow is a token as the list shows it.
type tokenRow struct {
	bot.Token
	Expired bool
}

func (s *Console) showTokens(w http.ResponseWriter, r *http.Request, v visit, status int, data map[string]any) error {
	all, err := s.Store.Tokens(r.Context())
	if err != nil {
		return err
	}
	slices.SortStableFunc(all, func(a, b bot.Token) int { return b.CreatedAt.Compare(a.CreatedAt) })
	rows := make([]tokenRow, len(all))
	for i, t := range all {
		rows[i] = tokenRow{t, !t.ExpiresAt.IsZero() && !s.Now().Before(t.ExpiresAt)}
	}
	agents, err := s.Store.Agents(r.Context())
	if err != nil {
		return err
	}
	names := map[bot.AgentID]string{}
	for _, a := range agents {
		names[a.ID] = a.Name
	}
	data["All"], data["Names"], data["Days"] = rows, names, tokenDays[:]
	data["Agents"] = slices.DeleteFunc(agents, func(a bot.Agent) bool { return a.Disabled })
	return s.show(w, v, status, "tokens", data)
}

// makeToken makes a token and shows its key, once.
func (s *Console) makeToken(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	t := bot.Token{Name: r.PostFormValue("name"), Agent: bot.AgentID(r.PostFormValue("agent")), Scope: bot.Scope(r.PostFormValue("scope"))}
	days, err := strconv.Atoi(r.PostFormValue("days"))
	if err != nil || !slices.Contains(tokenDays[:], days) {
		return s.showTokens(w, r, v, http.StatusUnprocessableEntity, map[string]any{"Wrong": "work.tokens.incomplete", "T": t})
	}
	if days > 0 {
		t.ExpiresAt = s.Now().Add(time.Duration(days) * 24 * time.Hour)
	}
	key, made, err := s.Keys.Make(r.Context(), t, v.agent.ID)
	if errors.Is(err, ErrToken) {
		return s.showTokens(w, r, v, http.StatusUnprocessableEntity, map[string]any{"Wrong": "work.tokens.incomplete", "T": t})
	}
	if err != nil {
		return err
	}
	return s.showTokens(w, r, v, http.StatusOK, map[string]any{"Key": key, "Made": made.Name})
}

// revokeToken makes a token useless at once.
func (s *Console) revokeToken(w http.ResponseWriter, r *http.Request, v visit) error {
	id := r.PathValue("id")
	err := s.Store.DeleteToken(r.Context(), id, bot.Event{At: s.Now(), Actor: string(v.agent.ID), Action: "token.revoke", Object: id})
	return doneAt(w, r, "/console/tokens", err)
}
