package hub

import (
	"slices"
	"sync"
	"time"
)

// Subscriber is a session as its feed sees it.
type Subscriber interface {
	// Wake says that there is something to Take. It is called once, and not again before a Take came back empty. It must
	// not block: it is called with locks held.
	Wake()
	// End has the session ended because of a code: CodeBarred where its user was shut out or is there no more,
	// CodeServiceAbsent where its service is not, CodeUnavailable where it is to come back. It must not block. It may
	// be called more than once.
	End(code Code)
}

// A Feed is everything on its way to one session: its queue of replies, notices and signals, its cursors and
// the list of those that are ready.
type Feed struct {
	hub   *Hub // static
	sub   Subscriber
	name  string
	actor Actor // static after Attach
	user  UserSID

	mu      sync.Mutex
	queue   []outgoing // in order; taken before any room
	queued  int        // bytes in it
	ready   cursorList
	behind  cursorList // wait for the loader
	loading *cursor    // whose page is being read or written (rule R24: one page at a time)
	cursors []*cursor
	owing   int  // resumed conversations whose replay is not out
	resumed bool // all replays are out, and that was said; true where nothing was to resume
	held    bool // Attach is not over: nothing is taken
	awake   bool // Wake was called
	closed  bool
	asking  int               // requests under way that may answer with a conversation's content
	exits   []exit            // conversations left while such requests, or an Attach, are under way
	exitN   uint64            // of the latest exit
	entered []ConversationSID // joined while an Attach is under way
	watched []UserSID         // guarded by presence.mu
	// How far the user was when its memberships were known to be as the cursors are (rule R19).
	revision Revision
	wanted   Revision // how far the user was heard to be
	// Conversations where a write failed retryably, and until when more are refused (rule R10); guarded by committer.mu.
	shut map[ConversationRef]time.Time
}

// outgoing is one message that waits to be taken.
type outgoing struct {
	bytes []byte
	id    []byte            // of the request that it answers
	holds []ConversationSID // whose content it holds
	key   string            // of a signal: a later one replaces it
}

// exit remembers that a conversation was left.
type exit struct {
	conv   ConversationSID
	rev    Revision
	n      uint64
	notice *Notice // what an Attach still owes to the session
}

// cursorList is an intrusive queue of cursors.
type cursorList struct{ head, tail *cursor }

func (l *cursorList) push(c *cursor) {
	if c.next = nil; l.tail == nil {
		l.head = c
	} else {
		l.tail.next = c
	}
	l.tail = c
}

func (l *cursorList) pop() *cursor {
	c := l.head
	if c == nil {
		return nil
	}
	if l.head = c.next; l.head == nil {
		l.tail = nil
	}
	c.next = nil
	return c
}

// push puts a cursor on the ready list; its ready bit is set.
func (f *Feed) push(c *cursor) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return
	}
	f.ready.push(c)
	f.wakeLocked()
}

func (f *Feed) wakeLocked() {
	if !f.awake && !f.held && !f.closed {
		f.awake = true
		f.sub.Wake()
	}
}

// enqueue adds a message to the queue.
func (f *Feed) enqueue(o outgoing) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.enqueueLocked(o)
}

func (f *Feed) enqueueLocked(o outgoing) {
	if f.closed {
		return
	}
	f.queue = append(f.queue, o)
	f.queued += len(o.bytes)
	f.wakeLocked()
}

// Reply queues an answer that holds no conversation's content.
func (f *Feed) Reply(msg []byte) { f.enqueue(outgoing{bytes: msg}) }

// Signal queues a passing fact; where one with the same key waits, it takes its place.
func (f *Feed) Signal(key string, msg []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.queue {
		if f.queue[i].key == key {
			f.queued += len(msg) - len(f.queue[i].bytes)
			f.queue[i].bytes = msg
			return
		}
	}
	f.enqueueLocked(outgoing{bytes: msg, key: key})
}

// Ask marks the beginning of a request whose answer will hold a conversation's content; Answer ends it.
func (f *Feed) Ask() (mark uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asking++
	return f.exitN
}

// Answer queues the answer to a request begun by Ask, and keeps id and msg. Where the conversation was left meanwhile, or is before the answer
// is taken, the caller gets the absent answer instead (rule R21); so does one whose answer holds others' content beside it.
func (f *Feed) Answer(mark uint64, holds []ConversationSID, id, msg []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, x := range f.exits {
		if x.n > mark && slices.Contains(holds, x.conv) {
			msg, holds = f.hub.enc.Absent(nil, id), nil
			break
		}
	}
	f.enqueueLocked(outgoing{bytes: msg, id: id, holds: holds})
	f.unaskLocked()
}

// Unask ends a request that gets no answer.
func (f *Feed) Unask() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.unaskLocked()
}

