package bot

import (
	"context"
	"time"
)

// Scope is how much of what its agent may do a Token may do.
type Scope string

// The scopes.
const (
	ScopeRead  Scope = "read"
	ScopeWrite Scope = "write" // reads too
	// ScopePublish writes too, and may change what customers are answered: publish articles.
	ScopePublish Scope = "publish"
)

// Token lets a program do over the HTTP API what an agent may do. Its secret is never stored.
type Token struct {
	ID        string    `json:"id"`    // in lists and in the audit log; no secret
	Hash      string    `json:"hash"`  // hex SHA-256 of the secret
	Name      string    `json:"name"`  // which program has it
	Agent     AgentID   `json:"agent"` // in whose name it acts
	Scope     Scope     `json:"scope"`
	CreatedAt time.Time `json:"created_at"`
	CreatedBy AgentID   `json:"created_by"`
	ExpiresAt time.Time `json:"expires_at,omitzero"` // zero: never
	SeenAt    time.Time `json:"seen_at,omitzero"`    // when it was last used, to the hour; zero: never
}

// TokenStore keeps the tokens of programs.
type TokenStore interface {
	// AddToken adds one; ErrConflict when there is one of that ID.
	AddToken(ctx context.Context, t Token, log Event) error
	// Token returns one, or ErrNotFound.
	Token(ctx context.Context, id string) (Token, error)
	// Tokens returns all, in order of ID.
	Tokens(ctx context.Context) ([]Token, error)
	// TouchToken notes a use; SeenAt never goes back. ErrNotFound when it was deleted meanwhile.
	TouchToken(ctx context.Context, id string, at time.Time) error
	// DeleteToken deletes one, or ErrNotFound.
	DeleteToken(ctx context.Context, id string, log Event) error
}
