package main

import (
	"encoding/json"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"parley/hub/bus/redistest"
	"parley/store/postgres/pgtest"
)

// composeFile is what these tests read of docker-compose.yml.
type composeFile struct {
	Services map[string]composeService `yaml:"services"`
	Configs  map[string]struct {
		Content string `yaml:"content"`
	} `yaml:"configs"`
}

type composeService struct {
	Image       string            `yaml:"image"`
	Command     []string          `yaml:"command"`
	Environment map[string]string `yaml:"environment"`
	Networks    any               `yaml:"networks"`
}

// composeSecrets is what .env would give. The passwords are found in no log.
var composeSecrets = map[string]string{
	"PARLEY_ACCOUNT_SID": "AC" + strings.Repeat("0", 32),
	"PARLEY_AUTH_TOKEN":  strings.Repeat("1", 32),
	"PARLEY_API_KEY":     "SK" + strings.Repeat("2", 32) + ":" + strings.Repeat("3", 32),
	"POSTGRES_PASSWORD":  strings.Repeat("4", 32),
	"REDIS_PASSWORD":     strings.Repeat("5", 32),
	"PARLEY_PUBLIC_URL":  "",
}

// composed is docker-compose.yml on this machine: each hub's exact command and environment as a process, with a real
// PostgreSQL and a real Redis that have the settings of the file. Only addresses are other ones. No Docker engine is needed.
type composed struct {
	hubs map[string]*process
}

// readCompose reads docker-compose.yml with all variables filled in.
func readCompose(t *testing.T) (text []byte, file composeFile) {
	t.Helper()
	text, err := os.ReadFile("../../docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	text = []byte(os.Expand(string(text), func(name string) string {
		name, fallback, optional := strings.Cut(name, ":-")
		name, _, _ = strings.Cut(name, ":?")
		value, known := composeSecrets[name]
		switch {
		case !known:
			t.Fatalf("docker-compose.yml wants %s of .env, which this test does not know", name)
		case optional && value == "":
			return fallback
		}
		return value
	}))
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return text, file
}

// TestComposeSchema holds docker-compose.yml to the schema of such files.
func TestComposeSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("testdata/compose/compose-spec.json")
	if err != nil {
		t.Fatal(err)
	}
	text, _ := readCompose(t)
	var value any
	if err := yaml.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	plain, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	if value, err = jsonschema.UnmarshalJSON(strings.NewReader(string(plain))); err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Error(err)
	}
}

// compose brings docker-compose.yml up.
func compose(t *testing.T) *composed {
	t.Helper()
	_, file := readCompose(t)
	where := strings.NewReplacer(
		"parley:"+composeSecrets["POSTGRES_PASSWORD"]+"@postgres/parley", composePostgres(t, &file),
		"@redis", "@"+composeRedis(t, &file),
		"172.30.77.2", "127.0.0.1",
		":9091", "127.0.0.1:0", ":8080", "127.0.0.1:0",
	)
	c := &composed{hubs: map[string]*process{}}
	for name, service := range file.Services {
		if service.Image != "parley" {
			continue
		}
		args := make([]string, len(service.Command))
		for i, arg := range service.Command {
			args[i] = where.Replace(arg)
		}
		ready := filepath.Join(t.TempDir(), "ready")
		env := []string{"PARLEY_READY_FILE=" + ready, "PARLEY_DRAIN=1s"}
		for key, value := range service.Environment {
			env = append(env, key+"="+where.Replace(value))
		}
		c.hubs[name] = exactProcess(t, ready, env, args...)
		c.hubs[name].launch()
	}
	for _, p := range c.hubs {
		p.awaitReady()
	}
	return c
}

// composePostgres starts the server with the file's settings and gives the place of its database in a URL.
func composePostgres(t *testing.T, file *composeFile) string {
	t.Helper()
	var settings []string
	for _, arg := range file.Services["postgres"].Command[1:] {
		if arg != "-c" {
			settings = append(settings, arg)
		}
	}
	server := pgtest.Start(t, settings...)
	_, place, _ := strings.Cut(server.Database(t), "://")
	place, _, _ = strings.Cut(place, "?")
	_, at, _ := strings.Cut(place, "@")
	return "parley:" + composeSecrets["POSTGRES_PASSWORD"] + "@" + at
}

// composeRedis starts the server with the file's settings and gives its address.
func composeRedis(t *testing.T, file *composeFile) string {
	t.Helper()
	settings := filepath.Join(t.TempDir(), "redis.conf")
	if err := os.WriteFile(settings, []byte(file.Configs["redis"].Content), 0o600); err != nil {
		t.Fatal(err)
	}
	return redistest.Start(t, settings).Addr()
}

// TestComposeRuns starts what docker-compose.yml starts: each hub becomes ready, with a bus that works, tells no secret and
// stops in good order.
func TestComposeRuns(t *testing.T) {
	c := compose(t)
	if len(c.hubs) != 2 {
		t.Errorf("there are the hubs %v, not two", slices.Collect(maps.Keys(c.hubs)))
	}
	for name, p := range c.hubs {
		var status int
		if !soon(func() bool {
			var body string
			status, body = readyz(t, p)
			return status == http.StatusOK && strings.Contains(body, `"status":"ok"`) && strings.Contains(body, `"bus":"ok"`)
		}) {
			t.Errorf("/readyz of %s answers %d and is not well", name, status)
		}
		if err := p.terminate(); err != nil {
			t.Errorf("after SIGTERM %s ended with %v", name, err)
		}
		for key, secret := range composeSecrets {
			_, secret, _ = strings.Cut(":"+secret, ":")
			if strings.HasSuffix(key, "_PASSWORD") && strings.Contains(p.log.String(), secret) {
				t.Errorf("%s tells %s in its log", name, key)
			}
		}
	}
}

func readyz(t *testing.T, p *process) (status int, body string) {
	t.Helper()
	resp, err := p.http.Get(processURL + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // it was read
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// addr is where a hub of the file listens here.
func (c *composed) addr(name string) string {
	p := c.hubs[name]
	p.mu.Lock()
	defer p.mu.Unlock()
	_, port, _ := net.SplitHostPort(p.addr)
	return net.JoinHostPort("127.0.0.1", port)
}
