package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/http/httptest"
	netmail "net/mail"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/xuri/excelize/v2"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	gmhtml "github.com/yuin/goldmark/renderer/html"
	"golang.org/x/net/html"

	"huiyin/feedback"
	"huiyin/feedback/mine"
	"huiyin/feedback/render"
	"huiyin/internal/mail"
	"huiyin/internal/mail/mailtest"
	"huiyin/kb"
	"huiyin/nlp"
)

// attacks are what somebody may write to make a program do something.
func attacks() []string {
	return []string{
		`<script>alert(1)</script><img src=x onerror=alert(2)>`,
		`"><svg/onload=alert(1)>' onmouseover='x`,
		`</style></title></svg></textarea><iframe src=javascript:alert(1)>`,
		`=cmd|' /C calc'!A0`, `@SUM(1+1)*cmd|' /C calc'!A0`, `+1+1`, `-2+3`, "\t=1+1", `=HYPERLINK("http://evil.example","x")`, `＝1+1`,
		`[pay](https://evil.example) ![i](https://evil.example/i.png) <https://evil.example>`,
		`https://evil.example www.evil.example WwW.evil.example ftp://evil.example mallory@evil.example mailto:mallory@evil.example`,
		`<!channel> <!here> <@U123> <#C1> <https://evil.example|pay here> @channel`,
		"\u202Eevil\u202C and \u2066more", "nul\x00nul \x1b[31mred \u0085 \xff",
		strings.Repeat("长", 40_000),
		"a | b || c |\n| --- | --- |\n| x | y |",
		"he said \"no\", 'yes'; \"\nnext,line",
		"hello\r\nBcc: victim@example.com\r\nContent-Type: text/html\r\n\r\n<b>body</b>",
		"# heading\n\n- list\n1. one\n> quote\n```\ncode\n~~~\n***\n---\n[a]: https://evil.example",
		`&lt;b&gt; &#60;i&#62; &amp;lt; &nbsp;`, `- a dash`, `1. a number`, `2) another`, "under\n=====", `[x] task`, "`code` **bold** _it_ ~~no~~ \\*", `$(rm) {{.}} {topic} {n} %s`,
	}
}

// places are where text of customers and editors stands in a digest; each has a mark behind it by which it is found.
const places = 7

// attacked is a digest with a text in every place.
func attacked(t *testing.T, text string) feedback.Digest {
	t.Helper()
	p, err := feedback.Week(benchWeek, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	at := func(place int) string { return fmt.Sprintf("%s L%d", text, place) }
	both := func(s string) feedback.Text { return feedback.Text{ZH: s, EN: s} }
	say := func(key string, pairs ...any) *feedback.Phrase { s := feedback.Say(key, pairs...); return &s }
	n, name := 7.0, both(at(2))
	table := feedback.Table{Title: feedback.Say("digest.topics.rose"), Empty: feedback.Say("digest.empty"), Columns: []feedback.Phrase{feedback.Say("digest.col.topic"), feedback.Say("digest.col.messages"), feedback.Say("digest.col.topic")},
		Rows: [][]feedback.Cell{{{Name: &name}, {Number: &n, Unit: feedback.Count}, {Text: at(3)}}, {{Text: "x"}, {Phrase: say("digest.topics.top", "topic", both(at(4)), "n", 3)}, {Text: "y"}}}}
	return feedback.Digest{Name: p.Name(), Start: p.Start, End: p.End, Zone: "UTC", Made: p.End, Blocks: []feedback.Block{
		{Section: "headline", Elements: []feedback.Element{{Sentence: say("digest.topics.top", "topic", both(at(1)), "n", 3)}}},
		{Section: "changes", Elements: []feedback.Element{{Table: &table}}},
		{Section: "topics", Elements: []feedback.Element{{Topic: &feedback.Topic{ID: "t", Name: both(at(5)), Count: 9, People: 9, Of: 90, Daily: []int{1, 2, 3, 0, 0, 1, 2}, Languages: map[nlp.Lang]int{"zh": 9},
			Tiers:  []feedback.TierShare{{Key: "gold", Name: both(at(6)), People: 9}},
			Quotes: []feedback.Quote{{Text: at(7), Lang: "zh", ID: text, Channel: text, Conversation: "c1"}}}}}},
	}}
}

// seen is a text as people see it: without control characters and marks of direction, and with single spaces.
func seen(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) && r != '\u0085' {
			return ' '
		}
		if unicode.Is(unicode.Cc, r) || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Join(strings.Fields(s), " ")
}

