package history

import (
	"cmp"
	"slices"

	"github.com/anishathalye/porcupine"
)

// appendLog is a conversation as one machine would have it: an append gets the next index. What the model is given of an
// operation is the index that it got.
var appendLog = porcupine.Model{
	Init: func() any { return int64(0) },
	Step: func(state, _, output any) (bool, any) {
		length := state.(int64)
		return output.(int64) == length, length + 1
	},
}

// judgeOrder asks whether messages could have been appended one after the other, each between its call and its
// acknowledgement, to get the indexes that they have.
func (l *ledger) judgeOrder(t *thread) {
	placed := t.placed()
	before := len(l.found)
	l.judgePairs(t, placed)
	if len(l.found) == before && !linearizable(placed) {
		l.report(Violation{Kind: Reorder, Conversation: t.sid, Index: -1, Detail: "no order of appends explains the indexes that messages got"})
	}
}

// placedCall is a message with the index that it got.
type placedCall struct {
	*call
	index int64
}

// placed is the messages that have an index, by index; of two with one index, which others report, the first.
func (t *thread) placed() []placedCall {
	at := map[author]int64{}
	if t.read != nil {
		for _, m := range t.read.Messages {
			at[author{m.Author, m.Nonce}] = m.Index
		}
	}
	var placed []placedCall
	for _, c := range t.sends {
		index, ok := at[author{identity(c.client), c.Message.Nonce}]
		if c.ack != nil {
			index, ok = c.ack.Index, true
		}
		if ok && c.may() {
			placed = append(placed, placedCall{c, index})
		}
	}
	slices.SortStableFunc(placed, func(a, b placedCall) int { return cmp.Compare(a.index, b.index) })
	return slices.CompactFunc(placed, func(a, b placedCall) bool { return a.index == b.index })
}

// linearizable asks porcupine. What nobody is known to have sent (deleted before its outcome was known, or missing)
// may have been appended at any time.
func linearizable(placed []placedCall) bool {
	var ops []porcupine.Operation
	next := int64(0)
	for _, p := range placed {
		for ; next < p.index; next++ {
			ops = append(ops, porcupine.Operation{Output: next, Return: never})
		}
		ops = append(ops, porcupine.Operation{Call: p.invoked, Output: p.index, Return: p.ended})
		next = p.index + 1
	}
	return porcupine.CheckOperations(appendLog, ops)
}

// judgePairs names the culprits: of a message and one with a larger index that was acknowledged before the first was
// sent. For appends whose indexes are known there is such a pair exactly where no order explains them.
func (l *ledger) judgePairs(t *thread, placed []placedCall) {
	var earliest *placedCall // acknowledged, of those with larger indexes
	for i := len(placed) - 1; i >= 0; i-- {
		p := &placed[i]
		if earliest != nil && earliest.ended < p.invoked {
			bad := Violation{Conversation: t.sid, Index: p.index, At: []int64{earliest.invoked, earliest.ended, p.invoked}}
			l.reportAs(bad, Reorder, "%q of %s was sent after %q of %s had been acknowledged at index %d",
				p.Message.Nonce, p.client, earliest.Message.Nonce, earliest.client, earliest.index)
		}
		if earliest == nil || p.ended < earliest.ended {
			earliest = p
		}
	}
}

// judgeSessions holds each client's messages against the order in which it sent them.
func (l *ledger) judgeSessions(t *thread) {
	latest := map[string]placedCall{}
	placed := t.placed()
	slices.SortFunc(placed, func(a, b placedCall) int { return cmp.Compare(a.invoked, b.invoked) })
	for _, p := range placed {
		before, ok := latest[p.client]
		if ok && before.index > p.index {
			bad := Violation{Conversation: t.sid, Client: p.client, Index: p.index, At: []int64{before.invoked, p.invoked}}
			l.reportAs(bad, Reorder, "sent %q before %q, which is ahead of it: index %d", before.Message.Nonce, p.Message.Nonce, before.index)
			continue
		}
		if !l.asksAgain(t, p.call) {
			latest[p.client] = p
		}
	}
}

// asksAgain reports whether a message may have been refused once and accepted later: its author may have been out when it
// arrived, and the connection ended before the refusal was heard, so that the client sent it again on its next one. What it
// sent in between is rightly ahead.
func (l *ledger) asksAgain(t *thread, c *call) bool {
	again := slices.ContainsFunc(l.began[c.client], func(at int64) bool { return at > c.invoked && at < c.ended })
	return again && !t.in(c)
}

// in reports whether the author of a message was certainly in for as long as it was under way.
func (t *thread) in(c *call) bool {
	who := identity(c.client)
	return slices.ContainsFunc(t.moves, func(in *call) bool {
		return in.Who == who && in.admits() && in.outcome == Acked && in.ended < c.invoked &&
			!slices.ContainsFunc(t.moves, func(out *call) bool {
				return out.Who == who && !out.admits() && out.may() && out.ended > in.invoked && out.invoked < c.ended
			})
	})
}
