package bench

import "time"

// fillWindow is how many messages are under way while conversations are filled, or one for each of them.
const fillWindow = 64

// fill has conversations hold messages before what is measured begins, and the servers come to rest from it. It is for when only
// those who send are connected, who check what they get; to the others it is what was before them.
func (f *fleet) fill() error {
	each, under := int64(f.opts.Messages/len(f.rooms)), int64(max(1, fillWindow/len(f.rooms)))
	if each == 0 {
		return nil
	}
	f.say("%s: %d messages in %d conversations", f.opts.Workload, each*int64(len(f.rooms)), len(f.rooms))
	for _, r := range f.rooms {
		for r.sent < min(each, under) {
			r.sender.send(int64(f.loop.clock()))
		}
	}
	f.onSeen = func(r *room) {
		if r.sent < each {
			r.sender.send(int64(f.loop.clock()))
		}
	}
	full := func() bool {
		for _, r := range f.rooms {
			if r.sender.next < each {
				return false
			}
		}
		return true
	}
	if err := f.until("the conversations are full", 15*time.Minute, full); err != nil {
		return err
	}
	f.onSeen = nil
	for _, r := range f.rooms {
		r.seen = r.sent * int64(len(r.members))
		for _, c := range r.members {
			c.next = r.sent
		}
	}
	return f.rest()
}
