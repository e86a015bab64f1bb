package hub_test

import (
	"strings"
	"testing"

	"parley/hub"
)

// TestNonce: the same nonce answers the message that exists, whatever the new content, also after its author left and
// came back, and brings nothing about (rule R9).
func TestNonce(t *testing.T) {
	w := newWorld(t)
	ref := w.thread("bob")
	send := func(body, nonce string) *hub.Message {
		return w.do(w.as("bob"), &hub.SendMessage{Conversation: ref, Body: body, ReplyTo: hub.NoIndex, Nonce: nonce}).(*hub.Message)
	}
	first := send("once", "n1")
	if again := send("twice", "n1"); again.SID != first.SID || again.Body != "once" {
		t.Errorf("the second send answered %+v", again)
	}
	w.do(w.as("bob"), &hub.LeaveConversation{Conversation: ref})
	if again := send("gone", "n1"); again.SID != first.SID {
		t.Errorf("after leaving, the nonce answered %+v", again)
	}
	w.refused(hub.CodeConversationAbsent, w.as("bob"), &hub.SendMessage{Conversation: ref, Body: "x", Nonce: "n2", ReplyTo: hub.NoIndex})
	w.do(w.as("ann"), &hub.RemoveMessage{Conversation: ref, Message: hub.MessageRef{Index: first.Index}})
	if again := send("removed", "n1"); !again.Removed || again.Body != "" {
		t.Errorf("of a removed message the nonce answered %+v", again)
	}
	if other := w.do(w.as("ann"), &hub.SendMessage{Conversation: ref, Body: "hers", Nonce: "n1", ReplyTo: hub.NoIndex}).(*hub.Message); other.SID == first.SID {
		t.Error("a nonce is not its author's own")
	}
}

