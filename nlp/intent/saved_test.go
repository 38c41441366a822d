package intent_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"huiyin/nlp"
	"huiyin/nlp/intent"
)

// A saved model that is cut anywhere, has a bit turned anywhere, or more at its end, is refused and never half a model.
func TestSavedModelsAreWholeOrRefused(t *testing.T) {
	file := saved(t, train(t, shop(), intent.Options{}))
	refused := func(what string, raw []byte) {
		t.Helper()
		if m, err := intent.Load(bytes.NewReader(raw), nil, nil); !errors.Is(err, intent.ErrFormat) || m != nil {
			t.Errorf("%s: got %v, %v", what, m, err)
		}
	}
	refused("nothing", nil)
	for size := range min(len(file), 128) {
		refused(fmt.Sprintf("the first %d bytes", size), file[:size])
	}
	for size := 128; size < len(file); size += len(file)/97 + 1 {
		refused(fmt.Sprintf("the first %d of %d bytes", size, len(file)), file[:size])
	}
	for at := 0; at < len(file); at += len(file)/97 + 1 {
		bad := bytes.Clone(file)
		bad[at] ^= 1 << (at % 8)
		refused(fmt.Sprintf("a bit at byte %d", at), bad)
	}
	refused("a byte more", append(bytes.Clone(file), 0))
	refused("two files", append(bytes.Clone(file), file...))
	refused("another version", bytes.Replace(file, []byte("huiyin-intent-"), []byte("huiyin-intent-1"), 1))
	if _, err := intent.Load(bytes.NewReader(file), nil, nil); err != nil {
		t.Errorf("as it is: %v", err)
	}
}

// A file with the right checksum whose content is nonsense: somebody made it so. Lengths that no file can have must not be believed.
func TestSavedModelsWithARightChecksum(t *testing.T) {
	file := saved(t, train(t, shop(), intent.Options{}))
	magic, _, _ := bytes.Cut(file, []byte("\n"))
	head := len(magic) + 1 + sha256.Size
	body := file[head:]
	seal := func(body []byte) []byte {
		sum := sha256.Sum256(body)
		return bytes.Join([][]byte{magic, []byte("\n"), sum[:], body}, nil)
	}
	if _, err := intent.Load(bytes.NewReader(append(append([]byte{}, seal(nil)[:head]...), body...)), nil, nil); err == nil {
		t.Error("the checksum is not looked at")
	}
	for name, bad := range map[string][]byte{
		"empty":             {},
		"a huge length":     {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
		"an endless length": bytes.Repeat([]byte{0xff}, 64),
		"no intents":        bytes.Repeat([]byte{0}, 20),
		"a half":            body[:len(body)/2],
		"a byte too few":    body[:len(body)-1],
		"a byte too many":   append(bytes.Clone(body), 1),
	} {
		if _, err := intent.Load(bytes.NewReader(seal(bad)), nil, nil); !errors.Is(err, intent.ErrFormat) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	// Every byte of the body in turn is another one. Most give a model with another number in it; none may give a panic.
	for at := 0; at < len(body); at += len(body)/211 + 1 {
		bad := bytes.Clone(body)
		bad[at] = ^bad[at]
		m, err := intent.Load(bytes.NewReader(seal(bad)), nil, nil)
		if err != nil {
			continue
		}
		if r := m.Rank(splitter{}.Tokenize("how do I get a refund")); r.InScope < 0 || r.InScope > 1 {
			t.Errorf("byte %d: %+v", at, r)
		}
	}
}

func TestSaveAndLoadReportWhatFails(t *testing.T) {
	m := train(t, shop(), intent.Options{})
	full := errors.New("disk full")
	if err := m.Save(failing{full}); !errors.Is(err, full) {
		t.Errorf("save: got %v", err)
	}
	broken := errors.New("no such sector")
	if _, err := intent.Load(io.MultiReader(strings.NewReader("huiyin"), iotest.ErrReader(broken)), nil, nil); !errors.Is(err, broken) {
		t.Errorf("load: got %v", err)
	}
}

type failing struct{ err error }

func (w failing) Write([]byte) (int, error) { return 0, w.err }

// Many ask one model at the same time, and each gets what it would get alone; nothing is left over from the text before.
func TestRankIsTheSameForEverybodyAtOnce(t *testing.T) {
	m := train(t, office(), intent.Options{Vectors: words(t)})
	texts := []string{"", "my printer is broken", "帮我修一下空调", "a new laptop and a new chair please", "zzz qqq", strings.Repeat("badge ", 3000), "怎么申请窗户 order"}
	tokens := make([][]nlp.Token, len(texts))
	alone := make([]string, len(texts))
	for i, text := range texts {
		tokens[i] = splitter{}.Tokenize(text)
		alone[i] = fmt.Sprint(m.Rank(tokens[i]))
	}
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for round := range 200 {
				i := (round*7 + worker) % len(texts)
				if got := fmt.Sprint(m.Rank(tokens[i])); got != alone[i] {
					t.Errorf("%.30q: got %s, alone %s", texts[i], got, alone[i])
					return
				}
			}
		})
	}
	wg.Wait()
}

// What ReadCSV returns can be trained with: every example has a text and a label.
func FuzzReadCSV(f *testing.F) {
	for _, s := range []string{"text,label\na,b\n", "\ufefftext,label,split,lang\n\"a, b\",x,train,en\n", "label,text\nx,\"a\nb\"\n", "text,label\n\"a,b\n",
		"text,label\r\n a , b \r\n", "a\n", "text,label\n,\n", "TEXT , Label\nx\n", "text,label\na\x00,b\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, file string) {
		got, err := intent.ReadCSV(strings.NewReader(file), "f.csv")
		if err != nil {
			if !errors.Is(err, intent.ErrCSV) || !strings.Contains(err.Error(), "f.csv") || len(got) > 0 {
				t.Fatalf("%q: %d examples and %v", file, len(got), err)
			}
			return
		}
		if len(got) == 0 {
			t.Fatalf("%q: neither an example nor an error", file)
		}
		for _, e := range got {
			if strings.TrimSpace(e.Text) == "" || e.Label == "" || e.Label != strings.TrimSpace(e.Label) {
				t.Fatalf("%q: %+v", file, e)
			}
		}
	})
}
