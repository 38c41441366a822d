package console

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"huiyin/bot"
	"huiyin/kb"
	"huiyin/kb/importer"
	"huiyin/nlp"
)

// plans keeps what editors are about to import, between the preview and the button: one plan for each.
type plans struct {
	mu sync.Mutex
	of map[bot.AgentID]*pendingPlan
}

// pendingPlan is a previewed import.
type pendingPlan struct {
	plan kb.Plan
	name string
	at   time.Time
}

// planLife is how long a preview can be confirmed.
const planLife = 30 * time.Minute

func (p *plans) put(who bot.AgentID, plan *pendingPlan) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for id, old := range p.of {
		if plan.at.Sub(old.at) > planLife {
			delete(p.of, id)
		}
	}
	p.of[who] = plan
}

// get returns a plan that is not too old.
func (p *plans) get(who bot.AgentID, now time.Time) (*pendingPlan, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	plan, ok := p.of[who]
	return plan, ok && now.Sub(plan.at) <= planLife
}

func (p *plans) drop(who bot.AgentID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.of, who)
}

func (s *Console) kbImport(w http.ResponseWriter, r *http.Request, v visit) error {
	return s.importPage(w, r, v, http.StatusOK, map[string]any{"Done": r.URL.Query().Get("done")})
}

func (s *Console) importPage(w http.ResponseWriter, r *http.Request, v visit, status int, data map[string]any) error {
	last, err := s.Knowledge.Publisher.LastImport(r.Context())
	switch {
	case err == nil:
		data["Last"] = last
	case !errors.Is(err, kb.ErrNoImport):
		return err
	}
	data["Formats"], data["Most"], data["Encodings"] = strings.Join(importer.Formats(), ","), kb.MaxImportBytes>>20, kb.Encodings()
	return s.show(w, v, status, "kbimport", data)
}

// maxImportForm bounds an upload, in bytes: the file, and room for the other fields.
const maxImportForm = kb.MaxImportBytes + 1<<20

// uploadMemory is how much of an upload stays in memory; the rest goes to a temporary file.
const uploadMemory = 4 << 20

// kbPlan reads a file or a page, and shows what importing it would change. Nothing is stored.
func (s *Console) kbPlan(w http.ResponseWriter, r *http.Request, v visit) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxImportForm)
	file, err := s.uploaded(r)
	if r.MultipartForm != nil {
		defer func() { _ = r.MultipartForm.RemoveAll() }()
	}
	var articles []kb.Article
	if err == nil {
		articles, err = importer.Read(file, importer.Options{Encoding: r.FormValue("encoding"), Lang: nlp.Lang(r.FormValue("lang")),
			Category: r.FormValue("category"), Split: r.FormValue("split") != ""})
	}
	var large *http.MaxBytesError
	switch problems := s.importProblems(v.lang, err); {
	case errors.As(err, &large):
		return s.importPage(w, r, v, http.StatusRequestEntityTooLarge, map[string]any{"TooLarge": true})
	case errors.Is(err, errEmpty):
		return s.importPage(w, r, v, http.StatusUnprocessableEntity, map[string]any{"Nothing": true})
	case problems != nil:
		return s.importPage(w, r, v, http.StatusUnprocessableEntity, map[string]any{"Problems": problems[:min(problemsShown, len(problems))], "More": len(problems) - problemsShown})
	case err != nil:
		return err
	}
	plan, err := s.Knowledge.Publisher.Plan(r.Context(), articles)
	if err != nil {
		return err
	}
	s.plans.put(v.agent.ID, &pendingPlan{plan: plan, name: file.Name, at: s.Now()})
	return s.planPage(w, v, file.Name, plan, false)
}

const (
	problemsShown = 50
	planShown     = 200
)

// planRow is an article of a plan with what would change in it.
type planRow struct {
	kb.Planned
	Difference []kb.FieldChange
}

func (s *Console) planPage(w http.ResponseWriter, v visit, name string, plan kb.Plan, unforced bool) error {
	var rows []planRow
	for _, p := range plan.Rows {
		if p.Same || len(rows) == planShown {
			continue
		}
		row := planRow{Planned: p}
		if p.Stored != nil {
			row.Difference = kb.Difference(*p.Stored, p.Article)
		}
		rows = append(rows, row)
	}
	return s.show(w, v, http.StatusOK, "kbplan", map[string]any{"Name": name, "Plan": plan, "Rows": rows, "Hidden": plan.New + plan.Changed - len(rows), "R": plan.Rehearsal, "Unforced": unforced})
}

// uploaded is the file of a form, or the page whose address stands in it; errEmpty when there is neither.
func (s *Console) uploaded(r *http.Request) (importer.File, error) {
	if err := r.ParseMultipartForm(uploadMemory); errors.Is(err, http.ErrNotMultipart) {
		return importer.File{}, errEmpty
	} else if err != nil {
		return importer.File{}, err
	}
	if address := strings.TrimSpace(r.FormValue("address")); address != "" {
		return s.Knowledge.Fetch(r.Context(), address)
	}
	part, head, err := r.FormFile("file")
	if err != nil || head.Filename == "" {
		return importer.File{}, errEmpty
	}
	defer part.Close()
	raw, err := io.ReadAll(part)
	if err != nil {
		return importer.File{}, fmt.Errorf("console: read an upload: %w", err)
	}
	return importer.File{Name: head.Filename, Data: raw}, nil
}

