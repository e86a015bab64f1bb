package pgtest

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Pid is the server's process.
func (s *Server) Pid() int { return s.cmd.Process.Pid }

// Addr is where it listens.
func (s *Server) Addr() string { return fmt.Sprintf("127.0.0.1:%d", s.port) }

// Version asks the server for its version and the process that answers for it, so that a test can say what it ran on.
func (s *Server) Version(tb testing.TB) (version int, pid int) {
	tb.Helper()
	lines, err := os.ReadFile(s.data() + "/postmaster.pid")
	if err != nil {
		tb.Fatal(err)
	}
	first, _, _ := strings.Cut(string(lines), "\n")
	if pid, err = strconv.Atoi(first); err != nil {
		tb.Fatal(err)
	}
	s.Run(tb, "postgres", func(conn *pgx.Conn) error {
		return conn.QueryRow(tb.Context(), `SELECT current_setting('server_version_num')::int`).Scan(&version)
	})
	return version, pid
}

// Run does something with a connection to a database.
func (s *Server) Run(tb testing.TB, database string, f func(conn *pgx.Conn) error) {
	tb.Helper()
	conn, err := pgx.Connect(tb.Context(), s.url(database))
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Close(tb.Context()) //nolint:errcheck // nothing is left to send
	if err := f(conn); err != nil {
		tb.Fatal(err)
	}
}

// Database makes an empty database and gives its URL. It goes with its server.
func (s *Server) Database(tb testing.TB) (url string) {
	tb.Helper()
	name := fmt.Sprint("test", s.databases.Add(1))
	s.Run(tb, "postgres", func(conn *pgx.Conn) error {
		_, err := conn.Exec(tb.Context(), "CREATE DATABASE "+name+" STRATEGY file_copy")
		return err
	})
	return s.url(name)
}

// Stop ends the server in good order. Databases stay for a Restart.
func (s *Server) Stop() {
	if s.cmd != nil {
		s.cmd.Process.Signal(syscall.SIGINT) //nolint:errcheck // it may have ended by itself
		s.wait()
	}
}

// Kill ends the server and all its processes as a power cut does to them.
func (s *Server) Kill(tb testing.TB) {
	tb.Helper()
	s.Signal(tb, syscall.SIGKILL)
	s.wait()
}

// Signal sends a signal to the server and all its processes, such as SIGSTOP and SIGCONT.
func (s *Server) Signal(tb testing.TB, sig syscall.Signal) {
	tb.Helper()
	pid := s.Pid()
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		tb.Fatal(err)
	}
	for _, word := range append([]string{strconv.Itoa(pid)}, strings.Fields(string(children))...) {
		if one, err := strconv.Atoi(word); err == nil {
			syscall.Kill(one, sig) //nolint:errcheck // a child may have ended
		}
	}
}

// end stops the server, however it is, and removes what it had.
func (s *Server) end() {
	if s.cmd != nil {
		s.cmd.Process.Signal(syscall.SIGCONT) //nolint:errcheck // it may run, or have ended
		s.Stop()
	}
	os.RemoveAll(s.folder) //nolint:errcheck // what is left lies in the system's folder for such things
}
