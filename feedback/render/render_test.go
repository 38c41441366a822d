package render_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"huiyin/data"
	"huiyin/feedback"
	"huiyin/feedback/render"
	"huiyin/internal/locale"
	"huiyin/nlp"
)

const hostile = `=HYPERLINK("http://evil.example","x") <script>alert(1)</script> **bold** | # ` + "`x`"

func sample(t *testing.T) feedback.Digest {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	p, err := feedback.Week("2026-W46", zone)
	if err != nil {
		t.Fatal(err)
	}
	half, n := 0.5, 41.0
	heat := feedback.Heat{Title: feedback.Say("digest.volume.heat")}
	for d := range 7 {
		for h := range 24 {
			heat.Counts[d][h] = (d*7 + h*h) % 17
		}
	}
	late := feedback.Text{ZH: "配送太慢", EN: "Late delivery"}
	say := func(key string, pairs ...any) *feedback.Phrase { p := feedback.Say(key, pairs...); return &p }
	return feedback.Digest{Name: p.Name(), Start: p.Start, End: p.End, Zone: "Asia/Shanghai", Made: p.End, Blocks: []feedback.Block{
		{Section: "headline", Elements: []feedback.Element{
			{Sentence: say("digest.topics.worse", "topic", late, "n", 131, "people", 96, "share", feedback.Cell{Number: &half, Unit: feedback.Share}, "before", "8.1%", "since", "2026-11-11")},
			{Sentence: say("digest.headline.no_better")},
		}},
		{Section: "topics", Elements: []feedback.Element{
			{Metric: &feedback.Metric{Name: feedback.Say("digest.topics.complaints"), Value: 0.31, Unit: feedback.Share, N: 1210, Good: -1, Change: &feedback.Change{Before: 0.22, BeforeN: 1100, P: 0.0001, Real: true}}},
			{Metric: &feedback.Metric{Name: feedback.Say("digest.desk.first_response"), Value: 312, Unit: feedback.Seconds, N: 88, Good: -1, Change: &feedback.Change{Before: 290, BeforeN: 80, P: 0.6}}},
			{Table: &feedback.Table{Title: feedback.Say("digest.topics.rose"), Columns: []feedback.Phrase{feedback.Say("digest.col.topic"), feedback.Say("digest.col.messages")},
				Rows: [][]feedback.Cell{{{Name: &late}, {Number: &n, Unit: feedback.Count}}, {{Text: hostile, Link: "c1"}, {Number: &n}}}, Empty: feedback.Say("digest.empty")}},
			{Table: &feedback.Table{Title: feedback.Say("digest.topics.fell"), Empty: feedback.Say("digest.topics.fell_none")}},
			{Topic: &feedback.Topic{ID: "delivery.late", Name: late, Count: 131, People: 96, Of: 1210, Negative: 120, Change: &feedback.Change{Before: 0.04, BeforeN: 1100, P: 0, Real: true},
				Daily: []int{5, 6, 18, 30, 31, 24, 17}, Languages: map[nlp.Lang]int{"zh": 90, "en": 41}, Channels: map[string]int{"webchat": 100, "forum": 31}, Since: "2026-11-11",
				Quotes: []feedback.Quote{{Text: "三天了物流一动不动，到底发没发货？", Lang: "zh", ID: "c7-3", Conversation: "c7", Channel: "webchat", At: p.Start.Add(62*time.Hour + 5*time.Minute)}, {Text: hostile, Lang: "en", ID: "c8-1"}}}},
		}},
		{Section: "volume", Elements: []feedback.Element{
			{Chart: &feedback.Chart{Title: feedback.Say("digest.mood.daily"), Unit: feedback.Count, Labels: []string{"2026-11-09", "2026-11-10", "2026-11-11"}, Series: []feedback.Series{
				{Name: feedback.Say("digest.mood.negative"), Tone: "bad", Values: []float64{10, 40, 123}}, {Name: feedback.Say("digest.mood.positive"), Tone: "good", Values: []float64{30, 20, 0}}}}},
			{Heat: &heat},
		}},
	}}
}

// shipped is the catalogue of messages, read once: nothing changes it.
var shipped = sync.OnceValues(func() (*locale.Catalog, error) { return locale.Load(data.Files(), "locale") })

