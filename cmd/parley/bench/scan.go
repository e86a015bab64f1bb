package bench

import "bytes"

// What messages of the protocol begin with. In a body each quote would be escaped, so none of these occurs there.
var (
	messageHead = []byte(`{"jsonrpc":"2.0","`)
	addedHead   = []byte(`method":"messageAdded","params":{"conversation_sid":"`)
	methodHead  = []byte(`method":"`)
	replyHead   = []byte(`id":`)
	indexMark   = []byte(`"index":`)
	bodyMark    = []byte(`"body":"`)
)

// sidLength is that of every sid.
const sidLength = 34

// dueDigits is how many digits of a body tell when it was due, in nanoseconds since the run began.
const dueDigits = 16

// each calls handle with each message of a frame, from behind messageHead.
func each(frame []byte, handle func(message []byte) error) error {
	at := bytes.Index(frame, messageHead)
	for at >= 0 {
		frame = frame[at+len(messageHead):]
		one := frame
		if at = bytes.Index(frame, messageHead); at >= 0 {
			one = frame[:at]
		}
		if err := handle(one); err != nil {
			return err
		}
	}
	return nil
}

// added is what a delivery must tell.
type added struct{ revision, index, due int64 }

// parseAdded reads a delivery from behind addedHead.
func parseAdded(message []byte) (a added, ok bool) {
	const gap = sidLength + len(`","revision":`)
	if len(message) < gap {
		return a, false
	}
	a.revision, message = number(message[gap:])
	if message, ok = behind(message, indexMark); !ok {
		return a, false
	}
	a.index, message = number(message)
	if message, ok = behind(message, bodyMark); !ok || len(message) < dueDigits {
		return a, false
	}
	a.due, _ = number(message[:dueDigits])
	return a, true
}

func behind(b, mark []byte) ([]byte, bool) {
	_, after, ok := bytes.Cut(b, mark)
	if !ok {
		return nil, false
	}
	return after, true
}

// number reads the digits at the beginning.
func number(b []byte) (n int64, rest []byte) {
	i := 0
	for ; i < len(b) && b[i] >= '0' && b[i] <= '9'; i++ {
		n = n*10 + int64(b[i]-'0')
	}
	return n, b[i:]
}
