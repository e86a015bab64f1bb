package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/coder/websocket"

	"parley/hub"
	"parley/session/wire"
)

// Error is what every failure of the client is, but for a wrong Config. Where it is the server's refusal Code is set;
// errors.Is compares codes then, so errors.Is(err, hub.ErrAbsent) works. Otherwise Err has the cause: one of the Err
// variables, the error of the context, or of the network.
type Error struct {
	Op      string   // the method, or "connect"
	Code    hub.Code // 0 where the server did not say
	Message string
	Status  int // that REST would give; of an opening refused by HTTP, its status

	// Definite says that the attempt certainly had and will have no effect. Otherwise the outcome is
	// unknown: a message may be sent again with the same nonce, anything else has to be looked at.
	Definite   bool
	RetryAfter time.Duration // how long the server asks to wait, 0 where it does not say

	Close CloseCode // with which the server ended the connection, 0 for none
	Err   error

	reason string // that came with Close
	again  bool   // the connection was given up by choice: reconnect at once
}

// CloseCode is why a websocket ended.
type CloseCode = wire.CloseCode

// Causes, found in Error.Err by errors.Is.
var (
	ErrClosed         = errors.New("the client is closed")
	ErrConnectionLost = errors.New("the connection ended before the answer")
	ErrNotConnected   = errors.New("not connected")
	ErrOutboxFull     = errors.New("too many messages are not acknowledged yet")
	ErrTooLarge       = errors.New("larger than the server takes")
)

var (
	errSilent  = errors.New("nothing heard for a heartbeat and 10 s more")
	errLagging = errors.New("the event handler had fallen behind")
	errStrange = errors.New("frame that is not text")
	errLeft    = errors.New("the client left")
)

// Error is the method, what went wrong, and whether the outcome is unknown.
func (e *Error) Error() string {
	text := e.Op + ": " + e.Message
	if e.Code != 0 {
		text += fmt.Sprintf(" (%d)", e.Code)
	}
	if e.Close != 0 {
		text += fmt.Sprintf(" (closed with %d)", int(e.Close))
	}
	if e.Err != nil && e.Err.Error() != e.Message {
		text += ": " + e.Err.Error()
	}
	if !e.Definite && e.Op != opConnect {
		text += "; the outcome is unknown"
	}
	return text
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is makes refusals alike when their codes are.
func (e *Error) Is(target error) bool {
	var ours *Error
	var hubs *hub.Error
	switch {
	case e.Code == 0:
		return false
	case errors.As(target, &ours):
		return ours.Code == e.Code
	case errors.As(target, &hubs):
		return hubs.Code == e.Code
	}
	return false
}

// retryable reports whether the same message may well be accepted later.
func (e *Error) retryable() bool {
	return !e.Definite || e.RetryAfter > 0 || e.Status == 429 || e.Status == 503
}

const opConnect = wire.MethodConnect

// refusal is the server's answer as an Error.
func refusal(op string, w *wire.Error) *Error {
	return &Error{
		Op: op, Code: w.Code, Message: w.Message, Status: w.Data.Status, Definite: w.Data.Definite,
		RetryAfter: time.Duration(w.Data.RetryAfter) * time.Second,
	}
}

// ended says why a connection is over, or was never made.
func ended(err error) *Error {
	if already, ok := errors.AsType[*Error](err); ok {
		return already
	}
	e := &Error{Op: opConnect, Message: "no connection", Definite: true, Err: err}
	var received websocket.CloseError
	switch {
	case errors.As(err, &received):
		e.Close, e.reason, e.Message, e.Err = CloseCode(received.Code), received.Reason, "the server ended the connection", nil
		if received.Reason != "" {
			e.Err = errors.New(received.Reason)
		}
		if e.Close == wire.CloseDraining || e.Close == wire.CloseFull {
			e.RetryAfter, _ = wire.ParseWaitReason(received.Reason)
		}
	case errors.Is(err, errLagging):
		e.again = true
	}
	return e
}

// unanswered is the error of a call that ended without an answer.
func unanswered(r *request, cause error) *Error {
	if r.phase == written || r.doubt {
		return &Error{Op: r.method, Message: "no answer", Definite: r.reads, Err: cause}
	}
	return &Error{Op: r.method, Message: "not sent", Definite: true, Err: cause}
}

// undecodable is the error of an answer that is not what it should be. The call itself succeeded.
func undecodable(op string, err error) *Error {
	return &Error{Op: op, Message: "the answer cannot be read", Err: err}
}

func decode[T any](op string, result json.RawMessage) (*T, error) {
	v := new(T)
	if err := json.Unmarshal(result, v); err != nil {
		return nil, undecodable(op, err)
	}
	return v, nil
}
