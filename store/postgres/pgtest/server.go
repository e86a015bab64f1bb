package pgtest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Server is a running PostgreSQL. Its methods are for one goroutine at a time, but Database.
type Server struct {
	bin, folder string
	port        int
	settings    []string
	attr        *syscall.SysProcAttr
	cmd         *exec.Cmd // nil while it does not run
	databases   atomic.Int64
}

// patience bounds every wait for a server.
const patience = 60 * time.Second

// Start starts a server that ends with the test. Settings are of the form name=value.
func Start(tb testing.TB, settings ...string) *Server {
	tb.Helper()
	s := start(tb, settings...)
	tb.Cleanup(s.end)
	return s
}

var shared struct {
	once   sync.Once
	server *Server
}

// Shared is the one server of the test process. Its TestMain ends it with StopShared.
func Shared(tb testing.TB) *Server {
	tb.Helper()
	shared.once.Do(func() { shared.server = start(tb) })
	if shared.server == nil {
		tb.Fatal("the server did not start, as an earlier test says")
	}
	return shared.server
}

// StopShared ends the server of Shared, where there is one.
func StopShared() {
	if shared.server != nil {
		shared.server.end()
	}
}

func start(tb testing.TB, settings ...string) *Server {
	tb.Helper()
	s := &Server{bin: binaries(tb), settings: settings}
	attr, own, err := owner()
	if err != nil {
		tb.Fatal(err)
	}
	s.attr = attr
	if s.folder, err = os.MkdirTemp("", "parley-postgres-"); err == nil { //nolint:usetesting // the parents of tb.TempDir are closed to its user
		err = own(s.folder)
	}
	if err != nil {
		tb.Fatal(err)
	}
	if err := s.create(); err != nil {
		s.end()
		tb.Fatal(err)
	}
	s.Restart(tb)
	return s
}

// create makes the cluster.
func (s *Server) create() error {
	initdb := exec.Command(filepath.Join(s.bin, "initdb"), "-D", s.data(), "-U", "parley", "--auth=trust", "--no-sync",
		"--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US")
	initdb.Dir, initdb.SysProcAttr = s.folder, s.attr
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.port = l.Addr().(*net.TCPAddr).Port
	return l.Close()
}

func (s *Server) data() string { return filepath.Join(s.folder, "data") }

// Restart starts the server where it does not run, and waits until it answers.
func (s *Server) Restart(tb testing.TB) {
	tb.Helper()
	began := time.Now()
	for {
		if s.cmd == nil {
			if err := s.launch(); err != nil {
				tb.Fatal(err)
			}
		}
		err := s.answers(tb.Context())
		if err == nil {
			return
		}
		if time.Since(began) > patience {
			log, _ := os.ReadFile(s.log())
			tb.Fatalf("PostgreSQL does not answer: %v\n%s", err, log)
		}
		if gone(s.cmd.Process.Pid) { // after a kill its children may hold the memory for a moment
			s.wait()
		}
	}
}

func (s *Server) launch() error {
	log, err := os.OpenFile(s.log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close() //nolint:errcheck // the server has its own descriptor
	args := []string{"-D", s.data(), "-p", strconv.Itoa(s.port)}
	for _, set := range append([]string{"listen_addresses=127.0.0.1", "unix_socket_directories=" + s.folder, "shared_buffers=64MB"}, s.settings...) {
		args = append(args, "-c", set)
	}
	s.cmd = exec.Command(filepath.Join(s.bin, "postgres"), args...)
	s.cmd.Dir, s.cmd.SysProcAttr, s.cmd.Stdout, s.cmd.Stderr = s.folder, s.attr, log, log
	return s.cmd.Start()
}

func (s *Server) log() string { return filepath.Join(s.folder, "log") }

// answers tries to connect for a moment.
func (s *Server) answers(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := pgx.Connect(ctx, s.url("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return err
		}
	}
}

// wait collects a process that has ended or is about to.
func (s *Server) wait() {
	s.cmd.Wait() //nolint:errcheck // how it ended is of no interest
	s.cmd = nil
}

// gone reports whether a process has ended, collected or not.
func gone(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return true
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return strings.HasPrefix(rest, "Z")
}

func (s *Server) url(database string) string {
	return fmt.Sprintf("postgres://parley@127.0.0.1:%d/%s?sslmode=disable", s.port, database)
}
