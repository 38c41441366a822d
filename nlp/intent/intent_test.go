package intent_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"huiyin/nlp"
	"huiyin/nlp/intent"
)

// shop is a small bilingual training set.
func shop() []nlp.Example {
	var out []nlp.Example
	for _, group := range []struct {
		label string
		texts []string
	}{
		{"refund", []string{"I want my money back", "how do I get a refund", "refund my purchase please", "我要退款", "怎么申请退款", "把钱退给我"}},
		{"shipping", []string{"where is my parcel", "has my order shipped yet", "track my delivery", "我的快递到哪了", "什么时候发货", "查一下物流"}},
		{"invoice", []string{"I need an invoice", "send me the receipt for tax", "can you issue a VAT invoice", "开发票", "发票怎么开", "电子发票在哪下载"}},
	} {
		for _, t := range group.texts {
			out = append(out, nlp.Example{Text: t, Label: group.label})
		}
	}
	return out
}

func train(t testing.TB, examples []nlp.Example, opts intent.Options) *intent.Model {
	t.Helper()
	m, err := intent.Train(context.Background(), splitter{}, examples, opts)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestRankReadsBothLanguages(t *testing.T) {
	m := train(t, shop(), intent.Options{})
	for text, want := range map[string]string{
		"please refund me":        "refund",
		"可以退款吗":                   "refund",
		"when will my order ship": "shipping",
		"物流信息在哪里查":                "shipping",
		"invoice for my company":  "invoice",
		"帮我开一张发票":                 "invoice",
	} {
		if got := m.Rank(splitter{}.Tokenize(text)).Best(); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestSaveLoadRoundTrip(t *testing.T) {
	m := train(t, shop(), intent.Options{})
	var file bytes.Buffer
	if err := m.Save(&file); err != nil {
		t.Fatal(err)
	}
	saved := bytes.Clone(file.Bytes())
	back, err := intent.Load(&file, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range shop() {
		tokens := splitter{}.Tokenize(e.Text)
		if a, b := m.Rank(tokens), back.Rank(tokens); a.InScope != b.InScope || a.Intent != b.Intent {
			t.Errorf("%q: %v before, %v after", e.Text, a, b)
		}
	}
	saved[len(saved)/2] ^= 1
	if _, err := intent.Load(bytes.NewReader(saved), nil, nil); !errors.Is(err, intent.ErrFormat) {
		t.Errorf("damaged file: got %v, want ErrFormat", err)
	}
}
