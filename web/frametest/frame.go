package frametest

import (
	"encoding/binary"
	"fmt"
	"io"
)

// Opcodes of RFC 6455 5.2.
const (
	Continuation = 0x0
	Text         = 0x1
	Binary       = 0x2
	Close        = 0x8
	Ping         = 0x9
	Pong         = 0xA
)

// Reserved bits of the first byte.
const (
	RSV1 = 0x40
	RSV2 = 0x20
	RSV3 = 0x10
)

// A Frame is one frame as it is on the wire, right or wrong.
type Frame struct {
	Opcode  byte
	Payload []byte
	More    bool // FIN is not set
	RSV     byte // reserved bits
	Bare    bool // not masked
	Claim   uint64
	// Form forces a form of the length: 7, 16 or 64 bits; 0 is the shortest. With 64, Claim (where it is not 0) is told
	// instead of the payload's length.
	Form int
}

// mask is fixed, so that failures repeat.
var mask = [4]byte{0x37, 0xfa, 0x21, 0x3d}

// Append appends the frame's bytes to dst.
func (f Frame) Append(dst []byte) []byte {
	first := f.Opcode | f.RSV
	if !f.More {
		first |= 0x80
	}
	dst = f.appendLength(append(dst, first))
	if f.Bare {
		return append(dst, f.Payload...)
	}
	dst = append(dst, mask[:]...)
	for i, b := range f.Payload {
		dst = append(dst, b^mask[i%4])
	}
	return dst
}

func (f Frame) appendLength(dst []byte) []byte {
	var bit byte
	if !f.Bare {
		bit = 0x80
	}
	n := uint64(len(f.Payload))
	switch form := f.form(n); form {
	case 7:
		return append(dst, bit|byte(n))
	case 16:
		return binary.BigEndian.AppendUint16(append(dst, bit|126), uint16(n))
	default:
		if f.Claim != 0 {
			n = f.Claim
		}
		return binary.BigEndian.AppendUint64(append(dst, bit|127), n)
	}
}

func (f Frame) form(n uint64) int {
	switch {
	case f.Form != 0:
		return f.Form
	case n < 126:
		return 7
	case n < 1<<16:
		return 16
	default:
		return 64
	}
}

// ReadFrame reads a server's frame and refuses what a server may not send: a mask, or a length that is
// not in its shortest form.
func ReadFrame(r io.Reader) (Frame, error) {
	var head [2]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return Frame{}, err
	}
	f := Frame{Opcode: head[0] & 0xf, RSV: head[0] & 0x70, More: head[0]&0x80 == 0, Bare: true}
	if head[1]&0x80 != 0 {
		return f, fmt.Errorf("a server's frame is masked")
	}
	n, err := readLength(r, head[1])
	if err != nil {
		return f, err
	}
	f.Payload = make([]byte, n)
	_, err = io.ReadFull(r, f.Payload)
	return f, err
}

func readLength(r io.Reader, short byte) (uint64, error) {
	var long [8]byte
	switch short {
	case 126:
		_, err := io.ReadFull(r, long[6:])
		if n := binary.BigEndian.Uint64(long[:]); err != nil || n >= 126 {
			return n, err
		}
	case 127:
		_, err := io.ReadFull(r, long[:])
		if n := binary.BigEndian.Uint64(long[:]); err != nil || n >= 1<<16 && n < 1<<30 {
			return n, err
		}
	default:
		return uint64(short), nil
	}
	return 0, fmt.Errorf("a length is not in its shortest form")
}
