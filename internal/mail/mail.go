// Package mail sends messages through an SMTP server, with STARTTLS.
package mail

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"net/smtp"
	"net/textproto"
	"strings"
	"time"
)

// Server is where messages are handed in.
type Server struct {
	Addr     string // host:port
	User     string // empty: without signing in
	Password string
	From     string // "Name <address>" or an address
	// TLS is used for STARTTLS; nil: the host's name and the system's roots.
	TLS *tls.Config
	Now func() time.Time
}

// Message is one e-mail: text and HTML say the same, and files go with it.
type Message struct {
	To      []string
	Subject string
	Text    string
	HTML    string
	Files   []File
}

// File is something attached.
type File struct {
	Name, Type string
	Content    []byte
}

// ErrPlain means that the server offers no STARTTLS: nothing is sent over an open line.
var ErrPlain = errors.New("mail: the server offers no STARTTLS: choose another port, such as 587")

// ErrAddress means that an address cannot be used.
var ErrAddress = errors.New("mail: not an e-mail address")

// sendWithin bounds a whole delivery.
const sendWithin = 2 * time.Minute

// Send hands a message in. It fails as a whole or not at all: the server takes it for every recipient, or nothing is sent.
func (s Server) Send(ctx context.Context, m Message) error {
	from, err := netmail.ParseAddress(s.From)
	if err != nil {
		return fmt.Errorf("%w: from %q: %w", ErrAddress, s.From, err)
	}
	var to []string
	for _, t := range m.To {
		a, err := netmail.ParseAddress(t)
		if err != nil {
			return fmt.Errorf("%w: to %q: %w", ErrAddress, t, err)
		}
		to = append(to, a.Address)
	}
	if len(to) == 0 {
		return fmt.Errorf("%w: nobody to send to", ErrAddress)
	}
	raw, err := s.compose(from, m)
	if err != nil {
		return err
	}
	if err := s.deliver(ctx, from.Address, to, raw); err != nil {
		return fmt.Errorf("mail: %s: %w", s.Addr, err)
	}
	return nil
}

func (s Server) deliver(ctx context.Context, from string, to []string, raw []byte) error {
	ctx, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	host, _, err := net.SplitHostPort(s.Addr)
	if err != nil {
		return err
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.Addr)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	c, err := smtp.NewClient(conn, host)
	if err != nil {
		return errors.Join(err, conn.Close())
	}
	defer c.Close()
	if ok, _ := c.Extension("STARTTLS"); !ok {
		return ErrPlain
	}
	conf := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if s.TLS != nil {
		conf = s.TLS.Clone()
		conf.ServerName = host
	}
	if err := c.StartTLS(conf); err != nil {
		return err
	}
	if s.User != "" {
		if err := c.Auth(smtp.PlainAuth("", s.User, s.Password, host)); err != nil {
			return err
		}
	}
	if err := c.Mail(from); err != nil {
		return err
	}
	for _, t := range to {
		if err := c.Rcpt(t); err != nil {
			return err
		}
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(raw); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	_ = c.Quit() // the server has taken the message; to fail now would have it sent again
	return nil
}

// compose is the message as it travels: headers in ASCII, text and HTML as alternatives, files after them.
func (s Server) compose(from *netmail.Address, m Message) ([]byte, error) {
	var out bytes.Buffer
	mixed := multipart.NewWriter(&out)
	_, domain, _ := strings.Cut(from.Address, "@")
	var list []string
	for _, t := range m.To {
		a, err := netmail.ParseAddress(t)
		if err != nil {
			return nil, fmt.Errorf("%w: %q", ErrAddress, t)
		}
		list = append(list, a.String())
	}
	head := [][2]string{
		{"From", from.String()}, {"To", strings.Join(list, ", ")}, {"Subject", mime.QEncoding.Encode("utf-8", strings.Join(strings.Fields(m.Subject), " "))},
		{"Date", s.Now().Format(time.RFC1123Z)}, {"Message-ID", "<" + strings.ToLower(rand.Text()) + "@" + domain + ">"},
		{"MIME-Version", "1.0"}, {"Auto-Submitted", "auto-generated"}, {"Content-Type", `multipart/mixed; boundary="` + mixed.Boundary() + `"`},
	}
	for _, h := range head {
		fmt.Fprintf(&out, "%s: %s\r\n", h[0], h[1])
	}
	out.WriteString("\r\n")
	var both bytes.Buffer
	alternative := multipart.NewWriter(&both)
	for _, p := range []struct{ kind, body string }{{"text/plain", m.Text}, {"text/html", m.HTML}} {
		if p.body == "" {
			continue
		}
		part, err := alternative.CreatePart(textproto.MIMEHeader{"Content-Type": {p.kind + "; charset=utf-8"}, "Content-Transfer-Encoding": {"quoted-printable"}})
		if err != nil {
			return nil, err
		}
		w := quotedprintable.NewWriter(part)
		if _, err := w.Write([]byte(p.body)); err != nil {
			return nil, err
		}
		if err := w.Close(); err != nil {
			return nil, err
		}
	}
	if err := alternative.Close(); err != nil {
		return nil, err
	}
	part, err := mixed.CreatePart(textproto.MIMEHeader{"Content-Type": {`multipart/alternative; boundary="` + alternative.Boundary() + `"`}})
	if err != nil {
		return nil, err
	}
	if _, err := part.Write(both.Bytes()); err != nil {
		return nil, err
	}
	for _, f := range m.Files {
		if err := attach(mixed, f); err != nil {
			return nil, err
		}
	}
	if err := mixed.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// lineBytes is how many bytes of a file stand in one line of base64: 76 characters.
const lineBytes = 57

func attach(mixed *multipart.Writer, f File) error {
	part, err := mixed.CreatePart(textproto.MIMEHeader{"Content-Type": {f.Type}, "Content-Transfer-Encoding": {"base64"},
		"Content-Disposition": {mime.FormatMediaType("attachment", map[string]string{"filename": f.Name})}})
	if err != nil {
		return err
	}
	for rest := f.Content; len(rest) > 0; {
		n := min(lineBytes, len(rest))
		if _, err := fmt.Fprintf(part, "%s\r\n", base64.StdEncoding.EncodeToString(rest[:n])); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}
