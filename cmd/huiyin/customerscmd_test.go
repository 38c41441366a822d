package main

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// A file of orders is shown before anything is written, imported once however often it is, and taken back; in the reader's language.
func TestCustomersImport(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "may.csv")
	content := "订单号,下单时间,金额,邮箱,备注\nA1,2024-05-02 10:00,¥1299,mei@shop.example,x\nA2,2024-05-03,2.50,li@shop.example,\nA3,何时,5,li@shop.example,\n"
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	call := func(want int, lang string, args ...string) (string, string) {
		t.Helper()
		var out, errs strings.Builder
		args = append([]string{"--data", filepath.Join(dir, "data"), "--lang", lang, "customers"}, args...)
		if code := runAt(t.Context(), clockOf(t).now, args, strings.NewReader(""), &out, &errs, func(string) (string, bool) { return "", false }); code != want {
			t.Fatalf("%v: code %d, want %d: %s%s", args, code, want, out.String(), errs.String())
		}
		return out.String(), errs.String()
	}
	out, errs := call(0, "en", "import", file)
	for _, say := range []string{"order number: column “订单号”", "Not used: 备注", "2 orders from 2024-05-02 to 2024-05-03", "1,299.00 CNY + 2.50", "Would add 2, change 0, leave 0", "rows that cannot be used: 1", "--yes"} {
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

// The days of orders are read in the order that fits all rows; where two fit, what was taken is said with the flag for the other.
func TestCustomersImportReadsDays(t *testing.T) {
	dir := t.TempDir()
	for _, tc := range []struct {
		lang  string
		days  string
		flags []string
		out   string
		errs  []string
	}{
		{"en", "03/04/2024 05/04/2024 13/04/2024 28/04/2024", nil, "4 orders from 2024-04-03 to 2024-04-28", nil},
		{"zh", "03/04/2024 05/04/2024", nil, "2024-04-03 至 2024-04-05 共 2 单", []string{"03/04/2024 有两种读法，按日在前：2024-04-03来读。要换一种请加 --dates month-first"}},
		{"en", "03/04/2024 05/04/2024 13/04/2024", []string{"--dates", "month-first"}, "2 orders from 2024-03-04 to 2024-05-04", []string{`row 4 left out: "13/04/2024" is no time in the order of day and month of the other rows: see --dates`}},
		{"zh", "03/04/2024 05/04/2024 13/04/2024", []string{"--dates", "month-first"}, "2024-03-04 至 2024-05-04 共 2 单", []string{`第 4 行略过："13/04/2024" 与其他各行的日、月顺序不一致，见 --dates`}},
	} {
		file := filepath.Join(dir, "o.csv")
		content := "order no,time,amount,email\n"
		for i, day := range strings.Fields(tc.days) {
			content += "A" + strconv.Itoa(i) + "," + day + ",5,a@b.example\n"
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		code, out, errs := command(t, "", append([]string{"--data", filepath.Join(dir, "data"), "--lang", tc.lang, "customers", "import", file}, tc.flags...)...)
		if code != exitDone || !strings.Contains(out, tc.out) {
			t.Errorf("%s: code %d: %s%s", tc.days, code, out, errs)
		}
		for _, say := range tc.errs {
			if !strings.Contains(errs, say) {
				t.Errorf("%s: nothing like %q in %s", tc.days, say, errs)
			}
		}
		if tc.errs == nil && errs != "" {
			t.Errorf("%s: %s", tc.days, errs)
		}
	}
}

// What is wrong with the command or the file is said in one sentence, in the reader's language, with what to do.
func TestCustomersImportRefuses(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "folder")
	if err := errors.Join(os.Mkdir(folder, 0o700), os.WriteFile(filepath.Join(folder, "o.csv"), []byte("order no,amount,email\nA1,5,a@b.example\n"), 0o600),
		os.WriteFile(filepath.Join(dir, "o.csv"), []byte("order no,time,amount,email\nA1,2024-05-02,5,a@b.example\nA2,2099-05-02,5,a@b.example\nA3,2024-05-02,1,299,a@b.example\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		lang string
		args []string
		code int
		want string
	}{
		{"zh", []string{folder}, exitUsage, "这是一个文件夹，是不是要用其中的 " + filepath.Join(folder, "o.csv") + "？"},
		{"en", []string{folder}, exitUsage, "this is a directory; is " + filepath.Join(folder, "o.csv") + " meant?"},
		{"zh", []string{filepath.Join(dir, "nope.csv")}, exitUsage, "huiyin: " + filepath.Join(dir, "nope.csv") + "：没有这个文件或目录\n"},
		{"en", []string{filepath.Join(folder, "o.csv")}, exitUsage, "no column looks like time; name it with --column time=TITLE."},
		{"zh", []string{filepath.Join(folder, "o.csv")}, exitUsage, "没有哪一列像是时间，请用 --column time=列名 指明。"},
		{"zh", []string{filepath.Join(dir, "o.csv"), "--currency", "yuan"}, exitUsage, "--currency yuan：请写 ISO 4217 的三个字母，即 --currency CNY"},
		{"en", []string{filepath.Join(dir, "o.csv"), "--currency", "money"}, exitUsage, "--currency money is no currency: write the three letters of ISO 4217"},
		{"zh", []string{filepath.Join(dir, "o.csv")}, exitDone, `o.csv 第 3 行略过："2099-05-02" 还没有到`},
		{"en", []string{filepath.Join(dir, "o.csv")}, exitDone, `o.csv, row 4 left out: it has more cells than there are titles ("a@b.example" is one too many)`},
	} {
		code, _, errs := command(t, "", append([]string{"--data", filepath.Join(dir, "data"), "--lang", tc.lang, "customers", "import"}, tc.args...)...)
		if code != tc.code || !strings.Contains(errs, tc.want) {
			t.Errorf("%v: code %d, %s; want %s", tc.args, code, errs, tc.want)
		}
	}
}
