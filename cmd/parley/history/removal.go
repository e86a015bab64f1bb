package history

// judgeRemovals finds what was sent after a removal had been acknowledged and reached whom it removed, or was sent by them
// and accepted, before they may have been back: then they may read all of it.
func (l *ledger) judgeRemovals() {
	seen := l.sights()
	for _, sid := range l.order {
		t := l.threads[sid]
		for _, out := range t.moves {
			if out.outcome == Acked && !out.admits() {
				l.judgeRemoval(t, out, seen)
			}
		}
	}
}

// sight is a message as one identity saw it.
type sight struct{ conversation, identity, sid string }

// sights is the records of messages that were seen.
func (l *ledger) sights() map[sight]*Record {
	seen := map[sight]*Record{}
	for i := range l.history {
		if r := &l.history[i]; r.What == Saw && r.Event.Name == messageAdded {
			seen[sight{r.Event.Conversation, identity(r.Client), r.Event.Message.SID}] = r
		}
	}
	return seen
}

func (l *ledger) judgeRemoval(t *thread, out *call, seen map[sight]*Record) {
	back := t.back(out)
	for _, c := range t.sends {
		if c.ack == nil || c.invoked < out.ended || c.ended > back {
			continue
		}
		if identity(c.client) == out.Who {
			bad := Violation{Conversation: t.sid, Client: c.client, Index: c.ack.Index, At: []int64{out.invoked, out.ended, c.invoked, c.ended}}
			l.reportAs(bad, AfterRemoval, "%q was accepted after the %s of its author had been acknowledged", c.Message.Nonce, out.Action)
		}
		if r := seen[sight{t.sid, out.Who, c.ack.SID}]; r != nil && r.At < back {
			bad := Violation{
				Conversation: t.sid, Client: r.Client, Connection: r.Connection, Index: c.ack.Index,
				At: []int64{out.invoked, out.ended, c.invoked, r.At},
			}
			l.reportAs(bad, AfterRemoval, "%q of %s was sent after the %s of %s had been acknowledged", c.Message.Nonce, c.client, out.Action, out.Who)
		}
	}
}

// back is when somebody may have come back: the first call that admits them and was not over when they were removed.
func (t *thread) back(out *call) int64 {
	at := never
	for _, in := range t.moves {
		if in.Who == out.Who && in.admits() && in.may() && in.ended > out.invoked {
			at = min(at, in.invoked)
		}
	}
	return at
}
