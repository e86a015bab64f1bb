package history

import "fmt"

// judgeStored holds what was read in the end against itself and against what was sent.
func (l *ledger) judgeStored(t *thread) {
	if t.read == nil {
		return
	}
	next := int64(0)
	sids, nonces := map[string]int64{}, map[author]int64{}
	for _, m := range t.read.Messages {
		bad := Violation{Conversation: t.sid, Index: m.Index, At: []int64{t.read.At}}
		switch first, count := t.missing(next, m.Index); {
		case m.Index == next-1:
			l.reportAs(bad, Duplicate, "the read gives this index twice")
		case m.Index < next:
			l.reportAs(bad, Reorder, "the read gives it behind index %d", next-1)
		case count > 0:
			bad.Index = first
			l.reportAs(bad, Hole, "the store has nothing at %d indexes from here on, the next is %d", count, m.Index)
		}
		next = max(next, m.Index+1)
		bad.Index = m.Index
		l.judgeTwice(bad, m, sids, nonces)
		l.judgeOrigin(t, bad, m)
	}
}

func (l *ledger) reportAs(v Violation, kind Kind, format string, args ...any) {
	v.Kind, v.Detail = kind, fmt.Sprintf(format, args...)
	l.report(v)
}

// judgeTwice finds a message that is stored under two indexes.
func (l *ledger) judgeTwice(bad Violation, m Message, sids map[string]int64, nonces map[author]int64) {
	key := author{m.Author, m.Nonce}
	at, twice := nonces[key]
	if !twice || m.Nonce == "" {
		at, twice = sids[m.SID]
	}
	if twice {
		l.reportAs(bad, Duplicate, "%s (nonce %q of %s) is stored at index %d as well", m.SID, m.Nonce, m.Author, at)
	}
	sids[m.SID], nonces[key] = m.Index, m.Index
}

// judgeOrigin holds a stored message against the call that it came from.
func (l *ledger) judgeOrigin(t *thread, bad Violation, m Message) {
	for _, d := range t.deletes[m.Index] {
		if d.outcome == Acked {
			bad := bad
			bad.At = []int64{d.invoked, d.ended, t.read.At}
			l.reportAs(bad, Contradiction, "its deletion was acknowledged")
		}
	}
	c := t.byNonce[author{m.Author, m.Nonce}]
	switch {
	case c == nil:
		l.reportAs(bad, Phantom, "nobody sent %q (nonce %q of %s)", m.Body, m.Nonce, m.Author)
		return
	case c.outcome == Refused:
		bad.At = append(bad.At, c.invoked, c.ended)
		l.reportAs(bad, Contradiction, "nonce %q of %s was refused", m.Nonce, m.Author)
	case m.Body != c.Message.Body && !t.edited[m.Index]:
		bad.At = append(bad.At, c.invoked)
		l.reportAs(bad, Disagreement, "the store has %q, sent was %q", m.Body, c.Message.Body)
	}
}

// judgeAcks finds acknowledged messages that are not where they were acknowledged.
func (l *ledger) judgeAcks(t *thread) {
	where := map[author]Message{}
	if t.read != nil {
		for _, m := range t.read.Messages {
			where[author{m.Author, m.Nonce}] = m
		}
	}
	for _, c := range t.sends {
		if c.ack == nil {
			continue
		}
		bad := Violation{Conversation: t.sid, Index: c.ack.Index, At: []int64{c.invoked, c.ended}}
		switch m, ok := where[author{identity(c.client), c.Message.Nonce}]; {
		case t.read == nil:
			l.reportAs(bad, Lost, "nonce %q of %s was acknowledged; the conversation was not read in the end", c.Message.Nonce, c.client)
		case !ok && !t.mayBeGone(c.ack.Index):
			l.reportAs(bad, Lost, "nonce %q of %s was acknowledged as %s and is not in the store", c.Message.Nonce, c.client, c.ack.SID)
		case ok && (m.Index != c.ack.Index || m.SID != c.ack.SID):
			l.reportAs(bad, Disagreement, "nonce %q of %s was acknowledged as %s, and is stored as %s at %d", c.Message.Nonce, c.client, c.ack.SID, m.SID, m.Index)
		}
	}
}
