package postgres_test

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// proxy stands between a store and its server, and knows the frames of their protocol. A trap loses one thing that passes:
// "answer" the server's word that a commit happened, "row" a row of an answer, "request" what the store sends next, and "late"
// gives that to the server only when release is called. The connection ends with it.
type proxy struct {
	listener net.Listener
	first    string // server
	all      sync.WaitGroup

	mu     sync.Mutex
	server string // of connections that are made from now on
	trap   string
	mark   string // that what the store sends, or a row, must hold
	after  bool   // the trap sprang: nobody is let through until it is opened
	shut   bool   // to be set when a trap springs
	fell   int    // traps that something fell into
	late   func()
	conns  []net.Conn
}

func newProxy(tb testing.TB, server string) *proxy {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	p := &proxy{listener: l, first: server, server: server}
	p.all.Go(p.accept)
	tb.Cleanup(func() {
		l.Close() //nolint:errcheck // it has no other end
		p.mu.Lock()
		for _, c := range p.conns {
			c.Close() //nolint:errcheck // whoever is left
		}
		p.mu.Unlock()
		p.release()
		p.all.Wait()
	})
	return p
}

// through is a URL whose server is reached through the proxy.
func (p *proxy) through(url string) string {
	return strings.Replace(url, p.first, p.listener.Addr().String(), 1)
}

// redirect has connections that are made from now on end at another server.
func (p *proxy) redirect(server string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.server = server
}

func (p *proxy) target() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.server
}

// set sets a trap. Of what the store sends, and of rows, only that falls into it which holds the mark.
func (p *proxy) set(trap, mark string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trap, p.mark = trap, mark
}

// springs reports whether a trap of this kind is set for what passes, and takes it away.
func (p *proxy) springs(trap string, passes []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.trap != trap || trap != "answer" && !strings.Contains(string(passes), p.mark) {
		return false
	}
	p.trap = ""
	p.fell++
	p.after = p.shut
	return true
}

// shutAfter has nobody let through once a trap has sprung, until it is called with false.
func (p *proxy) shutAfter(shut bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shut, p.after = shut, false
}

func (p *proxy) closed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.after
}

func (p *proxy) fallen() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fell
}

// release gives the server what came too late, and waits for its answer.
func (p *proxy) release() {
	p.mu.Lock()
	late := p.late
	p.late = nil
	p.mu.Unlock()
	if late != nil {
		late()
	}
}

func (p *proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.target())
		if err == nil && p.closed() {
			server.Close() //nolint:errcheck // it is shut
			client.Close() //nolint:errcheck // likewise
			continue
		}
		if err != nil {
			client.Close() //nolint:errcheck // it learns of the server's absence by that
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, client, server)
		p.mu.Unlock()
		answered := make(chan struct{})
		p.all.Go(func() { p.requests(client, server, answered) })
		p.all.Go(func() { p.answers(client, server, answered) })
	}
}

// requests passes on what the store sends.
func (p *proxy) requests(client, server net.Conn, answered chan struct{}) {
	defer server.Close() //nolint:errcheck // the other direction ends by it
	chunk := make([]byte, 1<<20)
	for {
		n, err := client.Read(chunk)
		if err != nil {
			return
		}
		if p.springs("request", chunk[:n]) {
			client.Close() //nolint:errcheck // the trap
			return
		}
		if p.springs("late", chunk[:n]) {
			released := make(chan struct{})
			p.mu.Lock()
			p.late = func() {
				close(released)
				<-answered
			}
			p.mu.Unlock()
			client.Close() //nolint:errcheck // the trap
			<-released
			server.Write(chunk[:n])            //nolint:errcheck // its answer tells
			server.(*net.TCPConn).CloseWrite() //nolint:errcheck // likewise
			<-answered
			return
		}
		if _, err := server.Write(chunk[:n]); err != nil {
			return
		}
	}
}

// answers passes on what the server sends, frame by frame.
func (p *proxy) answers(client, server net.Conn, answered chan struct{}) {
	defer close(answered)
	defer client.Close() //nolint:errcheck // the other direction ends by it
	in := bufio.NewReader(server)
	gone := false
	for {
		var head [5]byte
		if _, err := io.ReadFull(in, head[:]); err != nil {
			return
		}
		body := make([]byte, binary.BigEndian.Uint32(head[1:])-4)
		if _, err := io.ReadFull(in, body); err != nil {
			return
		}
		if head[0] == 'C' && strings.HasPrefix(string(body), "COMMIT") && p.springs("answer", nil) {
			return
		}
		if head[0] == 'D' && p.springs("row", body) {
			return
		}
		if gone {
			continue
		}
		if _, err := client.Write(append(head[:], body...)); err != nil {
			gone = true // what comes late is answered to nobody
		}
	}
}
