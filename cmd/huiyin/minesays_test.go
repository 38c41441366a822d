package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"huiyin/feedback/mine"
)

// TestMineSays: mining says in the terminal's language what it took for what, what it left out and why, and which option changes it.
func TestMineSays(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	survey := write("survey.csv", "date,客户留言内容,客服回复内容,门店,备注,\n03/04/2026,发货太慢了还没到,您好我们马上处理的,上海,,\n05/04/2026,,您好我们马上处理的,上海,,\nsoon,退款怎么还没到账呢,好的,上海,,\n")
	plain := write("plain.txt", "发货太慢了还是没有到\n退款怎么还没有到账呢\n客服态度真的太差劲了\n")
	for _, tc := range []struct {
		lang, in string
		flags    []string
		want     []string
		not      []string
	}{
		{"zh", survey, nil, []string{"正文：“客户留言内容”（按列名判断）", "时间：“date”", "未使用：“客服回复内容”，已有另一列作为正文；要改用这一列请加 --text 客服回复内容", "未使用：“门店”，从列名和内容都看不出它是什么", "未使用：“备注”，整列为空",
			"不止一列像正文，用了“客户留言内容”。要改用另一列请加 --text 客服回复内容", "03/04/2026 有两种读法，按日在前：2026-04-03来读。要换一种请加 --dates month-first", "survey.csv 第 3 行略过：正文为空", `第 4 行略过："soon" 不是时间`, "共读 3 行，用了 1 行，略过 2 行；统计周期：2026-W14"}, nil},
		{"en", survey, []string{"--text", "3", "--dates", "month-first"}, []string{`text: “客服回复内容” (as told)`, "another column is the text; --text 客户留言内容 takes this one", "row 4 left out: \"soon\" is no time", "3 rows read, 2 used, 1 left out; period 2026-W19"}, []string{"More than one", "two ways"}},
		{"zh", plain, nil, []string{"第一行看起来是数据，已当作数据：发货太慢了还是没有到。如果它其实是列名，请加 --header yes", "正文：第 1 列（按内容判断）", "共读 3 行，用了 3 行", "没有时间"}, nil},
		{"en", plain, []string{"--header", "yes"}, []string{"text: “发货太慢了还是没有到” (by its values)", "2 rows read"}, []string{"first row"}},
	} {
		args := append([]string{"--data", filepath.Join(dir, "data"), "--lang", tc.lang, "mine", "--in", tc.in, "--out", filepath.Join(dir, "out")}, tc.flags...)
		code, out, errs := command(t, "", args...)
		if code != exitDone || !strings.HasSuffix(out, "digest.html\n") {
			t.Errorf("%s %v: code %d, %s", tc.lang, tc.flags, code, errs)
		}
		for _, w := range tc.want {
			if !strings.Contains(errs, w) {
				t.Errorf("%s %v: nothing like %q in\n%s", tc.lang, tc.flags, w, errs)
			}
		}
		for _, w := range tc.not {
			if strings.Contains(errs, w) {
				t.Errorf("%s %v: %q in\n%s", tc.lang, tc.flags, w, errs)
			}
		}
	}
	for lang, want := range map[string]string{"zh": "--text：没有叫“客户留言”的列，是不是“客户留言内容”？现有：1 date, 2 客户留言内容", "en": "--text: no column is called “客户留言”; is “客户留言内容” meant? There are: 1 date, 2 "} {
		code, _, errs := command(t, "", "--data", filepath.Join(dir, "data"), "--lang", lang, "mine", "--in", survey, "--out", dir, "--text", "客户留言")
		if code != exitUsage || !strings.Contains(errs, want) {
			t.Errorf("%s: code %d, %s", lang, code, errs)
		}
	}
}

