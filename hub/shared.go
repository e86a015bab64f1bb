package hub

import (
	"context"
	"slices"
	"time"
)

const (
	// sharedFor is how long a net read is kept for others who are behind by the same amount: as long as it takes those
	// whom the same cause threw out to come back.
	sharedFor = 5 * time.Second
	// sharedBytes bounds all that is kept.
	sharedBytes = 16 << 20
)

// readKey names a net read that is the same for all who stand at one revision.
type readKey struct {
	conversation ConversationSID
	since        Revision
	replay       bool
}

// sharedRead is a net read by the account, encoded; nil msgs where nobody asked a second time. Who takes it must be in
// the conversation at a later moment than it was read.
type sharedRead struct {
	asked time.Time
	read  bool
	msgs  [][]byte
	to    Revision
	more  bool
	total int
	size  int
}

// readShared is readPage for a cursor that somebody else was behind by as much as lately. It gives nothing where there
// was nobody: the first reads for itself.
func (h *Hub) readShared(ctx context.Context, c *cursor, q ChangeQuery) (*page, error) {
	key := readKey{c.room.sid, q.Since, c.has(cursorReplay)}
	s, second := h.loader.ask(key)
	if !second || s.read && s.to == q.Since { // nothing had happened then, and something has since
		return nil, nil
	}
	if !s.read {
		changes, err := h.store.Changes(ctx, Viewer{Service: c.room.service}, c.room.sid, q)
		if err != nil {
			return nil, err
		}
		s = sharedRead{asked: s.asked, read: true, to: changes.To, more: changes.More, total: changes.Total}
		for _, e := range changes.Events {
			msg := h.enc.Event(nil, e, key.replay)
			s.msgs = append(s.msgs, msg)
			s.size += len(msg)
		}
		h.loader.keep(key, s)
	} else {
		h.counters.shared.Add(1)
	}
	view, _, err := h.store.Conversation(ctx, c.feed.actor.viewer(), ConversationRef(c.room.sid))
	if err == nil {
		err = c.mine(view)
	}
	switch {
	case err != nil:
		return nil, err
	case q.TooMany > 0 && s.total > q.TooMany:
		return h.noticePage(NoticeReset, view), nil
	}
	p := &page{msgs: s.msgs, to: s.to}
	// The view counts what it was read with: where it is ahead, the cursor goes on and reads for itself.
	if key.replay && !s.more && view.Revision == s.to {
		p.pays = true
		p.msgs = append(slices.Clip(p.msgs), h.enc.Notice(nil, &Notice{
			Kind: NoticeReplayed, Conversation: view.SID, Revision: s.to, View: view,
		}))
	}
	return p, nil
}

// ask notes that a read is wanted, and reports whether it was wanted before.
func (l *loader) ask(key readKey) (s sharedRead, second bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if before := l.reads[key]; before != nil {
		return *before, true
	}
	if l.reads == nil {
		l.reads = map[readKey]*sharedRead{}
	}
	l.reads[key] = &sharedRead{asked: time.Now()}
	return s, false
}

// keep keeps a read for others, unless too much is kept.
func (l *loader) keep(key readKey, s sharedRead) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if before := l.reads[key]; before != nil && !before.read && l.kept+s.size <= sharedBytes {
		l.kept += s.size
		*before = s
	}
}

// forget lets go of reads that nobody shares any more.
func (l *loader) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for key, s := range l.reads {
		if time.Since(s.asked) > sharedFor {
			l.kept -= s.size
			delete(l.reads, key)
		}
	}
	if len(l.reads) == 0 {
		l.reads = nil
	}
}
