// Package attach handles files from strangers: what they may be called, what they really are, and how they are served so
// that nothing in them can act. Their bytes are looked at and never trusted; nothing
// is changed but that pictures lose what they tell about where they were made.
package attach

import (
	"bytes"
	"image"
	_ "image/gif"  // dimensions
	_ "image/jpeg" // dimensions
	_ "image/png"  // dimensions
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Kind is what the bytes of a file are.
type Kind struct {
	Type          string // media type without parameters, from the bytes alone
	Width, Height int    // of a picture, in pixels; 0: it is none, or none that may be shown
}

// maxPixels is the largest picture that is shown inside a page: a small file can unfold to more than a browser's memory.
const maxPixels = 60 << 20

// Sniff finds out what a file is. A picture that cannot be read, or unfolds to too much, has no dimensions, and is only
// ever downloaded. SVG and HTML are text to it.
func Sniff(data []byte) Kind {
	mediaType, _, err := mime.ParseMediaType(http.DetectContentType(data))
	if err != nil {
		mediaType = "application/octet-stream"
	}
	k := Kind{Type: mediaType}
	if !slices.Contains(pictures(), mediaType) {
		return k
	}
	if mediaType == "image/webp" {
		k.Width, k.Height = webpSize(data)
	} else if c, format, err := image.DecodeConfig(bytes.NewReader(data)); err == nil && "image/"+format == mediaType {
		k.Width, k.Height = c.Width, c.Height
	}
	if k.Width <= 0 || k.Height <= 0 || k.Width > maxPixels/k.Height {
		k.Width, k.Height = 0, 0
	}
	return k
}

// pictures are the media types that may be shown inside a page: browsers draw them and run nothing in them.
func pictures() []string { return []string{"image/png", "image/jpeg", "image/gif", "image/webp"} }

// Shown reports whether a file of this kind may be shown inside a page.
func (k Kind) Shown() bool {
	return k.Width > 0 && k.Height > 0 && slices.Contains(pictures(), k.Type)
}

// webpSize reads the dimensions out of the header of a WebP picture, as RFC 9649 has it; 0 when there are none.
func webpSize(b []byte) (width, height int) {
	if len(b) < 30 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WEBP" {
		return 0, 0
	}
	switch body := b[20:]; string(b[12:16]) {
	case "VP8X": // 24 bits each, less one
		return 1 + (int(body[4]) | int(body[5])<<8 | int(body[6])<<16), 1 + (int(body[7]) | int(body[8])<<8 | int(body[9])<<16)
	case "VP8L": // 14 bits each, less one, behind a signature
		if body[0] != 0x2f {
			return 0, 0
		}
		bits := uint32(body[1]) | uint32(body[2])<<8 | uint32(body[3])<<16 | uint32(body[4])<<24
		return 1 + int(bits&0x3fff), 1 + int(bits>>14&0x3fff)
	case "VP8 ": // 14 bits each behind the start code of a key frame
		if body[3] != 0x9d || body[4] != 0x01 || body[5] != 0x2a {
			return 0, 0
		}
		return (int(body[6]) | int(body[7])<<8) & 0x3fff, (int(body[8]) | int(body[9])<<8) & 0x3fff
	}
	return 0, 0
}

// Serve writes a file to a browser. Pictures of known kinds are shown when asked for; everything else is downloaded as
// bytes without a meaning. Whatever it holds, nothing in it runs with the rights of our pages: the type is never guessed,
// and a page that it might pretend to be has no origin. Who may see it is decided before. Whoever reads slower than
// slowest is cut off.
func Serve(w http.ResponseWriter, r *http.Request, name string, k Kind, size int64, data io.ReadSeeker) {
	out := http.NewResponseController(w)
	_ = out.SetWriteDeadline(time.Now().Add(serveTime + time.Duration(size/slowest)*time.Second)) // what cannot set one has none
	defer func() { _ = out.Flush(); _ = out.SetWriteDeadline(time.Time{}) }()                     // for the next answer of this connection
	h := w.Header()
	mediaType, disposition := "application/octet-stream", "attachment"
	if k.Shown() {
		mediaType = k.Type
		if r.URL.Query().Get("download") == "" {
			disposition = "inline"
		}
	}
	h.Set("Content-Type", mediaType)
	h.Set("Content-Disposition", dispositionOf(disposition, name))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "private, max-age=86400, immutable")
	http.ServeContent(w, r, "", time.Time{}, data)
}

const (
	// slowest is how many bytes a second a reader must take, on the average.
	slowest = 16 << 10
	// serveTime is what every reader has besides.
	serveTime = 30 * time.Second
)

// dispositionOf writes the header of RFC 6266: an ASCII name for old programs, and the whole name for the others.
func dispositionOf(kind, name string) string {
	name = CleanName(name)
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\%;`, r) {
			return '_'
		}
		return r
	}, name)
	return kind + `; filename="` + plain + `"; filename*=UTF-8''` + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}

// Size says how large a file is, for people: 10 MB, 1.5 MB, 20 KB.
func Size(bytes int64) string {
	switch {
	case bytes >= 1<<20:
		return strings.TrimSuffix(strconv.FormatFloat(float64(bytes)/(1<<20), 'f', 1, 64), ".0") + " MB"
	case bytes >= 1<<10:
		return strconv.FormatInt(bytes>>10, 10) + " KB"
	}
	return strconv.FormatInt(bytes, 10) + " B"
}

// extensionOf is the ending of a name with its dot, if it looks like one.
func extensionOf(name string) string {
	ext := path.Ext(name)
	if len(ext) < 2 || len(ext) > 12 || strings.ContainsFunc(ext[1:], func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	}) {
		return ""
	}
	return ext
}
