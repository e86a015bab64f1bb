package rest_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"parley/session/client"
)

// TestService: services are made, listed and deleted, each with its own roles; sessions of one that is deleted end.
func TestService(t *testing.T) {
	p := newPlace(t)
	made := p.post("/v1/Services", 201, "FriendlyName", "Tenant")
	created := dated(t, made)
	path := "/v1/Services/" + str(made, "sid")
	at := "http://" + p.addr + path
	want := object{
		"account_sid": account, "sid": made["sid"], "friendly_name": "Tenant", "date_created": created, "date_updated": created, "url": at,
		"links": map[string]any{
			"conversations": at + "/Conversations", "users": at + "/Users", "roles": at + "/Roles", "bindings": at + "/Bindings",
			"configuration": at + "/Configuration", "participant_conversations": at + "/ParticipantConversations",
			"conversation_with_participants": at + "/ConversationWithParticipants",
		},
	}
	same(t, "made", made, want)
	same(t, "read", p.get(at), want)
	p.send(http.MethodPost, "/v1/Services").want(t, "no name", 400, 50000)
	p.send(http.MethodPost, "/v1/Services", "FriendlyName", strings.Repeat("x", 257)).want(t, "a long name", 400, 50003)
	p.send(http.MethodPost, path, "FriendlyName", "x").want(t, "renaming", 405, 20004)
	if all := p.turned("/v1/Services", 1); len(all) != 2 || all[1]["sid"] != made["sid"] {
		t.Errorf("services are %v", all)
	}
	if roles := p.turned(path+"/Roles", 50); len(roles) != 4 {
		t.Errorf("its roles are %v", roles)
	}
	conversation := p.post(path+"/Conversations", 201, "UniqueName", "tea")
	_, ends := p.watching("ann@" + str(made, "sid"))
	bystander := p.in("ann")
	p.send(http.MethodDelete, "/v1/Services/"+string(p.service)).want(t, "the default service", 409, 20409)
	p.gone(path)
	if e, _ := errors.AsType[*client.Error](<-ends); e == nil || e.Close != 4401 {
		t.Errorf("a session of it ended with %v", e)
	}
	if _, err := p.connect("ann@" + str(made, "sid")); err == nil {
		t.Error("a session of it begins")
	}
	if err := bystander.Ping(t.Context()); err != nil {
		t.Errorf("a session of another service: %v", err)
	}
	p.send(http.MethodGet, path+"/Conversations/"+str(conversation, "sid")).want(t, "what was in it", 404, 20404)
	p.send(http.MethodPost, path+"/Users", "Identity", "x").want(t, "a new user of it", 404, 20404)
	p.post("/v1/Conversations", 201, "UniqueName", "tea")
}

