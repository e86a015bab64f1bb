package hub

import (
	"context"
	"errors"
)

// entryReaders is how many memberships that began elsewhere are read at a time.
const entryReaders = 4

// entrance is a place that a feed is to take once the store has said how it is: one conversation's, or where that is
// empty, all that its user is in.
type entrance struct {
	feed         *Feed
	conversation ConversationSID
}

// join opens the cursor of a membership that has begun, behind the notice of it. view and the revision since are of one
// moment, and mark is from before it. It reports false where the feed left meanwhile, or may have: the store knows.
func (h *Hub) join(f *Feed, view *ConversationView, since Revision, mark uint64) bool {
	if c := f.cursor(view.SID); c != nil {
		if c.since >= view.Own.Created {
			return true // an Attach, or another hint, was first
		}
		// An earlier membership, whose end was not heard.
		c.left()
	}
	c := &cursor{feed: f, room: h.hold(view.Service, view.SID), since: since}
	c.pos.Store(int64(since))
	if h.bus == nil {
		// This hub has committed the event, so nothing newer is durable that it will not deliver.
		h.sync(c.room, since, false)
	}
	notice := &Notice{Kind: NoticeJoined, Conversation: view.SID, Revision: since, View: view}
	return f.take(c, 0, mark, h.enc.Notice(nil, notice))
}

// cursor is the feed's in a conversation, nil where it has none.
func (f *Feed) cursor(sid ConversationSID) *cursor {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.cursorLocked(sid)
}

func (f *Feed) cursorLocked(sid ConversationSID) *cursor {
	for _, c := range f.cursors {
		if c.room.sid == sid {
			return c
		}
	}
	return nil
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
	mark := f.Ask()
	defer f.Unask()
	view, _, err := h.store.Conversation(ctx, f.actor.viewer(), ConversationRef(e.conversation))
	switch {
	case errors.Is(err, ErrAbsent):
	case err != nil:
		return err
	case view.Own != nil && !f.isClosed() && !h.join(f, view, view.Revision, mark):
		h.entries.add(e, missedWait) // and look again
	}
	return nil
}

func (f *Feed) isClosed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.closed
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
	u, memberships, err := h.store.Memberships(ctx, f.actor.Service, f.actor.Identity)
	if err != nil {
		return err
	}
	in := make(map[ConversationSID]bool, len(memberships))
	for _, m := range memberships {
		in[m.Conversation] = true
		if since, known := following[m.Conversation]; m.State != StateClosed && !known || known && since < m.Created {
			h.entries.add(entrance{f, m.Conversation}, 0)
		}
	}
	for sid, since := range following {
		if !in[sid] { // the user may have come back since the read, which is another membership
			f.leaveBefore(&Notice{Kind: NoticeLeft, Conversation: sid}, since+1)
		}
	}
	if u == nil { // of whom other news will come
		return nil
	}
	f.mu.Lock()
	f.revision = max(f.revision, u.Revision)
	f.mu.Unlock()
	return nil
}

// following is what the feed has cursors in, and since when.
func (f *Feed) following() map[ConversationSID]Revision {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := make(map[ConversationSID]Revision, len(f.cursors))
	for _, c := range f.cursors {
		all[c.room.sid] = c.since
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
