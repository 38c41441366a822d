package telegram

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"huiyin/bot"
	"huiyin/channels"
)

// What the Bot API takes (core.telegram.org/bots/api#sending-files): files of 50 MB; as a photo 10 MB, 10,000 pixels of
// width and height together, and a ratio of 20. It gives out files of 20 MB.
const (
	mostBytes   = 50 << 20
	photoBytes  = 10 << 20
	photoPixels = 10_000
	photoRatio  = 20
)

// fileScheme begins the URL of a file of Telegram; its id follows.
const fileScheme = "telegram:"

// Fetch implements channels.FileFetcher.
func (t *telegram) Fetch(ctx context.Context, f bot.File, most int64) (io.ReadCloser, error) {
	id, ok := strings.CutPrefix(f.URL, fileScheme)
	if !ok {
		return nil, bot.ErrNotFound
	}
	ctx, status := withStatus(ctx)
	found, err := t.api.GetFile(ctx, &tg.GetFileParams{FileID: id})
	if err != nil {
		return nil, fetchError(classify(err, *status, nil))
	}
	where := path.Clean("/" + found.FilePath)
	if found.FilePath == "" || where == "/" {
		return nil, bot.ErrNotFound
	}
	address := t.APIURL + "/file/bot" + t.Token.Reveal() + (&url.URL{Path: where}).EscapedPath()
	body, _, err := channels.Download(ctx, t.deps.Client, address, nil, most)
	return body, err
}

// fetchError says what a failed getFile means.
func fetchError(se *channels.SendError) error {
	switch text := strings.ToLower(se.Error()); {
	case strings.Contains(text, "too big"):
		return fmt.Errorf("telegram: %w", bot.ErrFileSize)
	case se.Reason == channels.Rejected:
		return fmt.Errorf("telegram: %w: %w", bot.ErrNotFound, se)
	}
	return se
}

// sendFile sends a file, as an answer to another message when its number is not 0. A picture goes as a photo; one that
// Telegram does not take so, as a document.
func (t *telegram) sendFile(ctx context.Context, to address, f bot.File, data []byte, answers int) (string, error) {
	if asPhoto(f) {
		id, err := t.upload(ctx, to, f, data, answers, true)
		var se *channels.SendError
		if !errors.As(err, &se) || !strings.Contains(strings.ToLower(se.Error()), "photo") && !strings.Contains(strings.ToLower(se.Error()), "image_process") {
			return id, err
		}
	}
	return t.upload(ctx, to, f, data, answers, false)
}

// asPhoto reports whether Telegram shows a file as a photo. An animation stays one only as a document.
func asPhoto(f bot.File) bool {
	long, short := max(f.Width, f.Height), min(f.Width, f.Height)
	return f.Kind().Shown() && f.Type != "image/gif" && f.Size <= photoBytes && long+short <= photoPixels && long <= photoRatio*short
}

func (t *telegram) upload(ctx context.Context, to address, f bot.File, data []byte, answers int, photo bool) (string, error) {
	ctx, failed := channels.Traced(ctx)
	ctx, status := withStatus(ctx)
	file := &models.InputFileUpload{Filename: f.Name, Data: bytes.NewReader(data)}
	var replies *models.ReplyParameters
	if answers != 0 {
		replies = &models.ReplyParameters{MessageID: answers, AllowSendingWithoutReply: true}
	}
	var sent *models.Message
	var err error
	if photo {
		sent, err = t.api.SendPhoto(ctx, &tg.SendPhotoParams{ChatID: to.chat, MessageThreadID: to.topic, Photo: file, ReplyParameters: replies})
	} else {
		sent, err = t.api.SendDocument(ctx, &tg.SendDocumentParams{ChatID: to.chat, MessageThreadID: to.topic, Document: file, ReplyParameters: replies,
			DisableContentTypeDetection: true})
	}
	if err == nil {
		return sourceID(sent.Chat.ID, sent.ID), nil
	}
	if *status == http.StatusRequestEntityTooLarge {
		return "", &channels.SendError{Reason: channels.Rejected, Err: errors.New("the platform finds the file too large")}
	}
	return "", classify(err, *status, failed)
}

// PutFile implements channels.FileBoard. Whether an attempt whose answer was lost has worked cannot be found out: then the
// file may stand there twice.
func (b board) PutFile(ctx context.Context, ref string, f channels.BoardFile) error {
	to, err := parseAddress(ref)
	if err == nil {
		_, err = b.sendFile(ctx, to, f.File, f.Data, 0)
	}
	return err
}
