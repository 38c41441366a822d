package feedback

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"huiyin/bot"
	"huiyin/kb"
	"huiyin/nlp"
)

// botSection says honestly what the bot resolved.
type botSection struct{ *mined }

// Name implements Section.
func (botSection) Name() string { return "bot" }

// fates splits the conversations that the bot took part in. Silence is never counted as success.
type fates struct {
	All        int
	Confirmed  int // the customer said that it helped
	Assumed    int // an answer was given, and nothing more was heard
	Abandoned  int // left without an answer
	HandedOver int // went to people
	CameBack   int // of Confirmed and Assumed: wrote again within the period and needed more
}

// Build implements Section.
func (s botSection) Build(ctx context.Context, src Source, p Period) (Block, error) {
	x, err := s.of(ctx, src, p)
	if err != nil {
		return Block{}, err
	}
	now, before := x.now, x.before
	f, f0 := fatesOf(now), fatesOf(before)
	reasons := reasonsTable(now, before)
	helped, err := helpedTable(ctx, src, x.pool, p)
	if err != nil {
		return Block{}, err
	}
	block := Block{Section: "bot", Elements: []Element{
		shareMetric("digest.bot.confirmed", OfConversations, 1, f.Confirmed, f.All, f0.Confirmed, f0.All),
		shareMetric("digest.bot.assumed", OfConversations, 0, f.Assumed, f.All, f0.Assumed, f0.All),
		shareMetric("digest.bot.abandoned", OfConversations, -1, f.Abandoned, f.All, f0.Abandoned, f0.All),
		shareMetric("digest.bot.handed_over", OfConversations, 0, f.HandedOver, f.All, f0.HandedOver, f0.All),
		shareMetric("digest.bot.came_back", OfConversations, -1, f.CameBack, f.All, f0.CameBack, f0.All),
		shareMetric("digest.bot.fallback", OfTurns, -1, now.count[bot.FactFallback], now.count[bot.FactTurn], before.count[bot.FactFallback], before.count[bot.FactTurn]),
	}}
	block.Elements = append(append(block.Elements, x.botNotes(p, f)...), Element{Table: &reasons}, Element{Table: helped})
	for which := range fatesNamed() {
		look(block.Elements, "digest.bot."+which, behindFate+which)
	}
	look(block.Elements, "digest.bot.fallback", behindTurns+"fallback")
	experiments, err := experimentsTable(ctx, src, p)
	if experiments != nil {
		block.Elements = append(block.Elements, Element{Table: experiments})
	}
	return block, err
}

// botNotes say why the section's numbers are of different conversations, where they are.
func (x *corpus) botNotes(p Period, f fates) (notes []Element) {
	if wrote := len(x.firstWords(p)); f.All > 0 && wrote > f.All {
		say := Say("digest.bot.basis", "n", f.All, "all", wrote)
		notes = append(notes, Element{Sentence: &say})
	}
	if handoffs := x.now.count[bot.FactHandoff]; handoffs > f.HandedOver {
		say := Say("digest.bot.again", "n", handoffs, "conversations", f.HandedOver)
		notes = append(notes, Element{Sentence: &say})
	}
	return notes
}