// TestMineWordsAreThere: every reason, way and question of package mine has its words in both languages.
func TestMineWordsAreThere(t *testing.T) {
	words, err := ownWords()
	if err != nil {
		t.Fatal(err)
	}
	keys := []string{"choice.yes", "choice.no", "choice.day-first", "choice.month-first"}
	for _, v := range []mine.FileTrouble{mine.FileEmpty, mine.FileHeaderOnly, mine.FileNoRows, mine.FileBinary, mine.FilePDF, mine.FileOldExcel, mine.FilePacked, mine.FileNoWorkbook, mine.FilePage, mine.FileArray, mine.FileNoObjects, mine.FileEncoding, mine.FileDirectory, mine.FileFirstRow} {
		keys = append(keys, "file."+string(v))
	}
	for _, v := range []mine.RowTrouble{mine.RowEmpty, mine.RowTime, mine.RowOrder, mine.RowQuote, mine.RowLong, mine.RowBlank, mine.RowObject, mine.RowCells, mine.RowWide} {
		keys = append(keys, "bad."+string(v))
	}
	for _, v := range []mine.UnusedWhy{mine.UnusedEmpty, mine.UnusedSecond, mine.UnusedOff, mine.UnusedUnfit, mine.UnusedUnknown} {
		keys = append(keys, "unused."+string(v))
	}
	for _, v := range []mine.DoubtKind{mine.DoubtHeader, mine.DoubtText, mine.DoubtDates} {
		keys = append(keys, "took."+string(v), "ask."+string(v))
	}
	for _, v := range []string{mine.ByTold, mine.ByName, mine.ByValues, mine.ByChoice} {
		keys = append(keys, "how."+v)
	}
	for _, v := range mine.Fields() {
		keys = append(keys, "what."+v)
	}
	for _, key := range keys {
		if !words.Has("cli.mine." + key) {
			t.Errorf("nothing is said of %q", key)
		}
	}
}

// TestAsk: a question shows the row and numbered answers; a number chooses, an empty line takes the likeliest, the end of
// the input is no answer, and whatever else is asked again.
func TestAsk(t *testing.T) {
	d := mine.Doubt{Kind: mine.DoubtText, Choices: []mine.Choice{{Value: "留言", Sample: "发货太慢了"}, {Value: "回复", Sample: "您好"}}}
	for _, tc := range []struct {
		in    string
		want  int
		asked int
	}{{"2\n", 1, 1}, {"1\n", 0, 1}, {"\n", 0, 1}, {"", mine.Unanswered, 1}, {"3\nzwei\n2", 1, 3}, {"nothing", mine.Unanswered, 1}} {
		var out writer
		e := &env{ctx: t.Context(), flags: &cli{Lang: "zh"}, in: reader(tc.in), err: &out}
		got, err := newAsker(e).ask(d)
		said := out.String()
		if err != nil || got != tc.want || strings.Count(said, "请输入 1 到 2 [1]：") != tc.asked {
			t.Errorf("%q: %d, %v\n%s", tc.in, got, err, said)
		}
		for _, w := range []string{"客户写的内容在哪一列？", "1  “留言”  发货太慢了", "2  “回复”  您好"} {
			if !strings.Contains(said, w) {
				t.Errorf("%q is not in the question:\n%s", w, said)
			}
		}
	}
	var out writer
	e := &env{ctx: t.Context(), flags: &cli{Lang: "en"}, in: reader("2\n"), err: &out}
	got, err := newAsker(e).ask(mine.Doubt{Kind: mine.DoubtDates, Sample: "03/04/2026", Choices: []mine.Choice{{Value: mine.DayFirst, Sample: "2026-04-03"}, {Value: mine.MonthFirst, Sample: "2026-03-04"}}})
	if said := out.String(); err != nil || got != 1 || !strings.Contains(said, "How is 03/04/2026 to be read?") || !strings.Contains(said, "2  month first: 2026-03-04") {
		t.Errorf("%d, %v\n%s", got, err, said)
	}
}

// TestAskIsInterrupted: an interrupt ends a question at once, and the program with it.
func TestAskIsInterrupted(t *testing.T) {
	in, keep := io.Pipe() // nobody ever types
	defer keep.Close()
	ctx, interrupt := context.WithCancel(t.Context())
	var out writer
	asked := make(chan error)
	go func() {
		_, err := newAsker(&env{ctx: ctx, flags: &cli{Lang: "en"}, in: in, err: &out}).ask(mine.Doubt{Kind: mine.DoubtHeader, Choices: []mine.Choice{{Value: mine.HeaderNo}, {Value: mine.HeaderYes}}})
		asked <- err
	}()
	interrupt()
	if err := <-asked; !errors.Is(err, context.Canceled) {
		t.Errorf("asking ends with %v", err)
	}
}

