// Package deptest holds the rules of who may import whom. It parses the files itself, so that a change of any file is seen.
package deptest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "huiyin"

// mayImport says, for each top-level folder, which other top-level folders its code may import. Tests may import more:
// see allowedInTests.
var mayImport = map[string][]string{
	"data":     {},
	"internal": {"internal"},
	"nlp":      {"nlp", "internal"},
	"kb":       {"kb", "nlp", "internal"},
	"bot":      {"bot", "nlp", "kb", "internal"},
	"channels": {"channels", "bot", "kb", "nlp", "internal"},
	"feedback": {"feedback", "bot", "nlp", "kb", "internal"},
	"hooks":    {"hooks", "bot", "kb", "nlp", "internal"},
	"store":    {"store", "bot", "kb", "feedback", "hooks", "nlp", "internal"},
	"console":  {"console", "bot", "kb", "feedback", "hooks", "nlp", "internal"},
	"cmd":      {"data", "internal", "nlp", "kb", "bot", "channels", "feedback", "hooks", "store", "console", "cmd"},
}

// allowedInTests are what a test needs to run against the real parts.
var allowedInTests = []string{"data", "store", "channels"}

// folders names, for each module that we want to be able to replace, the folders that import it: one, or two where the
// second does another job with it.
var folders = map[string][]string{
	"github.com/yanyiwu/gojieba":            {"nlp/lang/zh"},
	"github.com/longbridgeapp/opencc":       {"nlp", "nlp/intent", "nlp/sentiment", "nlp/chain"}, // the last three in tests, which write texts in Traditional script
	"github.com/kljensen/snowball":          {"nlp/lang/en"},
	"github.com/blevesearch/bleve":          {"kb/index"},
	"go.etcd.io/bbolt":                      {"store/bolt"},
	"github.com/go-telegram/bot":            {"channels/telegram"},
	"github.com/slack-go/slack":             {"channels/slack"},
	"github.com/BurntSushi/toml":            {"internal/config"},
	"github.com/santhosh-tekuri/jsonschema": {"feedback/schema/schematest"},
	"go.yaml.in/yaml":                       {"internal/yamlfile", "kb"}, // kb keeps the order of front matter when it writes
	"github.com/alecthomas/kong":            {"cmd/huiyin"},
	"github.com/prometheus":                 {"cmd/huiyin"},
	"github.com/microcosm-cc/bluemonday":    {"internal/markdown"},
	"github.com/yuin/goldmark":              {"internal/markdown", "kb", "cmd/huiyin"}, // kb cuts passages along the document's structure; the program's tests read digests with it
}

// onlyCmd are calls that belong to the program's entrance alone.
var onlyCmd = []string{"os.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln", "os.Getenv", "os.LookupEnv", "os.Environ"}

type file struct {
	path   string // from the root, with slashes
	folder string
	test   bool
	ast    *ast.File
	fset   *token.FileSet
}

func (f file) top() string { top, _, _ := strings.Cut(f.path, "/"); return top }

func (f file) imports() []string {
	var all []string
	for _, i := range f.ast.Imports {
		p, _ := strconv.Unquote(i.Path.Value)
		all = append(all, p)
	}
	return all
}

