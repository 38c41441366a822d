// Package kb is the knowledge base: articles in both languages, their passages, retrieval with citations and a
// calibrated decision, and the gaps that customers found in it.
package kb

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"

	"huiyin/nlp"
)

// ArticleID names one article in one language, for example "returns-window.zh". It is stable across revisions.
type ArticleID string

// RootID ties the translations of one article together, for example "returns-window".
type RootID string

// Status is where an article stands in its life.
type Status string

// The life of an article. Only Published ones answer customers.
const (
	Draft     Status = "draft"
	Review    Status = "review"
	Published Status = "published"
	Archived  Status = "archived"
)

// Article is one answer in one language.
type Article struct {
	ID        ArticleID `json:"id"`
	Root      RootID    `json:"root"`
	Lang      nlp.Lang  `json:"lang"`
	Title     string    `json:"title"`
	Questions []string  `json:"questions,omitempty"` // other ways in which customers ask for it
	Body      string    `json:"body"`                // Markdown
	Summary   string    `json:"summary,omitempty"`   // the short answer shown in a chat; empty: the first passage
	Category  string    `json:"category,omitempty"`
	Tags      []string  `json:"tags,omitempty"`
	Golden    []string  `json:"golden,omitempty"` // questions that this article must answer; they are tests and are not searched
	Status    Status    `json:"status"`
	From      time.Time `json:"from,omitzero"`  // shown from this instant on; zero: at once
	Until     time.Time `json:"until,omitzero"` // not shown from this instant on; zero: for ever
	Revision  int       `json:"revision"`       // grows by one at each change of content or status; set by the store
	UpdatedAt time.Time `json:"updated_at"`
	UpdatedBy string    `json:"updated_by,omitempty"`

	// What follows belongs to the store and its history, and stands in no file.

	TextAt   time.Time `json:"text_at,omitzero"`   // when title, summary or body last changed; set by the store
	AgreedAt time.Time `json:"agreed_at,omitzero"` // when an editor last found that it says the same as its translation
	Note     string    `json:"note,omitempty"`     // why this revision was made, as its editor wrote
	Forced   bool      `json:"forced,omitempty"`   // published although golden questions break; Note says why
	Batch    string    `json:"batch,omitempty"`    // the import that made this revision; empty: an editor
	Gaps     []string  `json:"gaps,omitempty"`     // gaps that are closed when it is published
	Pending  *Article  `json:"pending,omitempty"`  // a change that is written beside it, see Publisher.Propose; only of a published one

	lacks []string // see Lacking
}

// Live reports whether the article may answer customers at an instant.
func (a Article) Live(at time.Time) bool {
	return a.Status == Published && !at.Before(a.From) && (a.Until.IsZero() || at.Before(a.Until))
}

// Citation says where an answer comes from.
type Citation struct {
	Article  ArticleID `json:"article"`
	Root     RootID    `json:"root"`
	Revision int       `json:"revision"`
	Title    string    `json:"title"`
	Lang     nlp.Lang  `json:"lang"`
	Passage  int       `json:"passage"` // which passage of the body, from 0
}

// Query is what a customer asks.
type Query struct {
	Text    string
	Lang    nlp.Lang    // the customer's language; LangUnknown searches both alike
	Tokens  []nlp.Token // of Text, when they are at hand
	Limit   int         // hits wanted; 0 means 5
	Explain bool        // fill Answer.Trace
}

// Hit is one article that may answer, the best passage of it, and how sure we are.
type Hit struct {
	Citation
	Text       string         `json:"text"`                 // the passage or summary to show, Markdown
	Confidence nlp.Confidence `json:"confidence"`           // probability that this article answers the question
	Score      float64        `json:"score"`                // of the last ranking stage; comparable within one Answer only
	OtherLang  bool           `json:"other_lang,omitempty"` // the article exists only in the other language
}

// Decision is what to do with the hits.
type Decision string

// The three decisions. DecideAnswer means that Hits[0] is right at least 95 times in 100 (as calibrated on the golden
// questions); DecideClarify that one of the first three is, 90 times in 100.
const (
	DecideAnswer  Decision = "answer"
	DecideClarify Decision = "clarify"
	DecideNothing Decision = "nothing"
)

// Answer is the outcome of a search.
type Answer struct {
	Decision Decision `json:"decision"`
	Hits     []Hit    `json:"hits"`
	// Among is the probability that one of the first three hits is right.
	Among nlp.Confidence `json:"among"`
	Trace *Trace         `json:"trace,omitempty"`
}

// Trace explains a search to an editor.
type Trace struct {
	Terms      []string     `json:"terms"`               // what was searched for
	Expanded   []string     `json:"expanded,omitempty"`  // terms added from synonyms
	Corrected  []Correction `json:"corrected,omitempty"` // words that were taken for typing errors
	Candidates []Candidate  `json:"candidates"`
	Among      float64      `json:"among"`           // probability that one of the first three is right
	Thresholds [2]float64   `json:"thresholds"`      // confidence needed to answer, Among needed to clarify
	Usual      float64      `json:"usual,omitempty"` // the first of Thresholds before Attune raised it; 0: it did not
	Reason     string       `json:"reason"`          // a sentence for people
}

