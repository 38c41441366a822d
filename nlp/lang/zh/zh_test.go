package zh_test

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"huiyin/data"
	"huiyin/nlp/lang/zh"
)

func dicts(t testing.TB) fs.FS {
	t.Helper()
	d, err := fs.Sub(data.Files(), "dict")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func open(t testing.TB) *zh.Segmenter {
	t.Helper()
	s, err := zh.Open(dicts(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func words(text string, cut []zh.Word, between string) string {
	var out []string
	for _, w := range cut {
		out = append(out, text[w.Start:w.End])
	}
	return strings.Join(out, between)
}

// TestAsJiebaCuts compares with what cppjieba 5 made of the sentences that sentiment is tested on: a line holds the
// words, a tab, and the words for an index.
func TestAsJiebaCuts(t *testing.T) {
	raw, err := os.ReadFile("testdata/cuts.tsv")
	if err != nil {
		t.Fatal(err)
	}
	s, n := open(t), 0
	for line := range strings.Lines(string(raw)) {
		want, search, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		text := strings.ReplaceAll(want, " ", "")
		if got := words(text, s.Cut(nil, text, zh.Words), " "); got != want {
			t.Errorf("got %s, jieba %s", got, want)
		}
		if got := words(text, s.Cut(nil, text, zh.Search), " "); got != search {
			t.Errorf("for an index: got %s, jieba %s", got, search)
		}
		n++
	}
	if n < 200 {
		t.Errorf("only %d sentences", n)
	}
}

func TestSegmenter(t *testing.T) {
	s := open(t)
	t.Run("cut", func(t *testing.T) {
		for in, want := range map[string]string{
			"":           "",
			"支付宝怎么提现":    "支付宝|怎么|提现",
			"我要退差价":      "我要|退差价",
			"a\x00退款":    "a\x00退款",
			"\xe9\x80退款": "\xe9\x80退款",
		} {
			if got := words(in, s.Cut(nil, in, zh.Words), "|"); got != want {
				t.Errorf("%q: got %s, want %s", in, got, want)
			}
		}
	})
	t.Run("long texts are covered", func(t *testing.T) {
		in, at := strings.Repeat("我的订单还没有发货", 5000), 0
		for _, w := range s.Cut(nil, in, zh.Words) {
			if w.Start != at || w.End <= w.Start {
				t.Fatalf("word %v after %d", w, at)
			}
			at = w.End
		}
		if at != len(in) {
			t.Errorf("words end at %d of %d", at, len(in))
		}
	})
	t.Run("words are added while others cut", func(t *testing.T) {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 500 {
					s.Cut(nil, "彩虹波波壶什么时候到货", zh.Words)
				}
			})
		}
		for _, w := range []string{"彩虹波波壶", "到货啦", "波波"} {
			if err := s.AddWord(w); err != nil {
				t.Error(err)
			}
		}
		wg.Wait()
		if got := words("彩虹波波壶到了", s.Cut(nil, "彩虹波波壶到了", zh.Words), "|"); got != "彩虹波波壶|到|了" {
			t.Errorf("got %s", got)
		}
		for _, w := range []string{"", "a b", "\xff", "a\x00"} {
			if s.AddWord(w) == nil {
				t.Errorf("%q was added", w)
			}
		}
	})
	t.Run("closed", func(t *testing.T) {
		s.Close()
		s.Close()
		if err := s.AddWord("词"); !errors.Is(err, zh.ErrClosed) {
			t.Errorf("got %v", err)
		}
		if got := words("我要退款", s.Cut(nil, "我要退款", zh.Words), "|"); got != "我要退款" {
			t.Errorf("got %s", got)
		}
	})
}

// TestDamagedDictionaries: every fault of a file is an error that names it.
func TestDamagedDictionaries(t *testing.T) {
	good := fstest.MapFS{}
	for _, name := range []string{"jieba.dict.utf8.gz", "user.dict.utf8.gz", "hmm_model.utf8.gz"} {
		b, err := fs.ReadFile(dicts(t), name)
		if err != nil {
			t.Fatal(err)
		}
		good[name] = &fstest.MapFile{Data: b}
	}
	flipped := func(b []byte) []byte {
		b = append([]byte(nil), b...)
		b[len(b)/2] ^= 1
		return b
	}
	for name, damage := range map[string]func(fstest.MapFS) string{
		"truncated": func(m fstest.MapFS) string {
			d := m["hmm_model.utf8.gz"].Data
			m["hmm_model.utf8.gz"] = file(d[:len(d)/2])
			return "hmm_model"
		},
		"one bit": func(m fstest.MapFS) string {
			m["user.dict.utf8.gz"] = file(flipped(m["user.dict.utf8.gz"].Data))
			return "user.dict"
		},
		"not gzip": func(m fstest.MapFS) string { m["user.dict.utf8.gz"] = file([]byte("x")); return "user.dict" },
		"another file": func(m fstest.MapFS) string {
			m["hmm_model.utf8.gz"] = m["user.dict.utf8.gz"]
			return "hmm_model"
		},
		"no frequencies": func(m fstest.MapFS) string {
			m["jieba.dict.utf8.gz"] = m["user.dict.utf8.gz"]
			return "jieba.dict"
		},
		"missing": func(m fstest.MapFS) string { delete(m, "user.dict.utf8.gz"); return "user.dict" },
	} {
		t.Run(name, func(t *testing.T) {
			m := fstest.MapFS{}
			for k, v := range good {
				m[k] = v
			}
			file := damage(m)
			if _, err := zh.Open(m); !errors.Is(err, zh.ErrDict) || !strings.Contains(err.Error(), file) {
				t.Errorf("got %v, want the name of %s", err, file)
			}
		})
	}
}

func file(b []byte) *fstest.MapFile { return &fstest.MapFile{Data: b} }

// FuzzCut: whatever comes in, the words cover it without overlap, on borders of characters, the same twice; those for
// an index lie inside.
func FuzzCut(f *testing.F) {
	s := open(f)
	for _, text := range []string{"", "我要退款", "a我b", "𠮷野家", "好好好好好好好还是事实是啊", "蘄春", "�", "，。", "AT&T"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		cut := s.Cut(nil, text, zh.Words)
		at := 0
		for _, w := range cut {
			if w.Start != at || w.End <= w.Start || utf8.ValidString(text) && w.End < len(text) && !utf8.RuneStart(text[w.End]) {
				t.Fatalf("%q: word %v after %d", text, w, at)
			}
			at = w.End
		}
		if at != len(text) {
			t.Fatalf("%q: words end at %d", text, at)
		}
		if again := s.Cut(nil, text, zh.Words); words(text, again, "|") != words(text, cut, "|") {
			t.Fatalf("%q: two results", text)
		}
		for _, w := range s.Cut(nil, text, zh.Search) {
			if w.Start < 0 || w.End <= w.Start || w.End > len(text) {
				t.Fatalf("%q: word %v", text, w)
			}
		}
	})
}

func BenchmarkOpen(b *testing.B) {
	d := dicts(b)
	for b.Loop() {
		s, err := zh.Open(d)
		if err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}

func BenchmarkCut(b *testing.B) {
	s := open(b)
	const text = "客服态度非常好但是快递太慢了等了一个星期还没有收到货"
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	var dst []zh.Word
	for b.Loop() {
		dst = s.Cut(dst[:0], text, zh.Words)
	}
}
