package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/kb"
	"huiyin/nlp"
)

// maxArticleForm bounds what an editor sends at once, in bytes: an article at its limits, written as a form.
const maxArticleForm = 4 << 20

// shortHistory is how many revisions the page of an article shows.
const shortHistory = 5

func articlePath(id kb.ArticleID) string { return "/console/kb/a/" + url.PathEscape(string(id)) }

func (s *Console) kbArticle(w http.ResponseWriter, r *http.Request, v visit) error {
	a, err := s.Knowledge.Publisher.Store().Article(r.Context(), kb.ArticleID(r.PathValue("id")))
	if err != nil {
		return err
	}
	if v.may(bot.EditArticles) {
		a = a.Working()
	}
	q := r.URL.Query()
	return s.editPage(w, r, v, http.StatusOK, a, map[string]any{"Saved": q.Get("saved"), "Told": q.Get("told")})
}

// kbNew begins an article, or with ?root= and ?lang= a translation.
func (s *Console) kbNew(w http.ResponseWriter, r *http.Request, v visit) error {
	a := kb.Article{Lang: nlp.Lang(v.lang), Status: kb.Draft, Root: kb.RootID(r.URL.Query().Get("root"))}
	if l := nlp.Lang(r.URL.Query().Get("lang")).Base(); l != nlp.LangUnknown {
		a.Lang = l
	}
	if a.Root != "" {
		list, err := s.Knowledge.Publisher.Store().Articles(r.Context())
		if err != nil {
			return err
		}
		for _, other := range kb.Translations(a, list) {
			a.Category, a.From, a.Until = other.Category, other.From, other.Until
		}
	}
	return s.editPage(w, r, v, http.StatusOK, a, map[string]any{})
}

// editPage shows an article, stored or as an editor has just written it, with what she needs beside it.
func (s *Console) editPage(w http.ResponseWriter, r *http.Request, v visit, status int, a kb.Article, data map[string]any) error {
	list, err := s.Knowledge.Publisher.Store().Articles(r.Context())
	if err != nil {
		return err
	}
	data["A"], data["New"], data["Categories"], data["On"] = a, a.Revision == 0, categories(list), a.Status
	if at := slices.IndexFunc(list, func(x kb.Article) bool { return x.ID == a.ID }); at >= 0 {
		s.beside(data, list[at])
	}
	data["Others"], data["Lacks"] = kb.Translations(a, list), lacks(a, list)
	if a.Revision > 0 {
		history, err := s.Knowledge.Publisher.Store().Revisions(r.Context(), a.ID)
		if err != nil {
			return err
		}
		data["History"], data["More"] = history[:min(shortHistory, len(history))], len(history) > shortHistory
		if data["Use"], err = s.useOf(r.Context(), a.ID); err != nil {
			return err
		}
		if data["Askers"], err = s.askersOf(r.Context(), a); err != nil {
			return err
		}
	}
	return s.show(w, v, status, "kbedit", data)
}

// beside adds to the page of an article how its stored form stands, and what the change that is pending would change in it.
func (s *Console) beside(data map[string]any, stored kb.Article) {
	data["On"], data["Live"] = stored.Status, stored.Live(s.Now())
	if stored.Pending == nil {
		return
	}
	work := stored.Working()
	data["Pending"] = work
	work.Status = stored.Status // how far the change is stands above it
	data["Change"] = kb.Difference(stored, work)
}

// lacks are the languages that a stored article is not translated into.
func lacks(a kb.Article, list []kb.Article) []nlp.Lang {
	var out []nlp.Lang
	for _, l := range []nlp.Lang{nlp.LangChinese, nlp.LangEnglish} {
		has := func(other kb.Article) bool { return other.Root == a.Root && other.Lang.Base() == l }
		if a.Revision > 0 && l != a.Lang.Base() && !slices.ContainsFunc(list, has) {
			out = append(out, l)
		}
	}
	return out
}

