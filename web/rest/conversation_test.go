package rest_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	"parley/web/rest"
)

// TestConversation: what is made is found by its sid and by its name, in its own service alone, and the addresses in it lead
// there.
func TestConversation(t *testing.T) {
	p := newPlace(t)
	made := p.post("/v1/Conversations", 201, "FriendlyName", "Ann & Bob", "UniqueName", "a/b", "Attributes", `{"a":[1]}`,
		"Timers.Closed", "PT10M", "Unknown", "ignored")
	id, _ := made["sid"].(string)
	at := "http://" + p.addr + "/v1/Conversations/" + id
	want := object{
		"account_sid": account, "chat_service_sid": string(p.service), "messaging_service_sid": nil, "sid": id,
		"friendly_name": "Ann & Bob", "unique_name": "a/b", "attributes": `{"a":[1]}`, "state": "active",
		"date_created": made["date_created"], "date_updated": made["date_created"],
		"timers":   map[string]any{"date_closed": made["timers"].(map[string]any)["date_closed"]},
		"bindings": map[string]any{}, "url": at,
		"links": map[string]any{
			"participants": at + "/Participants", "messages": at + "/Messages", "webhooks": at + "/Webhooks", "export": at + "/Export",
		},
		"revision": 1.0, "created_by": "system", "participants_count": 0.0, "messages_count": 0.0, "last_message": nil,
	}
	if !reflect.DeepEqual(made, want) {
		t.Errorf("made\n%v, want\n%v", made, want)
	}
	if s, _ := made["date_created"].(string); len(s) != len("2015-12-16T22:18:37Z") || !strings.HasSuffix(s, "Z") {
		t.Errorf("date_created is %q", s)
	}
	for _, path := range []string{"/v1/Conversations/" + id, "/v1/Conversations/a%2Fb", at} {
		if got := p.get(path); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v", path, got)
		}
	}
	scoped := "/v1/Services/" + string(p.service) + "/Conversations/" + id
	if got := p.get(scoped); got["url"] != "http://"+p.addr+scoped {
		t.Errorf("in its service its address is %v", got["url"])
	}
	foreign := "/v1/Services/" + string(p.newService()) + "/Conversations/" + id
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
		p.send(method, foreign, "FriendlyName", "x").want(t, method+" of another service's", 404, 20404)
	}
	if got := p.post("/v1/Conversations/"+id, 200, "UniqueName", "", "State", "inactive"); got["unique_name"] != nil || got["state"] != "inactive" {
		t.Errorf("changed to %v", got)
	}
	p.send(http.MethodGet, "/v1/Conversations/a%2Fb").want(t, "by the name that it had", 404, 20404)
	if a := p.send(http.MethodDelete, "/v1/Conversations/"+id); a.status != 204 || a.raw != "" {
		t.Errorf("deleting: %d %s", a.status, a.raw)
	}
	p.send(http.MethodGet, "/v1/Conversations/"+id).want(t, "deleted", 404, 20404)
}

// TestOtherBodies: parameters come as a form and as nothing else.
func TestOtherBodies(t *testing.T) {
	p := newPlace(t)
	json := http.Header{"Content-Type": {"application/json"}}
	p.sendWith(http.MethodPost, "/v1/Conversations", json, "FriendlyName", "x").want(t, "JSON", 415, 20415)
	p.post("/v1/Conversations", 201)
	p.send(http.MethodPost, "/v1/Conversations", "Attributes", "{").want(t, "bad attributes", 400, 50304)
}

// TestShare: pages of other origins may ask what they have credentials for, and see the answer.
func TestShare(t *testing.T) {
	p := newPlace(t)
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodOptions, "http://"+p.addr+"/v1/Conversations", nil)
	r.Header.Set("Origin", "https://app.test")
	r.Header.Set("Access-Control-Request-Method", "POST")
	a := p.do(r)
	if a.status != 204 || a.header.Get("Access-Control-Allow-Origin") != "*" ||
		!strings.Contains(a.header.Get("Access-Control-Allow-Headers"), "Authorization") ||
		a.header.Get("Access-Control-Allow-Methods") != "GET, POST, DELETE, OPTIONS" {
		t.Errorf("preflight: %d %v", a.status, a.header)
	}
	a = p.sendWith(http.MethodGet, "/v1/Conversations/none", http.Header{"Origin": {"https://app.test"}})
	if a.want(t, "with an origin", 404, 20404); a.header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("headers are %v", a.header)
	}
}

// TestRate: whoever asks too fast is told when to come back, and others are not held up by it.
func TestRate(t *testing.T) {
	p := newPlaceWith(t, func(c *rest.Config) { c.Rate = 0.001 }) // a burst of one
	p.post("/v1/Conversations", 201)
	a := p.send(http.MethodPost, "/v1/Conversations")
	if a.want(t, "the second", 429, 50074); a.header.Get("Retry-After") != "1000" {
		t.Errorf("Retry-After: %q", a.header.Get("Retry-After"))
	}
	if a := p.askAs(http.MethodGet, "/v1/Conversations/none", key, secret); a.status != 404 {
		t.Errorf("another: %d", a.status)
	}
}
