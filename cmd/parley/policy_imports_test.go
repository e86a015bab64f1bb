package main_test

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

const module = "parley"

// A floor says what the packages of a folder may import, their tests aside. Patterns are those of the go command:
// "hub" is that package, "hub/..." also all below it. A package may always import those below its own.
type floor struct {
	packages string
	may      []string // packages of this module
	stdOnly  bool     // besides those nothing but the standard library
	never    []string // packages of others
	because  string
}

// house is searched from the top: the first entry whose pattern fits a package counts.
var house = []floor{
	{
		packages: "hub",
		stdOnly:  true, never: []string{"net/http"},
		because: "the domain declares the interfaces that it needs and knows nobody who implements them",
	},
	{
		packages: "hub/...",
		may:      []string{"hub/..."},
		because:  "what serves the hub (a bus, an outbox, channels) knows the hub, and neither stores nor sessions",
	},
	{
		packages: "store/storetest",
		may:      []string{"hub", "hub/words"},
		because:  "the suite tests what hub.Store promises, whoever implements it",
	},
	{
		packages: "store/...",
		may:      []string{"hub", "store/storetest"},
		because:  "an engine implements hub.Store; engines do not know each other",
	},
	{
		packages: "session/wire",
		may:      []string{"hub"},
		stdOnly:  true, never: []string{"net/http"},
		because: "the wire format is shared by server and client and needs only the nouns",
	},
	{
		packages: "session/client/...",
		may:      []string{"hub", "session/wire"},
		because:  "the client knows the wire format, not the server's sessions",
	},
	{
		packages: "session/token",
		may:      []string{"hub"},
		because:  "tokens are minted and checked without a session",
	},
	{
		packages: "session/...",
		may:      []string{"hub", "session/wire", "session/token"},
		never:    []string{"net/http", "github.com/coder/websocket"},
		because:  "a session talks to session.Conn and the hub, and never sees HTTP or a database",
	},
	{
		packages: "web/...",
		may:      []string{"hub/...", "session", "session/wire", "session/token", "web/..."},
		because:  "web asks the hub and starts sessions; only cmd knows which store there is",
	},
	{
		packages: "cmd/...",
		may:      []string{"..."},
		because:  "cmd wires everything",
	},
}

// importsAgainstTheHouse finds the imports that go up or sideways, and the folders that the house does not have.
func importsAgainstTheHouse(t *tree) []string {
	var found []string
	for _, f := range t.goFiles(productive) {
		i := slices.IndexFunc(house, func(fl floor) bool { return fits(fl.packages, f.dir()) })
		if i < 0 {
			found = append(found, f.path+": the house has no such folder")
			continue
		}
		for _, spec := range f.code.Imports {
			name, _ := strconv.Unquote(spec.Path.Value) // the parser has seen to it
			if !house[i].admits(f.dir(), name) {
				found = append(found, fmt.Sprintf("%s imports %s: %s", f.at(spec), name, house[i].because))
			}
		}
	}
	return found
}

// admits reports whether a package of the floor may import another.
func (fl floor) admits(dir, name string) bool {
	fit := func(pattern string) bool { return fits(pattern, name) }
	if own, ok := strings.CutPrefix(name, module+"/"); ok {
		return strings.HasPrefix(own, dir+"/") || slices.ContainsFunc(fl.may, func(p string) bool { return fits(p, own) })
	}
	foreign := strings.Contains(strings.Split(name, "/")[0], ".")
	if foreign && fl.stdOnly {
		return false
	}
	return !slices.ContainsFunc(fl.never, fit)
}

// fits reports whether a pattern of the go command matches a package's path.
func fits(pattern, name string) bool {
	if pattern == "..." {
		return true
	}
	root, below := strings.CutSuffix(pattern, "/...")
	return name == root || below && strings.HasPrefix(name, root+"/")
}

// packagesWithoutDoc finds packages that have no doc.go with the package's doc, or more than one doc.
func packagesWithoutDoc(t *tree) []string {
	documented := map[string]bool{}
	var found []string
	for _, f := range t.goFiles(productive) {
		if _, seen := documented[f.dir()]; !seen {
			documented[f.dir()] = false
		}
		switch {
		case f.base() != "doc.go" && f.code.Doc != nil:
			found = append(found, f.at(f.code.Doc)+": the package's doc belongs in doc.go")
		case f.base() == "doc.go" && wellBegun(f):
			documented[f.dir()] = true
		}
	}
	for dir, ok := range documented {
		if !ok {
			found = append(found, path.Join(dir, "doc.go")+": missing, or without the doc of its package")
		}
	}
	slices.Sort(found)
	return found
}

// wellBegun reports whether a file has a package doc that begins as package docs do.
func wellBegun(f *file) bool {
	want := "Package " + f.code.Name.Name + " "
	if f.code.Name.Name == "main" {
		want = "Command " + path.Base(f.dir()) + " "
	}
	return f.code.Doc != nil && strings.HasPrefix(f.code.Doc.Text(), want)
}
