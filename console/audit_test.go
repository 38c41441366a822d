package console_test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
)

// TestAuditSpeaks: an entry says in both languages who did what to whom, and leads to it where the reader may go.
func TestAuditSpeaks(t *testing.T) {
	o := open(t)
	o.talk("c1", "Ada", bot.StatusWaiting, "where is my money?")
	for i, e := range []bot.Event{
		{Actor: "agent", Action: "conversation.claim", Object: "c1"},
		{Actor: "bot", Action: "conversation.handoff", Object: "c1", Detail: "asked"},
		{Actor: "lead", Action: "agent.state.by_lead", Object: "agent", Detail: "away"},
		{Actor: "admin", Action: "article.save.forced", Object: "none"},
		{Actor: "lead", Action: "conversation.exploded", Object: "gone"},
		{Actor: "lead", Action: "task.save", Object: "2026-W46 delivery.late", Detail: "done"},
		{Actor: "lead", Action: "incident.announce", Object: "i1", Detail: "delivery.late"},
		{Actor: "lead", Action: "incident.lift", Object: "i1", Detail: "gone.topic"},
		{Actor: "lead", Action: "desk.rules", Object: "desk"},
		{Actor: "agent", Action: "api.setTier", Object: "p<b>", Detail: "gold token 1"},
		{Actor: "agent", Action: "api.setTier", Object: "p", Detail: "none token t1"},
		{Actor: "agent", Action: "api.publishDraft", Object: "none", Detail: "published r3 token t1"},
		{Actor: "agent", Action: "api.reply", Object: "c1", Detail: "token t1"},
		{Actor: "bot", Action: "conversation.withdrawn", Object: "c1", Detail: "low_confidence"},
		{Actor: "lead", Action: "article.save", Object: "none", Detail: "review r7"},
		{Actor: "lead", Action: "article.save", Object: "none", Detail: "as in old times"},
		{Actor: "lead", Action: "article.import", Detail: "5 articles"},
		{Actor: "lead", Action: "article.import.undo", Detail: "1 articles"},
		{Actor: "lead", Action: "synonyms.save", Detail: "12 groups, 3 words"},
	} {
		e.At = time.Date(2026, 11, 20, 9, i, 0, 0, time.UTC)
		if err := o.store.Record(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.store.AddToken(t.Context(), bot.Token{ID: "t1", Name: "Shop & sync", Agent: "agent", Scope: bot.ScopeRead, Hash: strings.Repeat("ab", 32)}, bot.Event{}); err != nil {
		t.Fatal(err)
	}
	text := func(who, lang string) string {
		t.Helper()
		a, err := o.store.Agent(context.Background(), bot.AgentID(who))
		if err != nil {
			t.Fatal(err)
		}
		a.Lang = "en"
		if lang == "zh" {
			a.Lang = "zh"
		}
		if err := o.store.SaveAgent(context.Background(), a, bot.Event{}); err != nil {
			t.Fatal(err)
		}
		status, page := o.as(who).do("GET", "/console/audit", nil)
		if status != 200 {
			t.Fatalf("%d", status)
		}
		return page
	}
	lead := text("lead", "en")
	for _, want := range []string{">Took a conversation<", `<a href="/console/c/c1" title="c1">Ada</a>`, ">Handed a conversation to people<", ">The customer asked for a person<",
		">Changed a colleague&#39;s availability<", ">Away<", `<span class="tag warn">forced</span>`, "<code>conversation.exploded</code>", `<code class="small soft">gone</code>`,
		`<a href="/console/digest/2026-W46" title="2026-W46 delivery.late">2026-W46 Late delivery<`, `<td class="small soft">Late delivery</td>`, `<td class="small soft">gone.topic</td>`, `<a href="/console/rules"`, ">Bot<", "p&lt;b&gt;",
		">done<", ">gold · token 1<", ">none · token Shop &amp; sync<", ">published · revision 3 · token Shop &amp; sync<", ">token Shop &amp; sync<", ">The bot wasn&#39;t sure<",
		">in review · revision 7<", ">as in old times<", ">5 articles<", ">1 article<", ">12 groups · 3 words<"} {
		if !strings.Contains(lead, want) {
			t.Errorf("a lead does not read %s", want)
		}
	}
	if strings.Contains(lead, "/console/staff?edit=agent") {
		t.Error("a lead is led to a page that she may not open")
	}
	admin := text("admin", "zh")
	for _, want := range []string{">接手会话<", ">会话转给人工<", ">替同事切换在线状态<", ">离开<", ">强制<", `<a href="/console/staff?edit=agent#form"`, ">机器人<", ">通过 API 调整客户等级<",
		">已解决<", ">无 · 令牌 Shop &amp; sync<", ">已发布 · 第 3 版 · 令牌 Shop &amp; sync<", ">待审核 · 第 7 版<", ">5 篇文章<", ">1 篇文章<", ">12 组同义词 · 3 个词语<"} {
		if !strings.Contains(admin, want) {
			t.Errorf("an administrator does not read %s", want)
		}
	}
}

// TestEveryActionHasWords reads the program itself: each action that it records in the audit log has words, in both languages since
// the catalogue holds that, and no words are left of an action that nothing records.
func TestEveryActionHasWords(t *testing.T) {
	words := catalog(t)
	found := recorded(t)
	if len(found) < 50 {
		t.Fatalf("only %d actions are found: does the program record them in another way now? %v", len(found), found)
	}
	for code, where := range found {
		if !words.Has("audit." + strings.TrimSuffix(code, ".forced")) {
			t.Errorf("%s records %q, which has no words: add audit.%s to both catalogues", where, code, code)
		}
	}
	for _, key := range words.Keys("audit.") {
		code := strings.TrimPrefix(key, "audit.")
		if _, known := found[code]; !known && code != "forced" && !strings.HasPrefix(code, "actor.") && !strings.HasPrefix(code, "detail.") && !strings.HasPrefix(code, "api.") { // see package api
			t.Errorf("nothing records %s any more", code)
		}
	}
}

// recorded are the actions that the program's code gives to entries of the audit log, and where. The code names what it records by a
// literal in a bot.Event, by a variable called action, or by an argument for a parameter called action; the test fails for another way.
func recorded(t *testing.T) map[string]string {
	t.Helper()
	files, parsed := token.NewFileSet(), []*ast.File{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && d.Name() != ".." || strings.HasSuffix(d.Name(), "test")):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		f, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		parsed = append(parsed, f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	a := actions{t: t, files: files, takes: map[string]int{}, found: map[string]string{}}
	for _, f := range parsed {
		ast.Inspect(f, a.parameter)
	}
	for _, f := range parsed {
		ast.Inspect(f, a.look)
	}
	return a.found
}

// actions collects what is recorded.
type actions struct {
	t     *testing.T
	files *token.FileSet
	takes map[string]int // functions that take an action, and the place of the argument
	found map[string]string
}

var code = regexp.MustCompile(`^[a-z]+(\.[a-z_]+)*$`)

// add notes an expression that is an action, and reports whether it is a literal.
func (a actions) add(e ast.Expr) bool {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return false
	}
	if s, err := strconv.Unquote(lit.Value); err == nil && code.MatchString(s) {
		a.found[s] = a.files.Position(e.Pos()).String()
	}
	return true
}

// parameter notes functions with a parameter "action string".
func (a actions) parameter(n ast.Node) bool {
	f, ok := n.(*ast.FuncDecl)
	if !ok {
		return true
	}
	place := 0
	for _, p := range f.Type.Params.List {
		for _, name := range p.Names {
			if kind, plain := p.Type.(*ast.Ident); name.Name == "action" && plain && kind.Name == "string" {
				a.takes[f.Name.Name] = place
			}
			place++
		}
	}
	return true
}

func (a actions) look(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CompositeLit:
		a.event(n)
	case *ast.CallExpr:
		name := ""
		switch f := n.Fun.(type) {
		case *ast.SelectorExpr:
			name = f.Sel.Name
		case *ast.Ident:
			name = f.Name
		}
		if place, takes := a.takes[name]; takes && place < len(n.Args) {
			a.add(n.Args[place])
		}
	case *ast.ValueSpec:
		for i, name := range n.Names {
			if name.Name == "action" && i < len(n.Values) {
				a.add(n.Values[i])
			}
		}
	case *ast.AssignStmt:
		if n.Tok == token.ADD_ASSIGN || len(n.Lhs) != len(n.Rhs) {
			return true
		}
		for i, to := range n.Lhs {
			ident, plain := to.(*ast.Ident)
			field, of := to.(*ast.SelectorExpr)
			if plain && ident.Name == "action" || of && field.Sel.Name == "Action" && isNamed(field.X, "log") {
				a.add(n.Rhs[i])
			}
		}
	}
	return true
}

// event notes the action of a bot.Event.
func (a actions) event(n *ast.CompositeLit) {
	from, qualified := n.Type.(*ast.SelectorExpr)
	if !isNamed(n.Type, "Event") && !(qualified && from.Sel.Name == "Event" && isNamed(from.X, "bot")) {
		return
	}
	for _, e := range n.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok || !isNamed(kv.Key, "Action") || a.add(kv.Value) || isNamed(kv.Value, "action") {
			continue
		}
		if sum, ok := kv.Value.(*ast.BinaryExpr); ok {
			if lit, ok := sum.X.(*ast.BasicLit); ok && lit.Value == `"api."` {
				continue // an operation of the HTTP API, whose words are looked for there
			}
		}
		a.t.Errorf("%s: this test cannot follow what is recorded: name it by a literal, or by a variable called action", a.files.Position(kv.Pos()))
	}
}

func isNamed(e ast.Expr, name string) bool {
	ident, ok := e.(*ast.Ident)
	return ok && ident.Name == name
}
