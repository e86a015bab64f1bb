package wire

import (
	"bytes"
	"hash/maphash"
)

// members is a walk over one object.
type members struct {
	name  span
	base  int     // where the object's names begin in scanner.names
	begun bool    // the opening brace is behind
	table []int32 // of an object with many names: 1 + index into them, by hash, open addressing
}

// A stack of names. The first are kept in place: growing a slice through a pointer would move it to the heap.
type stack struct {
	near [24]span
	far  []span
	n    int
}

func (t *stack) push(name span) {
	if t.n < len(t.near) {
		t.near[t.n] = name
	} else {
		t.far = append(t.far[:t.n-len(t.near)], name)
	}
	t.n++
}

func (t *stack) at(i int) span {
	if i < len(t.near) {
		return t.near[i]
	}
	return t.far[i-len(t.near)]
}

// A span is some text: of the frame, or where from is negative of scanner.decoded, from -from-1 on.
type span struct{ from, to int32 }

func (s *scanner) nameText(n span) []byte {
	if n.from < 0 {
		return s.decoded[-n.from-1 : n.to]
	}
	return s.frame[n.from:n.to]
}

// member goes to the value of the next member of an object, or behind the object's end and reports false.
// The first call finds the scanner at the opening brace.
func (s *scanner) member(o *members) bool {
	switch c := s.space(); {
	case !o.begun:
		if o.begun, o.base = true, s.names.n; !s.enter() {
			return false
		}
		if s.space() == '}' {
			s.leave()
			return false
		}
	case c == ',':
		s.at++
	case c == '}':
		s.names.n = o.base
		s.leave()
		return false
	default:
		return s.fail("expected , or }")
	}
	return s.memberName(o)
}

func (s *scanner) memberName(o *members) bool {
	if s.space() != '"' {
		return s.fail("expected a member name")
	}
	from := s.at
	escaped, ok := s.text()
	if !ok {
		return false
	}
	o.name = span{int32(from + 1), int32(s.at - 1)}
	if escaped {
		begin := len(s.decoded)
		s.decoded = unescape(s.decoded, s.nameText(o.name))
		o.name = span{int32(-begin - 1), int32(len(s.decoded))}
	}
	if !s.fresh(o) {
		s.at = from
		return s.fail("member name repeated within one object")
	}
	if s.space() != ':' {
		return s.fail("expected :")
	}
	s.at++
	s.space()
	return true
}

// few is how many names of an object are compared one by one before they get a table.
const few = 16

// seed keeps strangers from choosing names that collide.
var seed = maphash.MakeSeed()

// fresh notes the name that o is at, and reports whether the object has not had it before.
func (s *scanner) fresh(o *members) bool {
	n := s.names.n - o.base
	if n < few {
		text := s.nameText(o.name)
		for i := o.base; i < s.names.n; i++ {
			if bytes.Equal(s.nameText(s.names.at(i)), text) {
				return false
			}
		}
		s.names.push(o.name)
		return true
	}
	s.names.push(o.name)
	if 2*(n+1) > len(o.table) {
		o.table = make([]int32, max(4*few, 2*len(o.table)))
		for i := range n {
			s.insert(o, i)
		}
	}
	return s.insert(o, n)
}

// insert puts the object's name i into its table and reports whether that text was not there. The table is a
// power of two long and at most half full.
func (s *scanner) insert(o *members, i int) bool {
	text := s.nameText(s.names.at(o.base + i))
	mask := uint64(len(o.table) - 1)
	for h := maphash.Bytes(seed, text); ; h++ {
		slot := &o.table[h&mask]
		if *slot == 0 {
			*slot = int32(i + 1)
			return true
		}
		if bytes.Equal(s.nameText(s.names.at(o.base+int(*slot)-1)), text) {
			return false
		}
	}
}
