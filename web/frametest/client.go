package frametest

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience bounds every read of a client: a server that stays silent fails the test instead of hanging it.
const patience = 10 * time.Second

// Client writes frames by hand and reads what comes back.
type Client struct {
	net.Conn
	r *bufio.Reader
	t testing.TB
}

// An Answer is what the server said to the request of a websocket.
type Answer struct {
	Code   int
	Header http.Header
}

// Connect opens a websocket to addr, closed when the test ends. Each header is a line, as "Origin: http://x".
func Connect(tb testing.TB, addr string, headers ...string) *Client {
	tb.Helper()
	c, answer := Request(tb, addr, headers...)
	if answer.Code != http.StatusSwitchingProtocols {
		tb.Fatalf("upgrade: %d", answer.Code)
	}
	return c
}

// Request asks for a websocket and gives the answer, whatever it is.
func Request(tb testing.TB, addr string, headers ...string) (*Client, Answer) {
	tb.Helper()
	return Over(tb, dial(tb, addr), headers...)
}

// Over asks for a websocket on a connection that is open already.
func Over(tb testing.TB, c net.Conn, headers ...string) (*Client, Answer) {
	tb.Helper()
	client := &Client{Conn: c, r: bufio.NewReader(c), t: tb}
	client.WriteRaw([]byte(Handshake(headers...)))
	return client, client.readAnswer()
}

// ConnectWith opens a websocket and sends frames in one piece with the request, before any answer.
func ConnectWith(tb testing.TB, addr string, frames ...Frame) *Client {
	tb.Helper()
	p := []byte(Handshake())
	for _, f := range frames {
		p = f.Append(p)
	}
	c := dial(tb, addr)
	client := &Client{Conn: c, r: bufio.NewReader(c), t: tb}
	client.WriteRaw(p)
	client.readAnswer()
	return client
}

func dial(tb testing.TB, addr string) net.Conn {
	tb.Helper()
	c, err := new(net.Dialer).DialContext(tb.Context(), "tcp", addr)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = c.Close() })
	return c
}

// readAnswer reads the answer to the upgrade. A refusal's body is left unread.
func (c *Client) readAnswer() Answer {
	c.t.Helper()
	c.within()
	answer, err := http.ReadResponse(c.r, nil)
	if err != nil {
		c.t.Fatalf("no answer to the upgrade: %v", err)
	}
	_ = answer.Body.Close()
	return Answer{answer.StatusCode, answer.Header}
}

// within gives the next reads their patience. A connection that is closed needs none.
func (c *Client) within() { _ = c.SetReadDeadline(time.Now().Add(patience)) }

// Handshake is the request of an upgrade. A header that is given replaces the one of the same name.
func Handshake(headers ...string) string {
	all := []string{
		"Host: parley.test", "Connection: Upgrade", "Upgrade: websocket",
		"Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
	}
	path := "/v1/ws"
	for _, header := range headers {
		if strings.HasPrefix(header, "/") {
			path = header
			continue
		}
		all = replace(all, header)
	}
	return "GET " + path + " HTTP/1.1\r\n" + strings.Join(all, "\r\n") + "\r\n\r\n"
}

func replace(all []string, header string) []string {
	name, _, _ := strings.Cut(header, ":")
	for i, other := range all {
		if strings.HasPrefix(other, name+":") {
			all[i] = header
			return all
		}
	}
	return append(all, header)
}

// Send writes frames in one piece.
func (c *Client) Send(frames ...Frame) {
	c.t.Helper()
	var p []byte
	for _, f := range frames {
		p = f.Append(p)
	}
	c.WriteRaw(p)
}

// SendSlowly writes frames one byte at a time.
func (c *Client) SendSlowly(frames ...Frame) {
	c.t.Helper()
	for _, f := range frames {
		for _, b := range f.Append(nil) {
			c.WriteRaw([]byte{b})
		}
	}
}

// WriteRaw writes bytes. A server that hung up already is no failure here: reading will tell why it did.
func (c *Client) WriteRaw(p []byte) {
	c.t.Helper()
	_ = c.SetWriteDeadline(time.Now().Add(patience))
	if _, err := c.Write(p); errors.Is(err, os.ErrDeadlineExceeded) {
		c.t.Errorf("the server does not read: %v", err)
	}
}

// Meanwhile writes in a goroutine of its own, which the end of the test waits for.
func (c *Client) Meanwhile(write func()) {
	done := make(chan struct{})
	c.t.Cleanup(func() { <-done })
	go func() {
		defer close(done)
		write()
	}()
}

// Next reads the next frame.
func (c *Client) Next() Frame {
	c.t.Helper()
	f, err := c.TryNext()
	if err != nil {
		c.t.Fatalf("no frame: %v", err)
	}
	return f
}

// TryNext reads the next frame or tells why there is none.
func (c *Client) TryNext() (Frame, error) {
	c.within()
	return ReadFrame(c.r)
}

// Want reads the next frame, which must be this one.
func (c *Client) Want(opcode byte, payload []byte) {
	c.t.Helper()
	f := c.Next()
	if f.Opcode != opcode || f.More || f.RSV != 0 || !bytes.Equal(f.Payload, payload) {
		c.t.Fatalf("got opcode %x with %s, want %x with %s", f.Opcode, short(f.Payload), opcode, short(payload))
	}
}

func short(p []byte) string {
	if len(p) > 60 {
		return string(p[:60]) + "..."
	}
	return string(p)
}

// WantClose reads on to a close frame with one of the codes, answers it, reads to the end of the connection and
// closes it. Code 0 stands for a close frame without one. It gives the reason back.
func (c *Client) WantClose(codes ...int) string {
	c.t.Helper()
	for {
		f, err := c.TryNext()
		if err != nil {
			c.t.Fatalf("no close frame, want %v: %v", codes, err)
		}
		if f.Opcode != Close {
			continue
		}
		code, reason := ParseClose(f.Payload)
		if slices.Contains(codes, code) {
			c.Send(Frame{Opcode: Close, Payload: f.Payload})
			c.WantEnd()
			_ = c.Close()
			return reason
		}
		c.t.Fatalf("closed with %d %q, want %v", code, reason, codes)
	}
}

// WantEnd reads to the end of the connection; frames before it fail the test, since nothing may follow a close
// frame.
func (c *Client) WantEnd() {
	c.t.Helper()
	if f, err := c.TryNext(); err == nil {
		c.t.Fatalf("opcode %x after the end: %s", f.Opcode, short(f.Payload))
	} else if !Ended(err) {
		c.t.Fatalf("the connection did not end: %v", err)
	}
}

// Ended reports whether err means that the server closed the connection.
func Ended(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET)
}

// ParseClose takes a close payload apart.
func ParseClose(p []byte) (code int, reason string) {
	if len(p) < 2 {
		return 0, ""
	}
	return int(binary.BigEndian.Uint16(p)), string(p[2:])
}

// Goodbye is a close frame.
func Goodbye(code int, reason string) Frame {
	return Frame{Opcode: Close, Payload: append(binary.BigEndian.AppendUint16(nil, uint16(code)), reason...)}
}
