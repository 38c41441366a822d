package bot

import (
	"cmp"
	"context"
	"hash/fnv"
	"math"
	"slices"
	"strconv"
	"time"

	"huiyin/nlp"
)

// Criterion is one line of a scorecard, scored from 0 (no) over 1 (in part) to MostScore (yes), or not at all.
type Criterion struct {
	ID   string              `json:"id"`
	Name map[nlp.Lang]string `json:"name,omitempty"` // by base language; empty: one of DefaultScorecard, named by the catalogue
}

const (
	// MostScore is the best score of a criterion.
	MostScore = 2
	// MostCriteria is how many criteria a scorecard can have.
	MostCriteria = 10
	// LeastScores is from how many scores on an average is shown: of fewer it would say more about single conversations.
	LeastScores = 5
)

// DefaultScorecard is used until a lead has made another one: was the customer greeted, understood, answered correctly, in
// the right tone, and was the matter solved.
func DefaultScorecard() []Criterion {
	return []Criterion{{ID: "greeting"}, {ID: "understood"}, {ID: "correct"}, {ID: "tone"}, {ID: "resolved"}}
}

// Card is the scorecard in force.
func (r DeskRules) Card() []Criterion {
	if len(r.Scorecard) == 0 {
		return DefaultScorecard()
	}
	return r.Scorecard
}

// Review is what a lead found when she read a conversation up to the end that an agent made: one review each.
type Review struct {
	Conversation ConversationID `json:"conversation"`
	End          time.Time      `json:"end,omitzero"` // of its FactResolved; zero in reviews of before this was kept, of Agent's last one
	Version      uint64         `json:"version"`      // grows by one with every save; 0: never saved
	Agent        AgentID        `json:"agent"`        // whose work it is about
	By           AgentID        `json:"by"`
	At           time.Time      `json:"at"`
	Scores       map[string]int `json:"scores,omitempty"` // by ID of the criterion; missing: it did not apply
	Comment      string         `json:"comment,omitempty"`
}

// ReviewStore keeps reviews. They go when their conversation is erased.
type ReviewStore interface {
	// Reviews returns all, the newest first.
	Reviews(ctx context.Context) ([]Review, error)
	// SaveReview adds or replaces the one of an end of a conversation; its Version must be the stored one, else ErrConflict.
	// ErrNotFound when there is no such conversation.
	SaveReview(ctx context.Context, r Review, log Event) error
	// ReviewSeed is what decides which conversations are reviewed: made is stored, and given back, when there is none yet.
	ReviewSeed(ctx context.Context, made string) (string, error)
}

// Unhappy is a sign that a conversation did not go well.
type Unhappy string

// The signs.
const (
	UnhappyRating    Unhappy = "rating"    // the customer gave one or two of five
	UnhappyMood      Unhappy = "mood"      // her messages were negative on the whole
	UnhappyReopened  Unhappy = "reopened"  // she wrote again after it had been resolved, and had more than a rating to say
	UnhappyRecontact Unhappy = "recontact" // she began another one soon after
)

// Candidate is a conversation that an agent resolved, and that may be reviewed.
type Candidate struct {
	Conversation ConversationID
	Agent        AgentID   // who resolved it, of FactResolved
	End          time.Time // when, of the same fact; later ends may have other agents
	Signs        []Unhappy
}

// signWeight is by how much each sign of unhappiness makes a conversation likelier to be reviewed than one without any.
const signWeight = 3

// SampleReviews chooses up to n conversations of each agent, unhappy ones with greater likelihood, each agent's likeliest
// first; agents are in order of their IDs. It depends on seed and the conversations only, not on their order, so that a finished
// week always has the same sample. The method is weighted sampling without replacement by exponential keys (Efraimidis and
// Spirakis, 2006).
func SampleReviews(candidates []Candidate, n int, seed string) []Candidate {
	key := func(c Candidate) float64 {
		h := fnv.New64a()
		_, _ = h.Write([]byte(seed + "\x00" + string(c.Conversation))) // never fails
		u := (float64(mixed(h.Sum64())>>11) + 0.5) / (1 << 53)         // in (0, 1)
		return -math.Log(u) / float64(1+signWeight*len(c.Signs))
	}
	sorted := slices.Clone(candidates)
	slices.SortFunc(sorted, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(a.Agent, b.Agent), cmp.Compare(key(a), key(b)), cmp.Compare(a.Conversation, b.Conversation))
	})
	var out []Candidate
	taken := map[AgentID]int{}
	for _, c := range sorted {
		if taken[c.Agent] < n {
			taken[c.Agent]++
			out = append(out, c)
		}
	}
	return out
}

// mixed spreads a hash over all its bits (the finalizer of splitmix64): FNV's upper bits change little with the last letters.
func mixed(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// ReviewScore is the sum of the scores of one criterion, and how many there are.
type ReviewScore struct {
	Sum, N int
}

// Average is the mean, from 0 to MostScore, as text with one decimal place; empty of fewer than LeastScores.
func (s ReviewScore) Average() string {
	if s.N < LeastScores {
		return ""
	}
	return strconv.FormatFloat(float64(s.Sum)/float64(s.N), 'f', 1, 64)
}

// ReviewResult is what the reviews of one agent amount to.
type ReviewResult struct {
	Agent   AgentID
	Reviews int
	Scores  map[string]ReviewScore // by ID of the criterion
}

// ReviewResults adds reviews up by agent, in order of their IDs.
func ReviewResults(reviews []Review) []ReviewResult {
	by := map[AgentID]*ReviewResult{}
	for _, r := range reviews {
		if by[r.Agent] == nil {
			by[r.Agent] = &ReviewResult{Agent: r.Agent, Scores: map[string]ReviewScore{}}
		}
		by[r.Agent].Reviews++
		for id, score := range r.Scores {
			s := by[r.Agent].Scores[id]
			by[r.Agent].Scores[id] = ReviewScore{s.Sum + score, s.N + 1}
		}
	}
	var all []ReviewResult
	for _, r := range by {
		all = append(all, *r)
	}
	slices.SortFunc(all, func(a, b ReviewResult) int { return cmp.Compare(a.Agent, b.Agent) })
	return all
}
