package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"huiyin/kb"
	"huiyin/nlp"
)

// How much of a conversation a summary looks at.
const (
	summaryMessages = 40
	summaryAsked    = 5
	summaryRunes    = 160
	// summaryPast is up to how many earlier conversations are counted.
	summaryPast = 20
	// summaryWait is how long a handoff waits for articles to suggest.
	summaryWait = time.Second
	// summaryAt is the confidence from which a summary names an article: whoever wants more finds it beside the conversation.
	summaryAt = 0.25
	// summarySkew is how far a platform's clock may be behind ours.
	summarySkew = 5 * time.Minute
)

// summary tells an agent what she needs before she opens her mouth: why, what was asked, what the bot tried, the mood, the
// conversations before this one, and articles that may help.
// It is said in each language of staff. What cannot be read is left out: a handoff never fails for its summary.
func (t *turn) summary(ctx context.Context, reason Reason, detail string) InWords {
	var past []Message
	if !t.fresh {
		from := uint64(0)
		if t.in.Seq > summaryMessages {
			from = t.in.Seq - summaryMessages
		}
		list, err := t.b.cfg.Store.Messages(ctx, t.conv.ID, from, summaryMessages)
		if err != nil {
			t.b.log.Warn("bot: a handoff's summary is short: the conversation could not be read", "conversation", t.conv.ID, "err", err)
		}
		past = list
	}
	if t.conv.OpenedAt.After(t.conv.CreatedAt) { // reopened: what was settled before is another matter
		past = slices.DeleteFunc(past, func(m Message) bool { return m.At.Before(t.conv.OpenedAt.Add(-summarySkew)) })
	}
	before := t.before(ctx)
	var articles []string
	if reason != ReasonError { // the search may be what broke
		articles = t.suggested(ctx, past)
	}
	return inWords(func(lang nlp.Lang) string {
		s := summarizer{lang: string(lang), words: t.b.cfg.Words, d: t.d, before: before, zone: t.b.staffZone(), articles: articles}
		for _, m := range past {
			s.add(m)
		}
		s.add(t.in)
		return s.text(reason, detail, t.conv.Lang)
	})
}

// before are the customer's other conversations, the newest first.
func (t *turn) before(ctx context.Context) []Conversation {
	if t.conv.Contact == "" { // a Filter without one asks for everybody's
		return nil
	}
	const andMore, andThis = 1, 1
	list, err := t.b.cfg.Store.Conversations(ctx, Filter{Contact: t.conv.Contact, Limit: summaryPast + andMore + andThis})
	if err != nil {
		t.b.log.Warn("bot: a handoff's summary is short: earlier conversations could not be read", "conversation", t.conv.ID, "err", err)
	}
	return slices.DeleteFunc(list, func(c Conversation) bool { return c.ID == t.conv.ID })
}

// suggested are the titles of articles that may help the agent.
func (t *turn) suggested(ctx context.Context, past []Message) []string {
	messages, lang := append(slices.Clone(past), t.in), t.conv.Lang
	hits, err := within(ctx, summaryWait, func(ctx context.Context) ([]kb.Hit, error) {
		return Suggest(ctx, t.b.cfg.Retriever, messages, lang, summaryAt)
	})
	if err != nil {
		t.b.log.Warn("bot: a handoff suggests no articles: the knowledge base could not be asked", "conversation", t.conv.ID, "err", err)
	}
	var titles []string
	for _, h := range hits {
		titles = append(titles, h.Title)
	}
	return titles
}

type summarizer struct {
	lang  string
	words interface {
		Text(lang, key string, pairs ...any) string
		Has(key string) bool
	}
	d     *Dialogue
	asked []string
	tried []string
	moods []string

	before   []Conversation // the customer's other ones, the newest first
	zone     *time.Location
	articles []string // titles
}

func (s *summarizer) add(m Message) {
	if m.Direction != Incoming || m.DeletedAt != (Message{}).DeletedAt {
		return
	}
	if said := orFiles(m.Text, m.Files); m.Pressed == "" && strings.TrimSpace(said) != "" {
		text := nlp.Redact(said)
		if m.Analysis != nil {
			if mood := s.words.Text(s.lang, "bot.mood."+moodOf(m.Analysis.Sentiment.Score)); len(s.moods) == 0 || s.moods[len(s.moods)-1] != mood {
				s.moods = append(s.moods, mood)
			}
		}
		s.asked = append(s.asked, firstRunes(strings.Join(strings.Fields(text), " "), summaryRunes))
	}
	if what := s.attempt(m.Decision); what != "" && (len(s.tried) == 0 || s.tried[len(s.tried)-1] != what) {
		s.tried = append(s.tried, what)
	}
}

