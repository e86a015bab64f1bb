package sqlite

import (
	"fmt"
	"os"
	"strings"
	"syscall"
)

// lock keeps a second process, or a second Open in this one, from the file. The kernel gives it up when the
// process ends, however it does.
type lock struct{ file *os.File }

func acquire(path string) (*lock, error) {
	f, err := os.OpenFile(path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder := make([]byte, 128)
		n, _ := f.Read(holder)
		f.Close() //nolint:errcheck // nothing was written
		who := strings.TrimSpace(string(holder[:n]))
		return nil, fmt.Errorf("store %s is held by another hub (%s); one hub at a time can use a SQLite file", path, who)
	}
	host, _ := os.Hostname()
	if err := f.Truncate(0); err == nil {
		fmt.Fprintf(f, "process %d on %s\n", os.Getpid(), host) //nolint:errcheck // likewise
	}
	return &lock{f}, nil
}

func (l *lock) release() {
	l.file.Truncate(0) //nolint:errcheck // a holder's name that stays harms nobody
	l.file.Close()     //nolint:errcheck // gives the lock up
}
