package rest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"parley/hub"
)

// refusals are forms that a path must refuse, and with which code.
func (p *place) refusals(path string, code int, forms ...[]string) {
	p.t.Helper()
	for _, form := range forms {
		p.send(http.MethodPost, path, form...).want(p.t, fmt.Sprintf("%.200v", form), 400, code)
	}
}

// TestScopedWebhook: a conversation has up to five, each with what counts for its target, and they go with it.
func TestScopedWebhook(t *testing.T) {
	p := newPlace(t)
	thread := str(p.post("/v1/Conversations", 201, "UniqueName", "tea"), "sid")
	path := "/v1/Conversations/tea/Webhooks"
	made := p.post(path, 201, "Target", "webhook", "Configuration.Url", "https://a.test/x", "Configuration.Method", "get",
		"Configuration.Filters", "onMessageAdded", "Configuration.Filters", "onDeliveryUpdated", "Configuration.ReplayAfter", "0")
	created := dated(t, made)
	at := "http://" + p.addr + "/v1/Conversations/" + thread + "/Webhooks/" + str(made, "sid")
	want := object{
		"sid": made["sid"], "account_sid": account, "chat_service_sid": string(p.service), "conversation_sid": thread, "target": "webhook",
		"configuration": map[string]any{
			"url": "https://a.test/x", "method": "get", "filters": []any{"onMessageAdded", "onDeliveryUpdated"}, "replay_after": 0.0,
		},
		"date_created": created, "date_updated": created, "url": at,
	}
	same(t, "made", made, want)
	same(t, "read", p.get(at), want)
	flow := "FW" + strings.Repeat("a", 32)
	if got := p.post(path, 201, "Target", "trigger", "Configuration.Url", "http://a.test", "Configuration.Triggers", "help", "Configuration.Triggers", "hilfe"); fmt.Sprint(got["configuration"]) !=
		"map[method:post triggers:[help hilfe] url:http://a.test]" {
		t.Errorf("a trigger is %v", got)
	}
	if got := p.post(path, 201, "Target", "studio", "Configuration.FlowSid", flow, "Configuration.Url", "https://ignored.test"); fmt.Sprint(got["configuration"]) !=
		"map[flow_sid:"+flow+"]" {
		t.Errorf("a flow is %v", got)
	}
	long := "https://a.test/" + strings.Repeat("x", 500)
	p.refusals(path, 50363, nil, []string{"Target", "email"})
	p.refusals(path, 50364, []string{"Target", "webhook"}, []string{"Target", "webhook", "Configuration.Url", ""})
	p.refusals(path, 50365, []string{"Target", "webhook", "Configuration.Url", "ftp://a.test"}, []string{"Target", "webhook", "Configuration.Url", long})
	p.refusals(path, 50366, []string{"Target", "webhook", "Configuration.Url", "https://a.test", "Configuration.Method", "put"})
	p.refusals(path, 50367, []string{"Target", "webhook", "Configuration.Url", "https://a.test", "Configuration.Filters", "onMessageAdd"})
	p.refusals(path, 50368, []string{"Target", "trigger", "Configuration.Url", "https://a.test"})
	p.refusals(path, 50369, []string{"Target", "trigger", "Configuration.Url", "https://a.test", "Configuration.Triggers", strings.Repeat("x", 249)})
	six := []string{"Target", "trigger", "Configuration.Url", "https://a.test"}
	for i := range 6 {
		six = append(six, "Configuration.Triggers", fmt.Sprint("word ", i))
	}
	p.refusals(path, 50362, six)
	p.refusals(path, 50370, []string{"Target", "studio"}, []string{"Target", "studio", "Configuration.FlowSid", "FW1"})
	p.refusals(path, 50372, []string{"Target", "webhook", "Configuration.Url", "https://a.test", "Configuration.ReplayAfter", "-1"})

	changed := p.post(at, 200, "Configuration.Url", "https://b.test", "Configuration.Filters", "onMessageRemoved", "Configuration.Triggers", "ignored")
	want["configuration"] = map[string]any{"url": "https://b.test", "method": "get", "filters": []any{"onMessageRemoved"}, "replay_after": 0.0}
	want["date_updated"] = changed["date_updated"]
	same(t, "changed", changed, want)
	p.refusals(at, 20161, nil)
	p.refusals(at, 50367, []string{"Configuration.Filters", "onUserAdded"})
	for range 2 {
		p.post(path, 201, "Target", "webhook", "Configuration.Url", "https://a.test")
	}
	p.send(http.MethodPost, path, "Target", "webhook", "Configuration.Url", "https://a.test").want(t, "a sixth", 403, 50361)
	for _, size := range []int{2, 5} {
		if all := p.turned(path, size); len(all) != 5 || all[0]["sid"] != made["sid"] {
			t.Errorf("by %d: %v", size, all)
		}
	}
	other := str(p.post("/v1/Conversations", 201), "sid")
	p.send(http.MethodGet, "/v1/Conversations/"+other+"/Webhooks/"+str(made, "sid")).want(t, "below another conversation", 404, 20404)
	p.gone(at)
	p.send(http.MethodDelete, "/v1/Conversations/tea")
	p.send(http.MethodGet, path).want(t, "of a deleted conversation", 404, 20404)
}

