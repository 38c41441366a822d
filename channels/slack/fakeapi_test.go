package slack_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"huiyin/channels/channelstest"
)

func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/files-pri/") {
		f.filesPri(w, r)
		return
	}
	if strings.HasPrefix(r.URL.Path, "/upload/") {
		f.other.Serve(w, r, func(fault channelstest.Fault) { w.WriteHeader(fault.Status) }, f.receive)
		return
	}
	method := strings.TrimPrefix(r.URL.Path, "/api/")
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	answer := func(fault channelstest.Fault) { fail(w, fault) }
	play := &f.other
	var work http.HandlerFunc
	switch method {
	case "chat.postMessage":
		play, work = &f.faults, f.postMessage
	case "apps.connections.open":
		play, work = &f.opens, func(w http.ResponseWriter, r *http.Request) {
			reply(w, map[string]any{"url": "wss://" + wssHost + "/link/?ticket=" + ticket})
		}
	case "files.completeUploadExternal":
		play, work = &f.faults, f.completeUpload
	case "conversations.history", "conversations.replies":
		play, work = &f.looks, f.history
	default:
		work = func(w http.ResponseWriter, r *http.Request) { f.call(w, r, method) }
	}
	f.mu.Lock()
	f.calls = append(f.calls, method)
	f.mu.Unlock()
	play.Serve(w, r, answer, func(w http.ResponseWriter, r *http.Request) {
		if token == "" {
			token = r.FormValue("token")
		}
		if want := map[bool]string{true: appToken, false: botToken}[method == "apps.connections.open"]; token != want {
			fail(w, channelstest.Fault{Code: "invalid_auth"})
			return
		}
		work(w, r)
	})
}

func (f *fake) call(w http.ResponseWriter, r *http.Request, method string) {
	switch method {
	case "auth.test":
		reply(w, map[string]any{"user_id": self, "bot_id": "B0BOT", "team_id": "T1", "user": "shop"})
	case "users.info":
		user := map[string]any{
			"id": r.FormValue("user"), "name": "lin", "real_name": "Lin Mei", "locale": "zh-CN",
			"profile": map[string]any{"display_name": "林", "email": "lin@shop.example"},
		}
		reply(w, map[string]any{"user": user})
	case "files.getUploadURLExternal":
		f.getUploadURL(w, r)
	case "chat.update":
		f.update(w, r)
	case "chat.postEphemeral":
		f.whisper(w, r)
	default:
		fail(w, channelstest.Fault{Code: "unknown_method"})
	}
}

func (f *fake) postMessage(w http.ResponseWriter, r *http.Request) {
	shown, code := f.read(r)
	channel, ts := r.FormValue("channel"), f.ts()
	if channel != dm && !strings.HasPrefix(channel, "C0") {
		code = "channel_not_found"
	}
	if code != "" {
		fail(w, channelstest.Fault{Code: code})
		return
	}
	shown.ID, shown.Thread = channel+":"+ts, channel
	if root := r.FormValue("thread_ts"); root != "" {
		shown.Thread += ":" + root
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ledger = append(f.ledger, shown)
	f.blocks = append(f.blocks, json.RawMessage(r.FormValue("blocks")))
	f.metadata = append(f.metadata, json.RawMessage(r.FormValue("metadata")))
	f.remember(shown.ID, r)
	reply(w, map[string]any{"channel": channel, "ts": ts})
}

func (f *fake) update(w http.ResponseWriter, r *http.Request) {
	shown, code := f.read(r)
	f.mu.Lock()
	defer f.mu.Unlock()
	id := r.FormValue("channel") + ":" + r.FormValue("ts")
	at := slices.IndexFunc(f.ledger, func(s channelstest.Shown) bool { return s.ID == id })
	if at < 0 {
		code = "message_not_found"
	}
	if code != "" {
		fail(w, channelstest.Fault{Code: code})
		return
	}
	shown.ID, shown.Thread, shown.Edited = id, f.ledger[at].Thread, true
	f.ledger[at], f.blocks[at] = shown, json.RawMessage(r.FormValue("blocks"))
	f.remember(id, r)
	reply(w, map[string]any{"channel": r.FormValue("channel"), "ts": r.FormValue("ts"), "text": shown.Text})
}

// history pages through a channel, or a thread, two messages at a time.
func (f *fake) history(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	thread := r.FormValue("channel")
	if root := r.FormValue("ts"); root != "" {
		thread += ":" + root
	}
	if r.FormValue("include_all_metadata") != "1" {
		f.t.Error("metadata is not asked for")
	}
	var messages []map[string]any
	for i, s := range f.ledger {
		if _, ts, _ := strings.Cut(s.ID, ":"); s.Thread == thread && ts >= r.FormValue("oldest") {
			messages = append(messages, map[string]any{"type": "message", "ts": ts, "text": s.Text, "metadata": f.metadata[i], "user": self, "files": filesShown(s)})
		}
	}
	var from int
	fmt.Sscan(r.FormValue("cursor"), &from)
	to := min(from+2, len(messages))
	next := ""
	if to < len(messages) {
		next = fmt.Sprint(to)
	}
	reply(w, map[string]any{"messages": messages[from:to], "has_more": next != "", "response_metadata": map[string]any{"next_cursor": next}})
}

// read checks a message as Slack does, and renders it as the app would.
func (f *fake) read(r *http.Request) (s channelstest.Shown, wrong string) {
	if text := r.FormValue("text"); strings.ContainsAny(text, "<>") {
		f.t.Errorf("the notification is not escaped: %q", text)
	}
	if r.FormValue("unfurl_links") != "false" || r.FormValue("unfurl_media") != "false" {
		f.t.Error("previews are not switched off")
	}
	var blocks []struct {
		Type     string
		Elements []json.RawMessage
	}
	if err := json.Unmarshal([]byte(r.FormValue("blocks")), &blocks); err != nil || len(blocks) > 50 {
		return s, "invalid_blocks_format"
	}
	var all []run
	for _, b := range blocks {
		for _, e := range b.Elements {
			switch b.Type {
			case "rich_text":
				var section struct {
					Type     string
					Elements []run
				}
				if json.Unmarshal(e, &section) != nil || !slices.Contains([]string{"rich_text_section", "rich_text_preformatted"}, section.Type) {
					return s, "invalid_blocks"
				}
				for _, r := range section.Elements {
					r.pre = section.Type == "rich_text_preformatted"
					if r.Text == "" || r.Type != "text" && r.Type != "link" {
						return s, "invalid_blocks"
					}
					all = append(all, r)
				}
			case "actions":
				var button element
				if json.Unmarshal(e, &button) != nil || !button.valid() || len(b.Elements) > 25 {
					return s, "invalid_blocks"
				}
				s.Buttons = append(s.Buttons, button.titles()...)
			}
		}
	}
	s.Text, s.Format = render(all)
	switch {
	case strings.TrimSpace(s.Text) == "":
		return s, "no_text"
	case len(s.Text) > 13_200:
		return s, "msg_blocks_too_long"
	}
	return s, ""
}

// run is an element of a rich_text block.
type run struct {
	Type, Text, URL string
	Style           struct{ Bold, Italic, Strike, Code bool }
	pre             bool
}

// render joins runs, and names the stretches of equal formatting in the order of their beginnings, the longer first.
func render(runs []run) (text, format string) {
	type stretch struct {
		name       string
		start, end int
	}
	var found []stretch
	at := 0
	last := map[string]int{}
	for _, r := range runs {
		names := map[string]bool{"bold": r.Style.Bold, "italic": r.Style.Italic, "strike": r.Style.Strike, "code": r.Style.Code, "pre": r.pre, "link→" + r.URL: r.URL != ""}
		for name, on := range names {
			if !on {
				continue
			}
			if i, ok := last[name]; ok && found[i].end == at {
				found[i].end = at + len(r.Text)
				continue
			}
			last[name] = len(found)
			found = append(found, stretch{name, at, at + len(r.Text)})
		}
		text += r.Text
		at += len(r.Text)
	}
	slices.SortFunc(found, func(a, b stretch) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end), cmp.Compare(a.name, b.name))
	})
	var all []string
	for _, s := range found {
		name, address, link := strings.Cut(s.name, "→")
		word := text[s.start:s.end]
		if link {
			word += "→" + address
		}
		all = append(all, name+"("+word+")")
	}
	return text, strings.Join(all, " ")
}

