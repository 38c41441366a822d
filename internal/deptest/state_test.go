package deptest

import (
	"go/ast"
	"go/token"
	"strings"
	"testing"
)

// TestPackagesKeepNoState: nothing that a package declares is assigned to later, nor any field or element of it.
func TestPackagesKeepNoState(t *testing.T) {
	all := files(t)
	declared := map[string]bool{} // "folder name"
	for _, f := range all {
		for name, o := range f.ast.Scope.Objects {
			if o.Kind == ast.Var {
				declared[f.folder+" "+name] = true
			}
		}
	}
	for _, f := range all {
		if f.test || strings.HasSuffix(f.folder, "test") { // what only tests import
			continue
		}
		for _, id := range assigned(f.ast) {
			// The parser resolves names within their file; one that it leaves open is declared by another file of the package.
			here := id.Obj != nil && f.ast.Scope.Lookup(id.Name) == id.Obj
			if declared[f.folder+" "+id.Name] && (here || id.Obj == nil) {
				t.Errorf("%s: %s is the package's and is assigned to: keep it in a value that is passed on", f.fset.Position(id.Pos()), id.Name)
			}
		}
	}
}

// assigned are the names at the left of what a file assigns to: of a.b[i] = x, a.
func assigned(f *ast.File) []*ast.Ident {
	var all []*ast.Ident
	add := func(x ast.Expr) {
		if id := leftmost(x); id != nil {
			all = append(all, id)
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, x := range n.Lhs {
				if n.Tok != token.DEFINE {
					add(x)
				}
			}
		case *ast.IncDecStmt:
			add(n.X)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				add(n.X)
			}
		}
		return true
	})
	return all
}

func leftmost(x ast.Expr) *ast.Ident {
	for {
		switch y := x.(type) {
		case *ast.Ident:
			return y
		case *ast.SelectorExpr:
			x = y.X
		case *ast.IndexExpr:
			x = y.X
		case *ast.StarExpr:
			x = y.X
		case *ast.ParenExpr:
			x = y.X
		default:
			return nil
		}
	}
}
