package redistest

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
)

// A Server is one process of redis-server. Its port stays the same when it is started again.
type Server struct {
	t    testing.TB
	dir  string
	port int
	args []string // but for the port

	client *redis.Client // of the test itself
	cmd    *exec.Cmd     // nil while it does not run
	exited chan struct{}
	log    output
}

// Need skips a test where there is no redis-server, or fails it where nothing may be skipped.
func Need(tb testing.TB) {
	tb.Helper()
	_, server := exec.LookPath("redis-server")
	_, cli := exec.LookPath("redis-cli")
	err := errors.Join(server, cli)
	if err == nil {
		return
	}
	if os.Getenv("CI") == "true" || os.Getenv("PARLEY_NO_SKIP") != "" {
		tb.Fatalf("this test needs redis-server (.ci/install brings it): %v", err)
	}
	tb.Skipf("this test needs redis-server: %v", err)
}

// Start runs a server with further settings, as redis-server takes them on its command line, and waits until it answers.
func Start(tb testing.TB, args ...string) *Server {
	tb.Helper()
	Need(tb)
	logging.Disable() // it would speak to standard error; its errors say the same
	s := &Server{t: tb, dir: tb.TempDir(), args: args}
	tb.Cleanup(s.end)
	for range 20 {
		s.port = freePort(tb)
		if s.launch() {
			return s
		}
	}
	tb.Fatalf("redis-server found no port that is free:\n%s", s.log.String())
	return nil
}

// freePort is one that was free a moment ago. A cluster's bus may listen 10,000 above it.
func freePort(tb testing.TB) int {
	tb.Helper()
	for {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			tb.Fatal(err)
		}
		port := l.Addr().(*net.TCPAddr).Port
		l.Close() //nolint:errcheck // it was open
		if port < 55_000 {
			return port
		}
	}
}

// launch starts the process, and reports false when somebody else has its port.
func (s *Server) launch() bool {
	s.t.Helper()
	s.log.reset()
	args := []string{
		"--bind", "127.0.0.1", "--port", strconv.Itoa(s.port), "--dir", s.dir, "--daemonize", "no",
		"--save", "", "--appendonly", "no",
	}
	if len(s.args) > 0 && !strings.HasPrefix(s.args[0], "--") { // a file of settings comes first
		args = append([]string{s.args[0]}, append(args[:8:8], s.args[1:]...)...)
	} else {
		args = append(args, s.args...)
	}
	s.cmd = exec.Command("redis-server", args...)
	s.cmd.Stdout, s.cmd.Stderr = &s.log, &s.log
	s.cmd.SysProcAttr = dieToo()
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	cmd, exited := s.cmd, make(chan struct{})
	s.exited = exited
	go func() {
		cmd.Wait() //nolint:errcheck // tests kill it
		close(exited)
	}()
	s.client = redis.NewClient(&redis.Options{
		Addr: s.Addr(), Protocol: 2, MaxRetries: -1, DialTimeout: time.Second, DialerRetries: 1, DisableIdentity: true,
	})
	return s.up()
}

// up waits until the server answers. Without an answer the port is somebody else's, or the test has failed.
func (s *Server) up() bool {
	s.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.Now().Add(20 * time.Second)
	for {
		select {
		case <-s.exited:
			s.Kill()
			if text := s.log.String(); strings.Contains(text, "already in use") || strings.Contains(text, "ailed listening") {
				return false
			}
			s.t.Fatalf("redis-server ended:\n%s", s.log.String())
		case <-tick.C:
		}
		pid, err := s.info("process_id")
		if err == nil && pid == strconv.Itoa(s.Pid()) {
			return true
		}
		if err != nil && strings.HasPrefix(err.Error(), "NOAUTH") { // its test knows the password
			return true
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("redis-server does not answer: %v\n%s", err, s.log.String())
		}
	}
}

// info reads a line of what the server says of itself.
func (s *Server) info(name string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	text, err := s.client.Info(ctx).Result()
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.TrimSpace(value), nil
		}
	}
	return "", errors.Join(err, errors.New("it does not say "+name))
}

// Info is a line of what the server says of itself.
func (s *Server) Info(name string) string {
	s.t.Helper()
	value, err := s.info(name)
	if err != nil {
		s.t.Fatal(err)
	}
	return value
}

// Addr is where it listens.
func (s *Server) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// URL is how a bus finds it.
func (s *Server) URL() string { return "redis://" + s.Addr() }

// Pid is that of the process.
func (s *Server) Pid() int { return s.cmd.Process.Pid }

// Version is what the server says.
func (s *Server) Version() string { return s.Info("redis_version") }

// Do runs a command on the server.
func (s *Server) Do(args ...any) any {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	answer, err := s.client.Do(ctx, args...).Result()
	if err != nil {
		s.t.Fatalf("%v: %v", args, err)
	}
	return answer
}

// Running reports whether the process has not ended.
func (s *Server) Running() bool { return s.cmd != nil }

// Kill is kill -9. It returns when the process is gone.
func (s *Server) Kill() {
	if s.cmd == nil {
		return
	}
	s.cmd.Process.Kill() //nolint:errcheck // it may be gone
	<-s.exited
	s.client.Close() //nolint:errcheck // likewise
	s.cmd = nil
}

// Restart kills the server if it runs, and starts it again, empty, on the same port.
func (s *Server) Restart() {
	s.t.Helper()
	s.Kill()
	deadline := time.Now().Add(20 * time.Second)
	for !s.launch() {
		if time.Now().After(deadline) {
			s.t.Fatalf("%s has been taken by somebody else", s.Addr())
		}
	}
}

// Stop has the process stand still (SIGSTOP): its connections live and nobody answers on them.
func (s *Server) Stop() { s.signal(syscall.SIGSTOP) }

// Cont has it go on.
func (s *Server) Cont() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(sig os.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
}

// end is the end of the test.
func (s *Server) end() {
	s.Kill()
	if s.t.Failed() {
		text := s.log.String()
		s.t.Logf("what redis-server %s said last:\n%s", s.Addr(), text[max(0, len(text)-2000):])
	}
}

// output is what a process printed.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write appends, for exec.Cmd.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

func (o *output) reset() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text.Reset()
}
