package history

// Verify judges a history. Nothing is returned for one that keeps every promise.
func (h History) Verify() []Violation {
	l := newLedger(h)
	for _, sid := range l.order {
		t := l.threads[sid]
		l.judgeStored(t)
		l.judgeAcks(t)
		l.judgeOrder(t)
		l.judgeSessions(t)
	}
	l.judgeAgreement()
	l.judgeStreams()
	l.judgeRemovals()
	return l.found
}
