package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"

	"huiyin/bot"
	"huiyin/kb"
	"huiyin/nlp"
)

func (a *API) draftRoutes() []route {
	return []route{
		{id: "getDraft", method: "GET", path: "/articles/{id}/draft", action: bot.ReadDrafts, status: 200, answer: Article{}, serve: a.draft,
			summary: "An article as it is being written: of a published one with a pending change, that change; else the article itself."},
		{id: "saveDraft", method: "PUT", path: "/articles/{id}/draft", action: bot.EditArticles, body: Draft{}, most: maxDraft, status: 200, answer: Article{}, serve: a.saveDraft,
			summary: "Writes a draft: a new article, or another text of one. Of a published article the draft stays beside what customers get. Sending the same again changes nothing; 409 when somebody else has saved meanwhile."},
		{id: "submitDraft", method: "POST", path: "/articles/{id}/submit", action: bot.EditArticles, body: Submit{}, status: 200, answer: Article{}, serve: a.submitDraft,
			summary: "Puts a draft before an editor for review. Sending it again changes nothing."},
		{id: "publishDraft", method: "POST", path: "/articles/{id}/publish", action: bot.PublishArticles, body: Publish{}, status: 200, answer: Article{}, serve: a.publishDraft,
			summary: "Gives customers the draft. The golden questions and last week's real ones are asked again first: 409 when golden questions would break, unless a reason is given."},
	}
}

// maxDraft is how large a draft may be, in bytes of JSON: an article at its limits with every character escaped.
const maxDraft = 4 << 20

// Draft is what is written of an article.
type Draft struct {
	Revision  int       `json:"revision" doc:"The revision that was read; 0: the article is new."`
	Root      kb.RootID `json:"root,omitempty" doc:"The same for all languages of it; missing: its own id without the language, or that of the stored article."`
	Lang      nlp.Lang  `json:"lang" enum:"zh,en"`
	Title     string    `json:"title"`
	Summary   string    `json:"summary,omitempty" doc:"The short answer shown in a chat."`
	Body      string    `json:"body" doc:"Markdown."`
	Questions []string  `json:"questions,omitempty" doc:"Other ways in which customers ask for it."`
	Golden    []string  `json:"golden,omitempty" doc:"Questions that must reach this article, or nothing is published without a reason. Missing: those of the stored article."`
	Category  string    `json:"category,omitempty"`
	Tags      []string  `json:"tags,omitempty"`
	Note      string    `json:"note,omitempty" doc:"Why, for the history."`
}

// Submit puts a draft before an editor.
type Submit struct {
	Revision int    `json:"revision" doc:"The revision that was read."`
	Note     string `json:"note,omitempty" doc:"What the editor should know."`
}

// Publish gives customers a draft.
type Publish struct {
	Revision int    `json:"revision" doc:"The revision that was read."`
	Note     string `json:"note,omitempty" doc:"Why, for the history."`
	Force    string `json:"force,omitempty" doc:"A reason to publish although golden questions break. It stands in the history and the audit log."`
}

func (c *call) articleID() kb.ArticleID { return kb.ArticleID(c.r.PathValue("id")) }

// viewDraft is an article as it is being written.
func (a *API) viewDraft(stored kb.Article) Article {
	v := a.viewArticle(stored.Working())
	v.Live, v.Pending, v.Revision, v.UpdatedBy, v.UpdatedAt = stored.Live(a.Now()), stored.Pending != nil, stored.Revision, stored.UpdatedBy, stored.UpdatedAt
	return v
}

func (a *API) draft(c *call) (any, error) {
	stored, err := a.Store.Article(c.r.Context(), c.articleID())
	return a.viewDraft(stored), err
}

// stored is the article of a request; an empty one when there is none yet.
func (a *API) stored(c *call) (kb.Article, error) {
	k, err := a.Store.Article(c.r.Context(), c.articleID())
	if errors.Is(err, kb.ErrNotFound) {
		return kb.Article{}, nil
	}
	return k, err
}

