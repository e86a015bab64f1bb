package hub

import (
	"context"
	"slices"
)

// Resume is what a client says of what it has.
type Resume struct {
	Epoch     string // "" takes the positions at their word
	Positions map[ConversationSID]Revision
}

// NewFeed makes the way out to a session. It carries replies at once and, after Attach, events.
func (h *Hub) NewFeed(sub Subscriber) *Feed {
	return &Feed{hub: h, sub: sub, resumed: true}
}

// Attach subscribes the feed to everything that the actor is in, now and later. The feed is then held until Release:
// nothing is taken before. replaying names the conversations whose changes since the client's position, or whose
// reset, will follow. After an error the feed can only be closed. ctx bounds the store reads alone.
func (f *Feed) Attach(ctx context.Context, actor Actor, resume *Resume) (replaying []ConversationSID, err error) {
	h := f.hub
	actor.Feed = f
	f.mu.Lock()
	f.actor, f.who, f.held, f.resumed = actor, userKey{actor.Service, actor.Identity}, true, resume == nil
	f.mu.Unlock()
	// The feed can be found before memberships are read: what begins or ends later reaches it (rule R19).
	h.presence.add(f)
	memberships, _, err := h.store.Memberships(ctx, actor.Service, actor.Identity)
	if err != nil {
		return nil, reading("connect", err)
	}
	var fresh []*room
	for _, m := range memberships {
		r, replays := f.subscribe(m, resume)
		if r == nil {
			continue
		}
		if !r.isSynced() {
			fresh = append(fresh, r)
		}
		if replays {
			replaying = append(replaying, m.Conversation)
		}
	}
	if err := h.syncAll(ctx, fresh); err != nil {
		return nil, reading("connect", err)
	}
	f.strangers(memberships, resume)
	h.seen(f.who)
	return replaying, nil
}

// subscribe opens the cursor of one membership; nil where none is wanted or one is there.
func (f *Feed) subscribe(m Membership, resume *Resume) (r *room, replays bool) {
	c, start := &cursor{feed: f}, m.Revision
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
	c.room = f.hub.rooms.hold(m.Conversation)
	if !f.take(c, owes, m.Revision, false) {
		return nil, false
	}
	return c.room, owes&(cursorReset|cursorReplay) != 0
}

// take adds a cursor to the feed and its room. It reports false, and gives the room back, where the feed got one
// there while it was attached, or left the conversation after the revision that c's membership was read at (rule
// R20).
func (f *Feed) take(c *cursor, owes uint32, readAt Revision, entered bool) bool {
	f.mu.Lock()
	ok := !f.closed && (entered || !slices.Contains(f.entered, c.room.sid))
	for _, x := range f.exits {
		ok = ok && (x.conv != c.room.sid || x.rev != 0 && x.rev <= readAt)
	}
	if ok {
		c.state.Store(owes)
		c.at = uint32(len(f.cursors))
		f.cursors = append(f.cursors, c)
		if owes != 0 {
			f.owing++
		}
	}
	f.mu.Unlock()
	if !ok {
		f.hub.rooms.release(c.room)
		return false
	}
	if !c.room.add(c) { // deleted meanwhile
		f.leave(&Notice{Kind: NoticeLeft, Conversation: c.room.sid, Reason: Deleted})
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
	for _, sid := range out {
		f.enqueueLocked(outgoing{bytes: f.hub.enc.Notice(nil, &Notice{Kind: NoticeLeft, Conversation: sid})})
	}
}

// Release queues the answer to the connect before everything else and lets the feed flow.
func (f *Feed) Release(answer []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.queue = slices.Insert(f.queue, 0, outgoing{bytes: answer})
	f.queued += len(answer)
	f.settleLocked()
	f.entered = nil
	if f.held = false; f.asking == 0 {
		f.exits = nil
	}
	f.wakeLocked()
}

// joined opens the cursor of a membership that has just begun, behind the notice of it.
func (h *Hub) joined(f *Feed, e *Event) {
	f.mu.Lock()
	for _, c := range f.cursors {
		if c.room.sid == e.Conversation {
			f.mu.Unlock()
			return // an Attach read the membership already
		}
	}
	f.enqueueLocked(outgoing{bytes: h.enc.Notice(nil, &Notice{
		Kind: NoticeJoined, Conversation: e.Conversation, Revision: e.Revision, View: e.View,
	})})
	if f.held {
		f.entered = append(f.entered, e.Conversation)
	}
	f.mu.Unlock()
	c := &cursor{feed: f, room: h.rooms.hold(e.Conversation)}
	c.pos.Store(int64(e.Revision))
	// This hub has committed the event, so nothing newer is durable that it will not deliver.
	h.sync(c.room, e.Revision, false)
	f.take(c, 0, e.Revision, true)
}

func (r *room) isSynced() bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.synced
}

// headsBatch is how many conversations are compared with the store in one query (rule R17).
const headsBatch = 1000

// syncAll reads the heads of rooms and tells them.
func (h *Hub) syncAll(ctx context.Context, rooms []*room) error {
	for part := range slices.Chunk(rooms, headsBatch) {
		sids := make([]ConversationSID, len(part))
		for i, r := range part {
			sids[i] = r.sid
		}
		heads, err := h.store.Heads(ctx, sids)
		if err != nil {
			return err
		}
		marks := make(map[ConversationSID]HeadMark, len(heads))
		for _, m := range heads {
			marks[m.Conversation] = m
		}
		for _, r := range part {
			m, ok := marks[r.sid]
			h.sync(r, m.Revision, !ok || m.Deleted)
		}
	}
	return nil
}
