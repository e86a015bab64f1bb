package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"parley/hub"
)

// States of SQL that mean something here.
const (
	serialization     = "40001"
	deadlock          = "40P01"
	lockTimeout       = "55P03"
	undefinedFunction = "42883"
	notSupported      = "0A000"
	noPermission      = "42501"
	uniqueViolation   = "23505"
	canceled          = "57014" // for its time or by somebody
)

// sqlState is the server's word for an error, "" where it is not the server's.
func sqlState(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}

// severed reports whether an error ended the connection: it was lost, or the server ended it.
func severed(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return !ok || e.Severity == "FATAL" || e.Severity == "PANIC"
}

// again reports whether the same transaction may succeed when it is run again at once.
func again(err error) bool {
	state := sqlState(err)
	return state == serialization || state == deadlock
}

func unavailable(text string, cause error) *hub.Error {
	return &hub.Error{Code: hub.CodeUnavailable, Msg: text, RetryAfter: time.Second, Err: cause}
}

func errClosed() error { return unavailable("the store is closed", nil) }

// errAway is the answer while the server cannot be reached: nothing was sent.
func errAway(cause error) error { return unavailable("the store cannot be reached, try again", cause) }

// errBusy is the answer for a conversation that somebody has kept locked for too long.
func errBusy(cause error) error {
	return unavailable("the conversation is locked elsewhere, try again", cause)
}

// stalled reports whether a statement was ended because it took too long: others would fare no better.
func stalled(err error) bool { return sqlState(err) == canceled }

// errSlow is the answer when the server took too long for a statement. It did not happen.
func errSlow(cause error) error { return unavailable("the store took too long, try again", cause) }

// definite makes the error of a transaction that did not happen one that callers know.
func definite(err error) error {
	if known, ok := errors.AsType[*hub.Error](err); ok {
		return known
	}
	if sqlState(err) == lockTimeout {
		return errBusy(err)
	}
	if stalled(err) {
		return errSlow(err)
	}
	return unavailable("the store could not write, try again", err)
}

// uncertain reports whether an error says that a commit may have happened.
func uncertain(err error) bool {
	_, yes := errors.AsType[*hub.UncertainError](err)
	return yes
}

// readError makes the error of a read one that callers know.
func readError(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil || errors.As(err, new(*hub.Error)) {
		return err
	}
	if errors.Is(err, context.DeadlineExceeded) || stalled(err) {
		return errSlow(err)
	}
	return errAway(err)
}

// plain is an error in one line.
func plain(err error) error {
	if failed, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return &oneLineError{failed}
	}
	return err
}

type oneLineError struct{ error }

// Error leaves out line ends.
func (e *oneLineError) Error() string {
	text := []byte(e.error.Error())
	for i, c := range text {
		if c == '\n' || c == '\t' {
			text[i] = ' '
		}
	}
	return string(text)
}

// Unwrap gives the cause.
func (e *oneLineError) Unwrap() error { return e.error }

// lostCommitError says that COMMIT was sent and its answer lost.
type lostCommitError struct{ error }

// Unwrap gives the cause.
func (e *lostCommitError) Unwrap() error { return e.error }

// commitError tells whether after this error of a transaction whose COMMIT was sent it may have happened. reached says that
// every statement before COMMIT was answered. The server skips COMMIT after a statement that failed.
func commitError(err error, reached bool) error {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		if reached && e.SeverityUnlocalized != "ERROR" {
			return &lostCommitError{err}
		}
		return err
	}
	if pgconn.SafeToRetry(err) {
		return err
	}
	return &lostCommitError{err}
}
