package mine

import "testing"

// Texts that were taken from web pages are read as people wrote them, once: what stands for itself stays.
func TestTextsOfWebPages(t *testing.T) {
	for cell, want := range map[string]string{
		"bags &amp; seats":         "bags & seats",
		"&quot;太慢&quot; &#128544;": "\"太慢\" 😠",
		"&amp;lt;b&amp;gt;":        "&lt;b&gt;",
		"R&D & support; M&S":       "R&D & support; M&S",
		"see https://shop.example/i?a=1&region=cn&timestamp=5&currency=EUR&copy": "see https://shop.example/i?a=1&region=cn&timestamp=5&currency=EUR&copy",
		"a &copyright; b &semi; c":       "a &copyright; b ; c",
		"x&#x4f60;&#22909; &nosuch; &#;": "x你好 &nosuch; &#;",
		"您好！_x000D_路灯坏了":                 "您好！\n路灯坏了",
		"&lt;script&gt;x&lt;/script":     "<script>x</script",
	} {
		if got := textOf(cell); got != want {
			t.Errorf("%q is read as %q, want %q", cell, got, want)
		}
	}
}
