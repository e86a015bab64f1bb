package operator

import (
	"context"
	"net/http"

	"parley/hub"
)

// named is the user that a request's path names by sid, whichever service it is of.
func (o *Operator) named(ctx context.Context, r *http.Request) (*hub.User, error) {
	sid := r.PathValue("user")
	services, err := o.config.Hub.Services(ctx)
	if err != nil {
		return nil, err
	}
	for _, service := range services {
		u, err := o.config.Hub.FindUser(ctx, hub.Actor{Service: service.SID}, sid)
		if err == nil && string(u.SID) == sid {
			return u, nil
		}
		if err != nil && hub.AsError(err).Code != hub.CodeUserAbsent {
			return nil, err
		}
	}
	return nil, hub.Errorf(hub.CodeUserAbsent, "there is no user with this sid")
}

// bar shuts a user out, on every hub.
func (o *Operator) bar(r *http.Request) error { return o.setBar(r, false) }

// liftBar lets a user in again.
func (o *Operator) liftBar(r *http.Request) error { return o.setBar(r, true) }

func (o *Operator) setBar(r *http.Request, lift bool) error {
	ctx, cancel := context.WithTimeout(r.Context(), findWithin)
	defer cancel()
	u, err := o.named(ctx, r)
	if err != nil {
		return err
	}
	_, err = o.config.Hub.Do(ctx, hub.Actor{Service: u.Service}, &hub.BarUser{Identity: u.Identity, Lift: lift})
	return err
}

// disconnect ends all sessions of a user, on every hub.
func (o *Operator) disconnect(r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), findWithin)
	defer cancel()
	u, err := o.named(ctx, r)
	if err == nil {
		o.config.Hub.EndSessions(u.SID)
	}
	return err
}

// endSession ends one session, on whichever hub it is.
func (o *Operator) endSession(r *http.Request) error {
	o.config.Hub.EndSession(r.PathValue("session"))
	return nil
}
