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

// Connect opens a websocket to addr, closed when the test ends. Each header is a line, as "Origin: http://x".
func Connect(t testing.TB, addr string, headers ...string) *Client {
	t.Helper()
	c, answer := Request(t, addr, headers...)
	if answer.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("upgrade: %s", answer.Status)
	}
	return c
}

// Request asks for a websocket and gives the answer, whatever it is.
func Request(t testing.TB, addr string, headers ...string) (*Client, *http.Response) {
	t.Helper()
	c, err := new(net.Dialer).DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return Over(t, c, headers...)
}

// Over asks for a websocket on a connection that is open already.
func Over(t testing.TB, c net.Conn, headers ...string) (*Client, *http.Response) {
	t.Helper()
	client := &Client{Conn: c, r: bufio.NewReader(c), t: t}
	client.WriteRaw([]byte(Handshake(headers...)))
	return client, client.readAnswer()
}

// ConnectWith opens a websocket and sends frames in one piece with the request, before any answer.
func ConnectWith(t testing.TB, addr string, frames ...Frame) *Client {
	t.Helper()
	c, err := new(net.Dialer).DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	p := []byte(Handshake())
	for _, f := range frames {
		p = f.Append(p)
	}
	client := &Client{Conn: c, r: bufio.NewReader(c), t: t}
	client.WriteRaw(p)
	client.readAnswer()
	return client
}

// readAnswer reads the answer to the upgrade.
func (c *Client) readAnswer() *http.Response {
	c.t.Helper()
	c.SetReadDeadline(time.Now().Add(patience))
	answer, err := http.ReadResponse(c.r, nil)
	if err != nil {
		c.t.Fatalf("no answer to the upgrade: %v", err)
	}
	return answer
}

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
	c.SetWriteDeadline(time.Now().Add(patience))
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
	c.SetReadDeadline(time.Now().Add(patience))
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

// WantClose reads on to a close frame with one of the codes, answers it, and then reads to the end of the
// connection. Code 0 stands for a close frame without one. The reason is what it gives back.
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
		for _, want := range codes {
			if code == want {
				c.Send(Frame{Opcode: Close, Payload: f.Payload})
				c.WantEnd()
				return reason
			}
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
