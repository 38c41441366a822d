package webchat

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"huiyin/bot"
	"huiyin/internal/attach"
	"huiyin/nlp"
)

//go:embed assets
var assets embed.FS

// pages holds the page and its files, made once.
type pages struct {
	html  *template.Template
	words map[string]map[string]string // language → key → sentence; zh and en
	hant  func() map[string]string     // those of zh in Traditional script, made when the first such browser asks
	files map[string]file
}

type file struct {
	mediaType string
	body      []byte
	etag      string
}

func newPages(s settings) (*pages, error) {
	p := &pages{files: map[string]file{}}
	words, err := assets.ReadFile("assets/words.json")
	if err != nil {
		return nil, fmt.Errorf("webchat: %w", err)
	}
	if err := json.Unmarshal(words, &p.words); err != nil {
		return nil, fmt.Errorf("webchat: words.json: %w", err)
	}
	p.hant = sync.OnceValue(func() map[string]string {
		out := map[string]string{}
		for key, sentence := range p.words["zh"] {
			out[key] = nlp.Traditional(sentence)
		}
		return out
	})
	if p.html, err = template.ParseFS(assets, "assets/page.html"); err != nil {
		return nil, fmt.Errorf("webchat: %w", err)
	}
	for name, mediaType := range map[string]string{
		"chat.js": "text/javascript; charset=utf-8", "chat.css": "text/css; charset=utf-8", "widget.js": "text/javascript; charset=utf-8",
		"identity.js": "text/javascript; charset=utf-8",
	} {
		body, err := assets.ReadFile("assets/" + name)
		if err != nil {
			return nil, fmt.Errorf("webchat: %w", err)
		}
		if name == "chat.css" {
			body = append(body, attach.Style()...)
		}
		p.add(name, mediaType, bytes.ReplaceAll(body, []byte("#0b6e5a"), []byte(s.Accent)))
	}
	p.add("tray.js", "text/javascript; charset=utf-8", attach.Script())
	return p, nil
}

// in are the page's sentences in a language, zh, zh-Hant or en.
func (p *pages) in(lang string) map[string]string {
	if lang == string(nlp.LangHant) {
		return p.hant()
	}
	if words := p.words[lang]; words != nil {
		return words
	}
	return p.words["en"]
}

// word is a sentence of the page in its language.
func (p *pages) word(lang, key string) string {
	words := p.in(lang)
	return strings.ReplaceAll(words[key], "{limit}", strconv.Itoa(maxRunes))
}

func (p *pages) add(name, mediaType string, body []byte) {
	sum := sha256.Sum256(body)
	p.files[name] = file{mediaType, body, `"` + hex.EncodeToString(sum[:8]) + `"`}
}

func (p *pages) asset(w http.ResponseWriter, r *http.Request) { p.serve(w, r, r.PathValue("name")) }

// widget is loaded by other sites, which may keep it for an hour.
func (p *pages) widget(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	p.serve(w, r, "widget.js")
}

func (p *pages) serve(w http.ResponseWriter, r *http.Request, name string) {
	f, ok := p.files[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("ETag", f.etag)
	w.Header().Set("Cache-Control", "public, max-age=300")
	if r.Header.Get("If-None-Match") == f.etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", f.mediaType)
	_, _ = w.Write(f.body)
}

// page is the chat itself; ?embed=1 is the one inside the widget, ?lang= overrides the browser's language.
func (c *chat) page(w http.ResponseWriter, r *http.Request) {
	lang := pageLang(r)
	title, hello := c.Title, c.Hello
	switch lang {
	case "zh":
		title, hello = c.TitleZH, c.HelloZH
	case "zh-Hant":
		title, hello = nlp.Traditional(c.TitleZH), nlp.Traditional(c.HelloZH)
	}
	words, err := json.Marshal(c.pages.in(lang))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	var out bytes.Buffer
	err = c.pages.html.Execute(&out, map[string]any{
		"Lang": lang, "Title": title, "Hello": hello, "Words": c.pages.in(lang), "WordsJSON": string(words),
		"Embed": r.URL.Query().Get("embed") == "1", "Allowed": strings.Join(c.Origins, " "),
		"FileBytes": c.takes(), "FileLimit": attach.Size(c.takes()), "MaxFiles": bot.MaxFiles, "MaxRunes": maxRunes,
	})
	if err != nil {
		c.deps.Log.Error("webchat: page", "error", err)
		http.Error(w, "the page could not be made", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = out.WriteTo(w)
}

// pageLang is what ?lang= says, else the first of the browser's languages that the page speaks: zh, zh-Hant or en; en when there is none.
func pageLang(r *http.Request) string {
	if l := spoken(r.URL.Query().Get("lang")); l != "" {
		return l
	}
	for _, part := range strings.Split(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		if l := spoken(tag); l != "" {
			return l
		}
	}
	return "en"
}

// spoken is the language of the page for a browser's tag (zh-TW, en-GB): zh, zh-Hant or en; empty: none of these.
func spoken(tag string) string {
	base, rest, _ := strings.Cut(strings.ToLower(tag), "-")
	switch {
	case base == "en":
		return "en"
	case base != "zh":
		return ""
	}
	switch script, region, _ := strings.Cut(rest, "-"); {
	case script == "hant", script == "tw", script == "hk", script == "mo", script != "hans" && (region == "tw" || region == "hk"):
		return string(nlp.LangHant)
	}
	return "zh"
}
