package hub_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"parley/hub"
)

// TestEveryCodeIsListed fails when a Code constant is missing from the table that says what it means outside.
func TestEveryCodeIsListed(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "codes.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	declared := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ValueSpec:
			for _, name := range n.Names {
				if strings.HasPrefix(name.Name, "Code") {
					declared[name.Name] = true
				}
			}
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok {
				listed[key.Name] = true
			}
		}
		return true
	})
	if len(declared) < 40 {
		t.Fatalf("found only %d codes: this test no longer reads codes.go rightly", len(declared))
	}
	for name := range declared {
		if !listed[name] {
			t.Errorf("%s has no entry in codeInfo: add its status and whether a failure with it is definite", name)
		}
	}
}

func TestEveryCodeMakesSense(t *testing.T) {
	for _, code := range hub.Codes() {
		info := code.Info()
		if info.Status < 400 || info.Status > 599 {
			t.Errorf("code %d has HTTP status %d", code, info.Status)
		}
		if !info.Definite && !info.Retry {
			t.Errorf("code %d is indefinite but not to be retried: then nobody can find out", code)
		}
		if info.Close != 0 && (info.Close < 4000 || info.Close > 4999) {
			t.Errorf("code %d closes with %d, outside the range for applications (RFC 6455, 7.4.2)", code, info.Close)
		}
	}
}
