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

// weekFacts is what the facts of a week say of the work of agents.
type weekFacts struct {
	ended    map[work]bot.Fact           // the last end that an agent made of a conversation
	rated    map[bot.ConversationID]bool // badly
	reopened map[bot.ConversationID]time.Time
}

// work is what an agent did in a conversation.
type work struct {
	conversation bot.ConversationID
	agent        bot.AgentID
}

// factsOf reads the facts of a week.
func (s *Console) factsOf(ctx context.Context, from, to time.Time) (weekFacts, error) {
	w := weekFacts{map[work]bot.Fact{}, map[bot.ConversationID]bool{}, map[bot.ConversationID]time.Time{}}
	for f, err := range s.Store.Facts(ctx, from, to) {
		if err != nil {
			return w, err
		}
		switch {
		case endOfWork(f):
			w.ended[work{f.Conversation, f.Agent}] = f
		case f.Name == bot.FactCSAT && f.Value <= lowRating:
			w.rated[f.Conversation] = true
		case f.Name == bot.FactReopened && f.Agent == "": // else a colleague wrote again, and not the customer
			w.reopened[f.Conversation] = f.End
		}
	}
	return w, nil
}

// endOfWork reports whether a fact says that an agent resolved a conversation.
func endOfWork(f bot.Fact) bool {
	return f.Name == bot.FactResolved && f.Label == "agent" && f.Agent != ""
}

// candidates are the conversations that agents resolved in a week, with the signs of unhappiness that were known at its end:
// what happens later changes nothing of the sample of a week that is over, but for an erasure.
func (s *Console) candidates(ctx context.Context, from time.Time) ([]bot.Candidate, error) {
	to := from.AddDate(0, 0, 7)
	week, err := s.factsOf(ctx, from, to)
	if err != nil {
		return nil, err
	}
	var all []bot.Candidate
	for did, end := range week.ended {
		id := did.conversation
		c, err := s.Store.Conversation(ctx, id)
		if errors.Is(err, bot.ErrNotFound) { // erased
			continue
		}
		if err != nil {
			return nil, err
		}
		sad, err := s.sadUntil(ctx, id, to)
		if err != nil {
			return nil, err
		}
		again, err := s.recontact(ctx, c, end.End, to)
		if err != nil {
			return nil, err
		}
		var signs []bot.Unhappy
		for sign, shown := range map[bot.Unhappy]bool{bot.UnhappyRating: week.rated[id], bot.UnhappyReopened: week.reopened[id].After(end.End),
			bot.UnhappyMood: sad, bot.UnhappyRecontact: again} {
			if shown {
				signs = append(signs, sign)
			}
		}
		slices.Sort(signs)
		all = append(all, bot.Candidate{Conversation: id, Agent: end.Agent, End: end.End, Signs: signs})
	}
	return all, nil
}

// sadUntil reports whether what the customer wrote before an instant was negative on the whole.
func (s *Console) sadUntil(ctx context.Context, id bot.ConversationID, to time.Time) (bool, error) {
	messages, err := s.Store.Messages(ctx, id, 0, 0)
	var then bot.Conversation
	for _, m := range messages {
		if m.Direction == bot.Incoming && m.Analysis != nil && m.At.Before(to) {
			then.MoodTotal, then.MoodCount = then.MoodTotal+m.Analysis.Sentiment.Score, then.MoodCount+1
		}
	}
	return mood(then) == "bad", err
}

// recontact reports whether the customer began another conversation soon after one had ended, before an instant.
func (s *Console) recontact(ctx context.Context, c bot.Conversation, ended, to time.Time) (bool, error) {
	for before := (time.Time{}); ; {
		others, err := s.Store.Conversations(ctx, bot.Filter{Contact: c.Contact, Before: before})
		if err != nil || len(others) == 0 {
			return false, err
		}
		for _, o := range others {
			if o.ID != c.ID && o.CreatedAt.After(ended) && o.CreatedAt.Before(to) && o.CreatedAt.Sub(ended) <= recontactWithin {
				return true, nil
			}
		}
		if before = others[len(others)-1].UpdatedAt; !before.After(ended) { // the rest began before
			return false, nil
		}
	}
}

