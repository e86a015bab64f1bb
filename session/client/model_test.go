package client_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/coder/websocket"

	"parley/hub"
	"parley/session/wire"
)

// model is a server with conversations of messages that are added and edited: enough of the real one to resume from,
// and cut off at random.
type model struct {
	t    *testing.T
	luck *rand.Rand // guarded by mu

	mu     sync.Mutex
	rooms  map[hub.ConversationSID]*modelRoom
	nonces map[string]string // answers by nonce
	conns  map[*modelConn]bool
	calm   bool // no more cuts
	cuts   int
	served sync.WaitGroup
}

type modelRoom struct {
	revision int
	rows     []modelRow // by index
}

type modelRow struct {
	created, changed int
	nonce            string
}

type modelConn struct {
	ws   *websocket.Conn
	wake chan struct{}

	// Guarded by model.mu.
	out    []string
	failed map[string]string // by conversation: the nonce that failed, with all behind it
}

func newModel(t *testing.T, seed uint64, sids ...hub.ConversationSID) *model {
	t.Helper()
	m := &model{
		t: t, luck: rand.New(rand.NewPCG(seed, 1)), rooms: map[hub.ConversationSID]*modelRoom{},
		nonces: map[string]string{}, conns: map[*modelConn]bool{},
	}
	for _, sid := range sids {
		m.rooms[sid] = &modelRoom{revision: 1}
	}
	return m
}

// tell queues a frame for everybody.
func (m *model) tell(frame string) {
	for c := range m.conns {
		c.say(frame)
	}
}

func (c *modelConn) say(frame string) {
	c.out = append(c.out, frame)
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (row modelRow) event(sid hub.ConversationSID, index, position int, method string, replay bool) string {
	return event(method, at(string(sid), position, fmt.Sprintf(`,"replay":%v,"message":{"index":%d,"nonce":%q}`, replay, index, row.nonce)))
}

// add stores a message and gives the answer to its sender.
func (m *model) add(sid hub.ConversationSID, nonce string) string {
	if answer, known := m.nonces[nonce]; known {
		return answer
	}
	r := m.rooms[sid]
	r.revision++
	row := modelRow{created: r.revision, changed: r.revision, nonce: nonce}
	r.rows = append(r.rows, row)
	m.tell(row.event(sid, len(r.rows)-1, r.revision, wire.EventMessageAdded, false))
	m.nonces[nonce] = fmt.Sprintf(`{"index":%d,"nonce":%q}`, len(r.rows)-1, nonce)
	return m.nonces[nonce]
}

// edit changes a message.
func (m *model) edit(sid hub.ConversationSID, index int) {
	r := m.rooms[sid]
	r.revision++
	r.rows[index].changed = r.revision
	m.tell(r.rows[index].event(sid, index, r.revision, wire.EventMessageUpdated, false))
}

// since is the net changes of a room in order of position.
func (r *modelRoom) since(sid hub.ConversationSID, position int) []string {
	type placed struct {
		at   int
		text string
	}
	var all []placed
	for i, row := range r.rows {
		switch {
		case row.created > position:
			all = append(all, placed{row.created, row.event(sid, i, row.created, wire.EventMessageAdded, true)})
		case row.changed > position:
			all = append(all, placed{row.changed, row.event(sid, i, row.changed, wire.EventMessageUpdated, true)})
		}
	}
	slices.SortFunc(all, func(a, b placed) int { return a.at - b.at })
	frames := make([]string, 0, len(all)+1)
	for _, p := range all {
		frames = append(frames, p.text)
	}
	return append(frames, event(wire.EventConversationReplayed, at(string(sid), r.revision)))
}

func (m *model) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{wire.Subprotocol}})
	if err != nil {
		m.t.Error(err)
		return
	}
	ws.SetReadLimit(1 << 20)
	c := &modelConn{ws: ws, wake: make(chan struct{}, 1), failed: map[string]string{}}
	ctx, cancel := context.WithCancel(context.Background())
	m.served.Go(func() { m.write(ctx, c) })
	m.read(ctx, c)
	cancel()
	m.mu.Lock()
	delete(m.conns, c)
	m.mu.Unlock()
	ws.CloseNow() //nolint:errcheck // it is over
}

