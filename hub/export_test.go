package hub

import (
	"fmt"
	"strings"
)

// Describe says how a conversation stands on this hub, for a test that failed.
func (h *Hub) Describe(sid ConversationSID) string {
	r := h.rooms.find(sid)
	if r == nil {
		return "no room"
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	var b strings.Builder
	fmt.Fprintf(&b, "synced %v, ended %v, filling %v, ring (%d, %d] of %d entries, newest %d, %d early;",
		r.synced, r.ended, r.filling, r.ring.base, r.ring.head, r.ring.n, r.newest, len(r.early))
	for _, c := range r.cursors {
		f := c.feed
		f.mu.Lock()
		fmt.Fprintf(&b, " cursor of %s at %d since %d, state %b, page %v; feed awake %v, held %v, closed %v, loading %v, behind %v;",
			f.actor.Identity, c.pos.Load(), c.since, c.state.Load(), c.page != nil, f.awake, f.held, f.closed, f.loading != nil, f.behind.head != nil)
		f.mu.Unlock()
	}
	return b.String()
}

// NewSID is newSID.
var NewSID = newSID
