package history

// view is a conversation as one client sees it.
type view struct{ client, conversation string }

// Excuse gives the history without what a change of the epoch takes back, and how many acknowledgements that is. Where a
// client was told of another epoch, messages which are not in the final read count no longer: its own sends that were
// acknowledged before have an unknown outcome, and it never saw them, nor what else it saw of their conversation from there
// on until it was told. A client that was not told excuses nothing, nor does one that was shown, behind what is gone, a
// message of the history that stayed: nobody is ever told of two.
//
// The store is judged all the same by what remains: a message that is gone while a later one of its conversation stayed
// leaves a hole.
func (h History) Excuse() (excused History, acks int) {
	stored, told := map[string]bool{}, map[string]int64{}
	sends := map[int64]bool{}
	for i := range h {
		switch r := &h[i]; r.What {
		case Read:
			for _, m := range r.Messages {
				stored[m.SID] = true
			}
		case Connects:
			if r.Connected.Void {
				told[r.Client] = r.At
			}
		case Invoked:
			sends[r.Op] = r.Call.Action == Send
		case Acked, Refused, Unknown, Saw, Settled:
		}
	}
	mixed := h.mixed(stored, told)
	void := map[view]bool{}
	for _, r := range h {
		before := r.At < told[r.Client]
		switch {
		case before && r.What == Saw:
			s := view{r.Client, r.Event.Conversation}
			void[s] = !mixed[s] && (void[s] || r.Event.Message != nil && !stored[r.Event.Message.SID])
			if void[s] {
				continue
			}
		case before && r.What == Acked && sends[r.Op] && r.Message != nil && !stored[r.Message.SID]:
			acks++
			r.What, r.Message, r.Why = Unknown, nil, "the store's history is another"
		}
		excused = append(excused, r)
	}
	return excused, acks
}

// mixed are the views of clients that, before they were told of another epoch, were shown a message that stayed behind one
// that is gone.
func (h History) mixed(stored map[string]bool, told map[string]int64) map[view]bool {
	gone, mixed := map[view]bool{}, map[view]bool{}
	for i := range h {
		r := &h[i]
		if r.What != Saw || r.At >= told[r.Client] || r.Event.Name != "messageAdded" || r.Event.Message == nil {
			continue
		}
		s := view{r.Client, r.Event.Conversation}
		if stored[r.Event.Message.SID] {
			mixed[s] = mixed[s] || gone[s]
		} else {
			gone[s] = true
		}
	}
	return mixed
}
