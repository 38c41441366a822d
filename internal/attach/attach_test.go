package attach_test

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode"
	"unicode/utf8"

	"huiyin/internal/attach"
)

func picture(t testing.TB, format string, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	img := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.Black, color.White})
	var err error
	switch format {
	case "png":
		err = png.Encode(&b, img)
	case "jpeg":
		err = jpeg.Encode(&b, img, nil)
	case "gif":
		err = gif.Encode(&b, img, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// webp is the header of a WebP picture of one of its three forms, as RFC 9649 lays it out.
func webp(form string) []byte {
	b := append([]byte("RIFF\x20\x00\x00\x00WEBP"+form+"\x10\x00\x00\x00"), make([]byte, 16)...)
	body := b[20:]
	switch form {
	case "VP8X":
		body[4], body[5], body[7] = 0x8f, 0x01, 0x63 // 400 × 100, each less one
	case "VP8L":
		bits := uint32(399) | 99<<14
		body[0], body[1], body[2], body[3], body[4] = 0x2f, byte(bits), byte(bits>>8), byte(bits>>16), byte(bits>>24)
	case "VP8 ":
		copy(body[3:], "\x9d\x01\x2a\x90\x01\x64\x00")
	}
	return b
}

func TestSniff(t *testing.T) {
	huge := picture(t, "png", 3, 2)
	copy(huge[16:], "\x00\x01\x00\x00\x00\x01\x00\x00") // it says 65536 × 65536; the checksum is wrong then, too
	hugeGIF := picture(t, "gif", 3, 2)
	copy(hugeGIF[6:], "\xff\xff\xff\xff")
	for _, tc := range []struct {
		name          string
		data          []byte
		mediaType     string
		width, height int
	}{
		{"png", picture(t, "png", 30, 20), "image/png", 30, 20},
		{"jpeg", picture(t, "jpeg", 30, 20), "image/jpeg", 30, 20},
		{"gif", picture(t, "gif", 30, 20), "image/gif", 30, 20},
		{"webp", webp("VP8X"), "image/webp", 400, 100},
		{"webp lossless", webp("VP8L"), "image/webp", 400, 100},
		{"webp lossy", webp("VP8 "), "image/webp", 400, 100},
		{"webp of a form to come", webp("VP9X"), "image/webp", 0, 0},
		{"webp cut off", webp("VP8X")[:24], "image/webp", 0, 0},
		{"png cut off", picture(t, "png", 30, 20)[:20], "image/png", 0, 0},
		{"png that unfolds to gigabytes", huge, "image/png", 0, 0},
		{"gif that unfolds to gigabytes", hugeGIF, "image/gif", 0, 0},
		{"svg with a script", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "text/plain", 0, 0},
		{"svg with a prologue", []byte(`<?xml version="1.0"?><svg onload="alert(1)"/>`), "text/xml", 0, 0},
		{"html", []byte("<!doctype html><script>alert(1)</script>"), "text/html", 0, 0},
		{"a script behind the mark of a picture, 10799 × 29500", append([]byte("GIF89a"), "/*<script>alert(1)</script>*/=1"...), "image/gif", 0, 0},
		{"bmp", append([]byte("BM"), make([]byte, 60)...), "image/bmp", 0, 0},
		{"pdf", []byte("%PDF-1.7\n"), "application/pdf", 0, 0},
		{"nothing", nil, "text/plain", 0, 0},
		{"bytes", []byte{0, 1, 2, 3}, "application/octet-stream", 0, 0},
	} {
		k := attach.Sniff(tc.data)
		if k != (attach.Kind{Type: tc.mediaType, Width: tc.width, Height: tc.height}) {
			t.Errorf("%s: %+v", tc.name, k)
		}
		if k.Shown() != (tc.width > 0) {
			t.Errorf("%s: shown: %v", tc.name, k.Shown())
		}
	}
}

// TestServe looks at what a browser is told about each kind of file.
func TestServe(t *testing.T) {
	for _, tc := range []struct {
		name, query, file string
		data              []byte
		mediaType, shown  string
	}{
		{"a picture", "", "坏了.png", picture(t, "png", 3, 2), "image/png", "inline"},
		{"a picture to keep", "?download=1", "a.png", picture(t, "png", 3, 2), "image/png", "attachment"},
		{"a page that is called a picture", "", "a.png", []byte("<html><script>alert(1)</script>"), "application/octet-stream", "attachment"},
		{"a drawing with a script", "", "a.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), "application/octet-stream", "attachment"},
		{"a document", "", "发票 1.pdf", []byte("%PDF-1.7"), "application/octet-stream", "attachment"},
		{"a name with quotes", "", "a\"; filename=\"b.exe", []byte("x"), "application/octet-stream", "attachment"},
	} {
		w := httptest.NewRecorder()
		attach.Serve(w, httptest.NewRequest(http.MethodGet, "/f"+tc.query, nil), tc.file, attach.Sniff(tc.data), int64(len(tc.data)), bytes.NewReader(tc.data))
		h := w.Result().Header
		kind, params, err := mime.ParseMediaType(h.Get("Content-Disposition"))
		if err != nil || kind != tc.shown || params["filename"] != attach.CleanName(tc.file) {
			t.Errorf("%s: %s %q, %v", tc.name, kind, params, err)
		}
		if h.Get("Content-Type") != tc.mediaType || h.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.Contains(h.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s: %v", tc.name, h)
		}
		if body, _ := io.ReadAll(w.Result().Body); !bytes.Equal(body, tc.data) {
			t.Errorf("%s: %d bytes of %d", tc.name, len(body), len(tc.data))
		}
	}
}

func TestCleanName(t *testing.T) {
	long := strings.Repeat("长", 100) + ".jpeg"
	for in, want := range map[string]string{
		"photo.jpg":                "photo.jpg",
		"我的 发票.pdf":                "我的 发票.pdf",
		"../../etc/passwd":         "passwd",
		`C:\Users\me\shot.png`:     "shot.png",
		"/":                        "file",
		"..":                       "file",
		"":                         "file",
		".htaccess":                "htaccess",
		"a\r\nSet-Cookie: x=1.png": "a Set-Cookie_ x=1.png",
		"invoice\u202egpj.exe":     "invoicegpj.exe",
		"a\u200b\u2066b.png":       "ab.png",
		"nul":                      "_nul",
		"COM1.txt":                 "_COM1.txt",
		"company.txt":              "company.txt",
		"a\x00b\xff.png":           "ab.png",
		"  many   spaces .png  ":   "many spaces .png",
		`"><img src=x>`:            "___img src=x_",
		long:                       strings.Repeat("长", 51) + ".jpeg",
	} {
		if got := attach.CleanName(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// timed is a connection that notes by when an answer has to be read.
type timed struct {
	*httptest.ResponseRecorder
	until []time.Time
}

// SetWriteDeadline is what http.ResponseController looks for.
func (w *timed) SetWriteDeadline(until time.Time) error { w.until = append(w.until, until); return nil }

// TestSlowReader: who reads a file too slowly is cut off, and what follows on the connection is not.
func TestSlowReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &timed{ResponseRecorder: httptest.NewRecorder()}
		data := make([]byte, 1<<20)
		attach.Serve(w, httptest.NewRequest(http.MethodGet, "/f", nil), "x", attach.Sniff(data), int64(len(data)), bytes.NewReader(data))
		now := time.Now()
		if len(w.until) != 2 || w.until[0].Before(now.Add(time.Minute)) || w.until[0].After(now.Add(3*time.Minute)) || !w.until[1].IsZero() || w.Body.Len() != len(data) {
			t.Errorf("%d bytes by %v", w.Body.Len(), w.until)
		}
	})
}

func TestSize(t *testing.T) {
	for bytes, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1024: "1 KB", 1<<20 - 1: "1023 KB", 10 << 20: "10 MB", 3 << 19: "1.5 MB"} {
		if got := attach.Size(bytes); got != want {
			t.Errorf("%d: %q, want %q", bytes, got, want)
		}
	}
}

// FuzzCleanName holds what is promised of every name, and that cleaning is done once.
func FuzzCleanName(f *testing.F) {
	for _, s := range []string{"a.png", "../x", "a\u202eb", "con.txt", strings.Repeat("x", 500) + ".tar.gz", "\xff\xfe", ". .", "nul .txt"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := attach.CleanName(name)
		switch {
		case got == "" || len(got) > 161 || !utf8.ValidString(got):
			t.Fatalf("%q becomes %q", name, got)
		case strings.ContainsAny(got, "/\\<>:\"|?*\r\n\x00") || strings.HasPrefix(got, ".") || strings.HasSuffix(got, "."):
			t.Fatalf("%q becomes %q", name, got)
		case strings.ContainsFunc(got, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }):
			t.Fatalf("%q keeps a control character: %q", name, got)
		case attach.CleanName(got) != got:
			t.Fatalf("%q becomes %q, then %q", name, got, attach.CleanName(got))
		}
		w := httptest.NewRecorder()
		attach.Serve(w, httptest.NewRequest(http.MethodGet, "/", nil), name, attach.Kind{}, 0, bytes.NewReader(nil))
		if _, params, err := mime.ParseMediaType(w.Header().Get("Content-Disposition")); err != nil || params["filename"] != got {
			t.Fatalf("%q: header %q: %q, %v", name, w.Header().Get("Content-Disposition"), params["filename"], err)
		}
	})
}

// FuzzSniff holds that no bytes make it panic, and that what is shown is one of four kinds.
func FuzzSniff(f *testing.F) {
	for _, form := range []string{"VP8X", "VP8L", "VP8 "} {
		f.Add(webp(form))
	}
	for _, format := range []string{"png", "jpeg", "gif"} {
		f.Add(picture(f, format, 3, 2))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		k := attach.Sniff(data)
		if _, _, err := mime.ParseMediaType(k.Type); err != nil {
			t.Fatalf("%q: %v", k.Type, err)
		}
		if k.Shown() && k.Type != "image/png" && k.Type != "image/jpeg" && k.Type != "image/gif" && k.Type != "image/webp" {
			t.Fatalf("%q is shown", k.Type)
		}
	})
}
