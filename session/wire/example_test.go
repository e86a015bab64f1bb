package wire_test

import (
	"fmt"

	"parley/hub"
	"parley/session/wire"
)

// A frame comes in, its requests are answered one by one.
func Example() {
	frame := []byte(`[{"jsonrpc":"2.0","id":1,"method":"ping"},` +
		`{"jsonrpc":"2.0","id":2,"method":"participant.add","params":{"conversation":"tea-room"}}]`)
	requests, err := wire.Decode(nil, frame)
	if err != nil {
		fmt.Printf("%s\n", wire.AppendError(nil, nil, hub.AsError(err)))
		return
	}
	for _, r := range requests {
		fmt.Printf("%s\n", answer(&r))
	}
	// Output:
	// {"jsonrpc":"2.0","id":1,"result":{}}
	// {"jsonrpc":"2.0","id":2,"error":{"code":-32602,"message":"participant.add: identity must be a non-empty string","data":{"status":400,"definite":true}}}
}

func answer(r *wire.Request) []byte {
	if r.Err != nil {
		return wire.AppendError(nil, r.ID, r.Err)
	}
	switch r.Method {
	case wire.MethodPing:
		return wire.AppendDone(nil, r.ID)
	case wire.MethodParticipantAdd:
		p := wire.ParseParams(r.Method, r.Params)
		add := &hub.AddParticipant{
			Conversation: hub.ConversationRef(p.String("conversation")),
			Identity:     p.String("identity"),
		}
		if err := p.Err(); err != nil {
			return wire.AppendError(nil, r.ID, hub.AsError(err))
		}
		return wire.AppendResult(nil, r.ID, &hub.Participant{Identity: add.Identity}, wire.AppendParticipant)
	}
	return wire.AppendError(nil, r.ID, wire.UnknownMethod(r.Method))
}

// An event is encoded once, whoever it goes to.
func ExampleEncoder() {
	e := &hub.Event{
		Kind: hub.MessageRemoved, Conversation: "CH0190a5f1c0a07b1e8f6f000000000002", Revision: 42,
		Message: &hub.Message{SID: "IM0190a5f1c0a07b1e8f6f000000000004", Index: 17}, LastChanged: true,
	}
	fmt.Printf("%s\n", wire.Encoder{}.Event(nil, e, false))
	// Output:
	// {"jsonrpc":"2.0","method":"messageRemoved","params":{"conversation_sid":"CH0190a5f1c0a07b1e8f6f000000000002","revision":42,"message":{"sid":"IM0190a5f1c0a07b1e8f6f000000000004","index":17},"last_message":null}}
}