// Candidate is one article with its scores at both stages.
type Candidate struct {
	Article ArticleID          `json:"article"`
	Title   string             `json:"title"`
	First   float64            `json:"first"`  // BM25
	Second  float64            `json:"second"` // after the second stage
	Parts   map[string]float64 `json:"parts"`  // what the second stage compared, each 0..1
	Points  map[string]float64 `json:"points"` // what each of them gave to Second

	Wording   string   `json:"wording"`              // the title or question that matched best
	InWording []string `json:"in_wording,omitempty"` // words of the question that stand in it
	InBody    []string `json:"in_body,omitempty"`    // … in the text
	Missing   []string `json:"missing,omitempty"`    // … in neither
}

// Gap is a question that customers asked and no good Hit answered.
type Gap struct {
	ID           string    `json:"id"`
	Question     string    `json:"question"` // as asked, PII masked
	Lang         nlp.Lang  `json:"lang"`
	Conversation string    `json:"conversation"`
	Message      string    `json:"message"`
	Contact      string    `json:"contact,omitempty"`
	Kind         GapKind   `json:"kind"`
	Sentiment    float64   `json:"sentiment"` // −1..1
	At           time.Time `json:"at"`
	ClosedBy     ArticleID `json:"closed_by,omitempty"` // the article that answers it now, or SetAside
}

// SetAside stands for the article of a gap that an editor wants none for: it is not for this business to answer. No article can have
// it as its id.
const SetAside ArticleID = "-"

// GapKind is how we know.
type GapKind string

// The ways in which a gap shows.
const (
	GapUnanswered GapKind = "unanswered"  // nothing found, retrieval having really run
	GapNotHelpful GapKind = "not_helpful" // the customer pressed "that did not help"
)

// Errors of a Store.
var (
	ErrNotFound = errors.New("kb: not found")
	ErrConflict = errors.New("kb: changed by somebody else")
)

// Store keeps articles, their revisions and gaps. It is the truth; the Index is derived from it.
type Store interface {
	// Articles returns the newest revision of every article of every status, ordered by ID.
	Articles(ctx context.Context) ([]Article, error)
	// Article returns the newest revision, or ErrNotFound.
	Article(ctx context.Context, id ArticleID) (Article, error)
	// SaveArticles stores all of them in one write or none. Each article's Revision must be the one that it was read
	// with (0: new), else ErrConflict; the stored revision is one more, and the articles returned carry it. An article
	// for which Unchanged holds against the stored one is left alone and keeps its revision. TextAt is set to UpdatedAt
	// when SameText does not hold, and kept otherwise.
	SaveArticles(ctx context.Context, articles []Article) ([]Article, error)
	// Revisions returns all revisions of an article, the newest first; ErrNotFound when there is none.
	Revisions(ctx context.Context, id ArticleID) ([]Article, error)
	// Version grows with every change of articles; it tells whether an index is current.
	Version(ctx context.Context) (uint64, error)
	// Gaps returns gaps asked in [from, to), oldest first. They are added by bot.Change.
	Gaps(ctx context.Context, from, to time.Time) ([]Gap, error)
	// CloseGaps marks gaps as answered by an article, as SetAside, or as open again ("" for by); unknown ids are ignored.
	CloseGaps(ctx context.Context, ids []string, by ArticleID) error
}

// Index is the first stage: it finds candidates for a question among the published articles. It is derived data,
// verified when it is opened, and rebuilt from the store's articles when it is missing, damaged or made by another
// version of the program. It knows nothing of instants: whoever asks checks Article.Live.
type Index interface {
	// Open verifies what is on disk and returns the snapshot that was kept with it. ErrStale means that there is nothing
	// that can be used and Replace is needed; the reason is wrapped.
	Open(ctx context.Context) (snapshot []byte, err error)
	// Replace makes the index hold exactly these documents, without a moment in which a search finds nothing. When all
	// have been taken, snapshot is called to write what the next Open returns; an index in memory does not call it.
	Replace(ctx context.Context, docs iter.Seq[Doc], snapshot func(io.Writer) error) error
	// Update adds or replaces documents and removes those that are gone. It is meant for some hundred articles between
	// two calls of Replace.
	Update(ctx context.Context, docs []Doc, gone []ArticleID) error
	// Candidates returns about limit articles that share terms with the query, the best first, ties by id. ErrStale: the
	// index turned out to be damaged.
	Candidates(ctx context.Context, terms []Term, limit int) ([]Scored, error)
	// Count is the number of articles held.
	Count() (uint64, error)
	Close() error
}

// Doc is an article as the first stage indexes it: its terms, each once, without white space in them.
type Doc struct {
	ID       ArticleID
	Question []string // of its title and questions
	Body     []string // of everything else that is said in it
}

// ErrStale says that an index on disk cannot be used and must be rebuilt.
var ErrStale = errors.New("kb: the index must be rebuilt")

// Term is a word to search for, and how much it counts where it is found; 0: it is not looked for there.
type Term struct {
	Text     string
	Question float64 // in titles and questions
	Body     float64 // in everything else
}

// Scored is an article found by the first stage.
type Scored struct {
	ID    ArticleID
	Score float64
}
