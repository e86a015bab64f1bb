package hub_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"

	"parley/hub"
)

func (w *world) bindings(identities ...string) []*hub.PushBinding {
	w.t.Helper()
	all, next, err := w.hub.PushBindings(w.t.Context(), w.account(), identities, nil, hub.PageQuery{Limit: 100})
	if err != nil || next != "" {
		w.t.Fatalf("bindings: %q, %v", next, err)
	}
	return all
}

// TestDevices: a device is of the one who registered it last; a user has a bounded number, and they go with the user.
func TestDevices(t *testing.T) {
	w := newWorld(t)
	fcm := func(token string) hub.Device { return hub.Device{Channel: hub.ChannelFCM, Token: token} }
	credential := hub.CredentialSID("CR" + strings.Repeat("0", 32))
	w.do(w.as("ann"), &hub.RegisterPush{Device: fcm("phone"), Credential: credential})
	first := w.bindings("ann")
	if len(first) != 1 || first[0].Endpoint != "phone" || first[0].Credential != credential || first[0].Channel != hub.ChannelFCM || first[0].Identity != "ann" {
		t.Fatalf("ann's devices are %+v", first)
	}
	w.do(w.as("ann"), &hub.RegisterPush{Device: fcm("phone")})
	if again := w.bindings("ann"); len(again) != 1 || again[0].SID != first[0].SID || again[0].Credential != "" {
		t.Errorf("registered again: %+v", again)
	}
	w.do(w.as("bob"), &hub.UnregisterPush{Device: fcm("phone")})
	if len(w.bindings("ann")) != 1 {
		t.Error("bob unregisters ann's device")
	}
	w.do(w.as("bob"), &hub.RegisterPush{Device: fcm("phone")})
	w.do(w.as("ann"), &hub.RegisterPush{Device: hub.Device{Channel: hub.ChannelAPN, Token: "phone"}})
	subscription := `{"endpoint":"https://push.test/1","keys":{"auth":"x","p256dh":"y"}}`
	w.do(w.as("ann"), &hub.RegisterPush{Device: hub.Device{Channel: hub.ChannelWebPush, Subscription: subscription}})
	if all := w.bindings(); len(all) != 3 {
		t.Errorf("devices are %+v", all)
	}
	if hers := w.bindings("bob"); len(hers) != 1 || hers[0].Endpoint != "phone" {
		t.Errorf("bob's are %+v", hers)
	}
	web, _, err := w.hub.PushBindings(t.Context(), w.account(), []string{"ann"}, []string{"webpush"}, hub.PageQuery{Limit: 9})
	if err != nil || len(web) != 1 || web[0].Endpoint != "https://push.test/1" || web[0].Subscription != subscription {
		t.Errorf("ann's browsers are %+v, %v", web, err)
	}
	for _, bad := range []hub.Device{
		{Channel: "pager", Token: "x"},
		{Channel: hub.ChannelFCM},
		{Channel: hub.ChannelWebPush, Subscription: `{"endpoint":"http://x"}`},
		{Channel: hub.ChannelWebPush, Subscription: `[]`},
		{Channel: hub.ChannelAPN, Token: strings.Repeat("x", 4097)},
	} {
		w.refused(hub.CodeInvalidParams, w.as("ann"), &hub.RegisterPush{Device: bad})
	}
	w.refused(hub.CodeForbidden, w.account(), &hub.RegisterPush{Device: fcm("x")})
	w.do(w.as("ann"), &hub.UnregisterPush{Device: hub.Device{Channel: hub.ChannelWebPush, Subscription: subscription}})
	for i := range hub.MaxBindings + 3 {
		w.do(w.as("ann"), &hub.RegisterPush{Device: fcm(fmt.Sprint("device ", i))})
	}
	if mine := w.bindings("ann"); len(mine) != hub.MaxBindings || slices.ContainsFunc(mine, func(b *hub.PushBinding) bool { return b.Channel == hub.ChannelAPN }) {
		t.Errorf("ann has %d devices, the first %+v", len(mine), mine[0])
	}
	w.do(w.account(), &hub.CreateUser{Identity: "ann"})
	if err := w.hub.DeleteUser(t.Context(), w.account(), "ann"); err != nil || len(w.bindings("ann")) != 0 || len(w.bindings("bob")) != 1 {
		t.Errorf("after deleting ann, %v: %v", err, w.bindings())
	}
}

// TestTold: all that a conversation's events are told to is found in one read, and nothing of others.
func TestTold(t *testing.T) {
	w := newWorld(t)
	here, there := w.thread(), w.thread()
	hook := func(ref hub.ConversationRef, url string) *hub.ScopedWebhook {
		return w.do(w.account(), &hub.CreateScopedWebhook{
			Conversation: ref, Target: hub.TargetWebhook, WebhookFields: hub.WebhookFields{URL: &url, Filters: &[]string{"onMessageAdded"}},
		}).(*hub.ScopedWebhook)
	}
	hooks := []*hub.ScopedWebhook{hook(here, "https://a.test/1"), hook(here, "https://a.test/2")}
	slices.SortFunc(hooks, func(a, b *hub.ScopedWebhook) int { return strings.Compare(string(a.SID), string(b.SID)) }) // sids of one moment are in no order
	hook(there, "https://a.test/3")
	mine, every := "https://a.test/service", "https://a.test/account"
	w.do(w.account(), &hub.UpdateWebhooks{Service: w.service, PostURL: &mine})
	w.do(w.account(), &hub.UpdateWebhooks{PreURL: &every, Filters: &[]string{"onMessageAdd"}})
	told, err := w.hub.Told(t.Context(), w.service, here.SID())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(told.Scoped, hooks) || told.Service.PostURL != mine || told.Service.Method != "POST" ||
		told.Account.PreURL != every || told.Account.Filters[0] != "onMessageAdd" {
		t.Errorf("told are %+v", told)
	}
	none, err := w.hub.Told(t.Context(), hub.NewServiceSID(), hub.NewConversationSID())
	if err != nil || none.Service != nil || none.Scoped != nil || none.Account == nil {
		t.Errorf("of what is not there: %+v, %v", none, err)
	}
}

// TestSecrets: no way of printing a credential, or what a store keeps of it, shows its secrets.
func TestSecrets(t *testing.T) {
	w := newWorld(t)
	hush := hub.Secret("hush hush")
	fcm := "fcm"
	c := w.do(w.account(), &hub.CreateCredential{CredentialFields: hub.CredentialFields{Type: &fcm, Secret: &hush, APIKey: &hush, PrivateKey: &hush, Certificate: &hush}}).(*hub.Credential)
	read, err := w.hub.Credential(t.Context(), c.SID)
	if err != nil || string(read.Secret) != "hush hush" {
		t.Fatalf("read back %v, %v", read, err)
	}
	record, err := w.store.Record(t.Context(), hub.RecordCredential, "", hub.RecordRef(c.SID))
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(read)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(h).Info("x", "credential", read, "record", record, "value", *record, "secret", read.Secret)
	}
	for _, v := range []any{read, *read, record, *record, read.Secret, &hub.CreateCredential{CredentialFields: hub.CredentialFields{Secret: &hush}}} {
		fmt.Fprintf(&log, "%v %+v %#v %s", v, v, v, v)
	}
	if all := log.String() + string(text); strings.Contains(all, "hush") {
		t.Errorf("it shows: %s", all)
	}
}
