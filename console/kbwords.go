package console

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"huiyin/bot"
	"huiyin/kb"
)

// kbWords is the page of words: synonyms, a group a line, and the user dictionary, a word a line.
func (s *Console) kbWords(w http.ResponseWriter, r *http.Request, v visit) error {
	book, err := s.Knowledge.Words.Wordbook(r.Context())
	if err != nil {
		return err
	}
	return s.show(w, v, http.StatusOK, "kbwords", map[string]any{"Text": joinGroups(book.Groups), "Words": strings.Join(book.Words, "\n"),
		"Version": book.Version, "Saved": r.URL.Query().Get("saved"), "Book": book})
}

func joinGroups(groups [][]string) string {
	var b strings.Builder
	for _, g := range groups {
		b.WriteString(strings.Join(g, ", ") + "\n")
	}
	return b.String()
}

// asYAML rewrites the lines of a text field as a YAML list, a line for a line, so that errors name the editor's line.
// Empty lines stay empty.
func asYAML(text string, item func(line string) any) (string, error) {
	var file strings.Builder
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if v := item(line); v != nil {
			raw, err := json.Marshal(v)
			if err != nil {
				return "", err
			}
			file.WriteString("- " + string(raw))
		}
		file.WriteString("\n")
	}
	return strings.TrimRight(file.String(), "\n"), nil
}

// splitGroups reads the synonyms of the page. Errors name the line.
func splitGroups(text string) ([][]string, error) {
	file, err := asYAML(text, func(line string) any {
		words := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(",，、;；", r) })
		for i := range words {
			words[i] = strings.TrimSpace(words[i])
		}
		if words = slices.DeleteFunc(words, func(w string) bool { return w == "" }); len(words) == 0 {
			return nil
		}
		return words
	})
	if err != nil || file == "" {
		return nil, err
	}
	return kb.ReadSynonyms("", []byte(file))
}

// splitWords reads the user dictionary of the page. Errors name the line.
func splitWords(text string) ([]string, error) {
	file, err := asYAML(text, func(line string) any {
		if line = strings.TrimSpace(line); line == "" {
			return nil
		}
		return line
	})
	if err != nil || file == "" {
		return nil, err
	}
	return kb.ReadWords("", []byte(file))
}

// bookFrom reads the form. What cannot be read is an error with a sentence a line, each with its field and line.
func (s *Console) bookFrom(r *http.Request, lang string) (kb.Wordbook, error) {
	var b kb.Wordbook
	var errGroups, errWords error
	b.Groups, errGroups = splitGroups(r.PostFormValue("text"))
	b.Words, errWords = splitWords(r.PostFormValue("words"))
	b.Version, _ = strconv.ParseUint(r.PostFormValue("version"), 10, 64)
	var problems []error
	for field, err := range map[string]error{"kb.words.groups": errGroups, "kb.words.words": errWords} {
		if err == nil {
			continue
		}
		for line := range strings.SplitSeq(s.said(lang, err), "\n") {
			problems = append(problems, errors.New(s.Words.Text(lang, field)+" · "+line))
		}
	}
	slices.SortStableFunc(problems, func(a, b error) int { return cmp.Compare(a.Error(), b.Error()) })
	return b, errors.Join(problems...)
}

// kbSaveWords shows what other words would change, and saves them when that is confirmed.
func (s *Console) kbSaveWords(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := formOf(w, r, maxArticleForm); err != nil {
		return err
	}
	data := map[string]any{"Text": r.PostFormValue("text"), "Words": r.PostFormValue("words"), "Version": r.PostFormValue("version")}
	book, err := s.bookFrom(r, v.lang)
	if err != nil {
		data["Problem"] = err.Error()
		return s.show(w, v, http.StatusUnprocessableEntity, "kbwords", data)
	}
	if r.PostFormValue("confirm") == "" {
		data["Tried"] = true
		if data["R"], err = s.Knowledge.Publisher.RehearseWords(r.Context(), s.Knowledge.Words.With(book)); err != nil {
			return err
		}
		return s.show(w, v, http.StatusOK, "kbwords", data)
	}
	stored, err := s.Knowledge.Words.Wordbook(r.Context())
	if err != nil {
		return err
	}
	book.Files, book.UpdatedAt, book.UpdatedBy = stored.Files, s.Now().UTC(), v.agent.Name
	if err = s.Knowledge.Words.Save(r.Context(), book); errors.Is(err, kb.ErrConflict) {
		data["Conflict"], data["Version"] = stored, stored.Version
		return s.show(w, v, http.StatusConflict, "kbwords", data)
	}
	if err != nil {
		return err
	}
	if err := s.Store.Record(r.Context(), bot.Event{At: s.Now(), Actor: string(v.agent.ID), Action: "synonyms.save", Detail: fmt.Sprint(len(book.Groups), " groups, ", len(book.Words), " words")}); err != nil {
		return err
	}
	http.Redirect(w, r, "/console/kb/words?saved=1", http.StatusSeeOther)
	return nil
}
