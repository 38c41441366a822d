package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A file of orders is shown before anything is written, imported once however often it is, and taken back; in the reader's language.
func TestCustomersImport(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "may.csv")
	content := "订单号,下单时间,金额,邮箱,备注\nA1,2026-05-02 10:00,¥1299,mei@shop.example,x\nA2,2026-05-03,2.50,li@shop.example,\nA3,何时,5,li@shop.example,\n"
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	call := func(want int, lang string, args ...string) (string, string) {
		t.Helper()
		var out, errs strings.Builder
		args = append([]string{"--data", filepath.Join(dir, "data"), "--lang", lang, "customers"}, args...)
		if code := run(t.Context(), args, strings.NewReader(""), &out, &errs, func(string) (string, bool) { return "", false }); code != want {
			t.Fatalf("%v: code %d, want %d: %s%s", args, code, want, out.String(), errs.String())
		}
		return out.String(), errs.String()
	}
	out, errs := call(0, "en", "import", file)
	for _, say := range []string{"order number: column “订单号”", "Not used: 备注", "2 orders from 2026-05-02 to 2026-05-03", "1,299.00 CNY + 2.50", "Would add 2, change 0, leave 0", "1 rows cannot be used", "--yes"} {
		if !strings.Contains(out, say) {
			t.Errorf("the preview does not say %q: %s", say, out)
		}
	}
	if !strings.Contains(errs, "row 4 left out") {
		t.Errorf("the row that is left out: %q", errs)
	}
	if out, _ := call(0, "zh", "imports"); !strings.Contains(out, "还没有导入过订单") {
		t.Errorf("a preview wrote something: %s", out)
	}
	out, _ = call(0, "zh", "import", file, "--yes")
	id := regexp.MustCompile(`undo (\w+)`).FindStringSubmatch(out)
	if !strings.Contains(out, "新增 2 单") || id == nil {
		t.Fatalf("the import says %s", out)
	}
	if out, _ = call(0, "en", "import", file, "--yes"); !strings.Contains(out, "0 added, 0 changed, 2 as they were") {
		t.Errorf("the same file again: %s", out)
	}
	if out, _ = call(0, "en", "undo", id[1]); !strings.Contains(out, "2 orders are gone") {
		t.Errorf("undone: %s", out)
	}
	if _, errs = call(2, "zh", "undo", id[1]); !strings.Contains(errs, "没有编号为 "+id[1]+" 的导入") {
		t.Errorf("undone twice: %s", errs)
	}
	if err := os.WriteFile(file, []byte("订单号,金额\nA1,5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, errs = call(2, "zh", "import", file); !strings.Contains(errs, "没有哪一列像是时间") || !strings.Contains(errs, "--column") {
		t.Errorf("no time: %s", errs)
	}
}
