package client

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/coder/websocket"

	"parley/session/wire"
)

const (
	pingWait = 10 * time.Second // for anything at all after a ping
	moveWait = 5 * time.Second  // for the answers on the connection that is left
)

// watch looks after a connection until it ends: silence, lanes whose time has come, a server that drains, a handler that
// has caught up, the end of the client. It gives the connection that the client moved to, if it did.
func (l *link) watch(ctx, alive context.Context, cut context.CancelCauseFunc) *arrival {
	timer := time.NewTimer(l.heartbeat)
	defer timer.Stop()
	var pinged pinging
	var moveAt time.Time
	for {
		now := time.Now()
		next := l.listen(ctx, alive, cut, now, &pinged)
		if wait := l.client.release(now); wait > 0 {
			next = min(next, wait)
		}
		if !moveAt.IsZero() {
			if !now.Before(moveAt) {
				if a := l.move(ctx, alive, cut); a != nil {
					return a
				}
				moveAt = time.Time{}
				continue
			}
			next = min(next, moveAt.Sub(now))
		}
		timer.Reset(next)
		select {
		case <-timer.C:
		case <-l.nudge:
		case within := <-l.draining:
			moveAt = time.Now().Add(time.Duration(rand.Float64() * float64(within)))
		case <-l.client.events.idle:
			if l.lagging.Load() {
				cut(errLagging)
			}
		case <-alive.Done():
			return nil
		case <-ctx.Done():
			l.leave(alive, cut)
			return nil
		}
	}
}

// pinging is a ping that nothing followed yet.
type pinging struct {
	at     time.Time // zero for none
	before int64     // when the server had last been heard of
}

// listen pings a server that was silent for a heartbeat, and ends the connection if that brings nothing. It gives the
// time until the next look.
func (l *link) listen(ctx, alive context.Context, cut context.CancelCauseFunc, now time.Time, pinged *pinging) time.Duration {
	if l.stuck.Load() {
		*pinged = pinging{}
		return l.heartbeat // it is this side that does not listen
	}
	heard := l.heard.Load()
	if !pinged.at.IsZero() && heard == pinged.before {
		left := pinged.at.Add(pingWait).Sub(now)
		if left <= 0 {
			cut(errSilent)
		}
		return max(left, 0)
	}
	*pinged = pinging{}
	if left := l.began.Add(time.Duration(heard) + l.heartbeat).Sub(now); left > 0 {
		return left
	}
	*pinged = pinging{at: now, before: heard}
	l.ping(ctx, alive)
	return max(pingWait-time.Since(now), 0)
}

// ping asks for a sign of life, past the window. If it cannot even be written in time the connection is over.
func (l *link) ping(ctx, alive context.Context) {
	limit, cancel := context.WithTimeout(alive, pingWait)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	if err := l.ws.Write(limit, websocket.MessageText, pingFrame); err == nil {
		l.client.count.framesOut.Add(1)
	}
}

const pingID = "0" // no other call has it

var pingFrame = []byte(`{"jsonrpc":"2.0","id":` + pingID + `,"method":"` + wire.MethodPing + `"}`)

// move goes over to another connection: it is opened first, so that a server that takes none leaves things as they are;
// then the calls under way are answered, and the old connection is left.
func (l *link) move(ctx, alive context.Context, cut context.CancelCauseFunc) *arrival {
	limit, cancel := context.WithTimeout(alive, l.client.config.ConnectTimeout)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	l.client.count.attempts.Add(1)
	a, err := l.client.dial(limit)
	if err != nil {
		l.client.config.Logger.InfoContext(ctx, "parley client: cannot move yet", "error", err)
		return nil
	}
	l.settleDown(ctx, alive)
	l.leave(alive, cut)
	if ctx.Err() != nil {
		a.ws.CloseNow() //nolint:errcheck // nothing was said on it
		return nil
	}
	return a
}

// settleDown holds back new calls and waits for the answers to those under way.
func (l *link) settleDown(ctx, alive context.Context) {
	c := l.client
	timer := time.NewTimer(moveWait)
	defer timer.Stop()
	for {
		c.mu.Lock()
		l.corked = true
		left := len(l.inFlight)
		c.mu.Unlock()
		if left == 0 {
			return
		}
		select {
		case <-l.nudge:
		case <-timer.C:
			return
		case <-alive.Done():
			return
		case <-ctx.Done():
			return
		}
	}
}

// leave says goodbye and waits a moment for the answer.
func (l *link) leave(alive context.Context, cut context.CancelCauseFunc) {
	close(l.leaving)
	l.lagging.Store(true)
	l.work.Go(func() { l.ws.Close(websocket.StatusNormalClosure, "") }) //nolint:errcheck // it is over either way
	timer := time.NewTimer(closeWait)
	defer timer.Stop()
	select {
	case <-alive.Done():
	case <-timer.C:
	}
	cut(errLeft)
}
