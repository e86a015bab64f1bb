package main_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A policy is a rule about the repository itself. Each explains itself when it fails, and each is shown to be able
// to fail by TestPoliciesCanFail.
type policy struct {
	name   string
	remedy string // what to do about a finding, and why
	check  func(*tree) []string
}

var policies = []policy{
	{
		"import directions",
		"Imports go one way: cmd > web > session > hub < store. Declare a small interface where it is called, and let\n" +
			"cmd/parley wire the implementation. The table is `house` in cmd/parley/policy_imports_test.go.",
		importsAgainstTheHouse,
	},
	{
		"package docs",
		"Each package says what it is for in a file doc.go, and nowhere else, beginning \"Package NAME \" or\n" +
			"\"Command NAME \".",
		packagesWithoutDoc,
	},
	{
		"goroutine census",
		"Each goroutine needs an owner that starts it, something that stops it and someone who waits for it. Say what\n" +
			"they are in the list `goroutines` of cmd/parley/goroutines_test.go: a line per file, with the number of\n" +
			"places in it that start one (go, WaitGroup.Go, errgroup's Go, time.AfterFunc, context.AfterFunc).\n" +
			"Test files are free: goleak watches them.",
		func(t *tree) []string { return unreviewedGoroutines(t, goroutines) },
	},
	{
		"file sizes",
		"A file is about one thing. Split it by what its parts are about.",
		oversizedFiles,
	},
	{
		"forbidden words",
		"A mark for later is not a plan: open an issue. The repository stands alone and refers to nothing outside it.",
		forbiddenWords,
	},
	{
		"no sleeps",
		"A sleep is too short on a busy machine and too long on all others. Use a timer or ticker that can be stopped;\n" +
			"in tests testing/synctest with a timer's channel, or poll a condition with a deadline.",
		sleeps,
	},
	{
		"top level",
		"The top level holds the house (cmd hub session store web docs) and the usual papers. Put the new thing where\n" +
			"it belongs in there.",
		strangersAtTheTop,
	},
	{
		"no replace",
		"A replace directive works on one machine and is ignored by whoever imports or installs the module. Require a\n" +
			"released version.",
		replacedModules,
	},
}

func TestPolicies(t *testing.T) {
	t.Parallel()
	house := repository(t)
	for _, p := range policies {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			if found := p.check(house); len(found) > 0 {
				t.Errorf("\n  %s\n\n%s", strings.Join(found, "\n  "), p.remedy)
			}
		})
	}
}

// A tree is the repository, or what a test puts in its place.
type tree struct {
	top   []fs.DirEntry
	files []file // in the order of their paths
}

// A file is one text file of the tree.
type file struct {
	path string // from the top, with slashes
	text string
	code *ast.File // of a Go file, with comments; else nil
	set  *token.FileSet
}

func (f *file) dir() string  { return path.Dir(f.path) }
func (f *file) test() bool   { return strings.HasSuffix(f.path, "_test.go") }
func (f *file) base() string { return path.Base(f.path) }

// at gives the place of a node as path:line.
func (f *file) at(n ast.Node) string {
	return fmt.Sprintf("%s:%d", f.path, f.set.Position(n.Pos()).Line)
}

// goFiles gives the Go files that keep passes.
func (t *tree) goFiles(keep func(*file) bool) []*file {
	var list []*file
	for i := range t.files {
		if f := &t.files[i]; f.code != nil && keep(f) {
			list = append(list, f)
		}
	}
	return list
}

func anyFile(*file) bool      { return true }
func productive(f *file) bool { return !f.test() }

var readRepository = sync.OnceValues(func() (*tree, error) { return readTree(os.DirFS("../..")) })

// repository is the tree that this test belongs to, read once.
func repository(t *testing.T) *tree {
	t.Helper()
	house, err := readRepository()
	if err != nil {
		t.Fatal(err)
	}
	return house
}

// readTree reads the text files of a repository, but for what git ignores, recorded data and what it cannot parse.
func readTree(fsys fs.FS) (*tree, error) {
	ignored := ignoredNames(fsys)
	t := &tree{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == ".":
			return nil
		case ignored(name, d.IsDir()) || d.IsDir() && slices.Contains([]string{".git", "testdata", "dist"}, d.Name()):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if path.Dir(name) == "." {
			t.top = append(t.top, d)
		}
		if !d.Type().IsRegular() {
			return nil
		}
		return t.read(fsys, name)
	})
	return t, err
}

func (t *tree) read(fsys fs.FS, name string) error {
	const most = 1 << 20 // bytes; what is larger is not text that somebody wrote
	data, err := fs.ReadFile(fsys, name)
	if err != nil || len(data) > most || bytes.IndexByte(data, 0) >= 0 {
		return err
	}
	f := file{path: name, text: string(data)}
	if path.Ext(name) == ".go" {
		f.set = token.NewFileSet()
		if f.code, err = parser.ParseFile(f.set, name, data, parser.ParseComments|parser.SkipObjectResolution); err != nil {
			return err
		}
	}
	t.files = append(t.files, f)
	return nil
}

// ignoredNames reads .gitignore, whose lines here are plain names or patterns of names; a leading slash means the top
// level only, a closing one folders only.
func ignoredNames(fsys fs.FS) func(name string, dir bool) bool {
	data, _ := fs.ReadFile(fsys, ".gitignore") // none: nothing is ignored
	lines := strings.Fields(string(data))
	return func(name string, dir bool) bool {
		return slices.ContainsFunc(lines, func(line string) bool {
			top := path.Dir(name) == "."
			if strings.HasPrefix(line, "/") && !top || strings.HasSuffix(line, "/") && !dir {
				return false
			}
			match, _ := path.Match(strings.Trim(line, "/"), path.Base(name))
			return match
		})
	}
}
