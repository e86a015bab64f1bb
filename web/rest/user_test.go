package rest_test

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/session/client"
	"parley/session/wire"
)

// same demands a whole answer.
func same(t *testing.T, what string, got, want object) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s is\n%v, want\n%v", what, got, want)
	}
}

// dated is an answer with dates that are dates, the first of which it gives.
func dated(t *testing.T, o object) (created any) {
	t.Helper()
	for _, name := range []string{"date_created", "date_updated"} {
		text, _ := o[name].(string)
		if at, err := time.Parse("2006-01-02T15:04:05Z", text); err != nil || time.Since(at) > time.Hour {
			t.Errorf("%s is %q", name, text)
		}
	}
	return o["date_created"]
}

func str(o object, name string) string {
	s, _ := o[name].(string)
	return s
}

// gone deletes what is there, and finds it nowhere.
func (p *place) gone(path string) {
	p.t.Helper()
	if a := p.send(http.MethodDelete, path); a.status != 204 || a.raw != "" {
		p.t.Errorf("deleting %s: %d %s", path, a.status, a.raw)
	}
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
		if a := p.send(method, path, "FriendlyName", "x", "Permission", "sendMessage"); a.status != 405 {
			a.want(p.t, method+" of what was deleted", 404, 20404)
		}
	}
}

// turned turns the pages of a list, and gives all entries.
func (p *place) turned(path string, size int) (all []object) {
	p.t.Helper()
	next := fmt.Sprintf("%s?PageSize=%d", path, size)
	if strings.Contains(path, "?") {
		next = fmt.Sprintf("%s&PageSize=%d", path, size)
	}
	for next != "" {
		page := p.get(next)
		meta, _ := page["meta"].(map[string]any)
		entries, _ := page[meta["key"].(string)].([]any)
		if len(entries) > size || len(all) > 100 {
			p.t.Fatalf("%s has %d entries", next, len(entries))
		}
		for _, e := range entries {
			all = append(all, e.(map[string]any))
		}
		next, _ = meta["next_page_url"].(string)
	}
	return all
}

// TestUser: users are made once, found by sid and identity in their service alone, listed, changed and deleted; who is
// connected sees it.
func TestUser(t *testing.T) {
	p := newPlace(t)
	configuration := p.get("/v1/Services/" + string(p.service) + "/Configuration")
	made := p.post("/v1/Users", 201, "Identity", "ann/work", "FriendlyName", "Ann", "Attributes", `{"a":1}`)
	created := dated(t, made)
	at := "http://" + p.addr + "/v1/Users/" + str(made, "sid")
	want := object{
		"sid": made["sid"], "account_sid": account, "chat_service_sid": string(p.service),
		"role_sid": configuration["default_chat_service_role_sid"], "identity": "ann/work", "friendly_name": "Ann",
		"attributes": `{"a":1}`, "is_online": nil, "is_notifiable": nil, "date_created": created, "date_updated": created, "url": at,
		"links": map[string]any{"user_conversations": at + "/Conversations"},
	}
	same(t, "made", made, want)
	for _, path := range []string{at, "/v1/Users/ann%2Fwork"} {
		same(t, path, p.get(path), want)
	}
	for _, c := range []struct {
		status, code int
		form         []string
	}{
		{409, 50201, []string{"Identity", "ann/work"}},
		{400, 50204, nil},
		{400, 50206, []string{"Identity", "US" + strings.Repeat("0", 32)}},
		{400, 50207, []string{"Identity", strings.Repeat("x", 257)}},
		{404, 50100, []string{"Identity", "x", "RoleSid", "RL" + strings.Repeat("0", 32)}},
		{400, 50105, []string{"Identity", "x", "RoleSid", str(configuration, "default_conversation_role_sid")}},
		{400, 50304, []string{"Identity", "x", "Attributes", "{"}},
	} {
		p.send(http.MethodPost, "/v1/Users", c.form...).want(t, fmt.Sprint(c.form), c.status, c.code)
	}
	p.send(http.MethodPost, at).want(t, "nothing to change", 400, 20161)
	p.send(http.MethodGet, "/v1/Services/"+string(p.newService())+"/Users/"+str(made, "sid")).want(t, "another service's", 404, 20404)

	session, events := p.hearing("ann/work")
	changed := p.post(at, 200, "FriendlyName", "", "Attributes", "[]")
	want["friendly_name"], want["attributes"], want["date_updated"] = nil, "[]", changed["date_updated"]
	same(t, "changed", changed, want)
	p.heard(events, wire.EventUserUpdated)
	thread := p.post("/v1/Conversations", 201)
	if _, err := session.Join(t.Context(), str(thread, "sid")); err != nil {
		t.Fatal(err)
	}
	for i := range 6 {
		p.post("/v1/Users", 201, "Identity", fmt.Sprint("user ", i))
	}
	for _, size := range []int{2, 7, 50} {
		var identities []string
		for _, u := range p.turned("/v1/Users", size) {
			identities = append(identities, str(u, "identity"))
		}
		slices.Sort(identities) // what is made within a millisecond comes in any order
		if got := strings.Join(identities, ","); got != "ann/work,user 0,user 1,user 2,user 3,user 4,user 5" {
			t.Errorf("by %d: %s", size, got)
		}
	}
	p.send(http.MethodGet, "/v1/Users?PageSize=51").want(t, "too large a page", 400, 20007)
	p.gone("/v1/Users/ann%2Fwork")
	if code := p.out(session); code != 4403 {
		t.Errorf("the session of who was deleted is closed with %d", code)
	}
	if got := p.get("/v1/Conversations/" + str(thread, "sid")); got["participants_count"] != 0.0 {
		t.Errorf("the conversation is %v", got)
	}
	if again := p.in("ann/work"); p.get("/v1/Users/ann%2Fwork")["sid"] == made["sid"] || again == nil {
		t.Error("who comes back is the same user")
	}
}

