// Package feedback turns what customers said into a digest: topics, trends and quotes, each number with its
// denominator. It reads facts and messages; it never formats (package feedback/render does).
package feedback

import (
	"context"
	"errors"
	"iter"
	"time"

	"huiyin/bot"
	"huiyin/nlp"
)

// Period is the half-open range of time [Start, End), in the zone in which its days are counted. Weeks with a change
// of clocks have 167 or 169 hours.
type Period struct {
	Start, End time.Time
	Zone       *time.Location
}

// Contains reports whether an instant lies in the period.
func (p Period) Contains(t time.Time) bool { return !t.Before(p.Start) && t.Before(p.End) }

// Item is one piece of feedback: a customer's message, or a row of a file.
type Item struct {
	ID           string             `json:"id"` // a bot.MessageID, or the file's id, or its row number
	Conversation bot.ConversationID `json:"conversation,omitempty"`
	Contact      string             `json:"contact,omitempty"`
	Channel      string             `json:"channel,omitempty"`
	Lang         nlp.Lang           `json:"lang,omitempty"`
	Text         string             `json:"text"`
	Rating       float64            `json:"rating,omitempty"` // as given, 1..5 or 0..10; 0: none
	At           time.Time          `json:"at,omitzero"`      // zero: not known
	Analysis     *nlp.Analysis      `json:"analysis,omitempty"`
}

// Source is where reports read from. All iterators go in order of time and stop at the first error.
type Source interface {
	// MessagesBetween yields the messages of all conversations with from ≤ At < to.
	MessagesBetween(ctx context.Context, from, to time.Time) iter.Seq2[bot.Message, error]
	// Facts yields the facts whose End lies in [from, to).
	Facts(ctx context.Context, from, to time.Time) iter.Seq2[bot.Fact, error]
	// ConversationsBetween yields the conversations with CreatedAt or UpdatedAt in [from, to), in order of UpdatedAt.
	ConversationsBetween(ctx context.Context, from, to time.Time) iter.Seq2[bot.Conversation, error]
}

// Run is one scheduled digest: its key names what was made, for example "weekly/2026-W46".
type Run struct {
	Key     string    `json:"key"`
	Claimed time.Time `json:"claimed"`
	Done    time.Time `json:"done,omitzero"`
	Digest  []byte    `json:"digest,omitempty"` // JSON
}

// WeeklyRun begins the Key of the Run of a weekly digest; the name of its week follows.
const WeeklyRun = "weekly/"

// ErrClaimed means that a run was claimed already.
var ErrClaimed = errors.New("feedback: this digest is made already")

// Archive keeps digests and sees to it that none is made twice.
type Archive interface {
	// ClaimRun writes the claim, or returns ErrClaimed; a claim older than stale that was never finished may be taken over.
	ClaimRun(ctx context.Context, key string, now time.Time, stale time.Duration) error
	// FinishRun stores the digest of a claimed run.
	FinishRun(ctx context.Context, key string, now time.Time, digest []byte) error
	// Runs returns all runs, newest key first, without their digests.
	Runs(ctx context.Context) ([]Run, error)
	// Run returns one, or bot.ErrNotFound.
	Run(ctx context.Context, key string) (Run, error)
}