// reasonsTable says why conversations went to people, beside the period before where anything happened in it.
func reasonsTable(now, before tally) Table {
	table := Table{Title: Say("digest.bot.reasons"), Empty: Say("digest.bot.no_handoffs"),
		Columns: []Phrase{Say("digest.col.reason"), Say("digest.col.handoffs"), Say("digest.col.share")}}
	compared := len(before.count) > 0
	if compared {
		table.Columns = append(table.Columns, Say("digest.col.before"))
	}
	for _, reason := range byCount(now.reasons) {
		n := now.reasons[reason]
		row := []Cell{phrase("digest.reason." + reason), number(float64(n), Count).behind(behindReason + reason), ratio(n, now.count[bot.FactHandoff])}
		if compared {
			row = append(row, number(float64(before.reasons[reason]), Count))
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// fatesOf sorts conversations by the strongest thing that happened in them.
func fatesOf(t tally) fates {
	var f fates
	for _, m := range t.traces {
		if m&(traceTurn|traceHanded) != 0 {
			f.All++
		}
		switch fateOf(m) {
		case traceHanded:
			f.HandedOver++
		case traceHelped:
			f.Confirmed++
		case traceAnswered:
			f.Assumed++
		case traceTurn:
			f.Abandoned++
		}
		if cameBack(m) {
			f.CameBack++
		}
	}
	return f
}

// fateOf is the strongest thing that happened in a conversation; 0: the bot took no part.
func fateOf(m trace) trace {
	switch {
	case m&traceHanded != 0:
		return traceHanded
	case m&traceTurn == 0:
		return 0
	case m&traceHelped != 0:
		return traceHelped
	case m&traceAnswered != 0:
		return traceAnswered
	}
	return traceTurn
}

// cameBack reports whether a conversation that the bot had answered by itself was opened again.
func cameBack(m trace) bool {
	return m&traceTurn != 0 && m&traceHanded == 0 && m&traceReopened != 0 && m&traceAnswered != 0
}

// ArticleSource is a source whose articles are known by their titles.
type ArticleSource interface {
	Source
	// Article returns one, or kb.ErrNotFound.
	Article(ctx context.Context, id kb.ArticleID) (kb.Article, error)
}

// answerName is what people call an answer by its label: the title of an intent, or of an article that is still there, else the
// label's name.
func answerName(ctx context.Context, src Source, label string) (Cell, error) {
	kind, name, _ := strings.Cut(label, ":")
	o, ok := src.(*once)
	if !ok {
		o = &once{Source: src}
	} else {
		if src = o.Source; o.titled != nil {
			if title := o.titled(label); title != (Text{}) {
				return Cell{Name: &title}, nil
			}
		}
	}
	articles, known := src.(ArticleSource)
	if kind != "article" || !known {
		return Cell{Text: name}, nil
	}
	a, err := articles.Article(ctx, kb.ArticleID(name))
	switch {
	case errors.Is(err, kb.ErrNotFound), err == nil && a.Title == "":
		return Cell{Text: name}, nil
	case err != nil:
		return Cell{}, fmt.Errorf("feedback: the title of an article: %w", err)
	}
	return o.articleCell(ctx, a)
}

// articlesSource is an ArticleSource that lists what it has.
type articlesSource interface {
	Articles(ctx context.Context) ([]kb.Article, error)
}

// articleCell names an article by its title, and for readers of the other language by that of its translation, with the language that
// it is in; where there is none, by its own title.
func (o *once) articleCell(ctx context.Context, a kb.Article) (Cell, error) {
	title := nlp.Redact(a.Title)
	both := Text{ZH: title, EN: title}
	if all, ok := o.Source.(articlesSource); ok && o.titles == nil {
		list, err := all.Articles(ctx)
		if err != nil {
			return Cell{}, fmt.Errorf("feedback: the titles of articles: %w", err)
		}
		o.titles = map[kb.RootID]map[nlp.Lang]string{}
		for _, x := range list {
			if o.titles[x.Root] == nil {
				o.titles[x.Root] = map[nlp.Lang]string{}
			}
			o.titles[x.Root][x.Lang.Base()] = nlp.Redact(x.Title)
		}
	}
	if t := o.titles[a.Root][nlp.LangChinese]; t != "" && a.Root != "" {
		both.ZH = t
	}
	if t := o.titles[a.Root][nlp.LangEnglish]; t != "" && a.Root != "" {
		both.EN = t
	}
	switch lang := a.Lang.Base(); lang {
	case nlp.LangChinese:
		both.ZH = title
	case nlp.LangEnglish:
		both.EN = title
	default:
		return Cell{Text: title}, nil
	}
	say := Say("digest.answer."+string(a.Lang.Base()), "title", both)
	return Cell{Text: title, Phrase: &say}, nil
}

// helpedTable lists answers by what customers pressed under them.
func helpedTable(ctx context.Context, src Source, x *pool, p Period) (*Table, error) {
	yes, no := map[string]int{}, map[string]int{}
	for f := range x.happened(p) {
		if f.name == bot.FactHelped && f.value > 0 {
			yes[f.label]++
		} else if f.name == bot.FactHelped {
			no[f.label]++
		}
	}
	table := Table{Title: Say("digest.bot.helped"), Empty: Say("digest.bot.no_votes"),
		Columns: []Phrase{Say("digest.col.answer"), Say("digest.col.helped"), Say("digest.col.not_helped")}}
	all := map[string]int{}
	for label, n := range yes {
		all[label] += n
	}
	for label, n := range no {
		all[label] += n
	}
	for _, label := range byCount(all) {
		name, err := answerName(ctx, src, label)
		if err != nil {
			return nil, err
		}
		table.Rows = append(table.Rows, []Cell{name, number(float64(yes[label]), Count).behind(behindHelped + label), number(float64(no[label]), Count).behind(behindNotHelped + label)})
		if len(table.Rows) == 10 {
			break
		}
	}
	return &table, nil
}
