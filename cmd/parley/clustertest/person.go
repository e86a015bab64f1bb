package clustertest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/cmd/parley/history"
	"parley/session/client"
	"parley/session/token"
	"parley/session/wire"
)

// A Person is one client of a town. What it does and sees is recorded.
type Person struct {
	*client.Client
	town     *Town
	Identity string
	places   []*Place
	rng      *rand.Rand // of its load
	sent     atomic.Int64
	waiting  chan sending

	mu      sync.Mutex
	road    *rand.Rand // which hub to go to
	home    *Hub
	pinned  bool
	door    string           // a fixed address instead of a hub's, "" for none
	conn    net.Conn         // the latest
	next    map[string]int64 // index that is due, of conversations that it follows
	resets  int
	changes int // of the epoch
}

// connect makes a client that finds the hubs that are up as behind a load balancer.
func (w *Town) connect(identity string, n uint64) *Person {
	w.tb.Helper()
	p := &Person{
		town: w, Identity: identity, next: map[string]int64{},
		rng: rand.New(rand.NewPCG(w.Seed, n)), road: rand.New(rand.NewPCG(w.Seed, 1<<32+n)),
	}
	transport := &http.Transport{DialContext: p.dial}
	w.tb.Cleanup(transport.CloseIdleConnections)
	ctx, cancel := context.WithTimeout(w.tb.Context(), time.Minute)
	defer cancel()
	var err error
	p.Client, err = client.Dial(ctx, client.Config{
		URL: "http://parley.test", HTTPClient: &http.Client{Transport: transport}, Name: identity, OnEvent: p.event,
		Backoff: client.Backoff{First: 50 * time.Millisecond, Most: 500 * time.Millisecond}, MaxOutbox: 2000,
		ConnectTimeout: 5 * time.Second,
		Token: func(context.Context) (string, error) { // issued some time ago: hubs' clocks may be behind
			return token.Mint(apiKey, secret, account, identity, service, time.Hour, time.Now().Add(-10*time.Minute))
		},
	})
	if err != nil {
		w.tb.Fatalf("%s: %v", identity, err)
	}
	w.tb.Cleanup(p.Close)
	return p
}

// dial connects to a hub that is up: in one of three cases another one than before.
func (p *Person) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	addr, err := p.destination()
	if err != nil {
		return nil, err
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, network, addr)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conn = conn
	return conn, err
}

func (p *Person) destination() (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.door != "" {
		return p.door, nil
	}
	up := p.town.cluster.up()
	if p.pinned || p.home != nil && p.home.Addr() != "" && p.road.IntN(3) > 0 {
		up = []*Hub{p.home}
	}
	if len(up) == 0 {
		return "", errors.New("no hub is up")
	}
	p.home = up[p.road.IntN(len(up))]
	addr := p.home.Addr()
	if addr == "" {
		return "", errors.New("the hub is not up")
	}
	return addr, nil
}

// Move has the person come back to one hub, which it stays with until the harm is over. At another address than the
// hub's, unless that is "", it finds the hub too.
func (p *Person) Move(tb testing.TB, h *Hub, door string) {
	tb.Helper()
	before := p.Stats().Connects
	p.mu.Lock()
	p.home, p.pinned, p.door = h, true, door
	if p.conn != nil {
		p.conn.Close() //nolint:errcheck // it may be closed
	}
	p.mu.Unlock()
	if !Soon(time.Minute, func() bool { return p.Stats().Connects > before && p.State() == client.StateConnected }) {
		tb.Fatalf("%s does not get to %s", p.Identity, h.Name)
	}
}

// roam ends that the person stays with one hub.
func (p *Person) roam() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pinned = false
}

// at is the hub that the person went to last.
func (p *Person) at() *Hub {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.home
}

// event is the client's handler.
func (p *Person) event(e client.Event) {
	if e.Method == client.EventConnected {
		p.connected(&e)
		return
	}
	h := history.Event{
		Name: e.Method, Conversation: string(e.ConversationSID), Revision: int64(e.Revision), Replay: e.Replay,
		Last: last(e.Conversation),
	}
	if e.Method == wire.EventMessageAdded {
		m := recorded(e.Message)
		h.Message = &m
	}
	p.town.record.Saw(p.Identity, h)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e.Method {
	case wire.EventMessageAdded:
		p.next[h.Conversation] = h.Message.Index + 1
	case wire.EventConversationJoined:
		p.next[h.Conversation] = h.Last + 1
	case wire.EventConversationReset:
		p.resets++
		p.next[h.Conversation] = h.Last + 1
	case wire.EventConversationLeft:
		delete(p.next, h.Conversation)
	}
}

