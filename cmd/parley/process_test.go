package main

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

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

// process is the real binary, run as often as a test wants, one at a time, on a free port each time. Clients find it by
// the one address processURL over httpClient, wherever it listens.
type process struct {
	t     *testing.T
	args  []string
	env   []string // besides PATH and HOME
	ready string   // the file that it tells its URL in
	log   processLog
	http  *http.Client

	cmd    *exec.Cmd
	exited chan struct{} // closed when cmd has ended
	result error         // of cmd, then

	mu   sync.Mutex
	addr string // "" while it is not up
}

// processURL is where httpClient finds the process.
const processURL = "http://parley.test"

// newProcess prepares a process with the arguments given, to which the address and the ready file are added. At the
// test's end it is killed.
func newProcess(t *testing.T, args ...string) *process {
	t.Helper()
	ready := filepath.Join(t.TempDir(), "ready")
	return exactProcess(t, ready, nil, slices.Concat(args, []string{
		"--listen", "127.0.0.1:0", "--admin", "", "--ready-file", ready,
	})...)
}

// exactProcess is newProcess for arguments and environment that are complete: they name the ready file.
func exactProcess(t *testing.T, ready string, env []string, args ...string) *process {
	t.Helper()
	p := &process{t: t, args: args, env: env, ready: ready}
	transport := &http.Transport{DialContext: p.dial}
	p.http = &http.Client{Transport: transport}
	t.Cleanup(func() {
		p.kill()
		transport.CloseIdleConnections()
		if t.Failed() {
			t.Logf("what the processes said:\n%s", p.log.tail(20_000))
		}
	})
	return p
}

// dial connects to the process whatever the address asked for.
func (p *process) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	p.mu.Lock()
	addr := p.addr
	p.mu.Unlock()
	if addr == "" {
		return nil, errors.New("the process is not up")
	}
	var d net.Dialer
	return d.DialContext(ctx, network, addr)
}

// launch starts the process and does not wait for it to be ready: ready does.
func (p *process) launch() {
	p.t.Helper()
	path, err := binary()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.Remove(p.ready); err != nil && !errors.Is(err, os.ErrNotExist) {
		p.t.Fatal(err)
	}
	p.cmd = exec.Command(path, p.args...)
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + filepath.Dir(p.ready)}, p.env...)
	p.cmd.Stdout, p.cmd.Stderr = &p.log, &p.log
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	exited := make(chan struct{})
	p.exited = exited
	go func() {
		p.result = p.cmd.Wait()
		close(exited)
	}()
}

// start starts the process and waits until it says that it is ready.
func (p *process) start() {
	p.t.Helper()
	p.launch()
	p.awaitReady()
}

// awaitReady waits until a process that was launched says that it is ready.
func (p *process) awaitReady() {
	p.t.Helper()
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-p.exited:
			p.t.Fatalf("the process ended before it was ready: %v\n%s", p.result, p.log.tail(4000))
		case <-deadline.C:
			p.t.Fatal("the process does not come up")
		}
		if url, err := os.ReadFile(p.ready); err == nil && bytes.HasSuffix(url, []byte("\n")) {
			p.mu.Lock()
			p.addr = strings.TrimPrefix(strings.TrimSpace(string(url)), "http://")
			p.mu.Unlock()
			return
		}
	}
}

// kill is kill -9; it returns when the process is gone.
func (p *process) kill() {
	if p.cmd == nil {
		return
	}
	p.cmd.Process.Kill() //nolint:errcheck // it may be gone
	<-p.exited
	p.gone()
}

// terminate asks the process to stop and gives how it ended. A process that takes longer than a minute fails the test.
func (p *process) terminate() error {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	return p.wait()
}

// wait gives how the process ended by itself.
func (p *process) wait() error {
	p.t.Helper()
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	select {
	case <-p.exited:
	case <-deadline.C:
		p.t.Fatal("the process does not end")
	}
	p.gone()
	return p.result
}

func (p *process) gone() {
	p.cmd = nil
	p.mu.Lock()
	p.addr = ""
	p.mu.Unlock()
}

// processLog is what the processes printed, all together.
type processLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write appends, for exec.Cmd.
func (l *processLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *processLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// tail is the last bytes of it.
func (l *processLog) tail(n int) string {
	s := l.String()
	return s[max(0, len(s)-n):]
}

// soon polls a condition for at most a minute and reports whether it came true.
func soon(ok func() bool) bool {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	deadline := time.Now().Add(time.Minute)
	for time.Now().Before(deadline) {
		if ok() {
			return true
		}
		<-tick.C
	}
	return ok()
}
