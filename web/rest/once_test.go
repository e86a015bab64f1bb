package rest_test

import (
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"

	"parley/hub"
)

// TestOnce: a request that is sent again with its key is not carried out again, however many are under way.
func TestOnce(t *testing.T) {
	p := newPlace(t)
	key := http.Header{"Idempotency-Key": {"k1"}}
	var group sync.WaitGroup
	answers := make([]answer, 8)
	for i := range answers {
		group.Go(func() {
			answers[i] = p.sendWith(http.MethodPost, "/v1/Conversations", key, "FriendlyName", "x", "UniqueName", "one")
		})
	}
	group.Wait()
	first := answers[0].object(t)
	repeated := 0
	for _, a := range answers {
		if a.status != 201 || !reflect.DeepEqual(a.object(t), first) {
			t.Errorf("%d %s", a.status, a.raw)
		}
		if a.header.Get("Idempotent-Replayed") == "true" {
			repeated++
		}
	}
	if repeated != len(answers)-1 {
		t.Errorf("%d were repeated", repeated)
	}
	at := "/v1/Conversations/" + first["sid"].(string)
	p.post(at, 200, "FriendlyName", "y")
	if a := p.sendWith(http.MethodPost, "/v1/Conversations", key, "UniqueName", "one", "FriendlyName", "x"); a.object(t)["friendly_name"] != "y" {
		t.Errorf("it is as it is now: %s", a.raw)
	}
	p.sendWith(http.MethodPost, "/v1/Conversations", key, "FriendlyName", "z").want(t, "for another request", 422, 50252)
	foreign := "/v1/Services/" + string(p.newService()) + "/Conversations"
	if a := p.sendWith(http.MethodPost, foreign, key, "FriendlyName", "x"); a.status != 201 || a.header.Get("Idempotent-Replayed") != "" {
		t.Errorf("another service: %d %s", a.status, a.raw)
	}
	p.send(http.MethodDelete, at)
	p.sendWith(http.MethodPost, "/v1/Conversations", key, "FriendlyName", "x", "UniqueName", "one").want(t, "gone", 404, 20404)
}

// TestOnceOfChanges: a change is not made again over what came after it.
func TestOnceOfChanges(t *testing.T) {
	p := newPlace(t)
	at := "/v1/Conversations/" + p.post("/v1/Conversations", 201)["sid"].(string)
	key := http.Header{"Idempotency-Key": {"k2"}}
	p.sendWith(http.MethodPost, at, key, "FriendlyName", "first")
	p.post(at, 200, "FriendlyName", "second")
	if a := p.sendWith(http.MethodPost, at, key, "FriendlyName", "first"); a.status != 200 || a.object(t)["friendly_name"] != "second" {
		t.Errorf("%d %s", a.status, a.raw)
	}
}

// TestOnceAfterFailure: what was refused may be asked for again.
func TestOnceAfterFailure(t *testing.T) {
	p := newPlace(t)
	key := http.Header{"Idempotency-Key": {"k3"}}
	p.post("/v1/Conversations", 201, "UniqueName", "taken")
	p.sendWith(http.MethodPost, "/v1/Conversations", key, "UniqueName", "taken").want(t, "taken", 409, int(hub.CodeUniqueNameTaken))
	p.send(http.MethodDelete, "/v1/Conversations/taken")
	if a := p.sendWith(http.MethodPost, "/v1/Conversations", key, "UniqueName", "taken"); a.status != 201 {
		t.Errorf("%d %s", a.status, a.raw)
	}
	for _, bad := range []string{"", strings.Repeat("x", 256)} {
		p.sendWith(http.MethodPost, "/v1/Conversations", http.Header{"Idempotency-Key": {bad}}).want(t, "a bad key", 400, 50251)
	}
}
