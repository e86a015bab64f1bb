package hub

import "sort"

// entry is a step that a cursor can take: from where the entry before it ends to its own end. It holds one event, encoded
// once and shared by all who read it, or a span.
type entry struct {
	to    Revision
	bytes []byte
	span  *span
}

func (e *entry) size() int {
	if e.span != nil {
		return e.span.size
	}
	return len(e.bytes)
}

// span is the net change between two revisions. It is for those alone who stood at its beginning and take it as a whole:
// a change that was merged into an earlier event of it is missing for anybody who enters in the middle (rule R3).
type span struct {
	msgs [][]byte
	size int
}

// ring holds a room's latest events without a gap: (base, head]. It grows as needed and is bounded by the room.
type ring struct {
	slots []entry // a power of two long, or nil
	start int     // slot of the oldest entry
	n     int
	spans int      // entries that are one
	base  Revision // where the oldest entry begins
	head  Revision // where the newest one ends, base where the ring is empty
	size  int      // bytes held
}

// push appends an entry that begins at head.
func (r *ring) push(e entry) {
	if r.n == len(r.slots) {
		r.grow()
	}
	*r.slot(r.n) = e
	if e.span != nil {
		r.spans++
	}
	r.n++
	r.head = e.to
	r.size += e.size()
}

func (r *ring) grow() {
	slots := make([]entry, max(8, 2*len(r.slots)))
	for i := range r.n {
		slots[i] = *r.slot(i)
	}
	r.slots, r.start = slots, 0
}

// drop forgets the oldest entry.
func (r *ring) drop() (freed int) {
	e := r.slot(0)
	freed = e.size()
	if e.span != nil {
		r.spans--
	}
	r.base = e.to
	*e = entry{}
	r.start = (r.start + 1) & (len(r.slots) - 1)
	r.n--
	r.size -= freed
	return freed
}

// reset empties the ring and lets it go on after base.
func (r *ring) reset(base Revision) (freed int) {
	freed = r.size
	*r = ring{base: base, head: base}
	return freed
}

// slot is the entry at a place, 0 for the oldest.
func (r *ring) slot(i int) *entry {
	return &r.slots[(r.start+i)&(len(r.slots)-1)]
}

// find gives the place of the entry that a reader at pos takes next, n where it has all; not ok where the ring cannot
// serve it: it is behind the ring, or inside of a span.
func (r *ring) find(pos Revision) (i int, ok bool) {
	switch {
	case pos >= r.head:
		return r.n, true
	case pos < r.base:
		return 0, false
	case r.spans == 0:
		return int(pos - r.base), true
	}
	i = sort.Search(r.n, func(i int) bool { return r.slot(i).to > pos })
	return i, pos == r.base || i > 0 && r.slot(i-1).to == pos
}
