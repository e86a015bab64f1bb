package history

// A claim is what somebody says is at an index.
type claim struct {
	sid, body string
	client    string // "" for the store
	at        int64
}

// spot is an index of a conversation.
type spot struct {
	conversation string
	index        int64
}

// judgeAgreement holds what clients saw against each other, the acknowledgements and the store.
func (l *ledger) judgeAgreement() {
	said := map[spot]claim{}
	for _, sid := range l.order {
		t := l.threads[sid]
		for index, m := range t.stored {
			said[spot{sid, index}] = claim{sid: m.SID, body: m.Body, at: t.read.At}
		}
	}
	for i := range l.history {
		r := &l.history[i]
		if r.What == Saw && r.Event.Name == messageAdded {
			l.judgeClaim(said, r)
		}
	}
}

// judgeClaim holds one sight against what was said of its index before.
func (l *ledger) judgeClaim(said map[spot]claim, r *Record) {
	m, t := r.Event.Message, l.threads[r.Event.Conversation]
	bad := Violation{Conversation: t.sid, Client: r.Client, Connection: r.Connection, Index: m.Index, At: []int64{r.At}}
	if c := t.byNonce[author{m.Author, m.Nonce}]; m.Nonce != "" && c != nil && c.outcome == Refused {
		bad.At = append(bad.At, c.invoked, c.ended)
		l.reportAs(bad, Contradiction, "nonce %q of %s was refused, and shown", m.Nonce, m.Author)
		return
	}
	before, ok := said[spot{t.sid, m.Index}]
	switch {
	case !ok && t.read != nil && !t.mayBeGone(m.Index):
		l.reportAs(bad, Phantom, "%s %q was shown and is not in the store", m.SID, m.Body)
	case !ok:
	case before.sid != m.SID, before.body != m.Body && !t.edited[m.Index]:
		who := before.client
		if who == "" {
			who = "the store"
		}
		bad.At = append(bad.At, before.at)
		l.reportAs(bad, Disagreement, "it saw %s %q, %s has %s %q", m.SID, m.Body, who, before.sid, before.body)
		return
	}
	if !ok {
		said[spot{t.sid, m.Index}] = claim{m.SID, m.Body, r.Client, r.At}
	}
}
