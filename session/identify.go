package session

import (
	"context"
	"errors"
	"time"

	"parley/hub"
	"parley/session/token"
)

// Identify verifies a token and finds whom it speaks for, in which service, and until when.
func (s *Server) Identify(ctx context.Context, raw string) (who hub.Actor, expires time.Time, err error) {
	b, err := s.identify(ctx, raw, "")
	if err != nil {
		return hub.Actor{}, time.Time{}, err
	}
	return b.actor, b.expires, nil
}

// bearer is whom a token speaks for.
type bearer struct {
	actor      hub.Actor
	expires    time.Time
	unnamed    bool              // the token names no service
	credential hub.CredentialSID // by which it is to be pushed to, "" for none
}

// identify verifies a token and finds whom it speaks for. In one that names no service, otherwise stands for it; where that is
// empty, the default one.
func (s *Server) identify(ctx context.Context, raw string, otherwise hub.ServiceSID) (*bearer, error) {
	if len(raw) > tokenBytes {
		return nil, hub.Errorf(hub.CodeUnauthenticated, "the token is longer than %d bytes", tokenBytes)
	}
	claims, err := s.config.Verify(raw)
	if errors.Is(err, token.ErrKeysUnavailable) { // the token may be good: it is not thrown away
		return nil, &hub.Error{
			Code: hub.CodeUnavailable, Msg: "the keys of the token's issuer are not at hand", RetryAfter: 5 * time.Second, Err: err,
		}
	}
	if err != nil {
		if refused, ok := errors.AsType[*token.Error](err); ok {
			return nil, &hub.Error{Code: hub.Code(refused.Code), Msg: refused.Msg, Err: err}
		}
		return nil, &hub.Error{Code: hub.CodeUnauthenticated, Msg: "the token is not valid", Err: err}
	}
	b := &bearer{
		actor: hub.Actor{Service: hub.ServiceSID(claims.ServiceSID), Identity: claims.Identity}, expires: claims.ExpiresAt,
		unnamed: claims.ServiceSID == "", credential: hub.CredentialSID(claims.PushCredentialSID),
	}
	if b.unnamed {
		if b.actor.Service = otherwise; otherwise == "" {
			if b.actor.Service, err = s.hub.Default(ctx, s.config.Service); err != nil {
				return nil, err
			}
		}
	}
	_, err = s.hub.Service(ctx, b.actor.Service)
	return b, err
}
