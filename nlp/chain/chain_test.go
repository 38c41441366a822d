package chain_test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"huiyin/data"
	"huiyin/nlp"
	"huiyin/nlp/chain"
)

func TestAnalyze(t *testing.T) {
	c, err := chain.New(chain.Options{
		Data: data.Files(), UnpackDir: t.TempDir(),
		Entities: nlp.EntityOptions{Products: []nlp.Product{{Name: "彩虹杯"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	a, err := c.Analyze(context.Background(), "我的order还没ship\x00")
	if err != nil {
		t.Fatal(err)
	}
	if a.Text != "我的order还没ship\uFFFD" || a.Lang != nlp.LangHans || !a.Mixed || len(a.Tokens) != 6 {
		t.Errorf("got %+v", a)
	}
	a, err = c.Analyze(context.Background(), "彩虹杯漏电，打13812345678，不解决就投诉到12315")
	if err != nil {
		t.Fatal(err)
	}
	if a.Tokens[0].Text != "彩虹杯" || len(a.Entities) != 2 || len(a.PII) != 1 || !a.Has(nlp.FlagSafety) || !a.Has(nlp.FlagLegal) {
		t.Errorf("got %+v", a)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.Analyze(ctx, "hi"); err == nil {
		t.Error("a cancelled context was not reported")
	}
}

// TestConcurrentUse analyses while products are exchanged; the race detector watches, and each text keeps its result.
func TestConcurrentUse(t *testing.T) {
	c, err := chain.New(chain.Options{Data: data.Files(), UnpackDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	const text = "昨天的订单E-1024还没到，my phone is 13812345678，加急！"
	want, err := c.Analyze(context.Background(), text)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				got, err := c.Analyze(context.Background(), text)
				if err != nil || len(got.Tokens) != len(want.Tokens) || len(got.Entities) != len(want.Entities) || len(got.PII) != 1 || !got.Has(nlp.FlagUrgent) {
					t.Errorf("got %+v, %v", got, err)
					return
				}
			}
		})
	}
	for _, name := range []string{"彩虹杯", "Moka Pot", "星空灯"} {
		if err := c.SetProducts([]nlp.Product{{Name: name}}); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
	if err := c.SetProducts([]nlp.Product{{Name: " "}}); err == nil {
		t.Error("a product without a name was taken")
	}
}

// TestEveryComponentIsListed looks for folders of nlp that define a component (a type with an Annotate method) and
// for types of nlp itself that do, and wants each of them named in chain.go.
func TestEveryComponentIsListed(t *testing.T) {
	list, err := os.ReadFile("chain.go")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../*.go")
	if err != nil {
		t.Fatal(err)
	}
	deeper, err := filepath.Glob("../*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, path := range append(files, deeper...) {
		if strings.HasSuffix(path, "_test.go") || strings.Contains(path, "chain") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, typ := range annotators(f) {
			found++
			name := f.Name.Name + "." + typ
			if f.Name.Name == "nlp" && strings.Contains(string(list), "nlp.New"+typ+"(") {
				continue
			}
			if f.Name.Name != "nlp" && strings.Contains(string(list), f.Name.Name+".") {
				continue
			}
			if !strings.Contains(string(list), name+"{") {
				t.Errorf("%s has an Annotate method (%s) but chain.go does not list it", name, path)
			}
		}
	}
	if found < 2 {
		t.Errorf("found %d components: the test no longer looks where they are", found)
	}
}

// annotators are the receiver types of the Annotate methods in f.
func annotators(f *ast.File) []string {
	var types []string
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Recv == nil || fn.Name.Name != "Annotate" {
			continue
		}
		typ := fn.Recv.List[0].Type
		if star, ok := typ.(*ast.StarExpr); ok {
			typ = star.X
		}
		if id, ok := typ.(*ast.Ident); ok {
			types = append(types, id.Name)
		}
	}
	return types
}
