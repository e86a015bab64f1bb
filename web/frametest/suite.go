package frametest

import (
	"bytes"
	"strings"
	"testing"
)

// A Target is a server to judge.
type Target struct {
	// Connect opens a websocket on which text messages are answered.
	Connect func(tb testing.TB) *Client
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
	t.Helper()
	if target.Message == nil {
		target.Message = func(n int) []byte { return []byte(strings.Repeat("*", n)) }
	}
	if target.Answers == nil {
		target.Answers = bytes.Equal
	}
	s := suite{t, &target}
	s.class("1 framing", framing)
	s.class("2 pings", pings)
	s.class("3 reserved bits", reservedBits)
	s.class("4 opcodes", opcodes)
	s.class("5 fragmentation", fragmentation)
	s.class("6 UTF-8", unicode)
	s.class("7 closing", closing)
	s.class("9 limits", limits)
}

// suite is a test, or a part of one, and the target that it judges.
type suite struct {
	*testing.T
	*Target
}

// part runs one part by itself.
func (s suite) part(name string, run func(suite)) {
	s.Run(name, func(t *testing.T) { run(suite{t, s.Target}) })
}

// class runs one part beside the others.
func (s suite) class(name string, run func(suite)) {
	s.Run(name, func(t *testing.T) {
		t.Parallel()
		run(suite{t, s.Target})
	})
}

// each runs a case for each of some values, on a connection of its own.
func each[T any](s suite, cases map[string]T, run func(c *Client, value T)) {
	for name, value := range cases {
		s.class(name, func(s suite) { run(s.Connect(s), value) })
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
