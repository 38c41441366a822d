package mine_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"huiyin/data"
	"huiyin/feedback"
	"huiyin/feedback/feedbacktest"
	"huiyin/feedback/mine"
	"huiyin/feedback/render"
	"huiyin/feedback/topics"
	"huiyin/internal/locale"
	"huiyin/nlp/vectors"
)

func TestMain(m *testing.M) { feedbacktest.Main(m, data.Files()) }

const taxonomy = `topics:
  - id: delivery.late
    name: {zh: 配送太慢, en: Late delivery}
    seeds: {zh: [太慢, 没到], en: [late, not arrived]}
  - id: refund
    name: {zh: "=退款", en: "=Refund"}
    seeds: {zh: [退款], en: [refund]}
`

// shipped is the catalogue of messages, read once: nothing changes it.
var shipped = sync.OnceValues(func() (*locale.Catalog, error) { return locale.Load(data.Files(), "locale") })

func options(t testing.TB, in string) mine.Options {
	t.Helper()
	nlp := feedbacktest.Chain(t)
	words, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	list, err := topics.Load(fstest.MapFS{"t.yaml": {Data: []byte(taxonomy)}}, "t.yaml")
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	return mine.Options{In: in, Out: filepath.Join(t.TempDir(), "out"), Zone: zone, Lang: "en", Analyzer: nlp,
		Topics: topics.New(list, nlp.Tokenizer, nil), Render: render.New(words),
		Now: func() time.Time { return time.Date(2026, 11, 16, 8, 0, 0, 0, zone) }}
}

func file(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// cells reads a CSV file that was written.
func cells(t testing.TB, path string) [][]string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// column is one column of assignments.csv.
func column(t testing.TB, o mine.Options, name string) []string {
	t.Helper()
	all := cells(t, filepath.Join(o.Out, "assignments.csv"))
	at := slices.Index(all[0], name)
	var out []string
	for _, row := range all[1:] {
		out = append(out, row[at])
	}
	return out
}

func encoded(t testing.TB, e encoding.Encoding, text string) []byte {
	t.Helper()
	out, err := e.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func workbook(t testing.TB, rows [][]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Three messages in every kind of file that is accepted: each gives the same assignments.
func TestFormats(t *testing.T) {
	const plain = "id,time,text\na,2026-11-09 08:30,发货太慢了\nb,2026-11-10 09:00,\"Where is my refund, please?\"\nc,2026-11-11 10:00,很好\n"
	const semicolons = "id;time;text\na;2026-11-09 08:30;发货太慢了\nb;2026-11-10 09:00;Where is my refund, please?\nc;2026-11-11 10:00;很好\n"
	zone := time.FixedZone("", 8*3600)
	for _, c := range []struct {
		name    string
		content []byte
	}{
		{"plain.csv", []byte(plain)},
		{"bom.csv", []byte("\uFEFF" + plain)},
		{"crlf.csv", []byte(strings.ReplaceAll(plain, "\n", "\r\n"))},
		{"no-last-newline.csv", []byte(strings.TrimSuffix(plain, "\n"))},
		{"blank-lines.csv", []byte(strings.ReplaceAll(plain, "\n", "\n\n"))},
		{"semicolon.csv", []byte(semicolons)},
		{"tab.txt", []byte(strings.ReplaceAll(semicolons, ";", "\t"))},
		{"gbk.csv", encoded(t, simplifiedchinese.GBK, plain)},
		{"gb18030.csv", encoded(t, simplifiedchinese.GB18030, plain)},
		{"utf16le.csv", encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), plain)},
		{"utf16le-bare.csv", encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), plain)},
		{"utf16be-bare.csv", encoded(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), plain)},
		{"lines.txt", []byte(`{"id":"a","text":"发货太慢了"}` + "\n" + `{"id":"b","text":"Where is my refund, please?"}` + "\n" + `{"id":"c","text":"很好"}`)},
		{"utf16be.csv", encoded(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), plain)},
		{"lines.jsonl", []byte(`{"id":"a","text":"发货太慢了"}` + "\n" + `{"id":"b","text":"Where is my refund, please?","time":"2026-11-10 09:00"}` + "\n" + `{"id":"c","text":"很好"}`)},
		{"bom.jsonl", []byte("\uFEFF" + `{"id":"a","text":"发货太慢了"}` + "\n" + `{"id":"b","text":"refund"}` + "\n" + `{"id":"c","text":"很好"}` + "\n")},
		{"book.xlsx", workbook(t, [][]any{{"id", "time", "text"}, {"a", time.Date(2026, 11, 9, 8, 30, 0, 0, zone), "发货太慢了"}, {"b", "2026-11-10 09:00", "Where is my refund?"}, {"c", nil, "很好"}})},
		{"book-named.csv", workbook(t, [][]any{{"id", "text"}, {"a", "发货太慢了"}, {"b", "Where is my refund?"}, {"c", "很好"}})},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := options(t, file(t, c.name, c.content))
			result, err := mine.Run(context.Background(), o)
			if err != nil {
				t.Fatal(err)
			}
			if result.Used != 3 || result.BadRows != 0 {
				t.Fatalf("used %d, bad %v", result.Used, result.Bad)
			}
			if got := column(t, o, "id"); !slices.Equal(got, []string{"a", "b", "c"}) {
				t.Errorf("ids %v", got)
			}
			if got := column(t, o, "topic_id"); !slices.Equal(got, []string{"delivery.late", "refund", ""}) {
				t.Errorf("topics %v", got)
			}
		})
	}
}

