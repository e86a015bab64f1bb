package session

import (
	"io"
	"time"
)

// Headroom is how many bytes before a payload belong to the connection, for framing.
const Headroom = 16

// Conn is one websocket as a session needs it; package web implements it. Await and Next are called by one
// goroutine at a time, Send and Flush by one at a time; everything else by any.
type Conn interface {
	Receiver
	Sender
	Ender
}

// Receiver is the reading half.
type Receiver interface {
	// Await returns when Next has something to look at, or to fail with; it may return early. It is what idle connections
	// wait in, and so needs little of the stack, where Next goes deep.
	Await()
	// Next waits for the next data message. The reader is valid until the next call; it ends with an error
	// where the message is not whole, over the limit or badly framed, and then the connection has been or is
	// being closed with the fitting code. Binary messages are given as such: the session refuses them.
	Next() (r io.Reader, text bool, err error)
	// Limit bounds the bytes of a message from now on; a longer one closes with 1009.
	Limit(bytes int64)
	// Heard is when the last byte came in, pongs included.
	Heard() time.Time
}

// Sender is the writing half. Control frames share its lock: none is ever written into the middle of a
// data frame.
type Sender interface {
	// Send begins to write one text message, whose payload is frame[Headroom:]; what is before is the
	// connection's to fill. It never blocks. It reports whether the socket took everything; if not, the
	// connection holds on to frame, and Flush must be called, by a goroutine that may wait, before the next Send.
	Send(frame []byte) (done bool, err error)
	// Flush waits until everything that Send began is written. It fails when the peer accepted no byte for
	// the write timeout.
	Flush() error
	// Ping writes a ping unless data is being written, which shows life as well. It never blocks.
	Ping()
	// Wrote is when the socket last accepted a byte.
	Wrote() time.Time
}

// Admitter is a Conn that wants to know when its session is connected.
type Admitter interface {
	// Admitted says that the connection stands for a user now, and no longer for an address alone.
	Admitted()
}

// Ender ends the connection.
type Ender interface {
	// Close says goodbye with a code and a reason of at most 123 bytes, waits a little for the peer to answer,
	// then ends the connection. It blocks for at most 5 s and may be called once only; Abort may follow.
	Close(code int, reason string)
	// Abort ends the connection at once; Next and Flush return. It may be called again and again.
	Abort()
}
