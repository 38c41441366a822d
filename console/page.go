package console

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"html/template"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/hooks"
	"huiyin/internal/attach"
	"huiyin/kb"
	"huiyin/nlp"
)

// funcs are what templates may call. T translates; the language comes with the page's data.
func (s *Console) funcs() template.FuncMap {
	return template.FuncMap{
		"T":        func(lang, key string, pairs ...any) string { return s.Words.Text(lang, key, pairs...) },
		"md":       s.markdown,
		"ago":      s.ago,
		"waited":   s.waited,
		"channel":  s.channel,
		"clock":    func(t time.Time) string { return t.In(s.Zone).Format("15:04") },
		"days":     s.days,
		"exact":    stampOf,
		"stamp":    func(t time.Time) string { return t.In(s.Zone).Format("2006-01-02 15:04") },
		"mood":     mood,
		"money":    feedback.Money,
		"join":     strings.Join,
		"initial":  initial,
		"why":      s.why,
		"unsent":   func(d bot.Delivery) bool { return d == bot.Failed || d == bot.Unknown },
		"percent":  func(c any) string { return fmt.Sprintf("%.0f%%", 100*toFloat(c)) },
		"nearly":   nearly,
		"category": s.category,
		"editor":   s.editor,
		"language": func(lang, of string) string { return s.Words.Text(lang, "console.lang."+of) },
		"dict":     dict,
		"words":    strings.Fields,
		"parts": func(text string) [2]string { // its first line, and the others
			first, rest, _ := strings.Cut(text, "\n")
			return [2]string{first, rest}
		},
		"add":  func(a, b int) int { return a + b },
		"left": s.left,
		"day":  func(t time.Time) string { return t.In(s.Zone).Format("2006-01-02") },
		"soon": s.soon,
		"picked": func(t time.Time) string {
			if t.IsZero() {
				return ""
			}
			return t.In(s.Zone).Format(localTime)
		},
		"hours": func(d time.Duration) int { return int(d.Hours()) },
		"share": func(t feedback.Tally) string { return fmt.Sprintf("%.1f%%", 100*t.Share()) },
		"rfc":   func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"minutes": func(d time.Duration) string {
			return map[bool]string{true: "", false: fmt.Sprint(int(d.Minutes()))}[d == 0]
		},
		"criterion": s.criterion,
		"chosen": func(r bot.Review, id, score string) bool {
			n, scored := r.Scores[id]
			return scored && strconv.Itoa(n) == score || !scored && r.Version > 0 && score == "none"
		},
		"scored": func(r bot.Review, id string) string {
			if n, scored := r.Scores[id]; scored {
				return strconv.Itoa(n)
			}
			return "none"
		},
		"fileURL":  fileURL,
		"boxed":    boxed,
		"filesize": attach.Size,
		"fetches":  reachable,
		"polyline": polyline,
		"among":    func(list []string, one string) bool { return slices.Contains(list, one) },
		"has":      func(langs []nlp.Lang, lang string) bool { return slices.Contains(langs, nlp.Lang(lang)) },
		"wants":    func(e hooks.Endpoint, k hooks.Kind) bool { return slices.Contains(e.Kinds, k) },
		"name":     func(names map[bot.AgentID]string, id string) string { return cmp.Or(names[bot.AgentID(id)], id) },
		"in":       func(texts map[nlp.Lang]string, lang string) string { return texts[nlp.Lang(lang)] },
		"title":    func(lang string, t bot.Tier) string { return t.Title(nlp.Lang(lang)) },
		"text":     func(c bot.Canned, lang string) string { return c.Text[nlp.Lang(lang)] },
	}
}

