package client

import (
	"context"
	"encoding/json"

	"parley/hub"
	"parley/session/wire"
)

// In every method a conversation is named by its sid (CH...) or its unique name.

// NewConversation is a conversation to be made.
type NewConversation struct {
	FriendlyName string          `json:"friendly_name,omitempty"`
	UniqueName   string          `json:"unique_name,omitempty"`
	Attributes   json.RawMessage `json:"attributes,omitempty"`
}

// ConversationChange is what to change of a conversation; what is nil or empty stays.
type ConversationChange struct {
	FriendlyName *string         `json:"friendly_name,omitempty"`
	UniqueName   *Name           `json:"unique_name,omitempty"`
	Attributes   json.RawMessage `json:"attributes,omitempty"`
	State        hub.State       `json:"state,omitempty"`
}

// Name is a unique name; the empty one removes it.
type Name string

// MarshalJSON has null stand for the empty name.
func (n Name) MarshalJSON() ([]byte, error) {
	if n == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(n))
}

// Page is which part of a list to give. The zero value is the first page, of the server's default size.
type Page struct {
	Size  int    `json:"page_size,omitempty"`
	Token string `json:"page_token,omitempty"` // NextPageToken of the page before
}

// ConversationPage is one page of a list of conversations.
type ConversationPage struct {
	Conversations []Conversation `json:"conversations"`
	NextPageToken string         `json:"next_page_token"` // "" at the end
}

// Joined is what joining gives.
type Joined struct {
	Conversation Conversation `json:"conversation"`
	Participant  Participant  `json:"participant"`
}

// target names a conversation in params.
type target struct {
	Conversation string `json:"conversation"`
}

// CreateConversation makes a conversation, without joining it.
func (c *Client) CreateConversation(ctx context.Context, n NewConversation) (*Conversation, error) {
	return change[Conversation](ctx, c, wire.MethodConversationCreate, n)
}

// Conversation gives a conversation. One that the user is not in is refused like one that does not exist.
func (c *Client) Conversation(ctx context.Context, conversation string) (*Conversation, error) {
	return ask[Conversation](ctx, c, wire.MethodConversationGet, target{conversation})
}

// Conversations lists the user's own conversations in a state, "" for all open ones, most recently active first.
func (c *Client) Conversations(ctx context.Context, p Page, state hub.State) (*ConversationPage, error) {
	r, err := newRequest(wire.MethodConversationList, struct {
		Page
		State hub.State `json:"state,omitempty"`
	}{p, state})
	if err != nil {
		return nil, err
	}
	r.reads = true
	r.note = func(result json.RawMessage) {
		if page, err := decode[ConversationPage](r.method, result); err == nil {
			c.events.push(item{listed: c.track.list(page.Conversations)})
		}
	}
	result, err := c.do(ctx, r)
	if err != nil {
		return nil, err
	}
	return decode[ConversationPage](r.method, result)
}

// UpdateConversation changes a conversation.
func (c *Client) UpdateConversation(ctx context.Context, conversation string, ch ConversationChange) (*Conversation, error) {
	return change[Conversation](ctx, c, wire.MethodConversationUpdate, struct {
		target
		ConversationChange
	}{target{conversation}, ch})
}

// DeleteConversation removes a conversation for everybody.
func (c *Client) DeleteConversation(ctx context.Context, conversation string) error {
	_, err := c.Call(ctx, wire.MethodConversationDelete, target{conversation})
	return err
}

// Join makes the user a participant.
func (c *Client) Join(ctx context.Context, conversation string) (*Joined, error) {
	return change[Joined](ctx, c, wire.MethodConversationJoin, target{conversation})
}

// Leave ends the user's participation.
func (c *Client) Leave(ctx context.Context, conversation string) error {
	_, err := c.Call(ctx, wire.MethodConversationLeave, target{conversation})
	return err
}

// Notify says whether the user wants pushes of a conversation.
func (c *Client) Notify(ctx context.Context, conversation string, level hub.NotificationLevel) error {
	_, err := c.Call(ctx, wire.MethodConversationNotify, struct {
		target
		Level hub.NotificationLevel `json:"level"`
	}{target{conversation}, level})
	return err
}

// ChangePage is a part of what changed in a conversation.
type ChangePage struct {
	Changes  []Event
	Revision hub.Revision // ask for what follows since this one
	More     bool
}

// Changes gives what changed in a conversation since a revision: the net events, in order. At most limit of them, 0 for
// the server's default. They move no position.
func (c *Client) Changes(ctx context.Context, conversation string, since hub.Revision, limit int) (*ChangePage, error) {
	result, err := ask[struct {
		Changes  []wire.Incoming `json:"changes"`
		Revision hub.Revision    `json:"revision"`
		More     bool            `json:"more"`
	}](ctx, c, wire.MethodChanges, struct {
		target
		Since hub.Revision `json:"since"`
		Limit int          `json:"limit,omitempty"`
	}{target{conversation}, since, limit})
	if err != nil {
		return nil, err
	}
	page := &ChangePage{Revision: result.Revision, More: result.More}
	for i := range result.Changes {
		e, err := result.Changes[i].Event()
		if err != nil {
			return nil, undecodable(wire.MethodChanges, err)
		}
		page.Changes = append(page.Changes, Event{Event: *e})
	}
	return page, nil
}
