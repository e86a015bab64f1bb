package session

import (
	"context"
	"time"

	"parley/hub"
	"parley/session/wire"
)

// connect opens the session: the token names the user, who is made on first sight; everything that the user is in
// is subscribed to before the answer goes out.
func (s *Session) connect(r *wire.Request) {
	if s.now() == phaseConnected {
		s.feed.Reply(wire.AppendError(nil, r.ID, hub.Errorf(hub.CodeInvalidRequest, "this session is connected already")))
		s.finish(int(wire.CloseConnectTwice), wire.CloseConnectTwice.Reason())
		return
	}
	p := wire.ParseParams(r.Method, r.Params)
	raw, epoch := p.String("token"), p.StringOr("epoch", "")
	positions := p.Positions("resume", maxResume)
	list := int(p.Between("conversations", 0, 1000, 100))
	client := p.StringOr("client", "")
	if err := p.Err(); err != nil {
		s.refuse(r, hub.AsError(err))
		return
	}
	if !s.begin() {
		return
	}
	defer s.over()
	ctx, cancel := context.WithTimeout(s.server.ctx, readWithin)
	defer cancel()
	who, err := s.server.identify(ctx, raw, "")
	if err != nil {
		s.refuseToken(r, hub.AsError(err))
		return
	}
	s.unnamed, s.credential = who.unnamed, who.credential
	if err := s.enter(who.actor); err != nil {
		s.feed.Reply(wire.AppendError(nil, r.ID, err))
		s.finish(int(wire.CloseFull), wire.WaitReason(err.RetryAfter))
		return
	}
	s.client = client
	var resume *hub.Resume
	if positions != nil {
		resume = &hub.Resume{Epoch: epoch, Positions: positions}
	}
	answer, err := s.open(ctx, r, who.actor, who.expires, resume, list)
	if err != nil {
		e := hub.AsError(err)
		s.feed.Release(wire.AppendError(nil, r.ID, e)) // the attach may have held the feed
		end := wire.CloseInternal
		if code := e.Code.Info().Close; code != 0 {
			end = wire.CloseCode(code)
		}
		s.finish(int(end), end.Reason())
		return
	}
	s.feed.Release(answer)
}

// refuseToken answers a token that is not accepted; where the code says so, it ends the session.
func (s *Session) refuseToken(r *wire.Request, err *hub.Error) {
	s.refuse(r, err)
	if code := err.Code.Info().Close; code != 0 {
		s.finish(code, err.Msg)
	}
}

// open subscribes and makes the answer to connect. The list is read after the subscription began: a client's
// positions are never ahead of it.
func (s *Session) open(ctx context.Context, r *wire.Request, actor hub.Actor, expires time.Time, resume *hub.Resume, list int) ([]byte, error) {
	h := s.server.hub
	u, replaying, err := s.feed.Attach(ctx, actor, resume)
	if err != nil {
		return nil, err
	}
	page := &hub.ConversationPage{}
	if list > 0 {
		q := hub.ConversationQuery{Limit: list, Bytes: s.server.config.ServerFrame / 2}
		if page, err = h.Conversations(ctx, actor, q); err != nil {
			return nil, err
		}
	}
	if err := s.opened(actor, expires); err != nil {
		return nil, err
	}
	limits := h.Limits()
	s.conn.Limit(int64(s.server.config.FrameBytes))
	if a, ok := s.conn.(Admitter); ok {
		a.Admitted()
	}
	s.server.wheel.add(s)
	return wire.AppendResult(nil, r.ID, &wire.ConnectResult{
		Session: s.feed.Name(), Epoch: h.Epoch(),
		User:    &hub.UserView{User: u, Reachability: h.Reachable(ctx, u)},
		Service: actor.Service, Hub: s.server.config.HubName, ExpiresAt: expires,
		Heartbeat: s.server.config.Heartbeat, Replaying: replaying,
		Limits: wire.ConnectLimits{
			Frame: int64(s.server.config.FrameBytes), ServerFrame: int64(s.server.config.ServerFrame),
			Body: int64(limits.Body), ConversationAttributes: int64(limits.ConversationAttributes),
			Attributes: int64(limits.MessageAttributes),
		},
		Conversations: page.Views, NextPageToken: page.Next,
	}, wire.AppendConnectResult), nil
}

// opened makes the session a connected one. What ended it while its connect was under way, a drain or a bar, stands: the
// error says so.
func (s *Session) opened(actor hub.Actor, expires time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.phase == phaseNew:
		s.phase, s.expires, s.actor = phaseConnected, expires, actor
		s.actor.Feed = s.feed
		return nil
	case s.code == int(wire.CloseBarred):
		return hub.Errorf(hub.CodeBarred, "%s", s.reason)
	default:
		return hub.Errorf(hub.CodeUnavailable, "the session is ending")
	}
}

// updateToken takes a fresh token of the same user; any other is refused and the session goes on with what it has.
func (s *Session) updateToken(r *wire.Request) {
	p := wire.ParseParams(r.Method, r.Params)
	raw := p.String("token")
	if err := p.Err(); err != nil {
		s.refuse(r, hub.AsError(err))
		return
	}
	ctx, cancel := context.WithTimeout(s.server.ctx, readWithin)
	defer cancel()
	otherwise := hub.ServiceSID("") // the default one may be another by now, which is not what the session was opened for
	if s.unnamed {
		otherwise = s.actor.Service
	}
	who, err := s.server.identify(ctx, raw, otherwise)
	if err == nil && (who.actor.Identity != s.actor.Identity || who.actor.Service != s.actor.Service) {
		err = hub.Errorf(hub.CodeUnauthenticated, "the token is of another identity or service")
	}
	if err != nil {
		s.refuse(r, hub.AsError(err))
		return
	}
	s.unnamed, s.credential = who.unnamed, who.credential
	s.mu.Lock()
	s.expires, s.warned = who.expires, false
	s.mu.Unlock()
	s.server.wheel.add(s)
	if r.Answered() {
		s.feed.Reply(wire.AppendResult(nil, r.ID, who.expires, wire.AppendExpiry))
	}
}

// typing relays that the user types. It is a notification; what is wrong with it is answered only where the
// client gave an id all the same.
func (s *Session) typing(r *wire.Request) {
	p := wire.ParseParams(r.Method, r.Params)
	target := ref(p)
	if err := p.Err(); err != nil {
		s.refuse(r, hub.AsError(err))
		return
	}
	ctx, cancel := context.WithTimeout(s.server.ctx, readWithin)
	defer cancel()
	if err := s.server.hub.Typing(ctx, s.actor, target); err != nil {
		s.refuse(r, hub.AsError(err))
		return
	}
	s.done(r)
}
