package hub

import (
	"context"
	"errors"
	"sync"
)

// Pages of a net read (rule R2).
const (
	pageRows  = 100
	pageBytes = 256 << 10
)

// page is what the loader read for a cursor: messages, encoded, and where they lead.
type page struct {
	msgs [][]byte
	next int      // message to write next
	to   Revision // the cursor's position after the last
	pays bool     // what a resume owed is in it
}

// loader is the line of cursors whose position only the store can serve. Live sessions that fell behind a ring, and
// resumes, stand in it alike.
type loader struct {
	mu     sync.Mutex
	line   []*cursor
	retry  []*cursor // the store failed them; the pulse puts them back
	more   sync.Cond
	closed bool
	reads  map[readKey]*sharedRead // made or asked for lately
	kept   int                     // bytes in them
}

func (l *loader) init() { l.more.L = &l.mu }

func (l *loader) push(c *cursor) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.line = append(l.line, c)
	l.more.Signal()
}

// pop waits for a cursor; nil when the loader is closed.
func (l *loader) pop() *cursor {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.line) == 0 && !l.closed {
		l.more.Wait()
	}
	if l.closed {
		return nil
	}
	c := l.line[0]
	if l.line = l.line[1:]; len(l.line) == 0 {
		l.line = nil
	}
	return c
}

// again puts c aside until the next pulse.
func (l *loader) again(c *cursor) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.retry = append(l.retry, c)
}

// resume puts back what was set aside.
func (l *loader) resume() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.retry) > 0 {
		l.line = append(l.line, l.retry...)
		l.retry = nil
		l.more.Broadcast()
	}
}

func (l *loader) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.more.Broadcast()
}

// fallBehind puts a cursor in its feed's line for the loader.
func (f *Feed) fallBehind(c *cursor) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for {
		s := c.state.Load()
		if f.closed || s&(cursorClosed|cursorReady) != 0 {
			return // ready again already: the next look finds the same
		}
		if c.state.CompareAndSwap(s, s|cursorBehind) {
			break
		}
	}
	f.behind.push(c)
	f.loadNextLocked()
}

// loadNextLocked hands the next cursor in the feed's line to the loader, when nothing is at work for it.
func (f *Feed) loadNextLocked() {
	for f.loading == nil && !f.closed {
		c := f.behind.pop()
		if c == nil {
			return
		}
		c.state.Or(cursorLoading)
		c.state.And(^uint32(cursorBehind))
		if c.closed() {
			continue
		}
		f.loading = c
		f.hub.loader.push(c)
	}
}

// loadedLocked ends the work for c, whose page is written or no longer wanted.
func (f *Feed) loadedLocked(c *cursor) {
	if f.loading == c {
		f.loading = nil
		f.loadNextLocked()
	}
}

func (h *Hub) loadLoop(ctx context.Context) {
	for c := h.loader.pop(); c != nil; c = h.loader.pop() {
		h.load(ctx, c)
	}
}

// load reads the next page for a cursor.
func (h *Hub) load(ctx context.Context, c *cursor) {
	if c.closed() {
		return
	}
	p, err := h.readPage(ctx, c)
	switch {
	case errors.Is(err, ErrAbsent):
		c.left()
		return
	case errors.Is(err, errAnew):
		c.left()
		h.entries.add(entrance{c.feed, c.room.sid}, 0)
		return
	case err != nil:
		if ctx.Err() == nil {
			h.log.WarnContext(ctx, "net read failed, trying again", "conversation", c.room.sid, "err", err)
			h.loader.again(c)
		}
		return
	}
	h.counters.loads.Add(1)
	c.page = p
	c.state.Or(cursorPaging)
	c.state.And(^uint32(cursorLoading | cursorUnsure))
	c.wake()
}

// left tells the session that the membership which the cursor stands for has ended, unless somebody else has told it: then
// there may be a cursor of another membership already.
func (c *cursor) left() {
	c.feed.leaveBefore(&Notice{Kind: NoticeLeft, Conversation: c.room.sid}, c.since+1)
}

