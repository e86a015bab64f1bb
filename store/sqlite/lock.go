package sqlite

import (
	"fmt"
	"os"
	"strings"
	"syscall"
)

// lock keeps a second process, or a second Open in this one, from the file. The kernel gives it up when the process ends,
// however it does; the file FILE.lock stays, since removing it would let two holders in.
type lock struct{ file *os.File }

// acquire takes the lock of a store at once or says who has it.
func acquire(path string) (*lock, error) {
	f, err := os.OpenFile(path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer f.Close() //nolint:errcheck // nothing was written
		if err != syscall.EWOULDBLOCK {
			return nil, fmt.Errorf("store: the lock on %s.lock cannot be had: %w", path, err)
		}
		return nil, fmt.Errorf("store %s is held by another hub (%s); one hub at a time can use a SQLite file", path, holder(f))
	}
	host, _ := os.Hostname()
	if err := f.Truncate(0); err == nil {
		fmt.Fprintf(f, "process %d on %s\n", os.Getpid(), host) //nolint:errcheck // likewise
	}
	return &lock{f}, nil
}

func holder(f *os.File) string {
	line := make([]byte, 128)
	n, _ := f.Read(line)
	if who := strings.TrimSpace(string(line[:n])); who != "" {
		return who
	}
	return "which has not said its name"
}

// release gives the lock up by name: closing alone would not while a process that is being started has the file too.
func (l *lock) release() {
	l.file.Truncate(0)                               //nolint:errcheck // a holder's name that stays harms nobody
	syscall.Flock(int(l.file.Fd()), syscall.LOCK_UN) //nolint:errcheck // it is ours, so it can be given up
	l.file.Close()                                   //nolint:errcheck // nothing is left to write
}
