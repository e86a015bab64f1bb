package wire

import (
	"time"

	"parley/hub"
)

// EmptyResult is the result of methods that answer nothing.
const EmptyResult = "{}"

// AppendReply appends the answer to a request: its id as it came, nil standing for null, and a result
// that is JSON text already.
func AppendReply(dst, id, result []byte) []byte {
	dst = appendHead(dst, id, `,"result":`)
	return append(append(dst, result...), '}')
}

// AppendResult appends the answer to a request with a value and what appends it, such as AppendMessage.
func AppendResult[T any](dst, id []byte, v T, value func(dst []byte, v T) []byte) []byte {
	dst = appendHead(dst, id, `,"result":`)
	return append(value(dst, v), '}')
}

// AppendDone appends the answer {} to a request.
func AppendDone(dst, id []byte) []byte {
	dst = appendHead(dst, id, `,"result":`)
	return append(dst, EmptyResult+"}"...)
}

// AppendError appends the refusal of a request: code, message and, as data, the status that REST would give,
// whether this attempt definitely did not and will not happen, and where e has advice the seconds to
// wait, rounded up. The cause and the command stay here.
func AppendError(dst, id []byte, e *hub.Error) []byte {
	w := writer{buf: appendHead(dst, id, `,"error":`)}
	info := e.Code.Info()
	w.open()
	w.int("code", int64(e.Code))
	w.must("message", e.Msg)
	w.key("data")
	w.open()
	w.int("status", int64(info.Status))
	w.bool("definite", info.Definite)
	if e.RetryAfter > 0 {
		w.int("retry_after", wholeSeconds(e.RetryAfter))
	}
	w.close()
	w.close()
	w.close()
	return w.buf
}

// Absent encodes the answer "no such conversation", the same for all who are told it.
func (Encoder) Absent(dst, id []byte) []byte { return AppendError(dst, id, hub.ErrAbsent) }

func appendHead(dst, id []byte, then string) []byte {
	dst = append(dst, `{"jsonrpc":"2.0","id":`...)
	if id == nil {
		dst = append(dst, "null"...)
	}
	return append(append(dst, id...), then...)
}

// Error is a refusal as clients read it.
type Error struct {
	Code    hub.Code  `json:"code"`
	Message string    `json:"message"`
	Data    ErrorData `json:"data"`
}

// ErrorData is what a refusal says beyond its code.
type ErrorData struct {
	Status     int   `json:"status"`      // that REST would give
	Definite   bool  `json:"definite"`    // this attempt did not and will not happen
	RetryAfter int64 `json:"retry_after"` // seconds, 0 for no advice
}

// Error is the message with its code.
func (e *Error) Error() string { return e.Hub().Error() }

// Hub gives the refusal as the error that the server had, without its cause.
func (e *Error) Hub() *hub.Error {
	return &hub.Error{Code: e.Code, Msg: e.Message, RetryAfter: time.Duration(e.Data.RetryAfter) * time.Second}
}

// Is makes errors.Is(err, hub.ErrAbsent) and its like work on the client's side: errors are alike when
// their codes are.
func (e *Error) Is(target error) bool { return e.Hub().Is(target) }
