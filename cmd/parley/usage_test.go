package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// called is what a command answered.
type called struct {
	code     int
	out, err string
}

// call runs the program in this process, with a context that is over: a server that has nothing to refuse does not last.
func call(t *testing.T, args ...string) called {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	return callWith(ctx, args...)
}

func callWith(ctx context.Context, args ...string) called {
	var out, err bytes.Buffer
	code := run(ctx, args, stdio{strings.NewReader(""), &out, &err})
	return called{code, out.String(), err.String()}
}

// wantMistake fails unless the program ended with the exit code of a wrong call and one line that tells what is wrong.
func (c called) wantMistake(t *testing.T, tell string) {
	t.Helper()
	if c.code != exitUsage {
		t.Errorf("exit %d, want %d; it said %q", c.code, exitUsage, c.err)
	}
	if c.out != "" || strings.Count(c.err, "\n") != 1 || !strings.HasSuffix(c.err, "\n") || !strings.HasPrefix(c.err, "parley: ") {
		t.Errorf("not one line, and on the error output: %q, %q", c.out, c.err)
	}
	if !strings.Contains(c.err, tell) {
		t.Errorf("%q does not tell %q", c.err, tell)
	}
}

// serveArgs are arguments with which serve would start.
func serveArgs(t *testing.T, more ...string) []string {
	t.Helper()
	return slices.Concat([]string{
		"--account-sid", testAccount, "--auth-token", "secret", "--api-key", testKey + ":secret", "--listen", "127.0.0.1:0",
		"--admin", "", "--drain", "0s", "--log-level", "error", "--store", "sqlite:" + filepath.Join(t.TempDir(), "parley.db"),
	}, more)
}

// TestServeStarts makes sure that the mistakes below are the only ones.
func TestServeStarts(t *testing.T) {
	ready := filepath.Join(t.TempDir(), "ready")
	ctx, stop := context.WithCancel(t.Context())
	var waiting sync.WaitGroup
	waiting.Go(func() {
		defer stop()
		soon(func() bool { _, err := os.Stat(ready); return err == nil || ctx.Err() != nil })
	})
	got := callWith(ctx, slices.Concat([]string{"serve"}, serveArgs(t, "--ready-file", ready))...)
	stop()
	waiting.Wait()
	if got.code != exitOK || got.err != "" {
		t.Errorf("exit %d, and it said %q", got.code, got.err)
	}
}

// TestServeNeeds: serve has no credentials of its own making.
func TestServeNeeds(t *testing.T) {
	account, secret := []string{"--account-sid", testAccount}, []string{"--auth-token", "secret"}
	key := []string{"--api-key", testKey + ":secret"}
	for name, c := range map[string]struct {
		args []string
		tell string
	}{
		"nothing":       {nil, "--account-sid"},
		"no account":    {slices.Concat(secret, key), "--account-sid"},
		"no auth token": {slices.Concat(account, key), "--auth-token"},
		"no key":        {slices.Concat(account, secret), "--api-key, or --jwks"},
	} {
		t.Run(name, func(t *testing.T) { call(t, slices.Concat([]string{"serve"}, c.args)...).wantMistake(t, c.tell) })
	}
}

// TestServeMistakes: what is unknown, badly formed or impossible together stops the start.
func TestServeMistakes(t *testing.T) {
	file := textFile(t, "file", "x")
	unknown, empty := textFile(t, "unknown.yaml", "hub-title: x\n"), textFile(t, "empty", "\n")
	for _, c := range []struct {
		tell string
		args []string
	}{
		{"--bogus", []string{"--bogus"}},
		{"extra", []string{"extra"}},
		{`"redis:"`, []string{"--store", "redis://localhost"}},
		{"sqlite:FILE", []string{"--store", "sqlite:"}},
		{"synchronous", []string{"--store", "sqlite:x.db?synchronous=maybe"}},
		{"synchronous", []string{"--store", "sqlite:x.db?cache=1"}},
		{"--listen: address nonsense", []string{"--listen", "nonsense"}},
		{"--listen", []string{"--listen", "127.0.0.1:99999"}},
		{"--listen", []string{"--listen", ""}},
		{"--admin", []string{"--admin", "nonsense"}},
		{"--public-url", []string{"--public-url", "not a url"}},
		{"--public-url", []string{"--public-url", "ftp://example.org"}},
		{"--public-url", []string{"--public-url", "example.org"}},
		{"--public-url", []string{"--public-url", "https://example.org?x=1"}},
		{`trusted proxy "foo"`, []string{"--trusted-proxy", "foo"}},
		{`allowed origin "foo"`, []string{"--allow-origin", "foo"}},
		{"allowed host", []string{"--allow-host", "http://example.org"}},
		{"--tls-cert and --tls-key", []string{"--tls-cert", file}},
		{"--tls-cert and --tls-key", []string{"--tls-key", file}},
		{"TLS", []string{"--tls-cert", file, "--tls-key", file}},
		{"JWKS", []string{"--jwks", "nonsense", "--issuer", "i", "--audience", "a"}},
		{"issuer and an audience", []string{"--jwks", "https://example.org/keys"}},
		{"without a JWKS URL", []string{"--issuer", "i"}},
		{"--auth-token and --auth-token-file", []string{"--auth-token-file", file}},
		{"--auth-token-file: " + empty + " is empty", []string{"--auth-token", "", "--auth-token-file", empty}},
		{"--api-key-file", []string{"--api-key-file", filepath.Join(t.TempDir(), "none")}},
		{"number 2", []string{"--api-key-file", file}},
		{"number 2", []string{"--api-key", "SK1:short"}},
		{"--account-sid", []string{"--account-sid", "AC1"}},
		{"--service-sid", []string{"--service-sid", "default"}},
		{"--heartbeat", []string{"--heartbeat", "10ms"}},
		{"--heartbeat", []string{"--heartbeat", "soon"}},
		{"--write-timeout", []string{"--write-timeout", "0s"}},
		{"--drain", []string{"--drain=-1s"}},
		{"--session-rate", []string{"--session-rate=-1"}},
		{"--session-rate", []string{"--session-rate=NaN"}},
		{"--user-rate", []string{"--user-rate=-0.5"}},
		{"--user-rate", []string{"--user-rate=NaN"}},
		{"--rest-rate", []string{"--rest-rate=NaN"}},
		{"BodyBytes", []string{"--max-body-bytes=-1"}},
		{"--max-body-bytes", []string{"--max-body-bytes", "many"}},
		{"--log-level", []string{"--log-level", "loud"}},
		{"--log-format", []string{"--log-format", "xml"}},
		{"--config", []string{"--config", textFile(t, "broken.yaml", "{{")}},
		{"--config", []string{"--config", textFile(t, "list.yaml", "- a\n- b\n")}},
		{"none.yaml", []string{"--config", filepath.Join(t.TempDir(), "none.yaml")}},
		{`no setting "hub-title"`, []string{"--config", unknown}},
		{"serve is neither", []string{"--config", textFile(t, "nested.yaml", "serve:\n  drain: 1s\n")}},
		{"has no value", []string{"--config", textFile(t, "null.yaml", "hub-name:\n")}},
		{"--heartbeat", []string{"--config", textFile(t, "unit.yaml", "heartbeat: 25\n")}},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			call(t, slices.Concat([]string{"serve"}, serveArgs(t, c.args...))...).wantMistake(t, c.tell)
		})
	}
}