// errAnew says that the membership which the cursor was opened for has ended unheard, and another has begun since: nothing
// of the time between is for it.
var errAnew = errors.New("in anew")

// mine is nil where the view shows the membership that the cursor stands for.
func (c *cursor) mine(view *ConversationView) error {
	switch {
	case view.Own == nil:
		return ErrAbsent
	case view.Own.Created > c.since:
		return errAnew
	}
	return nil
}

func (h *Hub) readPage(ctx context.Context, c *cursor) (*page, error) {
	viewer, sid := c.feed.actor.viewer(), c.room.sid
	if c.has(cursorReset | cursorAnnounce) {
		view, _, err := h.store.Conversation(ctx, viewer, ConversationRef(sid))
		if err != nil {
			return nil, err
		}
		if err := c.mine(view); err != nil {
			return nil, err
		}
		kind := NoticeReset
		if c.has(cursorAnnounce) {
			kind = NoticeJoined
		}
		return h.noticePage(kind, view), nil
	}
	replay := c.has(cursorReplay)
	q := ChangeQuery{Since: Revision(c.pos.Load()), Limit: pageRows, Bytes: pageBytes}
	if replay && !c.has(cursorPaging) {
		q.TooMany = h.config.Limits.ResumeRows
	}
	if !c.has(cursorPaging) {
		if p, err := h.readShared(ctx, c, q); p != nil || err != nil {
			return p, err
		}
	}
	changes, err := h.store.Changes(ctx, viewer, sid, q)
	if err != nil {
		return nil, err
	}
	if err := c.mine(changes.View); err != nil {
		return nil, err
	}
	if q.TooMany > 0 && changes.Total > q.TooMany {
		return h.noticePage(NoticeReset, changes.View), nil
	}
	p := &page{to: changes.To}
	for _, e := range changes.Events {
		p.msgs = append(p.msgs, h.enc.Event(nil, e, replay))
	}
	if replay && !changes.More {
		p.pays = true
		p.msgs = append(p.msgs, h.enc.Notice(nil, &Notice{
			Kind: NoticeReplayed, Conversation: sid, Revision: changes.To, View: changes.View,
		}))
	}
	return p, nil
}

// noticePage holds one notice, which takes the reader to where the view was read.
func (h *Hub) noticePage(kind NoticeKind, view *ConversationView) *page {
	n := &Notice{Kind: kind, Conversation: view.SID, Revision: view.Revision, View: view, Replay: true}
	return &page{msgs: [][]byte{h.enc.Notice(nil, n)}, to: view.Revision, pays: true}
}

// readPage appends what is left of the cursor's page, up to one turn. It reports whether all of it was.
func (c *cursor) readPage(b *Batch) bool {
	p, stop := c.page, b.size+turnBytes
	if c.closed() {
		return false
	}
	for p.next < len(p.msgs) {
		if b.size >= stop || !b.add(p.msgs[p.next]) {
			return false
		}
		p.next++
	}
	c.page = nil
	c.pos.Store(int64(p.to))
	f := c.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if p.pays {
		f.paidLocked(c)
	}
	if !c.has(cursorOwing) {
		c.state.And(^uint32(cursorPaging))
	}
	f.loadedLocked(c)
	return true
}

// paidLocked notes that nothing is owed for c any more; when that was the last of a resume, the client is told.
func (f *Feed) paidLocked(c *cursor) {
	if c.state.And(^uint32(cursorOwing))&cursorOwing == 0 {
		return
	}
	f.owing--
	f.settleLocked()
}

func (f *Feed) settleLocked() {
	if f.owing == 0 && !f.resumed && !f.held {
		f.resumed = true
		f.enqueueLocked(outgoing{bytes: f.hub.enc.Notice(nil, &Notice{Kind: NoticeResumed})})
	}
}
