package hub

import (
	"sync"
	"sync/atomic"
	"time"
)

const roomShards = 64

// roomTable finds rooms by conversation.
type roomTable struct {
	held   *atomic.Int64 // bytes in all rings
	shards [roomShards]struct {
		mu    sync.Mutex
		rooms map[ConversationSID]*room
	}
}

func (t *roomTable) init(held *atomic.Int64) {
	t.held = held
	for i := range t.shards {
		t.shards[i].rooms = map[ConversationSID]*room{}
	}
}

// shard picks by the last two hex digits: they are random in a UUIDv7.
func (t *roomTable) shard(sid ConversationSID) int {
	if len(sid) < 2 {
		return 0
	}
	return int(hexDigit(sid[len(sid)-2])<<4|hexDigit(sid[len(sid)-1])) % roomShards
}

func hexDigit(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return (c | 0x20) - 'a' + 10
}

// find is the room, nil where nobody here is subscribed.
func (t *roomTable) find(sid ConversationSID) *room {
	s := &t.shards[t.shard(sid)]
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rooms[sid]
}

// hold finds or makes the room and keeps it until release. A new one is not synced.
func (t *roomTable) hold(service ServiceSID, sid ConversationSID) (r *room, made bool) {
	s := &t.shards[t.shard(sid)]
	s.mu.Lock()
	defer s.mu.Unlock()
	if r = s.rooms[sid]; r == nil {
		r, made = &room{sid: sid, service: service, touched: time.Now()}, true
		s.rooms[sid] = r
	}
	r.refs++
	return r, made
}

// release gives back what hold gave, and reports whether it was the last: then the room has ended.
func (t *roomTable) release(r *room) (ended bool) {
	s := &t.shards[t.shard(r.sid)]
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.refs--; r.refs > 0 {
		return false
	}
	if s.rooms[r.sid] == r { // else it was given up, and another has its place
		delete(s.rooms, r.sid)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true // a delivery that found the room before must not fill its ring
	t.held.Add(-int64(r.ring.reset(r.ring.head)))
	return true
}

// all gathers the rooms there are; the list is a moment's.
func (t *roomTable) all() []*room {
	var all []*room
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.Lock()
		for _, r := range s.rooms {
			all = append(all, r)
		}
		s.mu.Unlock()
	}
	return all
}

// giveUp ends all rooms at once without a word: what they know is of a history that was replaced. Sessions that were in
// them get nothing more; those that come find new ones.
func (t *roomTable) giveUp() {
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.Lock()
		for sid, r := range s.rooms {
			delete(s.rooms, sid)
			r.mu.Lock()
			r.ended = true
			t.held.Add(-int64(r.ring.reset(r.ring.head)))
			r.mu.Unlock()
		}
		s.mu.Unlock()
	}
}
