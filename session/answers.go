package session

import (
	"context"
	"slices"

	"parley/hub"
	"parley/session/wire"
)

// The answers of the writing methods.

func conversation(dst []byte, answer any) []byte {
	return wire.AppendConversation(dst, answer.(*hub.ConversationView))
}

func joined(dst []byte, answer any) []byte {
	return wire.AppendJoined(dst, answer.(*hub.Joined).View)
}

func participant(dst []byte, answer any) []byte {
	return wire.AppendParticipant(dst, answer.(*hub.Participant))
}

func message(dst []byte, answer any) []byte { return wire.AppendMessage(dst, answer.(*hub.Message)) }

func readState(dst []byte, answer any) []byte {
	return wire.AppendReadState(dst, answer.(*hub.ReadState))
}

func user(dst []byte, answer any) []byte {
	return wire.AppendUser(dst, &hub.UserView{User: answer.(*hub.User)})
}

// pageBytes keeps a page's answer below what a server frame may hold, with room for what surrounds the content.
func (s *Session) pageBytes() int { return s.server.config.ServerFrame / 2 }

func getConversation(p *wire.Params) read {
	target := ref(p)
	return func(ctx context.Context, s *Session, dst []byte) ([]byte, hub.ConversationSID, error) {
		v, err := s.server.hub.Conversation(ctx, s.actor, target)
		if err != nil {
			return nil, "", err
		}
		return wire.AppendConversation(dst, v), v.SID, nil
	}
}

func listConversations(p *wire.Params) read {
	q := hub.ConversationQuery{
		Limit: int(p.Between("page_size", 1, 100, 50)), After: p.StringOr("page_token", ""),
	}
	if p.Has("state") {
		state := p.Enum("state", string(hub.StateActive), string(hub.StateInactive), string(hub.StateClosed))
		q.States = []hub.State{hub.State(state)}
	}
	return func(ctx context.Context, s *Session, dst []byte) ([]byte, hub.ConversationSID, error) {
		q.Bytes = s.pageBytes()
		page, err := s.server.hub.Conversations(ctx, s.actor, q)
		if err != nil {
			return nil, "", err
		}
		return wire.AppendConversationPage(dst, page), "", nil
	}
}

func changes(p *wire.Params) read {
	target := ref(p)
	q := hub.ChangeQuery{Since: hub.Revision(p.Int("since")), Limit: int(p.Between("limit", 1, 1000, 500))}
	if q.Since < 0 {
		p.Refuse("since", "a revision, from 0")
	}
	return func(ctx context.Context, s *Session, dst []byte) ([]byte, hub.ConversationSID, error) {
		q.Bytes = s.pageBytes()
		c, err := s.server.hub.Changes(ctx, s.actor, target, q)
		if err != nil {
			return nil, "", err
		}
		return wire.AppendChanges(dst, c), c.View.SID, nil
	}
}

func getParticipant(p *wire.Params) read {
	target, who := ref(p), participantRef(p)
	return func(ctx context.Context, s *Session, dst []byte) ([]byte, hub.ConversationSID, error) {
		got, err := s.server.hub.Participant(ctx, s.actor, target, who)
		if err != nil {
			return nil, "", err
		}
		return wire.AppendParticipant(dst, got), got.Conversation, nil
	}
}

func listParticipants(p *wire.Params) read {
	target := ref(p)
	q := hub.PageQuery{Limit: int(p.Between("page_size", 1, 100, 50)), After: p.StringOr("page_token", "")}
	return func(ctx context.Context, s *Session, dst []byte) ([]byte, hub.ConversationSID, error) {
		q.Bytes = s.pageBytes()
		page, err := s.server.hub.Participants(ctx, s.actor, target, q)
		if err != nil {
			return nil, "", err
		}
		return wire.AppendParticipantPage(dst, page), page.Conversation, nil
	}
}

