package web

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"
)

// transport is how upgraded connections behave.
type transport struct {
	writeTimeout   time.Duration
	messageTimeout time.Duration
	sendBuffer     int // bytes; negative leaves it to the system
	compression    bool
}

func newTransport(t Transport) *transport {
	return &transport{t.WriteTimeout, t.MessageTimeout, t.SendBuffer, t.Compression}
}

// Sizes of the buffers that a connection keeps while it is idle. Most frames fit; larger ones are read past the
// buffer into the session's own. The library writes only control frames, unless it compresses.
const (
	readBuffer    = 512
	controlBuffer = 128
	deflateBuffer = 2 << 10
)

// deflateThreshold is the payload below which compressing costs more than it saves.
const deflateThreshold = 512

// preConnectLimit bounds a message until the session says otherwise.
const preConnectLimit = 64 << 10

// accept upgrades the request, or answers it with the error of the handshake. The request must have been admitted:
// accept does not look at its origin.
func (t *transport) accept(w http.ResponseWriter, r *http.Request) (*conn, error) {
	h := &hijack{ResponseWriter: w, transport: t}
	options := websocket.AcceptOptions{
		Subprotocols:         []string{Subprotocol},
		InsecureSkipVerify:   true, // origins.check is stricter and came first
		CompressionThreshold: deflateThreshold,
		OnPingReceived:       h.pinged,
		OnPongReceived:       h.ponged,
	}
	if t.compression {
		options.CompressionMode = websocket.CompressionNoContextTakeover
	}
	ws, err := websocket.Accept(h, r, &options)
	if err != nil {
		return nil, err
	}
	h.ResponseWriter = nil // the callbacks keep h, and it would keep the whole request
	ws.SetReadLimit(preConnectLimit)
	deflate := strings.Contains(w.Header().Get("Sec-WebSocket-Extensions"), "permessage-deflate")
	return &conn{ws: ws, line: h.line, deflate: deflate, direct: h.line.plain && !deflate}, nil
}

// hijack is the response writer that the library sees: what it hijacks is a line with small buffers.
type hijack struct {
	http.ResponseWriter
	transport *transport
	line      *line
}

// Hijack implements http.Hijacker. net/http's own buffers, 8 KiB, are let go. Bytes that it had read beyond the request
// move to the line, since the library resets the reader it is given and would lose all that is not in
// its buffer.
func (h *hijack) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	peeked, _ := rw.Peek(rw.Reader.Buffered()) // what is buffered cannot fail
	h.line = h.transport.wrap(c, bytes.Clone(peeked))
	size := controlBuffer
	if h.transport.compression {
		size = deflateBuffer
	}
	h.line.ahead = bufio.NewReaderSize(h.line, readBuffer)
	return h.line, bufio.NewReadWriter(h.line.ahead, bufio.NewWriterSize(h.line, size)), nil
}

func (h *hijack) pinged(context.Context, []byte) bool {
	h.line.controlled()
	return true
}

func (h *hijack) ponged(context.Context, []byte) { h.line.controlled() }

// wrap puts a line over what net/http gave away. It raises nothing per connection but itself: its patience
// replaces the deadlines that net/http cleared.
func (t *transport) wrap(c net.Conn, early []byte) *line {
	l := &line{Conn: c, early: early, message: t.messageTimeout}
	switch c := c.(type) {
	case *socket:
		l.sock = c
	case *tls.Conn:
		l.sock, _ = c.NetConn().(*socket)
	}
	if l.sock == nil { // not from our own listener
		l.sock = newSocket(c)
		l.Conn = l.sock
	}
	l.plain = l.Conn == net.Conn(l.sock) && l.sock.raw != nil
	l.sock.patience = t.writeTimeout
	if tcp, ok := l.sock.Conn.(*net.TCPConn); ok && t.sendBuffer > 0 {
		tcp.SetWriteBuffer(t.sendBuffer) //nolint:errcheck // the system's own bound holds then
	}
	return l
}