func renderer(t *testing.T) *render.Renderer {
	t.Helper()
	words, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	return render.New(words)
}

func text(t *testing.T, d feedback.Digest, f render.Format, lang string) string {
	t.Helper()
	var out bytes.Buffer
	r := renderer(t)
	r.Link = func(id string) string { return "/console/c/" + id }
	if err := r.Render(&out, d, f, lang); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestEveryFormatInBothLanguages(t *testing.T) {
	want := map[string][]string{
		"zh": {"客户反馈周报 2026-W46", "配送太慢", "三天了物流一动不动", "属正常波动"},
		"en": {"Customer feedback, 2026-W46", "Late delivery", "三天了物流一动不动", "within the usual range"},
	}
	key := regexp.MustCompile(`digest\.[a-z]+\.[a-z_.]+|\{[a-z]+\}`)
	for _, lang := range []string{"zh", "en"} {
		for _, f := range []render.Format{render.HTML, render.Markdown, render.CSV} {
			got := text(t, sample(t), f, lang)
			for i, w := range want[lang] {
				if !strings.Contains(got, w) && !(f == render.CSV && i == 0) {
					t.Errorf("%s in %s does not say %q", f, lang, w)
				}
			}
			got = regexp.MustCompile(`(?s)<style>.*?</style>`).ReplaceAllString(got, "")
			if m := key.FindString(got); m != "" {
				t.Errorf("%s in %s shows %q", f, lang, m)
			}
		}
	}
}

func TestHTMLStandsAloneAndIsSafe(t *testing.T) {
	got := text(t, sample(t), render.HTML, "zh")
	for _, bad := range []string{"<script", "src=", "@import", "http-equiv", `href="http`} {
		if strings.Contains(got, bad) {
			t.Errorf("the page has %q in it", bad)
		}
	}
	if !strings.Contains(got, `href="/console/c/c7"`) {
		t.Error("a quote does not link to its conversation")
	}
	if n := strings.Count(got, "<svg"); n != 6 {
		t.Errorf("%d pictures, want a spark, bars and a heat map in each language", n)
	}
}

func TestJSONReadsBackTheSame(t *testing.T) {
	d := sample(t)
	var back feedback.Digest
	if err := json.Unmarshal([]byte(text(t, d, render.JSON, "en")), &back); err != nil {
		t.Fatal(err)
	}
	for _, f := range []render.Format{render.HTML, render.Markdown, render.CSV} {
		if text(t, d, f, "en") != text(t, back, f, "en") {
			t.Errorf("%s of a digest that was read back differs", f)
		}
	}
}

func TestMarkdownKeepsOutsideTextInline(t *testing.T) {
	got := text(t, sample(t), render.Markdown, "en")
	for _, bad := range []string{"<script>", "**bold**", "\n# `"} {
		if strings.Contains(got, bad) {
			t.Errorf("outside text came through as %q", bad)
		}
	}
}

func TestSheetsHaveNoFormulas(t *testing.T) {
	d := sample(t)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text(t, d, render.CSV, "zh"), "\uFEFF"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	seen := false
	for _, row := range rows {
		for _, cell := range row {
			seen = seen || strings.Contains(cell, "HYPERLINK")
			if strings.HasPrefix(cell, "=") {
				t.Errorf("cell %q is a formula", cell)
			}
		}
	}
	if !seen {
		t.Error("the hostile text is missing")
	}
	book, err := excelize.OpenReader(strings.NewReader(text(t, d, render.XLSX, "zh")))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	sheet, err := book.GetRows("2026-W46")
	if err != nil || len(sheet) != len(rows) {
		t.Fatalf("the workbook has %d rows, the CSV %d: %v", len(sheet), len(rows), err)
	}
	if v, err := book.GetCellValue("2026-W46", "C3"); err != nil && v == "" {
		t.Errorf("C3 is %q, %v", v, err)
	}
}

func TestUnknownFormat(t *testing.T) {
	if err := renderer(t).Render(&bytes.Buffer{}, sample(t), "pdf", "en"); err == nil {
		t.Error("no error")
	}
}

// TestWriteSample writes the sample for people to look at, when HUIYIN_SAMPLE names a file.
func TestWriteSample(t *testing.T) {
	name, ok := os.LookupEnv("HUIYIN_SAMPLE")
	if !ok {
		t.Skip("HUIYIN_SAMPLE is not set: nobody wants to look at the page")
	}
	if err := os.WriteFile(name, []byte(text(t, sample(t), render.HTML, "zh")), 0o600); err != nil {
		t.Fatal(err)
	}
}

// The e-mail says the three sentences and the changes, as text and as a page without pictures or style sheets; nothing from
// outside becomes markup.
func TestBrief(t *testing.T) {
	d := sample(t)
	d.Blocks[1].Section = "changes"
	for _, lang := range []string{"zh", "en"} {
		subject, text, html, err := renderer(t).Brief(d, lang)
		if err != nil || !strings.Contains(subject, "2026-W46") {
			t.Fatalf("%q, %v", subject, err)
		}
		for _, want := range []string{"131", "2026-11-11", map[string]string{"zh": "配送太慢", "en": "Late delivery"}[lang]} {
			if !strings.Contains(text, want) || !strings.Contains(html, want) {
				t.Errorf("%s: no %q in %s", lang, want, text)
			}
		}
		if strings.Contains(html, "<script") || strings.Contains(html, "<svg") || strings.Contains(html, "<style") || strings.Contains(text+html, "digest.") {
			t.Errorf("%s: %s", lang, html)
		}
	}
}

// A post and an alarm say in either language what happened and where to go on; quotes stay quotes, on one line each.
func TestPostAndAlarm(t *testing.T) {
	d := sample(t)
	d.Blocks[1].Section = "changes"
	r := renderer(t)
	r.Week = func(week string) string { return "https://desk.example/console/digest/" + week }
	r.Link = func(id string) string { return "https://desk.example/console/c/" + id }
	r.Incident = func(topic string) string { return "https://desk.example/console/incidents?topic=" + topic }
	name := feedback.Text{ZH: "配送太慢", EN: "Late delivery"}
	alarm := feedback.Alarm{Topic: "delivery.late", Count: 42, Of: 168, Before: 0.05}
	quotes := []feedback.Quote{{Text: "三天了\n\n# 物流一动不动", Conversation: "c7"}, {Text: "no conversation behind it"}}
	for lang, topic := range map[string]string{"zh": "配送太慢", "en": "Late delivery"} {
		post, err := r.Post(d, lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"2026-W46", topic, "131", "https://desk.example/console/digest/2026-W46"} {
			if !strings.Contains(post, want) {
				t.Errorf("%s: the post has no %q:\n%s", lang, want, post)
			}
		}
		subject, text, _ := r.Alarm(alarm, name, quotes, lang)
		for _, want := range []string{"42", "168", "25%", "5%", "> 三天了 # 物流一动不动\n", "https://desk.example/console/c/c7\n", "incidents?topic=delivery.late"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the alarm has no %q:\n%s", lang, want, text)
			}
		}
		if !strings.Contains(subject, topic) || strings.Contains(subject+text+post, "digest.") {
			t.Errorf("%s: %q\n%s\n%s", lang, subject, text, post)
		}
		if n := strings.Count(text, "/console/c/"); n != 1 {
			t.Errorf("%s: %d links to conversations, one quote has one", lang, n)
		}
	}
}

