package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"parley/hub"
	"parley/session/client"
	"parley/session/wire"
)

// text is the answer: a golden file of the wire format where the trial names one.
func (tr trial) text(t *testing.T) string {
	t.Helper()
	name, golden := strings.CutPrefix(tr.answer, "@")
	if !golden {
		return tr.answer
	}
	text, err := os.ReadFile(filepath.Join("..", "wire", "testdata", "answers", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

func TestMethods(t *testing.T) {
	t.Parallel()
	for _, tr := range trials() {
		t.Run(tr.method, func(t *testing.T) {
			t.Parallel()
			s := loopback(t)
			a, p := s.dial(greeting{})
			type outcome struct {
				result any
				err    error
			}
			done := make(chan outcome, 1)
			go func() {
				result, err := tr.call(t.Context(), a.Client)
				done <- outcome{result, err}
			}()
			c := p.expect(tr.method)
			if string(c.Params) != tr.params {
				t.Errorf("params %s\nexpected %s", c.Params, tr.params)
			}
			if (c.ID == nil) != (tr.answer == "") {
				t.Errorf("its id is %s", c.ID)
			}
			if tr.answer != "" {
				p.reply(c, tr.text(t))
			}
			o := next(t, done, "the result")
			if o.err != nil || tr.good != nil && !tr.good(o.result) {
				t.Errorf("result %+v, %v", o.result, o.err)
			}
		})
	}
}

// No method of the protocol is missing.
func TestMethodsComplete(t *testing.T) {
	t.Parallel()
	tried := map[string]bool{wire.MethodConnect: true}
	for _, tr := range trials() {
		tried[tr.method] = true
	}
	for _, name := range wire.Methods() {
		if !tried[name] {
			t.Errorf("%s is not tried", name)
		}
	}
}

func TestMethodsFail(t *testing.T) {
	t.Parallel()
	for _, tr := range trials() {
		if tr.answer == "" || tr.method == wire.MethodMessageSend {
			continue
		}
		t.Run(tr.method, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := pipes(t)
				a, p := s.dial(greeting{})
				failed := make(chan error, 1)
				call := func(ctx context.Context) {
					go func() {
						_, err := tr.call(ctx, a.Client)
						failed <- err
					}()
				}
				call(t.Context())
				p.fail(p.expect(tr.method), 50107, `{"status":403,"definite":true}`)
				var e *client.Error
				if err := next(t, failed, "the error"); !errors.As(err, &e) || e.Code != hub.CodeForbidden || e.Op != tr.method {
					t.Errorf("refused: %v", err)
				}
				if tr.good != nil {
					call(t.Context())
					p.reply(p.expect(tr.method), `[1]`)
					if err := next(t, failed, "the error"); !errors.As(err, &e) || e.Definite {
						t.Errorf("answered with nonsense: %v", err)
					}
				}
				ctx, cancel := context.WithCancel(t.Context())
				call(ctx)
				p.expect(tr.method)
				cancel()
				if err := next(t, failed, "the error"); !errors.Is(err, context.Canceled) || !errors.As(err, &e) {
					t.Errorf("given up: %v", err)
				}
				call(ctx)
				if err := next(t, failed, "the error"); !errors.As(err, &e) || !e.Definite {
					t.Errorf("given up before: %v", err)
				}
			})
		})
	}
}

func TestCall(t *testing.T) {
	t.Parallel()
	s := loopback(t)
	a, p := s.dial(greeting{})
	var e *client.Error
	if _, err := a.Call(t.Context(), "odd", func() {}); !errors.As(err, &e) || !e.Definite {
		t.Errorf("params that are not JSON: %v", err)
	}
	got := make(chan json.RawMessage, 1)
	go func() {
		result, err := a.Call(t.Context(), "odd", map[string]int{"n": 1})
		if err != nil {
			t.Error(err)
		}
		got <- result
	}()
	c := p.expect("odd")
	p.reply(c, `"x"`)
	if result := next(t, got, "the result"); string(c.Params) != `{"n":1}` || string(result) != `"x"` {
		t.Errorf("called with %s, got %s", c.Params, result)
	}
}

// Subscriptions to users are renewed on the next connection, and the state there is told.
func TestSubscriptionsRenewed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := pipes(t)
		a, p := s.dial(greeting{})
		for _, identity := range []string{"bob", "eve"} {
			done := make(chan error, 1)
			go func() { _, err := a.SubscribeUser(t.Context(), identity); done <- err }()
			p.reply(p.expect(wire.MethodUserSubscribe), `{"identity":"`+identity+`"}`)
			if err := next(t, done, "the subscription"); err != nil {
				t.Fatal(err)
			}
		}
		done := make(chan error, 1)
		go func() { done <- a.UnsubscribeUser(t.Context(), "eve") }()
		p.reply(p.expect(wire.MethodUserUnsubscribe), `{}`)
		if err := next(t, done, "the end of it"); err != nil {
			t.Fatal(err)
		}
		p.cut()
		p, _ = s.greet(greeting{})
		p.expect(wire.MethodUserSubscribe)
		p.cut() // before it was answered
		p, _ = s.greet(greeting{})
		p.reply(p.expect(wire.MethodUserSubscribe), `{"identity":"bob","is_online":true}`)
		a.told(client.EventConnected, client.EventConnected)
		if e := a.event(wire.EventUserUpdated); e.User.Identity != "bob" || !*e.User.IsOnline {
			t.Errorf("told %+v", e.User)
		}
		if len(p.calls) != 0 {
			t.Errorf("%d more calls", len(p.calls))
		}
	})
}
