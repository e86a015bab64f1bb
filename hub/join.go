package hub

import (
	"context"
	"errors"
)

// entrance is a place that a feed is to take once the store has said how it is: one conversation's, or where that is
// empty, all that its user is in.
type entrance struct {
	feed         *Feed
	conversation ConversationSID
}

// join opens the cursor of a membership that has begun, behind the notice of it. The membership was read at a revision
// of the conversation.
func (h *Hub) join(f *Feed, view *ConversationView, readAt Revision) {
	if f.has(view.SID) {
		return // an Attach, or another hint, was first
	}
	c := &cursor{feed: f, room: h.hold(view.Service, view.SID)}
	c.pos.Store(int64(readAt))
	if h.bus == nil {
		// This hub has committed the event, so nothing newer is durable that it will not deliver.
		h.sync(c.room, readAt, false)
	}
	notice := &Notice{Kind: NoticeJoined, Conversation: view.SID, Revision: readAt, View: view}
	f.take(c, 0, readAt, h.enc.Notice(nil, notice))
}

func (f *Feed) has(sid ConversationSID) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.hasLocked(sid)
}

func (f *Feed) hasLocked(sid ConversationSID) bool {
	for _, c := range f.cursors {
		if c.room.sid == sid {
			return true
		}
	}
	return false
}

func (h *Hub) entryLoop(ctx context.Context) {
	for all := h.entries.take(ctx, 1); all != nil; all = h.entries.take(ctx, 1) {
		e := all[0]
		enter := h.enter
		if e.conversation == "" {
			enter = h.refresh
		}
		if err := enter(ctx, e); err != nil && ctx.Err() == nil {
			h.log.WarnContext(ctx, "reading a membership failed, trying again", "conversation", e.conversation, "err", err)
			h.entries.add(e, gapRetry)
		}
	}
}

// enter has a feed take its place in a conversation where the store says, in one snapshot, that its user is in and how
// far the conversation is (rule R19). A removal that is heard meanwhile is remembered by Ask.
func (h *Hub) enter(ctx context.Context, e entrance) error {
	f := e.feed
	if f.has(e.conversation) {
		return nil
	}
	f.Ask()
	defer f.Unask()
	view, _, err := h.store.Conversation(ctx, f.actor.viewer(), ConversationRef(e.conversation))
	switch {
	case errors.Is(err, ErrAbsent):
	case err != nil:
		return err
	case view.Own != nil:
		h.join(f, view, view.Revision)
	}
	return nil
}

// refresh compares what a feed follows with what its user is in, and makes good what was missed.
func (h *Hub) refresh(ctx context.Context, e entrance) error {
	f := e.feed
	f.mu.Lock()
	needless := f.closed || f.revision >= f.wanted
	f.mu.Unlock()
	if needless {
		return nil
	}
	f.Ask()
	defer f.Unask()
	following := f.following() // before the read: one that was taken since is not missing from it
	memberships, revision, err := h.store.Memberships(ctx, f.actor.Service, f.actor.Identity)
	if err != nil {
		return err
	}
	in := make(map[ConversationSID]bool, len(memberships))
	for _, m := range memberships {
		in[m.Conversation] = true
		if m.State != StateClosed && !following[m.Conversation] {
			h.entries.add(entrance{f, m.Conversation}, 0)
		}
	}
	for sid := range following {
		if !in[sid] {
			f.leave(&Notice{Kind: NoticeLeft, Conversation: sid})
		}
	}
	f.mu.Lock()
	f.revision = max(f.revision, revision)
	f.mu.Unlock()
	return nil
}

func (f *Feed) following() map[ConversationSID]bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := make(map[ConversationSID]bool, len(f.cursors))
	for _, c := range f.cursors {
		all[c.room.sid] = true
	}
	return all
}

// stir tells a user's sessions here of one change of the user, whose effect they know. One that has missed a change
// before reads what its user is in.
func (h *Hub) stir(user UserSID, revision Revision) {
	for _, f := range h.presence.feeds(user) {
		f.mu.Lock()
		if revision == f.revision+1 && !f.held {
			f.revision = revision
		}
		f.mu.Unlock()
		h.reach(f, revision)
	}
}

// mark tells a user's sessions here how far the user is.
func (h *Hub) mark(m UserMark) {
	for _, f := range h.presence.feeds(m.User) {
		if m.Barred {
			f.sub.End(CodeBarred)
		} else if h.reach(f, m.Revision) {
			h.counters.found.Add(1)
		}
	}
}

// reach has a feed come to a revision of its user, unless it is there or comes there by itself.
func (h *Hub) reach(f *Feed, revision Revision) (behind bool) {
	f.mu.Lock()
	f.wanted = max(f.wanted, revision)
	behind = f.wanted > f.revision && !f.held // an Attach looks at its end
	f.mu.Unlock()
	if behind {
		h.entries.add(entrance{feed: f}, missedWait)
	}
	return behind
}