// importProblems are the sentences for an editor in an error; nil when it is none of hers.
func (s *Console) importProblems(lang string, err error) []string {
	var input *kb.InputError
	var fault *kb.Fault
	if !errors.As(err, &input) && !errors.As(err, &fault) {
		return nil
	}
	return strings.Split(s.said(lang, err), "\n")
}

// said is an error of what an editor wrote or brought, in a language; several stand a line each.
func (s *Console) said(lang string, err error) string {
	return kb.Say(err, s.words(lang))
}

// words is the catalogue in a language.
func (s *Console) words(lang string) kb.Words {
	return func(key string, pairs ...any) string { return s.Words.Text(lang, key, pairs...) }
}

// kbConfirm imports what was previewed.
func (s *Console) kbConfirm(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	pending, ok := s.plans.get(v.agent.ID, s.Now())
	if !ok {
		return s.importPage(w, r, v, http.StatusConflict, map[string]any{"Late": true})
	}
	sign := kb.Signed{By: v.agent.Name, Note: pending.name, Force: strings.TrimSpace(r.PostFormValue("force"))}
	saved, reh, err := s.Knowledge.Publisher.Import(r.Context(), pending.plan, sign)
	switch {
	case errors.Is(err, kb.ErrGolden):
		pending.plan.Rehearsal = reh
		return s.planPage(w, v, pending.name, pending.plan, true)
	case errors.Is(err, kb.ErrConflict):
		s.plans.drop(v.agent.ID)
		return s.importPage(w, r, v, http.StatusConflict, map[string]any{"Late": true})
	case err != nil:
		return err
	}
	s.plans.drop(v.agent.ID)
	action := "article.import"
	if sign.Force != "" && !reh.Safe() {
		action += ".forced"
	}
	if err := s.Store.Record(r.Context(), bot.Event{At: s.Now(), Actor: string(v.agent.ID), Action: action, Detail: fmt.Sprint(len(saved), " articles")}); err != nil {
		return err
	}
	http.Redirect(w, r, "/console/kb/import?done=import", http.StatusSeeOther)
	return nil
}

// kbUndo undoes the last import.
func (s *Console) kbUndo(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := form(w, r); err != nil {
		return err
	}
	last, err := s.Knowledge.Publisher.UndoImport(r.Context(), r.PostFormValue("batch"), kb.Signed{By: v.agent.Name, Note: s.Words.Text(v.lang, "kb.import.undone")})
	if errors.Is(err, kb.ErrNoImport) {
		return s.importPage(w, r, v, http.StatusConflict, map[string]any{"Late": true})
	}
	if err != nil {
		return err
	}
	if err := s.Store.Record(r.Context(), bot.Event{At: s.Now(), Actor: string(v.agent.ID), Action: "article.import.undo", Detail: fmt.Sprint(len(last.Articles), " articles")}); err != nil {
		return err
	}
	http.Redirect(w, r, "/console/kb/import?done=undo", http.StatusSeeOther)
	return nil
}

// kbExport sends all articles as one CSV file, or as a zipped folder of Markdown files; both can be imported again.
func (s *Console) kbExport(w http.ResponseWriter, r *http.Request, v visit) error {
	articles, err := s.Knowledge.Publisher.Store().Articles(r.Context())
	if err != nil {
		return err
	}
	name := r.PathValue("name")
	head := func(media string) {
		w.Header().Set("Content-Type", media)
		w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	}
	switch name {
	case "articles.csv":
		head("text/csv; charset=utf-8")
		_, _ = io.WriteString(w, "\uFEFF") // without it, Excel reads Chinese as something else
		return kb.WriteCSV(w, articles)
	case "articles.zip":
		head("application/zip")
		z := zip.NewWriter(w)
		book, err := s.Knowledge.Words.Wordbook(r.Context())
		if err != nil {
			return err
		}
		for _, file := range []importer.File{{Name: kb.SynonymsFile, Data: kb.FormatSynonyms(book.Groups)}, {Name: kb.WordsFile, Data: kb.FormatWords(book.Words)}} {
			f, err := z.Create(file.Name)
			if err != nil {
				return err
			}
			if _, err := f.Write(file.Data); err != nil {
				return err
			}
		}
		for _, a := range articles {
			f, err := z.CreateHeader(&zip.FileHeader{Name: kb.FileName(a), Method: zip.Deflate, Modified: a.UpdatedAt})
			if err != nil {
				return err
			}
			if _, err := f.Write(kb.FormatArticle(a)); err != nil {
				return err
			}
		}
		return z.Close()
	}
	return kb.ErrNotFound
}
