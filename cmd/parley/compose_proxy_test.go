package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/session/client"
	"parley/session/token"
	"parley/session/wire"
)

// haproxy is the proxy of docker-compose.yml, run as its image runs it: its settings, with other addresses.
type haproxy struct {
	addr string
	cmd  *exec.Cmd
	said processLog
}

// runProxy starts the proxy in front of servers, by the names that its settings have for them.
func runProxy(t *testing.T, servers map[string]string) *haproxy {
	t.Helper()
	path, err := exec.LookPath("haproxy")
	if err != nil {
		if os.Getenv("CI") == "true" || os.Getenv("PARLEY_NO_SKIP") != "" {
			t.Fatalf("this test needs haproxy (.ci/install brings it): %v", err)
		}
		t.Skipf("this test needs haproxy: %v", err)
	}
	text, err := os.ReadFile("../../docs/haproxy/haproxy.cfg")
	if err != nil {
		t.Fatal(err)
	}
	p := &haproxy{addr: freeAddr(t)}
	settings := strings.ReplaceAll(string(text), "bind :8080", "bind "+p.addr)
	for name, addr := range servers {
		settings = strings.ReplaceAll(settings, name+":8080", addr)
	}
	file := filepath.Join(t.TempDir(), "haproxy.cfg")
	if err := os.WriteFile(file, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	p.cmd = exec.Command(path, "-W", "-db", "-f", file)
	p.cmd.Stdout, p.cmd.Stderr = &p.said, &p.said
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) //nolint:errcheck // it and its workers; they may be gone
		p.cmd.Wait()                                      //nolint:errcheck // it was killed
		if t.Failed() {
			t.Logf("what the proxy said:\n%s", p.said.tail(4000))
		}
	})
	return p
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // it was open
	return l.Addr().String()
}

// TestProxyTellsWhoAsks: what a client says of itself in X-Forwarded-* reaches no hub, and what the proxy knows does.
func TestProxyTellsWhoAsks(t *testing.T) {
	asked := make(chan http.Header, 1)
	backend := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/who" {
			asked <- r.Header
		}
	}))
	defer backend.Close()
	addr := backend.Listener.Addr().String()
	p := runProxy(t, map[string]string{"hub-1": addr, "hub-2": addr})
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	if !soon(func() bool {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+p.addr+"/who", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = "chat.example.com"
		for name, value := range map[string]string{"For": "192.0.2.66", "Proto": "https", "Host": "evil.example.com"} {
			r.Header.Set("X-Forwarded-"+name, value)
		}
		answer, err := transport.RoundTrip(r)
		if err != nil {
			return false
		}
		io.Copy(io.Discard, answer.Body) //nolint:errcheck // only the status counts
		answer.Body.Close()              //nolint:errcheck // it was read
		return answer.StatusCode == http.StatusOK
	}) {
		t.Fatal("the proxy does not come up")
	}
	header := <-asked
	for name, want := range map[string]string{"For": "127.0.0.1", "Proto": "http", "Host": "chat.example.com"} {
		if got := header.Values("X-Forwarded-" + name); len(got) != 1 || got[0] != want {
			t.Errorf("X-Forwarded-%s is %q, want %q", name, got, want)
		}
	}
}

// TestProxyAsksAnother: a hub that answers 503, and is not known to be unwell yet, is not the last word on a websocket.
func TestProxyAsksAnother(t *testing.T) {
	hub := func(status int) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/v1/ws" {
				w.WriteHeader(status)
			}
		}))
		t.Cleanup(s.Close)
		return s.Listener.Addr().String()
	}
	p := runProxy(t, map[string]string{"hub-1": hub(http.StatusServiceUnavailable), "hub-2": hub(http.StatusOK)})
	ask := func(path string) int {
		answer, err := http.Get("http://" + p.addr + path)
		if err != nil {
			return 0
		}
		answer.Body.Close() //nolint:errcheck // only the status counts
		return answer.StatusCode
	}
	if !soon(func() bool { return ask("/readyz") == http.StatusOK }) {
		t.Fatal("the proxy does not come up")
	}
	for range 10 {
		if status := ask("/v1/ws"); status != http.StatusOK {
			t.Fatalf("the answer is %d", status)
		}
	}
}

// TestComposeProxy: clients come through the proxy to both hubs and talk with each other; new settings cut nobody off; who
// was on a hub that stops comes back on the other and misses nothing.
func TestComposeProxy(t *testing.T) {
	c := compose(t)
	p := runProxy(t, map[string]string{"hub-1": c.addr("hub-1"), "hub-2": c.addr("hub-2")})
	people := map[string]*client.Client{} // by hub
	heard := make(chan string, 100)
	for _, identity := range []string{"ann", "bob", "cat", "dan", "eve"} {
		u := p.user(t, identity, heard)
		people[u.Session().Hub] = u
		if len(people) == 2 {
			break
		}
	}
	one, two := people["hub-1"], people["hub-2"]
	if one == nil || two == nil {
		t.Fatalf("all clients are on one hub: %v", people)
	}
	place := placeOf(t, one, two)
	say := func(text string) {
		t.Helper()
		if _, err := one.Send(t.Context(), place, client.Draft{Body: text}); err != nil {
			t.Fatal(err)
		}
		deadline := time.NewTimer(time.Minute)
		defer deadline.Stop()
		for range 2 { // both hear it
			select {
			case got := <-heard:
				if got != text {
					t.Errorf("heard %q, want %q", got, text)
				}
			case <-deadline.C:
				t.Fatalf("not everybody heard %q", text)
			}
		}
	}
	say("over two hubs")
	if err := p.cmd.Process.Signal(syscall.SIGUSR2); err != nil {
		t.Fatal(err)
	}
	if !soon(func() bool { return strings.Count(p.said.String(), "New worker") > 1 }) {
		t.Fatal("the proxy did not take its settings anew")
	}
	say("while settings change")
	if one.Stats().Connects+two.Stats().Connects != 2 {
		t.Errorf("a client was cut off by new settings")
	}
	if err := c.hubs["hub-2"].terminate(); err != nil {
		t.Fatal(err)
	}
	say("over one hub")
	if two.Session().Hub != "hub-1" {
		t.Errorf("who was on the hub that stopped is on %s", two.Session().Hub)
	}
}

// user is a client that comes through the proxy, as soon as there is a way.
func (p *haproxy) user(t *testing.T, identity string, heard chan<- string) *client.Client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	key, secret, _ := strings.Cut(composeSecrets["PARLEY_API_KEY"], ":")
	config := client.Config{
		URL: "http://" + p.addr, HTTPClient: &http.Client{Transport: transport},
		Backoff: client.Backoff{First: 10 * time.Millisecond, Most: 200 * time.Millisecond},
		Token: func(context.Context) (string, error) {
			return token.Mint(key, secret, composeSecrets["PARLEY_ACCOUNT_SID"], identity, "", time.Hour, time.Now())
		},
		OnEvent: func(e client.Event) {
			if e.Method == wire.EventMessageAdded {
				heard <- e.Message.Body
			}
		},
	}
	var c *client.Client
	var err error
	if !soon(func() bool { c, err = client.Dial(t.Context(), config); return err == nil }) {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}