// Durations are told in the unit that people would use, in both languages.
func TestDurations(t *testing.T) {
	for _, c := range []struct {
		seconds float64
		zh, en  string
	}{{42, "42", "42"}, {312, "5", "5"}, {3 * 3600, "3.0", "3.0"}, {72 * 3600, "3.0", "3.0"}} {
		d := sample(t)
		d.Blocks = []feedback.Block{{Section: "desk", Elements: []feedback.Element{{Metric: &feedback.Metric{Name: feedback.Say("digest.desk.waited"), Value: c.seconds, Unit: feedback.Seconds, N: 9}}}}}
		unit := map[string][]string{"zh": {"秒", "分钟", "小时", "天"}, "en": {"s", "min", "h", "day"}}
		at := 0
		for _, border := range []float64{60, 3600, 48 * 3600} {
			if c.seconds >= border {
				at++
			}
		}
		for lang, want := range map[string]string{"zh": c.zh, "en": c.en} {
			got := text(t, d, render.Markdown, lang)
			if !regexp.MustCompile(regexp.QuoteMeta(want) + `\s?` + unit[lang][at]).MatchString(got) {
				t.Errorf("%v seconds in %s: no %s %s in\n%s", c.seconds, lang, want, unit[lang][at], got)
			}
		}
	}
}

