package hub

import (
	"context"
	"errors"
)

// sameHistory is the store as sessions are served from it: what is read counts only where the store's history was the same
// before and after, so that nobody who knows one history is ever told of another (rule R4). A store's read belongs to the
// epoch that it gives once the read is over.
type sameHistory struct {
	Store
	hub *Hub
}

var errOtherHistory = errors.New("the store has another history than when the read began")

// within does a read.
func within[T any](s *sameHistory, read func() (T, error)) (T, error) {
	before := s.hub.epoch.Load()
	v, err := read()
	s.hub.checkEpoch()
	if s.hub.epoch.Load() != before {
		var none T
		return none, unavailable(errOtherHistory)
	}
	return v, err
}

// seen is a conversation as it was read.
type seen struct {
	view *ConversationView
	was  bool
}

// Conversation implements ConversationReader.
func (s *sameHistory) Conversation(ctx context.Context, v Viewer, ref ConversationRef) (*ConversationView, bool, error) {
	c, err := within(s, func() (c seen, err error) {
		c.view, c.was, err = s.Store.Conversation(ctx, v, ref)
		return c, err
	})
	return c.view, c.was, err
}

// Conversations implements ConversationReader.
func (s *sameHistory) Conversations(ctx context.Context, v Viewer, q ConversationQuery) (*ConversationPage, error) {
	return within(s, func() (*ConversationPage, error) { return s.Store.Conversations(ctx, v, q) })
}

// Changes implements ConversationReader.
func (s *sameHistory) Changes(ctx context.Context, v Viewer, c ConversationSID, q ChangeQuery) (*Changes, error) {
	return within(s, func() (*Changes, error) { return s.Store.Changes(ctx, v, c, q) })
}

// Gaps implements GapReader.
func (s *sameHistory) Gaps(ctx context.Context, gaps []Gap, q GapQuery) ([]*Changes, error) {
	return within(s, func() ([]*Changes, error) { return s.Store.Gaps(ctx, gaps, q) })
}

// Messages implements MessageReader.
func (s *sameHistory) Messages(ctx context.Context, v Viewer, ref ConversationRef, q MessageQuery) (*MessagePage, error) {
	return within(s, func() (*MessagePage, error) { return s.Store.Messages(ctx, v, ref, q) })
}

// Message implements MessageReader.
func (s *sameHistory) Message(ctx context.Context, v Viewer, ref ConversationRef, m MessageRef) (*Message, error) {
	return within(s, func() (*Message, error) { return s.Store.Message(ctx, v, ref, m) })
}

// Participants implements MessageReader.
func (s *sameHistory) Participants(ctx context.Context, v Viewer, ref ConversationRef, q PageQuery) (*ParticipantPage, error) {
	return within(s, func() (*ParticipantPage, error) { return s.Store.Participants(ctx, v, ref, q) })
}

// Participant implements MessageReader.
func (s *sameHistory) Participant(ctx context.Context, v Viewer, ref ConversationRef, p ParticipantRef) (*Participant, error) {
	return within(s, func() (*Participant, error) { return s.Store.Participant(ctx, v, ref, p) })
}

// own is what a user is in, as it was read.
type own struct {
	user *User
	all  []Membership
}

// Memberships implements UserReader.
func (s *sameHistory) Memberships(ctx context.Context, service ServiceSID, identity string) (*User, []Membership, error) {
	o, err := within(s, func() (o own, err error) {
		o.user, o.all, err = s.Store.Memberships(ctx, service, identity)
		return o, err
	})
	return o.user, o.all, err
}
