package sqlite

import (
	"errors"
	"time"

	sqlitelib "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"parley/hub"
)

// noTransaction is in the error of a ROLLBACK after SQLite rolled back by itself.
const noTransaction = "no transaction is active"

// resultCode is SQLite's primary result code of an error, 0 where it has none.
func resultCode(err error) int {
	if e, ok := errors.AsType[*sqlitelib.Error](err); ok {
		return e.Code() & 0xff
	}
	return 0
}

// definite reports whether after this error of a COMMIT nothing can have become durable. A disk that is full is one: it
// leaves the last frame of the log unfinished, so that its checksum fails.
func definite(err error) bool {
	switch resultCode(err) {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_CONSTRAINT,
		sqlite3.SQLITE_READONLY:
		return true
	}
	return false
}

// fatal reports whether the file or the disk is in doubt after this error.
func fatal(err error) bool {
	switch resultCode(err) {
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL:
		return true
	}
	return false
}

// broken says what a failed transaction means to its ops, and stops the store where the file is in doubt (rule R11). Before
// its COMMIT nothing can have happened, since what makes the log's frames count is written then. The caller has the turn.
func (s *Store) broken(err error, committing bool) error {
	uncertain := committing && !definite(err)
	s.refused = s.refused || resultCode(err) == sqlite3.SQLITE_FULL
	if uncertain || fatal(err) {
		s.log.Error("the store stops after an error", "path", s.config.Path, "committing", committing, "err", err)
		s.stop()
	}
	if uncertain {
		return &hub.UncertainError{Err: err}
	}
	text := "the store could not write, try again"
	if resultCode(err) == sqlite3.SQLITE_FULL {
		text = "the store's disk is full"
	}
	return &hub.Error{Code: hub.CodeUnavailable, Msg: text, RetryAfter: time.Second, Err: err}
}