// TestWebhooks: a service and the account have one set each.
func TestWebhooks(t *testing.T) {
	p := newPlace(t)
	path := "/v1/Services/" + string(p.service) + "/Configuration/Webhooks"
	mine := object{
		"account_sid": account, "chat_service_sid": string(p.service), "pre_webhook_url": nil, "post_webhook_url": nil, "filters": []any{},
		"method": "POST", "url": "http://" + p.addr + path,
	}
	every := object{
		"account_sid": account, "method": "POST", "filters": []any{}, "pre_webhook_url": nil, "post_webhook_url": nil, "target": "webhook",
		"url": "http://" + p.addr + "/v1/Configuration/Webhooks",
	}
	same(t, "a service's, as they begin", p.get(path), mine)
	same(t, "the account's, as they begin", p.get("/v1/Configuration/Webhooks"), every)
	mine["pre_webhook_url"], mine["filters"], mine["method"] = "https://a.test/pre", []any{"onMessageAdd", "onUserAdded"}, "GET"
	same(t, "a service's", p.post(path, 200, "PreWebhookUrl", "https://a.test/pre", "Filters", "onMessageAdd", "Filters", "onUserAdded", "Method", "get"), mine)
	every["post_webhook_url"], every["target"] = "http://a.test/post", "flex"
	same(t, "the account's", p.post("/v1/Configuration/Webhooks", 200, "PostWebhookUrl", "http://a.test/post", "Target", "flex"), every)
	mine["pre_webhook_url"], mine["filters"] = nil, []any{}
	same(t, "a service's, taken away", p.post(path, 200, "PreWebhookUrl", "", "Filters", ""), mine)
	same(t, "a service's, read", p.get(path), mine)
	same(t, "the account's, read", p.get("/v1/Configuration/Webhooks"), every)
	for _, path := range []string{path, "/v1/Configuration/Webhooks"} {
		p.refusals(path, 20161, nil)
		p.refusals(path, 50077, []string{"PreWebhookUrl", "a.test"}, []string{"PreWebhookUrl", "javascript:alert(1)"})
		p.refusals(path, 50078, []string{"PostWebhookUrl", "https://"}, []string{"PostWebhookUrl", "https://a.test/" + strings.Repeat("x", 500)})
		p.refusals(path, 50366, []string{"Method", "PUT"})
		p.refusals(path, 50367, []string{"Filters", "onEverything"})
	}
}

