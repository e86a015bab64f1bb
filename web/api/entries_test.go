package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"parley/hub"
)

// entries has a line for every operation, by its id without Service: one without a line fails the test. In a form $n is a number
// never used before, $service and $conversation are sids of roles of these types.
var entries = map[string]entry{
	"CreateConversation": {form: []string{
		"FriendlyName", "Tea", "UniqueName", "tea-$n", "Attributes", `{"a":1}`, "Timers.Inactive", "PT5M", "Timers.Closed", "P1D",
	}},
	"FetchConversation":  {},
	"UpdateConversation": {form: []string{"FriendlyName", "Tea $n", "Attributes", "[$n]", "State", "inactive"}},
	"DeleteConversation": {},

	"CreateConversationScopedWebhook": {form: []string{
		"Target", "webhook", "Configuration.Url", "https://example.test/$n", "Configuration.Method", "GET",
		"Configuration.Filters", "onMessageAdded", "Configuration.Filters", "onMessageRemoved",
	}},
	"ListConversationScopedWebhook":   {},
	"FetchConversationScopedWebhook":  {},
	"UpdateConversationScopedWebhook": {form: []string{"Configuration.Url", "https://example.test/$n"}},
	"DeleteConversationScopedWebhook": {},

	"CreateUser": {form: []string{"Identity", "ann-$n", "FriendlyName", "Ann", "Attributes", "{}", "RoleSid", "$service"}},
	"ListUser":   {},
	"FetchUser":  {},
	"UpdateUser": {form: []string{"FriendlyName", "Ann $n", "Attributes", "[$n]", "RoleSid", "$service"}},
	"DeleteUser": {},

	"CreateRole": {form: []string{"FriendlyName", "role $n", "Type", "conversation", "Permission", "sendMessage", "Permission", "leaveChannel"}},
	"ListRole":   {},
	"FetchRole":  {},
	"UpdateRole": {form: []string{"Permission", "sendMessage"}},
	"DeleteRole": {},

	"CreateService": {form: []string{"FriendlyName", "service $n"}},
	"ListService":   {},
	"FetchService":  {},
	"DeleteService": {},

	"ListServiceBinding":   {form: []string{"BindingType", "fcm", "Identity", "bob"}},
	"FetchServiceBinding":  {},
	"DeleteServiceBinding": {},

	"FetchServiceConfiguration": {},
	"UpdateServiceConfiguration": {form: []string{
		"DefaultConversationCreatorRoleSid", "$conversation", "DefaultConversationRoleSid", "$conversation",
		"DefaultChatServiceRoleSid", "$service", "ReachabilityEnabled", "true",
	}},
	"FetchServiceNotification": {},
	"UpdateServiceNotification": {form: []string{
		"LogEnabled", "true", "NewMessage.Enabled", "True", "NewMessage.Template", "${PARTICIPANT}: ${MESSAGE}",
		"NewMessage.WithMedia.Enabled", "false", "AddedToConversation.Sound", "ding",
	}},
	"FetchServiceWebhookConfiguration": {},
	"UpdateServiceWebhookConfiguration": {form: []string{
		"PreWebhookUrl", "https://example.test/pre", "PostWebhookUrl", "https://example.test/post", "Filters", "onMessageAdd", "Method", "POST",
	}},
	"FetchConfiguration":        {},
	"UpdateConfiguration":       {form: []string{"DefaultInactiveTimer", "PT10M", "DefaultClosedTimer", "P7D"}},
	"FetchConfigurationWebhook": {},
	"UpdateConfigurationWebhook": {form: []string{
		"PostWebhookUrl", "https://example.test/post", "Filters", "onMessageAdded", "Method", "get", "Target", "webhook",
	}},

	"CreateConfigurationAddress": {form: []string{
		"Type", "sms", "Address", "+1555$n", "FriendlyName", "Desk", "AutoCreation.Enabled", "true", "AutoCreation.Type", "webhook",
		"AutoCreation.WebhookUrl", "https://example.test/$n", "AutoCreation.WebhookMethod", "post", "AutoCreation.WebhookFilters", "onMessageAdded",
	}},
	"ListConfigurationAddress":   {form: []string{"Type", "sms"}},
	"FetchConfigurationAddress":  {},
	"UpdateConfigurationAddress": {form: []string{"FriendlyName", "Desk $n"}},
	"DeleteConfigurationAddress": {},

	"CreateCredential": {form: []string{"Type", "fcm", "FriendlyName", "phones $n", "Secret", "hush"}},
	"ListCredential":   {},
	"FetchCredential":  {},
	"UpdateCredential": {form: []string{"FriendlyName", "phones $n"}},
	"DeleteCredential": {},

	"ListConversation": {},
	"CreateConversationWithParticipants": {form: []string{
		"FriendlyName", "Tea", "Participant", `{"identity":"ann-$n"}`,
		"Participant", `{"messaging_binding":{"address":"c$n@example.test","proxy_address":"p@example.test","level":"cc","name":"C"}}`,
	}},

	"CreateConversationMessage": {form: []string{
		"Author", "ann", "Body", "Tea?", "Subject", "Tea", "Attributes", `{"a":$n}`, "DateCreated", "2019-01-01T10:11:12Z",
	}},
	"Search":                          {form: []string{"Query", "tea"}},
	"ListConversationChange":          {form: []string{"Since", "1", "Limit", "10"}},
	"ListConversationMessage":         {form: []string{"Order", "desc"}},
	"FetchConversationMessage":        {},
	"UpdateConversationMessage":       {form: []string{"Body", "Tea $n", "Author", "bob-$n"}},
	"DeleteConversationMessage":       {},
	"ListConversationMessageReceipt":  {},
	"FetchConversationMessageReceipt": {},

	"CreateConversationParticipant": {form: []string{
		"MessagingBinding.Address", "a$n@example.test", "MessagingBinding.ProxyAddress", "p@example.test", "Attributes", `{"a":1}`,
	}},
	"ListConversationParticipant":   {},
	"FetchConversationParticipant":  {},
	"UpdateConversationParticipant": {form: []string{"Attributes", `{"a":$n}`}},
	"DeleteConversationParticipant": {},

	"ListParticipantConversation": {form: []string{"Identity", "sitter"}},
	"ListUserConversation":        {},
	"FetchUserConversation":       {},
	"UpdateUserConversation":      {form: []string{"NotificationLevel", "muted"}},
	"DeleteUserConversation":      {},

	"FetchMedia":  {},
	"DeleteMedia": {},

	"BarUser":    {},
	"LiftBar":    {},
	"EndSession": {},
	"ListHubs":   {},
}

