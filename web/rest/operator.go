package rest

import (
	"context"
	"net/http"

	"parley/hub"
)

// operations is the table of all operations.
var operations = []operation{
	{method: http.MethodPost, path: "/v1/parley/Users/{identity}/Bar", status: http.StatusNoContent, serve: bar},
	{method: http.MethodDelete, path: "/v1/parley/Users/{identity}/Bar", status: http.StatusNoContent, serve: liftBar},
	{method: http.MethodPost, path: "/v1/parley/Services/{service}/Users/{identity}/Bar", status: http.StatusNoContent, serve: bar},
	{method: http.MethodDelete, path: "/v1/parley/Services/{service}/Users/{identity}/Bar", status: http.StatusNoContent, serve: liftBar},
	{method: http.MethodDelete, path: "/v1/parley/Sessions/{session}", status: http.StatusNoContent, serve: endSession},
}

// bar shuts a user out, on every hub.
func bar(ctx context.Context, a *API, c *call) (any, error) {
	_, err := a.hub.Do(ctx, c.actor(), &hub.BarUser{Identity: c.values["identity"]})
	return nil, err
}

// liftBar lets a user in again.
func liftBar(ctx context.Context, a *API, c *call) (any, error) {
	_, err := a.hub.Do(ctx, c.actor(), &hub.BarUser{Identity: c.values["identity"], Lift: true})
	return nil, err
}

// mostSession is longer than any session's name.
const mostSession = 100

// endSession ends a session on whichever hub it is. No hub knows the sessions of all others, so none can say that there is
// no such session: that there is none afterwards is all that is promised.
func endSession(_ context.Context, a *API, c *call) (any, error) {
	if name := c.values["session"]; len(name) <= mostSession {
		a.hub.EndSession(name)
	}
	return nil, nil
}
