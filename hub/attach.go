package hub

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Resume is what a client says of what it has.
type Resume struct {
	Epoch     string // "" takes the positions at their word
	Positions map[ConversationSID]Revision
}

// NewFeed makes the way out to a session. It carries replies at once and, after Attach, events.
func (h *Hub) NewFeed(sub Subscriber) *Feed {
	name := fmt.Sprintf("%x-%d", h.id, h.feedN.Add(1))
	return &Feed{hub: h, sub: sub, name: name, resumed: true}
}

// Name tells the session from all others, on this hub and any.
func (f *Feed) Name() string { return f.name }

// EndSession ends the session with a name, whichever hub it is on. Nothing happens where there is none.
func (h *Hub) EndSession(name string) {
	h.endSession(name)
	h.tell(everyHub, &packet{kind: packetEnd, word: name})
}

func (h *Hub) endSession(name string) {
	if !strings.HasPrefix(name, hex.EncodeToString(h.id[:])) {
		return
	}
	for _, user := range h.presence.all(false) {
		for _, f := range h.presence.feeds(user) {
			if f.name == name {
				f.sub.End(CodeUnavailable)
			}
		}
	}
}

// Attach finds the actor's user, made on first sight, and subscribes the feed to everything that it is in, now and later. The
// feed is then held until Release: nothing is taken before. replaying names the conversations whose changes since the client's
// position, or whose reset, will follow. After an error the feed can only be closed. ctx bounds the store reads alone.
func (f *Feed) Attach(ctx context.Context, actor Actor, resume *Resume) (u *User, replaying []ConversationSID, err error) {
	h := f.hub
	actor.Feed = f
	u, memberships, first, err := f.appear(ctx, actor, resume == nil)
	if err != nil {
		return nil, nil, err
	}
	f.mu.Lock()
	f.revision = u.Revision
	missed := f.wanted > u.Revision
	f.mu.Unlock()
	if missed {
		h.entries.add(entrance{feed: f}, missedWait)
	}
	var fresh []*room
	for _, m := range memberships {
		r, replays := f.subscribe(m, resume)
		if r == nil {
			continue
		}
		if h.bus == nil && !r.isSynced() {
			fresh = append(fresh, r)
		}
		if replays {
			replaying = append(replaying, m.Conversation)
		}
	}
	if err := h.syncAll(ctx, fresh); err != nil {
		return nil, nil, reading("connect", err)
	}
	f.strangers(memberships, resume)
	if first {
		h.arrived(u.SID)
	}
	return u, replaying, nil
}

// appear files the feed under its user, and then reads what that is in: so what begins or ends later reaches it (rule R19).
// first says whether it is the user's first on this hub.
func (f *Feed) appear(ctx context.Context, actor Actor, resumed bool) (u *User, in []Membership, first bool, err error) {
	h := f.hub
	for range 2 { // whom the name was may be gone; then it is asked anew
		user, err := h.whose(ctx, actor)
		if err != nil {
			return nil, nil, false, err
		}
		f.mu.Lock()
		f.actor, f.user, f.held, f.resumed = actor, user, true, resumed
		f.mu.Unlock()
		first, made := h.presence.add(f)
		if made {
			h.tune(string(user))
		}
		u, in, err := h.store.Memberships(ctx, actor.Service, actor.Identity)
		switch {
		case err != nil:
			return nil, nil, false, reading("connect", err)
		case u == nil || u.SID != user:
			h.met.forget(userKey{actor.Service, actor.Identity})
			_, forgotten := h.presence.remove(f)
			h.untune(forgotten)
		case u.Barred:
			return nil, nil, false, errBarred
		default:
			return u, in, first, nil
		}
	}
	return nil, nil, false, unavailable(errAnother)
}

// subscribe opens the cursor of one membership; nil where none is wanted or one is there.
func (f *Feed) subscribe(m Membership, resume *Resume) (r *room, replays bool) {
	c, start := &cursor{feed: f, since: m.Revision}, m.Revision
	position, named := Revision(0), false
	if resume != nil {
		position, named = resume.Positions[m.Conversation]
	}
	if m.State == StateClosed && !named {
		return nil, false // nothing more happens there; who wants to read it asks
	}
	var owes uint32
	switch {
	case resume == nil:
	case !named:
		owes = cursorAnnounce
	case resume.Epoch != "" && resume.Epoch != f.hub.Epoch(), position > m.Revision, position < m.Created:
		owes = cursorReset // rule R4, or from before a rejoin
	case position < m.Revision:
		owes, start = cursorReplay, position
	}
	c.pos.Store(int64(start))
	c.room = f.hub.hold(f.actor.Service, m.Conversation)
	if !f.take(c, owes, 0, nil) {
		return nil, false
	}
	return c.room, owes&(cursorReset|cursorReplay) != 0
}

// take adds a cursor to the feed and its room, behind a notice of it where there is one. It reports false, and gives the
// room back, where the feed has one there, or left the conversation after mark and after the revision that c's membership
// was read at (rule R20).
func (f *Feed) take(c *cursor, owes uint32, mark uint64, notice []byte) bool {
	f.mu.Lock()
	ok := !f.closed
	if notice == nil {
		ok = ok && !slices.Contains(f.entered, c.room.sid) // an Attach has no others
	} else {
		ok = ok && f.cursorLocked(c.room.sid) == nil
	}
	for _, x := range f.exits {
		ok = ok && (x.n <= mark || x.conv != c.room.sid || x.rev != 0 && x.rev <= c.since)
	}
	if ok {
		c.state.Store(owes)
		c.at = uint32(len(f.cursors))
		f.cursors = append(f.cursors, c)
		if owes != 0 {
			f.owing++
		}
		if notice != nil {
			f.tellExitLocked(c.room.sid)
			f.enqueueLocked(outgoing{bytes: notice})
			if f.held {
				f.entered = append(f.entered, c.room.sid)
			}
		}
	}
	f.mu.Unlock()
	if !ok {
		f.hub.release(c.room)
		return false
	}
	if !c.room.add(c) { // deleted, or left, meanwhile
		c.left()
		return false
	}
	c.wake() // the room may have gone on since the membership was read
	return true
}

// strangers tells the client of each conversation in its resume that the user is not in: left, removed,
// deleted, foreign and never there look all alike.
func (f *Feed) strangers(memberships []Membership, resume *Resume) {
	if resume == nil {
		return
	}
	in := make(map[ConversationSID]bool, len(memberships))
	for _, m := range memberships {
		in[m.Conversation] = true
	}
	var out []ConversationSID
	for sid := range resume.Positions {
		if !in[sid] {
			out = append(out, sid)
		}
	}
	slices.Sort(out)
	f.mu.Lock()
	defer f.mu.Unlock()
	first := make([]outgoing, 0, len(out)) // one that was entered since is told so behind it
	for _, sid := range out {
		o := outgoing{bytes: f.hub.enc.Notice(nil, &Notice{Kind: NoticeLeft, Conversation: sid})}
		first = append(first, o)
		f.queued += len(o.bytes)
		f.paidLeaveLocked(sid)
	}
	f.queue = slices.Insert(f.queue, 0, first...)
}

// Release queues the answer to the connect before everything else and lets the feed flow.
func (f *Feed) Release(answer []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.queue = slices.Insert(f.queue, 0, outgoing{bytes: answer})
	f.queued += len(answer)
	f.held = false
	f.tellExitsLocked()
	f.settleLocked()
	f.entered = nil
	if f.asking == 0 {
		f.exits = nil
	}
	f.wakeLocked()
}