// kbSave saves what an editor has written, with the status that her button names. What would change answers is shown to
// her first.
func (s *Console) kbSave(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := formOf(w, r, maxArticleForm); err != nil {
		return err
	}
	a, err := s.articleFrom(r)
	if err != nil {
		return s.editPage(w, r, v, http.StatusUnprocessableEntity, a, map[string]any{"Problem": s.said(v.lang, err)})
	}
	sign := kb.Signed{By: v.agent.Name, Note: a.Note, Force: strings.TrimSpace(r.PostFormValue("force"))}
	if r.PostFormValue("confirm") == "" {
		sign.Confirm = func(reh kb.Rehearsal) bool { return ownTextOnly(reh, a.Root) }
	}
	saved, done, reh, err := s.saveAs(r.Context(), a, r.PostFormValue("do"), sign)
	switch {
	case done == doTry && err == nil:
		r.PostForm.Set("do", string(kb.Published))
		fallthrough
	case errors.Is(err, kb.ErrUnconfirmed), errors.Is(err, kb.ErrGolden):
		return s.show(w, v, http.StatusOK, "kbpublish", map[string]any{"A": a, "R": reh, "Away": r.PostFormValue("do") == doWithdraw || a.Status == kb.Archived, "Form": r.PostForm, "Unforced": errors.Is(err, kb.ErrGolden) && sign.Confirm == nil})
	case errors.Is(err, kb.ErrInvalid):
		return s.editPage(w, r, v, http.StatusUnprocessableEntity, a, map[string]any{"Problem": s.invalid(v.lang, err)})
	case errors.Is(err, kb.ErrConflict):
		return s.showConflict(w, r, v, a)
	case err != nil:
		return err
	}
	if err := s.record(r.Context(), v, "article.save", saved); err != nil {
		return err
	}
	q := url.Values{"saved": {done}}
	if r.PostFormValue("tell") != "" && s.Knowledge.Follow != nil && saved.Live(s.Now()) {
		told, err := s.tell(r.Context(), v, saved)
		if err != nil {
			return err
		}
		q.Set("told", told)
	}
	http.Redirect(w, r, articlePath(saved.ID)+"?"+q.Encode(), http.StatusSeeOther)
	return nil
}

// invalid is what is wrong with an article that cannot be saved.
func (s *Console) invalid(lang string, err error) string {
	var fault *kb.Fault
	if errors.As(err, &fault) {
		return s.said(lang, fault)
	}
	return strings.TrimPrefix(err.Error(), kb.ErrInvalid.Error()+": ")
}

// What an editor's button does, besides saving with the kb.Status that it names.
const (
	doTry      = "try"      // show what publishing would change
	doWithdraw = "withdraw" // make a draft of a published article: customers do not get it any more
	doDiscard  = "discard"  // drop the change that is pending
)

// saveAs saves an article as an editor's button says. A draft of a published article, and a change of it that is to be
// shown later, stay beside what customers get. done is which of the page's notices tells her.
func (s *Console) saveAs(ctx context.Context, a kb.Article, do string, sign kb.Signed) (saved kb.Article, done string, r kb.Rehearsal, err error) {
	p := s.Knowledge.Publisher
	stored, err := p.Store().Article(ctx, a.ID)
	if err != nil && !errors.Is(err, kb.ErrNotFound) {
		return a, "", r, err
	}
	beside := stored.Status == kb.Published && a.Revision > 0
	switch {
	case do == doTry:
		a.Status = kb.Published
		r, err = p.Rehearse(ctx, []kb.Article{a})
		return a, doTry, r, err
	case do == doDiscard:
		saved, err = p.Discard(ctx, a.ID, a.Revision, sign)
		return saved, "discarded", r, err
	case do == doWithdraw:
		a.Status = kb.Draft
	case beside && (a.Status == kb.Draft || a.Status == kb.Review):
		saved, r, err = p.Propose(ctx, a, sign)
		return saved, "beside." + do, r, err
	case beside && a.Status == kb.Published && stored.Live(s.Now()) && a.From.After(s.Now()):
		saved, r, err = p.Propose(ctx, a, sign)
		return saved, "scheduled", r, err
	}
	list, r, err := p.Save(ctx, []kb.Article{a}, sign)
	if err != nil {
		return a, "", r, err
	}
	return list[0], string(list[0].Status), r, nil
}

