package importer_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"huiyin/kb"
	"huiyin/kb/importer"
)

// web is a server that the fetcher may reach although it is on this machine.
func web(t *testing.T, handler http.HandlerFunc) (url string, at netip.AddrPort) {
	t.Helper()
	s := httptest.NewTLSServer(handler)
	t.Cleanup(s.Close)
	return s.URL, netip.MustParseAddrPort(s.Listener.Addr().String())
}

func fetcher(allowed ...netip.AddrPort) *importer.Fetcher {
	return importer.NewFetcher(importer.FetcherOptions{
		Allow: func(at netip.AddrPort) bool {
			for _, a := range allowed {
				if a == at {
					return true
				}
			}
			return false
		},
		Transport: func(t *http.Transport) { t.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} }, // the test's own server
	})
}

func TestFetch(t *testing.T) {
	inside, _ := web(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("secret")) })
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	address, at := web(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/faq":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte("<h1>Returns</h1><p>Within 7 days.</p>"))
		case "/moved":
			http.Redirect(w, r, "/faq", http.StatusFound)
		case "/inside":
			http.Redirect(w, r, inside+"/", http.StatusFound)
		case "/plain":
			http.Redirect(w, r, plain.URL, http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/big":
			for range 9 {
				if _, err := w.Write(make([]byte, 1<<20)); err != nil {
					return
				}
			}
		default:
			http.NotFound(w, r)
		}
	})
	f := fetcher(at)
	for _, path := range []string{"/faq", "/moved"} {
		file, err := f.Fetch(t.Context(), address+path)
		if err != nil || file.Name != "faq" {
			t.Fatalf("%s: %v, %+v", path, err, file)
		}
		got, err := importer.Read(file, importer.Options{})
		if err != nil || got[0].Title != "Returns" || got[0].Body != "Within 7 days." {
			t.Errorf("%s: %v, %+v", path, err, got)
		}
	}
	var input *kb.InputError
	for _, tc := range []struct {
		address string
		is      error
		says    string
	}{
		{address + "/inside", importer.ErrInside, "127.0.0.1"},
		{inside, importer.ErrInside, "private network"},
		{address + "/plain", importer.ErrAddress, "not https"},
		{address + "/loop", importer.ErrAddress, "redirects"},
		{address + "/none", importer.ErrAddress, "404"},
		{"http://example.com/", importer.ErrAddress, "only https"},
		{"https://user:hidden@example.com/", importer.ErrAddress, "password"},
		{"file:///etc/passwd", importer.ErrAddress, "only https"},
		{"https://", importer.ErrAddress, "only https"},
		{"::", importer.ErrAddress, ""},
	} {
		file, err := f.Fetch(t.Context(), tc.address)
		if !errors.Is(err, tc.is) || !strings.Contains(err.Error(), tc.says) || strings.Contains(err.Error(), "hidden") || len(file.Data) > 0 {
			t.Errorf("%s: %v, %q", tc.address, err, file.Data)
		}
	}
	if _, err := f.Fetch(t.Context(), address+"/big"); !errors.As(err, &input) || !strings.Contains(err.Error(), "larger than 8 MB") {
		t.Errorf("a large page: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Fetch(ctx, address+"/faq"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestInsideAddresses: no address of a private network, of this machine or of a special purpose is dialled, however it is
// written.
func TestInsideAddresses(t *testing.T) {
	f := fetcher()
	for _, host := range []string{"127.0.0.1", "127.1.2.3", "[::1]", "0.0.0.0", "[::]", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255",
		"[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[fe80::1]", "[fd00::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[ff02::1]", "192.0.2.1", "localhost"} {
		if _, err := f.Fetch(t.Context(), "https://"+host+":8443/"); !errors.Is(err, importer.ErrInside) {
			t.Errorf("%s: %v", host, err)
		}
	}
}

// nameServer is a DNS server on this machine that answers the n-th question for an IPv4 address with the n-th address, and
// from then on with the last.
func nameServer(t *testing.T, answers ...[4]byte) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		buf := make([]byte, 1500)
		asked := 0
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return // closed
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			m.Response, m.Additionals = true, nil
			if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
				m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class}, Body: &dnsmessage.AResource{A: answers[min(asked, len(answers)-1)]}}}
				asked++
			}
			if raw, err := m.Pack(); err == nil {
				_, _ = conn.WriteTo(raw, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// TestRebinding: a name that leads outside at first and inside the next time reaches nothing inside.
func TestRebinding(t *testing.T) {
	var reached atomic.Int32
	address, at := web(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/faq":
			_, _ = w.Write([]byte("<h1>Returns</h1><p>Within 7 days.</p>"))
		default:
			http.Redirect(w, r, "/faq", http.StatusFound) // to the same name, which is resolved again
		}
	})
	l, err := net.Listen("tcp", netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 2}), at.Port()).String())
	if err != nil {
		t.Skip("this machine has no second address of its own: ", err)
	}
	inside := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) })}
	go func() { _ = inside.Serve(l) }()
	t.Cleanup(func() { _ = inside.Close() })
	outside, own := [4]byte{127, 0, 0, 1}, [4]byte{127, 0, 0, 2}
	for name, tc := range map[string]struct {
		answers [][4]byte
		path    string
		is      error
	}{
		"always outside":                {[][4]byte{outside}, "/moved", nil},
		"inside":                        {[][4]byte{own}, "/faq", importer.ErrInside},
		"outside, and inside next time": {[][4]byte{outside, own}, "/moved", importer.ErrInside},
	} {
		f := importer.NewFetcher(importer.FetcherOptions{Allow: func(a netip.AddrPort) bool { return a == at }, Resolver: nameServer(t, tc.answers...),
			Transport: func(t *http.Transport) { t.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} }})
		_, port, _ := strings.Cut(strings.TrimPrefix(address, "https://"), ":")
		file, err := f.Fetch(t.Context(), "https://shop.example:"+port+tc.path)
		if !errors.Is(err, tc.is) || (err == nil) != (len(file.Data) > 0) {
			t.Errorf("%s: %v, %q", name, err, file.Data)
		}
	}
	if reached.Load() > 0 {
		t.Error("the server inside was reached")
	}
}

