package main

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"parley/hub"
	"parley/hub/bus"
	"parley/hub/bus/bustest"
	"parley/hub/bus/redistest"
)

func operationsPage(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestOperationsAccess: the rights on Redis that the page gives are enough, on one server and on a cluster.
func TestOperationsAccess(t *testing.T) {
	commands := regexp.MustCompile(`(?m)^ACL (SETUSER parley .*\n(?:  .*\n)*)`).FindAllStringSubmatch(operationsPage(t), -1)
	if len(commands) != 2 {
		t.Fatalf("the page has %d commands for Redis, not one for a server and one for a cluster", len(commands))
	}
	rights := func(i int, on []*redistest.Server) {
		words := []any{"acl"}
		for word := range strings.FieldsSeq(strings.Replace(commands[i][1], "PASSWORD", "hush", 1)) {
			words = append(words, word)
		}
		for _, s := range on {
			s.Do(words...)
		}
	}
	t.Run("one", func(t *testing.T) {
		s := redistest.Start(t)
		rights(0, []*redistest.Server{s})
		useBus(t, strings.Replace(s.URL(), "://", "://parley:hush@", 1), []*redistest.Server{s})
	})
	t.Run("cluster", func(t *testing.T) {
		c := redistest.StartCluster(t)
		rights(1, c.Nodes[:])
		useBus(t, strings.Replace(c.URL(), "://", "://parley:hush@", 1), c.Nodes[:])
	})
}

// useBus does all that hubs do with Redis, and sees that no server refused any of it.
func useBus(t *testing.T, url string, servers []*redistest.Server) {
	t.Helper()
	if err := bus.Check(t.Context(), url); err != nil {
		t.Error(err)
	}
	seats := func(t *testing.T) hub.Bus {
		t.Helper()
		b, err := bus.Open(bus.Config{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	t.Run("talk", func(t *testing.T) { // as hubs do: about conversations, users, and to all hubs
		a, b := bustest.Sit(t, seats(t)), bustest.Sit(t, seats(t))
		for _, topic := range []string{string(hub.NewConversationSID()), string(hub.NewUserSID()), "hubs"} {
			b.Follow(t, topic)
			a.Publish(topic, []byte(topic))
			bustest.Eventually(t, topic+" is heard", func() bool { return b.Has(topic) })
			b.Unsubscribe(topic)
		}
	})
	bustest.RunWhereabouts(t, seats)
	for _, s := range servers {
		if refused, _ := s.Do("acl", "log").([]any); len(refused) > 0 {
			t.Errorf("%s refused %v", s.Addr(), refused)
		}
	}
}

// logged finds what is logged at warn and error, but by clients.
func logged(t *testing.T) (lines []string) {
	t.Helper()
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "client" || d.Name() == "testdata" || strings.HasSuffix(d.Name(), "test") || d.Name() == ".git"):
			return fs.SkipDir
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		if built, err := build.Default.MatchFile(filepath.Split(path)); !built || err != nil {
			return err // such as what is only for tests with faults
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if line := warning(n); line != "" {
				lines = append(lines, line)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// warning is the text that a call logs at warn or error, "" for anything else.
func warning(n ast.Node) string {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return ""
	}
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !slices.Contains([]string{"Warn", "WarnContext", "Error", "ErrorContext"}, method.Sel.Name) {
		return ""
	}
	at := strings.Count(method.Sel.Name, "Context") // where the text stands
	if len(call.Args) <= at {
		return ""
	}
	text, ok := call.Args[at].(*ast.BasicLit)
	if !ok {
		return ""
	}
	line, _ := strconv.Unquote(text.Value)
	return line
}

// TestOperationsLogLines holds the page's list of log lines to those that there are.
func TestOperationsLogLines(t *testing.T) {
	there := logged(t)
	_, table, _ := strings.Cut(operationsPage(t), "## Log lines")
	var told []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)`").FindAllStringSubmatch(table, -1) {
		told = append(told, row[1])
	}
	for _, line := range there {
		if !slices.Contains(told, line) {
			t.Errorf("docs/operations.md does not tell what %q means", line)
		}
	}
	for _, line := range told {
		if !slices.Contains(there, line) {
			t.Errorf("docs/operations.md tells of %q, which nothing logs", line)
		}
	}
}
