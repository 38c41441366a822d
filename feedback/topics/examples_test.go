package topics_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"huiyin/data"
	"huiyin/feedback"
	"huiyin/feedback/feedbacktest"
	"huiyin/feedback/topics"
)

// clinic is a taxonomy without a seed for most of what its examples show.
const clinic = `examples: clinic.csv
topics:
  - {id: waiting, name: {en: Waiting, zh: 等候}, seeds: {en: [queue, long line]}}
  - {id: bill, name: {en: Bill, zh: 账单}, seeds: {en: [invoice]}, examples: {en: [the fee was wrong], zh: [收费单算错了]}}
  - {id: booking, name: {en: Booking, zh: 预约}, seeds: {zh: [号源]}}
`

const clinicExamples = `text,label,lang
we sat in the waiting room for three hours,waiting,en
the doctor was two hours behind,waiting,en
nobody called us in until noon,waiting,en
how long until it is my turn,waiting,en
在走廊坐了三个小时才轮到,waiting,zh
等到中午还没叫到名字,waiting,zh
医生迟到让大家干等,waiting,zh
前面还有多少人,waiting,zh
they charged me for a test I never had,bill,en
why is the amount so high,bill,en
the total on the paper is not what I paid,bill,en
多收了一项检查的钱,bill,zh
单子上的金额跟我付的不一样,bill,zh
费用为什么这么高,bill,zh
I want an appointment with Doctor Lee,booking,en
can I come on Friday instead,booking,en
the booking page shows no free slot,booking,en
想约李医生周五的门诊,booking,zh
能不能改到下周来,booking,zh
预约页面没有空位,booking,zh
good morning,oos,en
thank you very much,oos,en
早上好,oos,zh
谢谢你们,oos,zh
`

func clinicFiles(examples string) fstest.MapFS {
	return fstest.MapFS{"t/clinic.yaml": {Data: []byte(clinic)}, "t/clinic.csv": {Data: []byte(examples)}}
}

func load(t *testing.T, files fstest.MapFS) *topics.Classifier {
	t.Helper()
	list, err := topics.Load(files, "t/clinic.yaml")
	if err != nil {
		t.Fatal(err)
	}
	w := feedbacktest.Chain(t)
	return topics.New(list, w.Tokenizer, w.Vectors)
}

// Example sentences name topics in other words than theirs and without any seed, in both languages; what is about none of the
// topics gets none; a seed outweighs them.
func TestExamplesNameTopics(t *testing.T) {
	c := load(t, clinicFiles(clinicExamples))
	for _, x := range []struct{ text, want string }{
		{"three hours in the waiting room", "waiting"},
		{"坐了两个小时还没叫到我", "waiting"},
		{"they charged the wrong amount", "bill"},
		{"这个金额不对，多收钱了", "bill"},
		{"no free slot for an appointment on Friday", "booking"},
		{"想改约下周五李医生", "booking"},
		{"thank you", ""},
		{"早上好", ""},
		{"", ""},
		{"🙂🙂🙂", ""},
		{"a long line for the appointment on Friday", "waiting"}, // a seed
		{strings.Repeat("we sat in the waiting room ", 4000), "waiting"},
		{"\x00\xff\xfe waiting room \u202e for hours", "waiting"},
	} {
		if got := assign(t, c, x.text)[0].Topic; got != x.want {
			t.Errorf("%.60q: got %q, want %q", x.text, got, x.want)
		}
		if got := c.Seeded(x.text); got != x.want && got != "" {
			t.Errorf("%.60q: at once %q, want %q", x.text, got, x.want)
		}
	}
}

// What an editor adds changes what is assigned from then on.
func TestAnotherExampleIsLearned(t *testing.T) {
	text := "the parrot in the hall screams"
	if got := assign(t, load(t, clinicFiles(clinicExamples)), text)[0].Topic; got == "bill" {
		t.Fatalf("got %q before", got)
	}
	more := clinicExamples + "the parrot in the hall,bill,en\na parrot screams,bill,en\nscreams of the parrot,bill,en\n"
	if got := assign(t, load(t, clinicFiles(more)), text)[0].Topic; got != "bill" {
		t.Errorf("got %q", got)
	}
}

