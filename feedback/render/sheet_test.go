package render_test

import (
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"huiyin/feedback"
	"huiyin/feedback/render"
)

// In a workbook shares are per cent, also of the period before, and units are words of its language; the numbers stay numbers.
func TestWorkbookForPeople(t *testing.T) {
	d := desk(t, feedback.Element{Metric: &feedback.Metric{Name: feedback.Say("digest.desk.met"), Unit: feedback.Share, Value: 0.1475, N: 766, Change: &feedback.Change{Before: 0.0254, BeforeN: 472}}},
		feedback.Element{Metric: &feedback.Metric{Name: feedback.Say("digest.desk.csat"), Unit: feedback.Score, Value: 2.6543, N: 106}})
	for lang, units := range map[string][2]string{"zh": {"占比", "评分"}, "en": {"share", "score"}} {
		book, err := excelize.OpenReader(strings.NewReader(text(t, d, render.XLSX, lang)))
		if err != nil {
			t.Fatal(err)
		}
		for at, want := range map[string]string{"C2": "14.8%", "D2": units[0], "E2": "766", "F2": "2.5%", "C3": "2.65", "D3": units[1]} {
			if got, err := book.GetCellValue("2026-W46", at); err != nil || got != want {
				t.Errorf("%s: %s is %q, want %q, %v", lang, at, got, want, err)
			}
		}
		if got, err := book.GetCellValue("2026-W46", "C2", excelize.Options{RawCellValue: true}); err != nil || got != "0.1475" {
			t.Errorf("%s: the number in C2 is %q, %v", lang, got, err)
		}
		_ = book.Close()
	}
}

// E-mails and posts say of how many messages a share is: nothing else there does.
func TestBriefSaysOfHowMany(t *testing.T) {
	late, n, share := feedback.Text{ZH: "配送太慢", EN: "Late delivery"}, 117.0, 0.153
	d := desk(t, feedback.Element{Table: &feedback.Table{Title: feedback.Say("digest.topics.rose"), Columns: []feedback.Phrase{feedback.Say("digest.col.topic"), feedback.Say("digest.col.messages"), feedback.Say("digest.col.share")},
		Rows: [][]feedback.Cell{{{Name: &late}, {Number: &n, Unit: feedback.Count}, {Number: &share, Unit: feedback.Share, N: 1766}}}}})
	d.Blocks[0].Section = "changes"
	for lang, want := range map[string]string{"zh": "占比 15%（共 1,766 条）", "en": "Share 15% (of 1,766)"} {
		_, mail, _, err := renderer(t).Brief(d, lang)
		if err != nil || !strings.Contains(mail, want) {
			t.Errorf("%s: no %q in\n%s", lang, want, mail)
		}
		if post, err := renderer(t).Post(d, lang); err != nil || !strings.Contains(strings.ReplaceAll(post, `\`, ""), want) {
			t.Errorf("%s: no %q in\n%s", lang, want, post)
		}
	}
}
