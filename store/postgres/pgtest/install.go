package pgtest

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
)

// binaries is the folder of the newest PostgreSQL that is installed. Debian keeps them out of the path.
func binaries(tb testing.TB) string {
	tb.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	slices.SortFunc(found, func(a, b string) int { return release(a) - release(b) })
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1])
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path)
	}
	if os.Getenv("CI") != "" || os.Getenv("PARLEY_NO_SKIP") != "" {
		tb.Fatal("PostgreSQL is not installed; .ci/install does that")
	}
	tb.Skip("PostgreSQL is not installed (on Debian: apt-get install postgresql)")
	return ""
}

// release is the version in /usr/lib/postgresql/VERSION/bin/initdb.
func release(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	return n
}

// owner is whom a server runs as: it refuses to be root.
func owner() (attr *syscall.SysProcAttr, own func(path string) error, err error) {
	attr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT, Setpgid: true} // it ends with the tests, and Ctrl-C is for the tests alone
	if os.Getuid() != 0 {
		return attr, func(string) error { return nil }, nil
	}
	who, err := user.Lookup("postgres")
	if err != nil {
		return nil, nil, fmt.Errorf("as root a user postgres is needed: %w", err)
	}
	uid, err := strconv.ParseUint(who.Uid, 10, 32)
	if err != nil {
		return nil, nil, err
	}
	gid, err := strconv.ParseUint(who.Gid, 10, 32)
	if err != nil {
		return nil, nil, err
	}
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attr, func(path string) error { return os.Chown(path, int(uid), int(gid)) }, nil
}