func TestWorkbookDatesAreRead(t *testing.T) {
	o := options(t, file(t, "f.xlsx", workbook(t, [][]any{{"time", "text"}, {time.Date(2026, 3, 4, 23, 59, 0, 0, time.UTC), "发货太慢了"}})))
	result, err := mine.Run(context.Background(), o)
	if err != nil || result.Period != "2026-W10" {
		t.Errorf("period %s, %v", result.Period, err)
	}
}

// badRow is a row that was left out, in words.
type badRow struct {
	row  int
	what string
}

func plain(list []mine.BadRow) []badRow {
	var out []badRow
	for _, b := range list {
		out = append(out, badRow{b.Row, b.What})
	}
	return out
}

// A row that cannot be used is reported with its number, and costs no other row.
func TestBadRows(t *testing.T) {
	for _, c := range []struct {
		name, content string
		bad           []badRow
		ids           []string
	}{
		{"text.csv", "id,time,text,rating\n1,2026-11-09,发货太慢,5\n2,2026-11-09,,\n3,yesterday,没到,\n4,2026-11-09,退款,5\n5,2026-11-09,ok,\n6,,fine,4\n",
			[]badRow{{3, "the text is empty"}, {4, `"yesterday" is no time: write it like 2026-11-09 08:30`}},
			[]string{"1", "4", "5", "6"}},
		{"short.csv", "id,text\n1,good\n2\n3,fine\n", []badRow{{3, "the text is empty"}}, []string{"1", "3"}},
		{"unclosed.csv", "id,text\n1,\"never closed\n2,fine\n3,\"a \"\"quoted\"\" word, closed\"\n4,\"two\nlines\"\n5,\"open at the end\n",
			[]badRow{{2, "a quotation mark opens a cell that is not closed"}, {6, "a quotation mark opens a cell that is not closed"}}, []string{"2", "3", "4"}},
		{"wide.csv", "id,text,rating\n1,good,5,,\n2,late, very late,1\n3,fine,4\n", []badRow{{3, "4 cells under 3 titles: a text with a comma must stand in quotation marks"}}, []string{"1", "3"}},
		{"ratings.csv", "id,text,rating\n1,good,5\n2,bad,99\n3,bad,-1\n4,fine,10\n5,fine,0\n", nil, []string{"1", "2", "3", "4", "5"}},
		{"percent.csv", "id,text,score\n1,good,95\n2,bad,20\n3,bad,100\n", nil, []string{"1", "2", "3"}},
		{"list.txt", "text\nlate, very late\n\"good, in all\"\n", nil, []string{"2", "3"}},
		{"ids.jsonl", "{\"id\":1234567890123456700,\"text\":\"good\"}\n{\"id\":1234567890123456701,\"text\":\"fine\"}\n{\"id\":0.10,\"text\":\"fine\"}\n{\"id\":1} {\"id\":2}\n",
			[]badRow{{4, "the line is no JSON object"}}, []string{"1234567890123456700", "1234567890123456701", "0.10"}},
		{"stray.csv", "id,text\n1,he said \"no\" twice\n2,\"she said \"no\" too\"\n", nil, []string{"1", "2"}},
		{"bad.jsonl", "{broken\n{\"id\":\"1\",\"text\":\"good\"}\n\n[1,2]\n{\"id\":\"2\",\"text\":7}\nnull\n{\"text\":\"no id\"}\n",
			[]badRow{{1, "the line is no JSON object"}, {3, "the line is empty"}, {4, "the line is no JSON object"}, {6, "the line is no JSON object"}}, []string{"1", "2", "7"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := options(t, file(t, c.name, []byte(c.content)))
			result, err := mine.Run(context.Background(), o)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(plain(result.Bad), c.bad) || result.BadRows != len(c.bad) {
				t.Errorf("bad rows %v, want %v", result.Bad, c.bad)
			}
			if got := column(t, o, "id"); !slices.Equal(got, c.ids) {
				t.Errorf("ids %v, want %v", got, c.ids)
			}
		})
	}
}