func (p *Person) connected(e *client.Event) {
	c := history.Connected{Void: e.EpochChanged}
	for _, sid := range e.Session.Replaying {
		c.Replaying = append(c.Replaying, string(sid))
	}
	for i := range e.Session.Conversations {
		v := &e.Session.Conversations[i]
		c.Heads = append(c.Heads, history.Head{Conversation: string(v.SID), Revision: int64(v.Revision), Last: last(v)})
	}
	p.town.record.Connected(p.Identity, c)
	p.mu.Lock()
	defer p.mu.Unlock()
	if e.EpochChanged {
		p.changes++
	}
	for _, h := range c.Heads {
		if _, known := p.next[h.Conversation]; !known || c.Void {
			p.next[h.Conversation] = h.Last + 1
		}
	}
}

// due is the index that the person waits for in a conversation. It is false for one that the person does not follow.
func (p *Person) due(sid string) (next int64, in bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	next, in = p.next[sid]
	return next, in
}

// last is the index of a conversation's newest message.
func last(c *client.Conversation) int64 {
	if c == nil || c.LastMessage == nil {
		return -1
	}
	return c.LastMessage.Index
}

func recorded(m *client.Message) history.Message {
	return history.Message{Index: m.Index, SID: string(m.SID), Author: m.Author, Nonce: m.Nonce, Body: short(m.Body)}
}

// short is as much of a body as is recorded.
func short(body string) string { return body[:min(len(body), 32)] }

// outcome records how a call ended, and gives its error.
func outcome(op *history.Op, m *client.Message, err error) error {
	e, _ := errors.AsType[*client.Error](err)
	switch {
	case err == nil && m != nil:
		op.Acked(recorded(m))
	case err == nil:
		op.Acked(history.Message{})
	case e != nil && e.Definite:
		op.Refused(err.Error())
	default:
		op.Unknown(err.Error())
	}
	return err
}

// Enter has the person join a conversation.
func (p *Person) Enter(ctx context.Context, sid string) error {
	op := p.town.record.Invoke(p.Identity, history.Call{Action: history.Join, Conversation: sid})
	_, err := p.Join(ctx, sid)
	return outcome(op, nil, err)
}

// Invite has the person add another one.
func (p *Person) Invite(ctx context.Context, sid string, who *Person) error {
	op := p.town.record.Invoke(p.Identity, history.Call{Action: history.Add, Conversation: sid, Who: who.Identity})
	_, err := p.Add(ctx, sid, who.Identity)
	return outcome(op, nil, err)
}

// Expel has the person remove another one.
func (p *Person) Expel(ctx context.Context, sid string, who *Person) error {
	op := p.town.record.Invoke(p.Identity, history.Call{Action: history.Remove, Conversation: sid, Who: who.Identity})
	return outcome(op, nil, p.RemoveParticipant(ctx, sid, who.Identity))
}

// Say hands a message over, and records the attempt. Something is put behind what it says.
func (p *Person) Say(sid, more string) (*client.Sending, *history.Op, error) {
	n := p.sent.Add(1)
	d := client.Draft{Body: fmt.Sprintf("%d of %s%s", n, p.Identity, more), Nonce: fmt.Sprintf("%s-%d", p.Identity, n)}
	op := p.town.record.Invoke(p.Identity, history.Call{
		Action: history.Send, Conversation: sid, Message: &history.Message{Nonce: d.Nonce, Body: short(d.Body)},
	})
	s, err := p.Enqueue(sid, d)
	if err != nil {
		return nil, nil, outcome(op, nil, err)
	}
	return s, op, nil
}

// tell sends a message and gives its index when it is acknowledged.
func (p *Person) tell(tb testing.TB, sid, more string) int64 {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), time.Minute)
	defer cancel()
	s, op, err := p.Say(sid, more)
	if err != nil {
		tb.Fatal(err)
	}
	m, err := s.Wait(ctx)
	if outcome(op, m, err) != nil {
		tb.Fatal(err)
	}
	return m.Index
}
