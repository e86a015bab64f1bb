package hub

// entry is one event in a room's ring: encoded once, shared by all who read it.
type entry struct {
	bytes []byte
}

// ring holds a room's latest events, whose revisions follow each other without a gap: (base, base+n]. It grows as
// needed and is bounded by the room.
type ring struct {
	slots []entry // a power of two long, or nil
	start int     // slot of revision base+1
	n     int
	base  Revision // the revision before the oldest entry
	size  int      // bytes held
}

// last is the newest revision held, base where the ring is empty.
func (r *ring) last() Revision { return r.base + Revision(r.n) }

// push appends the event after last.
func (r *ring) push(e entry) {
	if r.n == len(r.slots) {
		r.grow()
	}
	r.slots[(r.start+r.n)&(len(r.slots)-1)] = e
	r.n++
	r.size += len(e.bytes)
}

func (r *ring) grow() {
	slots := make([]entry, max(8, 2*len(r.slots)))
	for i := range r.n {
		slots[i] = r.slots[(r.start+i)&(len(r.slots)-1)]
	}
	r.slots, r.start = slots, 0
}

// drop forgets the oldest entry.
func (r *ring) drop() (freed int) {
	e := &r.slots[r.start]
	freed = len(e.bytes)
	*e = entry{}
	r.start = (r.start + 1) & (len(r.slots) - 1)
	r.n--
	r.base++
	r.size -= freed
	return freed
}

// reset empties the ring and lets it go on after base.
func (r *ring) reset(base Revision) (freed int) {
	freed = r.size
	*r = ring{base: base}
	return freed
}

// at is the entry of a revision in (base, last].
func (r *ring) at(rev Revision) entry {
	return r.slots[(r.start+int(rev-r.base)-1)&(len(r.slots)-1)]
}