// domOf is what a browser makes of HTML: its elements with their attributes in order, and its text.
func domOf(t *testing.T, source string) (shape []string, text string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for n := range root.Descendants() {
		switch n.Type {
		case html.ElementNode:
			s := n.Data
			for _, a := range n.Attr {
				s += " " + a.Key
				if slices.Contains([]string{"href", "src", "class", "style"}, a.Key) {
					s += "=" + a.Val
				}
			}
			shape = append(shape, s)
		case html.TextNode:
			b.WriteString(n.Data + " ")
		case html.CommentNode:
			shape = append(shape, "comment")
		}
	}
	return shape, seen(b.String())
}

// marked is Markdown as a browser shows what CommonMark with GitHub's additions makes of it; raw HTML is let through, so that it shows.
func marked(t *testing.T, source string) (shape []string, text string) {
	t.Helper()
	var out bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(gmhtml.WithUnsafe())).Convert([]byte(source), &out); err != nil {
		t.Fatal(err)
	}
	return domOf(t, out.String())
}

// hostileCase renders a text in one way; it returns the shape of the output, which must not depend on the text, and what is read there.
type hostileCase struct {
	name  string
	loose bool // quotation marks that keep a cell from being a formula are no part of the text
	from  int  // the first and the last place that this shows
	to    int
	run   func(t *testing.T, d feedback.Digest) (shape []string, text string)
}

// TestHostileText: whatever customers write, in every format that a digest has it is text. What a program that reads the format sees
// has the same structure as with a harmless word in its place, and shows the text in full.
func TestHostileText(t *testing.T) {
	words, err := ownWords()
	if err != nil {
		t.Fatal(err)
	}
	r := render.New(words)
	r.Link = func(id string) string { return "https://desk.example/c/" + id }
	r.Week = func(week string) string { return "https://desk.example/w/" + week }
	rendered := func(t *testing.T, d feedback.Digest, f render.Format) string {
		var out bytes.Buffer
		if err := r.Render(&out, d, f, "en"); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	post := slackPosts(t)
	smtp := mailtest.New(t, true, "")
	for _, c := range []hostileCase{
		{"HTML", false, 1, places, func(t *testing.T, d feedback.Digest) ([]string, string) { return domOf(t, rendered(t, d, render.HTML)) }},
		{"Markdown", false, 1, places, func(t *testing.T, d feedback.Digest) ([]string, string) {
			return marked(t, rendered(t, d, render.Markdown))
		}},
		{"JSON", false, 1, places, func(t *testing.T, d feedback.Digest) ([]string, string) {
			return objects(t, rendered(t, d, render.JSON))
		}},
		{"CSV", true, 1, places, func(t *testing.T, d feedback.Digest) ([]string, string) {
			rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(rendered(t, d, render.CSV), "\uFEFF"))).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			return sheetShape(t, rows)
		}},
		{"XLSX", true, 1, places, func(t *testing.T, d feedback.Digest) ([]string, string) {
			return workbook(t, rendered(t, d, render.XLSX))
		}},
		{"e-mail", false, 1, 4, func(t *testing.T, d feedback.Digest) ([]string, string) { return mailed(t, r, smtp, d) }},
		{"Slack", false, 1, 4, func(t *testing.T, d feedback.Digest) ([]string, string) {
			text, err := r.Post(d, "en")
			if err != nil {
				t.Fatal(err)
			}
			return post(t, text)
		}},
		{"alarm in Slack", false, 5, 7, func(t *testing.T, d feedback.Digest) ([]string, string) {
			topic := d.Blocks[2].Elements[0].Topic
			_, _, text := r.Alarm(feedback.Alarm{Topic: "t", Count: 9, Of: 90}, topic.Name, append([]feedback.Quote{{Text: topic.Tiers[0].Name.EN}}, topic.Quotes...), "en")
			return post(t, text)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			plain, _ := c.run(t, attacked(t, "harmless"))
			for _, attack := range attacks() {
				shape, text := c.run(t, attacked(t, attack))
				if long := len(attack) > 10_000; !long && !slices.Equal(shape, plain) {
					t.Errorf("%.60q changes what the program reads:\n%s", attack, difference(shape, plain))
				}
				want := seen(attack)
				if len(attack) > 10_000 { // Excel and Slack bound a cell and a message
					want = string([]rune(want)[:2_000])
				}
				if c.loose {
					text, want = strings.ReplaceAll(text, "'", ""), strings.ReplaceAll(want, "'", "")
				}
				for place := c.from; place <= c.to; place++ {
					if len(attack) <= 10_000 && !strings.Contains(text, fmt.Sprintf("%s L%d", want, place)) || !strings.Contains(text, want) {
						t.Errorf("%.60q is not shown in place %d", attack, place)
					}
				}
				if strings.ContainsAny(text, "\u202E\u2066\x00\x1b") {
					t.Errorf("%.60q: what nobody sees came through", attack)
				}
			}
		})
	}
}

