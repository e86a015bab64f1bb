package main

import (
	"context"
	"math/rand/v2"
	"sync"

	hist "parley/cmd/parley/history"
	"parley/hub"
	"parley/session/client"
	"parley/session/wire"
)

// person is one client of a town; what it does and sees is recorded.
type person struct {
	*client.Client
	town     *town
	identity string
	name     string // of the history: identity and service
	places   []*place
	rng      *rand.Rand // of its load

	sent     int // of its load
	own      []spot
	horizons map[string]*horizon

	mu      sync.Mutex
	next    map[string]int64 // index that is due, of conversations that it follows
	resets  int
	changes int // of the epoch
}

// spot is where a message is.
type spot struct {
	sid   string
	index int64
}

// horizon is how far a read horizon may have come: at least to what was acknowledged, at most to what was asked for.
type horizon struct{ acked, asked int64 }

// event is the client's handler.
func (p *person) event(e client.Event) {
	if e.Method == client.EventConnected {
		p.connected(&e)
		return
	}
	h := hist.Event{
		Name: e.Method, Conversation: string(e.ConversationSID), Revision: int64(e.Revision), Replay: e.Replay,
		Last: last(e.Conversation),
	}
	if e.Method == wire.EventMessageAdded {
		m := recorded(e.Message)
		h.Message = &m
	}
	p.town.record.Saw(p.name, h)
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

func (p *person) connected(e *client.Event) {
	c := hist.Connected{Void: e.EpochChanged}
	for _, sid := range e.Session.Replaying {
		c.Replaying = append(c.Replaying, string(sid))
	}
	for i := range e.Session.Conversations {
		v := &e.Session.Conversations[i]
		c.Heads = append(c.Heads, hist.Head{Conversation: string(v.SID), Revision: int64(v.Revision), Last: last(v)})
	}
	p.town.record.Connected(p.name, c)
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

// due is the index that the person waits for in a conversation, 0 for one not followed.
func (p *person) due(sid string) int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.next[sid]
}

// last is the index of a conversation's newest message.
func last(c *client.Conversation) int64 {
	if c == nil || c.LastMessage == nil {
		return -1
	}
	return c.LastMessage.Index
}

func recorded(m *client.Message) hist.Message {
	return hist.Message{Index: m.Index, SID: string(m.SID), Author: m.Author, Nonce: m.Nonce, Body: m.Body}
}

// do records a call that changes something, but for sending.
func (p *person) do(c hist.Call, call func() error) error {
	op := p.town.record.Invoke(p.name, c)
	err := call()
	outcome(op, nil, err)
	return err
}

// outcome records how a call ended.
func outcome(op *hist.Op, m *client.Message, err error) {
	switch {
	case err == nil && m != nil:
		op.Acked(recorded(m))
	case err == nil:
		op.Acked(hist.Message{})
	case definite(err):
		op.Refused(err.Error())
	default:
		op.Unknown(err.Error())
	}
}

func (p *person) join(ctx context.Context, sid string) error {
	return p.do(hist.Call{Action: hist.Join, Conversation: sid}, func() error {
		_, err := p.Join(ctx, sid)
		return err
	})
}

func (p *person) leave(ctx context.Context, sid string) error {
	return p.do(hist.Call{Action: hist.Leave, Conversation: sid}, func() error { return p.Leave(ctx, sid) })
}

func (p *person) add(ctx context.Context, sid, who string, role hub.RoleSID) error {
	return p.do(hist.Call{Action: hist.Add, Conversation: sid, Who: who}, func() error {
		_, err := p.AddParticipant(ctx, sid, client.NewParticipant{Identity: who, RoleSID: role})
		return err
	})
}

func (p *person) remove(ctx context.Context, sid, who string) error {
	return p.do(hist.Call{Action: hist.Remove, Conversation: sid, Who: who}, func() error {
		return p.RemoveParticipant(ctx, sid, who)
	})
}

func (p *person) delete(ctx context.Context, at spot) error {
	return p.do(hist.Call{Action: hist.Delete, Conversation: at.sid, Message: &hist.Message{Index: at.index}}, func() error {
		return p.DeleteMessage(ctx, at.sid, client.Index(at.index))
	})
}

func (p *person) edit(ctx context.Context, at spot, body string) error {
	return p.do(hist.Call{Action: hist.Edit, Conversation: at.sid, Message: &hist.Message{Index: at.index}}, func() error {
		_, err := p.EditMessage(ctx, at.sid, client.Index(at.index), client.MessageChange{Body: &body})
		return err
	})
}
