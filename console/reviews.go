package console

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"huiyin/bot"
	"huiyin/nlp"
)

const (
	// sampled is how many conversations of each agent a week's sample has.
	sampled = 3
	// reviewDays is how far back the results look.
	reviewDays = 12 * 7
	// recontactWithin is how soon after the end another conversation is a sign that the matter was not solved.
	recontactWithin = 7 * 24 * time.Hour
	// lowRating is the rating up to which a customer was not satisfied.
	lowRating = 2
	// maxReviewComment and maxCriterion are how long texts may be, in characters.
	maxReviewComment = 2000
	maxCriterion     = 60
)

// errOwnReview means that an agent would judge her own work.
var errOwnReview = errors.New("console: nobody reviews her own conversation")

// toReview is a conversation of the sample, or a review, as a list shows it.
type toReview struct {
	bot.Candidate
	Conv   bot.Conversation
	Review bot.Review
	Asked  string // the beginning of what the customer wrote first, personal data masked
}

// weekOf is the week that a page asks for: ?from= names a day in it. Else the newest one that is over.
func (s *Console) weekOf(r *http.Request) time.Time {
	if day, err := time.ParseInLocation("2006-01-02", r.URL.Query().Get("from"), s.Zone); err == nil {
		return s.monday(day)
	}
	return s.monday(s.Now()).AddDate(0, 0, -7)
}