// constants are values of paths that need nothing to be there.
var constants = map[string]string{"Identity": "ann%2Fwork", "Session": "s-1"}

// makers make what no operation makes, or not alone, by the segment before it in the path.
var makers = map[string]func(t *testing.T, w *world, service hub.ServiceSID, path string) string{
	"Bindings": func(t *testing.T, w *world, service hub.ServiceSID, _ string) string {
		t.Helper()
		device := hub.Device{Channel: hub.ChannelFCM, Token: fmt.Sprint("device ", w.number())}
		answer, err := w.hub.Do(t.Context(), hub.Actor{Service: service, Identity: "bob"}, &hub.RegisterPush{Device: device})
		if err != nil {
			t.Fatal(err)
		}
		return string(answer.(*hub.PushBinding).SID)
	},
	"Conversations":            makeConversation,
	"Messages":                 makeMessage,
	"Receipts":                 makeReceipt,
	"ParticipantConversations": makeConversation,
	"search":                   makeTalk,
	"Media":                    makeMedia,
}

func makeMedia(t *testing.T, w *world, _ hub.ServiceSID, path string) string {
	t.Helper()
	a := w.send(t, http.MethodPost, path, url.Values{"any": {"content"}}) // a form is a file too
	sid, _ := a.value["sid"].(string)
	if a.status != http.StatusCreated {
		t.Fatalf("%d %s", a.status, a.text)
	}
	return sid
}
