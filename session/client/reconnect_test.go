package client_test

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"parley/session/client"
	"parley/session/wire"
)

// The waits begin at a second, double up to two minutes and vary by a fifth; an answered connect begins anew.
func TestBackoff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{})
		s.refuseWith(func(w http.ResponseWriter) { http.Error(w, "no", http.StatusBadGateway) })
		p.cut()
		a.enters(client.StateConnected)
		for _, seconds := range []int64{1, 2, 4, 8, 16, 32, 64, 120, 120} {
			want := time.Duration(seconds) * time.Second
			if ch := a.enters(client.StateWaiting); ch.Wait < want*4/5 || ch.Wait > want*6/5 || ch.Err == nil {
				t.Errorf("waiting for %v, expected about %v", ch.Wait, want)
			}
			pass(t, 150*time.Second, func() bool { return a.State() == client.StateWaiting && len(a.states) > 0 })
		}
		s.refuseWith(nil)
		pass(t, 150*time.Second, func() bool { return len(s.peers) > 0 })
		p, _ = s.greet(greeting{})
		a.enters(client.StateConnected)
		p.cut()
		if ch := a.enters(client.StateWaiting); ch.Wait > 1200*time.Millisecond {
			t.Errorf("waiting for %v after a success", ch.Wait)
		}
		s.greet(greeting{})
		synctest.Wait()
		if n := a.Stats(); n.Connects != 3 || n.Attempts < 11 {
			t.Errorf("%+v", n)
		}
	})
}

// pass lets time pass in a bubble until something is so.
func pass(t *testing.T, most time.Duration, until func() bool) {
	t.Helper()
	end := time.Now().Add(most)
	for !until() {
		if time.Now().After(end) {
			t.Fatal("it did not come to pass")
		}
		timer := time.NewTimer(100 * time.Millisecond)
		<-timer.C
		synctest.Wait()
	}
}

func TestCloseCodes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		code        wire.CloseCode
		reason      string
		least, most int64 // milliseconds to wait; 0, 0 for never
	}{
		"goodbye":     {code: wire.CloseGoodbye},
		"stopping":    {code: wire.CloseStopping, least: 800, most: 1200},
		"framing":     {code: wire.CloseFraming},
		"bad frames":  {code: wire.CloseBadFrames},
		"too big":     {code: wire.CloseTooBig},
		"internal":    {code: wire.CloseInternal, least: 800, most: 1200},
		"draining":    {code: wire.CloseDraining, reason: "7", least: 7000, most: 8400},
		"full":        {code: wire.CloseFull, reason: "12", least: 12000, most: 14400},
		"full, mute":  {code: wire.CloseFull, reason: "sorry", least: 800, most: 1200},
		"token":       {code: wire.CloseToken, least: 800, most: 1200},
		"barred":      {code: wire.CloseBarred},
		"no connect":  {code: wire.CloseNoConnect, least: 800, most: 1200},
		"refused":     {code: wire.CloseRefused, least: 51200, most: 76800},
		"a stranger":  {code: 4999, least: 800, most: 1200},
		"proxy's end": {code: 1014, least: 800, most: 1200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := pipes(t)
				a, p := s.dial(greeting{}, func(c *client.Config) { c.Token = tokens("old", "new") })
				p.close(c.code, c.reason)
				if c.most == 0 {
					ch := a.enters(client.StateClosed)
					var e *client.Error
					if !errors.As(ch.Err, &e) || e.Close != c.code || !errors.Is(a.Err(), ch.Err) {
						t.Errorf("closed with %v, later %v", ch.Err, a.Err())
					}
					<-a.Done()
					if err := a.Ping(t.Context()); !errors.Is(err, client.ErrClosed) {
						t.Errorf("a call afterwards: %v", err)
					}
					if err := a.Await(t.Context(), client.StateConnected); !errors.Is(err, client.ErrClosed) {
						t.Errorf("waiting for a connection afterwards: %v", err)
					}
				} else {
					wait := a.enters(client.StateWaiting).Wait
					if wait.Milliseconds() < c.least || wait.Milliseconds() > c.most {
						t.Errorf("waiting for %v", wait)
					}
					pass(t, 2*time.Minute, func() bool { return len(s.peers) > 0 })
					if _, params := s.greet(greeting{}); params.Token != "new" {
						t.Errorf("came back with the token %q", params.Token)
					}
				}
				if n := a.Stats(); n.LastClose != c.code || n.LastReason != c.reason {
					t.Errorf("last close %d %q", n.LastClose, n.LastReason)
				}
			})
		})
	}
}

