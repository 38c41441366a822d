package zh_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"huiyin/data"
	"huiyin/nlp/lang/zh"
)

func dicts(t *testing.T) fs.FS {
	t.Helper()
	d, err := fs.Sub(data.Files(), "dict")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func words(text string, cut []zh.Word) string {
	var out []string
	for _, w := range cut {
		out = append(out, text[w.Start:w.End])
	}
	return strings.Join(out, "|")
}

func TestSegmenter(t *testing.T) {
	dir := t.TempDir()
	s, err := zh.Open(dicts(t), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := os.RemoveAll(dir); err != nil { // the files are needed only while loading
		t.Fatal(err)
	}

	t.Run("cut", func(t *testing.T) {
		for in, want := range map[string]string{
			"":           "",
			"支付宝怎么提现":    "支付宝|怎么|提现",
			"我要退差价":      "我要|退差价",
			"a\x00退款":    "a\x00退款",
			"\xe9\x80退款": "\xe9\x80退款",
		} {
			if got := words(in, s.Cut(nil, in)); got != want {
				t.Errorf("%q: got %s, want %s", in, got, want)
			}
		}
	})
	t.Run("several runs at once", func(t *testing.T) {
		text := "客服态度很好，但是物流太慢了。abc我要退款！花呗" + strings.Repeat("，等了一个星期还没有收到货", 900)
		var runs []zh.Word
		from := -1
		for i, r := range text + "." {
			if han := r >= 0x4E00 && r <= 0x9FFF; han && from < 0 {
				from = i
			} else if !han && from >= 0 {
				runs, from = append(runs, zh.Word{Start: from, End: i}), -1
			}
		}
		var want []zh.Word
		for _, r := range runs {
			for _, w := range s.Cut(nil, text[r.Start:r.End]) {
				want = append(want, zh.Word{Start: r.Start + w.Start, End: r.Start + w.End})
			}
		}
		if got := s.CutRuns(nil, text, runs); !slices.Equal(got, want) {
			t.Errorf("%d words together, %d one by one", len(got), len(want))
		}
	})
	t.Run("long texts are covered", func(t *testing.T) {
		in, at := strings.Repeat("我的订单还没有发货", 5000), 0
		for _, w := range s.Cut(nil, in) {
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
					s.Cut(nil, "彩虹波波壶什么时候到货")
				}
			})
		}
		for _, w := range []string{"彩虹波波壶", "到货啦", "波波"} {
			if err := s.AddWord(w); err != nil {
				t.Error(err)
			}
		}
		wg.Wait()
		if got := words("彩虹波波壶到了", s.Cut(nil, "彩虹波波壶到了")); got != "彩虹波波壶|到|了" {
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
		if got := words("我要退款", s.Cut(nil, "我要退款")); got != "我要退款" {
			t.Errorf("got %s", got)
		}
		runs := []zh.Word{{Start: 0, End: 6}, {Start: 7, End: 13}}
		if got := s.CutRuns(nil, "我要,退款", runs); !slices.Equal(got, runs) {
			t.Errorf("got %v", got)
		}
	})
}

// TestDamagedDictionaries: jieba would abort the process on each of these.
func TestDamagedDictionaries(t *testing.T) {
	good := fstest.MapFS{}
	entries, err := fs.ReadDir(dicts(t), ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := fs.ReadFile(dicts(t), e.Name())
		if err != nil {
			t.Fatal(err)
		}
		good[e.Name()] = &fstest.MapFile{Data: b}
	}
	for name, damage := range map[string]func(fstest.MapFS){
		"truncated":     func(m fstest.MapFS) { d := m["hmm_model.utf8.gz"].Data; m["hmm_model.utf8.gz"] = file(d[:len(d)/2]) },
		"not gzip":      func(m fstest.MapFS) { m["idf.utf8.gz"] = file([]byte("x")) },
		"another file":  func(m fstest.MapFS) { m["idf.utf8.gz"] = m["stop_words.utf8.gz"] },
		"missing":       func(m fstest.MapFS) { delete(m, "user.dict.utf8.gz") },
		"no manifest":   func(m fstest.MapFS) { delete(m, zh.Manifest) },
		"bad manifest":  func(m fstest.MapFS) { m[zh.Manifest] = file([]byte("zz  idf.utf8\n")) },
		"short listing": func(m fstest.MapFS) { m[zh.Manifest] = file(m[zh.Manifest].Data[:82]) },
	} {
		t.Run(name, func(t *testing.T) {
			m := fstest.MapFS{}
			for k, v := range good {
				m[k] = v
			}
			damage(m)
			dir := t.TempDir()
			if _, err := zh.Open(m, dir); !errors.Is(err, zh.ErrDict) {
				t.Errorf("got %v", err)
			}
			left, err := filepath.Glob(filepath.Join(dir, "*.tmp"))
			if err != nil || len(left) > 0 {
				t.Errorf("left behind: %v %v", left, err)
			}
		})
	}
	t.Run("damaged on disk", func(t *testing.T) {
		dir := t.TempDir()
		s, err := zh.Open(good, dir)
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
		paths, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil || len(paths) != 5 {
			t.Fatalf("%v %v", paths, err)
		}
		for _, p := range paths {
			if err := os.WriteFile(p, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		s, err = zh.Open(good, dir)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if got := words("我要退款", s.Cut(nil, "我要退款")); got != "我要|退款" {
			t.Errorf("got %s", got)
		}
	})
}

func file(b []byte) *fstest.MapFile { return &fstest.MapFile{Data: b} }