// hearing is in, with the methods of the events that come.
func (p *place) hearing(raw string) (*client.Client, <-chan string) {
	p.t.Helper()
	events := make(chan string, 100)
	c, err := client.Dial(p.t.Context(), client.Config{
		URL: "ws://" + p.addr + "/v1/ws", HTTPClient: p.http,
		Token:   func(context.Context) (string, error) { return raw, nil },
		OnEvent: func(e client.Event) { events <- e.Method },
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(c.Close)
	return c, events
}

// heard waits for an event.
func (p *place) heard(events <-chan string, method string) {
	p.t.Helper()
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	for {
		select {
		case got := <-events:
			if got == method {
				return
			}
		case <-deadline.C:
			p.t.Fatalf("%s did not come in time", method)
		}
	}
}

// TestRole: roles are made, listed, changed and deleted, and count at once for who is connected.
func TestRole(t *testing.T) {
	p := newPlace(t)
	made := p.post("/v1/Roles", 201, "FriendlyName", "reader", "Type", "conversation", "Permission", "leaveChannel", "Permission", "editNotificationLevel")
	created := dated(t, made)
	at := "http://" + p.addr + "/v1/Roles/" + str(made, "sid")
	want := object{
		"sid": made["sid"], "account_sid": account, "chat_service_sid": string(p.service), "friendly_name": "reader", "type": "conversation",
		"permissions": []any{"editNotificationLevel", "leaveConversation"}, "date_created": created, "date_updated": created, "url": at,
	}
	same(t, "made", made, want)
	same(t, "read", p.get(at), want)
	for _, c := range []struct {
		code int
		form []string
	}{
		{50000, []string{"Type", "service", "Permission", "sendMessage"}},
		{50003, []string{"FriendlyName", strings.Repeat("x", 65), "Type", "service", "Permission", "sendMessage"}},
		{50105, []string{"FriendlyName", "x", "Permission", "sendMessage"}},
		{50105, []string{"FriendlyName", "x", "Type", "channel", "Permission", "sendMessage"}},
		{50104, []string{"FriendlyName", "x", "Type", "service"}},
		{50104, []string{"FriendlyName", "x", "Type", "service", "Permission", "sing"}},
		{50104, []string{"FriendlyName", "x", "Type", "conversation", "Permission", "createConversation"}},
	} {
		p.send(http.MethodPost, "/v1/Roles", c.form...).want(t, fmt.Sprint(c.form), 400, c.code)
	}
	p.send(http.MethodPost, at).want(t, "no permissions", 400, 50104)
	if all := p.turned("/v1/Roles", 2); len(all) != 5 || all[4]["sid"] != made["sid"] {
		t.Errorf("roles are %v", all)
	}
	configuration := "/v1/Services/" + string(p.service) + "/Configuration"
	p.post(configuration, 200, "DefaultConversationRoleSid", str(made, "sid"))
	ann := p.in("ann")
	thread := str(p.post("/v1/Conversations", 201), "sid")
	if _, err := ann.Join(t.Context(), thread); err != nil {
		t.Fatal(err)
	}
	say := func() error {
		_, err := ann.Send(t.Context(), thread, client.Draft{Body: "hello"})
		return err
	}
	if err := say(); err == nil {
		t.Error("who may not send sends")
	}
	if changed := p.post(at, 200, "Permission", "sendMessage"); fmt.Sprint(changed["permissions"]) != "[sendMessage]" {
		t.Errorf("changed to %v", changed)
	}
	if err := say(); err != nil {
		t.Errorf("who may send does not: %v", err)
	}
	p.send(http.MethodDelete, at).want(t, "the default role", 409, 20409)
	for _, r := range p.turned("/v1/Roles", 9) {
		if r["friendly_name"] == "channel user" {
			p.post(configuration, 200, "DefaultConversationRoleSid", str(r, "sid"))
		}
	}
	p.gone("/v1/Roles/" + str(made, "sid"))
	if err := say(); err == nil {
		t.Error("who bears a role that was deleted still sends")
	}
}
