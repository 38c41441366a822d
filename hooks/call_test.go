package hooks_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"huiyin/hooks"
	"huiyin/store/mem"
)

// called is when these tests send.
var called = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

func sender(t *testing.T, private ...string) *hooks.Sender {
	t.Helper()
	networks, err := hooks.ParsePrivate(private)
	if err != nil {
		t.Fatal(err)
	}
	return hooks.NewSender(hooks.Config{Store: mem.New(mem.Options{}), Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return called }, Rand: func() float64 { return 0 }, Private: networks,
		Body: func(context.Context, hooks.Event, string, bool) ([]byte, error) {
			return []byte(`{"event":"ping"}`), nil
		}})
}

func TestCheckURL(t *testing.T) {
	for address, want := range map[string][2]bool{ // allowed with no private network, and with 127.0.0.0/8
		"https://shop.example/hook": {true, true}, "https://shop.example:8443/hook?a=b": {true, true}, "https://8.8.8.8/": {true, true},
		"http://shop.example/hook": {}, "http://localhost/": {}, "http://10.0.0.1/": {}, "https://10.0.0.1/": {}, "https://[::1]/": {}, "https://169.254.169.254/latest": {},
		"http://127.0.0.1:99/": {false, true}, "https://127.0.0.1/": {false, true}, "http://[::ffff:127.0.0.1]/": {false, true},
		"": {}, "shop.example": {}, "https://": {}, "ftp://shop.example/": {}, "https://user:pass@shop.example/": {}, "https://shop.example/#x": {}, "https:shop.example": {},
		"javascript:alert(1)": {}, "https://shop.example/" + strings.Repeat("a", hooks.MostURL): {}, "https://sh op.example/": {}, "https://shop.example/\n": {},
	} {
		for i, s := range []*hooks.Sender{sender(t), sender(t, "127.0.0.0/8")} {
			if err := s.CheckURL(address); (err == nil) != want[i] || err != nil && !errors.Is(err, hooks.ErrURL) {
				t.Errorf("%s: %v, want %v", address, err, want[i])
			}
		}
	}
	if _, err := hooks.ParsePrivate([]string{"10.0.0.0/33"}); err == nil {
		t.Error("a network that is none")
	}
	if p, err := hooks.ParsePrivate([]string{"10.0.0.7", "10.1.2.3/16"}); err != nil || p[0] != netip.MustParsePrefix("10.0.0.7/32") || p[1] != netip.MustParsePrefix("10.1.0.0/16") {
		t.Errorf("%v, %v", p, err)
	}
}

// TestCalls calls real servers.
func TestCalls(t *testing.T) {
	var got http.Header
	var body []byte
	mux := http.NewServeMux()
	mux.HandleFunc("/ok", func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Clone()
		body, _ = io.ReadAll(r.Body)
		_, _ = io.WriteString(w, strings.Repeat("x", 1<<20)) // far more than is read
	})
	mux.Handle("/moved", http.RedirectHandler("/ok", http.StatusPermanentRedirect))
	mux.HandleFunc("/cut", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	server := httptest.NewUnstartedServer(mux)
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.Start()
	defer server.Close()
	secure := httptest.NewUnstartedServer(mux)
	secure.Config.ErrorLog = server.Config.ErrorLog
	secure.StartTLS() // with a certificate that nobody trusts
	defer secure.Close()
	own := sender(t, "127.0.0.1")
	for address, want := range map[string]hooks.Failure{
		server.URL + "/ok": "", server.URL + "/moved": hooks.FailRedirect, server.URL + "/cut": hooks.FailNetwork, server.URL + "/none": hooks.FailStatus,
		secure.URL + "/ok": hooks.FailTLS, "http://10.0.0.1/": hooks.FailInside,
	} {
		d, err := own.Test(t.Context(), hooks.Endpoint{URL: address, Secret: "k"}, "d-1")
		if err != nil || d.Error != want {
			t.Errorf("%s: %+v, %v; want %q", address, d, err, want)
		}
	}
	if got.Get("Content-Type") != "application/json" || got.Get(hooks.HeaderDelivery) != "d-1" || got.Get(hooks.HeaderEvent) != "ping" || hooks.Verify("k", got, body, called, time.Minute) != nil {
		t.Errorf("%v %s", got, body)
	}
	// A name that leads inside is refused when it is dialled, whatever the address looks like.
	if d, err := sender(t).Test(t.Context(), hooks.Endpoint{URL: strings.Replace(secure.URL, "127.0.0.1", "localhost", 1) + "/ok"}, "d"); err != nil || d.Error != hooks.FailInside {
		t.Errorf("localhost: %+v, %v", d, err)
	}
}

// TestNoneWaitsForAnother calls six endpoints of one server at once, which answers none before all six have called.
func TestNoneWaitsForAnother(t *testing.T) {
	const n = 6
	var arrived sync.WaitGroup
	arrived.Add(n)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { arrived.Done(); arrived.Wait() }))
	defer server.Close()
	s := sender(t, "127.0.0.1")
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			if d, err := s.Test(t.Context(), hooks.Endpoint{URL: server.URL, Secret: "k"}, "d"); err != nil || d.Error != "" {
				t.Errorf("%+v, %v", d, err)
			}
		})
	}
	all.Wait()
}

func TestVerify(t *testing.T) {
	at := time.Unix(1_790_000_000, 0)
	body := []byte(`{"event":"ping"}`)
	good := http.Header{}
	good.Set(hooks.HeaderTimestamp, strconv.FormatInt(at.Unix(), 10))
	good.Set(hooks.HeaderSignature, hooks.Sign("k", at, body))
	with := func(name, value string) http.Header {
		h := good.Clone()
		h.Set(name, value)
		return h
	}
	for name, c := range map[string]struct {
		secret string
		header http.Header
		body   string
		now    time.Time
		ok     bool
	}{
		"right":            {"k", good, string(body), at.Add(time.Minute), true},
		"two signatures":   {"k", with(hooks.HeaderSignature, "v2=ab, "+good.Get(hooks.HeaderSignature)), string(body), at, true},
		"another secret":   {"l", good, string(body), at, false},
		"another body":     {"k", good, `{"event":"pong"}`, at, false},
		"another time":     {"k", with(hooks.HeaderTimestamp, "1790000001"), string(body), at, false},
		"too late":         {"k", good, string(body), at.Add(6 * time.Minute), false},
		"from the future":  {"k", good, string(body), at.Add(-6 * time.Minute), false},
		"without a time":   {"k", with(hooks.HeaderTimestamp, ""), string(body), at, false},
		"without anything": {"k", http.Header{}, string(body), at, false},
	} {
		if err := hooks.Verify(c.secret, c.header, []byte(c.body), c.now, 5*time.Minute); (err == nil) != c.ok || err != nil && !errors.Is(err, hooks.ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestDocumentedSignature holds that the worked example of docs/api.md is right, so that receivers can test with it.
func TestDocumentedSignature(t *testing.T) {
	raw, err := os.ReadFile("../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	value := func(name string) string {
		m := regexp.MustCompile("(?m)^\\| " + name + " \\| `([^`]*)` \\|$").FindStringSubmatch(string(raw))
		if m == nil {
			t.Fatalf("docs/api.md does not give the %s", name)
		}
		return m[1]
	}
	seconds, err := strconv.ParseInt(value("timestamp"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	if got := hooks.Sign(value("secret"), time.Unix(seconds, 0), []byte(value("body"))); got != value("signature") {
		t.Errorf("docs/api.md says %s, it is %s", value("signature"), got)
	}
}
