package rest

import (
	"context"
	"net/http"

	"parley/hub"
)

var operatorOperations = []operation{
	{
		id: "ListHubs", about: "Tells which hubs live, and how they are.",
		method: http.MethodGet, scope: hubs, path: "/Hubs", status: http.StatusOK, answer: hubList{}, serve: listHubs,
	},
	{
		id: "BarUser", about: "Shuts a user out, on every hub, until the bar is lifted.",
		method: http.MethodPost, scope: parley, path: "/Users/{Identity}/Bar", status: http.StatusNoContent, serve: bar,
	},
	{
		id: "LiftBar", about: "Lets a user in again.",
		method: http.MethodDelete, scope: parley, path: "/Users/{Identity}/Bar", status: http.StatusNoContent, serve: liftBar,
	},
	{
		id: "EndSession", about: "Ends a session, on whichever hub it is.",
		method: http.MethodDelete, scope: hubs, path: "/Sessions/{Session}", status: http.StatusNoContent, serve: endSession,
	},
}

type hubList struct {
	Hubs []hub.Card `json:"hubs"`
}

// listHubs knows of other hubs what they told a few seconds ago.
func listHubs(ctx context.Context, c *call) (any, error) {
	list := &hubList{Hubs: []hub.Card{}}
	if c.api.hubs != nil {
		list.Hubs = append(list.Hubs, c.api.hubs(ctx)...)
	}
	return list, nil
}

// bar shuts a user out, on every hub.
func bar(ctx context.Context, c *call) (any, error) {
	_, err := c.do(ctx, &hub.BarUser{Identity: c.path["Identity"]})
	return nil, err
}

// liftBar lets a user in again.
func liftBar(ctx context.Context, c *call) (any, error) {
	_, err := c.do(ctx, &hub.BarUser{Identity: c.path["Identity"], Lift: true})
	return nil, err
}

// mostSession is longer than any session's name.
const mostSession = 100

// endSession ends a session on whichever hub it is. No hub knows the sessions of all others, so none can say that there is
// no such session: that there is none afterwards is all that is promised.
func endSession(_ context.Context, c *call) (any, error) {
	if name := c.path["Session"]; len(name) <= mostSession {
		c.api.hub.EndSession(name)
	}
	return nil, nil
}
