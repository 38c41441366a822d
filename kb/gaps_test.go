package kb

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"huiyin/data"
	"huiyin/nlp"
)

// TestMostAsked: a flood of different questions displaces neither what several people ask nor, of single ones, the newest.
func TestMostAsked(t *testing.T) {
	noon := time.Date(2026, 11, 16, 12, 0, 0, 0, time.UTC)
	gaps := []Gap{{ID: "old", Question: "do you wrap gifts", Lang: nlp.LangEnglish, At: noon}}
	for i, who := range []string{"ann", "bo", "ann"} {
		gaps = append(gaps, Gap{ID: fmt.Sprint("engrave", i), Question: " can you engrave  a pen", Lang: nlp.LangEnglish, Contact: who, At: noon})
	}
	for i := range 3 * maxClustered {
		gaps = append(gaps, Gap{ID: fmt.Sprint("n", i), Question: fmt.Sprint("zz", i), Lang: nlp.LangEnglish, Contact: "mallory", At: noon.Add(time.Duration(1+i) * time.Second)})
	}
	lists := mostAsked(gaps, maxClustered)
	if len(lists) != maxClustered || len(lists[0]) != 3 || lists[0][0].ID != "engrave0" || lists[len(lists)-1][0].Question != fmt.Sprint("zz", 3*maxClustered-1) {
		t.Errorf("%d lists, the first is %+v", len(lists), lists[0])
	}
	if all := mostAsked(gaps[:4], maxClustered); len(all) != 2 || all[0][0].ID != "old" {
		t.Errorf("of few: %+v", all)
	}
}

// TestGroupingIsGivenUp when nobody waits for it any more.
func TestGroupingIsGivenUp(t *testing.T) {
	tok, err := nlp.NewTokenizer(data.Files(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer tok.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := NewSearcher(Config{Store: Fixed(nil), Tokenizer: tok})
	if out, err := s.ClusterGaps(ctx, []Gap{{ID: "1", Question: "do you wrap gifts"}, {ID: "2", Question: "有没有实体店"}}); !errors.Is(err, context.Canceled) || out != nil {
		t.Errorf("%+v, %v", out, err)
	}
}