// read answers requests, and now and then cuts the connection before or after their effect.
func (m *model) read(ctx context.Context, c *modelConn) {
	for {
		_, frame, err := c.ws.Read(ctx)
		if err != nil {
			return
		}
		var calls []call
		if !strings.HasPrefix(string(frame), "[") {
			frame = fmt.Appendf(nil, "[%s]", frame)
		}
		if err := json.Unmarshal(frame, &calls); err != nil {
			m.t.Error(err)
			return
		}
		for _, req := range calls {
			if !m.handle(c, req) {
				return
			}
		}
	}
}

// handle reports false where the connection is to be cut.
func (m *model) handle(c *modelConn, req call) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.cut(12) {
		return false
	}
	switch req.Method {
	case wire.MethodConnect:
		m.connect(c, req)
	case wire.MethodMessageSend:
		return m.message(c, req)
	default:
		m.t.Errorf("called was %s", req.Method)
	}
	return true
}

// message stores one, or fails: then all those behind it fail alike, until it comes again.
func (m *model) message(c *modelConn, req call) bool {
	var p struct{ Conversation, Nonce string }
	if err := json.Unmarshal(req.Params, &p); err != nil {
		m.t.Error(err)
	}
	if c.failed[p.Conversation] == p.Nonce {
		delete(c.failed, p.Conversation)
	}
	_, failed := c.failed[p.Conversation]
	if failed || !m.calm && m.luck.IntN(20) == 0 {
		if !failed {
			c.failed[p.Conversation] = p.Nonce
			if m.luck.IntN(2) == 0 {
				m.add(hub.ConversationSID(p.Conversation), p.Nonce) // it did happen
			}
		}
		c.say(fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"error":{"code":-32603,"message":"ambiguous","data":{"status":500,"definite":false}}}`, req.ID))
		return true
	}
	answer := m.add(hub.ConversationSID(p.Conversation), p.Nonce)
	if m.cut(12) {
		return false
	}
	c.say(reply(req, answer))
	return true
}

// connect answers, then replays, then goes live: all in one queue.
func (m *model) connect(c *modelConn, req call) {
	var p wire.ConnectParams
	if err := json.Unmarshal(req.Params, &p); err != nil {
		m.t.Error(err)
	}
	var list []string
	for sid, r := range m.rooms {
		list = append(list, listed(string(sid), r.revision))
	}
	c.say(reply(req, greeting{list: strings.Join(list, ",")}.String()))
	for sid, position := range p.Resume {
		if r := m.rooms[sid]; int(position) < r.revision {
			for _, frame := range r.since(sid, int(position)) {
				c.say(frame)
			}
		}
	}
	c.say(event(wire.EventResumed, `{}`))
	m.conns[c] = true
}

func (m *model) cut(odds int) bool {
	cut := !m.calm && m.luck.IntN(odds) == 0
	if cut {
		m.cuts++
	}
	return cut
}

// write sends what is queued, in batches of any size, and now and then cuts the connection between two.
func (m *model) write(ctx context.Context, c *modelConn) {
	for {
		m.mu.Lock()
		var frame string
		if n := len(c.out); n > 0 {
			n = 1 + m.luck.IntN(min(n, 4))
			frame = c.out[0]
			if n > 1 {
				frame = "[" + strings.Join(c.out[:n], ",") + "]"
			}
			c.out = c.out[n:]
		}
		cut := frame != "" && m.cut(30)
		m.mu.Unlock()
		switch {
		case cut:
			c.ws.CloseNow() //nolint:errcheck // that is the point
			return
		case frame != "":
			if c.ws.Write(ctx, websocket.MessageText, []byte(frame)) != nil {
				return
			}
		default:
			select {
			case <-c.wake:
			case <-ctx.Done():
				return
			}
		}
	}
}