func (f *Feed) unaskLocked() {
	if f.asking--; f.asking == 0 && !f.held {
		f.exits = nil
	}
}

// Backlog is how many bytes of replies and signals wait.
func (f *Feed) Backlog() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.queued
}

// leave ends the feed's part in a conversation: its cursor is closed, answers that hold its content become absent
// ones, and conversationLeft is the last that it gets of it (rule R21).
func (f *Feed) leave(n *Notice) { f.leaveBefore(n, n.Revision) }

// leaveBefore is leave, but for a membership that began at before or later: it is another one. 0 bounds nothing.
func (f *Feed) leaveBefore(n *Notice, before Revision) {
	f.mu.Lock()
	var mine *cursor
	for _, c := range f.cursors {
		if c.room.sid == n.Conversation {
			mine = c
			break
		}
	}
	if mine != nil && before != 0 && before <= mine.since {
		f.mu.Unlock()
		return // the end of an earlier membership, told late
	}
	f.exitLocked(n, mine == nil)
	f.mu.Unlock()
	// Where there was no cursor the session was told before, or never knew; while an Attach is under way Release sees to it.
	if mine != nil {
		f.drop(mine, outgoing{bytes: f.hub.enc.Notice(nil, n)})
	}
}

// paidLeaveLocked notes that the session was told of having left.
func (f *Feed) paidLeaveLocked(conv ConversationSID) {
	for i := range f.exits {
		if f.exits[i].conv == conv {
			f.exits[i].notice = nil
		}
	}
}

// tellExitLocked tells of having left a conversation during an Attach, if that is owed.
func (f *Feed) tellExitLocked(conv ConversationSID) {
	for _, x := range f.exits {
		if x.conv == conv && x.notice != nil {
			f.enqueueLocked(outgoing{bytes: f.hub.enc.Notice(nil, x.notice)})
			f.paidLeaveLocked(conv)
			return
		}
	}
}

// tellExitsLocked tells of all that was left during an Attach, where the end of an earlier membership was not told late:
// the answer may list it still.
func (f *Feed) tellExitsLocked() {
	for _, x := range f.exits {
		if x.notice != nil && f.cursorLocked(x.conv) == nil {
			f.tellExitLocked(x.conv)
		}
	}
}

// exitedLocked reports whether the conversation was left during the Attach or the requests that are under way.
func (f *Feed) exitedLocked(conv ConversationSID) bool {
	return slices.ContainsFunc(f.exits, func(x exit) bool { return x.conv == conv })
}

// exitLocked remembers that a conversation was left; owed says that the session was not told of it.
func (f *Feed) exitLocked(n *Notice, owed bool) {
	f.exitN++
	if !owed {
		f.paidLeaveLocked(n.Conversation)
	}
	if f.asking > 0 || f.held {
		x := exit{conv: n.Conversation, rev: n.Revision, n: f.exitN}
		if owed && f.held && !f.exitedLocked(n.Conversation) {
			x.notice = n
		}
		f.exits = append(f.exits, x)
	}
	for i := range f.queue {
		if o := &f.queue[i]; slices.Contains(o.holds, n.Conversation) {
			f.queued -= len(o.bytes)
			o.bytes, o.holds = f.hub.enc.Absent(nil, o.id), nil
			f.queued += len(o.bytes)
		}
	}
}

// drop closes a cursor and forgets it, with a last word of its conversation: before the word that all replays are out,
// where this was the last. A cursor that is closed already is left alone.
func (f *Feed) drop(c *cursor, goodbye outgoing) {
	if !c.room.remove(c) {
		return
	}
	f.mu.Lock()
	f.forgetLocked(c)
	f.enqueueLocked(goodbye)
	f.paidLocked(c)
	f.loadedLocked(c)
	f.mu.Unlock()
	f.hub.release(c.room)
}

func (f *Feed) forgetLocked(c *cursor) {
	last := len(f.cursors) - 1
	if at := int(c.at); at <= last && f.cursors[at] == c {
		f.cursors[at] = f.cursors[last]
		f.cursors[at].at = c.at
		f.cursors[last] = nil
		f.cursors = f.cursors[:last]
	}
}

// Close ends the feed. Afterwards nothing is queued or taken.
func (f *Feed) Close() {
	last, forgotten := f.hub.presence.remove(f)
	f.hub.untune(forgotten)
	f.mu.Lock()
	attached := f.user != ""
	f.closed = true
	cursors := slices.Clone(f.cursors)
	f.queue, f.queued, f.cursors = nil, 0, nil
	f.ready, f.behind, f.loading = cursorList{}, cursorList{}, nil
	f.mu.Unlock()
	for _, c := range cursors {
		if c.room.remove(c) {
			f.hub.release(c.room)
		}
	}
	if attached && last {
		f.hub.departed(f.user)
	}
}
