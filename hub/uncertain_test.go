package hub_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"parley/hub"
)

// doubtful is a store whose next commit fails so that nobody can know whether it happened.
type doubtful struct {
	hub.Store
	next atomic.Int32 // 0: commits are as they are
}

const (
	lost     = 1 + iota // the next commit does not happen
	happened            // it does
)

var errDoubt = errors.New("the disk said nothing that could be understood")

func (s *doubtful) Commit(ops []*hub.Op) {
	how := s.next.Swap(0)
	if how != lost {
		s.Store.Commit(ops)
	}
	if how == 0 {
		return
	}
	for _, op := range ops {
		if op.Err == nil {
			op.Err = &hub.UncertainError{Err: errDoubt}
		}
	}
}

// unknown sends a message whose commit is uncertain.
func (w *world) unknown(s *doubtful, how int32, ref hub.ConversationRef, nonce string) {
	w.t.Helper()
	s.next.Store(how)
	_, err := w.try(w.as("ann"), &hub.SendMessage{Conversation: ref, Body: nonce, Nonce: nonce, ReplyTo: hub.NoIndex})
	if e, ok := errors.AsType[*hub.Error](err); !ok || e.Code.Definite() {
		w.t.Errorf("told %v, which is definite", err)
	}
}

// TestUncertainCommit: where it is unknown whether a commit happened the answer says so, and the same nonce finds the
// message, once, whether it did or not (rule R9). Those who listen learn of what did without another message, from the
// store (rule R17).
func TestUncertainCommit(t *testing.T) {
	s := &doubtful{}
	w := newWorld(t, func(c *hub.Config) {
		s.Store, c.Store, c.Compare = c.Store, s, 24*time.Hour // nothing is compared by itself
	})
	ref := w.thread("bob")
	bob, _ := w.listen("bob", nil)
	for round, how := range []int32{happened, lost, happened} {
		nonce := []string{"a", "b", "c"}[round]
		w.unknown(s, how, ref, nonce)
		if how == happened {
			bob.until("what was uncertain", has("messageAdded", round+1))
		}
		send := &hub.SendMessage{Conversation: ref, Body: "again", Nonce: nonce, ReplyTo: hub.NoIndex}
		m := w.do(w.as("ann"), send).(*hub.Message)
		body := map[int32]string{happened: nonce, lost: "again"}[how]
		if m.Index != int64(round) || m.Body != body {
			t.Errorf("round %d: the nonce finds message %d, %q", round, m.Index, m.Body)
		}
		if again := w.do(w.as("ann"), send).(*hub.Message); again.SID != m.SID {
			t.Errorf("round %d: the nonce finds another message each time", round)
		}
	}
	w.say("ann", ref, "last")
	bodies := checkOrder(t, bob.until("all", has("messageAdded", 4)), ref.SID())
	if len(bodies) != 4 {
		t.Errorf("bob saw %q", bodies)
	}
}
