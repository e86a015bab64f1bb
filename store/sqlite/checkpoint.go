package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// keepLogSmall has the log moved into the file when it has grown (rule R11): most of it on a connection of its own, beside which
// commits and reads go on, since 64 MiB take 50 ms and more. Commits wait for that only where the log grows by the limit once more.
// The caller has the turn.
func (s *Store) keepLogSmall() {
	size := s.logSize()
	switch {
	case size < s.restartAt:
	case s.moving == nil:
		moved := make(chan struct{})
		s.moving = moved
		s.movers.Go(func() { s.moveLog(moved) })
	case size >= s.restartAt+s.config.LogLimit:
		s.restartLog("RESTART") //nolint:errcheck // it is in the log
	}
}

// moveLog moves what is in the log by now, and then restarts it, unless the writer did so in the meantime.
func (s *Store) moveLog(moved chan struct{}) {
	err := onFile(lifelong, dsn(s.config.Path, forWriting(s.config)...), func(db *sql.Conn) error {
		_, err := checkpoint(lifelong, db, "PASSIVE")
		return err
	})
	if err != nil {
		s.log.Warn("the log could not be moved into the file", "path", s.config.Path, "err", err)
	}
	close(moved)
	s.turn <- struct{}{}
	defer s.end()
	if s.moving == moved {
		s.restartLog("RESTART") //nolint:errcheck // it is in the log
	}
}

// restartLog moves the rest, and has the log begin anew: by TRUNCATE as an empty file, by RESTART over what is in it, which spares
// freeing and finding blocks (64 MiB: 14 ms, and then 0.1 ms a commit). New readers are held for that moment, since a log that someone
// reads cannot. A reader that is not ours, such as a backup, can still be in the way: then the log grows on, and it is tried again when
// it has by a quarter of the limit. The caller has the turn.
func (s *Store) restartLog(mode string) error {
	if s.moving != nil {
		<-s.moving
		s.moving = nil
	}
	s.mu.Lock()
	pool := s.pool
	s.mu.Unlock()
	release := pool.hold()
	busy, err := s.atOnce(mode)
	release()
	if err == nil && !busy {
		s.restartAt = s.config.LogLimit
		return nil
	}
	size := s.logSize()
	s.restartAt = size + s.config.LogLimit/4
	s.log.Warn("the log could not be restarted", "path", s.config.Path, "bytes", size, "busy", busy, "err", err)
	return err
}

// atOnce is a checkpoint that waits for nobody: who is in the way may stay for long.
func (s *Store) atOnce(mode string) (busy bool, err error) {
	if err := s.write.pragma("busy_timeout = 0"); err != nil {
		return false, err
	}
	busy, err = checkpoint(lifelong, s.write.conn, mode)
	return busy, errors.Join(err, s.write.pragma(fmt.Sprintf("busy_timeout = %d", busyTimeout.Milliseconds())))
}

// logSize is how many bytes of the log are in use: its file keeps those of before it was restarted. The caller has the turn.
func (s *Store) logSize() int64 {
	const frame = pageSize + 24
	var busy, frames, moved int64
	if err := s.write.row(lifelong, "PRAGMA wal_checkpoint(NOOP)").Scan(&busy, &frames, &moved); err != nil {
		s.log.Warn("the size of the log is not known", "path", s.config.Path, "err", err)
	}
	return frames * frame
}

// checkpoint moves the log into the file; busy says that someone kept it from being done in full.
func checkpoint(ctx context.Context, db *sql.Conn, mode string) (busy bool, err error) {
	var log, moved int
	err = db.QueryRowContext(ctx, "PRAGMA wal_checkpoint("+mode+")").Scan(&busy, &log, &moved)
	return busy, err
}
