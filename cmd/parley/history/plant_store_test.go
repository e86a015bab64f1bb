package history_test

import (
	"slices"

	"parley/cmd/parley/history"
)

// acked gives a random acknowledged message that nobody tried to delete, with its call.
func (g *ground) acked() (ack, call *history.Record, ok bool) {
	i, ok := g.find(func(_ int, r *history.Record) bool {
		return r.What == history.Acked && r.Message != nil && !g.deletes(g.call(r.Op).Call.Conversation, r.Message.Index)
	})
	if !ok {
		return nil, nil, false
	}
	return &g.history[i], g.call(g.history[i].Op), true
}

// stored gives what was read of a conversation, and the place in it of the message with an index.
func (g *ground) stored(conversation string, index int64) (read *history.Record, at int) {
	read = &g.history[g.read(conversation)]
	return read, slices.IndexFunc(read.Messages, func(m history.Message) bool { return m.Index == index })
}

func lostAck(g *ground) (history.Violation, bool) {
	ack, call, ok := g.acked()
	if !ok {
		return nowhere, false
	}
	read, at := g.stored(call.Call.Conversation, ack.Message.Index)
	read.Messages = slices.Delete(read.Messages, at, at+1)
	return want(history.Lost, call.Call.Conversation, ack.Message.Index)
}

// storedTwice is a nonce that was not looked up when the message was sent again.
func storedTwice(g *ground) (history.Violation, bool) {
	ack, call, ok := g.acked()
	if !ok {
		return nowhere, false
	}
	read, at := g.stored(call.Call.Conversation, ack.Message.Index)
	again := read.Messages[at]
	again.SID, again.Index = "IM-again", read.Messages[len(read.Messages)-1].Index+1
	read.Messages = append(read.Messages, again)
	return want(history.Duplicate, call.Call.Conversation, again.Index)
}

// everywhere changes every place at which a message of a conversation stands with its index.
func (g *ground) everywhere(conversation string, change func(*history.Message)) {
	for i := range g.history {
		switch r := &g.history[i]; {
		case r.What == history.Saw && r.Event.Conversation == conversation && r.Event.Message != nil:
			change(r.Event.Message)
		case r.What == history.Saw && r.Event.Conversation == conversation:
			last := history.Message{Index: r.Event.Last}
			change(&last)
			r.Event.Last = last.Index
		case r.What == history.Acked && r.Message != nil && g.call(r.Op).Call.Conversation == conversation:
			change(r.Message)
		case r.What == history.Invoked && r.Call.Conversation == conversation && r.Call.Action != history.Send && r.Call.Message != nil:
			change(r.Call.Message)
		case r.What == history.Connects:
			for j := range r.Connected.Heads {
				if head := &r.Connected.Heads[j]; head.Conversation == conversation {
					last := history.Message{Index: head.Last}
					change(&last)
					head.Last = last.Index
				}
			}
		case r.What == history.Read && r.Conversation == conversation:
			for j := range r.Messages {
				change(&r.Messages[j])
			}
		}
	}
}

// swapped numbers two messages the wrong way round, for everybody alike: only time tells.
func swapped(g *ground) (history.Violation, bool) {
	second, call, ok := g.acked()
	if !ok {
		return nowhere, false
	}
	conversation, invoked := call.Call.Conversation, call.At
	i, ok := g.find(func(_ int, r *history.Record) bool {
		return r.What == history.Acked && r.Message != nil && r.At < invoked &&
			g.call(r.Op).Call.Conversation == conversation && !g.deletes(conversation, r.Message.Index)
	})
	if !ok {
		return nowhere, false
	}
	a, b := *g.history[i].Message, *second.Message
	g.everywhere(conversation, func(m *history.Message) {
		switch m.SID {
		case a.SID:
			m.Index = b.Index
		case b.SID:
			m.Index = a.Index
		}
	})
	return want(history.Reorder, conversation, a.Index)
}

// numberSkipped is a batch that was rolled back and left a hole.
func numberSkipped(g *ground) (history.Violation, bool) {
	ack, call, ok := g.acked()
	if !ok {
		return nowhere, false
	}
	from := ack.Message.Index
	g.everywhere(call.Call.Conversation, func(m *history.Message) {
		if m.Index >= from {
			m.Index++
		}
	})
	return want(history.Hole, call.Call.Conversation, from)
}

func otherIndex(g *ground) (history.Violation, bool) {
	ack, call, ok := g.acked()
	if !ok {
		return nowhere, false
	}
	ack.Message.Index++
	return want(history.Disagreement, call.Call.Conversation, ack.Message.Index)
}

func refusedAndStored(g *ground) (history.Violation, bool) {
	ack, call, ok := g.acked()
	if !ok {
		return nowhere, false
	}
	index := ack.Message.Index
	ack.What, ack.Message = history.Refused, nil
	return want(history.Contradiction, call.Call.Conversation, index)
}

func deletedAndThere(g *ground) (history.Violation, bool) {
	i, ok := g.find(func(_ int, r *history.Record) bool {
		return r.What == history.Acked && g.call(r.Op).Call.Action == history.Delete
	})
	if !ok {
		return nowhere, false
	}
	c := g.call(g.history[i].Op).Call
	read := &g.history[g.read(c.Conversation)]
	at, _ := slices.BinarySearchFunc(read.Messages, c.Message.Index, func(m history.Message, i int64) int { return int(m.Index - i) })
	read.Messages = slices.Insert(read.Messages, at, history.Message{Index: c.Message.Index, SID: "IM-deleted"})
	return want(history.Contradiction, c.Conversation, c.Message.Index)
}

func storedFromNowhere(g *ground) (history.Violation, bool) {
	i, _ := g.find(func(_ int, r *history.Record) bool { return r.What == history.Read })
	read := &g.history[i]
	next := int64(0)
	if n := len(read.Messages); n > 0 {
		next = read.Messages[n-1].Index + 1
	}
	read.Messages = append(read.Messages, history.Message{Index: next, SID: "IM-nowhere", Author: "user0", Nonce: "unheard of"})
	return want(history.Phantom, read.Conversation, next)
}

func notRead(g *ground) (history.Violation, bool) {
	ack, call, ok := g.acked()
	if !ok {
		return nowhere, false
	}
	v, _ := want(history.Lost, call.Call.Conversation, ack.Message.Index)
	g.drop(g.read(v.Conversation))
	return v, true
}
