package hub

import "time"

// SetNotification mutes or unmutes a conversation for the actor. It is nobody else's business, so it
// raises no revision. Answers nil.
type SetNotification struct {
	Conversation ConversationRef
	Participant  ParticipantRef // whose; the account's to say
	Level        NotificationLevel
}

func (*SetNotification) op() string                  { return "conversation.notify" }
func (cmd *SetNotification) target() ConversationRef { return cmd.Conversation }
func (cmd *SetNotification) subject() string         { return string(cmd.Participant) }

func (cmd *SetNotification) run(t *turn) (any, error) {
	if cmd.Level != NotifyDefault && cmd.Level != NotifyMuted {
		return nil, Errorf(CodeNotifyLevel, "level must be default or muted")
	}
	a, p, err := t.ownSeat(cmd.Conversation, cmd.Participant)
	if err != nil {
		return nil, err
	}
	if err := a.need(PermEditNotificationLevel); err != nil {
		return nil, err
	}
	return nil, a.notify(p, cmd.Level)
}

// notify sets how somebody is notified.
func (a *access) notify(p *Participant, level NotificationLevel) error {
	if p.Notification == level {
		return nil
	}
	p.Notification = level
	if err := a.t.PutParticipant(p); err != nil {
		return err
	}
	if err := a.t.stirUser(p.Identity); err != nil {
		return err
	}
	_, err := a.tellOwn(p)
	return err
}

// ownSeat finds whose reading and muting a command is about: the actor's own, or who the account says.
func (t *turn) ownSeat(ref ConversationRef, who ParticipantRef) (*access, *Participant, error) {
	a, err := t.write(ref, false)
	if err != nil {
		return nil, nil, err
	}
	if !t.actor.account() {
		return a, a.own, nil
	}
	if who == "" {
		return nil, nil, ErrAbsent
	}
	p, err := a.participant(who)
	if err == nil && !p.Chat() {
		err = errNoParticipant
	}
	return a, p, err
}

// SetHorizon moves the actor's read horizon: to an index, or with nil back to nothing read. With Advance it never
// goes back. Answers *ReadState.
type SetHorizon struct {
	Conversation ConversationRef
	Participant  ParticipantRef // whose; the account's to say
	Index        *int64
	Advance      bool
}

func (*SetHorizon) op() string                  { return "read.set" }
func (cmd *SetHorizon) target() ConversationRef { return cmd.Conversation }
func (cmd *SetHorizon) subject() string         { return string(cmd.Participant) }

func (cmd *SetHorizon) run(t *turn) (any, error) {
	a, p, err := t.ownSeat(cmd.Conversation, cmd.Participant)
	if err != nil {
		return nil, err
	}
	to := NoIndex
	if cmd.Index != nil {
		to = *cmd.Index
	}
	if cmd.Index != nil && to < 0 {
		return nil, a.badIndex()
	}
	if cmd.Advance && to <= a.thread.LastIndex {
		to = max(to, p.Horizon)
	}
	if err := a.read(p, to, t.now); err != nil {
		return nil, err
	}
	return a.tellOwn(p)
}

func (a *access) badIndex() error {
	return Errorf(CodeReadIndex, "index must be that of a message, from 0 to %d, or null", a.thread.LastIndex)
}

// read moves a read horizon and tells the others (rule R14); NoIndex is nothing read.
func (a *access) read(p *Participant, to int64, at time.Time) error {
	if to < NoIndex || to > a.thread.LastIndex {
		return a.badIndex()
	}
	if to == p.Horizon && (a.t.now.Equal(at) || at.Equal(p.HorizonTime)) {
		return nil
	}
	p.Horizon, p.HorizonTime = to, at
	if err := a.t.PutHorizon(p); err != nil {
		return err
	}
	a.tellHorizon(p)
	return nil
}

// tellOwn tells all of somebody's sessions how they stand, once durable.
func (a *access) tellOwn(p *Participant) (*ReadState, error) {
	unread, err := a.unread(p)
	if err != nil {
		return nil, err
	}
	state := &ReadState{LastRead: p.Horizon, Unread: unread, Notification: p.Notification}
	sid, user := a.thread.SID, p.User
	a.t.after = append(a.t.after, func(h *Hub) {
		h.signalUser(user, "own "+string(sid), &Signal{Kind: OwnConversationUpdated, Conversation: sid, Own: state})
	})
	return state, nil
}

// ReadAudience is the most participants of a conversation in which everybody is told how far others have read;
// in larger ones only the mover's own sessions are (rule R26).
const ReadAudience = 100

// tellHorizon tells the room how far somebody has read, once durable.
func (a *access) tellHorizon(p *Participant) {
	move := HorizonMove{Participant: p.SID, Identity: p.Identity, Index: p.Horizon, Time: p.HorizonTime}
	sid, user, wide := a.thread.SID, p.User, a.thread.Participants <= ReadAudience
	a.t.after = append(a.t.after, func(h *Hub) {
		if wide {
			h.horizonMoved(sid, move)
			h.tellHorizon(sid, move)
			return
		}
		if user == "" { // without sessions of its own
			return
		}
		h.signalUser(user, "read "+string(sid), &Signal{Kind: HorizonsMoved, Conversation: sid, Horizons: []HorizonMove{move}})
	})
}
