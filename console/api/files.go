package api

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"huiyin/bot"
	"huiyin/internal/attach"
)

// uploadTime is how long an upload may take.
const uploadTime = 5 * time.Minute

func (a *API) fileRoutes() []route {
	return []route{
		{id: "uploadFile", method: "POST", path: "/conversations/{id}/files", action: bot.Converse, upload: true, status: 201, answer: Upload{}, serve: a.uploadFile,
			summary: "Keeps a file for a reply or a note that follows; the body is its bytes. What it is comes from the bytes, and pictures lose what they tell about where and by whom they were made. " +
				"One that no message names is deleted after a while. The same bytes again have the same id.",
			query: []param{{name: "name", kind: "text", required: true, doc: "What it is called."}}},
		{id: "downloadFile", method: "GET", path: "/conversations/{id}/messages/{message}/files/{place}", action: bot.ReadInbox, status: 200, download: true, stream: a.downloadFile,
			summary: "The bytes of a file of a message; \"place\" counts from 0. Pictures have their type, everything else is application/octet-stream."},
	}
}

// Upload is a file that is kept for a message.
type Upload struct {
	ID     bot.FileID `json:"id" doc:"For \"files\" of a reply or a note in this conversation."`
	Name   string     `json:"name" doc:"As customers and agents see it."`
	Type   string     `json:"type" doc:"Media type, as its bytes say."`
	Size   int64      `json:"size" doc:"Bytes."`
	Width  int        `json:"width,omitempty" doc:"Pixels, of a picture."`
	Height int        `json:"height,omitempty"`
}

// Attachment names a file that was uploaded.
type Attachment struct {
	ID   bot.FileID `json:"id" doc:"Of uploadFile, in the same conversation."`
	Name string     `json:"name" doc:"What it is called."`
}

// uploadFile keeps a file. Desk.Attach looks at its bytes, and bounds them.
func (a *API) uploadFile(c *call) (any, error) {
	_ = http.NewResponseController(c.w).SetReadDeadline(time.Now().Add(uploadTime)) // what cannot set one has none
	f, err := a.Desk.Attach(c.r.Context(), c.conversation(), c.text("name"), c.r.Body)
	if err != nil {
		return nil, err
	}
	return Upload{f.ID, f.Name, f.Type, f.Size, f.Width, f.Height}, a.did(c)
}

func (a *API) downloadFile(w http.ResponseWriter, c *call) error {
	id := bot.MessageID(c.r.PathValue("message"))
	place, err := strconv.Atoi(c.r.PathValue("place"))
	conv, seq, ok := id.Parts()
	if !ok || conv != c.conversation() || err != nil {
		return bot.ErrNotFound
	}
	m, err := a.Store.Messages(c.r.Context(), conv, seq-1, 1)
	if err != nil {
		return err
	}
	if len(m) == 0 || m[0].ID != id || !m[0].DeletedAt.IsZero() {
		return bot.ErrNotFound
	}
	f, data, err := a.Desk.ReadFile(c.r.Context(), id, place)
	if err != nil {
		return err
	}
	attach.Serve(w, c.r, f.Name, f.Kind(), f.Size, data)
	return nil
}

// attached are the files that a reply or a note names.
func (t *Text) attached() []bot.File {
	var all []bot.File
	for _, f := range t.Files {
		all = append(all, bot.File{ID: f.ID, Name: f.Name})
	}
	return all
}

// fileURL is where a file of a message is downloaded; empty when its bytes are not here and cannot be asked for.
func fileURL(m bot.Message, place int) string {
	if f := m.Files[place]; f.ID == "" && f.URL == "" {
		return ""
	}
	return Prefix + "/conversations/" + url.PathEscape(string(m.Conversation)) + "/messages/" + url.PathEscape(string(m.ID)) + "/files/" + strconv.Itoa(place)
}
