package mail_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"huiyin/internal/mail"
	"huiyin/internal/mail/mailtest"
)

// mailer sends to a test server.
func mailer(s mailtest.Server) mail.Server {
	return mail.Server{Addr: s.Addr, User: "u", Password: "secret", From: "回音 <bot@shop.example>", TLS: s.TLS,
		Now: func() time.Time { return time.Date(2026, 11, 16, 8, 0, 0, 0, time.UTC) }}
}

// A message arrives whole: its headers, both alternatives, and the file, over TLS and signed in.
func TestSend(t *testing.T) {
	s := mailtest.New(t, true, "")
	file := bytes.Repeat([]byte("回音digest"), 100)
	err := mailer(s).Send(context.Background(), mail.Message{To: []string{"Lead <lead@shop.example>", "b@shop.example"}, Subject: "客户反馈周报\r\nBcc: evil@x.example",
		Text: "三句话\n.\n..", HTML: "<p>三句话</p>", Files: []mail.File{{Name: "digest 周报.html", Type: "text/html; charset=utf-8", Content: file}}})
	if err != nil {
		t.Fatal(err)
	}
	r := <-s.Got
	if r.Auth != "\x00u\x00secret" || !strings.Contains(r.From, "<bot@shop.example>") || len(r.To) != 2 {
		t.Errorf("got %q %q %v", r.Auth, r.From, r.To)
	}
	m, err := netmail.ReadMessage(bytes.NewReader(r.Data))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != "客户反馈周报 Bcc: evil@x.example" || m.Header.Get("Bcc") != "" {
		t.Errorf("subject %q, %v", subject, err)
	}
	parts := leaves(t, m.Header.Get("Content-Type"), m.Body)
	if len(parts) != 3 || parts[0] != "三句话\r\n.\r\n.." || parts[1] != "<p>三句话</p>" {
		t.Fatalf("parts %q", parts)
	}
	raw, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(parts[2], "\r\n", ""))
	if err != nil || !bytes.Equal(raw, file) {
		t.Errorf("the file is damaged: %v", err)
	}
}

// leaves are the bodies of a message's parts, in order.
func leaves(t *testing.T, kind string, body io.Reader) []string {
	t.Helper()
	media, params, err := mime.ParseMediaType(kind)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(media, "multipart/") {
		raw, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		return []string{string(raw)}
	}
	var out []string
	for r := multipart.NewReader(body, params["boundary"]); ; {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, leaves(t, p.Header.Get("Content-Type"), p)...)
	}
}

// Nothing is sent over an open line, to a server that shows another's certificate, or past a refusal.
func TestRefusals(t *testing.T) {
	to := mail.Message{To: []string{"lead@shop.example"}, Subject: "x", Text: "x"}
	if err := mailer(mailtest.New(t, false, "")).Send(context.Background(), to); !errors.Is(err, mail.ErrPlain) {
		t.Errorf("without STARTTLS: %v", err)
	}
	s := mailer(mailtest.New(t, true, ""))
	s.TLS = nil // the system's roots do not know it
	if err := s.Send(context.Background(), to); err == nil {
		t.Error("a stranger's certificate was taken")
	}
	for _, verb := range []string{"AUTH", "MAIL", "RCPT", "DATA"} {
		if err := mailer(mailtest.New(t, true, verb)).Send(context.Background(), to); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s refused: %v", verb, err)
		}
	}
	for _, bad := range [][]string{nil, {"no address"}, {"a@b.example\r\nBcc: c@d.example"}} {
		if err := mailer(mailtest.New(t, true, "")).Send(context.Background(), mail.Message{To: bad, Subject: "x", Text: "x"}); !errors.Is(err, mail.ErrAddress) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := mailer(mailtest.New(t, true, "")).Send(ctx, to); err == nil {
		t.Error("a stopped delivery went on")
	}
}
