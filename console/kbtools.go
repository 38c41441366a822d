package console

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"huiyin/kb"
	"huiyin/nlp"
)

// partRow compares the best article with the runner-up in one part of the score.
type partRow struct {
	Name        string
	First, Next float64
}

// maxQuestion bounds a question of the test bench, in bytes.
const maxQuestion = 2 << 10

// kbTest asks a question as a customer would, and shows why it is answered as it is.
func (s *Console) kbTest(w http.ResponseWriter, r *http.Request, v visit) error {
	text := strings.TrimSpace(r.URL.Query().Get("q"))
	data := map[string]any{"Q": text}
	if text == "" {
		return s.show(w, v, http.StatusOK, "kbtest", data)
	}
	if len(text) > maxQuestion {
		return &http.MaxBytesError{Limit: maxQuestion}
	}
	lang, _ := nlp.DetectLang(text)
	began := s.Now()
	answer, err := s.Knowledge.Publisher.Searcher().Search(r.Context(), kb.Query{Text: text, Lang: lang, Limit: 10, Explain: true})
	if err != nil {
		return err
	}
	data["Answer"], data["Lang"], data["Took"] = answer, lang, s.Now().Sub(began).Round(time.Millisecond/10).String()
	outcome, err := s.Knowledge.Publisher.Ask(r.Context(), kb.Query{Text: text, Lang: lang})
	if err != nil {
		return err
	}
	data["Outcome"] = outcome
	if t := answer.Trace; t != nil && len(t.Candidates) > 0 {
		data["Parts"] = partRows(t.Candidates)
	}
	return s.show(w, v, http.StatusOK, "kbtest", data)
}

// partRows are the parts of the two best scores, those that decided first.
func partRows(list []kb.Candidate) []partRow {
	var rows []partRow
	for name, x := range list[0].Parts {
		row := partRow{Name: name, First: x}
		if len(list) > 1 {
			row.Next = list[1].Parts[name]
		}
		if row.First != 0 || row.Next != 0 {
			rows = append(rows, row)
		}
	}
	slices.SortFunc(rows, func(a, b partRow) int {
		return cmp.Or(cmp.Compare(b.First-b.Next, a.First-a.Next), cmp.Compare(a.Name, b.Name))
	})
	return rows
}

// checkWebTime is how long a page may take that asks web addresses.
const checkWebTime = 45 * time.Second

// kbCheck looks for what an editor should mend.
func (s *Console) kbCheck(w http.ResponseWriter, r *http.Request, v visit) error {
	p := s.Knowledge.Publisher
	findings, err := p.Check(r.Context())
	if err != nil {
		return err
	}
	articles, err := p.Store().Articles(r.Context())
	if err != nil {
		return err
	}
	shown, since, err := s.shown(r.Context())
	if err != nil {
		return err
	}
	findings = append(findings, kb.Unused(articles, shown, since)...)
	asked := r.URL.Query().Get("links") != "" && s.Knowledge.Probe != nil
	if asked {
		ctx, cancel := context.WithTimeout(r.Context(), checkWebTime)
		defer cancel()
		dead, err := kb.CheckWeb(ctx, articles, s.Knowledge.Probe, nil)
		if err != nil && r.Context().Err() == nil { // too many, or too slow: what else was found is shown
			s.Log.Warn("console: not all web addresses could be asked", "err", err)
		}
		findings = append(dead, findings...)
	}
	titles := map[kb.ArticleID]string{}
	for _, a := range articles {
		titles[a.ID] = a.Title
	}
	return s.show(w, v, http.StatusOK, "kbcheck", map[string]any{"Urgent": kb.Urgent(findings, kb.MostUrgent), "Groups": kb.GroupFindings(findings), "Titles": titles,
		"Asked": asked, "CanAsk": s.Knowledge.Probe != nil})
}

// found says what a finding is in the page's language.
func (s *Console) found(lang string, f kb.Finding) string {
	return f.Say(s.words(lang))
}
