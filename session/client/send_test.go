package client_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"parley/hub"
	"parley/session/client"
	"parley/session/wire"
)

// enqueue hands over messages with the given nonces.
func (a *app) enqueue(conversation string, nonces ...string) (all []*client.Sending) {
	a.t.Helper()
	for _, nonce := range nonces {
		s, err := a.Enqueue(conversation, client.Draft{Body: "hello", Nonce: nonce})
		if err != nil {
			a.t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

// sends takes as many sends as there are nonces, in that order.
func (p *peer) sends(nonces ...string) (all []call) {
	p.t.Helper()
	for _, nonce := range nonces {
		c := p.expect(wire.MethodMessageSend)
		if got := c.has(p.t, "nonce"); got != `"`+nonce+`"` {
			p.t.Fatalf("sent was %s, expected %s", got, nonce)
		}
		all = append(all, c)
	}
	return all
}

// stored checks that a message was acknowledged with an index.
func stored(t *testing.T, s *client.Sending, index int64) {
	t.Helper()
	next(t, asDone(s), "the end of "+s.Nonce())
	if m, err := s.Wait(t.Context()); err != nil || m.Index != index {
		t.Errorf("%s: %+v, %v; expected was index %d", s.Nonce(), m, err, index)
	}
}

func asDone(s *client.Sending) <-chan bool {
	c := make(chan bool, 1)
	go func() { <-s.Done(); c <- true }()
	return c
}

func TestSend(t *testing.T) {
	t.Parallel()
	s := loopback(t)
	a, p := s.dial(greeting{})
	index := int64(2)
	sent := make(chan *client.Message, 1)
	go func() {
		m, err := a.Send(t.Context(), "CHa", client.Draft{
			Body: "hi", Subject: "s", Attributes: []byte(`{"a":1}`), Media: []string{"ME1"}, ReplyTo: &index, Nonce: "n",
		})
		if err != nil {
			t.Error(err)
		}
		sent <- m
	}()
	c := p.expect(wire.MethodMessageSend)
	want := `{"conversation":"CHa","body":"hi","subject":"s","attributes":{"a":1},"media":["ME1"],"reply_to":2,"nonce":"n"}`
	if string(c.Params) != want {
		t.Errorf("sent %s\nexpected %s", c.Params, want)
	}
	p.reply(c, `{"sid":"IM1","index":3,"nonce":"n"}`)
	if m := next(t, sent, "the message"); m.SID != "IM1" || m.Index != 3 {
		t.Errorf("got %+v", m)
	}
	if one, two := a.enqueue("CHa", "")[0], a.enqueue("CHa", "")[0]; one.Nonce() == "" || one.Nonce() == two.Nonce() {
		t.Errorf("nonces made: %q, %q", one.Nonce(), two.Nonce())
	}
}

// A cut before the ack, whether the server stored the message or not: it is sent again with its nonce, in order, before
// what was handed over later.
func TestCutBeforeAck(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{})
		all := a.enqueue("CHa", "1", "2", "3")
		sent := p.sends("1", "2", "3")
		p.reply(sent[1], `{"index":1}`) // acks come in any order
		stored(t, all[1], 1)
		p.cut()
		synctest.Wait()
		all = append(all, a.enqueue("CHa", "4")...)
		if n := len(a.Outbox()); n != 3 || a.Outbox()[0].Draft.Nonce != "1" || a.Outbox()[2].Conversation != "CHa" {
			t.Errorf("outbox %+v", a.Outbox())
		}
		p, _ = s.greet(greeting{})
		for i, c := range p.sends("1", "3", "4") {
			p.reply(c, fmt.Sprintf(`{"index":%d}`, i*10))
		}
		stored(t, all[0], 0)
		stored(t, all[2], 10)
		stored(t, all[3], 20)
		if n := a.Stats().Resent; n != 2 {
			t.Errorf("%d resent", n)
		}
		if n := a.Stats().Outbox; n != 0 {
			t.Errorf("%d in the outbox", n)
		}
	})
}

// A cut after the ack, and acks that come twice, send nothing again.
func TestCutAfterAck(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{})
		one := a.enqueue("CHa", "1")[0]
		c := p.sends("1")[0]
		p.send("[" + reply(c, `{"index":0}`) + "," + reply(c, `{"index":9}`) + "]")
		p.reply(c, `{"index":8}`)
		stored(t, one, 0)
		p.cut()
		p, _ = s.greet(greeting{})
		p.reply(c, `{"index":7}`)
		two := a.enqueue("CHa", "2")[0]
		p.reply(p.sends("2")[0], `{"index":1}`)
		stored(t, two, 1)
		if n := a.Stats().Strays; n != 3 {
			t.Errorf("%d strays", n)
		}
	})
}