func TestManyBadRowsAreCountedAndAFewShown(t *testing.T) {
	o := options(t, file(t, "f.csv", []byte("id,text\n1,good\n"+strings.Repeat("2,\n", 500))))
	result, err := mine.Run(context.Background(), o)
	if err != nil || result.Rows != 501 || result.BadRows != 500 || len(result.Bad) != 20 || result.Bad[19].Row != 22 {
		t.Errorf("%v: rows %d, bad %d, shown %v", err, result.Rows, result.BadRows, result.Bad)
	}
}

// Nothing of a file is taken for a formula by the program that opens the results.
func TestOutputsAreFormulaSafe(t *testing.T) {
	o := options(t, file(t, "f.csv", []byte("id,channel,text\n\"=HYPERLINK(\"\"http://x\"\")\",@chat,退款\n+1,=c,退款退款\n")))
	if _, err := mine.Run(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"assignments.csv", "topics.csv"} {
		for _, row := range cells(t, filepath.Join(o.Out, name)) {
			for _, cell := range row {
				if cell != "" && strings.ContainsRune("=+-@\t\r", []rune(cell)[0]) {
					t.Errorf("%s holds %q", name, cell)
				}
			}
		}
	}
}

func sampleFile(t testing.TB) string {
	t.Helper()
	raw, err := fs.ReadFile(data.Files(), "shop/feedback_sample.csv")
	if err != nil {
		t.Fatal(err)
	}
	return file(t, "feedback_sample.csv", raw)
}

// The same file gives the same bytes, in the order of its rows.
func TestDeterministic(t *testing.T) {
	in := sampleFile(t)
	var outputs []mine.Options
	for range 2 {
		o := options(t, in)
		result, err := mine.Run(context.Background(), o)
		if err != nil || result.Used != 648 || result.Period != "2026-W46" {
			t.Fatalf("%v: %+v", err, result)
		}
		outputs = append(outputs, o)
	}
	for _, name := range []string{"assignments.csv", "topics.csv", "digest.html", "digest.md", "digest.json"} {
		a, errA := os.ReadFile(filepath.Join(outputs[0].Out, name))
		b, errB := os.ReadFile(filepath.Join(outputs[1].Out, name))
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			t.Errorf("%s differs from run to run (%v, %v)", name, errA, errB)
		}
	}
	for i, id := range column(t, outputs[0], "id") {
		if want := fmt.Sprintf("F%04d", i+1); id != want {
			t.Fatalf("row %d is %s", i, id)
		}
	}
}

func TestPeriods(t *testing.T) {
	in := file(t, "f.csv", []byte("time,text\n2026-11-01 10:00,发货太慢\n2026-11-10T00:30:00+08:00,没到\n1794700000,退款\n"))
	for _, c := range []struct {
		name string
		asOf time.Time
		want string
	}{{"newest", time.Time{}, "2026-W46"}, {"as of", time.Date(2026, 11, 1, 16, 0, 0, 0, time.UTC), "2026-W44"}} {
		o := options(t, in)
		o.AsOf = c.asOf
		if result, err := mine.Run(context.Background(), o); err != nil || result.Period != c.want {
			t.Errorf("%s: %s, %v", c.name, result.Period, err)
		}
	}
	if result, err := mine.Run(context.Background(), options(t, file(t, "g.csv", []byte("text\n发货太慢了\n")))); err != nil || result.Period != "all" {
		t.Errorf("without times: %s, %v", result.Period, err)
	}
}