func (a *API) saveDraft(c *call) (any, error) {
	d := c.body.(*Draft)
	stored, err := a.stored(c)
	if err != nil {
		return nil, err
	}
	next := stored.Working()
	next.ID, next.Revision, next.Status = c.articleID(), d.Revision, kb.Draft
	next.Root, next.Lang, next.Title, next.Summary, next.Body = cmp.Or(d.Root, next.Root), d.Lang, d.Title, d.Summary, d.Body
	next.Questions, next.Category, next.Tags, next.Note, next.Batch = d.Questions, d.Category, d.Tags, d.Note, ""
	if d.Golden != nil {
		next.Golden = d.Golden
	}
	return a.write(c, stored, next)
}

func (a *API) submitDraft(c *call) (any, error) {
	s := c.body.(*Submit)
	stored, next, err := a.drafted(c)
	if err != nil {
		return nil, err
	}
	next.Revision, next.Status, next.Note = s.Revision, kb.Review, s.Note
	return a.write(c, stored, next)
}

// drafted is an article as it is stored, and the draft of it; an error says so when there is none.
func (a *API) drafted(c *call) (stored, draft kb.Article, err error) {
	stored, err = a.Store.Article(c.r.Context(), c.articleID())
	draft = stored.Working()
	if err == nil && (stored.Status == kb.Published && stored.Pending == nil || draft.Status == kb.Archived) {
		err = &Problem{409, "no_draft", "There is no draft of this article.", "path", "Write one first: saveDraft."}
	}
	return stored, draft, err
}

// write stores a draft: beside a published article, or as the article. What would change nothing is not written again.
func (a *API) write(c *call, stored, next kb.Article) (any, error) {
	next = kb.Normalize(next)
	before := stored.Working()
	if same := before; stored.Revision > 0 && same.Status == next.Status && (stored.Status != kb.Published || stored.Pending != nil) {
		same.Revision, same.Note = next.Revision, next.Note
		if kb.SameContent(same, next) && same.AgreedAt.Equal(next.AgreedAt) {
			return a.viewDraft(stored), nil
		}
	}
	sign := kb.Signed{By: c.agent.Name, Note: next.Note}
	saved := []kb.Article{next}
	var err error
	if stored.Status == kb.Published {
		saved[0], _, err = a.Knowledge.Propose(c.r.Context(), next, sign)
	} else {
		saved, _, err = a.Knowledge.Save(c.r.Context(), saved, sign)
	}
	if err != nil {
		return nil, articleProblem(err)
	}
	return a.viewDraft(saved[0]), a.didArticle(c.r.Context(), c, saved[0])
}

func (a *API) publishDraft(c *call) (any, error) {
	p := c.body.(*Publish)
	_, next, err := a.drafted(c)
	if err != nil {
		return nil, err
	}
	next.Revision, next.Status, next.Note = p.Revision, kb.Published, p.Note
	saved, r, err := a.Knowledge.Save(c.r.Context(), []kb.Article{next}, kb.Signed{By: c.agent.Name, Note: p.Note, Force: p.Force})
	if errors.Is(err, kb.ErrGolden) {
		return nil, &Problem{409, "golden", fmt.Sprintf("Of the golden questions %d would not reach their article any more, the first of them: %s", len(r.Broken), r.Broken[0].Question), "path",
			"Change the draft so that they do, or send \"force\" with the reason to publish all the same."}
	}
	if err != nil {
		return nil, articleProblem(err)
	}
	return a.viewArticle(saved[0]), a.didArticle(c.r.Context(), c, saved[0])
}

// articleProblem says what is wrong with an article that cannot be stored.
func articleProblem(err error) error {
	if errors.Is(err, kb.ErrInvalid) {
		return &Problem{422, "article", "The article cannot be stored as it is: " + err.Error(), "body", "Send it with what is missing."}
	}
	return err
}

// didArticle notes what a token did with an article; what was forced is marked.
func (a *API) didArticle(ctx context.Context, c *call, k kb.Article) error {
	action := "api." + c.route.id
	if k.Forced {
		action += ".forced"
	}
	return a.Store.Record(ctx, bot.Event{At: a.Now(), Actor: string(c.agent.ID), Action: action, Object: string(k.ID),
		Detail: string(k.Status) + " r" + strconv.Itoa(k.Revision) + " token " + c.token.ID})
}
