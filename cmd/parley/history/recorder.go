package history

import (
	"slices"
	"sync"
)

// Recorder takes a history down. The zero value is ready; all methods may be called by any goroutine.
type Recorder struct {
	mu          sync.Mutex
	records     History
	ops         int64
	connections map[string]int
}

// add appends a record and gives it its time. Locked by the caller.
func (r *Recorder) addLocked(rec Record) {
	rec.At = int64(len(r.records)) + 1
	r.records = append(r.records, rec)
}

func (r *Recorder) add(rec Record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.addLocked(rec)
}

// Op is a call that was begun. One of its methods is to be called, once.
type Op struct {
	recorder *Recorder
	id       int64
	client   string
}

// Invoke begins a call: to be recorded before anything of it can reach the server.
func (r *Recorder) Invoke(client string, c Call) *Op {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ops++
	r.addLocked(Record{What: Invoked, Client: client, Op: r.ops, Call: &c})
	return &Op{recorder: r, id: r.ops, client: client}
}

// Acked says that the call succeeded. Of a message index and sid are given, of other calls the zero Message.
func (o *Op) Acked(m Message) {
	rec := Record{What: Acked, Client: o.client, Op: o.id}
	if m != (Message{}) {
		rec.Message = &m
	}
	o.recorder.add(rec)
}

// Refused says that the call certainly had and will have no effect.
func (o *Op) Refused(why string) {
	o.recorder.add(Record{What: Refused, Client: o.client, Op: o.id, Why: why})
}

// Unknown says that the call may or may not have had its effect.
func (o *Op) Unknown(why string) {
	o.recorder.add(Record{What: Unknown, Client: o.client, Op: o.id, Why: why})
}

// Connected begins a connection: what the client sees from now on came on it.
func (r *Recorder) Connected(client string, c Connected) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.connections == nil {
		r.connections = map[string]int{}
	}
	r.connections[client]++
	r.addLocked(Record{What: Connects, Client: client, Connection: r.connections[client], Connected: &c})
}

// Saw records an event, in the order in which the client saw it.
func (r *Recorder) Saw(client string, e Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.addLocked(Record{What: Saw, Client: client, Connection: r.connections[client], Event: &e})
}

// Read records all messages of a conversation in the order in which the store gave them, when nothing writes any more.
func (r *Recorder) Read(conversation string, messages []Message) {
	r.add(Record{What: Read, Conversation: conversation, Messages: slices.Clone(messages)})
}

// Settled says that the client was given time to see all of a conversation, which it is in.
func (r *Recorder) Settled(client, conversation string) {
	r.add(Record{What: Settled, Client: client, Conversation: conversation})
}

// History is what was recorded so far.
func (r *Recorder) History() History {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.records)
}