// TestAddress: an address is configured once, and found by its sid and by itself.
func TestAddress(t *testing.T) {
	p := newPlace(t)
	flow := "FW" + strings.Repeat("a", 32)
	made := p.post("/v1/Configuration/Addresses", 201, "Type", "WhatsApp", "Address", "whatsapp:+15550001", "FriendlyName", "Desk",
		"AutoCreation.Enabled", "true", "AutoCreation.WebhookUrl", "https://a.test", "AutoCreation.WebhookMethod", "post",
		"AutoCreation.WebhookFilters", "onMessageAdded", "AutoCreation.ConversationServiceSid", string(p.service),
		"AutoCreation.StudioFlowSid", flow, "AutoCreation.StudioRetryCount", "0")
	created := dated(t, made)
	at := "http://" + p.addr + "/v1/Configuration/Addresses/" + str(made, "sid")
	want := object{
		"sid": made["sid"], "account_sid": account, "type": "whatsapp", "address": "whatsapp:+15550001", "friendly_name": "Desk", "address_country": nil,
		"auto_creation": map[string]any{
			"enabled": true, "type": "webhook", "conversation_service_sid": string(p.service), "webhook_url": "https://a.test", "webhook_method": "POST",
			"webhook_filters": []any{"onMessageAdded"}, "studio_flow_sid": flow, "studio_retry_count": 0.0,
		},
		"date_created": created, "date_updated": created, "url": at,
	}
	same(t, "made", made, want)
	for _, path := range []string{at, "/v1/Configuration/Addresses/whatsapp:+15550001", "/v1/Configuration/Addresses/whatsapp%3A%2B15550001"} {
		same(t, path, p.get(path), want)
	}
	p.send(http.MethodPost, "/v1/Configuration/Addresses", "Type", "whatsapp", "Address", "whatsapp:+15550001").want(t, "again", 409, 20409)
	p.refusals("/v1/Configuration/Addresses", 20001, []string{"Address", "+15550002"}, []string{"Type", "fax", "Address", "+15550002"},
		[]string{"Type", "sms", "Address", "+15550002", "AddressCountry", "US"}, []string{"Type", "sms", "Address", "12345", "AddressCountry", "us"},
		[]string{"Type", "sms", "Address", "+15550002", "AutoCreation.ConversationServiceSid", "IS" + strings.Repeat("0", 32)},
		[]string{"Type", "sms", "Address", "+15550002", "AutoCreation.StudioRetryCount", "4"}, []string{"Type", "sms", "Address", "+15550002", "AutoCreation.Type", "none"})
	p.refusals("/v1/Configuration/Addresses", 50407, []string{"Type", "sms"}, []string{"Type", "sms", "Address", "15550002345"}, []string{"Type", "whatsapp", "Address", "+15550002"},
		[]string{"Type", "email", "Address", "nobody"}, []string{"Type", "chat", "Address", "IG" + strings.Repeat("0", 32)}, []string{"Type", "rcs", "Address", "a b"})
	p.refusals("/v1/Configuration/Addresses", 50364, []string{"Type", "sms", "Address", "+15550002", "AutoCreation.Enabled", "true"})
	p.refusals("/v1/Configuration/Addresses", 50370, []string{"Type", "sms", "Address", "+15550002", "AutoCreation.Enabled", "true", "AutoCreation.Type", "studio"})
	p.post("/v1/Configuration/Addresses", 201, "Type", "email", "Address", "desk@a.test", "AutoCreation.Enabled", "true", "AutoCreation.Type", "default")
	if short := p.post("/v1/Configuration/Addresses", 201, "Type", "sms", "Address", "12345", "AddressCountry", "US"); short["address_country"] != "US" ||
		fmt.Sprint(short["auto_creation"]) != "map[enabled:false type:webhook]" {
		t.Errorf("a short code is %v", short)
	}
	for path, n := range map[string]int{"/v1/Configuration/Addresses": 3, "/v1/Configuration/Addresses?Type=EMAIL": 1, "/v1/Configuration/Addresses?Type=rcs": 0} {
		if all := p.turned(path, 1); len(all) != n {
			t.Errorf("%s: %v", path, all)
		}
	}
	changed := p.post("/v1/Configuration/Addresses/whatsapp:+15550001", 200, "FriendlyName", "", "AutoCreation.Type", "studio", "AutoCreation.WebhookUrl", "")
	auto := want["auto_creation"].(map[string]any)
	delete(auto, "webhook_url")
	auto["type"], want["friendly_name"], want["date_updated"] = "studio", "", changed["date_updated"]
	same(t, "changed", changed, want)
	p.refusals(at, 20161, nil)
	p.gone("/v1/Configuration/Addresses/whatsapp:+15550001")
	p.post("/v1/Configuration/Addresses", 201, "Type", "whatsapp", "Address", "whatsapp:+15550001")
}

// TestCredential: what is secret comes back in no answer.
func TestCredential(t *testing.T) {
	p := newPlace(t)
	a := p.send(http.MethodPost, "/v1/Credentials", "Type", "APN", "FriendlyName", "phones", "Sandbox", "true", "Certificate", "hush",
		"PrivateKey", "hush", "ApiKey", "hush", "Secret", "hush")
	made := a.object(t)
	created := dated(t, made)
	at := "http://" + p.addr + "/v1/Credentials/" + str(made, "sid")
	want := object{
		"sid": made["sid"], "account_sid": account, "friendly_name": "phones", "type": "apn", "sandbox": "True", "date_created": created,
		"date_updated": created, "url": at,
	}
	same(t, "made", made, want)
	same(t, "read", p.get(at), want)
	changed := p.post(at, 200, "Type", "fcm", "FriendlyName", "", "Sandbox", "false")
	want["type"], want["friendly_name"], want["sandbox"], want["date_updated"] = "fcm", nil, "False", changed["date_updated"]
	same(t, "changed", changed, want)
	kept, err := p.hub.Credential(t.Context(), hub.CredentialSID(str(made, "sid")))
	if err != nil || string(kept.Secret) != "hush" || string(kept.PrivateKey) != "hush" {
		t.Errorf("kept is %+v, %v", kept, err)
	}
	p.refusals("/v1/Credentials", 20001, nil, []string{"Type", "carrier pigeon"}, []string{"Type", "fcm", "Secret", strings.Repeat("x", hub.MaxSecret+1)})
	p.refusals("/v1/Credentials", 50003, []string{"Type", "fcm", "FriendlyName", strings.Repeat("x", 65)})
	p.refusals(at, 20161, nil)
	p.post("/v1/Credentials", 201, "Type", "gcm")
	if all := p.turned("/v1/Credentials", 1); len(all) != 2 || all[0]["sid"] != made["sid"] {
		t.Errorf("credentials are %v", all)
	}
	p.gone("/v1/Credentials/" + str(made, "sid"))
}

