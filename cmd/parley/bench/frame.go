package bench

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
)

// Opcodes of RFC 6455, section 5.2.
const (
	opText  = 1
	opClose = 8
	opPing  = 9
	opPong  = 10
)

// frame is one that the server sent.
type frame struct {
	op      byte
	payload []byte
}

var errFrame = errors.New("a frame that a server does not send")

// parseFrame finds the first frame in what was read, and how many bytes it takes; size is more than there are, or 0, where it has
// not come whole.
func parseFrame(b []byte) (f frame, size int, err error) {
	if len(b) < 2 {
		return f, 0, nil
	}
	if b[0]&0xf0 != 0x80 || b[1]&0x80 != 0 { // final, nothing reserved, not masked
		return f, 0, errFrame
	}
	head, length := 2, uint64(b[1])
	switch length {
	case 126:
		if head = 4; len(b) < head {
			return f, 0, nil
		}
		length = uint64(binary.BigEndian.Uint16(b[2:]))
	case 127:
		if head = 10; len(b) < head {
			return f, 0, nil
		}
		if length = binary.BigEndian.Uint64(b[2:]); length > 1<<30 {
			return f, 0, errFrame
		}
	}
	if size = head + int(length); size > len(b) {
		return f, size, nil
	}
	return frame{b[0] & 0xf, b[head:size]}, size, nil
}

// clientFrame is a frame of a client: masked, whole.
func clientFrame(op byte, payload []byte) []byte {
	dst := append(make([]byte, 0, 14+len(payload)), 0x80|op)
	switch n := len(payload); {
	case n < 126:
		dst = append(dst, 0x80|byte(n))
	case n < 1<<16:
		dst = binary.BigEndian.AppendUint16(append(dst, 0x80|126), uint16(n))
	default:
		dst = binary.BigEndian.AppendUint64(append(dst, 0x80|127), uint64(n))
	}
	key := rand.Uint32()
	dst = binary.LittleEndian.AppendUint32(dst, key)
	at := len(dst)
	dst = append(dst, payload...)
	for i := at; i < len(dst); i++ {
		dst[i] ^= byte(key >> (8 * ((i - at) & 3)))
	}
	return dst
}