// Refusals of a connect while reconnecting lead to another attempt with another token, or to the end where the close
// that follows says so.
func TestReconnectRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{}, func(c *client.Config) { c.Token = tokens("first", "second", "third", "fourth") })
		p.cut()
		p, c := s.arrive()
		if c.has(t, "token") != `"second"` {
			t.Errorf("connect with %s", c.Params)
		}
		p.fail(c, 20104, `{"status":401,"definite":true}`)
		p.close(wire.CloseToken, "")
		if _, params := s.greet(greeting{}); params.Token != "third" {
			t.Errorf("connect with %q", params.Token)
		}
		s.peer.cut()
		p, c = s.arrive()
		p.fail(c, 20003, `{"status":401,"definite":true}`)
		p.close(wire.CloseBarred, "")
		a.enters(client.StateClosed)
		var e *client.Error
		if !errors.As(a.Err(), &e) || e.Close != wire.CloseBarred || e.Code != 20003 {
			t.Errorf("closed with %v", a.Err())
		}
	})
}

// A frame that is not what it should be ends the connection; what it may have held comes again.
func TestGarbage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		for _, frame := range []string{`{`, `[1]`, event(wire.EventMessageAdded, `{"revision":"x"}`)} {
			a, p := s.dial(greeting{list: listed("CHa", 4)})
			p.send(frame)
			_, c := s.greet(greeting{})
			sameRevisions(t, "resumed with", c.Resume, revisions{"CHa": 4})
			a.Close()
		}
	})
}

// Calls not written yet wait for the connection; reads under way are made again; others fail, their outcome unknown.
func TestCallsOverReconnect(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{})
		wrote, read := make(chan error, 1), make(chan error, 1)
		go func() { _, err := a.Join(t.Context(), "CHa"); wrote <- err }()
		p.expect(wire.MethodConversationJoin)
		go func() { _, err := a.Roles(t.Context(), ""); read <- err }()
		p.expect(wire.MethodRoleList)
		p.cut()
		var e *client.Error
		err := next(t, wrote, "the end of the write")
		if !errors.Is(err, client.ErrConnectionLost) || !errors.As(err, &e) || e.Definite {
			t.Errorf("a write under way: %v", err)
		}
		late := make(chan error, 1)
		go func() { late <- a.Leave(t.Context(), "CHa") }()
		synctest.Wait()
		if err := a.Typing(t.Context(), "CHa"); !errors.Is(err, client.ErrNotConnected) {
			t.Errorf("typing without a connection: %v", err)
		}
		p, _ = s.greet(greeting{})
		p.reply(p.expect(wire.MethodRoleList), `{"roles":[]}`)
		p.reply(p.expect(wire.MethodConversationLeave), `{}`)
		if err := errors.Join(next(t, read, "the read"), next(t, late, "the late write")); err != nil {
			t.Error(err)
		}
	})
}

// Close ends what is waiting, whatever the client was doing.
func TestCloseWhileWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{})
		p.cut()
		a.enters(client.StateWaiting)
		failed := make(chan error, 1)
		go func() { failed <- a.Ping(t.Context()) }()
		synctest.Wait()
		a.Close()
		var e *client.Error
		if err := next(t, failed, "the error"); !errors.Is(err, client.ErrClosed) || !errors.As(err, &e) || !e.Definite {
			t.Errorf("a call that was waiting: %v", err)
		}
		if _, err := a.Enqueue("CHa", client.Draft{}); !errors.Is(err, client.ErrClosed) {
			t.Errorf("a message afterwards: %v", err)
		}
	})
}

// A server that does not answer the goodbye is left all the same.
func TestCloseOfDeafServer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{})
		deaf := make(chan struct{})
		p.hold(deaf)
		a.enqueue("CHa", "1")
		p.sends("1")
		began := time.Now()
		a.Close()
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("it took %v", took)
		}
		close(deaf)
	})
}
