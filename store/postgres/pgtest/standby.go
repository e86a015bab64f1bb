package pgtest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Standby makes a copy of a running server and starts it as its standby, which follows the log at an address: that of the
// server, or of something in between. It answers when it takes reads, and ends with the test.
func (s *Server) Standby(tb testing.TB, addr string) *Server {
	tb.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		tb.Fatal(err)
	}
	copied := &Server{bin: s.bin, settings: s.settings, attr: s.attr}
	_, own, err := owner()
	if err != nil {
		tb.Fatal(err)
	}
	if copied.folder, err = os.MkdirTemp("", "parley-postgres-"); err == nil { //nolint:usetesting // as in start
		err = own(copied.folder)
	}
	tb.Cleanup(copied.end)
	if err != nil {
		tb.Fatal(err)
	}
	backup := exec.Command(filepath.Join(s.bin, "pg_basebackup"), "-D", copied.data(), "--checkpoint=fast", "--no-sync", "-R",
		"-d", fmt.Sprintf("host=%s port=%s user=parley", host, port))
	backup.Dir, backup.SysProcAttr = copied.folder, s.attr
	if out, err := backup.CombinedOutput(); err != nil {
		tb.Fatalf("pg_basebackup: %v\n%s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	copied.port = l.Addr().(*net.TCPAddr).Port
	l.Close() //nolint:errcheck // it was open
	copied.Restart(tb)
	return copied
}

// Promote makes a standby a server of its own, on a timeline of its own. It returns when it takes writes.
func (s *Server) Promote(tb testing.TB) {
	tb.Helper()
	s.Run(tb, "postgres", func(conn *pgx.Conn) error {
		var done bool
		err := conn.QueryRow(tb.Context(), `SELECT pg_promote()`).Scan(&done)
		if err == nil && !done {
			err = fmt.Errorf("the standby is not promoted")
		}
		return err
	})
}
