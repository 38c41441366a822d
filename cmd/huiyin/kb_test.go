package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"huiyin/kb"
	"huiyin/nlp"
)

// TestKnowledgeOnTheCommandLine: what is exported is imported back as it was; an import shows what it would change, is all
// or nothing, and can be taken back.
func TestKnowledgeOnTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	hy := func(want int, args ...string) string {
		t.Helper()
		code, out, errs := command(t, "", append([]string{"--data", filepath.Join(dir, "data")}, args...)...)
		if code != want {
			t.Fatalf("%v: exit code %d: %s%s", args, code, out, errs)
		}
		return out + errs
	}
	has := func(out string, want ...string) {
		t.Helper()
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("no %q in %s", w, out)
			}
		}
	}
	folder, table := filepath.Join(dir, "out"), filepath.Join(dir, "out.csv")
	if out := hy(0, "kb", "search", "怎么退货"); strings.Contains(out, "only the articles") {
		t.Errorf("no intent decides here: %s", out)
	}
	for _, verb := range []string{"search", "explain"} {
		has(hy(0, "kb", verb, "where is my parcel"), "A customer who begins with this gets:\n  the intent order_status\n  What's your order number?", "Where the intent order_status is sure", "If only the articles were asked:", "track-parcel.en")
	}
	var found struct {
		Decision string
		Hits     []struct{ Article string }
		Chat     *chatJSON
	}
	if err := json.Unmarshal([]byte(hy(0, "kb", "search", "--json", "where is my parcel")), &found); err != nil || len(found.Hits) == 0 || found.Chat == nil || found.Chat.Intent != "order_status" || !strings.Contains(found.Chat.Text, "order number") {
		t.Errorf("%v: %+v, chat %+v", err, found, found.Chat)
	}
	if out := hy(0, "kb", "search", "--json", "怎么退货"); strings.Contains(out, `"chat"`) {
		t.Errorf("no intent decides here: %s", out)
	}
	has(hy(0, "--lang", "zh", "kb", "explain", "where is my parcel"), "问题：where is my parcel", "意图 order_status")
	hy(0, "kb", "export", folder)
	has(hy(0, "kb", "export", table), "articles in "+table)
	for _, name := range []string{"out.txt", "out.xlsx", "OUT.JSON"} {
		has(hy(2, "kb", "export", filepath.Join(dir, name)), name, "name a file ending in .csv, or a folder")
		if _, err := os.Stat(filepath.Join(dir, name)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s was made: %v", name, err)
		}
	}
	has(hy(0, "kb", "import", folder), "0 new, 0 changed,")
	has(hy(0, "kb", "import", table), "0 new, 0 changed,")

	edit := filepath.Join(dir, "edit.csv")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(edit, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("id,lang,title,body,status,golden\nparking.en,en,Can I park my camper van at your office?,\"Yes, behind the house.\",published,camper van parking at the office\n")
	has(hy(0, "kb", "import", edit, "--dry-run"), "1 new, 0 changed, 0 as before", "new  parking.en", "golden questions")
	hour := func() string { return clockOf(t).now().In(defaultConfig().location()).Format("2006-01-02 15:") } // of the shop
	before := hour()
	has(hy(0, "kb", "import", edit), "1 new", "kb undo")
	after := hour()
	has(hy(0, "kb", "search", "Can I park my camper van at your office?"), "The bot answers", "parking.en")
	undone := hy(0, "kb", "undo")
	if !strings.Contains(undone, before) && !strings.Contains(undone, after) {
		t.Errorf("not in the shop's time %s: %s", after, undone)
	}
	has(undone, "(command line) is undone.\n1 article that it had added is archived.\n")
	if out := hy(0, "kb", "search", "Can I park my camper van at your office?"); strings.Contains(out, "parking.en") {
		t.Errorf("still there: %s", out)
	}
	write("id,lang,title,body,status,golden\nempty.en,en,Blue sky,Nothing.,published,完全无关的黄金问题在哪里能找到呢\n")
	has(hy(1, "kb", "import", edit), "golden questions would break", "--force")
	has(hy(0, "kb", "import", edit, "--force", "to see"), "1 new")
	has(hy(0, "kb", "check"), "Do these first\n 1. ", "Golden questions that only an intent answers: ", "kb check --all")
	has(hy(0, "kb", "check", "--all"), "empty.en, 1 of 1 questions\n      “完全无关的黄金问题在哪里能找到呢”")
}

