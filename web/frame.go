package web

import (
	"bytes"
	"encoding/binary"

	"parley/session"
)

// First bytes of the unfragmented frames that this package writes or looks for (RFC 6455 5.2).
const (
	finText  = 0x81
	finClose = 0x88
	finPing  = 0x89
	finPong  = 0x8A
)

// maskBit is set in the second byte of a frame whose payload is masked: a client's.
const maskBit = 0x80

// maxHeader is the longest header of an unmasked frame. A session leaves session.Headroom bytes for it.
const maxHeader = 10

// seal writes the header of an unmasked text frame right before the payload frame[session.Headroom:] and answers
// header and payload together. A frame that bears its header already is only read, so that one which was
// sent once may then be shared by many connections.
func seal(frame []byte) []byte {
	var head [maxHeader]byte
	size := putHeader(&head, finText, len(frame)-session.Headroom)
	start := session.Headroom - size
	if !bytes.Equal(frame[start:session.Headroom], head[:size]) {
		copy(frame[start:], head[:size])
	}
	return frame[start:]
}

// putHeader writes the header of an unmasked frame, with the length in its shortest form as RFC 6455 5.2 demands,
// and answers how long it is.
func putHeader(head *[maxHeader]byte, first byte, payload int) int {
	head[0] = first
	switch {
	case payload < 126:
		head[1] = byte(payload)
		return 2
	case payload < 1<<16:
		head[1] = 126
		binary.BigEndian.PutUint16(head[2:], uint16(payload))
		return 4
	default:
		head[1] = 127
		binary.BigEndian.PutUint64(head[2:], uint64(payload))
		return 10
	}
}

// frameLen is how many bytes the unmasked frame that begins with p has in all; p holds its whole header.
func frameLen(p []byte) int64 {
	switch n := p[1] & 0x7f; n {
	case 126:
		return 4 + int64(binary.BigEndian.Uint16(p[2:]))
	case 127:
		return 10 + int64(binary.BigEndian.Uint64(p[2:]))
	default:
		return 2 + int64(n)
	}
}

// closeFrame is a close frame with a code and a reason of at most 123 bytes (RFC 6455 5.5.1).
func closeFrame(code uint16, reason string) []byte {
	p := binary.BigEndian.AppendUint16([]byte{finClose, byte(2 + len(reason))}, code)
	return append(p, reason...)
}
