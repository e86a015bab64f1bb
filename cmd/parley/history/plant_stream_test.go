package history_test

import (
	"slices"

	"parley/cmd/parley/history"
)

// seen gives the place of a random sight of a message that nobody tried to delete.
func (g *ground) seen(fits func(i int, r *history.Record) bool) (int, bool) {
	return g.find(func(i int, r *history.Record) bool {
		return shows(r) && !g.deletes(r.Event.Conversation, r.Event.Message.Index) && fits(i, r)
	})
}

func shownTwice(g *ground) (history.Violation, bool) {
	i, ok := g.seen(func(int, *history.Record) bool { return true })
	if !ok {
		return nowhere, false
	}
	r := g.history[i]
	g.insert(i+1, r)
	return want(history.Duplicate, r.Event.Conversation, r.Event.Message.Index)
}

// overtaken swaps two messages that a client saw on one connection one after the other.
func overtaken(g *ground) (history.Violation, bool) {
	next := func(i int) (int, bool) {
		j, ok := g.later(i, isNamed("messageAdded"))
		return j, ok && g.history[j].Connection == g.history[i].Connection
	}
	i, ok := g.seen(func(i int, _ *history.Record) bool { _, ok := next(i); return ok })
	if !ok {
		return nowhere, false
	}
	j, _ := next(i)
	v, _ := want(history.Reorder, g.history[i].Event.Conversation, g.history[i].Event.Message.Index)
	g.history[i].Event, g.history[j].Event = g.history[j].Event, g.history[i].Event
	return v, true
}

// eventDropped is a gap in what comes live: noticed where the next message comes live too.
func eventDropped(g *ground) (history.Violation, bool) {
	i, ok := g.seen(func(i int, r *history.Record) bool {
		j, ok := g.later(i, func(e *history.Event) bool {
			return slices.Contains([]string{"messageAdded", "conversationReplayed"}, e.Name)
		})
		return ok && !r.Event.Replay && shows(&g.history[j]) && !g.history[j].Event.Replay
	})
	if !ok {
		return nowhere, false
	}
	r := g.history[i]
	g.drop(i)
	return want(history.Hole, r.Event.Conversation, r.Event.Message.Index)
}

func shownAfterLeft(g *ground) (history.Violation, bool) {
	i, ok := g.find(func(_ int, r *history.Record) bool {
		return r.What == history.Saw && r.Event.Name == "conversationLeft"
	})
	if !ok {
		return nowhere, false
	}
	left := g.history[i]
	j, ok := g.find(func(_ int, r *history.Record) bool {
		return shows(r) && r.Event.Conversation == left.Event.Conversation
	})
	if !ok {
		return nowhere, false
	}
	e := *g.history[j].Event
	g.insert(i+1, history.Record{What: history.Saw, Client: left.Client, Connection: left.Connection, Event: &e})
	return want(history.AfterRemoval, e.Conversation, e.Message.Index)
}

// shownAfterRemoval is a hub that never heard of a removal: the client is not told, and gets what is sent after it.
func shownAfterRemoval(g *ground) (history.Violation, bool) {
	i, ok := g.find(func(i int, r *history.Record) bool {
		_, ok := g.sentAfter(i, r)
		return ok
	})
	if !ok {
		return nowhere, false
	}
	out := *g.call(g.history[i].Op)
	j, _ := g.sentAfter(i, &g.history[i])
	m := *g.history[j].Message
	g.insert(j+1, history.Record{What: history.Saw, Client: out.Call.Who, Event: &history.Event{
		Name: "messageAdded", Conversation: out.Call.Conversation, Revision: int64(len(g.history)), Message: &m,
	}})
	g.history = slices.DeleteFunc(g.history, func(r history.Record) bool {
		return r.What == history.Saw && r.Client == out.Call.Who && r.Event.Name == "conversationLeft"
	})
	return want(history.AfterRemoval, out.Call.Conversation, m.Index)
}

// sentAfter gives the place of the acknowledgement of a message that was sent after a removal was acknowledged, and
// acknowledged before anybody came back.
func (g *ground) sentAfter(i int, r *history.Record) (int, bool) {
	if r.What != history.Acked || g.call(r.Op).Call.Action != history.Remove {
		return 0, false
	}
	out := g.call(r.Op).Call
	for j := range g.history[:i] {
		if o := &g.history[j]; o.What == history.Unknown && g.call(o.Op).Call.Action == history.Add && g.call(o.Op).Call.Who == out.Who {
			return 0, false // it may take effect at any time
		}
	}
	for j := i + 1; j < len(g.history); j++ {
		next := &g.history[j]
		if next.Call != nil && next.Call.Action == history.Add && next.Call.Who == out.Who && next.Call.Conversation == out.Conversation {
			break
		}
		if next.What != history.Acked || next.Message == nil {
			continue
		}
		if c := g.call(next.Op); c.Call.Conversation == out.Conversation && c.At > r.At {
			return j, true
		}
	}
	return 0, false
}

