package history_test

import (
	"testing"

	"parley/cmd/parley/history"
)

// TestReadAfterComingBack: who was removed may read everything when back in, and nothing before.
func TestReadAfterComingBack(t *testing.T) {
	for _, early := range []bool{false, true} {
		var r history.Recorder
		r.Connected("ann", history.Connected{})
		r.Connected("bob", history.Connected{Heads: []history.Head{{Conversation: "CH", Revision: 1, Last: -1}}})
		move := func(a history.Action) {
			r.Invoke("ann", history.Call{Action: a, Conversation: "CH", Who: "bob"}).Acked(history.Message{})
		}
		move(history.Remove)
		m := history.Message{Index: 0, SID: "IM", Author: "ann", Nonce: "0", Body: "hello"}
		r.Invoke("ann", history.Call{
			Action: history.Send, Conversation: "CH", Message: &history.Message{Nonce: "0", Body: "hello"},
		}).Acked(m)
		if !early {
			move(history.Add)
		}
		r.Saw("bob", history.Event{Name: "messageAdded", Conversation: "CH", Revision: 3, Message: &m})
		if early {
			move(history.Add)
		}
		r.Read("CH", []history.Message{m})
		found := r.History().Verify()
		if blamed := len(found) > 0 && found[0].Kind == history.AfterRemoval; blamed != early {
			t.Errorf("seen before coming back: %v; found is %v", early, found)
		}
	}
}

// TestAcceptedAfterRemoval: the store refuses what somebody sends who was removed.
func TestAcceptedAfterRemoval(t *testing.T) {
	for _, begun := range []bool{false, true} { // before the removal
		var r history.Recorder
		send := history.Call{Action: history.Send, Conversation: "CH", Message: &history.Message{Nonce: "0", Body: "hello"}}
		var op *history.Op
		if begun {
			op = r.Invoke("bob", send)
		}
		r.Invoke("ann", history.Call{Action: history.Remove, Conversation: "CH", Who: "bob"}).Acked(history.Message{})
		if !begun {
			op = r.Invoke("bob", send)
		}
		m := history.Message{Index: 0, SID: "IM", Author: "bob", Nonce: "0", Body: "hello"}
		op.Acked(m)
		r.Read("CH", []history.Message{m})
		found := r.History().Verify()
		if blamed := len(found) == 1 && found[0].Kind == history.AfterRemoval; blamed == begun {
			t.Errorf("begun before the removal: %v; found is %v", begun, found)
		}
	}
}
