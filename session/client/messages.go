package client

import (
	"context"
	"encoding/json"
	"time"

	"parley/hub"
	"parley/session/wire"
)

// MessageRef names a message of a conversation: see Index and SID.
type MessageRef struct {
	sid   hub.MessageSID
	index int64
}

// Index names a message by its index.
func Index(i int64) MessageRef { return MessageRef{index: i} }

// SID names a message by its sid.
func SID(sid hub.MessageSID) MessageRef { return MessageRef{sid: sid} }

// MarshalJSON writes the reference as the protocol has it.
func (m MessageRef) MarshalJSON() ([]byte, error) {
	if m.sid != "" {
		return json.Marshal(m.sid)
	}
	return json.Marshal(m.index)
}

// MessageQuery is which messages to give. The zero value is the newest, as many as the server gives by default.
type MessageQuery struct {
	Size    int    `json:"page_size,omitempty"`
	Anchor  *int64 `json:"anchor,omitempty"` // index of a message that is to be in the page, nil for the end
	Forward bool   `json:"-"`                // from the anchor to newer ones
}

// MessagePage is consecutive messages, oldest first.
type MessagePage struct {
	Messages []Message    `json:"messages"`
	HasPrev  bool         `json:"has_prev"` // older ones
	HasNext  bool         `json:"has_next"` // newer ones
	Revision hub.Revision `json:"revision"` // at which they were read: later events come on top
}

// MessageChange is what to change of a message; what is nil stays.
type MessageChange struct {
	Body       *string         `json:"body,omitempty"`
	Attributes json.RawMessage `json:"attributes,omitempty"`
}

// spot names a message in params.
type spot struct {
	Conversation string     `json:"conversation"`
	Message      MessageRef `json:"message"`
}

// Messages gives a page of a conversation's messages.
func (c *Client) Messages(ctx context.Context, conversation string, q MessageQuery) (*MessagePage, error) {
	direction := ""
	if q.Forward {
		direction = "forward"
	}
	return ask[MessagePage](ctx, c, wire.MethodMessageList, struct {
		target
		MessageQuery
		Direction string `json:"direction,omitempty"`
	}{target{conversation}, q, direction})
}

// Message gives one message.
func (c *Client) Message(ctx context.Context, conversation string, m MessageRef) (*Message, error) {
	return ask[Message](ctx, c, wire.MethodMessageGet, spot{conversation, m})
}

// EditMessage changes a message.
func (c *Client) EditMessage(ctx context.Context, conversation string, m MessageRef, ch MessageChange) (*Message, error) {
	return change[Message](ctx, c, wire.MethodMessageUpdate, struct {
		spot
		MessageChange
	}{spot{conversation, m}, ch})
}

// DeleteMessage removes a message.
func (c *Client) DeleteMessage(ctx context.Context, conversation string, m MessageRef) error {
	_, err := c.Call(ctx, wire.MethodMessageDelete, spot{conversation, m})
	return err
}

type reaction struct {
	spot
	Reaction string `json:"reaction"`
}

// React adds the user's reaction, of at most 32 bytes.
func (c *Client) React(ctx context.Context, conversation string, m MessageRef, name string) (*Message, error) {
	return change[Message](ctx, c, wire.MethodReactionAdd, reaction{spot{conversation, m}, name})
}

// Unreact takes the user's reaction back.
func (c *Client) Unreact(ctx context.Context, conversation string, m MessageRef, name string) (*Message, error) {
	return change[Message](ctx, c, wire.MethodReactionRemove, reaction{spot{conversation, m}, name})
}

// Receipt says how far a message got with one non-chat participant.
type Receipt = wire.Receipt

// Receipts gives the delivery receipts of a message.
func (c *Client) Receipts(ctx context.Context, conversation string, m MessageRef) ([]Receipt, error) {
	result, err := ask[struct {
		Receipts []Receipt `json:"receipts"`
	}](ctx, c, wire.MethodMessageReceipts, spot{conversation, m})
	if err != nil {
		return nil, err
	}
	return result.Receipts, nil
}

// FoundPage is one page of what a search found.
type FoundPage struct {
	Messages      []Message `json:"messages"`
	NextPageToken string    `json:"next_page_token"` // "" at the end; a page may be empty before that
	Complete      bool      `json:"complete"`        // nothing said before was missed for being too new
}

// Search finds messages in the user's own conversations, or in one of them, newest first: words, "phrases" and the
// beginnings of words, as in inter*; what is found holds all of them.
func (c *Client) Search(ctx context.Context, query, conversation string, p Page) (*FoundPage, error) {
	return ask[FoundPage](ctx, c, wire.MethodMessageSearch, struct {
		Query        string `json:"query"`
		Conversation string `json:"conversation,omitempty"`
		Page
	}{query, conversation, p})
}

// MediaURLs is where to fetch media, for a while.
type MediaURLs struct {
	URLs      map[string]string `json:"urls"` // by ME sid
	ExpiresAt time.Time         `json:"expires_at"`
}

// MediaURLs gives addresses of media.
func (c *Client) MediaURLs(ctx context.Context, media ...string) (*MediaURLs, error) {
	return ask[MediaURLs](ctx, c, wire.MethodMediaURLs, struct {
		Media []string `json:"media"`
	}{media})
}

// ReadState is how far the user has read.
type ReadState struct {
	LastReadMessageIndex *int64 `json:"last_read_message_index"` // nil for nothing
	UnreadMessagesCount  *int64 `json:"unread_messages_count"`   // nil until set
}

// SetRead sets how far the user has read: the index of a message, nil for nothing.
func (c *Client) SetRead(ctx context.Context, conversation string, index *int64) (*ReadState, error) {
	return c.setRead(ctx, conversation, index, false)
}

// AdvanceRead is SetRead that never goes back.
func (c *Client) AdvanceRead(ctx context.Context, conversation string, index int64) (*ReadState, error) {
	return c.setRead(ctx, conversation, &index, true)
}

func (c *Client) setRead(ctx context.Context, conversation string, index *int64, advance bool) (*ReadState, error) {
	return change[ReadState](ctx, c, wire.MethodReadSet, struct {
		target
		Index   *int64 `json:"index"`
		Advance bool   `json:"advance,omitempty"`
	}{target{conversation}, index, advance})
}

// Typing tells the others that the user is typing; at most once per 5 s of it is passed on. It does not wait, and
// without a connection nothing is told.
func (c *Client) Typing(ctx context.Context, conversation string) error {
	r, err := newRequest(wire.MethodTyping, target{conversation})
	if err != nil {
		return err
	}
	r.notifies, r.volatile = true, true
	if err := ctx.Err(); err != nil {
		return unanswered(r, err)
	}
	if c.State() != StateConnected {
		return &Error{Op: r.method, Message: ErrNotConnected.Error(), Definite: true, Err: ErrNotConnected}
	}
	return c.submit(r)
}
