package rest

import (
	"context"
	"net/http"
	"strings"

	"parley/hub"
)

// asker is who asks.
type asker struct {
	name    string         // for the log
	user    string         // identity, "" for the account
	service hub.ServiceSID // of the user
}

// admit finds who asks for a call, nil where there is none such, and refuses whom it does not know and who asks too much.
func (a *API) admit(r *http.Request, c *call) (asker, error) {
	if c != nil && c.place.access == byLink {
		return asker{name: "link"}, nil
	}
	if raw := accessToken(r); raw != "" && c != nil && c.place.access == byToken && a.identify != nil {
		actor, _, err := a.identify(r.Context(), raw)
		if err == nil {
			_, err = a.hub.Enter(r.Context(), actor) // who is barred stays out, and who is new is made
		}
		return asker{"user " + actor.Identity, actor.Identity, actor.Service}, err
	}
	if err := a.foreign.Check(r); err != nil { // a browser that knows the credentials, and a page that is not ours
		return asker{}, &hub.Error{Code: hub.CodeForbidden, Msg: "requests of other sites are not served", Err: err}
	}
	by, ok := a.account.of(r)
	if !ok {
		return asker{}, hub.Errorf(hub.CodeUnauthenticated, "Authenticate")
	}
	return asker{name: by}, a.account.afford(by)
}

// accessToken is the token that a request bears, "" for none: as Twilio's library sends it, or as others do.
func accessToken(r *http.Request) string {
	if raw := r.Header.Get("X-Twilio-Token"); raw != "" {
		return raw
	}
	scheme, raw, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(raw)
}

type originKey struct{}

// WithOrigin has a request know the scheme://host[:port] that its sender sent it to, which proxies may have to tell.
func WithOrigin(r *http.Request, origin string) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), originKey{}, origin))
}

// base is what absolute URLs begin with.
func (a *API) base(r *http.Request) string {
	if a.public != "" {
		return a.public
	}
	if origin, ok := r.Context().Value(originKey{}).(string); ok {
		return origin
	}
	return "http://" + r.Host
}

// within finds the service that a call is about, and where its things are. A user's is the one of the token.
func (c *call) within(ctx context.Context, by asker, base string) error {
	c.origin, c.base, c.service, c.bearer = base, base+root, c.api.service, by.user
	if !c.place.scoped {
		return c.withinDefault(ctx, by)
	}
	named := hub.ServiceSID(c.path["ChatServiceSid"])
	if by.user != "" && named != by.service {
		return absent(c.self)
	}
	c.service = named
	c.base += "/Services/" + string(named)
	_, err := c.api.hub.Service(ctx, named)
	return err
}

// withinDefault finds the service of a path that names none: the default one, or a user's own.
func (c *call) withinDefault(ctx context.Context, by asker) (err error) {
	if c.service = by.service; by.user == "" {
		if c.service, err = c.api.hub.Default(ctx, c.api.service); err != nil {
			return err
		}
	}
	_, err = c.api.hub.Service(ctx, c.service)
	return err
}
