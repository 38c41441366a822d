package api

import (
	"cmp"
	"slices"
	"time"

	"huiyin/bot"
	"huiyin/kb"
	"huiyin/nlp"
)

func (a *API) articleRoutes() []route {
	return []route{
		{id: "listArticles", method: "GET", path: "/articles", action: bot.ReadArticles, status: 200, answer: Articles{}, serve: a.articles,
			summary: "Articles of the knowledge base as customers get them, in order of their ids, without their bodies.",
			query: []param{
				{name: "status", kind: "text", values: []string{string(kb.Draft), string(kb.Review), string(kb.Published), string(kb.Archived)}, doc: "Only in this state."},
				{name: "lang", kind: "text", values: []string{string(nlp.LangChinese), string(nlp.LangEnglish)}, doc: "Only in this language."},
				{name: "after", kind: "text", doc: "Goes on after a page: its \"next\"."}, limitParam,
			}},
		{id: "getArticle", method: "GET", path: "/articles/{id}", action: bot.ReadArticles, status: 200, answer: Article{}, serve: a.article,
			summary: "One article with its body."},
	}
}

// Article is an article of the knowledge base in one language.
type Article struct {
	ID        kb.ArticleID `json:"id"`
	Root      kb.RootID    `json:"root" doc:"The same for all languages of it."`
	Lang      nlp.Lang     `json:"lang"`
	Title     string       `json:"title"`
	Summary   string       `json:"summary,omitempty" doc:"The short answer shown in a chat."`
	Body      string       `json:"body,omitempty" doc:"Markdown; missing in lists."`
	Questions []string     `json:"questions,omitempty" doc:"Other ways in which customers ask for it."`
	Category  string       `json:"category,omitempty"`
	Tags      []string     `json:"tags,omitempty"`
	Status    kb.Status    `json:"status" enum:"draft,review,published,archived"`
	Live      bool         `json:"live" doc:"It answers customers now."`
	Pending   bool         `json:"pending,omitempty" doc:"A change is written beside it."`
	From      time.Time    `json:"from,omitzero" doc:"Shown from this instant on."`
	Until     time.Time    `json:"until,omitzero" doc:"Not shown from this instant on."`
	Revision  int          `json:"revision"`
	UpdatedAt time.Time    `json:"updated_at"`
	UpdatedBy string       `json:"updated_by,omitempty"`
}

// Articles is a page of articles.
type Articles struct {
	Articles []Article    `json:"articles"`
	Next     kb.ArticleID `json:"next,omitempty" doc:"Goes on with the next page as \"after\"; missing: this is the last one."`
}

func (a *API) viewArticle(k kb.Article) Article {
	return Article{ID: k.ID, Root: k.Root, Lang: k.Lang, Title: k.Title, Summary: k.Summary, Body: k.Body, Questions: k.Questions, Category: k.Category,
		Tags: k.Tags, Status: k.Status, Live: k.Live(a.Now()), Pending: k.Pending != nil, From: k.From, Until: k.Until, Revision: k.Revision, UpdatedAt: k.UpdatedAt, UpdatedBy: k.UpdatedBy}
}

func (a *API) articles(c *call) (any, error) {
	all, err := a.Store.Articles(c.r.Context())
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(slices.Clone(all), func(k kb.Article) bool {
		status, lang := kb.Status(c.text("status")), nlp.Lang(c.text("lang"))
		return string(k.ID) <= c.text("after") || status != "" && k.Status != status || lang != "" && k.Lang.Base() != lang
	})
	slices.SortFunc(all, func(a, b kb.Article) int { return cmp.Compare(a.ID, b.ID) })
	page := Articles{Articles: []Article{}}
	for i, k := range all {
		if i == c.limit() {
			page.Next = all[i-1].ID
			break
		}
		k.Body = ""
		page.Articles = append(page.Articles, a.viewArticle(k))
	}
	return page, nil
}

func (a *API) article(c *call) (any, error) {
	k, err := a.Store.Article(c.r.Context(), kb.ArticleID(c.r.PathValue("id")))
	return a.viewArticle(k), err
}
