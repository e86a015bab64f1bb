package history

import (
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
