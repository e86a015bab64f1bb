package hub

import (
	"maps"
	"sync"
	"sync/atomic"
	"time"
)

// counters is what the hub counts about itself, and the small channels its own goroutines wake by.
type counters struct {
	events     atomic.Int64 // put into a ring
	deliveries atomic.Int64 // messages taken by sessions from rooms
	loads      atomic.Int64 // pages read from the store for those who are behind
	shared     atomic.Int64 // pages that one had read and another took
	gaps       atomic.Int64 // rooms whose missed events were read
	found      atomic.Int64 // rooms and users that comparing with the store found behind
	collected  atomic.Int64 // media whose content was deleted
	unknown    atomic.Int64 // payloads that made no sense
	ringBytes  atomic.Int64
	batches    atomic.Int64
	ops        atomic.Int64
	commitTime atomic.Int64 // nanoseconds
	uncertain  atomic.Bool
	indexed    atomic.Int64 // messages put into the index of words, or taken out
	overlooked atomic.Bool  // more waits to be indexed than is known
	indexing   atomic.Int32 // steps that are under way
	surveyed   atomic.Bool  // what hubs left behind that were killed is known

	pulsing roomSet
	armed   chan struct{} // size 1
	keep    chan struct{} // size 1

	mu        sync.Mutex
	errors    map[Code]int64
	latencies [len(LatencyBounds) + 1]int64
	sizes     [len(SizeBounds) + 1]int64
}

// LatencyBounds are the upper bounds, in seconds, of the buckets of commit latencies.
var LatencyBounds = [...]float64{.001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 5}

// SizeBounds are the upper bounds of the buckets of commit sizes, in commands.
var SizeBounds = [...]float64{1, 2, 4, 8, 16, 32, 64, 128, 256, 512}

func (c *counters) committed(ops int, took time.Duration) {
	c.batches.Add(1)
	c.ops.Add(int64(ops))
	c.commitTime.Add(int64(took))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.latencies[bucket(LatencyBounds[:], took.Seconds())]++
	c.sizes[bucket(SizeBounds[:], float64(ops))]++
}

func bucket(bounds []float64, v float64) int {
	for i, b := range bounds {
		if v <= b {
			return i
		}
	}
	return len(bounds)
}

func (c *counters) failed(code Code) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.errors == nil {
		c.errors = map[Code]int64{}
	}
	c.errors[code]++
}

// Stats is a moment's figures of a hub.
type Stats struct {
	Rooms, Cursors, Feeds, Users int64
	RingEvents, RingBytes        int64
	Waiting                      int64         // commands that wait for a commit
	Unindexed                    int64         // conversations that wait to be indexed
	IndexLate                    time.Duration // for how long the first of them has been due
	Lag                          int64         // events by which the session that is farthest behind is behind

	// Since the start.
	Events, Deliveries, Loads int64
	Shared                    int64 // pages that were read for one session and served others
	Gaps                      int64 // rooms whose missed events were read
	Found                     int64 // rooms and users that were behind when they were compared with the store
	CollectedMedia            int64 // media whose content was deleted
	Unknown                   int64 // payloads of other hubs that made no sense
	Indexed                   int64 // messages put into the index of words, or taken out
	Commits, Commands         int64
	CommitSeconds             float64
	CommitLatency             []int64 // by LatencyBounds, the last for all above
	CommitSize                []int64 // by SizeBounds, likewise
	Errors                    map[Code]int64
}

// Stats gathers the hub's figures. It looks at every cursor.
func (h *Hub) Stats() Stats {
	c := &h.counters
	s := Stats{
		RingBytes: c.ringBytes.Load(), Waiting: int64(h.committer.waiting()),
		Events: c.events.Load(), Deliveries: c.deliveries.Load(), Loads: c.loads.Load(),
		Shared: c.shared.Load(), Gaps: c.gaps.Load(), Found: c.found.Load(), Unknown: c.unknown.Load(), CollectedMedia: c.collected.Load(),
		Unindexed: int64(h.unindexed.size()), IndexLate: h.unindexed.late(), Indexed: c.indexed.Load(),
		Commits: c.batches.Load(), Commands: c.ops.Load(),
		CommitSeconds: time.Duration(c.commitTime.Load()).Seconds(),
		Errors:        map[Code]int64{},
	}
	for _, r := range h.rooms.all() {
		s.Rooms++
		r.mu.RLock()
		s.Cursors += int64(len(r.cursors))
		s.RingEvents += int64(r.ring.n)
		for _, c := range r.cursors {
			s.Lag = max(s.Lag, int64(r.ring.head)-c.pos.Load())
		}
		r.mu.RUnlock()
	}
	h.presence.mu.Lock()
	for _, u := range h.presence.users {
		if s.Feeds += int64(len(u.feeds)); len(u.feeds) > 0 {
			s.Users++
		}
	}
	h.presence.mu.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	s.CommitLatency, s.CommitSize = append([]int64(nil), c.latencies[:]...), append([]int64(nil), c.sizes[:]...)
	maps.Copy(s.Errors, c.errors)
	return s
}