// record writes the audit log; what was forced is marked.
func (s *Console) record(ctx context.Context, v visit, action string, a kb.Article) error {
	if a.Forced {
		action += ".forced"
	}
	return s.Store.Record(ctx, bot.Event{At: s.Now(), Actor: string(v.agent.ID), Action: action, Object: string(a.ID), Detail: string(a.Status) + " r" + strconv.Itoa(a.Revision)})
}

// ownTextOnly reports whether nothing would change but what the edited article itself says.
func ownTextOnly(r kb.Rehearsal, root kb.RootID) bool {
	return !slices.ContainsFunc(r.Changed, func(c kb.Changed) bool {
		return c.Kind != kb.ChangeText || len(c.After.Shown) == 0 || c.After.Shown[0].Root != root
	}) && len(r.Weaker) == 0
}

// articleFrom reads the form. What cannot be read is an error in words for the editor; the article holds the rest.
func (s *Console) articleFrom(r *http.Request) (kb.Article, error) {
	get := func(name string) string { return r.PostFormValue(name) }
	list := func(name string) []string { return strings.Split(get(name), "\n") }
	a := kb.Article{
		ID: kb.ArticleID(r.PathValue("id")), Root: kb.RootID(get("root")), Lang: nlp.Lang(get("lang")), Title: get("title"), Summary: get("summary"), Body: get("body"),
		Questions: list("questions"), Golden: list("golden"), Category: get("category"), Tags: strings.Split(get("tags"), ","),
		Status: kb.Status(get("do")), Note: get("note"), Gaps: r.PostForm["gap"],
	}
	a.Revision, _ = strconv.Atoi(get("revision"))
	var err error
	for name, into := range map[string]*time.Time{"from": &a.From, "until": &a.Until} {
		if text := get(name); text != "" {
			t, parseErr := time.ParseInLocation(localLayout, text, s.Zone)
			if parseErr != nil {
				err = errors.Join(err, kb.NewFault("moment", "“{value}” is no date with a time", "value", text))
			}
			*into = t
		}
	}
	if a.ID == "" {
		a.ID = kb.ArticleID(strings.TrimSpace(get("id")))
	}
	if err == nil && a.ID == "" {
		err = s.nameNew(r.Context(), &a)
	}
	if text := get("agreed"); text == "now" {
		a.AgreedAt = s.Now().UTC()
	} else if t, parseErr := time.Parse(time.RFC3339Nano, text); parseErr == nil {
		a.AgreedAt = t
	}
	return kb.Normalize(a), err
}

// nameNew gives a new article an id: that of a translation, or one made from its title.
func (s *Console) nameNew(ctx context.Context, a *kb.Article) error {
	if a.Root != "" {
		a.ID = kb.TranslationID(*a, a.Lang)
		return nil
	}
	if strings.TrimSpace(a.Title) == "" {
		return nil // saving says that the title is missing
	}
	list, err := s.Knowledge.Publisher.Store().Articles(ctx)
	if err != nil {
		return err
	}
	a.ID = kb.NewID(a.Title, a.Lang, func(id kb.ArticleID) bool {
		return slices.ContainsFunc(list, func(x kb.Article) bool {
			return x.ID == id || strings.TrimSuffix(string(id), "."+string(a.Lang.Base())) == string(x.Root)
		})
	})
	return nil
}

// showConflict gives an editor back what she wrote, beside what a colleague saved meanwhile.
func (s *Console) showConflict(w http.ResponseWriter, r *http.Request, v visit, a kb.Article) error {
	stored, err := s.Knowledge.Publisher.Store().Article(r.Context(), a.ID)
	if errors.Is(err, kb.ErrNotFound) {
		return kb.ErrConflict
	}
	if err != nil {
		return err
	}
	a.Revision = stored.Revision
	theirs := stored.Working()
	theirs.UpdatedBy = stored.UpdatedBy
	return s.editPage(w, r, v, http.StatusConflict, a, map[string]any{"Theirs": theirs, "Difference": kb.Difference(theirs, a)})
}

// keptAround is how much of what stays is shown before and after a change, in characters.
const keptAround = 120

