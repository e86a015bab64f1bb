package client_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"parley/session/client"
	"parley/session/wire"
)

// slow is a client whose handler waits for each event until the test lets it go on.
func (s *script) slow(most, heartbeat int) (*app, *peer, chan struct{}) {
	s.t.Helper()
	step := make(chan struct{}, 1<<14)
	handled := make(chan client.Event, 1<<14)
	a, dialed := s.begin(func(c *client.Config) {
		c.MaxEvents = most
		c.OnEvent = func(e client.Event) {
			<-step
			handled <- e
		}
	})
	a.events = handled
	p, _ := s.greet(greeting{list: listed("CHa", 0), heartbeat: heartbeat})
	if err := next(s.t, dialed, "Dial"); err != nil {
		s.t.Fatal(err)
	}
	step <- struct{}{}
	a.event(client.EventConnected)
	return a, p, step
}

// tellMany sends events without waiting for the client to take them.
func (p *peer) tellMany(from, to int) <-chan bool {
	done := make(chan bool, 1)
	go func() {
		for i := from; i <= to; i++ {
			p.tell(wire.EventMessageAdded, at("CHa", i, said(i)))
		}
		done <- true
	}()
	return done
}

// A slow handler stops the reading; nothing is lost, and positions count what it has handled.
func TestSlowHandler(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p, step := s.slow(10, 0)
		sent := p.tellMany(1, 500)
		synctest.Wait()
		if len(sent) != 0 || a.Stats().Waiting != 10 {
			t.Fatalf("%d events wait, all were taken: %v", a.Stats().Waiting, len(sent) != 0)
		}
		sameRevisions(t, "positions", a.Positions().Revisions, revisions{"CHa": 0})
		for i := 1; i <= 500; i++ {
			step <- struct{}{}
			if e := a.event(wire.EventMessageAdded); int(e.Revision) != i {
				t.Fatalf("event %d, expected was %d", e.Revision, i)
			}
		}
		next(t, sent, "the server")
		synctest.Wait()
		sameRevisions(t, "positions", a.Positions().Revisions, revisions{"CHa": 500})
		if n := a.Stats(); n.Connects != 1 || n.Repeats != 0 {
			t.Errorf("%+v", n)
		}
	})
}

// A handler may call and wait: its answer is read, though it lies behind more events than there is room for.
func TestHandlerCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		var a *app
		ready := make(chan struct{})
		pinged := make(chan error, 1)
		var dialed <-chan error
		seen := make(chan client.Event, 100)
		a, dialed = s.begin(func(c *client.Config) {
			c.MaxEvents = 2
			c.OnEvent = func(e client.Event) {
				if e.Revision == 1 {
					<-ready
					pinged <- a.Ping(t.Context())
				}
				seen <- e
			}
		})
		a.events = seen
		p, _ := s.greet(greeting{})
		if err := next(t, dialed, "Dial"); err != nil {
			t.Fatal(err)
		}
		sent := p.tellMany(1, 6)
		synctest.Wait()
		close(ready)
		c := p.expect(wire.MethodPing)
		next(t, sent, "the server")
		p.reply(c, `{}`)
		if err := next(t, pinged, "the answer"); err != nil {
			t.Fatal(err)
		}
		a.event(client.EventConnected)
		for i := 1; i <= 6; i++ {
			if e := a.event(wire.EventMessageAdded); int(e.Revision) != i {
				t.Fatalf("event %d, expected was %d", e.Revision, i)
			}
		}
	})
}

// When far too much lies before an answer, events are left to the next connection: none is lost, and the answer comes.
func TestHandlerLags(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p, step := s.slow(2, 0)
		answered := make(chan error, 1)
		go func() { answered <- a.Ping(t.Context()) }()
		c := p.expect(wire.MethodPing)
		next(t, p.tellMany(1, 40), "the server")
		p.reply(c, `{}`)
		if err := next(t, answered, "the answer"); err != nil {
			t.Fatal(err)
		}
		for range 16 {
			step <- struct{}{}
			a.event(wire.EventMessageAdded)
		}
		p, params := s.greet(greeting{})
		sameRevisions(t, "resumed with", params.Resume, revisions{"CHa": 16})
		close(step)
		next(t, p.tellMany(17, 40), "the server")
		a.event(client.EventConnected)
		for i := 17; i <= 40; i++ {
			if e := a.event(wire.EventMessageAdded); int(e.Revision) != i {
				t.Fatalf("event %d, expected was %d", e.Revision, i)
			}
		}
		if n := a.Stats(); n.Lagged != 1 || n.Connects != 2 {
			t.Errorf("%+v", n)
		}
	})
}

// A client that is barred still hands over the events that came before.
func TestEventsBeforeTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p, step := s.slow(100, 0)
		next(t, p.tellMany(1, 5), "the server")
		synctest.Wait()
		p.close(wire.CloseBarred, "")
		a.enters(client.StateClosed)
		close(step)
		<-a.Done()
		sameRevisions(t, "positions", a.Positions().Revisions, revisions{"CHa": 5})
	})
}

// Close while the handler is busy and the reader waits for it: what was not handled does not count.
func TestCloseWhileSlow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p, step := s.slow(2, 0)
		p.tellMany(1, 10)
		synctest.Wait()
		closed := make(chan bool, 1)
		go func() { a.Close(); closed <- true }()
		p.left()
		step <- struct{}{}
		next(t, closed, "Close")
		sameRevisions(t, "positions", a.Positions().Revisions, revisions{"CHa": 1})
		if err := a.Ping(t.Context()); !errors.Is(err, client.ErrClosed) {
			t.Errorf("a call afterwards: %v", err)
		}
	})
}

// While the client does not read, that nothing is heard is its own doing.
func TestSlowIsNotSilent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p, step := s.slow(2, 15)
		sent := p.tellMany(1, 10)
		timer := time.NewTimer(5 * time.Minute)
		<-timer.C
		close(step)
		next(t, sent, "the server")
		for range 10 {
			a.event(wire.EventMessageAdded)
		}
		if n := a.Stats(); n.Connects != 1 || n.FramesOut != 1 {
			t.Errorf("%+v", n)
		}
		p.expect(wire.MethodPing) // from now on it counts again
	})
}
