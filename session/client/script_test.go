package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/coder/websocket"

	"parley/session/client"
	"parley/session/wire"
)

// script is a server whose every move is made by the test.
type script struct {
	t     *testing.T
	URL   string
	http  *http.Client
	peers chan *peer
	peer  *peer // the latest to have been greeted

	mu     sync.Mutex
	refuse func(w http.ResponseWriter) // instead of the next upgrades, nil for none
}

// loopback is a script on a TCP port of its own.
func loopback(t *testing.T) *script {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return serve(t, l, "ws://"+l.Addr().String(), transport)
}

// pipes is a script for a synctest bubble: its connections are pipes in memory.
func pipes(t *testing.T) *script {
	t.Helper()
	l := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	transport := &http.Transport{DialContext: l.dial}
	t.Cleanup(transport.CloseIdleConnections)
	return serve(t, l, "ws://parley.test", transport)
}

func serve(t *testing.T, l net.Listener, url string, transport http.RoundTripper) *script {
	t.Helper()
	s := &script{t: t, URL: url, http: &http.Client{Transport: transport}, peers: make(chan *peer, 16)}
	server := &http.Server{Handler: s}
	var served sync.WaitGroup
	served.Go(func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("serving: %v", err)
		}
	})
	t.Cleanup(func() {
		server.Close() //nolint:errcheck // the test is over
		served.Wait()
	})
	return s
}

// config is one that reaches the script.
func (s *script) config() client.Config {
	return client.Config{URL: s.URL, HTTPClient: s.http, Token: tokens("jwt")}
}

// tokens gives the tokens in turn, the last one again and again.
func tokens(all ...string) func(context.Context) (string, error) {
	var mu sync.Mutex
	return func(context.Context) (string, error) {
		mu.Lock()
		defer mu.Unlock()
		token := all[0]
		if len(all) > 1 {
			all = all[1:]
		}
		return token, nil
	}
}

// refuseWith answers upgrades by HTTP; nil accepts them again.
func (s *script) refuseWith(refuse func(w http.ResponseWriter)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = refuse
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	refuse := s.refuse
	s.mu.Unlock()
	if refuse != nil {
		refuse(w)
		return
	}
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{wire.Subprotocol}})
	if err != nil {
		s.t.Errorf("accept: %v", err)
		return
	}
	ws.SetReadLimit(1 << 20)
	p := &peer{t: s.t, ws: ws, request: r, calls: make(chan call, 4096), gone: make(chan struct{})}
	s.peers <- p
	p.read()
}

// pipeListener accepts the other ends of dialed pipes.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case l.conns <- far:
		return near, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

// peer is the server's end of one connection.
type peer struct {
	t       *testing.T
	ws      *websocket.Conn
	request *http.Request
	calls   chan call // closed when the connection ends
	err     error     // why it ended, once gone is closed
	gone    chan struct{}

	mu   sync.Mutex
	deaf chan struct{} // while it is open nothing is read
}

// hold has the peer read one more frame and then nothing until release is closed.
func (p *peer) hold(release chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.deaf = release
}

// call is one request of the client.
type call struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`

	frame string // that it came in
}

func (p *peer) read() {
	defer close(p.gone)
	defer close(p.calls)
	defer p.ws.CloseNow() //nolint:errcheck // it is over
	for {
		_, frame, err := p.ws.Read(context.Background())
		if err != nil {
			p.err = err
			return
		}
		var batch []call
		if !strings.HasPrefix(string(frame), "[") {
			frame = fmt.Appendf(nil, "[%s]", frame)
		}
		if err := json.Unmarshal(frame, &batch); err != nil {
			p.t.Errorf("frame of the client: %v\n%s", err, frame)
		}
		for _, c := range batch {
			c.frame = string(frame)
			p.calls <- c
		}
		p.mu.Lock()
		deaf := p.deaf
		p.mu.Unlock()
		if deaf != nil {
			<-deaf
		}
	}
}

// expect takes the next request, which must be of that method.
func (p *peer) expect(method string) call {
	p.t.Helper()
	c := next(p.t, p.calls, "the call "+method)
	if c.Method != method {
		p.t.Fatalf("the client called %s %s, expected was %s", c.Method, c.Params, method)
	}
	return c
}

// has reads a member of the params.
func (c call) has(t *testing.T, name string) string {
	t.Helper()
	var all map[string]json.RawMessage
	if err := json.Unmarshal(c.Params, &all); err != nil {
		t.Fatal(err)
	}
	return string(all[name])
}

// send writes one frame. That the client may have gone is no failure.
func (p *peer) send(frame string) {
	p.ws.Write(context.Background(), websocket.MessageText, []byte(frame)) //nolint:errcheck // see above
}

func (p *peer) reply(c call, result string) { p.send(reply(c, result)) }

func reply(c call, result string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"result":%s}`, c.ID, result)
}

// fail answers with an error.
func (p *peer) fail(c call, code int, data string) {
	p.send(fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"error":{"code":%d,"message":"refused","data":%s}}`, c.ID, code, data))
}

// tell sends an event.
func (p *peer) tell(method, params string) { p.send(event(method, params)) }

func event(method, params string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","method":%q,"params":%s}`, method, params)
}

// close ends the connection with a code.
func (p *peer) close(code wire.CloseCode, reason string) {
	p.ws.Close(websocket.StatusCode(code), reason) //nolint:errcheck // the client may be quicker
	<-p.gone
}

// cut ends the connection without a word.
func (p *peer) cut() {
	p.ws.CloseNow() //nolint:errcheck // see above
	<-p.gone
}

// left waits for the client to end the connection, and gives its close code, -1 for none.
func (p *peer) left() int {
	p.t.Helper()
	for range p.calls {
		continue
	}
	return int(websocket.CloseStatus(p.err))
}
