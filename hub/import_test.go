package hub_test

import (
	"slices"
	"testing"
	"time"

	"parley/hub"
)

// long is long ago, in whole milliseconds.
var long = time.Date(2019, 5, 17, 10, 11, 12, 0, time.UTC)

// TestImportedMessages: the account says when a message was sent. The conversation's activity does not go back by it, and what
// follows bears the time of now (rule R15).
func TestImportedMessages(t *testing.T) {
	w := newWorld(t)
	ref := w.thread("bob")
	view := func() *hub.ConversationView {
		v, err := w.hub.Conversation(t.Context(), w.as(""), ref)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	before := view()
	send := func(d hub.Dates) *hub.Message {
		return w.do(w.as(""), &hub.SendMessage{Conversation: ref, Body: "x", ReplyTo: hub.NoIndex, Dates: d}).(*hub.Message)
	}
	old := send(hub.Dates{Created: long})
	if !old.DateCreated.Equal(long) || !old.DateUpdated.Equal(long) {
		t.Errorf("it was sent at %v and changed at %v", old.DateCreated, old.DateUpdated)
	}
	if v := view(); !v.Activity.Equal(before.Activity) || !v.Last.DateCreated.Equal(long) {
		t.Errorf("activity went from %v to %v", before.Activity, v.Activity)
	}
	if m := send(hub.Dates{}); m.DateCreated.Before(before.Activity) {
		t.Errorf("the next bears %v", m.DateCreated)
	}
	soon := time.Now().Add(40 * time.Second).UTC().Truncate(time.Millisecond)
	if m := send(hub.Dates{Created: soon}); !m.DateCreated.Equal(soon) {
		t.Errorf("%v is taken for %v", soon, m.DateCreated)
	}
	if m := send(hub.Dates{}); !m.DateCreated.Before(soon) {
		t.Errorf("what follows a date of the future bears %v", m.DateCreated)
	}
	for code, d := range map[hub.Code]hub.Dates{
		hub.CodeDateCreated: {Created: time.Now().Add(time.Hour)}, hub.CodeDateUpdated: {Updated: time.Now().Add(time.Hour)},
		hub.CodeDates: {Created: long, Updated: long.Add(-time.Second)},
	} {
		w.refused(code, w.as(""), &hub.SendMessage{Conversation: ref, Dates: d, ReplyTo: hub.NoIndex})
		w.refused(code, w.as(""), &hub.EditMessage{Conversation: ref, Dates: d})
		w.refused(code, w.as(""), &hub.CreateConversation{Dates: d})
		w.refused(code, w.as(""), &hub.UpdateConversation{Conversation: ref, Dates: d})
		w.refused(code, w.as(""), &hub.AddParticipant{Conversation: ref, Identity: "cyd", Dates: d})
		w.refused(code, w.as(""), &hub.UpdateParticipant{Conversation: ref, Participant: "bob", Dates: d})
	}
	w.refused(hub.CodeForbidden, w.as("ann"), &hub.EditMessage{Conversation: ref, Author: new("bob")})
	m := w.do(w.as(""), &hub.EditMessage{Conversation: ref, Message: hub.MessageRef{Index: 1}, Author: new("bob"), Subject: new("s"), Dates: hub.Dates{Created: long}}).(*hub.Message)
	if m.Author != "bob" || m.Subject != "s" || !m.DateCreated.Equal(long) || m.DateUpdated.Equal(long) {
		t.Errorf("changed it is %+v", m)
	}
}

// TestContent: a template takes the place of the body.
func TestContent(t *testing.T) {
	w := newWorld(t)
	ref := w.thread()
	const content = "HX00000000000000000000000000000001"
	m := w.do(w.as(""), &hub.SendMessage{Conversation: ref, Body: "x", ReplyTo: hub.NoIndex, ContentSID: content, ContentVariables: `{"1":"y"}`}).(*hub.Message)
	if got, err := w.hub.Message(t.Context(), w.as("ann"), ref, hub.MessageRef{SID: m.SID}); err != nil || got.Body != "" || got.ContentSID != content || got.ContentVariables != `{"1":"y"}` {
		t.Errorf("%+v, %v", got, err)
	}
	w.refused(hub.CodeContentSID, w.as(""), &hub.SendMessage{Conversation: ref, ReplyTo: hub.NoIndex, ContentSID: "HX1"})
	w.refused(hub.CodeContentVariables, w.as(""), &hub.SendMessage{Conversation: ref, ReplyTo: hub.NoIndex, ContentVariables: "{"})
}

// TestConversationOutside: what the account says of a conversation is kept, changes one by one and is told.
func TestConversationOutside(t *testing.T) {
	w := newWorld(t)
	const mg = "MG00000000000000000000000000000001"
	email := hub.EmailBinding{Address: "a@example.test", Name: "A"}
	v := w.do(w.as(""), &hub.CreateConversation{
		State: hub.StateInactive, MessagingService: mg, Email: email, Dates: hub.Dates{Created: long}, Timers: hub.Timers{Closed: time.Hour},
	}).(*hub.ConversationView)
	ref := hub.ConversationRef(v.SID)
	if v.State != hub.StateInactive || v.MessagingService != mg || v.Email != email || !v.DateCreated.Equal(long) || !v.Activity.Equal(long) {
		t.Errorf("made %+v", v.Conversation)
	}
	w.refused(hub.CodeCreateClosed, w.as(""), &hub.CreateConversation{State: hub.StateClosed})
	w.refused(hub.CodeState, w.as(""), &hub.CreateConversation{State: "initializing"})
	w.refused(hub.CodeMessagingService, w.as(""), &hub.CreateConversation{MessagingService: "MG1"})
	w.refused(hub.CodeAddressInvalid, w.as(""), &hub.CreateConversation{Email: hub.EmailBinding{Address: "+15550100"}})
	w.refused(hub.CodeMessagingService, w.as(""), &hub.UpdateConversation{Conversation: ref, MessagingService: new("x")})
	w.refused(hub.CodeInactiveTimer, w.as(""), &hub.UpdateConversation{Conversation: ref, Inactive: new(time.Second)})
	w.refused(hub.CodeTimersState, w.as(""), &hub.UpdateConversation{Conversation: ref, Inactive: new(time.Hour), State: new(hub.StateClosed)})
	changed := w.do(w.as(""), &hub.UpdateConversation{
		Conversation: ref, EmailName: new("B"), MessagingService: new(""), Inactive: new(time.Minute), Dates: hub.Dates{Updated: long.Add(time.Hour)},
	}).(*hub.ConversationView)
	if changed.Email != (hub.EmailBinding{Address: "a@example.test", Name: "B"}) || changed.MessagingService != "" ||
		changed.Timers != (hub.Timers{Inactive: time.Minute, Closed: time.Hour}) || !changed.DateUpdated.Equal(long.Add(time.Hour)) {
		t.Errorf("changed to %+v", changed.Conversation)
	}
}

// TestAccountReadsForOthers: the account moves another's horizon and mutes for it, and that user's sessions hear of it.
func TestAccountReadsForOthers(t *testing.T) {
	w := newWorld(t)
	ref := w.thread("bob")
	w.say("ann", ref, "zero")
	l, _ := w.listen("bob", nil)
	zero := int64(0)
	p := w.do(w.as(""), &hub.UpdateParticipant{Conversation: ref, Participant: "bob", Read: &zero, ReadTime: long}).(*hub.Participant)
	if p.Horizon != 0 || !p.HorizonTime.Equal(long) {
		t.Errorf("read %d at %v", p.Horizon, p.HorizonTime)
	}
	l.until("the horizon", has("ownConversationUpdated", 1))
	l.until("the horizon", has("readHorizonsMoved", 1))
	w.do(w.as(""), &hub.SetNotification{Conversation: ref, Participant: "bob", Level: hub.NotifyMuted})
	state := w.do(w.as(""), &hub.SetHorizon{Conversation: ref, Participant: "bob"}).(*hub.ReadState)
	if state.LastRead != hub.NoIndex || state.Unread != nil || state.Notification != hub.NotifyMuted {
		t.Errorf("bob stands at %+v", state)
	}
	nine := int64(9)
	w.refused(hub.CodeReadIndex, w.as(""), &hub.UpdateParticipant{Conversation: ref, Participant: "bob", Read: &nine})
	w.refused(hub.CodeForbidden, w.as("ann"), &hub.UpdateParticipant{Conversation: ref, Participant: "bob", Read: &zero})
	w.refused(hub.CodeParticipantAbsent, w.as(""), &hub.SetHorizon{Conversation: ref, Participant: "eve", Index: &zero})
	w.refused(hub.CodeIdentityFixed, w.as(""), &hub.UpdateParticipant{Conversation: ref, Participant: "bob", Identity: new("eve")})
	w.refused(hub.CodeNoProxy, w.as(""), &hub.UpdateParticipant{Conversation: ref, Participant: "bob", ProxyAddress: new("+15550100")})
	phone := w.outside(ref, "+15550101")
	w.refused(hub.CodeProxyFixed, w.as(""), &hub.UpdateParticipant{Conversation: ref, Participant: hub.ParticipantRef(phone.SID), ProxyAddress: new("")})
	w.refused(hub.CodeNothingToUpdate, w.as(""), &hub.UpdateParticipant{Conversation: ref, Participant: "bob"})
}

// TestGather: a conversation is made with those who are in it, or nothing is.
func TestGather(t *testing.T) {
	w := newWorld(t)
	taken := w.thread("bob")
	w.outside(taken, "+15550101")
	w.outside(taken, "+15550102")
	chat := func(identity string) hub.Newcomer { return hub.Newcomer{Chat: &hub.AddParticipant{Identity: identity}} }
	phone := func(address string) hub.Newcomer {
		return hub.Newcomer{Outside: &hub.AddNonChatParticipant{Address: address, ProxyAddress: "+15550199"}}
	}
	mail := hub.Newcomer{Outside: &hub.AddNonChatParticipant{Address: "c@example.test", ProxyAddress: "p@example.test", Name: "C", Level: "cc"}}
	l, _ := w.listen("bob", nil)
	v := w.do(w.as(""), &hub.GatherConversation{
		CreateConversation: hub.CreateConversation{State: hub.StateInactive}, Participants: []hub.Newcomer{chat("bob"), phone("+15550103"), mail},
	}).(*hub.ConversationView)
	l.until("joining", has("conversationJoined", 1))
	if v.State != hub.StateInactive || v.Participants != 3 || v.NonChat != 2 || v.Revision != 4 {
		t.Errorf("made %+v", v.Conversation)
	}
	for code, all := range map[hub.Code][]hub.Newcomer{
		hub.CodePairTaken: {chat("cyd"), phone("+15550101")}, hub.CodePairsTaken: {phone("+15550101"), chat("cyd"), phone("+15550102")},
		hub.CodeAlreadyIn: {chat("cyd"), chat("cyd")}, hub.CodeParticipantEmpty: {chat("cyd"), {}},
		hub.CodeGroupMMS: {{Outside: &hub.AddNonChatParticipant{Address: "+15550101"}}}, hub.CodeAddressInvalid: {chat("cyd"), phone("1")},
		hub.CodeParticipantsAtOnce: slices.Repeat([]hub.Newcomer{chat("cyd")}, 11),
	} {
		w.refused(code, w.as(""), &hub.GatherConversation{CreateConversation: hub.CreateConversation{UniqueName: "x"}, Participants: all})
	}
	w.refused(hub.CodeForbidden, w.as("ann"), &hub.GatherConversation{})
	if _, err := w.hub.Conversation(t.Context(), w.as(""), "x"); err == nil {
		t.Error("something was made")
	}
	if _, err := w.hub.User(t.Context(), w.as(""), "cyd"); err == nil {
		t.Error("somebody was made")
	}
}
