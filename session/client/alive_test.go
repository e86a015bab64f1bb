package client_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"parley/session/client"
	"parley/session/wire"
)

// A silent server is pinged after a heartbeat, and left when 10 s bring nothing.
func TestHeartbeat(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		began := time.Now()
		a, p := s.dial(greeting{heartbeat: 15})
		ping := p.expect(wire.MethodPing)
		if at := time.Since(began); at != 15*time.Second {
			t.Errorf("pinged after %v", at)
		}
		p.reply(ping, `{}`)
		synctest.Wait()
		heard := time.Now()
		p.expect(wire.MethodPing)
		if at := time.Since(heard); at != 15*time.Second {
			t.Errorf("pinged again after %v", at)
		}
		p.tell(wire.EventTypingEnded, `{"conversation_sid":"CHa"}`) // any frame will do
		synctest.Wait()
		heard = time.Now()
		p.expect(wire.MethodPing)
		p.left()
		if at := time.Since(heard); at != 25*time.Second {
			t.Errorf("left after %v", at)
		}
		s.greet(greeting{})
		synctest.Wait()
		if n := a.Stats(); n.Connects != 2 || n.LastClose != 0 || n.Strays != 0 {
			t.Errorf("%+v", n)
		}
	})
}

// The server's own pings are signs of life.
func TestServerPings(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{heartbeat: 15})
		for range 5 {
			timer := time.NewTimer(10 * time.Second)
			<-timer.C
			if err := p.ws.Ping(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if n := a.Stats(); n.FramesOut != 1 || n.Connects != 1 {
			t.Errorf("%+v", n)
		}
	})
}

// The token is renewed when the server says that it is about to expire.
func TestTokenRenewed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{}, func(c *client.Config) { c.Token = tokens("old", "new") })
		p.tell(wire.EventTokenAboutToExpire, `{"expires_at":"2030-01-01T00:00:00.000Z"}`)
		c := p.expect(wire.MethodTokenUpdate)
		if c.has(t, "token") != `"new"` {
			t.Errorf("updated with %s", c.Params)
		}
		p.reply(c, `{"expires_at":"2030-01-02T00:00:00.000Z"}`)
		if e := a.event(wire.EventTokenAboutToExpire); e.ExpiresAt.Year() != 2030 {
			t.Errorf("told %+v", e)
		}
		// One that does not come in time is given up with the connection.
		p.tell(wire.EventTokenAboutToExpire, `{"expires_at":"2030-01-01T00:00:00.000Z"}`)
		p.expect(wire.MethodTokenUpdate)
		p.cut()
		p, _ = s.greet(greeting{})
		go a.Ping(context.WithoutCancel(t.Context())) //nolint:errcheck // seen below
		p.reply(p.expect(wire.MethodPing), `{}`)
	})
}

// A draining server is left in time: first there is another connection, then the calls under way are answered, then
// the old one is closed and the new one takes over.
func TestDrain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, old := s.dial(greeting{list: listed("CHa", 4)})
		first := a.enqueue("CHa", "1")[0]
		sent := old.sends("1")[0]
		began := time.Now()
		old.tell(wire.EventServerDraining, `{"reconnect_within":10}`)
		a.event(wire.EventServerDraining)
		fresh := next(t, s.peers, "another connection")
		if waited := time.Since(began); waited > 10*time.Second {
			t.Errorf("moved after %v", waited)
		}
		synctest.Wait()
		second := a.enqueue("CHa", "2")[0]
		old.tell(wire.EventMessageAdded, at("CHa", 5, said(0)))
		old.reply(sent, `{"index":0}`)
		stored(t, first, 0)
		if code := old.left(); code != int(wire.CloseGoodbye) {
			t.Errorf("left with %d", code)
		}
		c := fresh.expect(wire.MethodConnect)
		if c.has(t, "resume") != `{"CHa":5}` {
			t.Errorf("resumed with %s", c.Params)
		}
		fresh.reply(c, greeting{}.String())
		fresh.reply(fresh.sends("2")[0], `{"index":1}`)
		stored(t, second, 1)
		a.told("messageAdded CHa 5", client.EventConnected)
		a.enters(client.StateConnected)
		a.enters(client.StateConnected)
		if n := a.Stats(); n.LastClose != 0 || n.Connects != 2 {
			t.Errorf("%+v", n)
		}
	})
}

// Calls that a draining server does not answer are made again at the next.
func TestDrainUnanswered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, old := s.dial(greeting{})
		one := a.enqueue("CHa", "1")[0]
		old.sends("1")
		old.tell(wire.EventServerDraining, `{"reconnect_within":0}`)
		fresh, _ := s.greet(greeting{})
		fresh.reply(fresh.sends("1")[0], `{"index":0}`)
		stored(t, one, 0)
		old.left()
	})
}

// Where there is nowhere to move to, the client stays until it is sent away.
func TestDrainNowhere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, old := s.dial(greeting{})
		s.refuseWith(func(w http.ResponseWriter) { http.Error(w, "draining", http.StatusServiceUnavailable) })
		old.tell(wire.EventServerDraining, `{"reconnect_within":5}`)
		pass(t, 10*time.Second, func() bool { return a.Stats().Attempts == 2 })
		one := a.enqueue("CHa", "1")[0]
		old.reply(old.sends("1")[0], `{"index":0}`)
		stored(t, one, 0)
		s.refuseWith(nil)
		old.close(wire.CloseDraining, "2")
		s.greet(greeting{})
	})
}

// A connection that was moved to and is refused leads to another attempt.
func TestDrainToRefusal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, old := s.dial(greeting{})
		old.tell(wire.EventServerDraining, `{"reconnect_within":1}`)
		fresh, _ := s.arrive()
		fresh.close(wire.CloseFull, "3")
		s.greet(greeting{})
		synctest.Wait()
		if n := a.Stats(); n.LastClose != wire.CloseFull || n.Connects != 2 {
			t.Errorf("%+v", n)
		}
		old.left()
	})
}
