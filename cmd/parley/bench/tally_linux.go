package bench

import (
	"fmt"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// tally is what was seen so far.
type tally struct {
	deliveries, acks              int64
	repeated, misordered, skipped int64                      // skipped are those that others overtook and that did not come yet
	recording                     bool                       // the series of a phase
	timing                        bool                       // its latencies
	latency                       [2]*hdrhistogram.Histogram // on the sender's hub, and across hubs; microseconds
	series                        []Second
	second                        time.Duration // when the next of the series begins
	before                        usage
	seconds                       int64 // deliveries at the beginning of the second
}

// mostLatency is the longest latency that is told apart, a minute.
const mostLatency = int64(time.Minute / time.Microsecond)

func newHistogram() *hdrhistogram.Histogram { return hdrhistogram.New(1, mostLatency, 3) }

// delivered checks one delivery, and counts it.
func (f *fleet) delivered(c *conn, a added) {
	f.deliveries++
	c.revision = a.revision
	switch {
	case a.index == c.next:
		c.next++
	case a.index > c.next:
		if c.missing == nil {
			c.missing = map[int64]struct{}{}
		}
		for i := c.next; i < a.index; i++ {
			c.missing[i] = struct{}{}
		}
		f.skipped += a.index - c.next
		c.next = a.index + 1
	default:
		if _, late := c.missing[a.index]; !late {
			f.repeated++
			return
		}
		delete(c.missing, a.index)
		f.skipped--
		f.misordered++
	}
	if f.timing {
		where := 0
		if c.door.hub != c.room.sender.door.hub {
			where = 1
		}
		took := min(max(1, (int64(f.loop.now)-a.due)/int64(time.Microsecond)), mostLatency)
		f.latency[where].RecordValue(took) //nolint:errcheck // it is within the bounds
	}
	c.room.seen++
	if f.onSeen != nil {
		f.onSeen(c.room)
	}
}

func (f *fleet) acked(*conn) { f.acks++ }

// draft is the parameters of a message that was due at a time.
func (f *fleet) draft(r *room, due int64) string {
	return fmt.Sprintf(`{"conversation":%q,"body":"%0*d%s","nonce":"%d"}`, r.sid, dueDigits, due, f.padding, r.sent)
}

// lost is how many deliveries are missing of all that was sent.
func (f *fleet) lost() int64 {
	n := f.skipped
	for _, r := range f.rooms {
		for _, c := range r.members {
			n += max(0, r.sent-c.next)
		}
	}
	return n
}

// settled reports whether everybody has all that was sent.
func (f *fleet) settled() bool {
	for _, r := range f.rooms {
		if r.seen < r.sent*int64(len(r.members)) {
			return false
		}
	}
	return true
}

// patience is how long nothing may come while something is missing: then it is lost.
var patience = 10 * time.Second // tests have less

// settle waits until everybody has everything. That it does not come about is told by what is lost.
func (f *fleet) settle() error {
	late, seen := f.loop.clock()+patience, f.deliveries
	for !f.settled() && f.loop.clock() < late {
		if err := f.step(late - f.loop.clock()); err != nil {
			return err
		}
		if f.deliveries > seen {
			late, seen = f.loop.clock()+patience, f.deliveries
		}
	}
	return nil
}
