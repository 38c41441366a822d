package topics_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"strings"
	"testing"
	"testing/fstest"

	"huiyin/data"
	"huiyin/feedback/feedbacktest"
	"huiyin/feedback/topics"
)

// clinic is a taxonomy without a seed for most of what its examples show.
const clinic = `examples: clinic.csv
topics:
  - {id: waiting, name: {en: Waiting, zh: 等候}, seeds: {en: [queue]}}
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
		{"the queue for the appointment on Friday", "waiting"}, // a seed
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

// The trained file that ships is of the examples that ship: else run "make train" and commit what it wrote.
func TestShippedModelIsWhatTrainingGives(t *testing.T) {
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
	wantKey, want := unzip(t, &trained)
	key, got := unzip(t, f)
	if key != wantKey || !bytes.Equal(got, want) {
		t.Error("the shipped model of the topics is not that of their examples: run 'make train'")
	}
}

func unzip(t *testing.T, r io.Reader) (key string, model []byte) {
	t.Helper()
	z, err := gzip.NewReader(r)
	if err != nil {
		t.Fatal(err)
	}
	model, err = io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return z.Comment, model
}