func TestRefusedForGood(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{})
		one := a.enqueue("CHa", "1")[0]
		p.fail(p.sends("1")[0], 50350, `{"status":404,"definite":true}`)
		_, err := one.Wait(t.Context())
		var e *client.Error
		if !errors.As(err, &e) || e.Code != hub.CodeConversationAbsent || e.Status != 404 || !e.Definite || e.Op != "message.send" {
			t.Errorf("refused with %+v", err)
		}
		if !errors.Is(err, hub.ErrAbsent) || errors.Is(err, hub.Errorf(hub.CodeClosed, "")) {
			t.Errorf("%v is not what it is", err)
		}

		// Where an earlier attempt may have been stored, a later refusal proves nothing.
		two := a.enqueue("CHa", "2")[0]
		p.sends("2")
		p.cut()
		p, _ = s.greet(greeting{})
		p.fail(p.sends("2")[0], 50350, `{"status":404,"definite":true}`)
		if _, err := two.Wait(t.Context()); !errors.As(err, &e) || e.Definite {
			t.Errorf("refused with %+v", err)
		}
	})
}

// The error of a send that is given up says whether it may have happened.
func TestSendGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{})
		send := func(ctx context.Context, nonce string) <-chan error {
			failed := make(chan error, 1)
			go func() {
				_, err := a.Send(ctx, "CHa", client.Draft{Nonce: nonce})
				failed <- err
			}()
			return failed
		}
		givenUp := func(err error, definite bool) {
			t.Helper()
			var e *client.Error
			if !errors.As(err, &e) || !errors.Is(err, context.Canceled) || e.Definite != definite {
				t.Errorf("%+v, definite should be %v", err, definite)
			}
			if strings.Contains(err.Error(), "unknown") == definite {
				t.Errorf("it reads %q", err)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		failed := send(ctx, "written")
		c := p.sends("written")[0]
		cancel()
		givenUp(next(t, failed, "the error"), false)
		p.reply(c, `{"index":0}`) // too late

		p.cut()
		synctest.Wait()
		ctx, cancel = context.WithCancel(t.Context())
		failed = send(ctx, "waiting")
		synctest.Wait()
		cancel()
		givenUp(next(t, failed, "the error"), true)
		givenUp(<-send(ctx, "too late"), true)

		p, _ = s.greet(greeting{})
		a.enqueue("CHa", "next") // none of the others was kept
		p.sends("next")
	})
}

func TestOutboxFull(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{}, func(c *client.Config) { c.MaxOutbox = 2 })
		a.enqueue("CHa", "1", "2")
		var e *client.Error
		if _, err := a.Enqueue("CHa", client.Draft{}); !errors.Is(err, client.ErrOutboxFull) || !errors.As(err, &e) || !e.Definite {
			t.Errorf("a third: %v", err)
		}
		p.reply(p.sends("1", "2")[0], `{"index":0}`)
		synctest.Wait()
		a.enqueue("CHa", "3")
		p.sends("3")
	})
}

// What the server would end the connection for is not sent.
func TestTooLarge(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{frame: 2000})
		large := client.Draft{Nonce: "1", Body: strings.Repeat("x", 1500)}
		one, err := a.Enqueue("CHa", large)
		if err != nil {
			t.Fatal(err)
		}
		p.sends("1")
		large.Body += large.Body
		if _, err := a.Enqueue("CHa", large); !errors.Is(err, client.ErrTooLarge) {
			t.Errorf("a large one: %v", err)
		}
		p.cut()
		p, _ = s.greet(greeting{frame: 1000}) // this one takes less
		a.enqueue("CHa", "2")
		p.sends("2")
		var e *client.Error
		if _, err := one.Wait(t.Context()); !errors.Is(err, client.ErrTooLarge) || !errors.As(err, &e) || e.Definite {
			t.Errorf("one that is too large now: %v", err)
		}
	})
}

func TestFlush(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{})
		all := a.enqueue("CHa", "1", "2")
		flushed := make(chan error, 1)
		go func() { flushed <- a.Flush(t.Context()) }()
		sent := p.sends("1", "2")
		p.reply(sent[0], `{"index":0}`)
		synctest.Wait()
		select {
		case err := <-flushed:
			t.Fatalf("flushed too early: %v", err)
		default:
		}
		all[1].Cancel()
		if err := next(t, flushed, "Flush"); err != nil {
			t.Error(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		waiting := a.enqueue("CHa", "3")[0]
		if err := a.Flush(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Flush gave %v", err)
		}
		if _, err := waiting.Wait(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Wait gave %v", err)
		}
		a.Close()
		if _, err := waiting.Wait(t.Context()); !errors.Is(err, client.ErrClosed) {
			t.Errorf("Wait gave %v after Close", err)
		}
	})
}
