package console

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/internal/attach"
)

// uploadTime is how long an agent's upload may take.
const uploadTime = 5 * time.Minute

// attach keeps a file for a message that follows. The body is the file, ?name= what it is called.
func (s *Console) attach(w http.ResponseWriter, r *http.Request, _ visit) error {
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadTime)) // what cannot set one has none
	f, err := s.Desk.Attach(r.Context(), conversationOf(r), r.URL.Query().Get("name"), r.Body)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	return json.NewEncoder(w).Encode(map[string]any{"id": f.ID, "name": f.Name, "text": attach.Size(f.Size), "size": f.Size})
}

// file shows a file of a message, or downloads it.
func (s *Console) file(w http.ResponseWriter, r *http.Request, _ visit) error {
	id := bot.MessageID(r.PathValue("message"))
	place, err := strconv.Atoi(r.PathValue("place"))
	if conv, _, ok := id.Parts(); !ok || conv != conversationOf(r) || err != nil {
		return bot.ErrNotFound
	}
	f, data, err := s.Desk.ReadFile(r.Context(), id, place)
	if err != nil {
		return err
	}
	attach.Serve(w, r, f.Name, f.Kind(), f.Size, data)
	return nil
}

// attached reads which files a reply or a note has: "id name", as often as there are files.
func attached(r *http.Request) []bot.File {
	var files []bot.File
	for _, pair := range r.PostForm["file"] {
		id, name, _ := strings.Cut(pair, " ")
		files = append(files, bot.File{ID: bot.FileID(id), Name: name})
	}
	return files
}

// fileURL is where the console shows a file of a message.
func fileURL(m bot.Message, place int) string {
	return "/console/c/" + url.PathEscape(string(m.Conversation)) + "/files/" + url.PathEscape(string(m.ID)) + "/" + strconv.Itoa(place)
}

// reachable reports whether there is a chance to see a file: its bytes are here, or can be asked for.
func reachable(f bot.File) bool {
	return f.ID != "" || f.URL != "" && (f.Error == bot.FileUnreachable || f.Error == "" || f.Error == bot.FileFull)
}

// composerFiles is what the page needs to attach files: limits, and the words of the tray.
func (s *Console) composerFiles(c bot.Conversation, lang string) map[string]any {
	words := map[string]string{}
	for _, key := range []string{"large", "empty", "many", "more", "full", "failed", "offline", "missing", "remove"} {
		words["file_"+key] = s.Words.Text(lang, "work.file."+key)
	}
	words["again"] = s.Words.Text(lang, "work.file.again")
	data, err := json.Marshal(words)
	if err != nil {
		data = []byte("{}") // cannot be: they are texts
	}
	most := s.Desk.Inbox(c.Inbox).Files
	return map[string]any{"Words": string(data), "Most": s.Desk.MostFile(), "Limit": attach.Size(s.Desk.MostFile()),
		"Channel": most, "ChannelLimit": attach.Size(most), "Count": bot.MaxFiles}
}

// fileProblem is what to tell an agent about a file that could not be taken, sent or shown.
func fileProblem(err error) (status int, key string) {
	switch {
	case errors.Is(err, bot.ErrFileSize):
		return http.StatusRequestEntityTooLarge, "work.error.file_size"
	case errors.Is(err, bot.ErrFileEmpty):
		return http.StatusUnprocessableEntity, "work.error.file_empty"
	case errors.Is(err, bot.ErrFileFull):
		return http.StatusInsufficientStorage, "work.error.file_full"
	case errors.Is(err, bot.ErrNoFiles):
		return http.StatusUnprocessableEntity, "work.error.no_files"
	}
	return 0, ""
}

// pictureBox is how wide and high a picture is shown at most, in pixels.
const pictureBox = 260

// box is the place that a picture takes in the page, so that nothing moves when it has come.
type box struct{ Width, Height int }

func boxed(f bot.File) box {
	scale := min(1, pictureBox/float64(max(1, f.Width)), pictureBox/float64(max(1, f.Height)))
	return box{max(1, int(float64(f.Width)*scale)), max(1, int(float64(f.Height)*scale))}
}