func files(t *testing.T) []file {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	var all []file
	fset := token.NewFileSet()
	err = fs.WalkDir(os.DirFS(root), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && p != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if d.IsDir() || path.Ext(p) != ".go" {
			return nil
		}
		parsed, err := parser.ParseFile(fset, filepath.Join(root, p), nil, 0)
		if err != nil {
			return err
		}
		all = append(all, file{path: p, folder: path.Dir(p), test: strings.HasSuffix(p, "_test.go"), ast: parsed, fset: fset})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 12 {
		t.Fatalf("only %d files found: the test looks in the wrong place", len(all))
	}
	return all
}

func TestImports(t *testing.T) {
	for _, f := range files(t) {
		allowed, known := mayImport[f.top()]
		if !known {
			t.Errorf("%s: no rule for this folder: add one to mayImport, with an ADR", f.path)
			continue
		}
		for _, imp := range f.imports() {
			if ours, ok := strings.CutPrefix(imp, module+"/"); ok {
				checkOurs(t, f, ours, allowed)
			}
			for mod, allowed := range folders {
				if (imp == mod || strings.HasPrefix(imp, mod+"/")) && !slices.Contains(allowed, f.folder) {
					t.Errorf("%s imports %s: only %v may", f.path, imp, allowed)
				}
			}
		}
	}
}

// checkOurs holds the rules between our own folders.
func checkOurs(t *testing.T, f file, imp string, allowed []string) {
	t.Helper()
	top, _, _ := strings.Cut(imp, "/")
	if f.test && f.top() == "data" {
		return // what ships is tested with the parts that read it
	}
	if !slices.Contains(allowed, top) && !(f.test && slices.Contains(allowedInTests, top)) {
		t.Errorf("%s imports %s: %s may import only %v", f.path, imp, f.top(), allowed)
	}
	if strings.HasSuffix(imp, "test") && !f.test && !strings.HasSuffix(f.folder, "test") {
		t.Errorf("%s imports %s: only tests may", f.path, imp)
	}
	if adapter(imp) && f.folder != imp && f.folder != "channels/all" && !f.test {
		t.Errorf("%s imports the adapter %s: only channels/all may", f.path, imp)
	}
	backEnd := imp == "store/bolt" || imp == "store/mem"
	if backEnd && f.folder != imp && f.folder != "store/open" && f.top() != "cmd" && !f.test && !strings.HasSuffix(f.folder, "test") {
		t.Errorf("%s imports the back end %s: only store/open and cmd may", f.path, imp)
	}
}

// adapter reports whether a folder is one platform's.
func adapter(folder string) bool {
	name, ok := strings.CutPrefix(folder, "channels/")
	return ok && name != "all" && name != "channelstest" && name != "desk" && !strings.Contains(name, "/")
}

func TestOnlyCmdTouchesTheProcess(t *testing.T) {
	for _, f := range files(t) {
		if f.test || f.top() == "cmd" {
			continue
		}
		if slices.Contains(f.imports(), "flag") {
			t.Errorf("%s imports flag: only cmd may", f.path)
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && slices.Contains(onlyCmd, x.Name+"."+sel.Sel.Name) {
				t.Errorf("%s: %s.%s: only cmd may", f.fset.Position(sel.Pos()), x.Name, sel.Sel.Name)
			}
			return true
		})
	}
}

func TestNoInit(t *testing.T) {
	for _, f := range files(t) {
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s: init(): wire it in cmd instead", f.fset.Position(fn.Pos()))
			}
		}
	}
}

// TestWallClockStaysOut keeps tests from depending on how fast the machine is.
func TestWallClockStaysOut(t *testing.T) {
	virtual := map[string]bool{} // folders whose tests run on virtual time
	for _, f := range files(t) {
		virtual[f.folder] = virtual[f.folder] || f.test && slices.Contains(f.imports(), "testing/synctest")
	}
	real := map[string]bool{
		"cmd/huiyin/clock_test.go":         true, // the clock of all tests there: a given moment, and what has passed since
		"cmd/huiyin/identity_docs_test.go": true, // programs in other languages sign by the machine's clock
	}
	for _, f := range files(t) {
		if !f.test || f.folder == "internal/deptest" || virtual[f.folder] || real[f.path] || path.Base(f.path) == "bench_test.go" {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains([]string{"Sleep", "Now", "Since"}, sel.Sel.Name) {
				t.Errorf("%s: time.%s in a test: wait for the thing itself, give a time, or use testing/synctest", f.fset.Position(sel.Pos()), sel.Sel.Name)
			}
			return true
		})
	}
}

// TestStepsAreSteady keeps tests of pages from failing where a live page replaced an element between being found and being used,
// a page was not yet there, or a key got lost: the steps of steps_test.go take such a step again.
func TestStepsAreSteady(t *testing.T) {
	shaky := []string{"Click", "SendKeys", "SetValue", "SetUploadFiles", "Text", "TextContent", "Value", "AttributeValue", "WaitVisible", "WaitReady", "WaitNotPresent", "WaitNotVisible", "Navigate", "Reload", "KeyEvent"}
	for _, f := range files(t) {
		if !f.test || f.path == "cmd/huiyin/steps_test.go" || f.folder == "internal/deptest" {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok && x.Name == "chromedp" && slices.Contains(shaky, sel.Sel.Name) {
					t.Errorf("%s: chromedp.%s: use a step of cmd/huiyin/steps_test.go, which does it again when it was lost", f.fset.Position(sel.Pos()), sel.Sel.Name)
				}
			}
			return true
		})
	}
}