// difference is the first place in which two shapes differ.
func difference(got, want []string) string {
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			return fmt.Sprintf("got  %q\nwant %q", got[min(i, len(got)):min(i+5, len(got))], want[min(i, len(want)):min(i+5, len(want))])
		}
	}
	return "no difference"
}

// objects are the keys of JSON with the kinds of what stands there, and all texts.
func objects(t *testing.T, source string) (shape []string, text string) {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(source), &v); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch x := v.(type) {
		case map[string]any:
			for key, inner := range x {
				walk(path+"/"+key, inner)
			}
		case []any:
			for i, inner := range x {
				walk(path+"/"+strconv.Itoa(i), inner)
			}
		case string:
			b.WriteString(x + " \n")
			shape = append(shape, path)
		default:
			shape = append(shape, fmt.Sprintf("%s %T", path, v))
		}
	}
	walk("", v)
	slices.Sort(shape)
	return shape, seen(b.String())
}

// sheetShape is how many cells each row has; a cell that a spreadsheet would take for a formula is an error.
func sheetShape(t *testing.T, rows [][]string) (shape []string, text string) {
	t.Helper()
	var b strings.Builder
	for _, row := range rows {
		shape = append(shape, fmt.Sprint(len(row)))
		for _, cell := range row {
			for line := range strings.SplitSeq(cell, "\n") {
				start := strings.TrimLeft(line, " \t\r\u00a0\u3000\u200b\ufeff")
				if _, err := strconv.ParseFloat(cell, 64); err != nil && start != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(start)[0]) {
					t.Errorf("%.60q is a formula", cell)
				}
			}
			b.WriteString(cell + " \n")
		}
	}
	return shape, seen(b.String())
}

// workbook is a workbook as a reader of the format sees it.
func workbook(t *testing.T, raw string) (shape []string, text string) {
	t.Helper()
	book, err := excelize.OpenReader(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	name := book.GetSheetName(0)
	rows, err := book.GetRows(name)
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		for j := range row {
			at, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				t.Fatal(err)
			}
			formula, err1 := book.GetCellFormula(name, at)
			link, _, err2 := book.GetCellHyperLink(name, at)
			if formula != "" || link || err1 != nil || err2 != nil {
				t.Errorf("%s: formula %q, link %v, %v, %v", at, formula, link, err1, err2)
			}
		}
	}
	return sheetShape(t, rows)
}

