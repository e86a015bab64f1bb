package wire_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/hub"
	"parley/session/wire"
)

// TestRoundTrip holds encoder and client types together: whatever the hub says, in answers and in events,
// clients read the same, and each object shows as the same in both.
func TestRoundTrip(t *testing.T) {
	t.Run("message", rapid.MakeCheck(func(t *rapid.T) {
		m := drawMessage(t)
		same(t, read[wire.Message](t, wire.AppendMessage(nil, m)), readMessage(m))
		e := roundTrip(t, wire.Encoder{}.Event(nil, event(hub.MessageAdded, hub.Event{Message: m}), true))
		same(t, *e.Message, readMessage(m))
		same(t, [3]any{e.ConversationSID, e.Revision, e.Replay}, [3]any{sampleConversation, hub.Revision(42), true})
	}))
	t.Run("participant", rapid.MakeCheck(func(t *rapid.T) {
		p, reasons := drawParticipant(t), drawReasons(t)
		same(t, read[wire.Participant](t, wire.AppendParticipant(nil, p)), readParticipant(p))
		e := roundTrip(t, wire.Encoder{}.Event(nil, event(hub.ParticipantUpdated, hub.Event{Participant: p, Reasons: reasons}), false))
		same(t, *e.Participant, readParticipant(p))
		same(t, e.Reasons, reasons)
	}))
	t.Run("conversation", rapid.MakeCheck(func(t *rapid.T) {
		v := drawView(t)
		same(t, read[wire.Conversation](t, wire.AppendConversation(nil, v)), readView(v))
		e := roundTrip(t, wire.Encoder{}.Notice(nil, &hub.Notice{Kind: hub.NoticeJoined, Conversation: v.SID, Revision: v.Revision, View: v}))
		same(t, *e.Conversation, readView(v))
		e = roundTrip(t, wire.Encoder{}.Event(nil, &hub.Event{Kind: hub.ConversationUpdated, Conversation: v.SID, Revision: v.Revision, Thread: v.Conversation}, false))
		shared := readView(v)
		shared.ConversationCounts, shared.OwnConversation = wire.ConversationCounts{}, wire.OwnConversation{}
		same(t, *e.Conversation, shared)
	}))
	t.Run("user", rapid.MakeCheck(func(t *rapid.T) {
		u := drawUser(t)
		same(t, read[wire.User](t, wire.AppendUser(nil, u)), readUser(u))
		e := roundTrip(t, wire.Encoder{}.Signal(nil, &hub.Signal{Kind: hub.UserUpdated, User: u}))
		same(t, *e.User, readUser(u))
	}))
	t.Run("removal", rapid.MakeCheck(func(t *rapid.T) {
		m, v := drawMessage(t), drawView(t)
		m.Removed = true
		gone := wire.Message{SID: m.SID, Index: m.Index, Removed: true}
		same(t, read[wire.Message](t, wire.AppendMessage(nil, m)), gone)
		changed := rapid.Bool().Draw(t, "changed")
		e := roundTrip(t, wire.Encoder{}.Event(nil, event(hub.MessageRemoved, hub.Event{Message: m, LastChanged: changed, Last: v.Last}), false))
		gone.Removed = false
		same(t, *e.Message, gone)
		want := wire.LastChange{Changed: changed}
		if changed {
			want.Message = readLast(v.Last)
		}
		same(t, e.Last, want)
	}))
}