// watching is in, with the errors that its connections end with.
func (p *place) watching(raw string) (*client.Client, <-chan error) {
	p.t.Helper()
	ends := make(chan error, 100)
	c, err := client.Dial(p.t.Context(), client.Config{
		URL: "ws://" + p.addr + "/v1/ws", HTTPClient: p.http,
		Token: func(context.Context) (string, error) { return raw, nil },
		OnState: func(ch client.Change) {
			if ch.Err != nil {
				ends <- ch.Err
			}
		},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(c.Close)
	return c, ends
}

// TestServiceConfiguration: a service's defaults are roles of its own, of the right type, and hold for who comes next.
func TestServiceConfiguration(t *testing.T) {
	p := newPlace(t)
	path := "/v1/Services/" + string(p.service) + "/Configuration"
	at := "http://" + p.addr + path
	roles := map[string]string{}
	for _, r := range p.turned("/v1/Roles", 50) {
		roles[str(r, "friendly_name")] = str(r, "sid")
	}
	want := object{
		"chat_service_sid": string(p.service), "default_conversation_creator_role_sid": roles["channel admin"],
		"default_conversation_role_sid": roles["channel user"], "default_chat_service_role_sid": roles["service user"],
		"reachability_enabled": false, "url": at,
		"links": map[string]any{"notifications": at + "/Notifications", "webhooks": at + "/Webhooks"},
	}
	same(t, "as it begins", p.get(path), want)
	none := "RL" + strings.Repeat("0", 32)
	p.send(http.MethodPost, path).want(t, "nothing", 400, 20161)
	p.send(http.MethodPost, path, "DefaultChatServiceRoleSid", none).want(t, "no such role", 404, 50100)
	p.send(http.MethodPost, path, "DefaultConversationRoleSid", none).want(t, "no such conversation role", 404, 50109)
	p.send(http.MethodPost, path, "DefaultChatServiceRoleSid", roles["channel user"]).want(t, "a role of another type", 400, 50105)
	p.send(http.MethodPost, path, "ReachabilityEnabled", "maybe").want(t, "no flag", 400, 20001)
	user := str(p.post("/v1/Users", 201, "Identity", "ann"), "sid")
	want["default_chat_service_role_sid"], want["reachability_enabled"] = roles["service admin"], true
	same(t, "changed", p.post(path, 200, "DefaultChatServiceRoleSid", roles["service admin"], "ReachabilityEnabled", "TRUE"), want)
	same(t, "read", p.get(path), want)
	if u := p.get("/v1/Users/" + user); u["is_online"] != false || u["role_sid"] != roles["service user"] {
		t.Errorf("ann is %v", u)
	}
	p.in("ann")
	if u := p.get("/v1/Users/" + user); u["is_online"] != true || u["is_notifiable"] != false {
		t.Errorf("ann, who is connected, is %v", u)
	}
	if all := p.turned("/v1/Users", 9); all[0]["is_online"] != nil {
		t.Errorf("in a list ann is %v", all[0])
	}
	p.in("bob")
	if u := p.get("/v1/Users/bob"); u["role_sid"] != roles["service admin"] {
		t.Errorf("who comes next is %v", u)
	}
}

// TestConfiguration: the account's defaults hold for requests and tokens that name no service, and for new conversations.
func TestConfiguration(t *testing.T) {
	p := newPlace(t)
	other := string(p.newService())
	at := "http://" + p.addr + "/v1"
	want := func(service string, mg, inactive, closed any) object {
		return object{
			"account_sid": account, "default_chat_service_sid": service, "default_messaging_service_sid": mg,
			"default_inactive_timer": inactive, "default_closed_timer": closed, "url": at + "/Configuration",
			"links": map[string]any{"service": at + "/Services/" + service, "webhooks": at + "/Configuration/Webhooks"},
		}
	}
	same(t, "as it begins", p.get("/v1/Configuration"), want(string(p.service), nil, nil, nil))
	mg := "MG" + strings.Repeat("a", 32)
	for _, c := range []struct {
		code        int
		name, value string
	}{
		{20001, "DefaultChatServiceSid", "IS" + strings.Repeat("0", 32)},
		{50340, "DefaultMessagingServiceSid", "MG1"},
		{50375, "DefaultInactiveTimer", "PT59S"},
		{50375, "DefaultInactiveTimer", "soon"},
		{50376, "DefaultClosedTimer", "PT9M59S"},
	} {
		p.send(http.MethodPost, "/v1/Configuration", c.name, c.value).want(t, c.name+" "+c.value, 400, c.code)
	}
	p.send(http.MethodPost, "/v1/Configuration").want(t, "nothing", 400, 20161)
	same(t, "with timers", p.post("/v1/Configuration", 200, "DefaultMessagingServiceSid", mg, "DefaultInactiveTimer", "PT1H", "DefaultClosedTimer", "P1D"),
		want(string(p.service), mg, "PT1H", "PT24H"))
	if timers := p.post("/v1/Conversations", 201)["timers"].(map[string]any); len(timers) != 2 {
		t.Errorf("a conversation has the timers %v", timers)
	}
	if timers := p.post("/v1/Conversations", 201, "Timers.Inactive", "PT0S", "Timers.Closed", "PT10M")["timers"].(map[string]any); len(timers) != 1 {
		t.Errorf("a conversation without an inactive timer has %v", timers)
	}
	p.post("/v1/Conversations", 201, "UniqueName", "here")
	same(t, "with another service", p.post("/v1/Configuration", 200, "DefaultChatServiceSid", other, "DefaultMessagingServiceSid", ""),
		want(other, nil, "PT1H", "PT24H"))
	p.send(http.MethodGet, "/v1/Conversations/here").want(t, "what the former default service has", 404, 20404)
	made := p.post("/v1/Conversations", 201)
	if made["chat_service_sid"] != other {
		t.Errorf("a conversation is made in %v", made["chat_service_sid"])
	}
	p.in("ann")
	p.get("/v1/Services/" + other + "/Users/ann")
	p.send(http.MethodDelete, "/v1/Services/"+other).want(t, "the default service", 409, 20409)
	p.gone("/v1/Services/" + string(p.service))
}
