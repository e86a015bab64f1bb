package clustertest

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// Commits stands in front of a PostgreSQL, reads what goes by, and on demand cuts connections at the worst of moments:
// when COMMIT was sent, and when it was done but its answer is not out.
type Commits struct {
	listener net.Listener
	done     sync.WaitGroup
	to       atomic.Pointer[string]

	Sent, Done atomic.Int64 // connections that were cut at the one moment and at the other

	mu    sync.Mutex
	share float64 // of the commits that are cut
	rng   *rand.Rand
	conns map[net.Conn]bool
}

// NewCommits makes a proxy to a PostgreSQL that ends with the test.
func NewCommits(tb testing.TB, to string, seed uint64) *Commits {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	p := &Commits{listener: l, rng: rand.New(rand.NewPCG(seed, 7)), conns: map[net.Conn]bool{}}
	p.to.Store(&to)
	p.done.Go(p.accept)
	tb.Cleanup(func() {
		l.Close() //nolint:errcheck // it was open
		p.Redirect(to)
		p.done.Wait()
	})
	return p
}

// Addr is where it listens.
func (p *Commits) Addr() string { return p.listener.Addr().String() }

// Cut has a share of the commits from now on end with their connection; 0 has none.
func (p *Commits) Cut(share float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.share = share
}

// Redirect cuts all connections; new ones go to another address.
func (p *Commits) Redirect(to string) {
	p.to.Store(&to)
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		c.Close() //nolint:errcheck // that is the point
	}
}

// draw decides about one commit.
func (p *Commits) draw() (sent, done bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rng.Float64() >= p.share {
		return false, false
	}
	sent = p.rng.IntN(2) == 0
	return sent, !sent
}

func (p *Commits) keep(c net.Conn, open bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if open {
		p.conns[c] = true
	} else {
		delete(p.conns, c)
	}
}

func (p *Commits) accept() {
	for {
		in, err := p.listener.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", *p.to.Load())
		if err != nil {
			in.Close() //nolint:errcheck // as the server itself would
			continue
		}
		c := &pgConn{proxy: p, client: in, server: out, commits: map[string]bool{}}
		for _, conn := range []net.Conn{in, out} {
			p.keep(conn, true)
		}
		p.done.Go(func() { c.carry(out, in, c.toServer) })
		p.done.Go(func() { c.carry(in, out, c.toClient) })
	}
}

// pgConn is one connection of PostgreSQL's protocol, version 3: a first message without a type, then messages of a type, a
// length and a body.
type pgConn struct {
	proxy          *Commits
	client, server net.Conn

	begun   bool            // the first message went by; the client's side only
	commits map[string]bool // prepared statements that commit; likewise
	last    bool            // nothing more may go by after the next Sync; likewise

	swallow atomic.Bool // the answer to a commit
}

// carry copies messages one way until either end closes. look decides whether one is the last to go by, or goes not at all.
func (c *pgConn) carry(to, from net.Conn, look func(kind byte, body []byte) (pass, end bool)) {
	defer c.proxy.keep(from, false)
	defer to.Close()   //nolint:errcheck // the other end has gone
	defer from.Close() //nolint:errcheck // likewise
	r, w := bufio.NewReaderSize(from, 64<<10), bufio.NewWriterSize(to, 64<<10)
	first := from == c.client
	for {
		message, kind, err := readMessage(r, first)
		if err != nil {
			return
		}
		first = false
		pass, end := look(kind, message)
		if pass {
			w.Write(message) //nolint:errcheck // Flush says it
		}
		if end || r.Buffered() == 0 {
			if err := w.Flush(); err != nil || end {
				return
			}
		}
	}
}

// readMessage reads a whole message. The first of a client has no type.
func readMessage(r *bufio.Reader, first bool) (message []byte, kind byte, err error) {
	head := 5
	if first {
		head = 4
	}
	message = make([]byte, head)
	if _, err := io.ReadFull(r, message); err != nil {
		return nil, 0, err
	}
	if !first {
		kind = message[0]
	}
	length := int(binary.BigEndian.Uint32(message[head-4:])) - 4
	if length < 0 || length > 64<<20 {
		return nil, 0, io.ErrUnexpectedEOF
	}
	message = append(message, make([]byte, length)...)
	_, err = io.ReadFull(r, message[head:])
	return message, kind, err
}

// toServer looks for COMMIT, as a query, or as a statement that is bound and then run by the next Sync.
func (c *pgConn) toServer(kind byte, message []byte) (pass, end bool) {
	if !c.begun {
		c.begun = true
		return true, false
	}
	commit := false
	switch kind {
	case 'P':
		name, rest, _ := bytes.Cut(message[5:], []byte{0})
		query, _, _ := bytes.Cut(rest, []byte{0})
		c.commits[string(name)] = isCommit(query)
	case 'B':
		_, rest, _ := bytes.Cut(message[5:], []byte{0})
		name, _, _ := bytes.Cut(rest, []byte{0})
		commit = c.commits[string(name)]
	case 'Q':
		commit = isCommit(bytes.TrimRight(message[5:], "\x00"))
	}
	if commit && !c.last {
		sent, done := c.proxy.draw()
		c.last = sent
		if done {
			c.swallow.Store(true)
		}
	}
	if c.last && (kind == 'S' || kind == 'Q') {
		c.proxy.Sent.Add(1)
		return true, true
	}
	return true, false
}

// toClient ends the connection in place of the answer that a commit is done.
func (c *pgConn) toClient(kind byte, message []byte) (pass, end bool) {
	if kind == 'C' && bytes.Equal(message[5:], []byte("COMMIT\x00")) && c.swallow.Load() {
		c.proxy.Done.Add(1)
		return false, true
	}
	return true, false
}

func isCommit(query []byte) bool {
	return strings.EqualFold(strings.TrimRight(strings.TrimSpace(string(query)), ";"), "commit")
}
