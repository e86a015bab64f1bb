package hub

// Encoder turns what the hub says into the bytes of one wire format. Package session/wire implements it.
// Every method appends one whole protocol message to dst and returns the longer slice, as append does.
// Implementations are stateless: any number of goroutines may call them at once.
type Encoder interface {
	// Event encodes a durable change for everybody; replay marks it as part of a resume.
	Event(dst []byte, e *Event, replay bool) []byte
	// Notice encodes what one user's sessions are told of their own place.
	Notice(dst []byte, n *Notice) []byte
	// Signal encodes a passing fact.
	Signal(dst []byte, s *Signal) []byte
	// Absent encodes the answer "no such conversation" to the request with this id.
	Absent(dst, id []byte) []byte
}
