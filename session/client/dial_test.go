package client_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/hub"
	"parley/session/client"
	"parley/session/wire"
)

func TestConnect(t *testing.T) {
	t.Parallel()
	s := loopback(t)
	a, dialed := s.begin(func(c *client.Config) {
		c.Name, c.Conversations, c.Header = "probe/1", 5, http.Header{"X-Probe": {"yes"}}
	})
	p, c := s.arrive()
	if got := string(c.Params); got != `{"token":"jwt","client":"probe/1","conversations":5}` {
		t.Errorf("connect with %s", got)
	}
	if p.request.URL.Path != "/v1/ws" || p.request.Header.Get("X-Probe") != "yes" || p.ws.Subprotocol() != wire.Subprotocol {
		t.Errorf("opened %s with %v", p.request.URL, p.request.Header)
	}
	p.reply(c, greeting{list: listed("CHa", 4)}.String())
	if err := next(t, dialed, "Dial"); err != nil {
		t.Fatal(err)
	}
	e := a.event(client.EventConnected)
	if e.EpochChanged || e.Session.Epoch != "e1" || e.Session.Conversations[0].SID != "CHa" {
		t.Errorf("connected with %+v", e.Session)
	}
	if a.Session().User.Identity != "alice" || a.State() != client.StateConnected || a.Err() != nil {
		t.Errorf("session %+v, state %v", a.Session(), a.State())
	}
	a.Close()
	if code := p.left(); code != int(wire.CloseGoodbye) {
		t.Errorf("the client left with %d", code)
	}
	if ch := a.enters(client.StateClosed); ch.Err != nil || a.Err() != nil {
		t.Errorf("closed with %v", ch.Err)
	}
}

func TestConnectRefused(t *testing.T) {
	t.Parallel()
	s := loopback(t)
	_, dialed := s.begin()
	p, c := s.arrive()
	p.fail(c, 20104, `{"status":401,"definite":true}`)
	p.close(wire.CloseToken, "token expired")
	var e *client.Error
	if err := next(t, dialed, "Dial"); !errors.As(err, &e) {
		t.Fatalf("Dial gave %v", err)
	}
	if e.Code != hub.CodeTokenExpired || e.Status != 401 || !e.Definite || e.Close != wire.CloseToken {
		t.Errorf("refused with %+v", e)
	}
}

func TestClosedInsteadOfAnswer(t *testing.T) {
	t.Parallel()
	s := loopback(t)
	_, dialed := s.begin()
	p, _ := s.arrive()
	p.close(wire.CloseFull, "7")
	var e *client.Error
	if err := next(t, dialed, "Dial"); !errors.As(err, &e) || e.Close != wire.CloseFull || e.RetryAfter != 7*time.Second {
		t.Fatalf("Dial gave %v", err)
	}
}

func TestUpgradeRefused(t *testing.T) {
	t.Parallel()
	s := loopback(t)
	s.refuseWith(func(w http.ResponseWriter) {
		w.Header().Set("Retry-After", "3")
		http.Error(w, "no", http.StatusServiceUnavailable)
	})
	_, dialed := s.begin()
	var e *client.Error
	if err := next(t, dialed, "Dial"); !errors.As(err, &e) || e.Status != 503 || e.RetryAfter != 3*time.Second {
		t.Fatalf("Dial gave %v", err)
	}
}

func TestNoToken(t *testing.T) {
	t.Parallel()
	s := loopback(t)
	broken := errors.New("no tokens today")
	_, dialed := s.begin(func(c *client.Config) {
		c.Token = func(context.Context) (string, error) { return "", broken }
	})
	if err := next(t, dialed, "Dial"); !errors.Is(err, broken) {
		t.Fatalf("Dial gave %v", err)
	}
}

func TestDialGivenUp(t *testing.T) {
	t.Parallel()
	s := loopback(t)
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error, 1)
	go func() {
		_, err := client.Dial(ctx, s.config())
		failed <- err
	}()
	p, _ := s.arrive()
	cancel()
	if err := next(t, failed, "Dial"); !errors.Is(err, context.Canceled) {
		t.Fatalf("Dial gave %v", err)
	}
	p.left()
}

func TestConfig(t *testing.T) {
	t.Parallel()
	token := tokens("jwt")
	for name, config := range map[string]client.Config{
		"no token":   {URL: "ws://localhost"},
		"no URL":     {Token: token},
		"bad scheme": {URL: "ftp://localhost", Token: token},
		"bad URL":    {URL: "ws://local host", Token: token},
		"long list":  {URL: "ws://localhost", Token: token, Conversations: 1001},
		"long name":  {URL: "ws://localhost", Token: token, Name: strings.Repeat("n", 101)},
		"no outbox":  {URL: "ws://localhost", Token: token, MaxOutbox: -1},
		"no events":  {URL: "ws://localhost", Token: token, MaxEvents: -1},
	} {
		if _, err := client.Dial(t.Context(), config); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

// What comes in the frame of the answer to connect, or before it, is not lost.
func TestFirstFrame(t *testing.T) {
	t.Parallel()
	s := loopback(t)
	a, dialed := s.begin()
	p, c := s.arrive()
	p.send("[" + reply(c, greeting{list: listed("CHa", 4)}.String()) + "," + event(wire.EventMessageAdded, at("CHa", 5, said(0))) + "]")
	if err := next(t, dialed, "Dial"); err != nil {
		t.Fatal(err)
	}
	a.told(client.EventConnected, "messageAdded CHa 5")
}