func TestRoundTripOfSignals(t *testing.T) {
	signals := sampleSignals()
	e := roundTrip(t, wire.Encoder{}.Signal(nil, signals["readHorizonsMoved"]))
	same(t, e.Horizons, []wire.Horizon{
		{ParticipantSID: sampleParticipant, Identity: "alice", Index: new(int64(17)), Timestamp: sampleTime},
		{ParticipantSID: sampleParticipant, Identity: "bob", Timestamp: sampleLater},
	})
	e = roundTrip(t, wire.Encoder{}.Signal(nil, signals["typingStarted"]))
	same(t, [2]any{e.ParticipantSID, e.Identity}, [2]any{sampleParticipant, "alice"})
	e = roundTrip(t, wire.Encoder{}.Signal(nil, signals["ownConversationUpdated"]))
	same(t, e.SignalParams, wire.SignalParams{
		LastReadMessageIndex: new(int64(16)), UnreadMessagesCount: new(int64(0)), NotificationLevel: hub.NotifyDefault,
	})
	e = roundTrip(t, wire.Encoder{}.Event(nil, sampleEvents()["messageUpdated-reaction"], false))
	same(t, *e.Message, wire.Message{
		SID: sampleMessageSID, Index: 17, Reaction: &wire.ReactionChange{Name: "👍", Identity: "bob", Added: true},
		Reactions: map[string]wire.Reaction{"heart": {Count: 1}, "👍": {Count: 25}},
	})
	e = roundTrip(t, wire.Encoder{}.Notice(nil, sampleNotices()["conversationLeft"]))
	same(t, e.Reason, hub.Removed)
	e = roundTrip(t, wire.AppendTokenAboutToExpire(nil, sampleTime))
	same(t, e.ExpiresAt, sampleTime)
	e = roundTrip(t, wire.AppendServerDraining(nil, 90*time.Second))
	same(t, e.ReconnectWithin, int64(90))
}

func TestRoundTripOfRoleAndConnect(t *testing.T) {
	role := sampleRoleObject()
	same(t, read[wire.Role](t, wire.AppendRole(nil, role)), wire.Role{
		SID: role.SID, ServiceSID: role.Service, FriendlyName: role.FriendlyName, Type: role.Type,
		Permissions: role.Permissions, DateCreated: sampleTime, DateUpdated: sampleTime,
	})
	sent := sampleConnect()
	same(t, read[wire.Connected](t, wire.AppendConnectResult(nil, sent)), wire.Connected{
		Session: sent.Session, Epoch: sent.Epoch, User: readUser(sent.User), ServiceSID: sent.Service, Hub: sent.Hub,
		ExpiresAt: sent.ExpiresAt, Heartbeat: 25, Replaying: sent.Replaying, Limits: sent.Limits,
		Conversations: []wire.Conversation{readView(sent.Conversations[0])}, NextPageToken: "next",
	})
}

func TestDecodeIncomingBatch(t *testing.T) {
	added, done := encodedEvents()["messageAdded"], wire.AppendDone(nil, []byte("7"))
	frame := append(append(append([]byte(" ["), added...), ','), done...)
	messages, err := wire.DecodeIncoming(nil, append(frame, ']'))
	if err != nil || len(messages) != 2 || messages[0].Method != "messageAdded" || string(messages[1].ID) != "7" {
		t.Errorf("%v, %v", messages, err)
	}
	for _, frame := range []string{``, `[`, `{"id":`, `7`} {
		if _, err := wire.DecodeIncoming(nil, []byte(frame)); err == nil {
			t.Errorf("%q is accepted", frame)
		}
	}
	if _, err := (&wire.Incoming{Method: "x", Params: json.RawMessage(`[]`)}).Event(); err == nil {
		t.Error("params by position are accepted")
	}
}

type reporter interface {
	Helper()
	Fatalf(format string, args ...any)
}

func roundTrip(t reporter, text []byte) *wire.Event {
	t.Helper()
	if err := wire.Check(text); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	messages, err := wire.DecodeIncoming(nil, text)
	if err != nil || len(messages) != 1 {
		t.Fatalf("%v\n%s", err, text)
	}
	e, err := messages[0].Event()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return e
}

func same[T any](t reporter, got, want T) {
	t.Helper()
	if got = even(got); !reflect.DeepEqual(got, want) {
		t.Fatalf("\n got %+v\nwant %+v", got, want)
	}
}
