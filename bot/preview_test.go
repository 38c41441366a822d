package bot

import (
	"fmt"
	"strings"
	"testing"

	"huiyin/nlp"
)

// TestPreviewRemembers: a preview from memory is the preview that is worked out, and memory holds no personal data and
// does not grow without end.
func TestPreviewRemembers(t *testing.T) {
	texts := []string{
		"", " ", "您好，有什么可以帮您？", "Your parcel\n\nis on   its way.",
		"请拨打 13812345678 找王女士", "Write to ann.lee@example.com, please.", "call 13812345678" + strings.Repeat(" 好", 200),
		strings.Repeat("好", 75) + " 13812345678", strings.Repeat("long ", 500),
		strings.Repeat("x ", 3*previewRunes) + "13812345678", // far behind what is shown
	}
	var m impersonal
	for range 3 {
		for _, text := range texts {
			if got, want := m.preview(text), preview(text, nlp.Analysis{}); got != want {
				t.Errorf("%q:\n  %q\n  want %q", text, got, want)
			}
		}
	}
	for text := range m.known {
		if strings.Contains(text, "13812345678") || strings.Contains(text, "ann.lee") {
			t.Errorf("in memory: %q", text)
		}
	}
	if len(m.known) != 5 {
		t.Errorf("%d texts are remembered, want the 5 without personal data", len(m.known))
	}
	for i := range 2 * maxImpersonal {
		m.preview(fmt.Sprintf("Answer number %d of the shop.", i))
	}
	if len(m.known) != maxImpersonal {
		t.Errorf("%d texts are remembered, want at most %d", len(m.known), maxImpersonal)
	}
}

// TestPreviewRemembersNoName: what is said to one customer is previewed, and not remembered.
func TestPreviewRemembersNoName(t *testing.T) {
	said := func(change func(*turn), text string) *impersonal {
		b := &Bot{}
		tn := &turn{b: b, job: &job{}, conv: Conversation{Name: "Wang Fang", Status: StatusBot}}
		tn.in.Decision = &Decision{Action: ActArticle}
		tn.out = []Message{{Direction: Outgoing, Text: text}}
		if change != nil {
			change(tn)
		}
		if c := tn.change(); c.Conversation.Preview != strings.ReplaceAll(text, "**", "") {
			t.Errorf("preview %q of %q", c.Conversation.Preview, text)
		}
		return &b.impersonal
	}
	for name, c := range map[string]struct {
		change func(*turn)
		text   string
		kept   int
	}{
		"an article":             {nil, "Parcels take two days.", 1},
		"with emphasis":          {nil, "Parcels take **two days**.", 1},
		"her name":               {nil, "Hello Wang Fang, parcels take two days.", 0},
		"a part of her name":     {nil, "Hello Fang.", 0},
		"her name, new":          {func(t *turn) { t.contact = &Contact{Name: "王芳"} }, "王芳您好", 0},
		"a form":                 {func(t *turn) { t.conv.Form = &FormState{} }, "Is it for Li Na?", 0},
		"a form that is over":    {func(t *turn) { t.in.Decision.Action = ActForm }, "It goes to Li Na.", 0},
		"nothing decided":        {func(t *turn) { t.in.Decision = nil }, "Li Na is here.", 0},
		"what a service answers": {func(t *turn) { t.call = &call{} }, "Li Na has got it.", 0},
	} {
		t.Run(name, func(t *testing.T) {
			if got := said(c.change, c.text); len(got.known) != c.kept {
				t.Errorf("%v are remembered, want %d", got.known, c.kept)
			}
		})
	}
}
