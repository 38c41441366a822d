// Package mailtest is an SMTP server for tests.
package mailtest

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"
)

// Server is an SMTP server on the loopback address that takes messages over TLS.
type Server struct {
	Addr string
	TLS  *tls.Config // for clients: trusts this server alone
	Got  chan Received
}

// Received is one message as it came, with its envelope.
type Received struct {
	Auth, From string
	To         []string
	Data       []byte
}

// New starts a server that ends with the test. It offers STARTTLS or not, and refuses lines that begin with refuse.
func New(t testing.TB, startTLS bool, refuse string) Server {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	raw, err := x509.CreateCertificate(rand.Reader, cert, cert, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	s := Server{TLS: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, Got: make(chan Received, 16)}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	s.Addr = l.Addr().String()
	conf := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{raw}, PrivateKey: key}}}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.serve(conn, conf, startTLS, refuse)
			conn.Close()
		}
	}()
	return s
}

func (s Server) serve(conn net.Conn, conf *tls.Config, startTLS bool, refuse string) {
	var r Received
	in := bufio.NewReader(conn)
	say := func(line string) { fmt.Fprintf(conn, "%s\r\n", line) }
	say("220 test")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSpace(line)
		verb := strings.ToUpper(strings.Fields(line + " x")[0])
		switch {
		case refuse != "" && strings.HasPrefix(line, refuse):
			say("550 no")
		case verb == "EHLO":
			if startTLS {
				say("250-test\r\n250-STARTTLS\r\n250 AUTH PLAIN")
			} else {
				say("250 test")
			}
		case verb == "STARTTLS":
			say("220 go")
			secure := tls.Server(conn, conf)
			conn, in = secure, bufio.NewReader(secure)
		case verb == "AUTH":
			raw, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(line, "AUTH PLAIN "))
			r.Auth = string(raw)
			say("235 ok")
		case verb == "MAIL":
			r.From = line
			say("250 ok")
		case verb == "RCPT":
			r.To = append(r.To, line)
			say("250 ok")
		case verb == "DATA":
			say("354 go")
			for {
				l, err := in.ReadString('\n')
				if err != nil || l == ".\r\n" {
					break
				}
				r.Data = append(r.Data, strings.TrimPrefix(l, ".")...)
			}
			s.Got <- r
			say("250 ok")
		case verb == "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}
