package history_test

import (
	"bytes"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"parley/cmd/parley/history"
)

// wellKept fails where a correct history is blamed.
func wellKept(t interface {
	Helper()
	Fatalf(format string, args ...any)
}, h history.History,
) {
	t.Helper()
	if found := h.Verify(); len(found) > 0 {
		t.Fatalf("a correct history is blamed:\n%s", lines(found))
	}
}

func lines(found []history.Violation) string {
	var b strings.Builder
	for i, v := range found {
		if i == 20 {
			fmt.Fprintf(&b, "... and %d more\n", len(found)-i)
			break
		}
		fmt.Fprintln(&b, v)
	}
	return b.String()
}

func TestCorrectHistories(t *testing.T) {
	for seed := range uint64(200) {
		wellKept(t, newWorld(seeded(seed)).run(400))
	}
}

// TestCorrectHistoriesProperty lets rapid look for a correct history that is blamed, and make it small.
func TestCorrectHistoriesProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		throw := func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "throw") }
		wellKept(t, newWorld(throw).run(rapid.IntRange(0, 300).Draw(t, "steps")))
	})
}

// TestWorldIsRich sees to it that the correct histories hold what the judges judge: a judge of nothing blames nobody.
func TestWorldIsRich(t *testing.T) {
	count := map[string]int{}
	for seed := range uint64(20) {
		for _, r := range newWorld(seeded(seed)).run(400) {
			count[string(r.What)]++
			if r.Event != nil {
				count[r.Event.Name]++
				if r.Event.Replay && r.Event.Message != nil {
					count["replayed message"]++
				}
			}
			if r.Call != nil {
				count[string(r.Call.Action)]++
			}
		}
	}
	for _, what := range []string{
		"acked", "refused", "unknown", "connected", "read", "settled", "send", "edit", "delete", "add", "remove", "resumed",
		"messageAdded", "replayed message", "conversationJoined", "conversationLeft", "conversationReplayed", "conversationReset",
	} {
		if count[what] < 20 {
			t.Errorf("20 worlds show %q %d times", what, count[what])
		}
	}
}

func TestFile(t *testing.T) {
	h := newWorld(seeded(1)).run(400)
	var text bytes.Buffer
	if err := h.Write(&text); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(text.String(), "\n"); n != len(h) {
		t.Errorf("%d records make %d lines", len(h), n)
	}
	again, err := history.Load(&text)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(h, again) {
		t.Error("what was loaded is not what was written")
	}
	if _, err := history.Load(strings.NewReader("{}\n{")); err == nil {
		t.Error("half a record is taken")
	}
}

// TestIndependence keeps the judge apart from the judged.
func TestIndependence(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range f.Imports {
			if strings.HasPrefix(spec.Path.Value, `"parley/`) && !strings.HasSuffix(name, "_test.go") {
				t.Errorf("%s imports %s: the verifier shares no code with what it judges", name, spec.Path.Value)
			}
		}
	}
}
