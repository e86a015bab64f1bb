package history_test

import (
	"slices"
	"testing"

	"parley/cmd/parley/history"
)

// A plant is a bug put into a correct history. It gives the violation that must be found (its kind, conversation and
// index), or reports that the history has no place for it.
type plant struct {
	name string
	put  func(g *ground) (want history.Violation, ok bool)
}

// anyIndex is that of a violation which may name any.
const anyIndex = -2

// The six bugs of delivery, each as it shows in the store or to a client, and what else the judges can say.
var plants = []plant{
	{"lost ack", lostAck},
	{"duplicate in the store", storedTwice},
	{"duplicate event", shownTwice},
	{"reorder in the store", swapped},
	{"reorder of events", overtaken},
	{"hole in the store", numberSkipped},
	{"hole in a stream", eventDropped},
	{"delivery after conversationLeft", shownAfterLeft},
	{"delivery after removal, which nobody told", shownAfterRemoval},
	{"partial replay, in the middle", replayHole},
	{"partial replay, at the end", replayCut},
	{"partial replay, never ended", replayUnended},

	{"two messages at one index", otherBody},
	{"acknowledged elsewhere", otherIndex},
	{"refused and stored", refusedAndStored},
	{"refused and shown", refusedAndShown},
	{"deleted and there", deletedAndThere},
	{"stored from nowhere", storedFromNowhere},
	{"shown, not stored", shownNotStored},
	{"a revision again", revisionAgain},
	{"the end never shown", endUnseen},
	{"not read", notRead},
}

func TestPlants(t *testing.T) {
	for _, p := range plants {
		t.Run(p.name, func(t *testing.T) {
			planted := 0
			for seed := range uint64(150) {
				g := &ground{history: newWorld(seeded(seed)).run(400), throw: seeded(seed)}
				want, ok := p.put(g)
				if !ok {
					continue
				}
				planted++
				g.renumber()
				found := g.history.Verify()
				if !slices.ContainsFunc(found, func(v history.Violation) bool { return matches(v, want) }) {
					t.Fatalf("seed %d: planted %s in %s at %d; found is\n%s", seed, want.Kind, want.Conversation, want.Index, lines(found))
				}
			}
			if planted < 20 {
				t.Errorf("planted in %d of 150 histories", planted)
			}
		})
	}
}

func matches(v, want history.Violation) bool {
	return v.Kind == want.Kind && v.Conversation == want.Conversation && (want.Index == anyIndex || v.Index == want.Index)
}

// ground is a history to plant in.
type ground struct {
	history history.History
	throw   dice
}

// find gives the place of a random record that fits.
func (g *ground) find(fits func(i int, r *history.Record) bool) (int, bool) {
	var places []int
	for i := range g.history {
		if fits(i, &g.history[i]) {
			places = append(places, i)
		}
	}
	if len(places) == 0 {
		return 0, false
	}
	return places[g.throw(len(places))], true
}

func (g *ground) drop(i int) { g.history = slices.Delete(g.history, i, i+1) }

func (g *ground) insert(i int, r history.Record) { g.history = slices.Insert(g.history, i, r) }

func (g *ground) renumber() {
	for i := range g.history {
		g.history[i].At = int64(i) + 1
	}
}

// read gives the place of a conversation's final read.
func (g *ground) read(conversation string) int {
	return slices.IndexFunc(g.history, func(r history.Record) bool {
		return r.What == history.Read && r.Conversation == conversation
	})
}

// deletes reports whether somebody tried to delete a message.
func (g *ground) deletes(conversation string, index int64) bool {
	return slices.ContainsFunc(g.history, func(r history.Record) bool {
		return r.Call != nil && r.Call.Action == history.Delete && r.Call.Conversation == conversation && r.Call.Message.Index == index
	})
}

// call gives the call of an outcome.
func (g *ground) call(op int64) *history.Record {
	i := slices.IndexFunc(g.history, func(r history.Record) bool { return r.What == history.Invoked && r.Op == op })
	return &g.history[i]
}

// shows reports whether a record is a message that somebody saw added.
func shows(r *history.Record) bool {
	return r.What == history.Saw && r.Event.Name == "messageAdded"
}

// later gives the place of the next event of the same client and conversation that fits, before one that changes what it
// is in.
func (g *ground) later(i int, fits func(e *history.Event) bool) (int, bool) {
	from := g.history[i]
	for j := i + 1; j < len(g.history); j++ {
		r := &g.history[j]
		if r.What != history.Saw || r.Client != from.Client || r.Event.Conversation != from.Event.Conversation {
			continue
		}
		if fits(r.Event) {
			return j, true
		}
		if slices.Contains([]string{"conversationLeft", "conversationJoined", "conversationReset"}, r.Event.Name) {
			break
		}
	}
	return 0, false
}

func isNamed(name string) func(*history.Event) bool {
	return func(e *history.Event) bool { return e.Name == name }
}

func want(kind history.Kind, conversation string, index int64) (history.Violation, bool) {
	return history.Violation{Kind: kind, Conversation: conversation, Index: index}, true
}

var nowhere = history.Violation{}
