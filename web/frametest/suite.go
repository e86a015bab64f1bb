package frametest

import (
	"bytes"
	"strings"
	"testing"
)

// A Target is a server to judge.
type Target struct {
	// Connect opens a websocket on which text messages are answered.
	Connect func(t testing.TB) *Client
	// Message is a text message of n bytes, n at least 64, that is answered with one text message; nil makes one up.
	Message func(n int) []byte
	// Answers reports whether got answers sent; nil: it must be the same.
	Answers func(sent, got []byte) bool
	// Limit is how many bytes a message may have.
	Limit int
	// Echo says that any text is answered, also where Message would not have made it.
	Echo bool
}

// Run judges the target, in parallel, case by case.
func Run(t *testing.T, target Target) {
	target.defaults()
	for _, class := range []struct {
		name string
		run  func(*testing.T, *Target)
	}{
		{"1 framing", framing},
		{"2 pings", pings},
		{"3 reserved bits", reservedBits},
		{"4 opcodes", opcodes},
		{"5 fragmentation", fragmentation},
		{"6 UTF-8", unicode},
		{"7 closing", closing},
		{"9 limits", limits},
	} {
		t.Run(class.name, func(t *testing.T) {
			t.Parallel()
			class.run(t, &target)
		})
	}
}

func (target *Target) defaults() {
	if target.Message == nil {
		target.Message = func(n int) []byte { return []byte(strings.Repeat("*", n)) }
	}
	if target.Answers == nil {
		target.Answers = bytes.Equal
	}
}

// each runs a case for each of some values.
func each[T any](t *testing.T, target *Target, cases map[string]T, run func(t *testing.T, c *Client, value T)) {
	t.Helper()
	for name, value := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, target.Connect(t), value)
		})
	}
}

// wantAnswer reads the answer to sent.
func (target *Target) wantAnswer(c *Client, sent []byte) {
	c.t.Helper()
	f := c.Next()
	if f.Opcode != Text || f.More || f.RSV != 0 || !target.Answers(sent, f.Payload) {
		c.t.Fatalf("opcode %x with %s does not answer %s", f.Opcode, short(f.Payload), short(sent))
	}
}

// wantAlive asks something and expects an answer.
func (target *Target) wantAlive(c *Client) {
	c.t.Helper()
	sent := target.Message(64)
	c.Send(Frame{Opcode: Text, Payload: sent})
	target.wantAnswer(c, sent)
}
