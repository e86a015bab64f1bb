package history

import (
	"math"
	"slices"
)

// never is the time of an outcome that did not come.
const never = int64(math.MaxInt64)

// call is a call with its outcome.
type call struct {
	Call
	client  string
	invoked int64
	ended   int64 // never where the outcome is unknown
	outcome What
	ack     *Message // of an acknowledged message
}

// may reports whether the call had or could have had its effect.
func (c *call) may() bool { return c.outcome != Refused }

// admits reports whether a move brings somebody in rather than out.
func (c *call) admits() bool { return c.Action == Add || c.Action == Join }

// thread is what is known of one conversation.
type thread struct {
	sid     string
	sends   []*call // in the order of their calls
	moves   []*call // joins, leaves, additions and removals
	deletes map[int64][]*call
	edited  map[int64]bool
	byNonce map[author]*call
	read    *Record           // the last one
	stored  map[int64]Message // what was read, by index
	born    map[int64]int64   // revision at which clients saw a message added, by index
}

// author is whose nonce it is.
type author struct{ identity, nonce string }

// ledger is a history put in order, and the violations that the judges find in it.
type ledger struct {
	history History
	threads map[string]*thread
	order   []string           // conversations as they come up
	began   map[string][]int64 // each client's connections
	found   []Violation
}

func (l *ledger) report(v Violation) { l.found = append(l.found, v) }

// newLedger sorts a history by conversation.
func newLedger(h History) *ledger {
	l := &ledger{history: h, threads: map[string]*thread{}, began: map[string][]int64{}}
	open := map[int64]*call{}
	for i := range h {
		switch r := &h[i]; r.What {
		case Invoked:
			open[r.Op] = l.invoked(r)
		case Acked, Refused, Unknown:
			if c := open[r.Op]; c != nil {
				c.end(r)
				delete(open, r.Op)
			}
		case Saw:
			if e := r.Event; e.Name == messageAdded {
				l.thread(e.Conversation).born[e.Message.Index] = e.Revision
			}
		case Read:
			l.thread(r.Conversation).keep(r)
		case Connects:
			l.began[r.Client] = append(l.began[r.Client], r.At)
		case Settled:
		}
	}
	return l
}

func (l *ledger) thread(sid string) *thread {
	t := l.threads[sid]
	if t == nil {
		t = &thread{
			sid: sid, deletes: map[int64][]*call{}, edited: map[int64]bool{}, byNonce: map[author]*call{},
			stored: map[int64]Message{}, born: map[int64]int64{},
		}
		l.threads[sid] = t
		l.order = append(l.order, sid)
	}
	return t
}

func (l *ledger) invoked(r *Record) *call {
	c := &call{Call: *r.Call, client: r.Client, invoked: r.At, ended: never, outcome: Unknown}
	t := l.thread(c.Conversation)
	switch c.Action {
	case Send:
		t.sends = append(t.sends, c)
		t.byNonce[author{identity(c.client), c.Message.Nonce}] = c
	case Edit:
		t.edited[c.Message.Index] = true
	case Delete:
		t.deletes[c.Message.Index] = append(t.deletes[c.Message.Index], c)
	case Join, Leave, Add, Remove:
		if c.Who == "" {
			c.Who = identity(c.client)
		}
		t.moves = append(t.moves, c)
	}
	return c
}

func (c *call) end(r *Record) {
	c.outcome = r.What
	if r.What != Unknown {
		c.ended = r.At
	}
	c.ack = r.Message
}

func (t *thread) keep(r *Record) {
	t.read = r
	clear(t.stored)
	for _, m := range r.Messages {
		t.stored[m.Index] = m
	}
}

// mayBeGone reports whether a message may be missing because it was deleted.
func (t *thread) mayBeGone(index int64) bool {
	return slices.ContainsFunc(t.deletes[index], (*call).may)
}

// missing is the first index of from <= i < to that must be there, and how many are, given that none of them is.
func (t *thread) missing(from, to int64) (first, count int64) {
	first = -1
	for i := from; i < to; i++ {
		if t.mayBeGone(i) {
			continue
		}
		if first < 0 {
			first = i
		}
		count++
	}
	return first, count
}