// TestKnowledgeSpeaksChinese: what is told about importing, exporting, undoing, checking and gaps, and what is wrong, is in the
// language that was asked for.
func TestKnowledgeSpeaksChinese(t *testing.T) {
	dir := t.TempDir()
	hy := func(want int, args ...string) string {
		t.Helper()
		code, out, errs := command(t, "", append([]string{"--lang", "zh", "--data", filepath.Join(dir, "data"), "kb"}, args...)...)
		if code != want {
			t.Fatalf("%v: exit code %d: %s%s", args, code, out, errs)
		}
		return out + errs
	}
	file := filepath.Join(dir, "edit.csv")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("id,标题,答案,状态\nparking.zh,房车能停在你们楼下吗,可以，停在楼后。,published\n")
	for _, step := range []struct {
		want int
		args []string
		says []string
	}{
		{2, []string{"undo"}, []string{"没有可以撤销的导入"}},
		{0, []string{"import", file, "--dry-run"}, []string{"新增 1 篇，修改 0 篇，0 篇不变\n", "新增  parking.zh  房车能停在你们楼下吗\n", "已重新提问：黄金问题"}},
		{0, []string{"import", file}, []string{"撤销请用 huiyin kb undo\n"}},
		{0, []string{"search", "房车能停在你们楼下吗"}, []string{"机器人直接回答\n", "parking.zh"}},
		{0, []string{"search", "你好"}, []string{"客户第一句这样问，得到的是：\n  意图 greeting\n", "如果只看文章：\n机器人说明不知道"}},
		{0, []string{"undo"}, []string{"的导入（命令行）。\n当时新增的 1 篇文章已归档。\n"}},
		{0, []string{"export", filepath.Join(dir, "out.csv")}, []string{"篇文章已导出到 " + filepath.Join(dir, "out.csv")}},
		{2, []string{"export", filepath.Join(dir, "out.xlsx")}, []string{"请写以 .csv 结尾的文件名，或文件夹名"}},
		{0, []string{"gaps", "--days", "3"}, []string{"最近 3 天没有客户提问。"}},
		{2, []string{"import", filepath.Join(dir, "none.csv")}, []string{"none.csv: 没有这个文件或目录"}},
		{2, []string{"import", "http://shop.example/"}, []string{"http://shop.example/：只读取 https:// 开头的网址"}},
	} {
		out := hy(step.want, step.args...)
		for _, w := range step.says {
			if !strings.Contains(out, w) {
				t.Errorf("%v: no %q in %s", step.args, w, out)
			}
		}
	}
	write("标题,黄金\n怎么退货,x\n")
	if out := hy(2, "import", file); !strings.Contains(out, "edit.csv:1: 不认识“黄金”这一列") {
		t.Errorf("%s", out)
	}
	write("id,lang,title,body,status,golden\nempty.en,en,Blue sky,Nothing.,published,完全无关的黄金问题在哪里能找到呢\n")
	if out := hy(1, "import", file); !strings.Contains(out, "没有导入任何内容：") || !strings.Contains(out, "--force") {
		t.Errorf("%s", out)
	}
	hy(0, "import", file, "--force", "试试")
	if out := hy(0, "check"); !strings.Contains(out, "没有答对的黄金问题：") {
		t.Errorf("%s", out)
	}
}

// TestFolderAndEditor: the configured folder is read at every start, and does not undo what an editor changed in the
// console; when its file changes, too, the file wins.
func TestFolderAndEditor(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "kb")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	file := func(body string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, "a.md"), []byte("---\nid: hours.en\ntitle: When are you open?\nstatus: published\n---\n\n"+body+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(edit string) string {
		t.Helper()
		app := &App{appOptions: appOptions{Config: defaultConfig(), Data: filepath.Join(dir, "data"), Log: slog.New(slog.DiscardHandler), Now: clockOf(t).now}}
		app.Config.Bot.Knowledge = folder
		if err := errors.Join(os.MkdirAll(app.Data, 0o700), app.openStore(), app.openNLP()); err != nil {
			t.Fatal(err)
		}
		defer app.Close()
		if err := cmp.Or(app.seedKB(t.Context()), app.openWords(t.Context()), app.openKB(t.Context())); err != nil {
			t.Fatal(err)
		}
		a, err := app.Store.Article(t.Context(), "hours.en")
		if err != nil {
			t.Fatal(err)
		}
		if edit != "" {
			next := a
			next.Body = edit
			if _, _, err := app.publisher().Save(t.Context(), []kb.Article{next}, kb.Signed{By: "Mei"}); err != nil {
				t.Fatal(err)
			}
		}
		return a.Body
	}
	file("From 9 to 17.")
	if got := run("From 9 to 18."); got != "From 9 to 17." {
		t.Fatalf("the file was not read: %q", got)
	}
	if got := run(""); got != "From 9 to 18." {
		t.Errorf("the start undid an editor's change: %q", got)
	}
	file("From 10 to 20.")
	if got := run(""); got != "From 10 to 20." {
		t.Errorf("the changed file was not read: %q", got)
	}
}

