package sqlite_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"parley/hub"
	"parley/store/sqlite"
)

// TestIndexPortions: the portions together are what is to be indexed, in its order, no step is cut, and none is larger than commits
// are to wait for unless it is one step.
func TestIndexPortions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var steps []hub.IndexStep
		for i := range rapid.IntRange(0, 40).Draw(t, "steps") {
			steps = append(steps, hub.IndexStep{
				Conversation: hub.ConversationSID(fmt.Sprint("CH", i)),
				Put:          make([]hub.IndexRow, rapid.IntRange(0, sqlite.IndexPortion+1).Draw(t, "put")),
				Drop:         make([]hub.MessageSID, rapid.IntRange(0, 5).Draw(t, "drop")),
			})
		}
		var all []hub.IndexStep
		last := sqlite.IndexPortion // rows of the portion before, with those of the step that did not fit
		for portion := range sqlite.Portions(steps) {
			rows := 0
			for _, step := range portion {
				rows += 1 + len(step.Put) + len(step.Drop)
			}
			if first := portion[0]; len(portion) > 1 && rows > sqlite.IndexPortion || last+1+len(first.Put)+len(first.Drop) <= sqlite.IndexPortion {
				t.Fatalf("a portion of %d steps and %d rows after one of %d", len(portion), rows, last)
			}
			last, all = rows, append(all, portion...)
		}
		if !slices.EqualFunc(all, steps, func(a, b hub.IndexStep) bool {
			return a.Conversation == b.Conversation && len(a.Put) == len(b.Put) && len(a.Drop) == len(b.Drop)
		}) {
			t.Fatalf("%d steps went in, %d came out, or others", len(steps), len(all))
		}
	})
}
