// Package wire is the subprotocol parley.v1.json: what its frames look like and what its codes mean. It turns
// frames into requests and what the hub says into frames; it decides nothing, holds no state and starts
// no goroutine.
//
// In: Decode splits a frame into requests (JSON-RPC 2.0), Params reads what they ask for. Both are strict:
// what two parsers may understand differently is refused (see Check), and so is what no store can keep.
// Requests alias the frame; whoever keeps them keeps the frame.
//
// Out: Encoder, which the hub calls, and the Append functions, which append to a buffer and return it
// longer. They allocate nothing where the buffer has room. Members come in a fixed order: jsonrpc, id or method,
// then params, result or error; an event's params begin with conversation_sid and revision. Answers carry
// every member, null where there is nothing; events leave out what is null or empty, which are "", [] and
// {}; attributes that are null are a value and stay. Times are RFC 3339 in UTC with milliseconds.
//
// The types with json tags, from Conversation to Connected, are what clients read of all that; a test holds the
// two sides together. The files under testdata show every event and answer.
//
// Everything is safe for concurrent use, but one Params, which belongs to one request.
package wire
