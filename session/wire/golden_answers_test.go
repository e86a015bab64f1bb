package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"parley/hub"
	"parley/session/wire"
)

// answers is every object and result that an answer can hold, by the name of its golden file.
func answers() map[string][]byte {
	page := &hub.MessagePage{Messages: []*hub.Message{bareMessage(), fullMessage()}, HasPrev: true, Revision: 42}
	people := []*hub.Participant{chatParticipant(), phoneParticipant()}
	views := []*hub.ConversationView{fullView(), bareView()}
	changes := &hub.Changes{To: 42, More: true, Events: []*hub.Event{
		event(hub.MessageAdded, hub.Event{Message: fullMessage()}),
		event(hub.MessageRemoved, hub.Event{Message: removedMessage()}),
	}}
	return map[string][]byte{
		"conversation":         wire.AppendConversation(nil, fullView()),
		"conversation-bare":    wire.AppendConversation(nil, bareView()),
		"message":              wire.AppendMessage(nil, fullMessage()),
		"message-bare":         wire.AppendMessage(nil, bareMessage()),
		"message-removed":      wire.AppendMessage(nil, removedMessage()),
		"participant":          wire.AppendParticipant(nil, chatParticipant()),
		"participant-phone":    wire.AppendParticipant(nil, phoneParticipant()),
		"participant-mail":     wire.AppendParticipant(nil, mailParticipant()),
		"user":                 wire.AppendUser(nil, fullUser()),
		"user-bare":            wire.AppendUser(nil, bareUser()),
		"role":                 wire.AppendRole(nil, sampleRoleObject()),
		"message.list":         wire.AppendMessagePage(nil, page),
		"message.list-none":    wire.AppendMessagePage(nil, &hub.MessagePage{Revision: 1}),
		"message.receipts":     wire.AppendReceipts(nil, sampleReceipts()),
		"message.search":       wire.AppendFound(nil, &hub.SearchPage{Messages: []*hub.Message{bareMessage()}, Next: "next", Complete: true}),
		"participant.list":     wire.AppendParticipantPage(nil, &hub.ParticipantPage{Participants: people, Next: "next", Revision: 42}),
		"conversation.list":    wire.AppendConversationPage(nil, &hub.ConversationPage{Views: views}),
		"conversation.join":    wire.AppendJoined(nil, fullView()),
		"changes":              wire.AppendChanges(nil, changes),
		"role.list":            wire.AppendRoles(nil, []*hub.Role{sampleRoleObject()}),
		"read.set":             wire.AppendReadState(nil, &hub.ReadState{LastRead: 16, Unread: new(int64(1))}),
		"read.set-unset":       wire.AppendReadState(nil, &hub.ReadState{LastRead: hub.NoIndex}),
		"token.update":         wire.AppendExpiry(nil, sampleTime),
		"connect":              wire.AppendConnectResult(nil, sampleConnect()),
		"connect-nothing":      wire.AppendConnectResult(nil, &wire.ConnectResult{User: bareUser(), ExpiresAt: sampleTime}),
		"reply":                wire.AppendReply(nil, []byte(`"a-7"`), []byte(`{"a":1}`)),
		"reply-null":           wire.AppendReply(nil, nil, []byte(wire.EmptyResult)),
		"reply-done":           wire.AppendDone(nil, []byte("7")),
		"reply-message":        wire.AppendResult(nil, []byte("7"), bareMessage(), wire.AppendMessage),
		"error-definite":       wire.AppendError(nil, []byte("7"), taken()),
		"error-indefinite":     wire.AppendError(nil, nil, hub.AsError(errors.New("secret"))),
		"error-retry":          wire.AppendError(nil, []byte("7"), &hub.Error{Code: hub.CodeRate, Msg: "slow down", RetryAfter: 1200 * time.Millisecond}),
		"error-noConversation": wire.Encoder{}.Absent(nil, []byte("7")),
	}
}

func taken() *hub.Error {
	return &hub.Error{Code: hub.CodeAlreadyIn, Op: "participant.add", Msg: `"bob" is a participant already`, Err: errors.New("secret")}
}

func sampleConnect() *wire.ConnectResult {
	return &wire.ConnectResult{
		Session: "s-1", Epoch: "e1", User: fullUser(), Service: sampleService, Hub: "hub-1", ExpiresAt: sampleTime,
		Heartbeat: 25 * time.Second, Replaying: []hub.ConversationSID{sampleConversation},
		Limits: wire.ConnectLimits{
			Frame: 262144, ServerFrame: 1048576, Body: 32768, ConversationAttributes: 16384, Attributes: 4096,
		},
		Conversations: []*hub.ConversationView{fullView()}, NextPageToken: "next",
	}
}

func TestGoldenAnswers(t *testing.T) {
	all := answers()
	for name, text := range all {
		golden(t, "answers/"+name, text)
	}
	noStrangers(t, "testdata/answers", all)
}

// TestErrorsOfEveryCode reads back what is said of each code.
func TestErrorsOfEveryCode(t *testing.T) {
	for _, code := range hub.Codes() {
		told := &hub.Error{Code: code, Op: "secret", Msg: "text \"for\" people", RetryAfter: 1500 * time.Millisecond, Err: errors.New("secret")}
		text := wire.AppendError(nil, []byte("1"), told)
		messages, err := wire.DecodeIncoming(nil, text)
		if err != nil || bytes.Contains(text, []byte("secret")) {
			t.Fatalf("%s: %v", text, err)
		}
		got, info := messages[0].Error, code.Info()
		want := wire.Error{Code: code, Message: told.Msg, Data: wire.ErrorData{Status: info.Status, Definite: info.Definite, RetryAfter: 2}}
		if *got != want {
			t.Errorf("%s: read as %+v", text, got)
		}
		if !strings.Contains(got.Error(), told.Msg) || !errors.Is(got, told) || errors.Is(got, &hub.Error{Code: 1}) {
			t.Errorf("%d is not like itself", code)
		}
	}
}

func TestConnectParams(t *testing.T) {
	for want, params := range map[string]wire.ConnectParams{
		`{"token":"t"}`: {Token: "t"},
		`{"token":"t","client":"c","epoch":"e","resume":{"CH1":41},"conversations":0}`: {
			Token: "t", Client: "c", Epoch: "e", Resume: map[hub.ConversationSID]hub.Revision{"CH1": 41}, Conversations: new(0),
		},
		`{"token":"t","resume":{}}`: {Token: "t", Resume: map[hub.ConversationSID]hub.Revision{}},
	} {
		if got, err := json.Marshal(params); err != nil || string(got) != want {
			t.Errorf("%s, %v; want %s", got, err, want)
		}
	}
}

func TestUnknownMethod(t *testing.T) {
	for name, want := range map[string]string{
		"no.such":                        `method "no.such" is not known`,
		strings.Repeat("x", 63) + "é...": `method "` + strings.Repeat("x", 63) + `..." is not known`,
	} {
		if err := wire.UnknownMethod(name); err.Code != hub.CodeUnknownMethod || err.Msg != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
