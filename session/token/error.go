package token

import (
	"errors"
	"fmt"

	"github.com/golang-jwt/jwt/v5"
)

// The codes of an [Error]. The numbers are Twilio's, so that its client libraries act on them.
const (
	CodeRefused  = 20003 // not a token that is accepted here; the text says why
	CodeExpired  = 20104 // was a good token once; a new one will do
	CodeLifetime = 20157 // an API-key token that lives longer than [MaxLifetime]
)

// ErrKeysUnavailable is in the chain of an Error when a JWKS token could not be checked because there are no
// keys: none were ever fetched, or they passed their maximum age. The token may be a good one; later may do.
var ErrKeysUnavailable = errors.New("no keys of the token issuer at hand")

// Error says why a token was refused or could not be minted.
type Error struct {
	Code int    // one of the Code constants
	Msg  string // a constant text, safe to show to anybody
	err  error  // the cause, for logs; may quote what is in a token
}

// Error is the text and the code; the cause is left out, since it may quote the token.
func (e *Error) Error() string { return fmt.Sprintf("%s (%d)", e.Msg, e.Code) }

// Unwrap gives the cause, or nil. It may quote parts of the token's header; it is for logs, not for clients.
func (e *Error) Unwrap() error { return e.err }

// refused makes an error of [CodeRefused]. msg must be a constant.
func refused(msg string) *Error { return &Error{Code: CodeRefused, Msg: msg} }

// parseError gives a failure of the JWT parser a text of ours. One of our own that the parser wrapped comes back
// as it was.
func parseError(err error) *Error {
	var own *Error
	switch {
	case errors.As(err, &own):
		return own
	case errors.Is(err, jwt.ErrTokenMalformed):
		return &Error{Code: CodeRefused, Msg: "access token is not a well-formed JWT", err: err}
	case errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return &Error{Code: CodeRefused, Msg: "access token has no valid signature", err: err}
	}
	return &Error{Code: CodeRefused, Msg: "access token cannot be verified", err: err}
}
