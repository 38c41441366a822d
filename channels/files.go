package channels

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"huiyin/bot"
)

// Attached returns the file that a part consists of, with its bytes; ok is false for a part of text.
func (d Deps) Attached(ctx context.Context, m Outgoing) (f bot.File, data []byte, ok bool, err error) {
	if len(m.Files) == 0 || m.Body.Text != "" {
		return f, nil, false, nil
	}
	f = m.Files[0]
	if d.Files == nil {
		return f, nil, true, &SendError{Reason: Rejected, Err: bot.ErrNoFiles}
	}
	kept, data, err := d.Files.Read(ctx, d.Inbox.ID, m.Home, f.ID)
	switch {
	case errors.Is(err, bot.ErrNotFound):
		return f, nil, true, &SendError{Reason: Rejected, Err: errors.New("the file is not there any more")}
	case err != nil:
		return f, nil, true, &SendError{Reason: Transient, Err: err}
	}
	kept.Name = f.Name
	return kept, data, true, nil
}

// Download opens a file at an address of the platform, and reads no more of it than most bytes and one. It follows no
// redirection, since a secret may go with the request, and its errors do not name the address, since a secret may be in
// it. bot.ErrNotFound when the platform says that there is no such file.
func Download(ctx context.Context, client *http.Client, address string, header http.Header, most int64) (io.ReadCloser, http.Header, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, nil, errors.New("channels: the file has no address")
	}
	for key, values := range header {
		r.Header[key] = values
	}
	once := *client
	once.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := once.Do(r)
	if err != nil {
		return nil, nil, errors.New("channels: the platform cannot be reached")
	}
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound, http.StatusGone:
		err = fmt.Errorf("channels: the platform has no such file: %w", bot.ErrNotFound)
	default:
		err = fmt.Errorf("channels: the platform answers with HTTP status %d", resp.StatusCode)
	}
	if err == nil && resp.ContentLength > most {
		err = bot.ErrFileSize
	}
	if err != nil {
		_ = resp.Body.Close()
		return nil, nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, most+1), resp.Body}, resp.Header, nil
}