// TestWordsAreKept: what an editor saves is in the next search, also where the words of the question are cut already; it is
// still there after the next start, in an export, and in a backup.
func TestWordsAreKept(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	book := kb.Wordbook{Groups: [][]string{{"frobnicate", "send back", "退货"}}, Words: []string{"Echo Bud Pro", "回声耳机"}}
	for start := range 2 {
		app := openEditor(t, data, "")
		if start == 0 {
			now, err := app.words.Wordbook(t.Context())
			if err != nil || len(now.Groups) < 10 {
				t.Fatalf("the sample's synonyms are not there: %v, %d groups", err, len(now.Groups))
			}
			next := book
			next.Version, next.UpdatedBy = now.Version, "Mei"
			if err := app.words.Save(t.Context(), next); err != nil {
				t.Fatal(err)
			}
			if err := app.words.Save(t.Context(), next); !errors.Is(err, kb.ErrConflict) {
				t.Errorf("an old version was saved: %v", err)
			}
		}
		const q = "frobnicate my echo bud pro"
		a, err := app.KB.Search(t.Context(), kb.Query{Text: q, Tokens: app.NLP.Tokenizer.Tokenize(q), Lang: "en", Explain: true})
		if err != nil || len(a.Trace.Expanded) != 1 || !slices.Contains(a.Trace.Terms, "echobudpro") {
			t.Errorf("start %d: %v, %+v", start, err, a.Trace)
		}
		if now, err := app.words.Wordbook(t.Context()); err != nil || !now.Same(book) {
			t.Errorf("start %d: %v, %+v", start, err, now)
		}
		if err := app.Close(); err != nil {
			t.Fatal(err)
		}
	}
	hy := func(where string, args ...string) string {
		t.Helper()
		code, out, errs := command(t, "", append([]string{"--data", where}, args...)...)
		if code != 0 {
			t.Fatalf("%v: exit code %d: %s%s", args, code, out, errs)
		}
		return out
	}
	folder, copied := filepath.Join(dir, "out"), filepath.Join(dir, "copy.db")
	hy(data, "kb", "export", folder)
	if out := hy(data, "kb", "import", folder); strings.Contains(out, "words") || !strings.Contains(out, "0 new, 0 changed") {
		t.Errorf("an export is not what is stored: %s", out)
	}
	hy(data, "backup", "--out", copied)
	restored, other := filepath.Join(dir, "restored"), filepath.Join(dir, "other")
	hy(restored, "restore", copied)
	if out := hy(other, "kb", "import", folder, "--force", "the sample's golden questions lean on its synonyms"); !strings.Contains(out, "synonyms and words change: 1 groups, 2 words") {
		t.Errorf("%s", out)
	}
	for _, where := range []string{restored, other} {
		app := openEditor(t, where, "")
		if now, err := app.words.Wordbook(t.Context()); err != nil || !now.Same(book) {
			t.Errorf("%s: %v, %+v", filepath.Base(where), err, now)
		}
		if err := app.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// openEditor opens what an editor works with, over a folder of articles if one is named.
func openEditor(t *testing.T, dir, folder string) *App {
	t.Helper()
	app := &App{appOptions: appOptions{Config: defaultConfig(), Data: dir, Log: slog.New(slog.DiscardHandler), Now: clockOf(t).now}}
	app.Config.Bot.Knowledge = folder
	if err := errors.Join(os.MkdirAll(dir, 0o700), app.openStore(), app.openNLP()); err != nil {
		t.Fatal(err)
	}
	if err := cmp.Or(app.seedKB(t.Context()), app.openWords(t.Context()), app.openKB(t.Context())); err != nil {
		t.Fatal(err)
	}
	return app
}

// TestIntentsLearnWords: a word that an editor teaches is one for the intents, too, while the program runs; they read a text
// then as after the next start.
func TestIntentsLearnWords(t *testing.T) {
	folder, data := t.TempDir(), filepath.Join(t.TempDir(), "data")
	const dialogue = `intents:
  - name: pairing
    title: {zh: 配对, en: Pairing}
    examples: {zh: [回声豆怎么配对, 回声豆连不上手机, 配对回声豆], en: [pair my earphones]}
    reply: {zh: [好], en: [Fine]}
  - name: echo
    title: {zh: 回声, en: Echo}
    examples: {zh: [通话有回声, 回声很大怎么办, 豆子掉了], en: [I hear an echo]}
    reply: {zh: [好], en: [Fine]}
`
	if err := os.WriteFile(filepath.Join(folder, "intents.yaml"), []byte(dialogue), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := defaultConfig()
	cfg.Bot.Dialogue = folder
	start := func() *App {
		t.Helper()
		app, err := newApp(t.Context(), appOptions{Config: cfg, File: noFile(), Data: data, Lookup: noEnvironment, Log: slog.New(slog.DiscardHandler), Now: clockOf(t).now})
		if err != nil {
			t.Fatal(err)
		}
		return app
	}
	read := func(app *App) nlp.Ranking {
		t.Helper()
		a, err := app.NLP.Analyze(t.Context(), "我的回声豆")
		if err != nil || len(a.Ranking) == 0 {
			t.Fatalf("%v, %+v", err, a)
		}
		return a.Ranking
	}
	app := start()
	before := read(app)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- app.learnWords(ctx) }()
	book, err := app.words.Wordbook(ctx)
	if err != nil {
		t.Fatal(err)
	}
	book.Words, book.UpdatedBy = []string{"回声豆"}, "Mei"
	model := app.NLP.Intent.Model()
	if err := app.words.Save(ctx, book); err != nil {
		t.Fatal(err)
	}
	for app.NLP.Intent.Model() == model {
		runtime.Gosched() // it is trained in the background
	}
	stop()
	live := read(app)
	if err := errors.Join(<-ended, app.Close()); err != nil {
		t.Fatal(err)
	}
	if slices.Equal(live, before) {
		t.Errorf("the word changed nothing: %+v", live)
	}
	app = start()
	if next := read(app); !slices.Equal(live, next) {
		t.Errorf("while it ran %+v, after the next start %+v", live, next)
	}
	if err := app.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestFilesOfWords: the folder's synonyms.yaml and words.yaml are in force while the program runs as soon as they change;
// with a mistake in them what was there before stays; what an editor has changed stays until they change.
func TestFilesOfWords(t *testing.T) {
	dir, folder := t.TempDir(), t.TempDir()
	file := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file("a.md", "---\nid: hours.en\ntitle: When are you open?\nstatus: published\n---\n\nFrom 9 to 17.\n")
	file("synonyms.yaml", "- [open, frobnicate]\n")
	app := openEditor(t, dir, folder)
	finds := func(word string) bool {
		t.Helper()
		a, err := app.KB.Search(t.Context(), kb.Query{Text: word, Lang: "en", Explain: true})
		if err != nil {
			t.Fatal(err)
		}
		return len(a.Trace.Expanded) > 0
	}
	refresh := func(want bool) error {
		t.Helper()
		changed, err := app.words.Refresh(t.Context())
		if changed != want {
			t.Errorf("changed: %v, want %v (%v)", changed, want, err)
		}
		return err
	}
	if !finds("frobnicate") || refresh(false) != nil {
		t.Error("the file is not in force at the start")
	}
	file("synonyms.yaml", "- [open, gribble]\n")
	file("words.yaml", "- Echo Bud\n")
	if err := refresh(true); err != nil || finds("frobnicate") || !finds("gribble") {
		t.Errorf("the changed file is not in force: %v", err)
	}
	file("words.yaml", "- Echo Bud\n- x\n")
	if err := refresh(false); err == nil || !strings.Contains(err.Error(), "words.yaml:2") || !finds("gribble") {
		t.Errorf("a mistake: %v", err)
	}
	if err := refresh(false); err != nil {
		t.Errorf("told twice: %v", err)
	}
	file("words.yaml", "- Echo Bud\n")
	book, err := app.words.Wordbook(t.Context())
	if err != nil || !slices.Equal(book.Words, []string{"Echo Bud"}) {
		t.Fatalf("%v %+v", err, book)
	}
	book.Groups, book.UpdatedBy = [][]string{{"open", "zorkle"}}, "Mei"
	if err := app.words.Save(t.Context(), book); err != nil {
		t.Fatal(err)
	}
	if err := refresh(false); err != nil || !finds("zorkle") {
		t.Errorf("the file undid what an editor saved: %v", err)
	}
	if err := app.Close(); err != nil {
		t.Fatal(err)
	}
	if app = openEditor(t, dir, folder); !finds("zorkle") {
		t.Error("the start undid what an editor saved")
	}
	file("synonyms.yaml", "- [open, quux]\n")
	if err := refresh(true); err != nil || !finds("quux") {
		t.Errorf("the changed file does not win: %v", err)
	}
	if err := app.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestOlderSynonymsFile: what an earlier version kept in a file of the data directory goes into the store.
func TestOlderSynonymsFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "synonyms.yaml"), []byte("- [open, frobnicate]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	app := openEditor(t, dir, "")
	if book, err := app.words.Wordbook(t.Context()); err != nil || len(book.Groups) != 1 || book.Groups[0][1] != "frobnicate" || book.Version != 1 {
		t.Errorf("%v %+v", err, book)
	}
	if err := app.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestImportWithWordsIsWhole: when the words of a folder are refused no article is stored, and when the articles are refused
// the words are put back.
func TestImportWithWordsIsWhole(t *testing.T) {
	app := openEditor(t, t.TempDir(), "")
	defer app.Close()
	<-app.KB.Ready()
	ctx := t.Context()
	var out strings.Builder
	e := &env{ctx: ctx, now: clockOf(t).now, flags: &cli{Lang: "en"}, out: &out}
	before, err := app.words.Wordbook(ctx)
	if err != nil {
		t.Fatal(err)
	}
	lamp := kb.Normalize(kb.Article{ID: "lamp.en", Lang: "en", Title: "Which bulbs fit the reading lantern?", Body: "E14.", Status: kb.Draft})
	plan, err := app.publisher().Plan(ctx, []kb.Article{lamp})
	if err != nil {
		t.Fatal(err)
	}
	book := before
	book.Words = append(slices.Clone(before.Words), "reading lantern")
	bring := func(words kb.Wordbook) error {
		p := plan
		p.Words = &words
		return (&kbImport{}).store(ctx, e, app.publisher(), p)
	}
	stale := book
	stale.Version = before.Version + 1
	if err := bring(stale); !errors.Is(err, kb.ErrConflict) {
		t.Errorf("words that somebody else changed: %v", err)
	}
	if _, err := app.Store.Article(ctx, lamp.ID); !errors.Is(err, kb.ErrNotFound) {
		t.Errorf("an article was stored without its words: %v", err)
	}
	if err := bring(book); err != nil {
		t.Fatal(err)
	}
	taught, err := app.words.Wordbook(ctx)
	if err != nil || !taught.Same(book) || !strings.Contains(out.String(), "kb undo takes it back") {
		t.Errorf("%v, %+v, %s", err, taught, out.String())
	}
	more := taught
	more.Words = append(slices.Clone(taught.Words), "chandelier")
	if err := bring(more); !errors.Is(err, kb.ErrConflict) { // the plan is of before
		t.Errorf("articles that somebody else changed: %v", err)
	}
	if now, err := app.words.Wordbook(ctx); err != nil || !now.Same(taught) {
		t.Errorf("words of an import that failed: %v, %+v", err, now)
	}
	last, err := app.publisher().LastImport(ctx)
	if err != nil || !last.Words {
		t.Fatalf("%v, %+v", err, last)
	}
	if _, err := app.publisher().UndoImport(ctx, last.Batch, kb.Signed{By: kb.ByCommand}); err != nil {
		t.Fatal(err)
	}
	if now, err := app.words.Wordbook(ctx); err != nil || !now.Same(before) {
		t.Errorf("after the undo: %v, %d words", err, len(now.Words))
	}
}
