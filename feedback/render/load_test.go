package render_test

import (
	"strings"
	"testing"

	"huiyin/feedback"
	"huiyin/feedback/render"
)

// desk is a digest of nothing but some elements of the desk's section.
func desk(t *testing.T, elements ...feedback.Element) feedback.Digest {
	t.Helper()
	d := sample(t)
	d.Blocks = []feedback.Block{{Section: "desk", Elements: elements}}
	return d
}

// Whatever "too much" rests on stands in spreadsheets and in Markdown too: who was left waiting, and what could be taken.
func TestLoadInNumbers(t *testing.T) {
	load := feedback.Load{Title: feedback.Say("digest.desk.load"), Rate: 2.5}
	load.Hours[0][14] = &feedback.LoadHour{Handed: 8, Taken: 2, Waiting: 7, Agents: 1, Over: true}
	load.Hours[0][15] = &feedback.LoadHour{Handed: 1, Taken: 3, Waiting: 5, Agents: 1}
	d := desk(t, feedback.Element{Load: &load})
	csv := text(t, d, render.CSV, "en")
	for _, want := range []string{
		"Mon 14:00 · Into the queue,8,count,,,,more than the desk could take\n", "Mon 14:00 · Waiting at the end,7,count", "Mon 14:00 · Could take,2.5,amount",
		"Mon 15:00 · Into the queue,1,count,,,,\n", "Mon 15:00 · Waiting at the end,5,count",
	} {
		if !strings.Contains(csv, want) {
			t.Errorf("no %q in\n%s", want, csv)
		}
	}
	if md := text(t, d, render.Markdown, "en"); !strings.Contains(md, "| Mon | 9 | 5 | 7 | 2 | 5 | 1 |") {
		t.Errorf("Monday is not told with 7 who waited and 5 who could be taken:\n%s", md)
	}
	load.Rate = 0
	if csv, md := text(t, d, render.CSV, "en"), text(t, d, render.Markdown, "en"); strings.Contains(csv, "Could take") || !strings.Contains(md, "| Mon | 9 | 5 | 7 | 2 | – | 1 |") {
		t.Errorf("what can be taken is told although it is not known:\n%s\n%s", csv, md)
	}
}

// What was not measured has no value: it is said that there is none, in every format, and not compared.
func TestNothingMeasured(t *testing.T) {
	say := map[string]string{"zh": "本期没有可统计的数据", "en": "nothing to measure in this period"}
	for _, u := range []feedback.Unit{feedback.Seconds, feedback.Score, feedback.Share, feedback.Net} {
		d := desk(t, feedback.Element{Metric: &feedback.Metric{Name: feedback.Say("digest.desk.waited"), Unit: u, Change: &feedback.Change{Before: 42.42, BeforeN: 9, P: 1}}})
		for lang, words := range say {
			for _, f := range []render.Format{render.HTML, render.Markdown, render.CSV} {
				got := text(t, d, f, lang)
				if !strings.Contains(got, words) {
					t.Errorf("%s in %s, %s: it is not said that nothing was measured:\n%s", f, lang, u, got)
				}
				for _, bad := range []string{"0 秒", "0 s<", "0.00", "0%", ">0<", ": 0*", ",0,seconds", "digest."} {
					if strings.Contains(got[strings.LastIndex(got, "</style>")+1:], bad) {
						t.Errorf("%s in %s, %s: %q", f, lang, u, bad)
					}
				}
			}
		}
	}
}

// A net promoter score is a whole number with its sign.
func TestNetScore(t *testing.T) {
	for value, want := range map[float64]string{12.5: "+13", -7.2: "−7", 0: "0", -0.3: "0", 100: "+100"} {
		d := desk(t, feedback.Element{Metric: &feedback.Metric{Name: feedback.Say("digest.desk.waited"), Value: value, Unit: feedback.Net, N: 8}})
		if got := text(t, d, render.Markdown, "en"); !strings.Contains(got, ": "+want+"** (measured 8 times") {
			t.Errorf("%v is not told as %s:\n%s", value, want, got)
		}
	}
}
