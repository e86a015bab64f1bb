package client

import (
	"parley/hub"
	"parley/session/wire"
)

// The protocol's objects.
type (
	// Conversation is a thread as its reader sees it.
	Conversation = wire.Conversation
	// Participant is a membership of a conversation.
	Participant = wire.Participant
	// Message is what was said.
	Message = wire.Message
	// User is a person.
	User = wire.User
	// Role is a named set of permissions.
	Role = wire.Role
	// Session is the server's answer to connect.
	Session = wire.Connected
)

// Event is what the server tells unasked: wire.Event, whose Method is one of the Event constants there and says which
// fields are set. The client adds one of its own, EventConnected.
type Event struct {
	wire.Event

	// Session is the answer to connect; of EventConnected.
	Session *Session
	// EpochChanged says that the server's history is another than before: whatever was kept of it is void, and
	// so are the positions. Of EventConnected.
	EpochChanged bool
}

// EventConnected is the Method of the client's own event, put in front of everything that a connection brings.
const EventConnected = "connected"

// left is the event of a conversation that the user turns out not to be in.
func left(sid hub.ConversationSID) Event {
	return Event{Event: wire.Event{Method: wire.EventConversationLeft, ConversationSID: sid, Replay: true}}
}
