package main_test

import (
	"fmt"
	"go/ast"
	"maps"
	"slices"
)

// A starter is a file that starts goroutines.
type starter struct {
	file   string
	starts int    // places in the file that start one
	stops  string // what ends them
	waits  string // who waits until they have ended
}

// unreviewedGoroutines holds the list of starters to the code.
func unreviewedGoroutines(t *tree, reviewed []starter) []string {
	counted, places := census(t)
	var found []string
	for _, s := range reviewed {
		switch n := counted[s.file]; {
		case n == 0:
			found = append(found, s.file+": starts no goroutine (any more); remove its line from the list")
		case n != s.starts:
			found = append(found, fmt.Sprintf("%s: starts goroutines in %d places, reviewed were %d: %v",
				s.file, n, s.starts, places[s.file]))
		case s.stops == "" || s.waits == "":
			found = append(found, s.file+": say what stops them and who waits")
		}
		delete(counted, s.file)
	}
	for _, name := range slices.Sorted(maps.Keys(counted)) {
		found = append(found, fmt.Sprintf("%s: starts goroutines unreviewed: %v; if it should, add\n"+
			"    {file: %q, starts: %d, stops: \"...\", waits: \"...\"},",
			name, places[name], name, counted[name]))
	}
	return found
}

// census counts the places that start goroutines, by file, and lists them.
func census(t *tree) (counted map[string]int, places map[string][]string) {
	counted, places = map[string]int{}, map[string][]string{}
	for _, f := range t.goFiles(productive) {
		ast.Inspect(f.code, func(n ast.Node) bool {
			if startsGoroutine(n) {
				counted[f.path]++
				places[f.path] = append(places[f.path], f.at(n))
			}
			return true
		})
	}
	return counted, places
}

// startsGoroutine reports whether a node is a go statement or a call that is one in disguise: x.Go(f), as WaitGroup
// and errgroup have it, time.AfterFunc or context.AfterFunc.
func startsGoroutine(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.GoStmt:
		return true
	case *ast.CallExpr:
		sel, ok := n.Fun.(*ast.SelectorExpr)
		return ok && (sel.Sel.Name == "Go" && len(n.Args) == 1 ||
			isCallee(sel, "time", "AfterFunc") || isCallee(sel, "context", "AfterFunc"))
	}
	return false
}