// TestNotifications: a service pushes nothing until it is told to.
func TestNotifications(t *testing.T) {
	p := newPlace(t)
	path := "/v1/Services/" + string(p.service) + "/Configuration/Notifications"
	want := object{
		"account_sid": account, "chat_service_sid": string(p.service), "log_enabled": false,
		"new_message": map[string]any{
			"enabled": false, "template": "${CONVERSATION};${PARTICIPANT}: ${MESSAGE}", "sound": "", "badge_count_enabled": false,
			"with_media": map[string]any{"enabled": false, "template": "${CONVERSATION};${PARTICIPANT}: ${MEDIA}"},
		},
		"added_to_conversation": map[string]any{
			"enabled": false, "template": "You have been added to the conversation ${CONVERSATION} by ${PARTICIPANT}", "sound": "",
		},
		"removed_from_conversation": map[string]any{
			"enabled": false, "template": "You have been removed from the conversation ${CONVERSATION} by ${PARTICIPANT}", "sound": "",
		},
		"url": "http://" + p.addr + path,
	}
	same(t, "as they begin", p.get(path), want)
	want["log_enabled"] = true
	message := want["new_message"].(map[string]any)
	message["enabled"], message["template"], message["badge_count_enabled"] = true, "<${MESSAGE}>", true
	message["with_media"] = map[string]any{"enabled": true, "template": ""}
	want["removed_from_conversation"] = map[string]any{"enabled": true, "template": "bye", "sound": "bell"}
	same(t, "changed", p.post(path, 200, "LogEnabled", "true", "NewMessage.Enabled", "true", "NewMessage.Template", "<${MESSAGE}>",
		"NewMessage.BadgeCountEnabled", "true", "NewMessage.WithMedia.Enabled", "true", "NewMessage.WithMedia.Template", "",
		"RemovedFromConversation.Enabled", "true", "RemovedFromConversation.Template", "bye", "RemovedFromConversation.Sound", "bell"), want)
	same(t, "read", p.get(path), want)
	p.refusals(path, 20161, nil)
	p.refusals(path, 20001, []string{"NewMessage.Enabled", "perhaps"}, []string{"NewMessage.Sound", strings.Repeat("x", 257)})
	if other := p.get("/v1/Services/" + string(p.newService()) + "/Configuration/Notifications"); other["log_enabled"] != false {
		t.Errorf("another service's are %v", other)
	}
}

// TestBinding: the devices that clients register are listed, by user and by kind, and can be forgotten.
func TestBinding(t *testing.T) {
	p := newPlace(t)
	for _, who := range []string{"ann", "bob"} {
		for _, channel := range []hub.Channel{hub.ChannelFCM, hub.ChannelAPN} {
			_, err := p.hub.Do(t.Context(), hub.Actor{Service: p.service, Identity: who}, &hub.RegisterPush{
				Device: hub.Device{Channel: channel, Token: who + "'s phone"}, Credential: hub.CredentialSID("CR" + strings.Repeat("a", 32)),
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	path := "/v1/Services/" + string(p.service) + "/Bindings"
	all := p.turned(path+"?BindingType=fcm&Identity=bob", 1)
	if len(all) != 1 {
		t.Fatalf("bob's are %v", all)
	}
	one := all[0]
	created := dated(t, one)
	want := object{
		"sid": one["sid"], "account_sid": account, "chat_service_sid": string(p.service), "credential_sid": "CR" + strings.Repeat("a", 32),
		"endpoint": "bob's phone", "identity": "bob", "binding_type": "fcm",
		"message_types": []any{"new_message", "added_to_conversation", "removed_from_conversation"},
		"date_created":  created, "date_updated": created, "url": "http://" + p.addr + path + "/" + str(one, "sid"),
	}
	same(t, "listed", one, want)
	same(t, "read", p.get(str(one, "url")), want)
	for query, n := range map[string]int{"": 4, "?BindingType=apn": 2, "?Identity=ann&Identity=bob": 4, "?Identity=cyd": 0, "?BindingType=twilsock": 0} {
		if got := p.turned(path+query, 3); len(got) != n {
			t.Errorf("%q: %v", query, got)
		}
	}
	p.send(http.MethodGet, path+"?BindingType=pigeon").want(t, "no such type", 400, 20001)
	foreign := "/v1/Services/" + string(p.newService()) + "/Bindings/" + str(one, "sid")
	for _, method := range []string{http.MethodGet, http.MethodDelete} {
		p.send(method, foreign).want(t, method+" of another service's", 404, 20404)
	}
	p.gone(path + "/" + str(one, "sid"))
}
