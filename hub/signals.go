package hub

import (
	"context"
	"slices"
	"sync"
	"time"
)

const (
	// TypingInterval is how often one participant's typing is relayed, at most (Twilio's figure).
	TypingInterval = 5 * time.Second
	// typingEnds is how long after the last relay typing counts as ended: one interval and a second's grace, as at
	// Twilio.
	typingEnds = TypingInterval + time.Second
	// pulse is how often coalesced signals are given: readHorizonsMoved comes at most twice a second.
	pulse = 500 * time.Millisecond
	// maxSignals bounds the signals that a room keeps for its readers; the oldest go first.
	maxSignals = 64
)

// signalSlot is the latest signal of one key. Slots live in the room, not in each session (rule R24).
type signalSlot struct {
	key   string
	n     uint32
	bytes []byte
}

// typer is a participant who types.
type typer struct {
	participant ParticipantSID
	identity    string
	relayed     time.Time
}

// postLocked makes a signal the latest of its key. r.mu must be held; the caller wakes the room.
func (r *room) postLocked(key string, msg []byte) {
	r.signals = slices.DeleteFunc(r.signals, func(s signalSlot) bool { return s.key == key })
	if len(r.signals) == maxSignals {
		r.signals = slices.Delete(r.signals, 0, 1)
	}
	r.signalN++
	r.signals = append(r.signals, signalSlot{key, r.signalN, msg})
}

// Typing says that the actor types in a conversation. It is relayed at most once per TypingInterval.
func (h *Hub) Typing(ctx context.Context, actor Actor, ref ConversationRef) error {
	if r := h.rooms.find(ref.SID()); r != nil && r.typedLately(actor.Identity) {
		return nil
	}
	view, err := h.Conversation(ctx, actor, ref)
	if err != nil {
		return err
	}
	if view.Own == nil {
		return ErrAbsent
	}
	if view.State == StateClosed || !slices.Contains(view.Permissions, PermSendMessage) {
		return nil
	}
	r := h.rooms.find(view.SID)
	if r != nil && !h.typing(r, view.Own.SID, view.Own.Identity) {
		return nil
	}
	h.tell(string(view.SID), &packet{
		kind: packetTyping, conversation: view.SID, participant: view.Own.SID, identity: view.Own.Identity,
	})
	return nil
}

func (r *room) typedLately(identity string) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, t := range r.typers {
		if t.identity == identity {
			return time.Since(t.relayed) < TypingInterval
		}
	}
	return false
}

// typing relays that someone types to the sessions here, and reports whether it was not relayed just now.
func (h *Hub) typing(r *room, participant ParticipantSID, identity string) bool {
	now := time.Now()
	r.mu.Lock()
	i := slices.IndexFunc(r.typers, func(t typer) bool { return t.identity == identity })
	if i >= 0 && now.Sub(r.typers[i].relayed) < TypingInterval {
		r.mu.Unlock()
		return false
	}
	if i < 0 {
		i = len(r.typers)
		r.typers = append(r.typers, typer{participant: participant, identity: identity})
	}
	r.typers[i].relayed = now
	h.postTypingLocked(r, r.typers[i], TypingStarted)
	r.mu.Unlock()
	h.counters.pulsing.add(r)
	r.wake()
	return true
}

func (h *Hub) postTypingLocked(r *room, t typer, kind SignalKind) {
	r.postLocked("typing "+t.identity, h.enc.Signal(nil, &Signal{
		Kind: kind, Conversation: r.sid, Participant: t.participant, Identity: t.identity,
	}))
}

// spokeLocked ends the typing of someone whose message came. r.mu must be held.
func (h *Hub) spokeLocked(r *room, author string) {
	for i, t := range r.typers {
		if t.identity == author {
			r.typers = slices.Delete(r.typers, i, i+1)
			h.postTypingLocked(r, t, TypingEnded)
			return
		}
	}
}

// horizonMoved notes how far a participant has read, for the next pulse.
func (h *Hub) horizonMoved(sid ConversationSID, move HorizonMove) {
	r := h.rooms.find(sid)
	if r == nil {
		return
	}
	r.mu.Lock()
	if i := slices.IndexFunc(r.moves, func(m HorizonMove) bool { return m.Participant == move.Participant }); i >= 0 {
		r.moves[i] = move
	} else {
		r.moves = append(r.moves, move)
	}
	r.mu.Unlock()
	h.counters.pulsing.add(r)
}

// tellHorizon tells other hubs how far a participant has read; each gathers for its own sessions.
func (h *Hub) tellHorizon(sid ConversationSID, move HorizonMove) {
	h.tell(string(sid), &packet{
		kind: packetHorizon, conversation: sid, participant: move.Participant, identity: move.Identity,
		number: move.Index, time: move.Time.UnixMilli(),
	})
}

// roomSet is the rooms that the pulse must look at.
type roomSet struct {
	mu    sync.Mutex
	rooms map[*room]struct{}
}

func (s *roomSet) add(r *room) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rooms == nil {
		s.rooms = map[*room]struct{}{}
	}
	s.rooms[r] = struct{}{}
}

func (s *roomSet) takeAll() map[*room]struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.rooms
	s.rooms = nil
	return all
}

// pulseLoop gives the coalesced signals, ends what typing has lapsed, and empties idle rings.
func (h *Hub) pulseLoop(ctx context.Context) {
	tick := time.NewTicker(pulse)
	defer tick.Stop()
	swept := time.Now()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		for r := range h.counters.pulsing.takeAll() {
			if h.pulse(r) {
				h.counters.pulsing.add(r)
			}
		}
		h.loader.resume()
		h.loader.forget()
		if time.Since(swept) >= h.config.RingIdle {
			h.sweep()
			swept = time.Now()
		}
	}
}

// pulse gives a room's due signals and reports whether more will fall due.
func (h *Hub) pulse(r *room) (more bool) {
	now := time.Now()
	r.mu.Lock()
	before := r.signalN
	r.typers = slices.DeleteFunc(r.typers, func(t typer) bool {
		ended := now.Sub(t.relayed) >= typingEnds
		if ended {
			h.postTypingLocked(r, t, TypingEnded)
		}
		return ended
	})
	if n := min(len(r.moves), MaxHorizons); n > 0 {
		s := &Signal{Kind: HorizonsMoved, Conversation: r.sid, Horizons: slices.Clone(r.moves[:n])}
		r.moves = slices.Delete(r.moves, 0, n)
		r.postLocked("horizons", h.enc.Signal(nil, s))
	}
	more = len(r.typers) > 0 || len(r.moves) > 0
	posted := r.signalN != before
	r.mu.Unlock()
	if posted {
		r.wake()
	}
	return more
}

// sweep empties the rings of quiet rooms (rule R24).
func (h *Hub) sweep() {
	for _, r := range h.rooms.all() {
		r.mu.Lock()
		if r.ring.n > 0 && time.Since(r.touched) >= h.config.RingIdle {
			h.counters.ringBytes.Add(-int64(r.ring.reset(r.ring.head)))
		}
		r.mu.Unlock()
	}
}
