package history_test

import (
	"fmt"
	"testing"

	"parley/cmd/parley/history"
)

// forked is a history of three messages of ann, all acknowledged and all seen by bob, of which some are in the final
// read. The clients named were told of another epoch after that.
func forked(stored []int64, told ...string) history.History {
	var r history.Recorder
	message := func(i int64) history.Message {
		return history.Message{Index: i, SID: fmt.Sprint("IM", i), Author: "ann", Nonce: fmt.Sprint(i), Body: "hello"}
	}
	for _, who := range []string{"ann", "bob"} {
		r.Connected(who, history.Connected{Heads: []history.Head{{Conversation: "CH", Revision: 1, Last: -1}}})
	}
	for i := range int64(3) {
		op := r.Invoke("ann", history.Call{
			Action: history.Send, Conversation: "CH", Message: &history.Message{Nonce: fmt.Sprint(i), Body: "hello"},
		})
		m := message(i)
		for _, who := range []string{"ann", "bob"} {
			r.Saw(who, history.Event{Name: "messageAdded", Conversation: "CH", Revision: 2 + i, Message: &m})
		}
		op.Acked(m)
	}
	for _, who := range told {
		r.Connected(who, history.Connected{Void: true})
	}
	var all []history.Message
	for _, i := range stored {
		all = append(all, message(i))
	}
	r.Read("CH", all)
	return r.History()
}

// TestExcuse: what is lost is excused to those who were told of another epoch, as long as it is the end of a conversation.
func TestExcuse(t *testing.T) {
	for _, c := range []struct {
		name   string
		stored []int64
		told   []string
		acks   int
		kinds  []history.Kind
	}{
		{name: "nothing is lost", stored: []int64{0, 1, 2}, told: []string{"ann", "bob"}},
		{name: "the end", stored: []int64{0}, told: []string{"ann", "bob"}, acks: 2},
		{name: "nobody is told", stored: []int64{0, 1}, kinds: []history.Kind{history.Lost, history.Phantom}},
		{name: "the reader is not told", stored: []int64{0, 1}, told: []string{"ann"}, acks: 1, kinds: []history.Kind{history.Phantom}},
		{
			name: "one in the midst", stored: []int64{0, 2}, told: []string{"ann", "bob"}, acks: 1,
			kinds: []history.Kind{history.Hole, history.Phantom},
		},
	} {
		excused, acks := forked(c.stored, c.told...).Excuse()
		var kinds []history.Kind
		for _, v := range excused.Verify() {
			kinds = append(kinds, v.Kind)
		}
		if acks != c.acks || fmt.Sprint(kinds) != fmt.Sprint(c.kinds) {
			t.Errorf("%s: %d acknowledgements are excused, found is %v; want %d and %v", c.name, acks, kinds, c.acks, c.kinds)
		}
	}
}
