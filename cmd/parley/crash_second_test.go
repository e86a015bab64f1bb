package main

import (
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestSecondProcess: a SQLite file serves one process. A second one says so in one line and leaves the first alone;
// after a kill -9 of the first the file is free.
func TestSecondProcess(t *testing.T) {
	file := "sqlite:" + filepath.Join(t.TempDir(), "parley.db")
	first := newProcess(t, "dev", "--log-level", "error", "--store", file)
	first.start()
	second := newProcess(t, "dev", "--log-level", "error", "--store", file)
	second.launch()
	var exit *exec.ExitError
	if err := second.wait(); !errors.As(err, &exit) || exit.ExitCode() <= 0 {
		t.Fatalf("the second process ended with %v", err)
	}
	said := strings.TrimSpace(second.log.String())
	if strings.Contains(said, "\n") || !strings.Contains(said, "held by another hub") || !strings.Contains(said, "parley.db") {
		t.Errorf("the second process said\n%s", said)
	}
	resp, err := first.http.Get(processURL + "/readyz")
	if err != nil {
		t.Fatalf("the first process: %v", err)
	}
	resp.Body.Close() //nolint:errcheck // only the status counts
	if resp.StatusCode != 200 {
		t.Errorf("the first process is %s", resp.Status)
	}
	first.kill()
	second.start()
	if err := second.terminate(); err != nil {
		t.Errorf("after SIGTERM: %v", err)
	}
}