// workIn is a conversation as work to be judged: of who resolved it, who has it, and all who wrote to the customer.
func workIn(c bot.Conversation, messages []bot.Message, resolved bot.AgentID) bot.Object {
	work := bot.Object{Owner: c.Agent, Workers: []bot.AgentID{resolved, c.Agent}}
	for _, m := range messages {
		if m.Author == bot.ByAgent && !m.Private {
			work.Workers = append(work.Workers, bot.AgentID(m.AuthorID))
		}
	}
	return work
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
		if at := slices.IndexFunc(reviews, reviewOf(sample[i].Conversation, sample[i].End, sample[i].Agent)); at >= 0 {
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
	all, err := s.candidates(ctx, from)
	if err != nil {
		return nil, err
	}
	var out []toReview
	for _, c := range bot.SampleReviews(all, sampled, s.Seed+" "+s.Digests.Week(from)) {
		conv, err := s.Store.Conversation(ctx, c.Conversation)
		if err != nil {
			return nil, err
		}
		messages, err := s.Store.Messages(ctx, c.Conversation, 0, 0)
		if err != nil {
			return nil, err
		}
		if bot.Can(me, bot.ReviewWork, workIn(conv, messages, c.Agent)) {
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
	c, stored, end, err := s.reviewable(r, v)
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
		"End": stampOf(end), "Back": s.monday(end), "At": end})
}

// stampOf is an end of work as links carry it: exact, to be found again among the facts.
func stampOf(end time.Time) string { return end.UTC().Format(time.RFC3339Nano) }

// reviewable is a conversation whose end a page names, ?end= or the newest, with its review, an empty one of the agent who
// made that end when there is none: whatever became of the conversation later. Nobody reviews what she has a part in.
func (s *Console) reviewable(r *http.Request, v visit) (bot.Conversation, bot.Review, time.Time, error) {
	ctx, id := r.Context(), conversationOf(r)
	c, err := s.Store.Conversation(ctx, id)
	if err != nil {
		return c, bot.Review{}, time.Time{}, err
	}
	end := c.ResolvedAt
	if text := r.FormValue("end"); text != "" {
		if end, err = time.Parse(time.RFC3339Nano, text); err != nil {
			return c, bot.Review{}, end, errFilled
		}
	}
	reviews, err := s.Store.Reviews(ctx)
	if err != nil {
		return c, bot.Review{}, end, err
	}
	var review bot.Review
	at := slices.IndexFunc(reviews, reviewOf(id, end, ""))
	if at < 0 {
		if review, err = s.unwritten(ctx, id, end); err != nil {
			return c, review, end, err
		}
		at = slices.IndexFunc(reviews, reviewOf(id, end, review.Agent))
	}
	if at >= 0 {
		review = reviews[at]
	}
	messages, err := s.Store.Messages(ctx, id, 0, 0)
	if err == nil && !bot.Can(v.agent, bot.ReviewWork, workIn(c, messages, review.Agent)) {
		err = told{http.StatusForbidden, "work.review.own", errOwnReview}
	}
	return c, review, end, err
}

// reviewOf finds the review of an end of a conversation. One of before ends were kept is of an end that its agent had made by
// then.
func reviewOf(id bot.ConversationID, end time.Time, agent bot.AgentID) func(bot.Review) bool {
	return func(r bot.Review) bool {
		return r.Conversation == id && (r.End.Equal(end) || r.End.IsZero() && r.Agent == agent && !end.After(r.At))
	}
}

// unwritten is an empty review of the agent who resolved a conversation at an instant, as the facts have it.
func (s *Console) unwritten(ctx context.Context, id bot.ConversationID, end time.Time) (bot.Review, error) {
	for f, err := range s.Store.Facts(ctx, end, end.Add(1)) {
		if err != nil {
			return bot.Review{}, err
		}
		if f.Conversation == id && endOfWork(f) {
			return bot.Review{Conversation: id, End: end, Agent: f.Agent}, nil
		}
	}
	return bot.Review{}, told{http.StatusConflict, "work.review.state", bot.ErrState}
}

// saveReview keeps what a lead found.
func (s *Console) saveReview(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	c, review, end, err := s.reviewable(r, v)
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
	log := bot.Event{At: s.Now(), Actor: string(v.agent.ID), Action: "review.save", Object: string(c.ID), Detail: string(review.Agent) + " " + stampOf(end)}
	err = s.Store.SaveReview(r.Context(), review, log)
	if errors.Is(err, bot.ErrConflict) {
		return s.showReview(w, r, v, http.StatusConflict, &review, "work.review.conflict")
	}
	return doneAt(w, r, "/console/reviews?from="+s.monday(end).Format("2006-01-02"), err)
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
