package console_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// colours are the custom properties of a block of a style sheet that are colours, as red, green and blue from 0 to 1.
func colours(t *testing.T, block string) map[string][3]float64 {
	t.Helper()
	all := map[string][3]float64{}
	for _, m := range regexp.MustCompile(`--([\w-]+): #([0-9a-f]{3}|[0-9a-f]{6});`).FindAllStringSubmatch(block, -1) {
		hex := m[2]
		if len(hex) == 3 {
			hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
		}
		n, err := strconv.ParseUint(hex, 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		all[m[1]] = [3]float64{float64(n>>16) / 255, float64(n>>8&255) / 255, float64(n&255) / 255}
	}
	return all
}

// contrast is the ratio of two colours (WCAG 2.2, "contrast ratio" and "relative luminance").
func contrast(a, b [3]float64) float64 {
	luminance := func(c [3]float64) float64 {
		for i, v := range c {
			if v <= 0.04045 {
				c[i] = v / 12.92
			} else {
				c[i] = math.Pow((v+0.055)/1.055, 2.4)
			}
		}
		return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2]
	}
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// TestContrast holds that text can be read on everything that it stands on, in the light and in the dark: WCAG 2.2, level AA,
// success criterion 1.4.3, for text of any size.
func TestContrast(t *testing.T) {
	css, err := os.ReadFile("assets/console.css")
	if err != nil {
		t.Fatal(err)
	}
	light, rest, _ := strings.Cut(string(css), "@media (prefers-color-scheme: dark) {")
	dark, _, _ := strings.Cut(rest, "\n}\n")
	pairs := map[string]string{
		"text": "page card hover bot me note warn-bg", "soft": "page card hover bot", "accent": "page card hover bot me note", "bad": "page card", "warn": "card warn-bg", "good": "card page", "on-accent": "accent",
	}
	for scheme, block := range map[string]string{"light": light, "dark": dark} {
		c := colours(t, block)
		for text, grounds := range pairs {
			for _, ground := range strings.Fields(grounds) {
				_, one := c[text]
				_, two := c[ground]
				if got := contrast(c[text], c[ground]); !one || !two || got < 4.5 {
					t.Errorf("%s: --%s on --%s: %.2f, want 4.5", scheme, text, ground, got)
				}
			}
		}
	}
}

// TestFirstPageIsSmall loads what an agent's browser loads first: the page, its styles and scripts have together at most 150 KiB.
func TestFirstPageIsSmall(t *testing.T) {
	const most = 150 << 10
	o := open(t)
	o.talk("c1", "Ada", "waiting", "where is my parcel?")
	b := o.as("agent")
	_, page := b.do("GET", "/console/", nil)
	total, seen := len(page), map[string]bool{}
	for queue := regexp.MustCompile(`(?:href|src)="(/console/assets/[^"]+)"`).FindAllStringSubmatch(page, -1); len(queue) > 0; queue = queue[1:] {
		path := queue[0][1]
		if seen[path] {
			continue
		}
		seen[path] = true
		status, body := b.do("GET", path, nil)
		if status != 200 {
			t.Errorf("%s: %d", path, status)
		}
		total += len(body)
	}
	if total > most || len(seen) < 3 {
		t.Errorf("%d bytes in %d files, want at most %d", total, len(seen)+1, most)
	}
	entries, err := os.ReadDir("assets")
	if err != nil {
		t.Fatal(err)
	}
	all := int64(0)
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		all += info.Size()
	}
	if all > most {
		t.Errorf("all assets have %d bytes, want at most %d", all, most)
	}
}
