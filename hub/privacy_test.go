package hub

import "testing"

// TestAnswersOfWhatWasLeft: an answer with a conversation's content that was not taken when its reader left becomes the absent
// answer; so does one that was asked for before and comes after (rule R21).
func TestAnswersOfWhatWasLeft(t *testing.T) {
	_, r, feeds := crowd(1)
	f := feeds[0]
	take := func() string {
		b := &Batch{Limit: 64 << 10}
		f.Take(b)
		return string(b.Bytes)
	}
	queued, late := f.Ask(), f.Ask()
	of := func(sids ...ConversationSID) []ConversationSID { return sids }
	f.Answer(queued, of(r.sid), []byte("1"), []byte("secret"))
	f.leave(&Notice{Kind: NoticeLeft, Conversation: r.sid})
	f.Answer(late, of("CH0", r.sid), []byte("2"), []byte("secret"))
	f.Answer(late, of("CH0"), []byte("4"), []byte(",open"))
	if got := take(); got != "{},{},{},,open" { // the stub's absent answer, notice, absent answer
		t.Errorf("after leaving, the session got %s", got)
	}
	f.Answer(f.Ask(), of(r.sid), []byte("3"), []byte("anew"))
	if got := take(); got != "anew" {
		t.Errorf("what was asked after coming back was answered with %s", got)
	}
}

// TestAttachAfterRemoval: a cursor is not opened by a membership that was read before its end (rule R20).
func TestAttachAfterRemoval(t *testing.T) {
	h, r, feeds := crowd(1)
	f := feeds[0]
	f.drop(f.cursors[0], outgoing{})
	f.held = true
	f.leave(&Notice{Kind: NoticeLeft, Conversation: r.sid, Revision: 7})
	open := func(readAt Revision) bool {
		return f.take(&cursor{feed: f, room: h.hold("IS", r.sid), since: readAt}, 0, 0, nil)
	}
	if open(6) {
		t.Error("a membership read at revision 6 opened a cursor after its end at 7")
	}
	if !open(8) {
		t.Error("a membership that began after the end at 7 opened none")
	}
}

// TestAttachBehindTheRoom: a room that has heard of a removal lets nobody in by an older reading; where it may have
// forgotten one, the store is asked before anything is read (rule R20).
func TestAttachBehindTheRoom(t *testing.T) {
	h, r, feeds := crowd(1)
	f := feeds[0]
	f.user = NewUserSID()
	f.drop(f.cursors[0], outgoing{})
	r = h.hold("IS", r.sid)
	defer h.release(r)
	h.sync(r, 7, false)
	r.depart(f.user, 7)
	open := func(since Revision) *cursor {
		c := &cursor{feed: f, room: h.hold("IS", r.sid), since: since}
		c.pos.Store(int64(since))
		if !f.take(c, 0, 0, nil) {
			return nil
		}
		return c
	}
	if open(6) != nil {
		t.Error("a membership read at revision 6 let someone in who was removed at 7")
	}
	c := open(8)
	if c == nil {
		t.Fatal("a membership that began after the removal let nobody in")
	}
	if _, load := c.read(&Batch{Limit: 1 << 10}); load {
		t.Error("a membership that nothing speaks against must be proved")
	}
	f.drop(c, outgoing{})
	for i := range Revision(maxDeparted) {
		r.depart(NewUserSID(), 10+i)
	}
	if c = open(6); c == nil {
		t.Fatal("what the room has forgotten was refused instead of asked for")
	}
	if _, load := c.read(&Batch{Limit: 1 << 10}); !load {
		t.Error("the store was not asked about a removal that the room may have forgotten")
	}
	f.drop(c, outgoing{})
}
