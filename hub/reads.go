package hub

import (
	"context"
	"errors"
)

// reading turns a failed read into what the caller is told.
func reading(op string, err error) error {
	if err == nil {
		return nil
	}
	var known *Error
	if !errors.As(err, &known) {
		known = unavailable(err)
	}
	told := *known
	told.Op = op
	return &told
}

// Conversation reads one that the actor is in, or made and never joined.
func (h *Hub) Conversation(ctx context.Context, actor Actor, ref ConversationRef) (*ConversationView, error) {
	view, was, err := h.store.Conversation(ctx, actor.viewer(), ref)
	if err != nil {
		return nil, reading("conversation.get", err)
	}
	if view.Own != nil || actor.account() || !was && view.CreatedBy == actor.Identity {
		return view, nil
	}
	return nil, ErrAbsent
}

// Conversations lists what the actor is in, most recently active first.
func (h *Hub) Conversations(ctx context.Context, actor Actor, q ConversationQuery) (*ConversationPage, error) {
	page, err := h.store.Conversations(ctx, actor.viewer(), q)
	return page, reading("conversation.list", err)
}

// Changes reads the net change of a conversation since a revision.
func (h *Hub) Changes(ctx context.Context, actor Actor, ref ConversationRef, q ChangeQuery) (*Changes, error) {
	sid := ref.SID()
	if sid == "" {
		view, _, err := h.store.Conversation(ctx, actor.viewer(), ref)
		if err != nil {
			return nil, reading("changes", err)
		}
		sid = view.SID
	}
	changes, err := h.store.Changes(ctx, actor.viewer(), sid, q)
	return changes, reading("changes", err)
}

// Messages reads a page of messages.
func (h *Hub) Messages(ctx context.Context, actor Actor, ref ConversationRef, q MessageQuery) (*MessagePage, error) {
	page, err := h.store.Messages(ctx, actor.viewer(), ref, q)
	return page, reading("message.list", err)
}

// Message reads one message.
func (h *Hub) Message(ctx context.Context, actor Actor, ref ConversationRef, m MessageRef) (*Message, error) {
	message, err := h.store.Message(ctx, actor.viewer(), ref, m)
	return message, reading("message.get", err)
}

// Participants reads a page of those who are in.
func (h *Hub) Participants(ctx context.Context, actor Actor, ref ConversationRef, q PageQuery) (*ParticipantPage, error) {
	page, err := h.store.Participants(ctx, actor.viewer(), ref, q)
	return page, reading("participant.list", err)
}

// Participant reads one who is in.
func (h *Hub) Participant(ctx context.Context, actor Actor, ref ConversationRef, p ParticipantRef) (*Participant, error) {
	participant, err := h.store.Participant(ctx, actor.viewer(), ref, p)
	return participant, reading("participant.get", err)
}

// User reads a user of the actor's service with its reachability.
func (h *Hub) User(ctx context.Context, actor Actor, identity string) (*UserView, error) {
	u, err := h.store.User(ctx, actor.Service, identity)
	if err != nil {
		return nil, reading("user.get", err)
	}
	return &UserView{User: u, Reachability: h.Reachable(ctx, u)}, nil
}

// Roles lists the roles of the actor's service; kind "" means all.
func (h *Hub) Roles(ctx context.Context, actor Actor, kind RoleType) ([]*Role, error) {
	all, err := h.store.Roles(ctx, actor.Service)
	if err != nil {
		return nil, reading("role.list", err)
	}
	var roles []*Role
	for _, r := range all {
		if kind == "" || r.Type == kind {
			roles = append(roles, r)
		}
	}
	return roles, nil
}

// Services lists all services, oldest first.
func (h *Hub) Services(ctx context.Context) ([]*Service, error) {
	all, err := h.store.Services(ctx)
	return all, reading("service.list", err)
}
