package kb_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"huiyin/kb"
)

// TestCheckFinds: each article below has one thing wrong with it, or nothing.
func TestCheckFinds(t *testing.T) {
	in := func(a kb.Article, root kb.RootID) kb.Article { a.Root = root; return a }
	for _, tc := range []struct {
		name     string
		articles []kb.Article
		want     string // kind and articles of what is found of the case's kinds
		detail   string
	}{
		{"nothing", shop()[:4], "", ""},
		{"numbers that differ", []kb.Article{in(article("w.zh", "保修多久", "保修 24 个月。"), "w"), in(article("w.en", "How long is the warranty", "It is 12 months."), "w")}, "numbers[w.en w.zh]", "12 | 24"},
		{"the same number in words", []kb.Article{in(article("w.zh", "退货期限", "七天内。"), "w"), in(article("w.en", "Return period", "Within 7 days."), "w")}, "", ""},
		{"the same number with a group separator", []kb.Article{in(article("w.zh", "满多少包邮", "满 1000 元。"), "w"), in(article("w.en", "Free shipping from", "From 1,000 yuan."), "w")}, "", ""},
		{"a number in words with a hyphen", []kb.Article{in(article("w.zh", "退货期限", "10 天内退。"), "w"), in(article("w.en", "Return period", "A Ten-day return, 15 days to exchange."), "w")}, "", ""},
		{"a word that begins or ends as a number does", []kb.Article{in(article("w.zh", "退货期限", "10 天内。"), "w"), in(article("w.en", "Return period", "Within 14 days, as is often written on the box."), "w")}, "numbers[w.en w.zh]", "14 | 10"},
		{"one more number on one side", []kb.Article{in(article("w.zh", "保修多久", "保修 24 个月，电话 95。"), "w"), in(article("w.en", "How long is the warranty", "24 months."), "w")}, "", ""},
		{"numbers of drafts", []kb.Article{in(article("w.zh", "保修多久", "保修 24 个月。"), "w"), in(draft(article("w.en", "How long is the warranty", "It is 12 months.")), "w")}, "", ""},
		{"nearly the same title", append(shop()[:4], article("again.en", "How can I return an item?", "See above.", "bring back")), "duplicate[again.en returns.en]", "How do I return an item?"},
		{"a question with two owners", append(shop()[:4], article("copy.en", "Sending parcels", "x", "Send it BACK")), "two_owners[copy.en returns.en]", "Send it BACK"},
		{"one title in two languages that are not tied", []kb.Article{article("vip.zh", "VIP", "会员。"), article("vip2.en", "VIP", "Members.")}, "duplicate[vip.zh vip2.en]", "VIP"},
		{"one title in two languages that are tied", []kb.Article{article("vip.zh", "VIP", "会员。"), article("vip.en", "VIP", "Members.")}, "", ""},
		{"a link within", []kb.Article{article("a.en", "Alpha beta", "See [b](../en/b.md#top) and [none](gone.md)."), article("b.en", "Gamma delta", "x")}, "link[a.en]", "gone.md"},
		{"a link that is not shown", []kb.Article{article("a.en", "Alpha beta", "[write](mailto:a@b.example), [ring](TEL:95), [read](https://b.example/x:y), [a part](#at:10) and [fetch](FTP://b.example/f).")}, "scheme[a.en]", "FTP://b.example/f"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			findings, err := open(t, newStore(t, tc.articles...), t.TempDir()).Check(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			kinds := []kb.FindingKind{kb.FindNumbers, kb.FindDuplicate, kb.FindTwoOwners, kb.FindLink, kb.FindScheme}
			var got []string
			for _, f := range findings {
				if !slices.Contains(kinds, f.Kind) {
					continue
				}
				if got = append(got, fmt.Sprint(f.Kind, f.Articles)); f.Detail != tc.detail || f.Message == "" {
					t.Errorf("%+v, want the detail %q", f, tc.detail)
				}
			}
			if strings.Join(got, " ") != tc.want {
				t.Errorf("found %v, want %q", got, tc.want)
			}
		})
	}
}

func draft(a kb.Article) kb.Article {
	a.Status = kb.Draft
	return a
}

// TestUnused: an article that nobody got is found once it has stood long enough, in either language, and was shown to be got.
func TestUnused(t *testing.T) {
	at := func(id string, days int, change func(*kb.Article)) kb.Article {
		a := article(id, id, "x")
		a.UpdatedAt = noon.AddDate(0, 0, -days)
		if change != nil {
			change(&a)
		}
		return a
	}
	articles := []kb.Article{
		at("old.en", 60, nil), at("new.en", 3, nil), at("seen.en", 60, nil), at("seen.zh", 60, nil), at("draft.en", 60, func(a *kb.Article) { a.Status = kb.Draft }),
		at("future.en", 60, func(a *kb.Article) { a.From = noon.AddDate(0, 0, -1) }),
	}
	var got []string
	for _, f := range kb.Unused(articles, map[kb.ArticleID]int{"seen.zh": 1}, noon.AddDate(0, 0, -56)) {
		got = append(got, string(f.Articles[0]))
	}
	if want := []string{"old.en"}; !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
}

// TestCheckWeb: each address is asked once, one after the other of each host; what published articles link to that does not
// answer is found with everybody who links to it.
func TestCheckWeb(t *testing.T) {
	articles := []kb.Article{
		article("a.en", "A", "[x](https://shop.example/gone#top) [y](https://shop.example/there) <https://other.example/> [m](mailto:a@b.c) [r](b.md)"),
		article("b.en", "B", "[x](https://SHOP.example/gone) [z](https://shop.example/gone) [p](http://plain.example/)"),
		draft(article("c.en", "C", "[x](https://draft.example/)")),
	}
	var mu sync.Mutex
	asked := map[string]int{}
	busy := map[string]bool{}
	probe := func(_ context.Context, address string) error {
		host := strings.ToLower(strings.Split(address, "/")[2])
		mu.Lock()
		if busy[host] {
			t.Errorf("%s is asked twice at a time", host)
		}
		busy[host] = true
		asked[address]++
		mu.Unlock()
		defer func() { mu.Lock(); busy[host] = false; mu.Unlock() }()
		switch {
		case strings.HasSuffix(address, "/gone"):
			return errors.New("the page is gone (404)")
		}
		return nil
	}
	last := 0
	findings, err := kb.CheckWeb(t.Context(), articles, probe, func(done, total int) { last = done*100 + total })
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range findings {
		got = append(got, fmt.Sprint(f.Kind, f.Detail, f.Articles))
	}
	if want := []string{"plain_linkhttp://plain.example/[b.en]", "web_linkhttps://SHOP.example/gone[b.en]", "web_linkhttps://shop.example/gone[a.en b.en]"}; !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
	if len(asked) != 4 || asked["https://shop.example/gone"] != 1 || last != 404 {
		t.Errorf("asked %v; progress %d", asked, last)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	<-ctx.Done()
	if _, err := kb.CheckWeb(ctx, articles, probe, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}
