package render_test

import (
	"encoding/json"
	"strings"
	"testing"

	"huiyin/feedback"
	"huiyin/feedback/render"
)

// Every format says which tiers complained, in either language, and nothing where a shop has none.
func TestTiersInEveryFormat(t *testing.T) {
	d := sample(t)
	plain := d.Blocks[1].Elements[4].Topic
	topic := *plain
	topic.Tiers = []feedback.TierShare{{Key: "gold", Name: feedback.Text{ZH: "金卡", EN: "Gold"}, People: 24}, {People: 72}}
	d.Blocks[1].Elements[4].Topic = &topic
	for lang, want := range map[string]map[render.Format][]string{
		"en": {render.HTML: {"Customers: Gold 24 (25%) · everybody else 72 (75%)"}, render.Markdown: {"Customers: Gold 24 (25%) · everybody else 72 (75%)"}, render.CSV: {"Late delivery · Gold,0.25,share,96,", "Late delivery · everybody else,0.75,share,96,"}},
		"zh": {render.HTML: {"客户等级：金卡 24 人（25%） · 其他客户 72 人（75%）"}, render.Markdown: {"客户等级：金卡 24 人（25%） · 其他客户 72 人（75%）"}, render.CSV: {"配送太慢 · 金卡,0.25,share,96,"}},
	} {
		for f, list := range want {
			got := text(t, d, f, lang)
			for _, w := range list {
				if !strings.Contains(got, w) {
					t.Errorf("%s in %s: no %q in\n%s", f, lang, w, got)
				}
			}
		}
	}
	var back feedback.Digest
	if err := json.Unmarshal([]byte(text(t, d, render.JSON, "en")), &back); err != nil || len(back.Blocks[1].Elements[4].Topic.Tiers) != 2 {
		t.Errorf("JSON: %v", err)
	}
	topic.Tiers = nil
	for _, f := range []render.Format{render.HTML, render.Markdown, render.JSON, render.CSV} {
		if got := text(t, d, f, "en"); strings.Contains(got, "Customers:") || strings.Contains(got, `"tiers"`) || strings.Contains(got, "everybody else") {
			t.Errorf("%s tells of tiers in a shop without them", f)
		}
	}
}

// A week in which nobody wrote is one sentence in every format for people.
func TestQuietInEveryFormat(t *testing.T) {
	d := sample(t)
	d.Quiet = true
	say := feedback.Say("digest.headline.quiet")
	d.Blocks[0] = feedback.Block{Section: "headline", Elements: []feedback.Element{{Sentence: &say}}}
	for lang, want := range map[string]string{"zh": "这一周没有客户发来消息", "en": "Nobody wrote in this week"} {
		for _, f := range []render.Format{render.HTML, render.Markdown, render.CSV} {
			if got := text(t, d, f, lang); !strings.Contains(got, want) || strings.Contains(got, "Late delivery") || strings.Contains(got, "配送太慢") {
				t.Errorf("%s in %s:\n%s", f, lang, got)
			}
		}
		_, brief, html, err := renderer(t).Brief(d, lang)
		post, err2 := renderer(t).Post(d, lang)
		if err != nil || err2 != nil || !strings.Contains(brief, want) || !strings.Contains(html, want) || !strings.Contains(post, want) || strings.Contains(brief+html+post, "131") {
			t.Errorf("%s: %s\n%s", lang, brief, post)
		}
	}
}
