package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gopkg.in/yaml.v3"
)

// composeFile is what this test reads of docker-compose.yml.
type composeFile struct {
	Services map[string]struct {
		Command     []string          `yaml:"command"`
		Environment map[string]string `yaml:"environment"`
		Volumes     []string          `yaml:"volumes"`
		Healthcheck struct {
			Test []string `yaml:"test"`
		} `yaml:"healthcheck"`
	} `yaml:"services"`
	Volumes map[string]any `yaml:"volumes"`
}

// buildFolder is the folder of what binary built, "" for nothing.
var buildFolder string

// binary builds parley once for the tests that run it as a process.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "parley-test")
	if err != nil {
		return "", err
	}
	buildFolder = dir
	path := filepath.Join(dir, "parley")
	out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", &exec.Error{Name: string(out), Err: err}
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if buildFolder != "" {
		os.RemoveAll(buildFolder) //nolint:errcheck // in the temporary folder
	}
	os.Exit(code)
}

// TestComposeRuns starts each hub of docker-compose.yml with its exact command and environment, but for the secrets, the
// data volume's place and the ports, and sees it become ready and stop in good order. No Docker engine is needed.
func TestComposeRuns(t *testing.T) {
	text, err := os.ReadFile("../../docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	var file composeFile
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Services) == 0 {
		t.Fatal("docker-compose.yml has no services")
	}
	for name, service := range file.Services {
		t.Run(name, func(t *testing.T) {
			data := t.TempDir()
			args := make([]string, len(service.Command))
			for i, arg := range service.Command {
				args[i] = strings.NewReplacer("/data/", data+"/", ":8080", "127.0.0.1:0").Replace(arg)
			}
			env := []string{"PARLEY_ADMIN=", "PARLEY_READY_FILE=" + filepath.Join(data, "ready"), "PARLEY_DRAIN=1s", "PATH=" + os.Getenv("PATH")}
			for key, value := range service.Environment {
				env = append(env, key+"="+fill(t, key, value))
			}
			runUntilReady(t, args, env, filepath.Join(data, "ready"))
			if _, err := os.Stat(filepath.Join(data, "parley.db")); err != nil {
				t.Errorf("the data is not on the volume: %v", err)
			}
		})
	}
}

// fill puts a value where compose would take one from .env.
func fill(t *testing.T, key, value string) string {
	t.Helper()
	if !strings.HasPrefix(value, "${"+key) {
		return value
	}
	switch key {
	case "PARLEY_ACCOUNT_SID":
		return "AC" + strings.Repeat("0", 32)
	case "PARLEY_AUTH_TOKEN":
		return strings.Repeat("1", 32)
	case "PARLEY_API_KEY":
		return "SK" + strings.Repeat("2", 32) + ":" + strings.Repeat("3", 32)
	}
	t.Fatalf("docker-compose.yml wants %s of .env, which this test does not know", key)
	return ""
}

// runUntilReady runs the binary until it says that it is ready, asks whether it is, and ends it with SIGTERM.
func runUntilReady(t *testing.T, args, env []string, ready string) {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	cmd := exec.Command(path, args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = env, &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	var url []byte
	for len(url) == 0 {
		select {
		case err := <-ended:
			t.Fatalf("%v ended before it was ready: %v\n%s", args, err, log.String())
		case <-ctx.Done():
			t.Fatalf("%v is not ready", args)
		case <-tick.C:
			url, _ = os.ReadFile(ready)
		}
	}
	resp, err := http.Get(strings.TrimSpace(string(url)) + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close() //nolint:errcheck // only the status counts
	if resp.StatusCode != http.StatusOK {
		t.Errorf("/readyz answers %s", resp.Status)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("after SIGTERM it ended with %v\n%s", err, log.String())
	}
}
