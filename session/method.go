package session

import (
	"bytes"
	"context"
	"time"

	"parley/hub"
	"parley/session/wire"
)

// A method is one entry of the registry: what a client may call. Exactly one of write, read, readMany and session is set.
type method struct {
	// write reads the params and makes the command; result appends its answer, nil standing for {}.
	write  func(p *wire.Params) hub.Command
	own    func(s *Session, cmd hub.Command) // where it is set: completes the command with what the session knows
	result func(dst []byte, answer any) []byte
	// read reads the params and makes the read, which runs by itself beside others. The conversation that
	// it answers is the one whose content the answer holds, "" for none.
	read func(p *wire.Params) read
	// readMany is read for an answer that holds the content of several conversations.
	readMany func(p *wire.Params) readMany
	// session deals with what concerns the session alone; at once, in order.
	session func(s *Session, r *wire.Request)
}

// read fetches what a request asks for and appends it as result to dst.
type read func(ctx context.Context, s *Session, dst []byte) (result []byte, holds hub.ConversationSID, err error)

// readMany is read for several conversations.
type readMany func(ctx context.Context, s *Session, dst []byte) (result []byte, holds []hub.ConversationSID, err error)

// fetch reads the params of a read.
func (m method) fetch(p *wire.Params) readMany {
	if m.readMany != nil {
		return m.readMany(p)
	}
	fetch := m.read(p)
	return func(ctx context.Context, s *Session, dst []byte) (result []byte, holds []hub.ConversationSID, err error) {
		result, one, err := fetch(ctx, s, dst)
		if one != "" {
			holds = []hub.ConversationSID{one}
		}
		return result, holds, err
	}
}

// methods is every method of the protocol.
var methods = map[string]method{
	wire.MethodConnect:     {session: (*Session).connect},
	wire.MethodTokenUpdate: {session: (*Session).updateToken},
	wire.MethodPing:        {session: func(s *Session, r *wire.Request) { s.done(r) }},
	wire.MethodTyping:      {session: (*Session).typing},

	wire.MethodConversationCreate: {write: createConversation, result: conversation},
	wire.MethodConversationUpdate: {write: updateConversation, result: conversation},
	wire.MethodConversationDelete: {write: func(p *wire.Params) hub.Command {
		return &hub.DeleteConversation{Conversation: ref(p)}
	}},
	wire.MethodConversationJoin: {write: func(p *wire.Params) hub.Command {
		return &hub.JoinConversation{Conversation: ref(p)}
	}, result: joined},
	wire.MethodConversationLeave: {write: func(p *wire.Params) hub.Command {
		return &hub.LeaveConversation{Conversation: ref(p)}
	}},
	wire.MethodConversationNotify: {write: func(p *wire.Params) hub.Command {
		level := p.Enum("level", string(hub.NotifyDefault), string(hub.NotifyMuted))
		return &hub.SetNotification{Conversation: ref(p), Level: hub.NotificationLevel(level)}
	}},
	wire.MethodConversationGet:  {read: getConversation},
	wire.MethodConversationList: {read: listConversations},
	wire.MethodChanges:          {read: changes},

	wire.MethodParticipantAdd:        {write: addParticipant, result: participant},
	wire.MethodParticipantAddNonChat: {write: addNonChatParticipant, result: participant},
	wire.MethodParticipantUpdate:     {write: updateParticipant, result: participant},
	wire.MethodParticipantRemove: {write: func(p *wire.Params) hub.Command {
		return &hub.RemoveParticipant{Conversation: ref(p), Participant: participantRef(p)}
	}},
	wire.MethodParticipantGet:  {read: getParticipant},
	wire.MethodParticipantList: {read: listParticipants},

	wire.MethodMessageSend:   {write: sendMessage, result: message},
	wire.MethodMessageUpdate: {write: editMessage, result: message},
	wire.MethodMessageDelete: {write: func(p *wire.Params) hub.Command {
		return &hub.RemoveMessage{Conversation: ref(p), Message: p.Message("message")}
	}},
	wire.MethodMessageGet:      {read: getMessage},
	wire.MethodMessageList:     {read: listMessages},
	wire.MethodMessageReceipts: {read: listReceipts},
	wire.MethodMessageSearch:   {readMany: searchMessages},
	wire.MethodReactionAdd:     {write: react(false), result: message},
	wire.MethodReactionRemove:  {write: react(true), result: message},
	wire.MethodMediaURLs:       {read: mediaURLs},
	wire.MethodReadSet:         {write: setRead, result: readState},

	wire.MethodUserGet:         {read: getUser},
	wire.MethodUserUpdate:      {write: updateUser, result: user},
	wire.MethodUserSubscribe:   {read: subscribeUser},
	wire.MethodUserUnsubscribe: {session: (*Session).unsubscribeUser},
	wire.MethodRoleList:        {read: listRoles},

	wire.MethodPushRegister: {write: registerPush, own: func(s *Session, cmd hub.Command) {
		cmd.(*hub.RegisterPush).Credential = s.credential
	}},
	wire.MethodPushUnregister: {write: func(p *wire.Params) hub.Command {
		return &hub.UnregisterPush{Device: device(p)}
	}},
}