// Mistakes in a file of examples are named with the file.
func TestMistakesInExamples(t *testing.T) {
	for _, c := range []struct {
		files fstest.MapFS
		want  string
	}{
		{clinicFiles("text,label\nhello,nothing\n"), `the label "nothing", which is no topic of t/clinic.yaml`},
		{clinicFiles("text,label\nhello,oos\n\"two\nlines\",bill\nthe parrot,bil\n"), `t/clinic.csv: row 4: the example "the parrot" has the label "bil"`},
		{clinicFiles("text,label\n" + strings.Repeat("a,bill\n", 20_001)), "t/clinic.csv: more than 20000 examples"},
		{clinicFiles("text,label\n" + strings.Repeat("a", 8<<20) + ",bill\n"), "t/clinic.csv: larger than 8 MiB"},
		{clinicFiles("label\nbill\n"), "t/clinic.csv: row 1"},
		{clinicFiles(""), "t/clinic.csv: the file is empty"},
		{clinicFiles("text,label\n,bill\n"), "t/clinic.csv: row 2"},
		{fstest.MapFS{"t/clinic.yaml": {Data: []byte(clinic)}}, `"clinic.csv" cannot be read`},
	} {
		if _, err := topics.Load(c.files, "t/clinic.yaml"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

// A damaged or foreign trained file is not used: the examples are trained instead.
func TestADamagedModelIsTrainedAgain(t *testing.T) {
	w := feedbacktest.Chain(t)
	list, err := topics.Load(clinicFiles(clinicExamples), "t/clinic.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var good bytes.Buffer
	if err := topics.Train(context.Background(), list, w.Tokenizer, w.Vectors, &good); err != nil {
		t.Fatal(err)
	}
	foreign, err := data.Files().Open(topics.Model)
	if err != nil {
		t.Fatal(err)
	}
	other, err := io.ReadAll(foreign)
	if err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string][]byte{"its own": good.Bytes(), "cut": good.Bytes()[:good.Len()/2], "none": {}, "another": other} {
		files := clinicFiles(clinicExamples)
		files[topics.Model] = &fstest.MapFile{Data: raw}
		if got := assign(t, load(t, files), "three hours in the waiting room")[0].Topic; got != "waiting" {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

// The trained file that ships is of the examples that ship, and assigns what training now would: else run "make train" and
// commit what it wrote. A change of the tokenizer may move a message or two until then.
func TestShippedModelIsWhatTrainingGives(t *testing.T) {
	if underRace {
		t.Skip("the race detector is on, and training takes minutes under it: make test runs this without it")
	}
	w := feedbacktest.Chain(t)
	list, err := topics.Load(data.Files(), "taxonomy/retail.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var trained bytes.Buffer
	if err := topics.Train(context.Background(), list, w.Tokenizer, w.Vectors, &trained); err != nil {
		t.Fatal(err)
	}
	f, err := data.Files().Open(topics.Model)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if key, want := comment(t, f), comment(t, bytes.NewReader(trained.Bytes())); key != want {
		t.Fatal("the shipped model of the topics is not that of their examples: run 'make train'")
	}
	fresh := fstest.MapFS{topics.Model: {Data: trained.Bytes()}}
	for _, name := range []string{"taxonomy/retail.yaml", "taxonomy/retail.examples.csv"} {
		raw, err := fs.ReadFile(data.Files(), name)
		if err != nil {
			t.Fatal(err)
		}
		fresh[name] = &fstest.MapFile{Data: raw}
	}
	again, err := topics.Load(fresh, "taxonomy/retail.yaml")
	if err != nil {
		t.Fatal(err)
	}
	texts := bothLanguages(t, "pairs.json")
	got, want := assign(t, shipped(t), texts...), assign(t, topics.New(again, w.Tokenizer, w.Vectors), texts...)
	other := 0
	for i := range got {
		if got[i].Topic != want[i].Topic {
			other++
		}
	}
	if other*50 > len(texts) {
		t.Errorf("trained anew, %d of %d messages get another topic: run 'make train'", other, len(texts))
	}
}

// comment is the key of a model.
func comment(t *testing.T, r io.Reader) string {
	t.Helper()
	z, err := gzip.NewReader(r)
	if err != nil {
		t.Fatal(err)
	}
	return z.Comment
}

// bothLanguages are the texts of a file of pairs.
func bothLanguages(t *testing.T, file string) []string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	var pairs []struct{ ZH, EN string }
	if err := json.Unmarshal(raw, &pairs); err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, p := range pairs {
		texts = append(texts, p.ZH, p.EN)
	}
	return texts
}

// A topic that an editor renames has its new name in the whole of history at once, and the same messages.
func TestARenamedTopicRelabelsHistory(t *testing.T) {
	texts := []string{"three hours in the waiting room", "多收了检查的钱", "想改约下周五李医生", "早上好"}
	before := assign(t, load(t, clinicFiles(clinicExamples)), texts...)
	files := clinicFiles(clinicExamples)
	files["t/clinic.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(clinic, "{en: Waiting, zh: 等候}", "{en: Long waits, zh: 久等}", 1))}
	after := assign(t, load(t, files), texts...)
	for i := range texts {
		want := before[i].Name
		if before[i].Topic == "waiting" {
			want = feedback.Text{ZH: "久等", EN: "Long waits"}
		}
		if after[i].Topic != before[i].Topic || after[i].Name != want {
			t.Errorf("%q: %s %v, before %s %v", texts[i], after[i].Topic, after[i].Name, before[i].Topic, before[i].Name)
		}
	}
	if before[0].Topic != "waiting" {
		t.Errorf("got %q", before[0].Topic)
	}
}

// What a message is about by itself does not depend on the order of a pile.
func TestOrderDoesNotMatter(t *testing.T) {
	c := shipped(t)
	texts := bothLanguages(t, "pairs.json")[:120]
	forth := assign(t, c, texts...)
	slices.Reverse(texts)
	back := assign(t, c, texts...)
	slices.Reverse(back)
	for i := range forth {
		if forth[i].Topic != back[i].Topic {
			t.Errorf("%q: %s, the other way round %s", texts[len(texts)-1-i], forth[i].Topic, back[i].Topic)
		}
	}
}

// Text made to break things gets an answer, whatever it is, and the same one twice.
func TestHostileText(t *testing.T) {
	c := shipped(t)
	texts := []string{
		"", " ", "\x00", "\xff\xfe\xfd", "\u202e\u200b\ufeff", strings.Repeat("退", 20_000), strings.Repeat("a", 100_000), strings.Repeat("parcel ", 20_000),
		"<script>alert(1)</script>", "'; drop table topics; --", "=cmd|' /C calc'!A0", "%s%n%x", strings.Repeat("👩‍👩‍👧‍👦", 500), "…………", "@@@@ #### $$$$",
		"Z͑ͫ̓ͪ̂ͫ̽͏̴̙a̷l̶g̴o", "快\x00递\x00没到", "-", "oos", "nothing",
	}
	if got, again := assign(t, c, texts...), assign(t, c, texts...); !reflect.DeepEqual(got, again) {
		t.Error("two runs differ")
	}
	for _, text := range texts {
		if c.Seeded(text) != c.Seeded(text) {
			t.Errorf("%.20q: two readings differ", text)
		}
	}
}

// Many at once are read as one by one.
func TestConcurrentReading(t *testing.T) {
	c := shipped(t)
	texts := bothLanguages(t, "pairs.json")[:60]
	want := make([]string, len(texts))
	for i, text := range texts {
		want[i] = c.Seeded(text)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i, text := range texts {
				if got := c.Seeded(text); got != want[i] {
					t.Errorf("%q: %s, want %s", text, got, want[i])
				}
			}
		})
	}
	all.Wait()
}
