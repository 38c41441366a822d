package all_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"huiyin/channels/all"
)

// notAdapters are the folders beside the adapters.
var notAdapters = []string{"all", "channelstest", "desk", "testdata"}

func TestNoFolderIsForgotten(t *testing.T) {
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	var folders, drivers []string
	for _, e := range entries {
		if e.IsDir() && !slices.Contains(notAdapters, e.Name()) {
			folders = append(folders, e.Name())
		}
	}
	for _, d := range all.Drivers() {
		drivers = append(drivers, d.Name)
	}
	if !slices.Equal(folders, drivers) {
		t.Errorf("folders of channels/: %v, drivers listed by name: %v: add the missing line to all.go", folders, drivers)
	}
}

// TestEveryDriverPassesTheSuite finds an adapter whose tests do not run channelstest on its own driver.
func TestEveryDriverPassesTheSuite(t *testing.T) {
	for _, d := range all.Drivers() {
		names, err := filepath.Glob(filepath.Join("..", d.Name, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]bool{}
		for _, name := range names {
			parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(parsed, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && isSelector(call.Fun, "channelstest", "Run") {
					found["run"] = true
				}
				if pair, ok := n.(*ast.KeyValueExpr); ok && isSelector(pair.Value, d.Name, "Driver") {
					found["driver"] = true
				}
				return true
			})
		}
		if !found["run"] || !found["driver"] {
			t.Errorf("channels/%s does not run the suite: call channelstest.Run with Driver: %[1]s.Driver in a test", d.Name)
		}
	}
}

// isSelector reports whether an expression is pkg.name.
func isSelector(e ast.Expr, pkg, name string) bool {
	s, ok := e.(*ast.SelectorExpr)
	if !ok || s.Sel.Name != name {
		return false
	}
	x, ok := s.X.(*ast.Ident)
	return ok && x.Name == pkg
}
