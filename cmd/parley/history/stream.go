package history

// stream is what one client saw of one conversation, over all its connections.
type stream struct {
	thread *thread
	client string

	open     bool  // there is a position
	listed   bool  // which a list alone gave
	left     int64 // record of conversationLeft, 0 while it is in
	position int64 // revision
	next     int64 // index that is due
	skipped  map[int64]bool
}

// viewer is one client and the streams that it follows.
type viewer struct {
	*ledger
	client  string
	streams map[string]*stream
	owed    map[string]bool // replays that the connection announced and that have not ended
}

// judgeStreams holds what each client saw against the guarantees of the stream of events.
func (l *ledger) judgeStreams() {
	viewers := map[string]*viewer{}
	for i := range l.history {
		r := &l.history[i]
		v := viewers[r.Client]
		if v == nil {
			v = &viewer{ledger: l, client: r.Client, streams: map[string]*stream{}, owed: map[string]bool{}}
			viewers[r.Client] = v
		}
		switch r.What {
		case Connects:
			v.connected(r)
		case Saw:
			v.saw(r)
		case Settled:
			v.settled(r)
		case Invoked, Acked, Refused, Unknown, Read:
		}
	}
}

func (v *viewer) stream(conversation string) *stream {
	s := v.streams[conversation]
	if s == nil {
		s = &stream{thread: v.thread(conversation), client: v.client}
		v.streams[conversation] = s
	}
	return s
}

func (v *viewer) connected(r *Record) {
	clear(v.owed)
	for _, sid := range r.Connected.Replaying {
		v.owed[sid] = true
	}
	if r.Connected.Void {
		clear(v.streams)
	}
	for _, h := range r.Connected.Heads {
		if s := v.stream(h.Conversation); !s.open {
			s.begin(h.Revision, h.Last)
			s.listed, s.left = true, 0
		}
	}
}

// begin sets the position: nothing up to last is due any more.
func (s *stream) begin(revision, last int64) {
	s.open, s.listed, s.left = true, false, 0
	s.position, s.next, s.skipped = revision, last+1, map[int64]bool{}
}

func (v *viewer) saw(r *Record) {
	e := r.Event
	if e.Name == resumed {
		v.resumed(r)
		return
	}
	if e.Conversation == "" {
		return
	}
	s := v.stream(e.Conversation)
	switch e.Name {
	case conversationJoined:
		v.joined(s, r)
	case conversationReset:
		delete(v.owed, e.Conversation)
		if v.inside(s, r) {
			s.begin(e.Revision, e.Last)
		}
	case conversationLeft:
		delete(v.owed, e.Conversation)
		s.open, s.left = false, r.At
	case conversationReplayed:
		delete(v.owed, e.Conversation)
		v.replayed(s, r)
	case messageAdded:
		v.added(s, r)
	default:
		if v.inside(s, r) && e.Revision > 0 {
			v.advance(s, r)
		}
	}
}

// at is a violation that one record shows.
func (v *viewer) at(r *Record, index int64) Violation {
	return Violation{Conversation: r.Event.Conversation, Client: v.client, Connection: r.Connection, Index: index, At: []int64{r.At}}
}

// inside reports whether the client is in the conversation that an event is of; where it saw itself leave it is not.
func (v *viewer) inside(s *stream, r *Record) bool {
	if s.left > 0 {
		index := int64(-1)
		if r.Event.Message != nil {
			index = r.Event.Message.Index
		}
		bad := v.at(r, index)
		bad.At = append(bad.At, s.left)
		v.reportAs(bad, AfterRemoval, "%s came behind conversationLeft", r.Event.Name)
		return false
	}
	return true
}

// advance moves the position to an event's revision, which must be a later one.
func (v *viewer) advance(s *stream, r *Record) {
	if s.open && r.Event.Revision <= s.position {
		v.reportAs(v.at(r, -1), Revision, "%s has revision %d, the event before it %d", r.Event.Name, r.Event.Revision, s.position)
		return
	}
	if !s.open {
		s.begin(r.Event.Revision, -1)
	}
	s.position, s.listed = r.Event.Revision, false
}

func (v *viewer) joined(s *stream, r *Record) {
	if s.open && !s.listed && r.Event.Revision <= s.position {
		v.reportAs(v.at(r, -1), Revision, "conversationJoined has revision %d, the event before it %d", r.Event.Revision, s.position)
	}
	s.begin(r.Event.Revision, r.Event.Last)
}

// replayed ends a replay: all that was there at its revision has been seen.
func (v *viewer) replayed(s *stream, r *Record) {
	if !v.inside(s, r) {
		return
	}
	if !s.open {
		s.begin(r.Event.Revision, r.Event.Last)
	}
	if r.Event.Revision < s.position {
		v.reportAs(v.at(r, -1), Revision, "conversationReplayed has revision %d, the event before it %d", r.Event.Revision, s.position)
	}
	due := r.Event.Last + 1
	for s.thread.born[due] > 0 && s.thread.born[due] <= r.Event.Revision {
		due++ // others saw it added by then
	}
	if first, count := s.thread.missing(s.next, due); count > 0 {
		v.reportAs(v.at(r, first), PartialReplay, "the replay up to revision %d ended without %d messages from here on", r.Event.Revision, count)
	}
	s.next, s.position = max(s.next, due), max(s.position, r.Event.Revision)
}

// resumed is the end of all replays that the connection announced.
func (v *viewer) resumed(r *Record) {
	for sid := range v.owed {
		bad := v.at(r, -1)
		bad.Conversation = sid
		v.reportAs(bad, PartialReplay, "it was announced and had not ended when everything was said to be out")
	}
	clear(v.owed)
}

// added is one message more: it must be the one that is due, but for those that were deleted.
func (v *viewer) added(s *stream, r *Record) {
	index := r.Event.Message.Index
	if !v.inside(s, r) {
		return
	}
	if !s.open {
		s.begin(r.Event.Revision-1, index-1)
	}
	switch {
	case index < s.next && s.skipped[index]:
		v.reportAs(v.at(r, index), Reorder, "it came behind index %d", s.next-1)
		delete(s.skipped, index)
	case index < s.next:
		v.reportAs(v.at(r, index), Duplicate, "it came again, or was part of what the client began with; %d was due", s.next)
	default:
		v.advance(s, r)
		v.skip(s, r, index)
	}
	s.position = max(s.position, r.Event.Revision)
}

// skip goes on behind a message and reports what should have come before it.
func (v *viewer) skip(s *stream, r *Record, index int64) {
	if first, count := s.thread.missing(s.next, index); count > 0 {
		kind := Hole
		if r.Event.Replay {
			kind = PartialReplay
		}
		v.reportAs(v.at(r, first), kind, "%d messages from here on did not come before index %d", count, index)
	}
	for ; s.next < index; s.next++ {
		s.skipped[s.next] = true
	}
	s.next = index + 1
}

// settled asks whether everything that the store has was seen.
func (v *viewer) settled(r *Record) {
	s := v.stream(r.Conversation)
	bad := Violation{Conversation: r.Conversation, Client: v.client, Index: -1, At: []int64{r.At}}
	if s.left > 0 || !s.open {
		v.reportAs(bad, Unseen, "the client is not following the conversation")
		return
	}
	end := int64(0)
	for index := range s.thread.stored {
		end = max(end, index+1)
	}
	if first, count := s.thread.missing(s.next, end); count > 0 {
		bad.Index = first
		v.reportAs(bad, Unseen, "%d messages from here on never came", count)
	}
}
