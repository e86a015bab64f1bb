package bench

import (
	"bytes"
	"fmt"
	"time"
)

// history reads the newest 50 messages of a conversation again and again, one page at a time.
func history(f *fleet, r *Result) error {
	if err := f.people(r); err != nil {
		return err
	}
	phase, err := f.measure("pages", func(until time.Duration) { f.read(f.rooms[0], until) })
	if err != nil {
		return err
	}
	r.Phases = []Phase{*phase}
	r.AckedPerS = float64(phase.Acked) / phase.Seconds
	r.P50, r.P90, r.P99, r.Max = phase.P50, phase.P90, phase.P99, phase.Max
	return nil
}

// read reads a page, and the next when it has come.
func (f *fleet) read(r *room, until time.Duration) {
	asked := f.loop.clock()
	last := fmt.Appendf(nil, `"index":%d,`, r.sent-1)
	r.sender.call("message.list", `{"conversation":"`+r.sid+`","page_size":50}`, func(answer []byte) {
		if n := bytes.Count(answer, indexMark); n != min(50, int(r.sent)) || !bytes.Contains(answer, last) {
			f.fail(fmt.Errorf("a page of %d messages that does not end with the newest: %.200q", n, answer))
			return
		}
		f.acks++
		f.latency[0].RecordValue(int64((f.loop.clock() - asked) / time.Microsecond)) //nolint:errcheck // far below a minute
		if f.loop.clock() < until {
			f.read(r, until)
		}
	})
}