// candidates are the conversations that agents resolved in a week.
func (s *Console) candidates(ctx context.Context, from time.Time) ([]bot.Candidate, map[bot.ConversationID]bot.Conversation, error) {
	to := from.AddDate(0, 0, 7)
	ended := map[bot.ConversationID]bot.Fact{}
	unhappy := map[bot.ConversationID][]bot.Unhappy{}
	for f, err := range s.Store.Facts(ctx, from, to.Add(recontactWithin)) { // what a customer says of it may come later
		if err != nil {
			return nil, nil, err
		}
		sign := bot.Unhappy("")
		switch {
		case f.Name == bot.FactResolved && f.Label == "agent" && f.Agent != "" && f.End.Before(to):
			ended[f.Conversation] = f
		case f.Name == bot.FactCSAT && f.Value <= lowRating:
			sign = bot.UnhappyRating
		case f.Name == bot.FactReopened:
			sign = bot.UnhappyReopened
		}
		if sign != "" && !slices.Contains(unhappy[f.Conversation], sign) {
			unhappy[f.Conversation] = append(unhappy[f.Conversation], sign)
		}
	}
	var all []bot.Candidate
	known := map[bot.ConversationID]bot.Conversation{}
	for id, f := range ended {
		c, err := s.Store.Conversation(ctx, id)
		if errors.Is(err, bot.ErrNotFound) { // erased
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		signs := unhappy[id]
		if mood(c) == "bad" {
			signs = append(signs, bot.UnhappyMood)
		}
		again, err := s.recontact(ctx, c, f.End)
		if err != nil {
			return nil, nil, err
		}
		if again {
			signs = append(signs, bot.UnhappyRecontact)
		}
		slices.Sort(signs)
		known[id] = c
		all = append(all, bot.Candidate{Conversation: id, Agent: f.Agent, Signs: signs})
	}
	return all, known, nil
}

// recontact reports whether the customer began another conversation soon after one had ended.
func (s *Console) recontact(ctx context.Context, c bot.Conversation, ended time.Time) (bool, error) {
	others, err := s.Store.Conversations(ctx, bot.Filter{Contact: c.Contact, Limit: 20})
	return slices.ContainsFunc(others, func(o bot.Conversation) bool {
		return o.ID != c.ID && o.CreatedAt.After(ended) && o.CreatedAt.Sub(ended) <= recontactWithin
	}), err
}

// tookPart reports whether an agent wrote to the customer in a conversation, or ended it.
func tookPart(c bot.Conversation, messages []bot.Message, a bot.AgentID) bool {
	return c.Agent == a || slices.ContainsFunc(messages, func(m bot.Message) bool {
		return m.Author == bot.ByAgent && !m.Private && m.AuthorID == string(a)
	})
}

// askedRunes is how much a list shows of what a customer asked.
const askedRunes = 120

// firstAsked is the beginning of what the customer wrote first, in one line, personal data masked.
func firstAsked(messages []bot.Message) string {
	for _, m := range messages {
		if m.Direction == bot.Incoming && m.Text != "" && m.DeletedAt.IsZero() {
			runes := []rune(strings.Join(strings.Fields(nlp.Redact(m.Text)), " "))
			return string(runes[:min(len(runes), askedRunes)])
		}
	}
	return ""
}

// reviewsPage shows the sample of a week, what reviews amount to, and the scorecard.
func (s *Console) reviewsPage(w http.ResponseWriter, r *http.Request, v visit) error {
	return s.showReviews(w, r, v, http.StatusOK, "")
}

func (s *Console) showReviews(w http.ResponseWriter, r *http.Request, v visit, status int, wrong string) error {
	from := s.weekOf(r)
	sample, err := s.sampleOf(r.Context(), from, v.agent)
	if err != nil {
		return err
	}
	reviews, err := s.Store.Reviews(r.Context())
	if err != nil {
		return err
	}
	for i := range sample {
		if at := slices.IndexFunc(reviews, func(r bot.Review) bool { return r.Conversation == sample[i].Conversation }); at >= 0 {
			sample[i].Review = reviews[at]
		}
	}
	names, err := s.hub.names(r.Context())
	if err != nil {
		return err
	}
	rules, _ := s.Desk.Rules()
	next := from.AddDate(0, 0, 7)
	if !next.Before(s.monday(s.Now())) {
		next = time.Time{}
	}
	return s.show(w, v, status, "reviews", map[string]any{"Sample": sample, "Week": s.Digests.Week(from), "From": from, "To": from.AddDate(0, 0, 6),
		"Before": from.AddDate(0, 0, -7), "Next": next, "Results": bot.ReviewResults(s.recent(reviews)), "Names": names, "Card": rules.Card(), "Rows": cardRows(rules.Card()),
		"Version": rules.Version, "Wrong": wrong, "Least": bot.LeastScores, "Weeks": reviewDays / 7})
}

// sampleOf is the sample of a week, without what the agent herself has a part in.
func (s *Console) sampleOf(ctx context.Context, from time.Time, me bot.Agent) ([]toReview, error) {
	all, known, err := s.candidates(ctx, from)
	if err != nil {
		return nil, err
	}
	var out []toReview
	for _, c := range bot.SampleReviews(all, sampled, s.Seed+" "+s.Digests.Week(from)) {
		messages, err := s.Store.Messages(ctx, c.Conversation, 0, 0)
		if err != nil {
			return nil, err
		}
		if conv := known[c.Conversation]; c.Agent != me.ID && !tookPart(conv, messages, me.ID) {
			out = append(out, toReview{Candidate: c, Conv: conv, Asked: firstAsked(messages)})
		}
	}
	return out, nil
}

// recent are the reviews that results count.
func (s *Console) recent(reviews []bot.Review) []bot.Review {
	since := s.Now().AddDate(0, 0, -reviewDays)
	return slices.DeleteFunc(slices.Clone(reviews), func(r bot.Review) bool { return r.At.Before(since) })
}

// cardRows are the criteria with room for more.
func cardRows(card []bot.Criterion) []bot.Criterion {
	rows := slices.Clone(card)
	for len(rows) < min(len(card)+2, bot.MostCriteria) {
		rows = append(rows, bot.Criterion{})
	}
	return rows
}

// criterion is the name of a criterion.
func (s *Console) criterion(lang string, c bot.Criterion) string {
	if name, _ := inLang(c.Name, nlp.Lang(lang)); name != "" || c.ID == "" {
		return name
	}
	return s.Words.Text(lang, "work.review.criterion."+c.ID)
}

// saveCard replaces the scorecard. A criterion that goes takes nothing from the reviews that have it.
func (s *Console) saveCard(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	rules, _ := s.Desk.Rules()
	ids, zh, en := r.PostForm["id"], r.PostForm["zh"], r.PostForm["en"]
	if len(ids) != len(zh) || len(ids) != len(en) || len(ids) > bot.MostCriteria {
		return errFilled
	}
	var card []bot.Criterion
	for i, id := range ids {
		c := bot.Criterion{ID: id, Name: map[nlp.Lang]string{nlp.LangChinese: strings.TrimSpace(zh[i]), nlp.LangEnglish: strings.TrimSpace(en[i])}}
		switch empty := c.Name[nlp.LangChinese] == "" || c.Name[nlp.LangEnglish] == ""; {
		case c.Name[nlp.LangChinese] == "" && c.Name[nlp.LangEnglish] == "":
			continue
		case empty, utf8.RuneCountInString(zh[i]) > maxCriterion, utf8.RuneCountInString(en[i]) > maxCriterion:
			return s.showReviews(w, r, v, http.StatusUnprocessableEntity, "work.review.card.incomplete")
		}
		if id == "" {
			token, err := newToken(s.Random)
			if err != nil {
				return err
			}
			c.ID = "c" + token[:8]
		}
		card = append(card, c)
	}
	version, err := strconv.ParseUint(r.PostFormValue("version"), 10, 64)
	if err != nil || len(card) == 0 {
		return s.showReviews(w, r, v, http.StatusUnprocessableEntity, "work.review.card.incomplete")
	}
	rules.Scorecard, rules.Version = card, version
	err = s.Desk.SaveRules(r.Context(), v.agent, rules)
	if errors.Is(err, bot.ErrConflict) {
		return s.showReviews(w, r, v, http.StatusConflict, "work.rules.conflict")
	}
	return doneAt(w, r, "/console/reviews", err)
}

// reviewPage shows a conversation to be reviewed, with the scorecard beside it.
func (s *Console) reviewPage(w http.ResponseWriter, r *http.Request, v visit) error {
	return s.showReview(w, r, v, http.StatusOK, nil, "")
}

// showReview shows a review: as stored, or as it was just written.
func (s *Console) showReview(w http.ResponseWriter, r *http.Request, v visit, status int, written *bot.Review, wrong string) error {
	c, stored, err := s.reviewable(r.Context(), conversationOf(r), v)
	if err != nil {
		return err
	}
	if written != nil {
		stored.Version, stored.Scores, stored.Comment = written.Version, written.Scores, written.Comment
	}
	messages, err := s.Store.Messages(r.Context(), c.ID, 0, 0)
	if err != nil {
		return err
	}
	names, err := s.hub.names(r.Context())
	if err != nil {
		return err
	}
	rules, _ := s.Desk.Rules()
	return s.show(w, v, status, "review", map[string]any{"C": c, "Review": stored, "Messages": messages, "Names": names, "Card": rules.Card(), "Wrong": wrong,
		"Back": s.monday(c.ResolvedAt)})
}

// reviewable is a resolved conversation with its review, an empty one of the agent who resolved it when there is none.
// Nobody reviews what she has a part in.
func (s *Console) reviewable(ctx context.Context, id bot.ConversationID, v visit) (bot.Conversation, bot.Review, error) {
	c, err := s.Store.Conversation(ctx, id)
	if err != nil {
		return c, bot.Review{}, err
	}
	reviews, err := s.Store.Reviews(ctx)
	if err != nil {
		return c, bot.Review{}, err
	}
	review := bot.Review{Conversation: id, Agent: c.Agent}
	if at := slices.IndexFunc(reviews, func(r bot.Review) bool { return r.Conversation == id }); at >= 0 {
		review = reviews[at]
	} else if c.Status != bot.StatusResolved || c.Agent == "" {
		return c, review, told{http.StatusConflict, "work.review.state", bot.ErrState}
	}
	messages, err := s.Store.Messages(ctx, id, 0, 0)
	if err == nil && (review.Agent == v.agent.ID || tookPart(c, messages, v.agent.ID)) {
		err = told{http.StatusForbidden, "work.review.own", errOwnReview}
	}
	return c, review, err
}

// saveReview keeps what a lead found.
func (s *Console) saveReview(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	c, review, err := s.reviewable(r.Context(), conversationOf(r), v)
	if err != nil {
		return err
	}
	rules, _ := s.Desk.Rules()
	if review.Scores == nil {
		review.Scores = map[string]int{} // those of criteria that have left the card stay
	}
	filled := 0
	for _, criterion := range rules.Card() {
		delete(review.Scores, criterion.ID)
		switch score, err := strconv.Atoi(r.PostFormValue("score_" + criterion.ID)); {
		case r.PostFormValue("score_"+criterion.ID) == "none":
			filled++
		case err == nil && score >= 0 && score <= bot.MostScore:
			review.Scores[criterion.ID] = score
			filled++
		}
	}
	review.Comment = strings.TrimSpace(strings.ReplaceAll(r.PostFormValue("comment"), "\r\n", "\n"))
	version, errVersion := strconv.ParseUint(cmp.Or(r.PostFormValue("version"), "0"), 10, 64)
	review.Version, review.By, review.At = version, v.agent.ID, s.Now()
	if errVersion != nil || filled < len(rules.Card()) || utf8.RuneCountInString(review.Comment) > maxReviewComment {
		return s.showReview(w, r, v, http.StatusUnprocessableEntity, &review, "work.review.incomplete")
	}
	log := bot.Event{At: s.Now(), Actor: string(v.agent.ID), Action: "review.save", Object: string(c.ID), Detail: string(review.Agent)}
	err = s.Store.SaveReview(r.Context(), review, log)
	if errors.Is(err, bot.ErrConflict) {
		return s.showReview(w, r, v, http.StatusConflict, &review, "work.review.conflict")
	}
	return doneAt(w, r, "/console/reviews?from="+s.monday(c.ResolvedAt).Format("2006-01-02"), err)
}

// ownReviews shows an agent what was found of her work.
func (s *Console) ownReviews(w http.ResponseWriter, r *http.Request, v visit) error {
	reviews, err := s.Store.Reviews(r.Context())
	if err != nil {
		return err
	}
	reviews = slices.DeleteFunc(s.recent(reviews), func(r bot.Review) bool { return r.Agent != v.agent.ID })
	names, err := s.hub.names(r.Context())
	if err != nil {
		return err
	}
	rules, _ := s.Desk.Rules()
	return s.show(w, v, http.StatusOK, "ownreviews", map[string]any{"Reviews": reviews, "Results": bot.ReviewResults(reviews), "Names": names, "Card": rules.Card(),
		"Least": bot.LeastScores, "Weeks": reviewDays / 7})
}