// mailed is the short digest as a program for e-mail reads it, with an alarm's subject, which names a topic.
func mailed(t *testing.T, r *render.Renderer, s mailtest.Server, d feedback.Digest) (shape []string, text string) {
	t.Helper()
	_, plain, short, err := r.Brief(d, "en")
	if err != nil {
		t.Fatal(err)
	}
	subject, alarm, _ := r.Alarm(feedback.Alarm{Topic: "t", Count: 9, Of: 90}, d.Blocks[2].Elements[0].Topic.Name, nil, "en")
	server := mail.Server{Addr: s.Addr, From: "desk@example.com", TLS: s.TLS, Now: clockOf(t).now}
	if err := server.Send(t.Context(), mail.Message{To: []string{"lead@example.com"}, Subject: subject, Text: plain + alarm, HTML: short}); err != nil {
		t.Fatal(err)
	}
	m, err := netmail.ReadMessage(bytes.NewReader((<-s.Got).Data))
	if err != nil {
		t.Fatal(err)
	}
	for key := range m.Header {
		shape = append(shape, fmt.Sprint(key, " ", len(m.Header[key])))
	}
	slices.Sort(shape)
	title, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || title != strings.Join(strings.Fields(subject), " ") && len(title) < 1000 {
		t.Errorf("subject %.80q: %v", title, err)
	}
	var texts strings.Builder
	var walk func(header, encoding string, body io.Reader)
	walk = func(header, encoding string, body io.Reader) {
		kind, params, err := mime.ParseMediaType(header)
		if err != nil {
			t.Fatal(err)
		}
		shape = append(shape, kind)
		if strings.HasPrefix(kind, "multipart/") {
			for parts := multipart.NewReader(body, params["boundary"]); ; {
				p, err := parts.NextRawPart()
				if err == io.EOF {
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				walk(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p)
			}
		}
		if encoding == "quoted-printable" {
			body = quotedprintable.NewReader(body)
		}
		raw, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		if kind == "text/html" {
			more, shown := domOf(t, string(raw))
			shape = append(shape, more...)
			texts.WriteString(shown)
			return
		}
		texts.WriteString(seen(string(raw)) + "\n")
		for place := 1; place <= 4; place++ { // both say the same
			if !strings.Contains(string(raw), fmt.Sprintf(" L%d", place)) {
				t.Errorf("the text does not show place %d", place)
			}
		}
	}
	walk(m.Header.Get("Content-Type"), "", m.Body)
	return shape, texts.String()
}

// slackPosts sends Markdown to a channel of a fake Slack through the adapter, and reads the blocks that arrive.
func slackPosts(t *testing.T) func(t *testing.T, text string) (shape []string, shown string) {
	t.Helper()
	type call struct{ blocks, text, parse, names string }
	var calls []call
	fake := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/chat.postMessage") {
			calls = append(calls, call{r.FormValue("blocks"), r.FormValue("text"), r.FormValue("parse"), r.FormValue("link_names")})
			fmt.Fprint(w, `{"ok":true,"channel":"C0LEADS","ts":"1700000000.000001"}`)
			return
		}
		fmt.Fprint(w, `{"ok":true}`)
	}))
	t.Cleanup(fake.Close)
	e, flags := configOf(t, fmt.Sprintf("[digest]\npost_to = [\"slack:C0LEADS\"]\n[[inbox]]\nid = \"slack\"\nchannel = \"slack\"\n[inbox.settings]\nmode = \"http\"\nbot_token = \"xoxb-1\"\nsigning_secret = \"signing-secret-of-tests\"\napi_url = %q\n", fake.URL+"/api/"))
	cfg, file, err := e.config()
	if err != nil {
		t.Fatal(err)
	}
	app := &App{appOptions: appOptions{Config: cfg, File: file, Data: flags.Data, Lookup: e.lookup, Log: e.quiet(), Now: clockOf(t).now}}
	if err := app.loadWords(); err != nil {
		t.Fatal(err)
	}
	l, err := app.openChannel(cfg.Inboxes[0], nil)
	if err != nil {
		t.Fatal(err)
	}
	app.lines = append(app.lines, l)
	return func(t *testing.T, text string) (shape []string, shown string) {
		calls = nil
		if err := app.targets()[0].send(t.Context(), post{key: "test/x", at: app.Now(), text: text}, false); err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, c := range calls {
			if strings.Contains(c.text, "<") || c.parse == "full" || c.names != "" { // mrkdwn calls and links in angle brackets only
				t.Errorf("the plain copy may call somebody: %.200q", c.text)
			}
			var blocks []any
			if err := json.Unmarshal([]byte(c.blocks), &blocks); err != nil {
				t.Fatal(err)
			}
			for _, block := range blocks {
				slackShape(block, &shape, &b)
			}
		}
		return shape, seen(b.String())
	}
}

