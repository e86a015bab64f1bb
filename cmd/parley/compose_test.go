package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
			ready := filepath.Join(data, "ready")
			env := []string{"PARLEY_ADMIN=", "PARLEY_READY_FILE=" + ready, "PARLEY_DRAIN=1s"}
			for key, value := range service.Environment {
				env = append(env, key+"="+fill(t, key, value))
			}
			p := exactProcess(t, ready, env, args...)
			p.start()
			resp, err := p.http.Get(processURL + "/readyz")
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close() //nolint:errcheck // only the status counts
			if resp.StatusCode != http.StatusOK {
				t.Errorf("/readyz answers %s", resp.Status)
			}
			if err := p.terminate(); err != nil {
				t.Errorf("after SIGTERM it ended with %v", err)
			}
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
