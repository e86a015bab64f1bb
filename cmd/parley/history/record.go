package history

import "strings"

// History is everything that was recorded, in the order of Record.At.
type History []Record

// A Record is one thing that happened. Which fields are set depends on What.
type Record struct {
	At     int64  `json:"at"` // the recorder's clock: 1, 2, 3, ...
	What   What   `json:"what"`
	Client string `json:"client,omitempty"`

	Op      int64    `json:"op,omitempty"`      // pairs a call with its outcome
	Call    *Call    `json:"call,omitempty"`    // of Invoked
	Message *Message `json:"message,omitempty"` // of Acked, when the call was Send
	Why     string   `json:"why,omitempty"`     // of Refused and Unknown

	Connection int        `json:"connection,omitempty"` // of Connected and Saw: 1, 2, ... for each client
	Connected  *Connected `json:"connected,omitempty"`
	Event      *Event     `json:"event,omitempty"`

	Conversation string    `json:"conversation,omitempty"` // of Read and Settled
	Messages     []Message `json:"messages,omitempty"`     // of Read
}

// What says what a record is of.
type What string

// Each call is Invoked and then has one outcome: Acked, Refused (it certainly had no effect) or Unknown. A call without
// outcome counts as unknown.
const (
	Invoked What = "invoked"
	Acked   What = "acked"
	Refused What = "refused"
	Unknown What = "unknown"

	Connects What = "connected"
	Saw      What = "saw"
	Read     What = "read"    // the whole of a conversation, in the end
	Settled  What = "settled" // the client has been given time to see the whole of a conversation
)

// A Call is something that a client asked for.
type Call struct {
	Action       Action   `json:"action"`
	Conversation string   `json:"conversation"`
	Who          string   `json:"who,omitempty"`     // identity; of Add and Remove
	Message      *Message `json:"message,omitempty"` // Send: nonce and body; Edit and Delete: index
}

// Action is what a call does.
type Action string

// The actions that the judges know.
const (
	Send   Action = "send"
	Edit   Action = "edit"
	Delete Action = "delete"
	Join   Action = "join"
	Leave  Action = "leave"
	Add    Action = "add"
	Remove Action = "remove"
)

// A Message is what is known of one.
type Message struct {
	Index  int64  `json:"index"`
	SID    string `json:"sid,omitempty"`
	Author string `json:"author,omitempty"`
	Nonce  string `json:"nonce,omitempty"`
	Body   string `json:"body,omitempty"`
}

// Connected is the beginning of a connection, as the server answered it.
type Connected struct {
	Replaying []string `json:"replaying,omitempty"` // conversations whose replay, or reset, was announced
	Heads     []Head   `json:"heads,omitempty"`     // conversations that the answer lists
	Void      bool     `json:"void,omitempty"`      // the server's history is another: positions count no longer
}

// A Head is how far a conversation had come when it was listed.
type Head struct {
	Conversation string `json:"conversation"`
	Revision     int64  `json:"revision"`
	Last         int64  `json:"last"` // index of its newest message, -1 for none
}

// An Event is one that a client saw.
type Event struct {
	Name         string   `json:"name"` // as the protocol has it
	Conversation string   `json:"conversation,omitempty"`
	Revision     int64    `json:"revision,omitempty"` // 0 for none
	Replay       bool     `json:"replay,omitempty"`
	Message      *Message `json:"message,omitempty"`
	// Last is the index of the newest message, -1 for none, in conversationJoined, -Replayed and -Reset.
	Last int64 `json:"last,omitempty"`
}

// The events that mean something to the judges; of all others only the conversation and the revision count.
const (
	messageAdded         = "messageAdded"
	conversationJoined   = "conversationJoined"
	conversationLeft     = "conversationLeft"
	conversationReplayed = "conversationReplayed"
	conversationReset    = "conversationReset"
	resumed              = "resumed"
)

// identity is whose client it is.
func identity(client string) string {
	name, _, _ := strings.Cut(client, "/")
	return name
}