// dispatch begins one request.
func (s *Session) dispatch(r *wire.Request) {
	if r.Err != nil {
		s.refuse(r, r.Err)
		return
	}
	m, err := s.admit(r)
	if err != nil {
		s.refuse(r, err)
		return
	}
	switch {
	case m.session != nil:
		m.session(s, r)
	case m.write != nil:
		s.write(m, r)
	default:
		s.read(m, r)
	}
}

// admit finds the method of a request that may be served now.
func (s *Session) admit(r *wire.Request) (method, *hub.Error) {
	m, ok := methods[r.Method]
	if !ok {
		return m, wire.UnknownMethod(r.Method)
	}
	if r.Method != wire.MethodConnect && s.now() == phaseNew {
		return m, hub.Errorf(hub.CodeInvalidRequest, "the first request must be connect")
	}
	return m, s.afford(m.write != nil)
}

func (s *Session) done(r *wire.Request) {
	if r.Answered() {
		s.feed.Reply(wire.AppendDone(nil, r.ID))
	}
}

// begin counts a request that is under way until over. It reports false where the session ends by now: then the close
// may have been said, an answer would come after it, and the request is to be dropped without one. Nothing was done for
// it, and the client, who knows only that it got no answer, asks again on its next connection.
func (s *Session) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.phase >= phaseEnding {
		return false
	}
	s.inFlight++
	return true
}

func (s *Session) over() {
	s.mu.Lock()
	s.inFlight--
	ending := s.phase == phaseEnding && s.inFlight == 0
	if s.waiting || ending {
		s.room.Broadcast()
	}
	s.mu.Unlock()
	if ending {
		s.Wake()
	}
}

// write hands a command to the hub. The reply comes when it is durable; until then others are read (rule R10).
func (s *Session) write(m method, r *wire.Request) {
	p := wire.ParseParams(r.Method, r.Params)
	cmd := m.write(p)
	if err := p.Err(); err != nil {
		s.refuse(r, hub.AsError(err))
		return
	}
	if m.own != nil {
		m.own(s, cmd)
	}
	id, answered := bytes.Clone(r.ID), r.Answered()
	if !s.begin() {
		return
	}
	s.server.hub.Submit(s.actor, cmd, func(answer any, err error) {
		switch {
		case !answered:
		case err != nil:
			s.feed.Reply(wire.AppendError(nil, id, hub.AsError(err)))
		case m.result == nil:
			s.feed.Reply(wire.AppendDone(nil, id))
		default:
			s.feed.Reply(wire.AppendResult(nil, id, answer, m.result))
		}
		s.over()
	})
}

// readWithin bounds a read of the store for a request.
const readWithin = 10 * time.Second

// read runs a read beside others.
func (s *Session) read(m method, r *wire.Request) {
	p := wire.ParseParams(r.Method, r.Params)
	fetch := m.fetch(p)
	if err := p.Err(); err != nil {
		s.refuse(r, hub.AsError(err))
		return
	}
	id, answered := bytes.Clone(r.ID), r.Answered()
	if !s.begin() {
		return
	}
	mark := s.feed.Ask()
	s.server.wg.Go(func() {
		defer s.over()
		ctx, cancel := context.WithTimeout(s.server.ctx, readWithin)
		defer cancel()
		result, holds, err := fetch(ctx, s, nil)
		switch {
		case !answered:
			s.feed.Unask()
		case err != nil:
			s.feed.Answer(mark, nil, id, wire.AppendError(nil, id, hub.AsError(err)))
		default:
			s.feed.Answer(mark, holds, id, wire.AppendReply(nil, id, result))
		}
	})
}