// Of rows without names, times or a second language a topic says no more than how many they are.
func TestTopicSaysOnlyWhatIsKnown(t *testing.T) {
	d := sample(t)
	d.Blocks = []feedback.Block{{Section: "topics", Elements: []feedback.Element{{Topic: &feedback.Topic{ID: "x", Name: feedback.Text{ZH: "配送", EN: "delivery"}, Count: 7, Of: 70,
		Daily: []int{7}, Languages: map[nlp.Lang]int{"zh": 7}}}}}, {Section: "changes"}}
	for lang, want := range map[string]struct{ says, not string }{
		"zh": {"7 条投诉", "位客户"},
		"en": {"7 complaints", "customers"},
	} {
		page, md := text(t, d, render.HTML, lang), text(t, d, render.Markdown, lang)
		begin := strings.Index(page, `<div class="wide topic">`)
		topic := page[begin : begin+strings.Index(page[begin:], "</section>")]
		for _, s := range []string{topic, md} {
			if !strings.Contains(s, want.says) || strings.Contains(s, want.not) || strings.Contains(s, "没有上一期") || strings.Contains(s, "英文") || strings.Contains(s, "<svg") {
				t.Errorf("%s: %s", lang, s)
			}
		}
		if strings.Contains(page, `class="s-changes"`) {
			t.Errorf("%s: a section without anything is shown", lang)
		}
	}
}

// Numbers that stand in sentences are written as those in tables are, whether the digest was just made or read back from JSON.
func TestLongNumbersInSentencesHaveSeparators(t *testing.T) {
	d := feedback.Digest{Name: "all", Zone: "UTC", Blocks: []feedback.Block{{Section: "headline", Elements: []feedback.Element{
		{Sentence: &feedback.Phrase{Key: "digest.topics.top", Values: map[string]any{"topic": feedback.Text{ZH: "配送", EN: "Delivery"}, "n": 1234567}}}}},
		{Section: "topics", Elements: []feedback.Element{{Topic: &feedback.Topic{Name: feedback.Text{ZH: "配送", EN: "Delivery"}, Count: 4321, People: 1987, Of: 1000000}}}}}}
	raw, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var back feedback.Digest
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	for _, d := range []feedback.Digest{d, back} {
		for _, f := range []render.Format{render.HTML, render.Markdown} {
			for _, lang := range []string{"zh", "en"} {
				got := text(t, d, f, lang)
				for _, want := range []string{"1,234,567", "4,321", "1,987", "1,000,000"} {
					if !strings.Contains(got, want) {
						t.Errorf("%s, %s: no %s in %s", f, lang, want, got)
					}
				}
			}
		}
	}
}

// A quote says when and where it was written, not by which number the message is stored, and leads to its conversation; a row of a file
// is named. Channels are called what people call them, and a topic says through which ones it came.
func TestWhereQuotesAreFrom(t *testing.T) {
	d := sample(t)
	for lang, want := range map[string][]string{"en": {"11-11 14:05 · Web chat", "Web chat 100 · forum 31"}, "zh": {"11-11 14:05 · 网页聊天", "网页聊天 100 · forum 31"}} {
		for _, f := range []render.Format{render.HTML, render.Markdown} {
			got := text(t, d, f, lang)
			for _, w := range append(want, "/c7", "c8-1") {
				if !strings.Contains(got, w) {
					t.Errorf("%s, %s: no %q in %s", f, lang, w, got)
				}
			}
			if strings.Contains(got, "c7-3") {
				t.Errorf("%s, %s: the message's number in %s", f, lang, got)
			}
		}
	}
}

// What a messaging app and an e-mail say of a topic has names beside its numbers.
func TestNumbersOfAPostHaveNames(t *testing.T) {
	d := sample(t)
	d.Blocks[1].Section = "changes"
	post, err := renderer(t).Post(d, "en")
	if err != nil || !strings.Contains(post, "Late delivery · Messages 41") {
		t.Errorf("%s, %v", post, err)
	}
	if _, mail, _, err := renderer(t).Brief(d, "zh"); err != nil || !strings.Contains(mail, "配送太慢 · 消息 41") {
		t.Errorf("%s, %v", mail, err)
	}
}
