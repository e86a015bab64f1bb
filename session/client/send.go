package client

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"

	"parley/session/wire"
)

// Draft is a message to be sent.
type Draft struct {
	Body       string          `json:"body,omitempty"`
	Subject    string          `json:"subject,omitempty"`
	Attributes json.RawMessage `json:"attributes,omitempty"` // any JSON value, nil for none
	Media      []string        `json:"media,omitempty"`      // ME sids
	ReplyTo    *int64          `json:"reply_to,omitempty"`   // index
	// Nonce makes the message one with any other of the same author and nonce in that conversation: the server
	// answers the one that it has. At most 64 bytes; empty has one made. Nonces must not be used again for another
	// message.
	Nonce string `json:"nonce"`

	// Once gives refusals back that may pass (too many requests, the store unavailable) instead of sending again
	// after a while. A connection that ends is still bridged.
	Once bool `json:"-"`
}

// A Sending is a message on its way.
type Sending struct {
	client  *Client
	request *request
}

// Outgoing is a message that is not acknowledged.
type Outgoing struct {
	Conversation string
	Draft        Draft
}

// Enqueue hands over a message to be sent behind those that were handed over before to the same conversation, a sid or
// unique name. It does not wait, not even for a connection, and fails only where the message cannot be taken: the
// outbox is full, the client closed, the message too large.
func (c *Client) Enqueue(conversation string, d Draft) (*Sending, error) {
	if d.Nonce == "" {
		d.Nonce = rand.Text()
	}
	r, err := newRequest(wire.MethodMessageSend, struct {
		Conversation string `json:"conversation"`
		Draft
	}{conversation, d})
	if err != nil {
		return nil, err
	}
	r.sends, r.conversation, r.draft = true, conversation, &d
	if err := c.submit(r); err != nil {
		return nil, err
	}
	return &Sending{client: c, request: r}, nil
}

// Send sends a message and waits until it is stored. When ctx ends first the message is given up, and the error says
// whether it may have been stored all the same. The message that is answered can be an earlier one with that nonce, as
// it is now; Removed is set where that was deleted.
func (c *Client) Send(ctx context.Context, conversation string, d Draft) (*Message, error) {
	s, err := c.Enqueue(conversation, d)
	if err != nil {
		return nil, err
	}
	m, err := s.Wait(ctx)
	if err != nil && errors.Is(err, ctx.Err()) {
		s.Cancel()
		return s.Wait(context.WithoutCancel(ctx))
	}
	return m, err
}

// Nonce is the message's, given or made.
func (s *Sending) Nonce() string { return s.request.draft.Nonce }

// Done is closed when the message is acknowledged, refused or given up.
func (s *Sending) Done() <-chan struct{} { return s.request.done }

// Wait waits for the end of the sending. When ctx ends first the sending goes on.
func (s *Sending) Wait(ctx context.Context) (*Message, error) {
	r := s.request
	select {
	case <-r.done:
	case <-ctx.Done():
		return nil, &Error{Op: r.method, Message: "not acknowledged yet", Err: ctx.Err()}
	}
	if r.err != nil {
		return nil, r.err
	}
	return decode[Message](r.method, r.result)
}

// Cancel gives the message up, unless its sending is over. What was written cannot be taken back: the error of Wait
// says whether the outcome is unknown.
func (s *Sending) Cancel() { s.client.abandon(s.request, context.Canceled) }

// Outbox is the messages that are not acknowledged, in order per conversation. With their nonces they can be sent again
// by another process.
func (c *Client) Outbox() []Outgoing {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []Outgoing
	for name, l := range c.lanes {
		for _, r := range l.sends {
			all = append(all, Outgoing{Conversation: name, Draft: *r.draft})
		}
	}
	return all
}

// Flush waits until every message handed over so far is acknowledged, refused or given up.
func (c *Client) Flush(ctx context.Context) error {
	c.mu.Lock()
	var all []*request
	for _, l := range c.lanes {
		all = append(all, l.sends...)
	}
	c.mu.Unlock()
	for _, r := range all {
		select {
		case <-r.done:
		case <-ctx.Done():
			return &Error{Op: "flush", Message: "messages are not acknowledged yet", Err: ctx.Err()}
		}
	}
	return nil
}