// slackShape lists the types of elements of blocks, neighbours of plain text as one, and what is shown.
func slackShape(v any, shape *[]string, text *strings.Builder) {
	element, ok := v.(map[string]any)
	if !ok {
		return
	}
	kind := fmt.Sprint(element["type"], element["style"], element["url"])
	if s, ok := element["text"].(string); ok {
		text.WriteString(s)
	}
	if n := len(*shape); n == 0 || (*shape)[n-1] != kind || element["type"] != "text" {
		*shape = append(*shape, kind)
	}
	inner, _ := element["elements"].([]any)
	for _, e := range inner {
		slackShape(e, shape, text)
	}
}

// obeyed are the characters of an output that a terminal would act on instead of showing them.
func obeyed(out string) []rune {
	var all []rune
	for _, r := range strings.ToValidUTF8(out, "\x00") {
		if unicode.Is(unicode.Cc, r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r) {
			all = append(all, r)
		}
	}
	return all
}

// What customers, editors and files bring is shown in a terminal, which is not to act on it: it neither clears the screen, nor sets
// its title, nor is a line turned around.
func TestHostileTextInTerminal(t *testing.T) {
	for _, attack := range append(attacks(), "\x1b]0;pwned\x07", "\x1b[2J", "\u009b2J\x7f", "\x1b[8m\r\u200fx") {
		article := kb.Article{ID: "a", Root: "a", Lang: "en", Title: attack}
		for name, write := range map[string]func(e *env, words kb.Words) error{
			"gaps": func(e *env, words kb.Words) error {
				return kb.WriteGapClusters(e.out, words, []kb.GapCluster{{Question: attack, People: 2, Gaps: []kb.Gap{{Question: attack}, {Question: "and " + attack}}}})
			},
			"findings": func(e *env, words kb.Words) error {
				return kb.WriteFindings(e.out, words, []kb.Finding{{Kind: kb.FindDuplicate, Articles: []kb.ArticleID{"a", "b"}, Detail: attack}})
			},
			"rehearsal": func(e *env, words kb.Words) error {
				return kb.WriteRehearsal(e.out, words, kb.Rehearsal{Asked: 1, Broken: []kb.GoldenChange{{Golden: kb.Golden{Question: attack, Root: "a"}}}})
			},
			"plan": func(e *env, _ kb.Words) error {
				return e.writePlan(kb.Plan{New: 1, Changed: 1, Rows: []kb.Planned{{Article: article}, {Article: article, Stored: &kb.Article{ID: "a"}}}})
			},
			"file": func(e *env, _ kb.Words) error {
				(&mineCmd{In: "f.csv"}).report(e, mine.Result{Headed: true, Taken: []mine.TakenField{{Field: "text", Title: attack, How: "title"}}})
				return nil
			},
			"error": func(e *env, _ kb.Words) error {
				fmt.Fprintln(e.out, explain("zh", fmt.Errorf("%w: file %s", errUsage, attack)))
				fmt.Fprintln(e.out, explain("en", wrong(errUsage, "cli.mine.no_title", "flag", "--text", "title", attack, "header", titleList([]string{attack}))))
				return nil
			},
		} {
			var out bytes.Buffer
			e := &env{ctx: t.Context(), now: clockOf(t).now, out: &out, err: &out, flags: &cli{Lang: "en"}}
			if err := write(e, wordsOf("en")); err != nil {
				t.Fatal(err)
			}
			if got := obeyed(out.String()); len(got) > 0 || out.Len() == 0 {
				t.Errorf("%s: %.60q: %d bytes, a terminal would obey %q", name, attack, out.Len(), got)
			}
		}
	}
}