// TestSlowPage: a page that does not begin, or that drips, is given up in time, and the editor reads why.
func TestSlowPage(t *testing.T) {
	for _, tc := range []struct {
		name  string
		drips bool
		after time.Duration
	}{{"no answer", false, 10 * time.Second}, {"drips", true, 20 * time.Second}} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var page sync.WaitGroup
				defer page.Wait()
				f := importer.NewFetcher(importer.FetcherOptions{Transport: func(tr *http.Transport) {
					tr.DialTLSContext = func(context.Context, string, string) (net.Conn, error) {
						client, server := net.Pipe()
						page.Go(func() { answerSlowly(server, tc.drips) })
						return client, nil
					}
				}})
				began := time.Now()
				_, err := f.Fetch(t.Context(), "https://shop.example/faq")
				if took := time.Since(began); err == nil || !strings.Contains(err.Error(), "https://shop.example/faq cannot be read: it does not answer in time") || took != tc.after {
					t.Errorf("%v after %v", err, took)
				}
			})
		})
	}
}

// answerSlowly takes a request and answers a byte a second, or nothing at all.
func answerSlowly(conn net.Conn, drips bool) {
	defer conn.Close()
	if _, err := http.ReadRequest(bufio.NewReader(conn)); err != nil {
		return
	}
	text := "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
	if !drips {
		_, _ = io.Copy(io.Discard, conn) // until the other side has enough
		return
	}
	for {
		if _, err := io.WriteString(conn, text); err != nil {
			return
		}
		text = "a"
		time.Sleep(time.Second)
	}
}
