package history

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestOrderJudgesAgree: the pairs that the direct judge names are there exactly where porcupine finds no order.
func TestOrderJudgesAgree(t *testing.T) {
	seen := map[bool]int{}
	rapid.Check(t, func(t *rapid.T) {
		var placed []placedCall
		for i := range rapid.IntRange(0, 12).Draw(t, "messages") {
			c := &call{Call: Call{Message: &Message{}}, invoked: rapid.Int64Range(0, 60).Draw(t, "invoked") * 2}
			c.ended = c.invoked + 1 + 2*rapid.Int64Range(0, 40).Draw(t, "lasts")
			if rapid.IntRange(0, 5).Draw(t, "unknown") == 0 {
				c.ended = never
			}
			placed = append(placed, placedCall{c, int64(i)})
		}
		l := newLedger(nil)
		l.judgePairs(&thread{}, placed)
		direct := len(l.found) == 0
		seen[direct]++
		if byPorcupine := linearizable(placed); direct != byPorcupine {
			t.Fatalf("found %v; porcupine says %v", l.found, byPorcupine)
		}
	})
	if seen[true] == 0 || seen[false] == 0 {
		t.Errorf("only one verdict was ever given: %v", seen)
	}
}

// TestOrderOfWhatIsSentAgain: who was out when a message came, and back in when it was sent again on the next connection,
// finds it behind what came between. Without a new connection, or for one who was in, that is out of order.
func TestOrderOfWhatIsSentAgain(t *testing.T) {
	for name, c := range map[string]struct {
		removed, reconnected bool
		want                 []Kind
	}{
		"sent again while out": {true, true, nil},
		"one connection":       {true, false, []Kind{Reorder}},
		"in all the time":      {false, true, []Kind{Reorder}},
	} {
		t.Run(name, func(t *testing.T) {
			var r Recorder
			r.Connected("ann", Connected{})
			move := func(a Action) { r.Invoke("bob", Call{Action: a, Conversation: "CH", Who: "ann"}).Acked(Message{}) }
			send := func(nonce string) *Op {
				return r.Invoke("ann", Call{Action: Send, Conversation: "CH", Message: &Message{Nonce: nonce}})
			}
			move(Add)
			if c.removed {
				move(Remove)
			}
			first := send("1")
			move(Add)
			second := send("2")
			if c.reconnected {
				r.Connected("ann", Connected{Heads: []Head{{Conversation: "CH", Last: 0}}})
			}
			ahead, behind := Message{SID: "IM0", Author: "ann", Nonce: "2"}, Message{Index: 1, SID: "IM1", Author: "ann", Nonce: "1"}
			first.Acked(behind)
			second.Acked(ahead)
			r.Read("CH", []Message{ahead, behind})
			var kinds []Kind
			for _, v := range r.History().Verify() {
				kinds = append(kinds, v.Kind)
			}
			if !slices.Equal(kinds, c.want) {
				t.Errorf("found %v, not %v", r.History().Verify(), c.want)
			}
		})
	}
}
