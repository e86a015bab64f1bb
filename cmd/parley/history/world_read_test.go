package history_test

import "parley/cmd/parley/history"

func (w *world) cut(c *client) { c.up = false }

// connect brings a client back: what it was in and is not any more it has left, what it is new in it has joined, and of
// the rest it is told what changed, or to read afresh.
func (w *world) connect(c *client) {
	if c.up {
		return
	}
	c.up, c.replay = true, map[*thread]int64{}
	var afresh, out, joined []*thread
	var begin history.Connected
	for _, t := range w.threads {
		position, known := c.position[t]
		since, in := t.members[c.name], t.members[c.name] > 0
		switch {
		case known && !in:
			out = append(out, t)
		case in && !known:
			joined = append(joined, t)
		case in && (position < since || position < t.revision() && w.sometimes(8)):
			afresh = append(afresh, t)
			begin.Replaying = append(begin.Replaying, t.sid)
		case in && position < t.revision():
			c.replay[t] = t.revision()
			begin.Replaying = append(begin.Replaying, t.sid)
		}
		if in {
			begin.Heads = append(begin.Heads, history.Head{Conversation: t.sid, Revision: t.revision(), Last: t.last()})
		}
	}
	w.record.Connected(c.name, begin)
	c.owes = false
	for _, t := range out {
		w.left(c, t, 0)
	}
	for _, t := range afresh {
		w.begin(c, t, "conversationReset")
	}
	for _, t := range joined {
		w.begin(c, t, "conversationJoined")
	}
	c.owes = true
	w.paid(c)
}

// begin gives a client the present state as its position.
func (w *world) begin(c *client, t *thread, name string) {
	w.record.Saw(c.name, history.Event{Name: name, Conversation: t.sid, Revision: t.revision(), Replay: true, Last: t.last()})
	c.position[t] = t.revision()
}

// paid says that all replays are out, if they are.
func (w *world) paid(c *client) {
	if c.owes && len(c.replay) == 0 {
		c.owes = false
		w.record.Saw(c.name, history.Event{Name: "resumed"})
	}
}

// deliver gives a client the next event of a thread. It reports whether there was one.
func (w *world) deliver(c *client, t *thread) bool {
	position, known := c.position[t]
	if !known || !c.up {
		return false
	}
	until, replays := c.replay[t]
	if !replays && position == t.revision() {
		return false
	}
	if replays && position >= until {
		w.replayed(c, t, until)
		return true
	}
	e := t.log[position]
	c.position[t]++
	if t.shows(e, replays) {
		ev := history.Event{Name: e.name, Conversation: t.sid, Revision: c.position[t], Replay: replays}
		if e.who == "" {
			m := t.messages[e.index]
			ev.Message = &m
		}
		w.record.Saw(c.name, ev)
	}
	return true
}

// shows reports whether an event comes at all: in a replay what was deleted by its end does not. The model replays the
// later ones one by one, which the protocol would merge; both are correct.
func (t *thread) shows(e entry, replays bool) bool {
	return !replays || e.name != "messageAdded" || !t.deleted[e.index]
}

func (w *world) replayed(c *client, t *thread, until int64) {
	last := int64(-1)
	for _, e := range t.log[:until] {
		if e.name == "messageAdded" && !t.deleted[e.index] {
			last = e.index
		}
	}
	delete(c.replay, t)
	w.record.Saw(c.name, history.Event{Name: "conversationReplayed", Conversation: t.sid, Revision: until, Last: last})
	w.paid(c)
}
