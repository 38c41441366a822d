package kb

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"huiyin/nlp"
)

func instantZero() time.Time { return time.Unix(0, 0) }

// shelf is some articles, with passages, questions and a translation.
func shelf(n int) []Article {
	var out []Article
	for i := range n {
		out = append(out, Article{ID: ArticleID(fmt.Sprintf("a%d.en", i)), Root: RootID(fmt.Sprintf("a%d", i)), Lang: nlp.LangEnglish, Status: Published, Revision: 1,
			Title: fmt.Sprintf("open the box%d today", i), Questions: []string{fmt.Sprintf("where is key%d", i), "how to open"},
			Body: fmt.Sprintf("# Box\n\nTurn the key%d.\n\n# Lid\n\nLift the lid%d twice, then lift it.", i, i), Summary: "Lift it.", Category: "boxes"})
	}
	out[0].Status = Draft
	return out
}

func snapshotOf(t testing.TB, c *catalog) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := c.writeSnapshot(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// rankedAs is everything that a ranking says, for comparison.
func rankedAs(c *catalog, text string) string {
	w := defaultWeights()
	s := ""
	for _, r := range c.rankAll(analyze(spaces{}, text, nil), nlp.LangEnglish, "", nil, false, instantZero(), &w) {
		s += fmt.Sprintf("%s %.6f %d %d %.5f\n", r.entry.article.ID, r.score, r.phrase, r.passage, r.parts.overlap)
	}
	return s
}

// TestSnapshotGivesBackTheCatalog: what is read ranks as what was written, and what is written from it is the same.
func TestSnapshotGivesBackTheCatalog(t *testing.T) {
	articles := shelf(40)
	first := newCatalog(spaces{}, Models{})
	first.put(articles)
	raw := snapshotOf(t, first)
	second := first.sibling()
	changed, gone, err := second.readSnapshot(raw, articles)
	if err != nil || len(changed) > 0 || len(gone) > 0 {
		t.Fatalf("changed %d, gone %v, %v", len(changed), gone, err)
	}
	for _, text := range []string{"open box7", "where is key3 today", "lift the lid9", "how to open", "nothing of the kind"} {
		if a, b := rankedAs(first, text), rankedAs(second, text); a != b {
			t.Errorf("%q:\n%s\nafter reading:\n%s", text, a, b)
		}
	}
	if !bytes.Equal(snapshotOf(t, second), raw) {
		t.Error("a snapshot of what was read differs")
	}
}

// TestSnapshotKnowsWhatChanged: articles that are edited, added, archived or away since then are told, and the counts are
// those of a catalog that never had them.
func TestSnapshotKnowsWhatChanged(t *testing.T) {
	articles := shelf(12)
	c := newCatalog(spaces{}, Models{})
	c.put(articles)
	raw := snapshotOf(t, c)
	now := slices.Clone(articles[:11]) // the last is away
	now[3].Title = "close the box3"
	now[4].Status = Archived
	now[0].Status = Published // was a draft
	now = append(now, shelf(14)[13])
	read := c.sibling()
	changed, gone, err := read.readSnapshot(raw, now)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, a := range changed {
		ids = append(ids, string(a.ID))
	}
	for _, id := range gone {
		ids = append(ids, "-"+string(id))
	}
	slices.Sort(ids)
	if want := []string{"-a11.en", "-a4.en", "a0.en", "a13.en", "a3.en"}; !slices.Equal(ids, want) {
		t.Errorf("got %v, want %v", ids, want)
	}
	read.put(changed)
	fresh := newCatalog(spaces{}, Models{})
	fresh.put(now)
	if read.words.docs != fresh.words.docs || read.words.bodies != fresh.words.bodies || read.words.bodyLength != fresh.words.bodyLength {
		t.Errorf("counts %d %d %d, want %d %d %d", read.words.docs, read.words.bodies, read.words.bodyLength, fresh.words.docs, fresh.words.bodies, fresh.words.bodyLength)
	}
	for _, text := range []string{"close box3", "open box4", "where is key13", "lid0"} {
		if a, b := rankedAs(fresh, text), rankedAs(read, text); a != b {
			t.Errorf("%q:\n%s\nfrom the snapshot:\n%s", text, a, b)
		}
	}
}

// FuzzSnapshot: whatever stands in a snapshot, reading it neither panics nor leaves half a catalog behind.
func FuzzSnapshot(f *testing.F) {
	articles := shelf(3)
	c := newCatalog(spaces{}, Models{})
	c.put(articles)
	raw := snapshotOf(f, c)
	f.Add(raw)
	for _, at := range []int{0, len(snapshotMagic), len(raw) / 3, len(raw) / 2, len(raw) - 1} {
		bad := slices.Clone(raw)
		bad[at] ^= 0x81
		f.Add(bad)
		f.Add(raw[:at])
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		read := c.sibling()
		_, _, err := read.readSnapshot(raw, articles)
		if err != nil && (!errors.Is(err, errSnapshot) || len(read.entries) > 0 || len(read.words.ids) > 0) {
			t.Errorf("%v leaves %d entries", err, len(read.entries))
		}
	})
}

// FuzzPack: packed features come back as they were.
func FuzzPack(f *testing.F) {
	f.Add([]byte{1, 0, 0, 1, 9, 9, 200})
	f.Fuzz(func(t *testing.T, raw []byte) {
		want := map[uint32]uint16{}
		for i, b := range raw {
			want[uint32(b)<<(i%4*8)]++
		}
		var list []counted
		for _, id := range slices.Sorted(maps.Keys(want)) {
			list = append(list, counted{id, want[id]})
		}
		n, last := 0, -1
		for id, count := range unpack(pack(nil, list)) {
			if want[id] != count || int(id) <= last {
				t.Errorf("%d stands %d times, want %d", id, count, want[id])
			}
			last = int(id)
			n++
		}
		if n != len(want) {
			t.Errorf("%d features, want %d", n, len(want))
		}
	})
}

// TestNearest: of many wordings, those with the most signs in common are kept, in their order.
func TestNearest(t *testing.T) {
	var list []lone
	for i := range 3 * signLimit {
		v := make([]int8, 100)
		for k := range v {
			v[k] = 1
			if k < i%100 {
				v[k] = -1
			}
		}
		list = append(list, lone{phrase: int32(i), sign: signOf(v)})
	}
	all := make([]int8, 100)
	for k := range all {
		all[k] = 1
	}
	got := nearest(list, signOf(all))
	if len(got) < signLimit || len(got) > signLimit+len(list)/100 {
		t.Errorf("%d kept", len(got))
	}
	for i, l := range got {
		if l.sign.apart(signOf(all)) > 34 || i > 0 && l.phrase <= got[i-1].phrase {
			t.Fatalf("kept %d, which differs in %d signs", l.phrase, l.sign.apart(signOf(all)))
		}
	}
	if few := nearest(list[:10], signOf(all)); len(few) != 10 {
		t.Errorf("of ten, %d are kept", len(few))
	}
}
