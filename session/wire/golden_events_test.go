package wire_test

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"parley/hub"
	"parley/session/wire"
)

// event fills in what all sample events have.
func event(kind hub.EventKind, e hub.Event) *hub.Event {
	e.Kind, e.Conversation, e.Revision = kind, sampleConversation, 42
	return &e
}

func sampleEvents() map[string]*hub.Event {
	liked := &hub.ReactionChange{Name: "👍", Identity: "bob", Added: true, Count: 25}
	unliked := &hub.ReactionChange{Name: "heart", Identity: "bob"}
	return map[string]*hub.Event{
		"messageAdded":            event(hub.MessageAdded, hub.Event{Message: fullMessage()}),
		"messageAdded-bare":       event(hub.MessageAdded, hub.Event{Message: bareMessage()}),
		"messageUpdated":          event(hub.MessageUpdated, hub.Event{Message: fullMessage(), Reasons: []string{hub.ReasonBody, hub.ReasonAttributes}}),
		"messageUpdated-reaction": event(hub.MessageUpdated, hub.Event{Message: fullMessage(), Reaction: liked, Reasons: []string{hub.ReasonReaction}}),
		"messageUpdated-unreact":  event(hub.MessageUpdated, hub.Event{Message: bareMessage(), Reaction: unliked, Reasons: []string{hub.ReasonReaction}}),
		"messageRemoved":          event(hub.MessageRemoved, hub.Event{Message: removedMessage()}),
		"messageRemoved-last":     event(hub.MessageRemoved, hub.Event{Message: removedMessage(), LastChanged: true, Last: sampleLast()}),
		"messageRemoved-only":     event(hub.MessageRemoved, hub.Event{Message: removedMessage(), LastChanged: true}),
		"participantJoined":       event(hub.ParticipantJoined, hub.Event{Participant: chatParticipant(), View: fullView()}),
		"participantJoined-phone": event(hub.ParticipantJoined, hub.Event{Participant: phoneParticipant()}),
		"participantUpdated":      event(hub.ParticipantUpdated, hub.Event{Participant: chatParticipant(), Reasons: []string{hub.ReasonRole}}),
		"participantLeft":         event(hub.ParticipantLeft, hub.Event{Participant: chatParticipant()}),
		"conversationUpdated":     event(hub.ConversationUpdated, hub.Event{Thread: fullThread(), Reasons: []string{hub.ReasonFriendlyName}}),
		"conversationUpdated-bare": event(hub.ConversationUpdated, hub.Event{
			Thread: bareThread(), Reasons: []string{hub.ReasonState},
		}),
		"conversationLeft-deletedEvent": event(hub.ConversationDeleted, hub.Event{}),
	}
}

func sampleNotices() map[string]*hub.Notice {
	const c = sampleConversation
	return map[string]*hub.Notice{
		"conversationJoined":         {Kind: hub.NoticeJoined, Conversation: c, Revision: 42, View: fullView()},
		"conversationJoined-replay":  {Kind: hub.NoticeJoined, Conversation: c, Revision: 42, View: bareView(), Replay: true},
		"conversationLeft":           {Kind: hub.NoticeLeft, Conversation: c, Revision: 42, Reason: hub.Removed},
		"conversationLeft-unknown":   {Kind: hub.NoticeLeft, Conversation: c},
		"conversationReset":          {Kind: hub.NoticeReset, Conversation: c, Revision: 42, View: fullView(), Replay: true},
		"conversationReplayed":       {Kind: hub.NoticeReplayed, Conversation: c, Revision: 42, View: fullView(), Replay: true},
		"conversationReplayed-unset": {Kind: hub.NoticeReplayed, Conversation: c, Revision: 1, View: bareView()},
		"resumed":                    {Kind: hub.NoticeResumed},
	}
}

func sampleSignals() map[string]*hub.Signal {
	const c, p = sampleConversation, sampleParticipant
	moves := []hub.HorizonMove{
		{Participant: p, Identity: "alice", Index: 17, Time: sampleTime},
		{Participant: p, Identity: "bob", Index: hub.NoIndex, Time: sampleLater},
	}
	own := &hub.ReadState{LastRead: 16, Unread: new(int64(0)), Notification: hub.NotifyDefault}
	unset := &hub.ReadState{LastRead: hub.NoIndex, Notification: hub.NotifyMuted}
	return map[string]*hub.Signal{
		"typingStarted":                {Kind: hub.TypingStarted, Conversation: c, Participant: p, Identity: "alice"},
		"typingEnded":                  {Kind: hub.TypingEnded, Conversation: c, Participant: p, Identity: "alice"},
		"readHorizonsMoved":            {Kind: hub.HorizonsMoved, Conversation: c, Horizons: moves},
		"ownConversationUpdated":       {Kind: hub.OwnConversationUpdated, Conversation: c, Own: own},
		"ownConversationUpdated-unset": {Kind: hub.OwnConversationUpdated, Conversation: c, Own: unset},
		"userUpdated":                  {Kind: hub.UserUpdated, User: fullUser(), Reasons: []string{hub.ReasonFriendlyName}},
		"userUpdated-bare":             {Kind: hub.UserUpdated, User: bareUser(), Reasons: []string{hub.ReasonAttributes}},
	}
}