// replayed fits what a client saw in a replay, before an event of the same connection that fits next.
func (g *ground) replayed(next func(*history.Event) bool) (int, bool) {
	return g.seen(func(i int, r *history.Record) bool {
		j, ok := g.later(i, func(e *history.Event) bool {
			return slices.Contains([]string{"messageAdded", "conversationReplayed"}, e.Name)
		})
		return ok && r.Event.Replay && g.history[j].Connection == r.Connection && next(g.history[j].Event)
	})
}

func replayHole(g *ground) (history.Violation, bool) {
	i, ok := g.replayed(func(e *history.Event) bool { return e.Name == "messageAdded" && e.Replay })
	if !ok {
		return nowhere, false
	}
	r := g.history[i]
	g.drop(i)
	return want(history.PartialReplay, r.Event.Conversation, r.Event.Message.Index)
}

func replayCut(g *ground) (history.Violation, bool) {
	i, ok := g.replayed(isNamed("conversationReplayed"))
	if !ok {
		return nowhere, false
	}
	r := g.history[i]
	g.drop(i)
	return want(history.PartialReplay, r.Event.Conversation, r.Event.Message.Index)
}

func replayUnended(g *ground) (history.Violation, bool) {
	i, ok := g.find(func(i int, r *history.Record) bool {
		return r.What == history.Saw && r.Event.Name == "conversationReplayed" && slices.ContainsFunc(g.history[i:], func(o history.Record) bool {
			return o.What == history.Saw && o.Client == r.Client && o.Connection == r.Connection && o.Event.Name == "resumed"
		})
	})
	if !ok {
		return nowhere, false
	}
	r := g.history[i]
	g.drop(i)
	return want(history.PartialReplay, r.Event.Conversation, anyIndex)
}

func otherBody(g *ground) (history.Violation, bool) {
	i, ok := g.seen(func(_ int, r *history.Record) bool {
		return !slices.ContainsFunc(g.history, func(o history.Record) bool {
			return o.Call != nil && o.Call.Action == history.Edit && o.Call.Message.Index == r.Event.Message.Index
		})
	})
	if !ok {
		return nowhere, false
	}
	r := g.history[i]
	r.Event.Message.Body = "forged"
	return want(history.Disagreement, r.Event.Conversation, r.Event.Message.Index)
}

func refusedAndShown(g *ground) (history.Violation, bool) {
	i, ok := g.find(func(_ int, r *history.Record) bool {
		return r.What == history.Refused && g.call(r.Op).Call.Action == history.Send
	})
	if !ok {
		return nowhere, false
	}
	c := *g.call(g.history[i].Op)
	m := *c.Call.Message
	m.Author, m.SID, m.Index = c.Client, "IM-refused", 1000
	g.insert(i, history.Record{What: history.Saw, Client: "user0", Event: &history.Event{
		Name: "messageAdded", Conversation: c.Call.Conversation, Revision: int64(len(g.history)), Message: &m,
	}})
	return want(history.Contradiction, c.Call.Conversation, m.Index)
}

// shownNotStored is a message that was delivered before it was durable. Nobody was promised it.
func shownNotStored(g *ground) (history.Violation, bool) {
	i, ok := g.find(func(_ int, r *history.Record) bool { return r.What == history.Settled })
	if !ok {
		return nowhere, false
	}
	r := g.history[i]
	m := history.Message{Index: 1000, SID: "IM-gone", Author: r.Client, Nonce: "gone"}
	g.insert(i, history.Record{What: history.Saw, Client: r.Client, Event: &history.Event{
		Name: "messageAdded", Conversation: r.Conversation, Revision: int64(len(g.history)), Message: &m,
	}})
	return want(history.Phantom, r.Conversation, m.Index)
}

func revisionAgain(g *ground) (history.Violation, bool) {
	i, ok := g.find(func(_ int, r *history.Record) bool {
		return r.What == history.Saw && r.Event.Name == "participantJoined"
	})
	if !ok {
		return nowhere, false
	}
	r := g.history[i]
	g.insert(i+1, r)
	return want(history.Revision, r.Event.Conversation, anyIndex)
}

// endUnseen drops the last that a client saw of a conversation.
func endUnseen(g *ground) (history.Violation, bool) {
	i, ok := g.seen(func(i int, r *history.Record) bool {
		_, more := g.later(i, func(*history.Event) bool { return true })
		return !more && slices.ContainsFunc(g.history, func(o history.Record) bool {
			return o.What == history.Settled && o.Client == r.Client && o.Conversation == r.Event.Conversation
		})
	})
	if !ok {
		return nowhere, false
	}
	r := g.history[i]
	g.drop(i)
	return want(history.Unseen, r.Event.Conversation, r.Event.Message.Index)
}
