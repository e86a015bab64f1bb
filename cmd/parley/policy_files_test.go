package main_test

import (
	"fmt"
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strings"
)

const mostLines = 600 // at 400 ask yourself; here the answer is no

// oversizedFiles finds source files that are too long, those made by a generator aside.
func oversizedFiles(t *tree) []string {
	var found []string
	for _, f := range t.files {
		written := f.code == nil || !ast.IsGenerated(f.code)
		lines := strings.Count(f.text, "\n")
		if slices.Contains([]string{".go", ".ts", ".tsx"}, path.Ext(f.path)) && written && lines > mostLines {
			found = append(found, fmt.Sprintf("%s: %d lines, at most %d", f.path, lines, mostLines))
		}
	}
	return found
}

// The words are put together so that this file does not hold them.
var (
	everywhere = regexp.MustCompile(`\.\./` + `shared\b|/work/` + `shared\b`)
	inCode     = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X|HA` + `CK)\b`)
)

// forbiddenWords finds marks of unfinished work in code, and references to what is outside of the repository in all
// files.
func forbiddenWords(t *tree) []string {
	var found []string
	for _, f := range t.files {
		for number, line := range slices.Collect(strings.Lines(f.text)) {
			word := everywhere.FindString(line)
			if word == "" && slices.Contains([]string{".go", ".ts", ".tsx", ".sql"}, path.Ext(f.path)) {
				word = inCode.FindString(line)
			}
			if word != "" {
				found = append(found, fmt.Sprintf("%s:%d: %s", f.path, number+1, word))
			}
		}
	}
	return found
}

// sleeps finds time.Sleep, tests included.
func sleeps(t *tree) []string {
	var found []string
	for _, f := range t.goFiles(anyFile) {
		ast.Inspect(f.code, func(n ast.Node) bool {
			if e, ok := n.(ast.Expr); ok && isCallee(e, "time", "Sleep") {
				found = append(found, f.at(n)+": time.Sleep")
			}
			return true
		})
	}
	return found
}

// isCallee reports whether an expression names pkg.name.
func isCallee(e ast.Expr, pkg, name string) bool {
	sel, ok := e.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != name {
		return false
	}
	id, ok := sel.X.(*ast.Ident)
	return ok && id.Name == pkg
}

// The top level; dot-files may join.
var (
	folders = []string{"cmd", "docs", "hub", "session", "store", "web"}
	papers  = []string{
		"CHANGELOG.md", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md", "Dockerfile", "LICENSE", "Makefile", "NOTICE", "README.md",
		"SECURITY.md", "docker-compose.yml", "go.mod", "go.sum",
	}
)

// strangersAtTheTop finds what does not belong at the top level.
func strangersAtTheTop(t *tree) []string {
	var found []string
	for _, d := range t.top {
		known := papers
		if d.IsDir() {
			known = folders
		}
		if !strings.HasPrefix(d.Name(), ".") && !slices.Contains(known, d.Name()) {
			found = append(found, d.Name())
		}
	}
	return found
}

var replaceLine = regexp.MustCompile(`(?m)^\s*replace\b.*$`)

// replacedModules finds replace directives in the module's go.mod.
func replacedModules(t *tree) []string {
	for _, f := range t.files {
		if f.path == "go.mod" {
			return replaceLine.FindAllString(f.text, -1)
		}
	}
	return []string{"go.mod is missing"}
}
