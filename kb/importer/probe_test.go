package importer_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"huiyin/kb/importer"
)

// TestProbe: a page is there when its server says so or only refuses programs; whatever else is wrong is said in a few
// words, and no address inside is reached.
func TestProbe(t *testing.T) {
	var reached atomic.Int32
	inside, _ := web(t, func(http.ResponseWriter, *http.Request) { reached.Add(1) })
	var read atomic.Int64
	address, at := web(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/there":
		case "/moved":
			http.Redirect(w, r, "/there", http.StatusMovedPermanently)
		case "/nohead":
			if r.Method == http.MethodHead {
				w.WriteHeader(http.StatusMethodNotAllowed)
			}
		case "/robots":
			w.WriteHeader(http.StatusForbidden)
		case "/gone":
			w.WriteHeader(http.StatusGone)
		case "/broken":
			w.WriteHeader(http.StatusBadGateway)
		case "/inside":
			http.Redirect(w, r, inside, http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/endless":
			if r.Method == http.MethodHead {
				w.WriteHeader(http.StatusNotImplemented)
				return
			}
			for range 1 << 20 {
				n, err := io.WriteString(w, strings.Repeat("x", 1<<10))
				if read.Add(int64(n)); err != nil {
					return
				}
			}
		default:
			http.NotFound(w, r)
		}
	})
	f := fetcher(at)
	for path, want := range map[string]string{
		"/there": "", "/moved": "", "/nohead": "", "/robots": "", "/endless": "", "/none": "gone (404)", "/gone": "gone (410)", "/broken": "fails (502)",
		"/inside": "private network", "/loop": "redirects",
	} {
		err := f.Probe(t.Context(), address+path)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
		var r interface{ Reason() string }
		if want != "" && (!errors.As(err, &r) || !slices.Contains(importer.Reasons(), r.Reason())) {
			t.Errorf("%s: %v has no reason that a page can translate", path, err)
		}
	}
	for address, want := range map[string]string{"http://shop.example/": "only https addresses", "https://u:hidden@shop.example/": "password", "https://127.0.0.1:1/": "private network", "https://[::1]/": "private network",
		"https://169.254.169.254/latest": "private network", "https://no.such.host.invalid/": ""} {
		if err := f.Probe(t.Context(), address); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: %v", address, err)
		}
	}
	if reached.Load() > 0 {
		t.Error("an address inside was reached")
	}
	if n := read.Load(); n > 64<<20 {
		t.Errorf("%d bytes of a page were taken", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := f.Probe(ctx, address+"/there"); err == nil || errors.Is(err, importer.ErrInside) {
		t.Errorf("%v", err)
	}
}
