package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"huiyin/data"
	"huiyin/internal/locale"
)

// TestEveryCallHasWords: the audit log says in words what an operation did that changes something.
func TestEveryCallHasWords(t *testing.T) {
	words, err := locale.Load(data.Files(), "locale")
	if err != nil {
		t.Fatal(err)
	}
	var changing []string
	for _, r := range (&API{Config: Config{Desk: struct{ Desk }{}}}).routes() {
		if r.method != http.MethodGet {
			changing = append(changing, "audit.api."+r.id)
		}
	}
	slices.Sort(changing)
	if got := words.Keys("audit.api."); !slices.Equal(got, changing) {
		t.Errorf("there are words for\n%s\nand operations\n%s", strings.Join(got, "\n"), strings.Join(changing, "\n"))
	}
}
