package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// keepLogSmall moves the log into the file when it has grown (rule R11). Most of it goes while others read; then new readers are held
// for a moment, since a log that someone reads cannot begin anew. A reader that is not ours, such as a backup, can still be in the
// way: then the log grows on, and it is tried again when it has by a quarter of the limit. The caller has the turn.
func (s *Store) keepLogSmall() {
	size := s.logSize()
	if size < s.restartAt {
		return
	}
	s.restartAt = size + s.config.LogLimit/4
	if _, err := checkpoint(lifelong, s.write, "PASSIVE"); err != nil {
		s.log.Warn("the log could not be moved into the file", "path", s.config.Path, "bytes", size, "err", err)
		return
	}
	s.mu.Lock()
	pool := s.pool
	s.mu.Unlock()
	release := pool.hold()
	busy, err := s.restartLog()
	release()
	if err != nil || busy {
		s.log.Warn("the log could not be restarted", "path", s.config.Path, "bytes", size, "busy", busy, "err", err)
		return
	}
	s.restartAt = s.config.LogLimit
}

// restartLog waits for nobody: who is in the way may stay for long.
func (s *Store) restartLog() (busy bool, err error) {
	if err := s.write.pragma("busy_timeout = 0"); err != nil {
		return false, err
	}
	busy, err = checkpoint(lifelong, s.write, "TRUNCATE")
	return busy, errors.Join(err, s.write.pragma(fmt.Sprintf("busy_timeout = %d", busyTimeout.Milliseconds())))
}

func (s *Store) logSize() int64 {
	info, err := os.Stat(s.config.Path + "-wal")
	if err != nil {
		return 0
	}
	return info.Size()
}

// checkpoint moves the log into the file; busy says that someone kept it from being done in full.
func checkpoint(ctx context.Context, c *connection, mode string) (busy bool, err error) {
	var log, moved int
	err = c.conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint("+mode+")").Scan(&busy, &log, &moved)
	return busy, err
}
