package twiliotest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/store/postgres/pgtest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	pgtest.StopShared()
	if folder != "" {
		os.RemoveAll(folder) //nolint:errcheck // in the temporary folder
	}
	os.Exit(code)
}

const (
	account   = "AC0123456789abcdef0123456789abcdef"
	authToken = "0123456789abcdef0123456789abcdef"
	apiKey    = "SK0123456789abcdef0123456789abcdef"
	apiSecret = "abcdefghijklmnopqrstuvwxyz012345"
)

// folder is where the binary is, "" while it is not built.
var folder string

// binary builds parley once.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "parley-twilio")
	if err != nil {
		return "", err
	}
	folder = dir
	path := filepath.Join(dir, "parley")
	build := exec.Command("go", "build", "-o", path, "./cmd/parley")
	build.Dir = "../../.."
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return path, nil
})

// patience bounds every wait for a process.
const patience = 30 * time.Second

// serve runs parley on a store until the test ends, and gives its URL.
func serve(t *testing.T, store string, flags ...string) string {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	ready := filepath.Join(dir, "ready")
	var said bytes.Buffer
	cmd := exec.Command(path, append([]string{
		"serve", "--listen", "127.0.0.1:0", "--admin", "", "--ready-file", ready, "--store", store,
		"--account-sid", account, "--auth-token", authToken, "--api-key", apiKey + ":" + apiSecret, "--drain", "0s",
		"--log-level", "warn",
	}, flags...)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan error, 1)
	go func() { exited <- cmd.Wait() }()
	t.Cleanup(func() {
		cmd.Process.Kill() //nolint:errcheck // it may have ended
		<-exited
		if t.Failed() {
			t.Logf("what parley said:\n%s", said.String())
		}
	})
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); <-tick.C {
		if url, err := os.ReadFile(ready); err == nil && len(url) > 0 {
			return strings.TrimSpace(string(url))
		}
		select {
		case err := <-exited:
			exited <- err
			t.Fatalf("parley ended: %v\n%s", err, said.String())
		default:
		}
	}
	t.Fatal("parley was not ready in time")
	return ""
}

// stores are the engines that everything is run on.
var stores = map[string]func(t *testing.T) string{
	"SQLite": func(t *testing.T) string { t.Helper(); return "sqlite:" + filepath.Join(t.TempDir(), "parley.db") },
	"Postgres": func(t *testing.T) string {
		t.Helper()
		return pgtest.Shared(t).Database(t)
	},
}

// everywhere runs a test on each engine.
func everywhere(t *testing.T, test func(w *world)) {
	t.Helper()
	for name, store := range stores {
		t.Run(name, func(t *testing.T) { test(newWorld(t, serve(t, store(t)))) })
	}
}