// TestMistakes: the other commands are as strict.
func TestMistakes(t *testing.T) {
	key := []string{"--account-sid", testAccount, "--api-key", testKey + ":secret"}
	token := slices.Concat([]string{"token", "--identity", "ann"}, key)
	chat := []string{"chat", "--identity", "ann", "--conversation", "lobby"}
	for _, c := range []struct {
		tell string
		args []string
	}{
		{"expected one of", nil},
		{"nonsense", []string{"nonsense"}},
		{"nonsense", []string{"help", "nonsense"}},
		{"loopback only", []string{"dev", "--listen", "0.0.0.0:0"}},
		{"loopback only", []string{"dev", "--listen", ":0"}},
		{"loopback only", []string{"dev", "--listen", "192.0.2.1:0"}},
		{"loopback only", []string{"dev", "--listen", "example.org:0"}},
		{"--listen", []string{"dev", "--listen", "nonsense"}},
		{"--identity", []string{"token"}},
		{"--account-sid and --api-key", []string{"token", "--identity", "ann"}},
		{"24 hours", append(slices.Clone(token), "--ttl", "24h1s")},
		{"a second", append(slices.Clone(token), "--ttl", "0s")},
		{"a second", append(slices.Clone(token), "--ttl=-1h")},
		{"--service-sid", append(slices.Clone(token), "--service-sid", "default")},
		{"identity is empty", append(slices.Clone(token), "--identity", "")},
		{"--conversation", []string{"chat", "--identity", "ann"}},
		{"URL", append(slices.Clone(chat), "--token", "t", "--url", "nonsense")},
		{"number 1", append(slices.Clone(chat), "--api-key", "nonsense")},
		{"<to>", []string{"backup"}},
		{"<from>", []string{"restore"}},
		{`"redis:"`, []string{"backup", "x", "--store", "redis:x"}},
		{`"redis:"`, []string{"restore", "x", "--store", "redis:x"}},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) { call(t, c.args...).wantMistake(t, c.tell) })
	}
}

// TestFailuresAreOneLine: also what is wrong with the world rather than the call is told in one line.
func TestFailuresAreOneLine(t *testing.T) {
	nowhere := filepath.Join(t.TempDir(), "none", "x.db")
	store := "sqlite:" + textFile(t, "parley.db", "")
	for name, args := range map[string][]string{
		"backup of nothing":    {"backup", "x", "--store", "sqlite:" + nowhere},
		"backup to nowhere":    {"backup", nowhere, "--store", store},
		"restore from nowhere": {"restore", nowhere, "--store", store},
		"chat with nobody":     {"chat", "--identity", "a", "--conversation", "b", "--token", "t", "--url", "http://127.0.0.1:1"},
	} {
		t.Run(name, func(t *testing.T) {
			got := call(t, args...)
			if got.code != exitError || got.out != "" || strings.Count(got.err, "\n") != 1 {
				t.Errorf("exit %d, and it said %q, %q", got.code, got.out, got.err)
			}
		})
	}
}

// TestVersionAndHelp: both are answered on the ordinary output and end well.
func TestVersionAndHelp(t *testing.T) {
	if got := call(t, "version"); got.code != exitOK || !strings.HasPrefix(got.out, "parley "+version()+" go") || got.err != "" {
		t.Errorf("version: %+v", got)
	}
	for _, args := range [][]string{{"help"}, {"--help"}} {
		got := call(t, args...)
		if got.code != exitOK || got.err != "" {
			t.Errorf("%v: %+v", args, got)
		}
		for _, command := range []string{"dev", "serve", "chat", "token", "doctor", "backup", "restore", "version"} {
			if !strings.Contains(got.out, "\n  "+command+" ") {
				t.Errorf("%v does not tell of %s", args, command)
			}
		}
	}
	for _, args := range [][]string{{"help", "serve"}, {"serve", "--help"}} {
		if got := call(t, args...); got.code != exitOK || !strings.Contains(got.out, "$PARLEY_AUTH_TOKEN_FILE") {
			t.Errorf("%v: %+v", args, got)
		}
	}
}