// One year that is written wrong does not decide the week; what lies outside the week is counted.
func TestAMistakenYearIsNotTheNewest(t *testing.T) {
	const content = "time,text\n2026-11-11,发货太慢了\n2062-11-12,没到没到\n2026-11-13,退款退款\n2026-11-04,退款退款\n,退款退款\n"
	for _, c := range []struct {
		year            int
		content, period string
		in, out, future int
	}{
		{2026, content, "2026-W46", 3, 2, 1}, {2070, content, "2062-W45", 2, 3, 0}, {2010, content, "2062-W45", 2, 3, 4}, {2026, "time,text\n,退款退款\n", "all", 1, 0, 0},
		{2026, "time,text\n2026-11-17,发货太慢了\n2026-11-18,发货太慢了\n", "2026-W47", 2, 0, 1},
	} {
		_, r, err := mined(t, "f.csv", c.content, func(o *mine.Options) {
			o.Now = func() time.Time { return time.Date(c.year, 11, 16, 8, 0, 0, 0, o.Zone) }
		})
		if err != nil || r.Period != c.period || r.In != c.in || r.Out != c.out || r.Future != c.future {
			t.Errorf("in %d: %s with %d in and %d out of it, %d to come, %v", c.year, r.Period, r.In, r.Out, r.Future, err)
		}
	}
}

func TestColumnsAreGuessedAndSaid(t *testing.T) {
	for _, c := range []struct{ header, want string }{
		{"ID,创建时间,渠道,留言详情,评分", `id = "ID", time = "创建时间", channel = "渠道", text = "留言详情", rating = "评分"`},
		{"nr,when,where,what she wrote,x", `time = "when", text = "what she wrote"`},
	} {
		row := "7,2026-11-09,web,It took three weeks to get here and then it was broken,1\n"
		result, err := mine.Run(context.Background(), options(t, file(t, "f.csv", []byte(c.header+"\n"+row))))
		if err != nil || result.Columns != c.want {
			t.Errorf("%s: %s, %v", c.header, result.Columns, err)
		}
	}
}

func TestStopsWhenToldTo(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := mine.Run(ctx, options(t, sampleFile(t))); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestProgress(t *testing.T) {
	o := options(t, file(t, "f.csv", []byte("text\n"+strings.Repeat("发货太慢了\n", 2500))))
	var told []int
	o.Progress = func(rows int) { told = append(told, rows) }
	if _, err := mine.Run(context.Background(), o); err != nil || !slices.Equal(told, []int{1000, 2000}) {
		t.Errorf("told %v, %v", told, err)
	}
}

// Quotes in the digest show nobody's personal data.
func TestDigestMasks(t *testing.T) {
	o := options(t, file(t, "f.csv", []byte("text\n"+strings.Repeat("退款太慢了，急死人，打我电话13812345678或发 li.lei@example.com\n", 3))))
	if _, err := mine.Run(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"digest.html", "digest.md", "digest.json"} {
		raw, err := os.ReadFile(filepath.Join(o.Out, name))
		if err != nil || bytes.Contains(raw, []byte("13812345678")) || bytes.Contains(raw, []byte("li.lei@")) {
			t.Errorf("%s shows personal data (%v)", name, err)
		}
	}
	var d feedback.Digest
	raw, err := os.ReadFile(filepath.Join(o.Out, "digest.json"))
	if err = errors.Join(err, json.Unmarshal(raw, &d)); err != nil || len(d.Blocks) == 0 {
		t.Errorf("digest.json: %v", err)
	}
}

// The sample shop's delivery crisis is the first thing that its digest says, and most of its messages are counted.
func TestTheSampleCrisisIsTheFirstSentence(t *testing.T) {
	o := options(t, sampleFile(t))
	nlp := feedbacktest.Chain(t)
	list, err := topics.Load(data.Files(), "taxonomy/retail.yaml")
	if err != nil {
		t.Fatal(err)
	}
	folder, err := fs.Sub(data.Files(), "vectors")
	if err != nil {
		t.Fatal(err)
	}
	space, err := vectors.Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	o.Topics = topics.New(list, nlp.Tokenizer, space)
	if _, err := mine.Run(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	var d feedback.Digest
	raw, err := os.ReadFile(filepath.Join(o.Out, "digest.json"))
	if err = errors.Join(err, json.Unmarshal(raw, &d)); err != nil {
		t.Fatal(err)
	}
	first := d.Blocks[0].Elements[0].Sentence
	topic, _ := first.Values["topic"].(map[string]any)
	n, _ := first.Values["n"].(float64)
	if first.Key != "digest.topics.worse" || topic["en"] != "Delivery" || topic["zh"] != "配送" || n < 90 || first.Values["since"] != "2026-11-11" {
		t.Errorf("the digest begins with %+v", first)
	}
	t.Logf("%v messages", n)
}