// dict makes the data of a fragment from pairs of name and value.
func dict(pairs ...any) (map[string]any, error) {
	m := map[string]any{}
	if len(pairs)%2 != 0 {
		return nil, errors.New("dict: an odd number of values")
	}
	for i := 0; i < len(pairs); i += 2 {
		m[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return m, nil
}

func toFloat(v any) float64 {
	var f float64
	_, _ = fmt.Sscan(fmt.Sprint(v), &f)
	return f
}

func (s *Console) markdown(text string) template.HTML {
	html, err := s.render.HTML(text)
	if err != nil {
		return template.HTML(template.HTMLEscapeString(text))
	}
	return html
}

// ago is how long ago something was, in a few letters.
func (s *Console) ago(lang string, t time.Time) string {
	d := s.Now().Sub(t)
	switch {
	case d < time.Minute:
		return s.Words.Text(lang, "console.ago.now")
	case d < time.Hour:
		return s.Words.Text(lang, "console.ago.minutes", "n", int(d.Minutes()))
	case d < 24*time.Hour:
		return s.Words.Text(lang, "console.ago.hours", "n", int(d.Hours()))
	}
	return t.In(s.Zone).Format("01-02")
}

// waited is how long somebody has waited since an instant, in a few letters.
func (s *Console) waited(lang string, since time.Time) string {
	switch d := s.Now().Sub(since); {
	case d < time.Minute:
		return s.Words.Text(lang, "console.waited.now")
	case d >= 24*time.Hour:
		return s.Words.Text(lang, "console.waited.days", "n", int(d.Hours())/24)
	}
	return s.ago(lang, since)
}

// channel is what people call a channel.
func (s *Console) channel(lang, name string) string {
	if key := "console.channel." + name; s.Words.Has(key) {
		return s.Words.Text(lang, key)
	}
	return name
}

// left is how long it is until an instant, or how long ago it was, in a few letters.
func (s *Console) left(lang string, t time.Time) string {
	d := t.Sub(s.Now())
	key := "work.left"
	if d < 0 {
		d, key = -d, "work.over"
	}
	span := s.Words.Text(lang, "console.ago.minutes", "n", int(d.Minutes()))
	if d >= time.Hour {
		span = s.Words.Text(lang, "console.ago.hours", "n", int(d.Hours()))
	}
	if d >= 48*time.Hour {
		span = s.Words.Text(lang, "work.days", "n", int(d.Hours()/24))
	}
	return s.Words.Text(lang, key, "time", span)
}

// soon is an instant in the near future: the clock, with the date unless it is today.
func (s *Console) soon(t time.Time) string {
	t, now := t.In(s.Zone), s.Now().In(s.Zone)
	if t.Format("2006-01-02") == now.Format("2006-01-02") {
		return t.Format("15:04")
	}
	return t.Format("01-02 15:04")
}

// mood is the average sentiment of a conversation as a word: bad, flat or good; empty when nothing is known.
func mood(c bot.Conversation) string {
	if c.MoodCount == 0 {
		return ""
	}
	switch average := c.MoodTotal / float64(c.MoodCount); {
	case average < -0.25:
		return "bad"
	case average > 0.25:
		return "good"
	}
	return "flat"
}

// initial is the first letter of a name, for its disc.
func initial(name string) string {
	for _, r := range strings.TrimSpace(name) {
		return strings.ToUpper(string(r))
	}
	return "·"
}

// why explains a decision in one sentence.
func (s *Console) why(lang string, d *bot.Decision) string {
	if d == nil {
		return ""
	}
	detail := d.Detail
	if detail == "" && len(d.Hits) > 0 {
		detail = d.Hits[0].Title
	}
	return s.Words.Text(lang, d.Reason, "detail", detail, "confidence", fmt.Sprintf("%.0f%%", 100*float64(d.Confidence)))
}

// langOf is the language of a page: the agent's own, else the browser's, else the configured one.
func (s *Console) langOf(r *http.Request, own string) string {
	if own == "zh" || own == "en" {
		return own
	}
	for _, part := range strings.Split(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		if base, _, _ := strings.Cut(strings.ToLower(tag), "-"); base == "zh" || base == "en" {
			return base
		}
	}
	return s.Lang
}

// show renders a page, or with the header X-Fragment only the template "main" of it.
func (s *Console) show(w http.ResponseWriter, v visit, status int, page string, data map[string]any) error {
	return s.renderPage(w, v, status, page, "layout.html", data)
}

func (s *Console) renderPage(w http.ResponseWriter, v visit, status int, page, name string, data map[string]any) error {
	data["L"], data["Me"], data["Page"] = v.lang, v.agent, page
	data["CanDigest"], data["CanLead"], data["CanStaff"] = v.may(bot.ReadDigest), v.may(bot.ReadBoard), v.may(bot.EditStaff)
	data["CanArticles"] = s.Knowledge != nil && v.may(bot.ReadArticles)
	data["CanIncidents"] = s.Incidents != nil && v.may(bot.EditIncidents)
	if data["CanWebhooks"] = s.Webhooks != nil && v.may(bot.EditWebhooks); data["CanWebhooks"] == true {
		data["HookTrouble"] = s.Webhooks.Caller.Trouble()
	}
	data["CanExperiments"] = s.Experiments != nil && v.may(bot.ReadExperiments)
	data["CanEdit"] = v.may(bot.EditArticles)
	var out bytes.Buffer
	if err := s.pages[page].ExecuteTemplate(&out, name, data); err != nil {
		return fmt.Errorf("console: page %s: %w", page, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = out.WriteTo(w)
	return nil
}

// fail shows an error page, or a plain line to a script.
func (s *Console) fail(w http.ResponseWriter, v visit, status int, key string) {
	if err := s.show(w, v, status, "error", map[string]any{"Error": key}); err != nil {
		http.Error(w, s.Words.Text(v.lang, key), status)
	}
}

// explain turns an error into a page with a sentence; what is not expected goes to the log.
func (s *Console) explain(w http.ResponseWriter, r *http.Request, v visit, err error) {
	status, key := http.StatusInternalServerError, "console.error.internal"
	var large *http.MaxBytesError
	var with told
	fileStatus, fileKey := fileProblem(err)
	switch {
	case errors.As(err, &with):
		status, key = with.status, with.key
	case fileStatus != 0:
		status, key = fileStatus, fileKey
	case errors.Is(err, bot.ErrNotFound), errors.Is(err, kb.ErrNotFound), errors.Is(err, ErrNoWeek):
		status, key = http.StatusNotFound, "console.error.missing"
	case errors.Is(err, bot.ErrConflict), errors.Is(err, kb.ErrConflict):
		status, key = http.StatusConflict, "console.error.conflict"
	case errors.Is(err, bot.ErrBusy):
		status, key = http.StatusServiceUnavailable, "console.error.busy"
	case errors.Is(err, errEmpty), errors.Is(err, bot.ErrEmpty):
		status, key = http.StatusUnprocessableEntity, "console.error.empty"
	case errors.Is(err, errFilled):
		status, key = http.StatusUnprocessableEntity, "work.error.filled"
	case errors.Is(err, bot.ErrWindow):
		status, key = http.StatusConflict, "work.error.window"
	case errors.Is(err, bot.ErrState):
		status, key = http.StatusConflict, "work.error.state"
	case errors.As(err, &large):
		status, key = http.StatusRequestEntityTooLarge, "console.error.large"
	case r.Context().Err() != nil:
		return // nobody waits for an answer any more
	default:
		s.Log.Error("console", "route", r.Pattern, "error", err)
	}
	if r.Header.Get("X-Fragment") != "" {
		http.Error(w, s.Words.Text(v.lang, key), status)
		return
	}
	s.fail(w, v, status, key)
}

func (s *Console) asset(w http.ResponseWriter, r *http.Request, _ visit) error {
	name := r.PathValue("name")
	body, err := files.ReadFile(path.Join("assets", name))
	switch name {
	case "tray.js":
		body, err = attach.Script(), nil
	case "tray.css":
		body, err = attach.Style(), nil
	}
	if err != nil {
		http.NotFound(w, r)
		return nil
	}
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	w.Header().Set("Cache-Control", "no-cache")
	_, err = w.Write(body)
	return err
}

// nearly is a share in percent that is less than all of it, and says so.
func nearly(share float64) string {
	if share > 0.99 && share < 1 {
		return fmt.Sprintf("%.1f%%", min(99.9, 100*share))
	}
	return fmt.Sprintf("%.0f%%", 100*share)
}
