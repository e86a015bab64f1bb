package history_test

import (
	"fmt"

	"parley/cmd/parley/history"
)

// send hands a message over, whether or not there is a connection.
func (w *world) send(c *client, t *thread) {
	w.nonces++
	m := history.Message{Nonce: fmt.Sprintf("n%d", w.nonces), Author: c.name, Body: fmt.Sprintf("body %d", w.nonces)}
	op := w.record.Invoke(c.name, history.Call{Action: history.Send, Conversation: t.sid, Message: &history.Message{Nonce: m.Nonce, Body: m.Body}})
	c.outbox = append(c.outbox, &sending{op: op, to: t, message: m})
}

// store takes the oldest message of a client that is not stored.
func (w *world) store(c *client) {
	for i, s := range c.outbox {
		if s.stored || !c.up {
			continue
		}
		if s.to.members[c.name] == 0 {
			s.op.Refused("not in it")
			c.outbox = append(c.outbox[:i], c.outbox[i+1:]...)
			return
		}
		s.stored = true
		s.message.Index = int64(len(s.to.messages))
		s.message.SID = fmt.Sprintf("IM-%s-%d", s.to.sid, s.message.Index)
		s.to.messages = append(s.to.messages, s.message)
		s.to.append(entry{name: "messageAdded", index: s.message.Index})
		return
	}
}

// answer acknowledges a stored message; sometimes the client has given it up, stored or not.
func (w *world) answer(c *client) {
	if len(c.outbox) == 0 || !c.up {
		return
	}
	i := w.throw(len(c.outbox))
	s := c.outbox[i]
	switch {
	case w.sometimes(8):
		s.op.Unknown("given up")
	case s.stored:
		s.op.Acked(s.message)
	default:
		return
	}
	c.outbox = append(c.outbox[:i], c.outbox[i+1:]...)
}

// outcome ends a call that had its effect, or had none.
func (w *world) outcome(op *history.Op, happened bool) {
	switch {
	case w.sometimes(4):
		op.Unknown("the connection ended")
	case happened:
		op.Acked(history.Message{})
	default:
		op.Refused("no")
	}
}

func (w *world) delete(t *thread) {
	if len(t.messages) == 0 {
		return
	}
	index := int64(w.throw(len(t.messages)))
	op := w.record.Invoke(w.clients[0].name, history.Call{Action: history.Delete, Conversation: t.sid, Message: &history.Message{Index: index}})
	happens := !t.deleted[index] && !w.sometimes(4)
	if happens {
		t.deleted[index] = true
		t.append(entry{name: "messageRemoved", index: index})
	}
	w.outcome(op, happens)
}

func (w *world) edit(t *thread) {
	if len(t.messages) == 0 {
		return
	}
	index := int64(w.throw(len(t.messages)))
	op := w.record.Invoke(w.clients[0].name, history.Call{Action: history.Edit, Conversation: t.sid, Message: &history.Message{Index: index}})
	happens := !t.deleted[index]
	if happens {
		t.messages[index].Body += "!"
		t.append(entry{name: "messageUpdated", index: index})
	}
	w.outcome(op, happens)
}

// move has the first client remove or add another.
func (w *world) move(t *thread, c *client) {
	if c == w.clients[0] {
		return
	}
	action := history.Add
	if t.members[c.name] > 0 {
		action = history.Remove
	}
	op := w.record.Invoke(w.clients[0].name, history.Call{Action: action, Conversation: t.sid, Who: c.name})
	happens := !w.sometimes(4)
	switch {
	case happens && action == history.Add:
		w.admit(t, c.name)
	case happens:
		w.expel(t, c)
	}
	w.outcome(op, happens)
}

// admit lets somebody in; a client that is connected is told at once.
func (w *world) admit(t *thread, who string) {
	t.append(entry{name: "participantJoined", who: who})
	t.members[who] = t.revision()
	for _, c := range w.clients {
		if c.name == who && c.up {
			c.position[t] = t.revision()
			w.record.Saw(who, history.Event{Name: "conversationJoined", Conversation: t.sid, Revision: t.revision(), Last: t.last()})
		}
	}
}

// expel ends a membership; a client that is connected is told at once, and nothing more.
func (w *world) expel(t *thread, c *client) {
	t.append(entry{name: "participantLeft", who: c.name})
	delete(t.members, c.name)
	if c.up {
		w.left(c, t, t.revision())
	}
}

func (w *world) left(c *client, t *thread, revision int64) {
	w.record.Saw(c.name, history.Event{Name: "conversationLeft", Conversation: t.sid, Revision: revision})
	delete(c.position, t)
	delete(c.replay, t)
	w.paid(c)
}
