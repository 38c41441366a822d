package kb_test

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"huiyin/kb"
	"huiyin/kb/index"
	"huiyin/nlp"
)

// letters cuts text at white space and punctuation, and each Han character off.
type letters struct{}

func (letters) Tokenize(text string) []nlp.Token {
	var out []nlp.Token
	start := -1
	end := func(at int) {
		if start >= 0 {
			w := strings.ToLower(text[start:at])
			out = append(out, nlp.Token{Span: nlp.Span{Start: start, End: at}, Text: w, Term: strings.TrimSuffix(w, "s")})
		}
		start = -1
	}
	for i, r := range text {
		switch {
		case unicode.Is(unicode.Han, r):
			end(i)
			w := string(r)
			out = append(out, nlp.Token{Span: nlp.Span{Start: i, End: i + len(w)}, Text: w, Term: w})
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if start < 0 {
				start = i
			}
		default:
			end(i)
		}
	}
	end(len(text))
	return out
}

// memory is a kb.Store in memory.
type memory struct {
	mu       sync.Mutex
	articles map[kb.ArticleID][]kb.Article
	version  uint64
	gaps     []kb.Gap
}

func (m *memory) Articles(context.Context) ([]kb.Article, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []kb.Article
	for _, id := range slices.Sorted(maps.Keys(m.articles)) {
		out = append(out, m.articles[id][len(m.articles[id])-1])
	}
	return out, nil
}

func (m *memory) Article(_ context.Context, id kb.ArticleID) (kb.Article, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if list := m.articles[id]; len(list) > 0 {
		return list[len(list)-1], nil
	}
	return kb.Article{}, kb.ErrNotFound
}

func (m *memory) SaveArticles(_ context.Context, articles []kb.Article) ([]kb.Article, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, a := range articles {
		if list := m.articles[a.ID]; a.Revision != len(list) {
			return nil, kb.ErrConflict
		}
	}
	var out []kb.Article
	for _, a := range articles {
		list := m.articles[a.ID]
		if len(list) > 0 && kb.SameContent(list[len(list)-1], a) {
			out = append(out, list[len(list)-1])
			continue
		}
		a.Revision++
		m.articles[a.ID] = append(list, a)
		m.version++
		out = append(out, a)
	}
	return out, nil
}

func (m *memory) Revisions(_ context.Context, id kb.ArticleID) ([]kb.Article, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := slices.Clone(m.articles[id])
	slices.SortFunc(out, func(a, b kb.Article) int { return cmp.Compare(b.Revision, a.Revision) })
	if len(out) == 0 {
		return nil, kb.ErrNotFound
	}
	return out, nil
}

func (m *memory) Version(context.Context) (uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.version, nil
}

func (m *memory) Gaps(_ context.Context, from, to time.Time) ([]kb.Gap, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(m.gaps), func(g kb.Gap) bool { return g.At.Before(from) || !g.At.Before(to) }), nil
}

func (m *memory) CloseGaps(_ context.Context, ids []string, by kb.ArticleID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.gaps {
		if slices.Contains(ids, m.gaps[i].ID) {
			m.gaps[i].ClosedBy = by
		}
	}
	return nil
}

func newStore(t *testing.T, articles ...kb.Article) *memory {
	t.Helper()
	m := &memory{articles: map[kb.ArticleID][]kb.Article{}}
	if _, err := m.SaveArticles(t.Context(), articles); err != nil {
		t.Fatal(err)
	}
	return m
}

// noon is the clock of tests.
var noon = time.Date(2026, 11, 16, 12, 0, 0, 0, time.UTC)

// open gives a searcher over a real index on disk.
func open(t *testing.T, store kb.Store, dir string) *kb.Searcher {
	t.Helper()
	s := kb.NewSearcher(kb.Config{Store: store, Tokenizer: letters{}, Now: func() time.Time { return noon },
		Index: index.New(index.Config{Dir: dir, Fingerprint: "letters"})})
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-s.Ready()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func article(id, title, body string, questions ...string) kb.Article {
	return kb.Normalize(kb.Article{ID: kb.ArticleID(id), Title: title, Body: body, Questions: questions, Status: kb.Published})
}

// shop is a small base in both languages.
func shop() []kb.Article {
	return []kb.Article{
		article("returns.zh", "怎么退货", "签收后七天内可以退货。", "我想退货", "商品不喜欢可以退吗"),
		article("returns.en", "How do I return an item?", "You can return it within seven days.", "send it back", "I want to return my order"),
		article("invoice.zh", "怎么开发票", "在订单页点“开发票”。", "发票在哪里"),
		article("invoice.en", "How do I get an invoice?", "Open the order and press “Invoice”."),
		article("delivery.zh", "多久能送到", "一般三天内送到。", "快递什么时候到", "物流要多久"),
		article("delivery.en", "How long does delivery take?", "Three days as a rule.", "when will my parcel arrive"),
		article("customs.en", "Do I pay customs duty?", "Duties are included in the price for most countries.", "import tax"),
	}
}

// first leaves a Rehearsal out.
func first(saved []kb.Article, _ kb.Rehearsal, err error) ([]kb.Article, error) { return saved, err }

// clockOf is the clock of a newsroom.
func clockOf(n *newsroom) func() time.Time { return func() time.Time { return n.now } }

func newMemoryIndex() *index.Index { return index.New(index.Config{Fingerprint: "letters"}) }
