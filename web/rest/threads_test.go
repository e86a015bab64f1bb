package rest_test

import (
	"context"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"parley/hub"
	"parley/session/client"
	"parley/session/wire"
)

// whole compares an answer with all of its members; dates are taken as they are.
func whole(t *testing.T, what string, got, want object) {
	t.Helper()
	for name, value := range got {
		if strings.HasSuffix(name, "date_created") || strings.HasSuffix(name, "date_updated") {
			if _, given := want[name]; !given {
				if s, _ := value.(string); len(s) != len("2015-12-16T22:18:37Z") {
					t.Errorf("%s: %s is %v", what, name, value)
				}
				want[name] = value
			}
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s is\n%v, want\n%v", what, got, want)
	}
}

func (p *place) command(cmd hub.Command) any {
	p.t.Helper()
	answer, err := p.hub.Do(p.t.Context(), hub.Actor{Service: p.service}, cmd)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer
}

// hear connects somebody, and gives a function that waits for the next event of a method.
func (p *place) hear(identity string) func(method string) client.Event {
	p.t.Helper()
	heard := make(chan client.Event, 64) // more than any test brings about
	c, err := client.Dial(p.t.Context(), client.Config{
		URL: "ws://" + p.addr + "/v1/ws", HTTPClient: p.http,
		Token:   func(context.Context) (string, error) { return identity, nil },
		OnEvent: func(e client.Event) { heard <- e },
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(c.Close)
	return func(method string) client.Event {
		p.t.Helper()
		timer := time.NewTimer(time.Minute)
		defer timer.Stop()
		for {
			select {
			case e := <-heard:
				if e.Method == method {
					return e
				}
			case <-timer.C:
				p.t.Fatalf("waited in vain for %s", method)
			}
		}
	}
}

// TestParticipants: the answers have all of Twilio's members; the service only where the path names it.
func TestParticipants(t *testing.T) {
	p := newPlace(t)
	ch := p.post("/v1/Conversations", 201)["sid"].(string)
	at := "/v1/Conversations/" + ch + "/Participants"
	ann := p.post(at, 201, "Identity", "ann/work", "Attributes", `{"a":1}`, "DateCreated", "2019-01-02T03:04:05Z")
	want := object{
		"account_sid": account, "conversation_sid": ch, "sid": ann["sid"], "identity": "ann/work", "attributes": `{"a":1}`,
		"messaging_binding": nil, "role_sid": ann["role_sid"], "last_read_message_index": nil, "last_read_timestamp": nil,
		"date_created": "2019-01-02T03:04:05Z", "date_updated": "2019-01-02T03:04:05Z",
		"url": "http://" + p.addr + at + "/" + ann["sid"].(string),
	}
	whole(t, "ann", ann, want)
	whole(t, "ann by identity", p.get(at+"/ann%2Fwork"), want)
	scoped := "/v1/Services/" + string(p.service) + "/Conversations/" + ch + "/Participants/" + ann["sid"].(string)
	want["chat_service_sid"], want["url"] = string(p.service), "http://"+p.addr+scoped
	whole(t, "ann in her service", p.get(scoped), want)
	phone := p.post(at, 201, "MessagingBinding.Address", "+15550101", "MessagingBinding.ProxyAddress", "+15550199")
	whole(t, "a phone", phone, object{
		"account_sid": account, "conversation_sid": ch, "sid": phone["sid"], "identity": nil, "attributes": "{}",
		"messaging_binding": map[string]any{"type": "sms", "address": "+15550101", "proxy_address": "+15550199"},
		"role_sid":          nil, "last_read_message_index": nil, "last_read_timestamp": nil,
		"url": "http://" + p.addr + at + "/" + phone["sid"].(string),
	})
	// What callers match, word for word.
	other := p.post("/v1/Conversations", 201, "UniqueName", "other")["sid"].(string)
	a := p.send("POST", "/v1/Conversations/"+other+"/Participants", "MessagingBinding.Address", "+15550101", "MessagingBinding.ProxyAddress", "+15550199")
	a.want(t, "a pair in use", 409, 50416)
	if want := "A binding for this participant and proxy address already exists in Conversation " + ch; a.Message != want {
		t.Errorf("%q, want %q", a.Message, want)
	}
	a = p.send("POST", "/v1/Conversations", "UniqueName", "other")
	if a.want(t, "a name in use", 409, 50353); a.Message != "Conversation with provided unique name already exists" {
		t.Errorf("%q", a.Message)
	}
	p.send("POST", at, "Identity", "ann/work").want(t, "ann again", 409, 50433)
	p.send("POST", at).want(t, "nobody", 400, 50411)
	p.send("POST", at, "Identity", "x", "MessagingBinding.Address", "+15550102").want(t, "both", 400, 50211)
	p.send("POST", at, "MessagingBinding.Address", "+15550102").want(t, "one of a group", 400, 50452)
	p.send("POST", at, "Identity", "x", "MessagingBinding.ProjectedAddress", "+15550102").want(t, "projected", 400, 50452)
	p.send("POST", at+"/ann%2Fwork").want(t, "nothing to change", 400, 20161)
	p.send("POST", at+"/ann%2Fwork", "LastReadMessageIndex", "0").want(t, "read what is not there", 400, 50421)
	p.send("POST", at+"/ann%2Fwork", "LastReadMessageIndex", "-1").want(t, "read before all", 400, 50421)
	p.send("POST", at+"/"+phone["sid"].(string), "MessagingBinding.ProxyAddress", "").want(t, "without a proxy", 400, 50439)
	missing := p.send("GET", at+"/eve")
	missing.want(t, "eve", 404, 20404)
	if want := "The requested resource " + strings.TrimPrefix(at, "/v1") + "/eve was not found"; missing.Message != want {
		t.Errorf("%q, want %q", missing.Message, want)
	}
	list := p.get(at + "?PageSize=1")
	if next := list["meta"].(map[string]any)["next_page_url"].(string); len(p.get(next)["participants"].([]any)) != 1 {
		t.Errorf("the list is %v", list)
	}
	if a := p.send("DELETE", at+"/ann%2Fwork"); a.status != 204 || a.raw != "" {
		t.Errorf("removing: %d %s", a.status, a.raw)
	}
}

// TestMessages: messages go out to who is connected, and are read, listed, changed and removed.
func TestMessages(t *testing.T) {
	p := newPlace(t)
	ch := p.post("/v1/Conversations", 201)["sid"].(string)
	base := "/v1/Conversations/" + ch
	p.post(base+"/Participants", 201, "Identity", "ann")
	phone := p.post(base+"/Participants", 201, "MessagingBinding.Address", "+15550101", "MessagingBinding.ProxyAddress", "+15550199")
	hear := p.hear("ann")
	m := p.post(base+"/Messages", 201, "Author", "ann", "Body", "Tea?", "Subject", "Tea", "Attributes", `{"a":1}`)
	at := base + "/Messages/" + m["sid"].(string)
	ann := p.get(base + "/Participants/ann")["sid"]
	none := map[string]any{"total": 1.0, "sent": "none", "delivered": "none", "read": "none", "failed": "none", "undelivered": "none"}
	whole(t, "a message", m, object{
		"account_sid": account, "conversation_sid": ch, "sid": m["sid"], "index": 0.0, "author": "ann", "body": "Tea?", "media": nil,
		"attributes": `{"a":1}`, "participant_sid": ann, "delivery": none, "content_sid": nil, "url": "http://" + p.addr + at,
		"links":    map[string]any{"delivery_receipts": "http://" + p.addr + at + "/Receipts", "channel_metadata": "http://" + p.addr + at + "/ChannelMetadata"},
		"revision": 4.0,
	})
	if e := hear(wire.EventMessageAdded); e.Message.Body != "Tea?" || e.Message.Delivery == nil || e.Message.Delivery.Total != 1 {
		t.Errorf("ann is told %+v", e.Message)
	}
	if m := p.post(base+"/Messages", 201); m["author"] != "system" || m["body"] != nil || m["participant_sid"] != nil {
		t.Errorf("of nobody: %v", m)
	}
	r := p.command(&hub.RecordReceipt{
		Conversation: hub.ConversationRef(ch), Message: hub.MessageRef{Index: 0}, Participant: hub.ParticipantSID(phone["sid"].(string)),
		Status: hub.ReceiptUndelivered, ErrorCode: 30003, ChannelMessage: "SM1",
	}).(*hub.Receipt)
	want := object{
		"account_sid": account, "conversation_sid": ch, "message_sid": m["sid"], "sid": string(r.SID), "channel_message_sid": "SM1",
		"participant_sid": phone["sid"], "status": "undelivered", "error_code": 30003.0, "url": "http://" + p.addr + at + "/Receipts/" + string(r.SID),
	}
	whole(t, "a receipt", p.get(at+"/Receipts/"+string(r.SID)), want)
	if all := p.get(at + "/Receipts")["delivery_receipts"].([]any); len(all) != 1 || !reflect.DeepEqual(object(all[0].(map[string]any)), want) {
		t.Errorf("receipts are %v", all)
	}
	if d := p.get(at)["delivery"].(map[string]any); d["undelivered"] != "all" || d["sent"] != "all" || d["delivered"] != "none" {
		t.Errorf("delivery is %v", d)
	}
	if got := p.post(at, 200, "Body", "Coffee?", "Author", "bob", "DateUpdated", "2020-01-01T00:00:00Z", "DateCreated", "2019-01-01"); got["body"] != "Coffee?" ||
		got["author"] != "bob" || got["date_created"] != "2019-01-01T00:00:00Z" || got["date_updated"] != "2020-01-01T00:00:00Z" {
		t.Errorf("changed to %v", got)
	}
	for range 5 {
		p.post(base+"/Messages", 201, "Body", "more")
	}
	for order, want := range map[string][]float64{"asc": {0, 1, 2, 3, 4, 5, 6}, "desc": {6, 5, 4, 3, 2, 1, 0}} {
		var got []float64
		for next := base + "/Messages?PageSize=3&Order=" + order; next != ""; {
			page := p.get(next)
			for _, m := range page["messages"].([]any) {
				got = append(got, m.(map[string]any)["index"].(float64))
			}
			next, _ = page["meta"].(map[string]any)["next_page_url"].(string)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v", order, got)
		}
	}
	p.send("POST", base+"/Messages", "DateCreated", "soon").want(t, "a bad date", 400, 50307)
	p.send("POST", base+"/Messages", "DateUpdated", "2999-01-01").want(t, "of the future", 400, 50308)
	p.send("GET", base+"/Messages/0").want(t, "by index", 404, 20404)
	if a := p.send(http.MethodDelete, at); a.status != 204 || a.raw != "" {
		t.Errorf("removing: %d %s", a.status, a.raw)
	}
	p.send(http.MethodGet, at).want(t, "removed", 404, 20404)
}

// TestGatherOverREST: a conversation is made with all who are to be in it, or nothing is.
func TestGatherOverREST(t *testing.T) {
	p := newPlace(t)
	const path = "/v1/ConversationWithParticipants"
	made := p.post(path, 201, "FriendlyName", "Tea", "Participant", `{"identity":"ann","attributes":"{\"a\":1}"}`,
		"Participant", `{"messaging_binding":{"address":"+15550101","proxy_address":"+15550199"},"attributes":{"b":2}}`)
	base := "/v1/Conversations/" + made["sid"].(string)
	if made["participants_count"] != 2.0 || made["url"] != "http://"+p.addr+base || p.get(base + "/Participants/ann")["attributes"] != `{"a":1}` {
		t.Errorf("made %v", made)
	}
	p.send("POST", path, "UniqueName", "x", "Participant", "{").want(t, "no JSON", 400, 50424)
	p.send("POST", path, "UniqueName", "x", "Participant", "[]").want(t, "no object", 400, 50424)
	p.send("POST", path, "UniqueName", "x", "Participant", `{"identity":"bob"}`,
		"Participant", `{"messaging_binding":{"address":"+15550101","proxy_address":"+15550199"}}`).want(t, "a pair in use", 409, 50416)
	var many []string
	for range 11 {
		many = append(many, "Participant", `{"identity":"bob"}`)
	}
	p.send("POST", path, many...).want(t, "eleven", 400, 50426)
	p.send("GET", "/v1/Conversations/x").want(t, "what was refused", 404, 20404)
	if got := p.get("/v1/Conversations?StartDate=2020-01-01&State=active")["conversations"].([]any); len(got) != 1 {
		t.Errorf("all are %v", got)
	}
	today := made["date_created"].(string)[:len("2006-01-02")]
	if got := p.get("/v1/Conversations?StartDate=" + today + "&EndDate=" + today)["conversations"].([]any); len(got) != 1 {
		t.Errorf("of today: %v", got)
	}
	p.send("GET", "/v1/Conversations?StartDate=2020-01-02&EndDate=2020-01-01").want(t, "backwards", 400, 50396)
	if got := p.get("/v1/Conversations?EndDate=2020-01-01")["conversations"].([]any); len(got) != 0 {
		t.Errorf("of then: %v", got)
	}
}

// TestUserConversations: the account reads and sets how somebody stands, and that user is told.
func TestUserConversations(t *testing.T) {
	p := newPlace(t)
	v := p.post("/v1/Conversations", 201, "FriendlyName", "Tea", "UniqueName", "tea")
	ch := v["sid"].(string)
	ann := p.post("/v1/Conversations/"+ch+"/Participants", 201, "Identity", "ann")
	p.post("/v1/Conversations/"+ch+"/Messages", 201, "Body", "one")
	hear := p.hear("ann")
	got := p.post("/v1/Users/ann/Conversations/tea", 200, "LastReadMessageIndex", "0", "NotificationLevel", "muted")
	user := got["user_sid"].(string)
	at := "http://" + p.addr + "/v1/"
	last := p.get("/v1/Conversations/" + ch)["last_message"]
	want := object{
		"account_sid": account, "chat_service_sid": string(p.service), "conversation_sid": ch, "unread_messages_count": 0.0,
		"last_read_message_index": 0.0, "participant_sid": ann["sid"], "user_sid": user, "friendly_name": "Tea", "conversation_state": "active",
		"timers": map[string]any{}, "attributes": "{}", "created_by": "system", "notification_level": "muted", "unique_name": "tea",
		"url":   at + "Users/" + user + "/Conversations/" + ch,
		"links": map[string]any{"participant": ann["url"], "conversation": v["url"]}, "last_message": last,
	}
	whole(t, "ann's place", got, want)
	list := p.get("/v1/Users/" + user + "/Conversations")["conversations"].([]any)
	whole(t, "ann's list", list[0].(map[string]any), want)
	hear(wire.EventOwnConversationUpdated)
	seats := p.get("/v1/ParticipantConversations?Identity=ann")["conversations"].([]any)
	whole(t, "where ann is", seats[0].(map[string]any), object{
		"account_sid": account, "chat_service_sid": string(p.service), "participant_sid": ann["sid"], "participant_user_sid": user,
		"participant_identity": "ann", "participant_messaging_binding": nil, "conversation_sid": ch, "conversation_unique_name": "tea",
		"conversation_friendly_name": "Tea", "conversation_attributes": "{}", "conversation_created_by": "system",
		"conversation_state": "active", "conversation_timers": map[string]any{},
		"links": map[string]any{"participant": ann["url"], "conversation": v["url"]},
	})
	p.send("GET", "/v1/ParticipantConversations").want(t, "of nobody", 400, 50451)
	p.send("GET", "/v1/ParticipantConversations?Identity=ann&Address=%2B15550101").want(t, "of both", 400, 50451)
	if a := p.send("DELETE", "/v1/Users/ann/Conversations/tea"); a.status != 204 {
		t.Errorf("removing: %d %s", a.status, a.raw)
	}
	p.send("GET", "/v1/Users/ann/Conversations/tea").want(t, "removed", 404, 20404)
	p.send("GET", "/v1/Users/eve/Conversations").want(t, "a stranger's", 404, 20404)
}