func reply(w http.ResponseWriter, result map[string]any) {
	result["ok"] = true
	_ = json.NewEncoder(w).Encode(result)
}

func fail(w http.ResponseWriter, fault channelstest.Fault) {
	switch {
	case fault.Status == http.StatusUnauthorized:
		fault.Code = cmp.Or(fault.Code, "invalid_auth")
	case fault.Status != 0:
		if fault.RetryAfter > 0 {
			w.Header().Set("Retry-After", fmt.Sprint(int(fault.RetryAfter.Seconds())))
		}
		w.WriteHeader(fault.Status)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"ok": false, "error": fault.Code})
}

// element is a button, or a menu of options.
type element struct {
	Type, Value, Action_id string
	Text, Placeholder      struct{ Type, Text string }
	Options                []struct {
		Value string
		Text  struct{ Type, Text string }
	}
}

// remember keeps what pressing something under a message does: somebody may have the old message before her still.
func (f *fake) remember(id string, r *http.Request) {
	var blocks []struct{ Elements []element }
	_ = json.Unmarshal([]byte(r.FormValue("blocks")), &blocks) // read has checked it
	if f.clicks == nil {
		f.clicks = map[string]string{}
	}
	for _, b := range blocks {
		for _, e := range b.Elements {
			for _, title := range e.titles() {
				f.clicks[id+title] = e.action(title)
			}
		}
	}
}

func (e element) valid() bool {
	for _, o := range e.Options {
		if o.Value == "" || len(o.Value) > 150 || o.Text.Text == "" || len([]rune(o.Text.Text)) > 75 {
			return false
		}
	}
	if e.Type == "static_select" {
		return e.Action_id != "" && len(e.Options) > 0 && len(e.Options) <= 100 && len([]rune(e.Placeholder.Text)) <= 150
	}
	return e.Type == "button" && len([]rune(e.Text.Text)) <= 75 && e.Action_id != ""
}

func (e element) titles() []string {
	if e.Type == "button" {
		return []string{e.Text.Text}
	}
	var all []string
	for _, o := range e.Options {
		all = append(all, e.Placeholder.Text+" "+o.Text.Text)
	}
	return all
}

// whisper shows something to one user.
func (f *fake) whisper(w http.ResponseWriter, r *http.Request) {
	shown, code := f.read(r)
	if code != "" || r.FormValue("user") == "" || r.FormValue("thread_ts") == "" {
		fail(w, channelstest.Fault{Code: cmp.Or(code, "user_not_in_channel")})
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.whispers = append(f.whispers, whisper{r.FormValue("user"), shown.Text})
	reply(w, map[string]any{"message_ts": "1.1"})
}

type whisper struct{ user, text string }