func getMessage(p *wire.Params) read {
	target, which := ref(p), p.Message("message")
	return func(ctx context.Context, s *Session, dst []byte) ([]byte, hub.ConversationSID, error) {
		m, err := s.server.hub.Message(ctx, s.actor, target, which)
		if err != nil {
			return nil, "", err
		}
		return wire.AppendMessage(dst, m), m.Conversation, nil
	}
}

func listMessages(p *wire.Params) read {
	target := ref(p)
	q := hub.MessageQuery{
		Anchor:  p.Index("anchor", "end"),
		Forward: p.OptEnum("direction", "backwards", "forward") == "forward",
		Limit:   int(p.Between("page_size", 1, 100, 30)),
	}
	if q.Forward && q.Anchor == hub.NoIndex && p.Has("anchor") && !p.IsNull("anchor") {
		// From the end on there is the newest message alone. Without an anchor, forward begins at the oldest.
		q.Forward, q.Limit = false, 1
	}
	return func(ctx context.Context, s *Session, dst []byte) ([]byte, hub.ConversationSID, error) {
		q.Bytes = s.pageBytes()
		page, err := s.server.hub.Messages(ctx, s.actor, target, q)
		if err != nil {
			return nil, "", err
		}
		return wire.AppendMessagePage(dst, page), page.Conversation, nil
	}
}

func searchMessages(p *wire.Params) readMany {
	q := hub.Search{
		Query: p.String("query"), Conversation: hub.ConversationRef(p.StringOr("conversation", "")),
		Limit: int(p.Between("page_size", 1, 100, 30)), After: p.StringOr("page_token", ""),
	}
	return func(ctx context.Context, s *Session, dst []byte) ([]byte, []hub.ConversationSID, error) {
		q.Bytes = s.pageBytes()
		page, err := s.server.hub.Search(ctx, s.actor, q)
		if err != nil {
			return nil, nil, err
		}
		var holds []hub.ConversationSID
		for _, m := range page.Messages {
			if !slices.Contains(holds, m.Conversation) {
				holds = append(holds, m.Conversation)
			}
		}
		return wire.AppendFound(dst, page), holds, nil
	}
}

func getUser(p *wire.Params) read {
	identity := p.StringOr("identity", "")
	return func(ctx context.Context, s *Session, dst []byte) ([]byte, hub.ConversationSID, error) {
		if identity == "" {
			identity = s.actor.Identity
		}
		u, err := s.server.hub.User(ctx, s.actor, identity)
		if err != nil {
			return nil, "", err
		}
		return wire.AppendUser(dst, u), "", nil
	}
}

func subscribeUser(p *wire.Params) read {
	identity := p.String("identity")
	return func(ctx context.Context, s *Session, dst []byte) ([]byte, hub.ConversationSID, error) {
		u, err := s.server.hub.User(ctx, s.actor, identity)
		if err != nil {
			return nil, "", err
		}
		s.feed.Watch(u.User)
		u, err = s.server.hub.User(ctx, s.actor, identity) // again: no change falls between
		if err != nil {
			s.feed.Unwatch(identity)
			return nil, "", err
		}
		return wire.AppendUser(dst, u), "", nil
	}
}

func (s *Session) unsubscribeUser(r *wire.Request) {
	p := wire.ParseParams(r.Method, r.Params)
	identity := p.String("identity")
	if err := p.Err(); err != nil {
		s.refuse(r, hub.AsError(err))
		return
	}
	s.feed.Unwatch(identity)
	s.done(r)
}

func listRoles(p *wire.Params) read {
	kind := hub.RoleType("")
	if p.Has("type") {
		kind = hub.RoleType(p.Enum("type", string(hub.RoleService), string(hub.RoleConversation)))
	}
	return func(ctx context.Context, s *Session, dst []byte) ([]byte, hub.ConversationSID, error) {
		roles, err := s.server.hub.Roles(ctx, s.actor, kind)
		if err != nil {
			return nil, "", err
		}
		return wire.AppendRoles(dst, roles), "", nil
	}
}