func TestLastMessageAndUnread(t *testing.T) {
	w := newWorld(t)
	ref := w.thread("bob")
	view := func() *hub.ConversationView {
		v, err := w.hub.Conversation(t.Context(), w.as("bob"), ref)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if v := view(); v.Last != nil || v.Unread != nil {
		t.Errorf("an empty conversation has last message %v and unread %v", v.Last, v.Unread)
	}
	for _, body := range []string{"zero", "one", strings.Repeat("é", 200)} {
		w.say("ann", ref, body)
	}
	if v := view(); v.Last.Index != 2 || len(v.Last.Body) != hub.LastMessageBytes {
		t.Errorf("last message %+v", v.Last)
	}
	zero := int64(0)
	w.do(w.as("bob"), &hub.SetHorizon{Conversation: ref, Index: &zero})
	w.do(w.as("ann"), &hub.RemoveMessage{Conversation: ref, Message: hub.MessageRef{Index: 2}})
	if v := view(); v.Last.Body != "one" || *v.Unread != 1 {
		t.Errorf("after a removal: last %+v, unread %d", v.Last, *v.Unread)
	}
	state := w.do(w.as("bob"), &hub.SetHorizon{Conversation: ref}).(*hub.ReadState)
	if state.Unread != nil || state.LastRead != hub.NoIndex {
		t.Errorf("unread again: %+v", state)
	}
	nine := int64(9)
	w.refused(hub.CodeReadIndex, w.as("bob"), &hub.SetHorizon{Conversation: ref, Index: &nine})
}

func TestClosing(t *testing.T) {
	w := newWorld(t)
	ref := w.thread("bob")
	phone := &hub.AddNonChatParticipant{Conversation: ref, ProxyAddress: "+15550001", Address: "+15550002"}
	w.do(w.as("ann"), phone)
	other := w.thread()
	again := &hub.AddNonChatParticipant{Conversation: other, ProxyAddress: "+15550001", Address: "+15550002"}
	w.refused(hub.CodePairTaken, w.as("ann"), again)
	closed := hub.StateClosed
	w.do(w.as("ann"), &hub.UpdateConversation{Conversation: ref, State: &closed})
	w.do(w.as("ann"), &hub.AddNonChatParticipant{Conversation: other, ProxyAddress: "+15550001", Address: "+15550002"})
	w.refused(hub.CodeClosed, w.as("bob"), &hub.SendMessage{Conversation: ref, Body: "x", ReplyTo: hub.NoIndex})
	w.refused(hub.CodeClosed, w.as("bob"), &hub.LeaveConversation{Conversation: ref})
	if _, err := w.hub.Messages(t.Context(), w.as("bob"), ref, hub.MessageQuery{Anchor: hub.NoIndex, Limit: 10}); err != nil {
		t.Errorf("a closed conversation cannot be read: %v", err)
	}
	w.do(w.as("ann"), &hub.DeleteConversation{Conversation: ref})
}

func TestInactiveWakesUp(t *testing.T) {
	w := newWorld(t)
	ref := w.thread("bob")
	bob, _ := w.listen("bob", nil)
	inactive := hub.StateInactive
	v := w.do(w.as("ann"), &hub.UpdateConversation{Conversation: ref, State: &inactive}).(*hub.ConversationView)
	w.say("ann", ref, "up")
	notes := bob.until("two events for one command", has("messageAdded", 1))
	last := notes[len(notes)-1].Params.Revision
	if count(notes, "conversationUpdated") != 2 || last != v.Revision+2 {
		t.Errorf("got %v, the message at revision %d after %d (rule R1: two revisions)", methods(notes), last, v.Revision)
	}
}

// TestNobodyLiftsOthers: a role with more than one's own permissions cannot be given.
func TestNobodyLiftsOthers(t *testing.T) {
	w := newWorld(t)
	ref := w.thread("bob")
	roles, err := w.hub.Roles(t.Context(), w.as("ann"), hub.RoleConversation)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range roles {
		if r.FriendlyName == "channel admin" {
			w.refused(hub.CodeForbidden, w.as("bob"), &hub.UpdateParticipant{Conversation: ref, Participant: "bob", Role: &r.SID})
			w.do(w.as("ann"), &hub.UpdateParticipant{Conversation: ref, Participant: "bob", Role: &r.SID})
		}
	}
	w.do(w.as("bob"), &hub.RemoveParticipant{Conversation: ref, Participant: "ann"})
	w.refused(hub.CodeConversationAbsent, w.as("ann"), &hub.JoinConversation{Conversation: ref})
}

func TestPrivateJoin(t *testing.T) {
	w := newWorld(t, func(c *hub.Config) { c.PrivateJoin = true })
	ref := w.thread()
	w.do(w.as("eve"), &hub.OpenUser{})
	w.refused(hub.CodeConversationAbsent, w.as("eve"), &hub.JoinConversation{Conversation: ref})
}

func TestParsePermission(t *testing.T) {
	for name, want := range map[string]hub.Permission{
		"sendMessage": hub.PermSendMessage, "destroyChannel": hub.PermDeleteConversation, "createConversation": hub.PermCreateConversation,
	} {
		if got, err := hub.ParsePermission(name); err != nil || got != want {
			t.Errorf("%s: got %s, %v", name, got, err)
		}
	}
	if _, err := hub.ParsePermission("fly"); err == nil {
		t.Error("an unknown permission was accepted")
	}
}

func TestParseBinding(t *testing.T) {
	limits := hub.DefaultLimits()
	for name, c := range map[string]struct {
		proxy, address string
		kind           hub.Kind
		code           hub.Code
	}{
		"sms":            {"+15550001", "+15550002", hub.KindSMS, 0},
		"whatsapp":       {"whatsapp:+15550001", "whatsapp:+15550002", hub.KindWhatsApp, 0},
		"e-mail":         {"us@example.com", "them@example.com", hub.KindEmail, 0},
		"same":           {"+15550001", "+15550001", "", hub.CodeAddressIsProxy},
		"mixed":          {"+15550001", "whatsapp:+15550002", "", hub.CodeChannelsDiffer},
		"leading zero":   {"+15550001", "+05550002", "", hub.CodeAddressInvalid},
		"sixteen digits": {"+15550001", "+1555000200000000", "", hub.CodeAddressInvalid},
		"no plus":        {"15550001", "+15550002", "", hub.CodeProxyInvalid},
		"nothing":        {"+15550001", "", "", hub.CodeAddressInvalid},
	} {
		b, err := hub.ParseBinding(c.proxy, c.address, &limits)
		switch {
		case c.code != 0 && (err == nil || hub.AsError(err).Code != c.code):
			t.Errorf("%s: got %v, want code %d", name, err, c.code)
		case c.code == 0 && (err != nil || b.Kind != c.kind):
			t.Errorf("%s: got %v, %v", name, b, err)
		}
	}
}

func TestIdentities(t *testing.T) {
	w := newWorld(t)
	for identity, code := range map[string]hub.Code{
		string(hub.NewUserSID()): hub.CodeIdentityIsSID,
		strings.Repeat("x", 257): hub.CodeIdentityLong,
		"nul\x00":                hub.CodeInvalidParams,
		"\xff":                   hub.CodeInvalidParams,
	} {
		w.refused(code, w.as(identity), &hub.OpenUser{})
	}
	w.do(w.as(strings.Repeat("é", 256)), &hub.OpenUser{})
}
