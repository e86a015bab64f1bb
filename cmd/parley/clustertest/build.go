package clustertest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// builds is the binaries that were built for the tests of this process, in one folder.
var builds struct {
	mu     sync.Mutex
	folder string
	paths  map[string]string // by what they are of
}

// Binary is the server as it is in this checkout, built once. Tags are the build's.
func Binary(tb testing.TB, tags string) string {
	tb.Helper()
	return build(tb, "tags "+tags, "", "-tags", tags)
}

// Previous is the server as it was before the newest commit, built once from what git keeps.
func Previous(tb testing.TB) string {
	tb.Helper()
	if out, err := exec.Command("git", "rev-parse", "--verify", "HEAD~^{commit}").CombinedOutput(); err != nil {
		unavailable(tb, fmt.Sprintf("there is no commit before this one (a shallow clone?): %v %s", err, out))
	}
	source := tb.TempDir()
	script := `set -e; cd "$(git rev-parse --show-toplevel)"; git archive HEAD~ | tar -x -C "$0"`
	if out, err := exec.Command("sh", "-c", script, source).CombinedOutput(); err != nil {
		tb.Fatalf("git archive: %v\n%s", err, out)
	}
	return build(tb, "previous", source)
}

// unavailable skips a test that misses something, or fails it where nothing may be skipped.
func unavailable(tb testing.TB, why string) {
	tb.Helper()
	if os.Getenv("CI") == "true" || os.Getenv("PARLEY_NO_SKIP") != "" {
		tb.Fatal(why)
	}
	tb.Skip(why)
}

// build builds the server in a folder, "" for this checkout.
func build(tb testing.TB, name, source string, args ...string) string {
	tb.Helper()
	builds.mu.Lock()
	defer builds.mu.Unlock()
	if path := builds.paths[name]; path != "" {
		return path
	}
	if builds.folder == "" {
		folder, err := os.MkdirTemp("", "parley-cluster-") //nolint:usetesting // it serves several tests
		if err != nil {
			tb.Fatal(err)
		}
		builds.folder, builds.paths = folder, map[string]string{}
	}
	path := filepath.Join(builds.folder, strings.ReplaceAll(strings.TrimSpace(name), " ", "-"))
	target := "parley/cmd/parley"
	cmd := exec.Command("go", append(append([]string{"build", "-o", path}, args...), target)...)
	cmd.Dir = source
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("go build: %v\n%s", err, out)
	}
	builds.paths[name] = path
	return path
}

// Cleanup removes what was built. TestMain calls it.
func Cleanup() {
	if builds.folder != "" {
		os.RemoveAll(builds.folder) //nolint:errcheck // in the temporary folder
	}
}
