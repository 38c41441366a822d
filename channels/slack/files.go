package slack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	api "github.com/slack-go/slack"

	"huiyin/bot"
	"huiyin/channels"
)

// mostBytes is the largest file that we send: Slack takes 1 GB, and we keep no such files.
const mostBytes = 1 << 30

// Fetch implements channels.FileFetcher. Slack gives a file out to our token only, which goes nowhere else.
func (s *slack) Fetch(ctx context.Context, f bot.File, most int64) (io.ReadCloser, error) {
	if !s.isSlack(f.URL) {
		return nil, fmt.Errorf("slack: the file is not with Slack: %w", bot.ErrNotFound)
	}
	body, header, err := channels.Download(ctx, s.deps.Client, f.URL, http.Header{"Authorization": {"Bearer " + s.BotToken.Reveal()}}, most)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(header.Get("Content-Type"), "text/html") && !strings.HasPrefix(f.Type, "text/html") {
		_ = body.Close()
		return nil, errors.New("slack: asks to sign in for a file: add the scope files:read and install the app again")
	}
	return body, nil
}

// isSlack reports whether an address is one that our token may be sent to.
func (s *slack) isSlack(address string) bool {
	u, err := url.Parse(address)
	ours, errOurs := url.Parse(s.APIURL)
	if err != nil || errOurs != nil || u.User != nil || u.Host == "" {
		return false
	}
	host := strings.ToLower(u.Hostname())
	return u.Scheme == ours.Scheme && u.Host == ours.Host ||
		u.Scheme == "https" && (strings.HasSuffix(host, ".slack.com") || strings.HasSuffix(host, ".slack-gov.com"))
}

// sendFile sends a file: a place to upload it to, the bytes, and then the word that lets it appear. Before that word nobody
// sees anything, so a failure then is certain; after it, Reconcile finds out.
func (s *slack) sendFile(ctx context.Context, to address, f bot.File, data []byte) (string, error) {
	place, err := s.upload(ctx, f, data)
	if err != nil {
		return "", err
	}
	ctx, failed := channels.Traced(ctx)
	_, err = s.api.CompleteUploadExternalContext(ctx, api.CompleteUploadExternalParameters{
		Files: []api.FileSummary{{ID: place, Title: f.Name}}, Channel: to.channel, ThreadTimestamp: to.thread,
	})
	if err != nil {
		return "", classify(err, failed)
	}
	return fileID(to, place), nil
}

// upload hands the bytes over and returns the id of the file, which nobody sees yet.
func (s *slack) upload(ctx context.Context, f bot.File, data []byte) (string, error) {
	certain := func(err error) error {
		se := classify(err, func(error) *channels.SendError { return &channels.SendError{Err: errors.New("the upload broke off")} })
		var refused api.SlackErrorResponse
		if errors.As(err, &refused) && refused.Err == "missing_scope" { // texts still work: the inbox is not held back
			return &channels.SendError{Reason: channels.Rejected, Err: errors.New("add the scope files:write and install the app again")}
		}
		if se.Reason == "" || se.Reason == channels.Ambiguous {
			se.Reason = channels.Transient // nobody has seen anything
		}
		return se
	}
	place, err := s.api.GetUploadURLExternalContext(ctx, api.GetUploadURLExternalParameters{FileName: f.Name, FileSize: len(data)})
	if err != nil {
		return "", certain(err)
	}
	err = s.api.UploadToURL(ctx, api.UploadToURLParameters{UploadURL: place.UploadURL, Reader: bytes.NewReader(data), Filename: f.Name})
	if err != nil {
		return "", certain(err)
	}
	return place.FileID, nil
}

// fileID names a file in a channel; Slack tells the time of its message only later.
func fileID(to address, file string) string { return to.channel + ":file:" + file }

// isSent reports whether a message of a channel is this file, sent by us. Slack has no place for a mark of ours on it: the
// name and the size must do, within the time since it was to be sent.
func (s *slack) isSent(m api.Message, f bot.File) (file string, ok bool) {
	me := s.self.Load()
	if me == nil || m.User != me.UserID && m.BotID != me.BotID {
		return "", false
	}
	for _, shown := range m.Files {
		if shown.Title == f.Name && int64(shown.Size) == f.Size {
			return shown.ID, true
		}
	}
	return "", false
}

// PutFile implements channels.FileBoard.
func (b board) PutFile(ctx context.Context, ref string, f channels.BoardFile) error {
	to, err := parseAddress(ref)
	if err != nil {
		return err
	}
	if f.Again {
		m := channels.Outgoing{Message: bot.Message{Thread: ref, At: f.At, Files: []bot.File{f.File}}}
		if _, found, err := b.Reconcile(ctx, m); err != nil || found {
			return err
		}
	}
	_, err = b.sendFile(ctx, to, f.File, f.Data)
	return err
}
