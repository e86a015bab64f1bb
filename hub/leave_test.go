package hub

import (
	"strings"
	"testing"
)

// namer is an encoder whose notices are their kinds.
type namer struct{ Encoder }

func (namer) Notice(dst []byte, n *Notice) []byte {
	names := map[NoticeKind]string{NoticeLeft: "left", NoticeResumed: "resumed"}
	return append(dst, names[n.Kind]...)
}

func (f *Feed) waiting() string {
	var all []string
	for _, o := range f.queue {
		all = append(all, string(o.bytes))
	}
	return strings.Join(all, " ")
}

// TestLeftBeforeResumed: who is removed while a replay is owed hears of it before all replays are said to be out, else the
// end of the replay that was announced never came.
func TestLeftBeforeResumed(t *testing.T) {
	h, r, feeds := crowd(1)
	h.enc = namer{h.enc}
	f := feeds[0]
	f.cursors[0].state.Or(cursorReplay)
	f.owing, f.resumed = 1, false
	f.leave(&Notice{Kind: NoticeLeft, Conversation: r.sid, Revision: 7})
	if got := f.waiting(); got != "left resumed" {
		t.Errorf("it hears %q", got)
	}
}

// TestLeftOnceDuringAttach: who is removed while it resumes hears of it once, however many ways the hub learns it.
func TestLeftOnceDuringAttach(t *testing.T) {
	h, r, feeds := crowd(1)
	h.enc = namer{h.enc}
	f := feeds[0]
	f.held, f.resumed = true, false
	f.drop(f.cursors[0], outgoing{})
	f.queue = nil
	f.leave(&Notice{Kind: NoticeLeft, Conversation: r.sid, Revision: 7}) // the bus brings it,
	f.leave(&Notice{Kind: NoticeLeft, Conversation: r.sid})              // a comparison of memberships,
	f.strangers(nil, &Resume{Positions: map[ConversationSID]Revision{r.sid: 3}})
	f.Release([]byte("answer"))
	if got := f.waiting(); got != "answer left resumed" {
		t.Errorf("it hears %q", got)
	}
}

// TestLeftOfAnEarlierMembership: who was removed and added again, both told already, loses nothing when the loader finds that
// the earlier membership is over.
func TestLeftOfAnEarlierMembership(t *testing.T) {
	h, r, feeds := crowd(1)
	h.enc = namer{h.enc}
	f := feeds[0]
	old := f.cursors[0]
	f.leave(&Notice{Kind: NoticeLeft, Conversation: r.sid, Revision: 7})
	f.take(&cursor{feed: f, room: h.hold("IS", r.sid), since: 9}, 0, 0, []byte("joined"))
	old.left()
	if got := f.waiting(); got != "left joined" || len(f.cursors) != 1 || f.cursors[0].closed() {
		t.Errorf("it hears %q and has %d cursors", got, len(f.cursors))
	}
	f.cursors[0].left()
	if got := f.waiting(); got != "left joined left" || len(f.cursors) != 0 {
		t.Errorf("at the end of the second it hears %q and has %d cursors", got, len(f.cursors))
	}
}
