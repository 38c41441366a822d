package console

import (
	"context"
	"errors"
	"net/http"

	"huiyin/bot"
	"huiyin/kb"
	"huiyin/nlp"
)

// suggest finds answers in the knowledge base, and in what agents answered before, for the last of what the customer wrote that
// they fit: an address or a "please" after the question needs none.
func (s *Console) suggest(w http.ResponseWriter, r *http.Request, v visit) error {
	c, err := s.Store.Conversation(r.Context(), bot.ConversationID(r.PathValue("id")))
	if err != nil {
		return err
	}
	messages, err := s.Store.Messages(r.Context(), c.ID, c.LastSeq-min(c.LastSeq, bot.SuggestFrom), 0)
	if err != nil {
		return err
	}
	hits, err := bot.Suggest(r.Context(), s.Answers, messages, c.Lang, bot.SuggestAt)
	if err != nil {
		return err
	}
	suggested := make([]suggestion, len(hits))
	for i, h := range hits {
		if suggested[i], err = s.paired(r.Context(), h); err != nil {
			return err
		}
	}
	past, err := s.pastAnswers(r.Context(), c, messages, v.agent)
	if err != nil {
		return err
	}
	return s.renderPage(w, v, http.StatusOK, "conversation", "suggestions", map[string]any{"Hits": suggested, "Past": past,
		"PastFirst": len(hits) == 0 || hits[0].Confidence < likely})
}

// likely is the confidence from which an article is suggested before what a colleague answered.
const likely = 0.5

// wording is an article in one language, as it is suggested.
type wording struct {
	kb.Hit
	Behind bool // it says what its translation said before
}

// suggestion is an answer from the knowledge base: the article in the customer's language, and its translation.
type suggestion struct {
	wording
	Pair *wording // nil: customers get the article in one language only
}

// Wordings are the article in each language that customers get it in, the customer's first.
func (s suggestion) Wordings() []wording {
	if s.Pair == nil {
		return []wording{s.wording}
	}
	return []wording{s.wording, *s.Pair}
}

// paired finds the translation of an article that was found.
func (s *Console) paired(ctx context.Context, h kb.Hit) (suggestion, error) {
	one := suggestion{wording: wording{Hit: h}}
	if h.Root == "" || h.OtherLang {
		return one, nil
	}
	lang := nlp.LangEnglish
	if h.Lang.Base() == nlp.LangEnglish {
		lang = nlp.LangChinese
	}
	other, err := s.Answers.Read(ctx, h.Root, lang)
	switch {
	case errors.Is(err, kb.ErrNotFound) || err == nil && other.OtherLang:
		return one, nil
	case err != nil:
		return one, err
	}
	one.Pair = &wording{Hit: other}
	if s.Knowledge == nil {
		return one, nil
	}
	articles := s.Knowledge.Publisher.Store()
	mine, err := articles.Article(ctx, h.Article)
	theirs, errOther := articles.Article(ctx, other.Article)
	if err = errors.Join(err, errOther); errors.Is(err, kb.ErrNotFound) {
		return one, nil // gone a moment ago
	}
	one.Behind, one.Pair.Behind = kb.Behind(mine, theirs), kb.Behind(theirs, mine)
	return one, err
}