// encodedEvents is every notification that the server sends, by the name of its golden file.
func encodedEvents() map[string][]byte {
	all := map[string][]byte{
		"tokenAboutToExpire": wire.AppendTokenAboutToExpire(nil, sampleTime),
		"serverDraining":     wire.AppendServerDraining(nil, 29500*time.Millisecond),
	}
	for name, e := range sampleEvents() {
		all[name] = wire.Encoder{}.Event(nil, e, false)
		all[name+"-replay"] = wire.Encoder{}.Event(nil, e, true)
	}
	for name, n := range sampleNotices() {
		all[name] = wire.Encoder{}.Notice(nil, n)
	}
	for name, s := range sampleSignals() {
		all[name] = wire.Encoder{}.Signal(nil, s)
	}
	return all
}

func TestGoldenEvents(t *testing.T) {
	all := encodedEvents()
	for name, text := range all {
		golden(t, "events/"+name, text)
		messages, err := wire.DecodeIncoming(nil, text)
		if err != nil {
			t.Fatal(err)
		}
		e, err := messages[0].Event()
		if method, _, _ := strings.Cut(name, "-"); err != nil || e.Method != method {
			t.Errorf("%s: read as %q, %v", name, e.Method, err)
		}
		if path := hollow("", read[any](t, text)); path != "" && !meantHollow[path] {
			t.Errorf("%s: null or empty at %s: %s", name, path, text)
		}
	}
	noStrangers(t, "testdata/events", all)
}

// meantHollow are the members of events that say something by being empty.
var meantHollow = map[string]bool{
	"/params":                   true, // of resumed
	"/params/last_message":      true, // none is left
	"/params/message/reactions": true, // nobody reacts any more
}

// hollow finds a member of v that is null or empty, other than in attributes.
func hollow(path string, v any) string {
	switch v := v.(type) {
	case nil:
		return path
	case string:
		if v == "" {
			return path
		}
	case map[string]any:
		if len(v) == 0 {
			return path
		}
		for name, inner := range v {
			if name == "attributes" {
				continue
			}
			if found := hollow(path+"/"+name, inner); found != "" {
				return found
			}
		}
	}
	return ""
}

// TestEventsBeginAlike holds every event to its first members, which simple clients rely on.
func TestEventsBeginAlike(t *testing.T) {
	for name, e := range sampleEvents() {
		for _, replay := range []bool{false, true} {
			method, _, _ := strings.Cut(name, "-")
			want := `{"jsonrpc":"2.0","method":"` + method + `","params":{"conversation_sid":"` +
				string(sampleConversation) + `","revision":42,`
			if replay {
				want += `"replay":true,`
			}
			if got := string(wire.Encoder{}.Event(nil, e, replay)); !strings.HasPrefix(got, want) {
				t.Errorf("%s begins otherwise: %s", name, got)
			}
		}
	}
}

// noStrangers finds golden files that no test compares with any more.
func noStrangers(t *testing.T, dir string, known map[string][]byte) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if name := strings.TrimSuffix(f.Name(), ".json"); known[name] == nil {
			t.Errorf("%s/%s is of no use", dir, f.Name())
		}
	}
}

// TestEncoderAppends holds encoders to append to what is there, with the room that is there.
func TestEncoderAppends(t *testing.T) {
	for name, e := range sampleEvents() {
		whole := wire.Encoder{}.Event(nil, e, false)
		room := append(make([]byte, 0, 4096), "before"...)
		if got := (wire.Encoder{}).Event(room, e, false); !reflect.DeepEqual(got, append(room, whole...)) {
			t.Errorf("%s is not appended: %s", name, got)
		}
	}
}

func TestEncoderAllocatesNothing(t *testing.T) {
	room := make([]byte, 0, 8192)
	for name, e := range sampleEvents() {
		if n := testing.AllocsPerRun(100, func() { wire.Encoder{}.Event(room, e, false) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	for name, e := range sampleNotices() {
		if n := testing.AllocsPerRun(100, func() { wire.Encoder{}.Notice(room, e) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	for name, e := range sampleSignals() {
		if n := testing.AllocsPerRun(100, func() { wire.Encoder{}.Signal(room, e) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	m, id := fullMessage(), []byte("7")
	if n := testing.AllocsPerRun(100, func() { wire.AppendResult(room, id, m, wire.AppendMessage) }); n != 0 {
		t.Errorf("AppendResult: %v allocations", n)
	}
}

func BenchmarkEncodeMessageAdded(b *testing.B) {
	e := event(hub.MessageAdded, hub.Event{Message: &hub.Message{
		SID: sampleMessageSID, Conversation: sampleConversation, Index: 17, Author: "alice", Participant: sampleParticipant,
		Body: "Good morning, everyone. How was the weekend?", Nonce: "0190a5f1-c0a0-7b1e-8f6f-0123456789ab",
		ReplyTo: hub.NoIndex, DateCreated: sampleTime, DateUpdated: sampleTime, Created: 42, Changed: 42,
	}})
	room := make([]byte, 0, 4096)
	b.SetBytes(int64(len(wire.Encoder{}.Event(nil, e, false))))
	b.ReportAllocs()
	for b.Loop() {
		wire.Encoder{}.Event(room, e, false)
	}
}
