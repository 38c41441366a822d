package bot_test

import (
	"errors"
	"strings"
	"testing"

	"huiyin/bot"
)

// TestNotedEdit holds the bounds of what can be noted about a contact.
func TestNotedEdit(t *testing.T) {
	attr := func(name, value string) bot.NotedEdit { return bot.NotedEdit{Set: map[string]string{name: value}} }
	for name, e := range map[string]bot.NotedEdit{
		"no name": attr(" ", "x"), "no value": attr("tier", " "), "a long name": attr(strings.Repeat("长", 65), "x"), "a long value": attr("tier", strings.Repeat("长", 1001)),
		"a control character": attr("ti\x00er", "x"), "no UTF-8": attr("tier", "\xff"), "removing what no name can be": {Remove: []string{"ti\x00er"}}, "removing a long name": {Remove: []string{strings.Repeat("长", 65)}}, "an empty tag": {Tags: []string{"vip", " "}}, "a long tag": {Tags: []string{strings.Repeat("长", 33)}},
	} {
		if _, err := e.Check(); !errors.Is(err, bot.ErrNoted) {
			t.Errorf("%s: %v", name, err)
		}
	}
	e, err := bot.NotedEdit{Tags: []string{"大客户", " Late  payer", "late payer"}, Set: map[string]string{" 会员等级 ": " 金卡\n2026 "}}.Check()
	if err != nil || strings.Join(e.Tags, ",") != "late payer,大客户" || e.Set["会员等级"] != "金卡\n2026" {
		t.Errorf("%+v, %v", e, err)
	}
}
