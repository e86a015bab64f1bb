package hub

import (
	"fmt"
	"testing"
)

// stub encodes events as fixed bytes: what is measured here is the fan-out alone.
type stub struct{ bytes []byte }

func (s stub) Event([]byte, *Event, bool) []byte   { return s.bytes }
func (s stub) Notice(dst []byte, _ *Notice) []byte { return append(dst, '{', '}') }
func (s stub) Signal(dst []byte, _ *Signal) []byte { return append(dst, '{', '}') }
func (s stub) Absent(dst, _ []byte) []byte         { return append(dst, '{', '}') }

// sleeper is a subscriber that counts how often it was woken.
type sleeper struct{ woken int }

func (s *sleeper) Wake()  { s.woken++ }
func (*sleeper) End(Code) {}

// crowd is a room with n attached feeds, without a store.
func crowd(n int) (*Hub, *room, []*Feed) {
	h := &Hub{enc: stub{bytes: make([]byte, 300)}}
	h.config.setDefaults()
	h.log = h.config.Logger
	h.presence.init()
	h.epoch.Store(&epoch{})
	h.rooms.init(&h.counters.ringBytes)
	sid := NewConversationSID()
	var feeds []*Feed
	var r *room
	for range n {
		f := h.NewFeed(&sleeper{})
		r = h.hold("IS", sid)
		f.take(&cursor{feed: f, room: r}, 0, 0, nil)
		feeds = append(feeds, f)
	}
	h.sync(r, 0, false)
	return h, r, feeds
}

// TestFanOutAllocatesNothing guards the hot path: putting an event into a full ring, waking everybody, and
// taking it.
func TestFanOutAllocatesNothing(t *testing.T) {
	h, r, feeds := crowd(100)
	b := &Batch{Bytes: make([]byte, 0, 64<<10), Limit: 64 << 10}
	rev := Revision(0)
	e := &packet{kind: packetEvent, conversation: r.sid, bytes: make([]byte, 300)}
	deliver := func() {
		rev++
		e.revision = rev
		h.deliver(r, e)
	}
	taken := 0
	flush := func() {
		for _, f := range feeds {
			for b.Reset(0); ; b.Reset(0) {
				if f.Take(b); b.Count == 0 {
					break
				}
				taken += b.Count
			}
		}
	}
	for range 2 * h.config.RingEvents { // fill the ring
		deliver()
		flush()
	}
	before := taken
	if n := testing.AllocsPerRun(100, func() { deliver(); flush() }); n != 0 {
		t.Errorf("one event to %d sessions allocates %v times", len(feeds), n)
	}
	if got := taken - before; got != 101*len(feeds) {
		t.Errorf("%d events were taken, want %d: the guard measured something else", got, 101*len(feeds))
	}
	if n := testing.AllocsPerRun(100, r.wake); n != 0 {
		t.Errorf("waking allocates %v times", n)
	}
}

func BenchmarkDeliver(b *testing.B) {
	for _, n := range []int{1, 100, 1000, 10000} {
		b.Run(fmt.Sprintf("subscribers=%d", n), func(b *testing.B) {
			h, r, _ := crowd(n)
			e := &packet{kind: packetEvent, conversation: r.sid, bytes: make([]byte, 300)}
			for b.Loop() {
				e.revision++
				h.deliver(r, e)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/subscriber")
		})
	}
}

func BenchmarkFlush(b *testing.B) {
	h, r, feeds := crowd(1000)
	batch := &Batch{Bytes: make([]byte, 0, 64<<10), Limit: 64 << 10}
	e := &packet{kind: packetEvent, conversation: r.sid, bytes: make([]byte, 300)}
	for b.Loop() {
		e.revision++
		h.deliver(r, e)
		for _, f := range feeds {
			for batch.Reset(0); ; batch.Reset(0) {
				if f.Take(batch); batch.Count == 0 {
					break
				}
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/delivery")
}
