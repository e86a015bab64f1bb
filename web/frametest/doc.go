// Package frametest judges a websocket server by raw frames: right ones in every form and order, and the many wrong
// ones that a browser never sends. Each case says what RFC 6455 wants of the server; together they follow the case
// classes of the Autobahn test suite (1 framing, 2 pings, 3 reserved bits, 4 opcodes, 5 fragmentation, 6 UTF-8,
// 7 closing, 9 and 10 limits).
//
// [Run] judges any server that answers a text message with a text message; [Target] says how to reach it and
// what it answers. [Client] is the hand that writes the frames.
package frametest
