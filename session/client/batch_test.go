package client_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"parley/session/client"
	"parley/session/wire"
)

// What waits goes out in one frame, in order, as long as it fits; unanswered calls are bounded.
func TestBatches(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{})
		p.cut()
		a.enters(client.StateWaiting)
		nonces := make([]string, 70)
		for i := range nonces {
			nonces[i] = fmt.Sprint(i)
		}
		all := a.enqueue("CHa", nonces...)
		p, _ = s.greet(greeting{})
		calls := p.sends(nonces[:64]...)
		if calls[0].frame != calls[63].frame || !strings.HasPrefix(calls[0].frame, `[{"jsonrpc":"2.0","id":`) {
			t.Errorf("sent in more than one frame: %.80s", calls[63].frame)
		}
		synctest.Wait()
		if len(p.calls) != 0 {
			t.Errorf("%d more are under way", len(p.calls))
		}
		frame := make([]string, len(calls))
		for i, c := range calls {
			frame[i] = reply(c, fmt.Sprintf(`{"index":%d}`, i))
		}
		p.send("[" + strings.Join(frame, ",") + "]")
		for i, c := range p.sends(nonces[64:]...) {
			p.reply(c, fmt.Sprintf(`{"index":%d}`, 64+i))
		}
		for i, s := range all {
			stored(t, s, int64(i))
		}
	})
}

func TestBatchesFit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{frame: 3000})
		p.cut()
		a.enters(client.StateWaiting)
		for range 20 {
			if _, err := a.Enqueue("CHa", client.Draft{Body: strings.Repeat("x", 1000)}); err != nil {
				t.Fatal(err)
			}
		}
		p, _ = s.greet(greeting{frame: 3000})
		for range 20 {
			if c := p.expect(wire.MethodMessageSend); len(c.frame) > 3000 {
				t.Errorf("a frame of %d bytes", len(c.frame))
			}
		}
	})
}

// Over real sockets too, a message outlives cuts before and after its storing.
func TestCutsOverLoopback(t *testing.T) {
	t.Parallel()
	s := loopback(t)
	a, p := s.dial(greeting{list: listed("CHa", 4)}, func(c *client.Config) { c.Backoff.First = 1 })
	all := a.enqueue("CHa", "1", "2")
	p.sends("1", "2")
	p.cut()
	p, _ = s.greet(greeting{list: listed("CHa", 5)})
	sent := p.sends("1", "2")
	p.reply(sent[0], `{"index":0}`)
	stored(t, all[0], 0)
	p.cut()
	p, c := s.greet(greeting{list: listed("CHa", 6)})
	sameRevisions(t, "resumed with", c.Resume, revisions{"CHa": 4})
	p.reply(p.sends("2")[0], `{"index":1}`)
	p.send("[" + event(wire.EventMessageAdded, at("CHa", 5, `,"replay":true`, said(0))) + "," +
		event(wire.EventMessageAdded, at("CHa", 6, `,"replay":true`, said(1))) + "]")
	stored(t, all[1], 1)
	a.told(client.EventConnected, client.EventConnected, "messageAdded CHa 5", "messageAdded CHa 6")
}

func TestStates(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{})
		if err := a.Await(t.Context(), client.StateConnected); err != nil {
			t.Error(err)
		}
		awaited := make(chan error, 1)
		go func() { awaited <- a.Await(t.Context(), client.StateWaiting) }()
		synctest.Wait()
		p.cut()
		if err := next(t, awaited, "the state"); err != nil {
			t.Error(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := a.Await(ctx, client.StateClosed); !errors.Is(err, context.Canceled) {
			t.Errorf("Await gave %v", err)
		}
		s.greet(greeting{})
		if err := a.Await(t.Context(), client.StateConnected); err != nil {
			t.Error(err)
		}
		a.Close()
		a.Close() // twice is fine
		var names []string
		for len(a.states) > 0 {
			names = append(names, (<-a.states).State.String())
		}
		if got := strings.Join(names, " "); got != "connecting connected waiting connecting connected closed" {
			t.Errorf("states %s", got)
		}
	})
}
