package slack_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/channels/channelstest"
)

// upload is a file on its way into Slack.
type upload struct {
	name   string
	length int
	data   []byte
}

// SayFile shares a file in the direct conversation.
func (f *fake) SayFile(name, mediaType string, data []byte, text string) {
	f.mu.Lock()
	id := fmt.Sprint("F0IN", len(f.files))
	if f.files == nil {
		f.files = map[string]*upload{}
	}
	f.files[id] = &upload{name: name, data: data}
	f.mu.Unlock()
	f.event(fmt.Sprintf(`{"type":"message","subtype":"file_share","channel":%q,"channel_type":"im","user":%q,"text":%s,"ts":%q,"files":[{"id":%q,"name":%s,"mimetype":%q,"size":%d,"url_private":"https://%s/files-pri/T1-%s/x","permalink":"https://%s/p"}]}`,
		dm, customer, quote(text), f.ts(), id, quote(name), mediaType, len(data), apiHost, id, apiHost))
}

// filesPri gives a file out: to the app's token; others are asked to sign in, with the status of a page.
func (f *fake) filesPri(w http.ResponseWriter, r *http.Request) {
	id, end, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/files-pri/T1-"), "/")
	f.mu.Lock()
	up := f.files[id]
	f.mu.Unlock()
	switch {
	case r.Header.Get("Authorization") != "Bearer "+botToken || f.noScope:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<!doctype html>sign in")
	case up == nil || end != "x":
		w.WriteHeader(http.StatusNotFound)
	default:
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(up.data)
	}
}

func (f *fake) getUploadURL(w http.ResponseWriter, r *http.Request) {
	length, err := strconv.Atoi(r.FormValue("length"))
	if err != nil || length < 1 || r.FormValue("filename") == "" {
		fail(w, channelstest.Fault{Code: "invalid_arguments"})
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	id := fmt.Sprint("F0OUT", len(f.files))
	if f.files == nil {
		f.files = map[string]*upload{}
	}
	f.files[id] = &upload{name: r.FormValue("filename"), length: length}
	reply(w, map[string]any{"upload_url": "https://" + apiHost + "/upload/" + id, "file_id": id})
}

// receive takes the bytes of an upload, which nobody sees yet.
func (f *fake) receive(w http.ResponseWriter, r *http.Request) {
	part, _, err := r.FormFile("file")
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	data, _ := io.ReadAll(part)
	f.mu.Lock()
	defer f.mu.Unlock()
	up := f.files[strings.TrimPrefix(r.URL.Path, "/upload/")]
	if up == nil || up.length != len(data) {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	up.data = data
	_, _ = fmt.Fprint(w, "OK - ", len(data))
}

// completeUpload lets a file appear.
func (f *fake) completeUpload(w http.ResponseWriter, r *http.Request) {
	var files []struct{ ID, Title string }
	channel, ts := r.FormValue("channel_id"), f.ts()
	err := json.Unmarshal([]byte(r.FormValue("files")), &files)
	f.mu.Lock()
	defer f.mu.Unlock()
	if err != nil || len(files) != 1 || f.files[files[0].ID] == nil || f.files[files[0].ID].data == nil || channel != dm && !strings.HasPrefix(channel, "C0") {
		fail(w, channelstest.Fault{Code: "invalid_arguments"})
		return
	}
	up := f.files[files[0].ID]
	shown := channelstest.Shown{ID: channel + ":" + ts, Thread: channel, Files: []channelstest.ShownFile{{Name: files[0].Title, Data: up.data}}}
	if root := r.FormValue("thread_ts"); root != "" {
		shown.Thread += ":" + root
	}
	f.ledger = append(f.ledger, shown)
	f.blocks, f.metadata = append(f.blocks, json.RawMessage("[]")), append(f.metadata, json.RawMessage("null"))
	reply(w, map[string]any{"files": []map[string]any{{"id": files[0].ID, "title": files[0].Title}}})
}

// filesShown are the files of a message as the history has them.
func filesShown(s channelstest.Shown) []map[string]any {
	var all []map[string]any
	for i, file := range s.Files {
		all = append(all, map[string]any{"id": fmt.Sprint("F0SHOWN", i), "title": file.Name, "name": file.Name, "size": len(file.Data)})
	}
	return all
}

// TestUploadBroken: until Slack is told to show a file nobody sees it, so that whatever fails before is tried again.
func TestUploadBroken(t *testing.T) {
	for name, tc := range map[string]struct {
		faults []channelstest.Fault // of files.getUploadURLExternal and of the upload
		want   channels.Reason
	}{
		"no place":             {[]channelstest.Fault{{Status: 500}}, channels.Transient},
		"answer lost":          {[]channelstest.Fault{{Reset: channelstest.After}}, channels.Transient},
		"upload breaks off":    {[]channelstest.Fault{{}, {Reset: channelstest.Before}}, channels.Transient},
		"upload's answer lost": {[]channelstest.Fault{{}, {Reset: channelstest.After}}, channels.Transient},
		"upload refused":       {[]channelstest.Fault{{}, {Status: 500}}, channels.Transient},
		"limited":              {[]channelstest.Fault{{Code: "ratelimited"}}, channels.RateLimited},
		"scope":                {[]channelstest.Fault{{Code: "missing_scope"}}, channels.Rejected},
		"refused":              {[]channelstest.Fault{{Code: "file_uploads_disabled"}}, channels.Rejected},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := channelstest.NewRig(t, suite(false))
				r.Start()
				defer r.Stop()
				f := r.Platform.(*fake)
				file, err := r.Files.Take(t.Context(), "in", f.Thread(), "a.pdf", strings.NewReader("%PDF-1.7"))
				if err != nil {
					t.Fatal(err)
				}
				f.other.Add(tc.faults...)
				m := r.Message("m", bot.Message{Author: bot.ByAgent, Files: []bot.File{file}})
				if _, err := r.Channel.Send(t.Context(), m); channels.ReasonOf(err) != tc.want {
					t.Errorf("%v, want %s", err, tc.want)
				}
				if n := len(f.Ledger()); n != 0 {
					t.Errorf("%d are shown", n)
				}
				if _, err := r.Channel.Send(t.Context(), m); err != nil || len(f.Ledger()) != 1 {
					t.Errorf("again: %v, %d are shown", err, len(f.Ledger()))
				}
			})
		})
	}
}

// TestFileScope: without the scope Slack answers with a page to sign in, which is not the file.
func TestFileScope(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := channelstest.NewRig(t, suite(false))
		r.Start()
		defer r.Stop()
		f := r.Platform.(*fake)
		f.noScope = true
		f.SayFile("a.png", "image/png", channelstest.Picture(), "")
		r.Pass(1)
		file := r.Intake.Events()[0].Files[0]
		_, err := r.Channel.(channels.FileFetcher).Fetch(t.Context(), file, 1<<20)
		if err == nil || errors.Is(err, bot.ErrNotFound) || !strings.Contains(err.Error(), "files:read") {
			t.Errorf("%v", err)
		}
	})
}