// around shortens what stays the same to what stands around the changes.
func around(pieces []kb.Piece) []kb.Piece {
	out := slices.Clone(pieces)
	for i, p := range out {
		runes := []rune(p.Text)
		if p.Op != kb.Kept || len(runes) <= 2*keptAround {
			continue
		}
		head, tail := "", ""
		if i > 0 {
			head = string(runes[:keptAround])
		}
		if i < len(out)-1 {
			tail = string(runes[len(runes)-keptAround:])
		}
		out[i].Text = head + " … " + tail
	}
	return out
}

// moments are the pieces of a change, with instants in the shop's time as everywhere on the page.
func (s *Console) moments(f kb.FieldChange) []kb.Piece {
	out := slices.Clone(f.Pieces)
	if f.Field != "from" && f.Field != "until" {
		return out
	}
	for i := range out {
		if at, err := time.Parse(time.RFC3339Nano, out[i].Text); err == nil {
			out[i].Text = at.In(s.Zone).Format("2006-01-02 15:04")
		}
	}
	return out
}

// kbPreview renders what an editor is writing.
func (s *Console) kbPreview(w http.ResponseWriter, r *http.Request, _ visit) error {
	if err := formOf(w, r, maxArticleForm); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, err := w.Write([]byte(s.markdown(r.PostFormValue("text"))))
	return err
}

func (s *Console) kbHistory(w http.ResponseWriter, r *http.Request, v visit) error {
	history, err := s.Knowledge.Publisher.Store().Revisions(r.Context(), kb.ArticleID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return s.show(w, v, http.StatusOK, "kbhistory", map[string]any{"A": history[0], "History": history})
}

// kbRevision shows one revision, and what it changed.
func (s *Console) kbRevision(w http.ResponseWriter, r *http.Request, v visit) error {
	history, at, err := s.revision(r)
	if err != nil {
		return err
	}
	data := map[string]any{"A": history[at], "Newest": history[0]}
	if at+1 < len(history) {
		data["Before"], data["Difference"] = history[at+1], kb.Difference(history[at+1], history[at])
	}
	if work := history[at].Working(); history[at].Pending != nil {
		data["Pending"], work.Status = work, history[at].Status
		data["Change"] = kb.Difference(history[at], work)
	}
	if at > 0 {
		data["Since"] = kb.Difference(history[at], history[0])
	}
	return s.show(w, v, http.StatusOK, "kbrevision", data)
}

// revision finds the revision that an address names.
func (s *Console) revision(r *http.Request) (history []kb.Article, at int, err error) {
	history, err = s.Knowledge.Publisher.Store().Revisions(r.Context(), kb.ArticleID(r.PathValue("id")))
	if err != nil {
		return nil, 0, err
	}
	at = slices.IndexFunc(history, func(a kb.Article) bool { return strconv.Itoa(a.Revision) == r.PathValue("revision") })
	if at < 0 {
		return nil, 0, kb.ErrNotFound
	}
	return history, at, nil
}

// kbRestore makes an earlier revision the newest. What it would change in answers is shown first.
func (s *Console) kbRestore(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	history, at, err := s.revision(r)
	if err != nil {
		return err
	}
	old := history[at]
	sign := kb.Signed{By: v.agent.Name, Note: s.Words.Text(v.lang, "kb.restored", "n", old.Revision), Force: strings.TrimSpace(r.PostFormValue("force"))}
	if r.PostFormValue("confirm") == "" {
		sign.Confirm = func(reh kb.Rehearsal) bool { return ownTextOnly(reh, old.Root) }
	}
	saved, reh, err := s.Knowledge.Publisher.Restore(r.Context(), old.ID, old.Revision, sign)
	switch {
	case errors.Is(err, kb.ErrUnconfirmed), errors.Is(err, kb.ErrGolden):
		return s.show(w, v, http.StatusOK, "kbpublish", map[string]any{"A": saved, "R": reh, "Form": r.PostForm, "To": r.URL.Path, "Unforced": errors.Is(err, kb.ErrGolden) && sign.Confirm == nil})
	case err != nil:
		return err
	}
	if err := s.record(r.Context(), v, "article.restore", saved); err != nil {
		return err
	}
	http.Redirect(w, r, articlePath(old.ID)+"?saved=restored", http.StatusSeeOther)
	return nil
}
