package rest_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"testing"
	"time"

	"parley/hub"
	"parley/session/client"
	"parley/web/rest"
)

// in connects somebody who must get in, until the test ends.
func (p *place) in(raw string) *client.Client {
	p.t.Helper()
	c, err := p.connect(raw)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(c.Close)
	return c
}

// out waits until a client ended for good, and gives the close that did it.
func (p *place) out(c *client.Client) client.CloseCode {
	p.t.Helper()
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	select {
	case <-c.Done():
		e, _ := errors.AsType[*client.Error](c.Err())
		if e == nil {
			p.t.Fatalf("ended with %v", c.Err())
		}
		return e.Close
	case <-deadline.C:
		p.t.Fatal("the client was not ended in time")
		return 0
	}
}

// done asks for what must succeed, twice: the second time there is nothing to do.
func (p *place) done(method, path string) {
	p.t.Helper()
	for range 2 {
		if a := p.ask(method, path); a.status != http.StatusNoContent || a.raw != "" || len(a.header.Get("Twilio-Request-Id")) != 34 {
			p.t.Fatalf("%s %s: %d %s", method, path, a.status, a.raw)
		}
	}
}

// TestBar: whoever is barred is out everywhere at once and does not get in again, until the bar is lifted. It is the same
// for identities that a path could garble, and others do not notice.
func TestBar(t *testing.T) {
	p := newPlace(t)
	bystander := p.in("bob")
	for _, identity := range []string{"ann", "ann/../bob", "a//b", "..", "Zoë 😀?#%2F"} {
		path := "/v1/parley/Users/" + url.PathEscape(identity) + "/Bar"
		if identity == ".." {
			path = "/v1/parley/Users/%2E%2E/Bar" // a client would tidy it away
		}
		first, second := p.in(identity), p.in(identity)
		p.done(http.MethodPost, path)
		for _, c := range []*client.Client{first, second} {
			if code := p.out(c); code != 4403 {
				t.Errorf("%q: closed with %d", identity, code)
			}
		}
		_, err := p.connect(identity)
		e, _ := errors.AsType[*client.Error](err)
		if e == nil || e.Code != hub.CodeBarred || e.Close != 4403 {
			t.Fatalf("%q: connecting gave %v", identity, err)
		}
		p.done(http.MethodDelete, path)
		p.in(identity)
	}
	if bystander.State() != client.StateConnected {
		t.Errorf("another is %v", bystander.State())
	}
}

// TestBarOfService: a bar holds for one service, the one in the path or the default one.
func TestBarOfService(t *testing.T) {
	p := newPlace(t)
	other := p.newService()
	here, there := p.in("ann"), p.in("ann@"+string(other))
	p.done(http.MethodPost, "/v1/parley/Services/"+string(other)+"/Users/ann/Bar")
	if code := p.out(there); code != 4403 {
		t.Errorf("closed with %d", code)
	}
	if here.State() != client.StateConnected {
		t.Errorf("the namesake of the other service is %v", here.State())
	}
	p.done(http.MethodDelete, "/v1/parley/Services/"+string(other)+"/Users/ann/Bar")
	p.in("ann@" + string(other))
}

// TestBarBeforeTheFirstSight: someone who was never here can be shut out.
func TestBarBeforeTheFirstSight(t *testing.T) {
	p := newPlace(t)
	p.done(http.MethodPost, "/v1/parley/Users/eve/Bar")
	if c, err := p.connect("eve"); err == nil {
		c.Close()
		t.Error("she got in")
	}
}

// TestEndSession: a session is told to come back, and does; it is another one then, and no other session ends.
func TestEndSession(t *testing.T) {
	p := newPlace(t)
	ended := make(chan error, 10)
	c, err := client.Dial(t.Context(), client.Config{
		URL: "ws://" + p.addr + "/v1/ws", HTTPClient: p.http,
		Token: func(context.Context) (string, error) { return "ann", nil },
		OnState: func(ch client.Change) {
			if ch.State == client.StateWaiting {
				ended <- ch.Err
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	bystander, before := p.in("ann"), c.Session().Session
	p.done(http.MethodDelete, "/v1/parley/Sessions/"+before)
	var e *client.Error
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	select {
	case err := <-ended:
		e, _ = errors.AsType[*client.Error](err)
	case <-deadline.C:
	}
	if e == nil || e.Close != 1012 {
		t.Fatalf("ended with %v", e)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := c.Await(ctx, client.StateConnected); err != nil {
		t.Fatal(err)
	}
	if c.Session().Session == before || bystander.State() != client.StateConnected {
		t.Errorf("the session is %s as before, the other one is %v", before, bystander.State())
	}
	p.done(http.MethodDelete, "/v1/parley/Sessions/nobody")
}

// TestHubs: the account is told which hubs live.
func TestHubs(t *testing.T) {
	p := newPlaceWith(t, func(cfg *rest.Config) {
		cfg.Hubs = func(context.Context) []hub.Card {
			return []hub.Card{{ID: "a-1", Name: "a", Rooms: 7}, {ID: "b-1", Name: "b"}}
		}
	})
	all := p.get("/v1/parley/Hubs")["hubs"].([]any)
	if one := all[0].(map[string]any); len(all) != 2 || one["name"] != "a" || one["rooms"] != 7.0 {
		t.Errorf("%v", all)
	}
	if a := p.askAs(http.MethodGet, "/v1/parley/Hubs", "nobody", "no"); a.status != http.StatusUnauthorized {
		t.Errorf("a stranger: %d", a.status)
	}
	if none := newPlace(t).get("/v1/parley/Hubs")["hubs"].([]any); len(none) != 0 {
		t.Errorf("where none are told: %v", none)
	}
}