// TestMineLeavesNothingBehind: mining needs no data directory, and writes nowhere but into the folder of its results.
func TestMineLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", filepath.Join(dir, "tmp"))
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "tmp"), 0o700), os.WriteFile(filepath.Join(dir, "f.csv"), []byte("text\n发货太慢了\n"), 0o600), os.WriteFile(filepath.Join(dir, "taken"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, data := range []string{"data", "taken/data"} { // the second cannot be made
		code, _, errs := command(t, "", "--data", filepath.Join(dir, data), "--lang", "en", "mine", "--in", filepath.Join(dir, "f.csv"), "--out", filepath.Join(dir, "out"))
		if code != exitDone {
			t.Errorf("%s: code %d, %s", data, code, errs)
		}
	}
	for folder, want := range map[string]string{".": "f.csv out taken tmp", "tmp": ""} {
		var names []string
		list, err := os.ReadDir(filepath.Join(dir, folder))
		for _, f := range list {
			names = append(names, f.Name())
		}
		if got := strings.Join(names, " "); err != nil || got != want {
			t.Errorf("in %s: %s, %v", folder, got, err)
		}
	}
}

// TestMineOutsideTheData: a period without rows is said, and where the rows lie.
func TestMineOutsideTheData(t *testing.T) {
	dir := t.TempDir()
	in := filepath.Join(dir, "f.csv")
	if err := os.WriteFile(in, []byte("time,text\n2026-04-03,发货太慢了\n2026-05-06 23:00,退款没到\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[string]string{"zh": "统计周期 2020-W01 里没有任何一行；各行的时间是 2026-04-03 至 2026-05-06。", "en": "No row lies in the period 2020-W01: the rows lie between 2026-04-03 and 2026-05-06."} {
		for asOf, says := range map[string]bool{"2020-01-01": true, "2026-05-06": false, "2026-04-05": false} {
			code, _, errs := command(t, "", "--data", filepath.Join(dir, "data"), "--lang", lang, "mine", "--in", in, "--out", filepath.Join(dir, "out"), "--as-of", asOf)
			if code != exitDone || strings.Contains(errs, want) != says {
				t.Errorf("%s %s: code %d, %s", lang, asOf, code, errs)
			}
		}
	}
}

// TestMineRefuses: a file that is not there, a folder in place of a file and results that cannot be written are one sentence each, in
// the reader's language; one row is not "1 rows".
func TestMineRefuses(t *testing.T) {
	dir := t.TempDir()
	in, taken := filepath.Join(dir, "f.csv"), filepath.Join(dir, "taken")
	if err := errors.Join(os.WriteFile(in, []byte("text,rating\n发货太慢了,5\n"), 0o600), os.WriteFile(taken, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	more := t.TempDir()
	nope, words, open, lines := filepath.Join(dir, "nope.csv"), filepath.Join(more, "words.jsonl"), filepath.Join(more, "open.csv"), filepath.Join(more, "lines.jsonl")
	for name, text := range map[string]string{words: "hello\nworld\n", open: "\"text\n", lines: "{\"text\":\"发货太慢了\"}\n{\"text\":\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		lang, in, out string
		code          int
		want          string
	}{
		{"zh", nope, "out", exitUsage, "huiyin: " + nope + "：没有这个文件或目录\n"},
		{"en", nope, "out", exitUsage, "huiyin: " + nope + ": no such file or directory\n"},
		{"zh", dir, "out", exitUsage, "这是一个文件夹，是不是要用其中的 " + in},
		{"zh", words, "out", exitUsage, "huiyin: " + words + ": 文件名是 JSONL，却没有一行是 JSON 对象；如果它是 CSV，请改名为 .csv\n"},
		{"en", words, "out", exitUsage, "huiyin: " + words + ": it is called JSONL, and no line is a JSON object; if it is CSV, call it .csv\n"},
		{"zh", open, "out", exitUsage, "huiyin: " + open + ": 第一行无法读取：有一个引号没有配对\n"},
		{"en", open, "out", exitUsage, "huiyin: " + open + ": the first row cannot be read: "},
		{"zh", lines, "out", exitDone, "lines.jsonl 第 2 行略过：这一行不是 JSON 对象"},
		{"zh", in, "taken", exitUsage, "huiyin: 结果无法写入：" + taken + "：不是目录。请用 --out 换一个文件夹\n"},
		{"en", in, "taken", exitUsage, "huiyin: the results cannot be written: " + taken + ": not a directory. Choose another folder with --out\n"},
		{"en", in, "out", exitDone, "One row read, 1 used, 0 left out"},
		{"zh", in, "out", exitDone, "共读 1 行，用了 1 行"},
	} {
		code, _, errs := command(t, "", "--data", filepath.Join(dir, "data"), "--lang", tc.lang, "mine", "--in", tc.in, "--out", filepath.Join(dir, tc.out))
		if code != tc.code || !strings.Contains(errs, tc.want) {
			t.Errorf("%s %s: code %d, %s; want %s", tc.lang, tc.in, code, errs, tc.want)
		}
	}
}
