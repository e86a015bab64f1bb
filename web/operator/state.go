package operator

import (
	"context"
	"net/http"
	"time"

	"parley/hub"
)

// State is a moment of a hub. What is counted is counted since it started: whoever looks twice gets rates.
type State struct {
	At      time.Time          `json:"at"`
	Hub     hub.Card           `json:"hub"`
	Epoch   string             `json:"epoch"`
	Store   string             `json:"store"`
	Hubs    []hub.Card         `json:"hubs"` // all that live, this one too; others as they told a few seconds ago
	Parts   []Part             `json:"parts"`
	Sockets sockets            `json:"sockets"`
	Bus     *carried           `json:"bus"`     // null: there is none
	Waiting int64              `json:"waiting"` // writes that wait for a commit
	Commits commits            `json:"commits"`
	Errors  map[hub.Code]int64 `json:"errors"` // commands that failed, by code
	Slowest []hub.Behind       `json:"slowest"`
}

// sockets are the hub's websockets.
type sockets struct {
	Accepted int64 `json:"accepted"`
	Frames   int64 `json:"frames"`
	Bytes    int64 `json:"bytes"`
	Slow     int64 `json:"slow"`    // frames that the socket did not take at once
	Refused  int64 `json:"refused"` // requests, for a limit
}

// carried is what the bus between hubs carries.
type carried struct {
	Well       bool  `json:"well"`
	Waiting    int64 `json:"waiting"`
	Published  int64 `json:"published"`
	Received   int64 `json:"received"`
	Dropped    int64 `json:"dropped"`
	ProbesLost int64 `json:"probes_lost"`
	Rebuilds   int64 `json:"rebuilds"`
}

// commits are counted by how long they took.
type commits struct {
	Count   int64     `json:"count"`
	Seconds float64   `json:"seconds"`
	Bounds  []float64 `json:"bounds"` // upper ones, in seconds
	Counts  []int64   `json:"counts"` // one more: those above all bounds
}

const (
	mostSlow = 20
	// partsWithin is how long the page waits to hear how the parts are.
	partsWithin = 2 * time.Second
)

func (o *Operator) serveState(r *http.Request) (any, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.state == nil || time.Since(o.taken) > freshFor {
		o.state, o.taken = o.look(context.WithoutCancel(r.Context())), time.Now()
	}
	return o.state, nil
}

// look takes a new State.
func (o *Operator) look(ctx context.Context) *State {
	ctx, cancel := context.WithTimeout(ctx, partsWithin)
	defer cancel()
	figures, wires := o.config.Hub.Stats(), o.config.Sessions()
	s := &State{
		At: time.Now().UTC(), Hub: o.config.Card(), Epoch: o.config.Hub.Epoch(), Store: o.config.Store,
		Parts: o.config.Parts(ctx), Waiting: figures.Waiting,
		Sockets: sockets{
			wires.Accepted, wires.Frames, wires.Bytes, wires.Slow,
			wires.RefusedSession + wires.RefusedUser + wires.RefusedBehind + wires.RefusedConnects,
		},
		Commits: commits{figures.Commits, figures.CommitSeconds, hub.LatencyBounds[:], figures.CommitLatency},
		Errors:  figures.Errors, Slowest: append([]hub.Behind{}, o.config.Hub.Slowest(mostSlow)...),
	}
	if s.Hubs = []hub.Card{s.Hub}; o.config.Hubs != nil {
		s.Hubs = o.config.Hubs(ctx)
	}
	if o.config.Bus != nil {
		b := o.config.Bus()
		s.Bus = &carried{b.Well, b.Waiting, b.Published, b.Received, b.Dropped, b.ProbesLost, b.Rebuilds}
	}
	return s
}
