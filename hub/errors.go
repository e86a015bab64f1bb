package hub

import (
	"errors"
	"fmt"
	"time"
)

// Error is the one error type that leaves this package.
type Error struct {
	Code       Code
	Op         string        // the command that failed, for logs
	Msg        string        // safe to show to whoever called
	RetryAfter time.Duration // for the retryable codes; 0 where there is no advice
	Err        error         // the cause; never leaves the process
}

// Error is the whole story, for logs.
func (e *Error) Error() string {
	text := fmt.Sprintf("%s (%d)", e.Msg, e.Code)
	if e.Op != "" {
		text = e.Op + ": " + text
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is makes two errors alike when their codes are, so that errors.Is(err, ErrNotFound) reads well.
func (e *Error) Is(target error) bool {
	other, ok := errors.AsType[*Error](target)
	return ok && other.Code == e.Code
}

// Errorf makes an error whose text is safe to show.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Msg: fmt.Sprintf(format, args...)}
}

// AsError gives err as an Error; anything unknown is internal, and keeps its cause for the log.
func AsError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Code: CodeInternal, Msg: "internal error", Err: err}
}

// ErrAbsent is what someone outside and something that does not exist both look like.
var ErrAbsent = Errorf(CodeConversationAbsent, "conversation not found")

// unavailable says that the store cannot be had now and that nothing was done.
func unavailable(cause error) *Error {
	return &Error{Code: CodeUnavailable, Msg: "the store is not available, try again", RetryAfter: time.Second, Err: cause}
}

// NameTakenError is what Tx.PutConversation answers for a unique name that another conversation of the service
// bears.
type NameTakenError struct{ Conversation ConversationSID }

func (e *NameTakenError) Error() string { return "unique name taken by " + string(e.Conversation) }

// PairTakenError is what Tx.PutParticipant answers for a pair of addresses that an open conversation holds.
type PairTakenError struct{ Conversation ConversationSID }

func (e *PairTakenError) Error() string { return "address pair taken by " + string(e.Conversation) }

// UncertainError wraps a failure after which a commit may or may not have happened (rule R9).
type UncertainError struct{ Err error }

func (e *UncertainError) Error() string { return "commit uncertain: " + e.Err.Error() }

// Unwrap gives the cause.
func (e *UncertainError) Unwrap() error { return e.Err }
