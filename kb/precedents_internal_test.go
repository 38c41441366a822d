package kb

import (
	"fmt"
	"strings"
	"testing"

	"huiyin/nlp"
)

// TestPrecedentsAreBounded: the words of questions that have left do not pile up, and those that are there are found all the same.
func TestPrecedentsAreBounded(t *testing.T) {
	const most = 50
	p := (&Searcher{catalog: realCatalog(t), weights: defaultWeights()}).Precedents(most)
	question := func(i int) string {
		name := strings.Map(func(r rune) rune { return r - '0' + 'k' }, fmt.Sprint(7919*(i+1)))
		return fmt.Sprintf("does the %s fit my %s?", name, name[1:]+"o")
	}
	size := func() int { return len(p.catalog.words.ids) }
	full := 0
	for i := range 40 * most {
		p.Put(Precedent{ID: fmt.Sprint(i), Question: question(i), Lang: nlp.LangEnglish})
		if i == most {
			full = size()
		}
		if i > most && size() > 4*full {
			t.Fatalf("after %d questions of which %d are there %d features are known, of the first %d %d were", i+1, most, size(), most, full)
		}
	}
	last := 40*most - 1
	if got := p.Find(t.Context(), question(last), nlp.LangEnglish, 1); len(got) != 1 || got[0].Question != question(last) {
		t.Errorf("found %v", got)
	}
	if n := len(p.catalog.entries); n != most || p.catalog.nearness != nil {
		t.Errorf("%d are kept, nearness %v", n, p.catalog.nearness != nil)
	}
}
