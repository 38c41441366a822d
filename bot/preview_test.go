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