// attempt is what the bot did about a message, in words.
func (s *summarizer) attempt(d *Decision) string {
	if d == nil {
		return ""
	}
	switch d.Action {
	case ActIntent, ActForm:
		what := d.Detail
		if spec := s.d.intent(d.Detail); spec != nil {
			what = spec.Title[nlp.Lang(s.lang)]
		} else if form := s.d.form(d.Detail); form != nil {
			what = form.Title[nlp.Lang(s.lang)]
		}
		return s.words.Text(s.lang, "bot.summary."+string(d.Action), "what", what)
	case ActArticle:
		title := d.Detail
		if len(d.Hits) > 0 {
			title = d.Hits[0].Title
		}
		return s.words.Text(s.lang, "bot.summary.article", "what", title)
	case ActClarify, ActFallback:
		return s.words.Text(s.lang, "bot.summary."+string(d.Action))
	}
	return ""
}

// moodOf is the catalogue's word for a sentiment from -1 to 1. The middle step is that of the inbox's colours.
func moodOf(score float64) string {
	switch {
	case score < -0.7:
		return "furious"
	case score < -0.25:
		return "unhappy"
	case score > 0.25:
		return "pleased"
	}
	return "neutral"
}

// named is the detail of a handoff in words: a form, an intent or a cause; else, for example of a team, its own name.
func (s *summarizer) named(detail string) string {
	if form, ok := strings.CutPrefix(detail, "form:"); ok {
		form, _, _ = strings.Cut(form, ":")
		if spec := s.d.form(form); spec != nil {
			return spec.Title[nlp.Lang(s.lang)]
		}
	}
	if spec := s.d.intent(detail); spec != nil {
		return spec.Title[nlp.Lang(s.lang)]
	}
	if key := "bot.detail." + detail; s.words.Has(key) {
		return s.words.Text(s.lang, key)
	}
	return detail
}

func (s *summarizer) text(reason Reason, detail string, lang nlp.Lang) string {
	why := s.words.Text(s.lang, "bot.reason."+string(reason))
	if detail != "" {
		why += s.words.Text(s.lang, "bot.summary.detail", "what", s.named(detail))
	}
	lines := []string{s.words.Text(s.lang, "bot.summary.why", "why", why)}
	if len(s.asked) > 0 {
		lines = append(lines, s.words.Text(s.lang, "bot.summary.asked"))
		for _, q := range s.asked[max(0, len(s.asked)-summaryAsked):] {
			lines = append(lines, "- "+q)
		}
	}
	if len(s.tried) > 0 {
		lines = append(lines, s.words.Text(s.lang, "bot.summary.tried", "what", strings.Join(s.tried, " → ")))
	}
	if len(s.moods) > 0 {
		lines = append(lines, s.words.Text(s.lang, "bot.summary.mood", "what", strings.Join(s.moods[max(0, len(s.moods)-summaryAsked*2):], " → ")))
	}
	if len(s.before) > 0 {
		lines = append(lines, s.past())
	}
	if len(s.articles) > 0 {
		titles := make([]string, len(s.articles))
		for i, title := range s.articles {
			titles[i] = s.words.Text(s.lang, "bot.summary.title", "what", title)
		}
		lines = append(lines, s.words.Text(s.lang, "bot.summary.articles", "what", strings.Join(titles, s.words.Text(s.lang, "bot.summary.and"))))
	}
	if baseOf(lang) != nlp.LangUnknown {
		lines = append(lines, s.words.Text(s.lang, "bot.summary.lang", "what", s.words.Text(s.lang, "bot.lang."+string(baseOf(lang)))))
	}
	return strings.Join(lines, "\n")
}

// past says how many conversations there were before, and how the last one went.
func (s *summarizer) past() string {
	last := s.before[0]
	n := strconv.Itoa(min(len(s.before), summaryPast))
	if len(s.before) > summaryPast {
		n += "+"
	}
	how := s.words.Text(s.lang, "bot.summary.past."+string(last.Status))
	if spec := s.d.intent(last.Intent); spec != nil {
		how = s.words.Text(s.lang, "bot.summary.past.about", "what", spec.Title[nlp.Lang(s.lang)], "how", how)
	}
	return s.words.Text(s.lang, "bot.summary.past", "n", n, "when", last.UpdatedAt.In(s.zone).Format(time.DateOnly), "how", how)
}

func firstRunes(s string, n int) string {
	for at := range s {
		if n == 0 {
			return s[:at] + "…"
		}
		n--
	}
	return s
}
