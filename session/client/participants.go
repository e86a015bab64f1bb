package client

import (
	"context"
	"encoding/json"

	"parley/hub"
	"parley/session/wire"
)

// In every method a participant is named by its sid (MB...) or its identity.

// NewParticipant is somebody to be added by identity.
type NewParticipant struct {
	Identity   string          `json:"identity"`
	Attributes json.RawMessage `json:"attributes,omitempty"`
	RoleSID    hub.RoleSID     `json:"role_sid,omitempty"`
}

// NonChat is somebody to be added by address: a phone number, say, and the number of the service that the person sees.
type NonChat struct {
	ProxyAddress string          `json:"proxy_address"`
	Address      string          `json:"address"`
	Attributes   json.RawMessage `json:"attributes,omitempty"`
}

// ParticipantChange is what to change of a participant; what is empty stays.
type ParticipantChange struct {
	Attributes json.RawMessage `json:"attributes,omitempty"`
	RoleSID    hub.RoleSID     `json:"role_sid,omitempty"`
}

// ParticipantPage is one page of a conversation's participants.
type ParticipantPage struct {
	Participants  []Participant `json:"participants"`
	NextPageToken string        `json:"next_page_token"` // "" at the end
	Revision      hub.Revision  `json:"revision"`        // at which they were read: later events come on top
}

// member names a participant in params.
type member struct {
	Conversation string `json:"conversation"`
	Participant  string `json:"participant"`
}

// Add adds somebody by identity.
func (c *Client) Add(ctx context.Context, conversation, identity string) (*Participant, error) {
	return c.AddParticipant(ctx, conversation, NewParticipant{Identity: identity})
}

// AddParticipant adds somebody by identity, with attributes and a role.
func (c *Client) AddParticipant(ctx context.Context, conversation string, n NewParticipant) (*Participant, error) {
	return change[Participant](ctx, c, wire.MethodParticipantAdd, struct {
		target
		NewParticipant
	}{target{conversation}, n})
}

// AddNonChat adds somebody by address.
func (c *Client) AddNonChat(ctx context.Context, conversation string, n NonChat) (*Participant, error) {
	return change[Participant](ctx, c, wire.MethodParticipantAddNonChat, struct {
		target
		NonChat
	}{target{conversation}, n})
}

// Participants lists who is in a conversation.
func (c *Client) Participants(ctx context.Context, conversation string, p Page) (*ParticipantPage, error) {
	return ask[ParticipantPage](ctx, c, wire.MethodParticipantList, struct {
		target
		Page
	}{target{conversation}, p})
}

// Participant gives one participant.
func (c *Client) Participant(ctx context.Context, conversation, participant string) (*Participant, error) {
	return ask[Participant](ctx, c, wire.MethodParticipantGet, member{conversation, participant})
}

// UpdateParticipant changes a participant.
func (c *Client) UpdateParticipant(ctx context.Context, conversation, participant string, ch ParticipantChange) (*Participant, error) {
	return change[Participant](ctx, c, wire.MethodParticipantUpdate, struct {
		member
		ParticipantChange
	}{member{conversation, participant}, ch})
}

// RemoveParticipant removes somebody, who may then come back only by being added.
func (c *Client) RemoveParticipant(ctx context.Context, conversation, participant string) error {
	_, err := c.Call(ctx, wire.MethodParticipantRemove, member{conversation, participant})
	return err
}
