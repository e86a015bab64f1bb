package hub

import (
	"cmp"
	"slices"
	"time"
)

// A Card is what a hub tells of itself to whoever looks at all hubs. Figures without another word are of the moment, those
// of deeds since it started.
type Card struct {
	ID      string    `json:"id"` // of this process: another start is another hub
	Name    string    `json:"name"`
	Version string    `json:"version"`
	Started time.Time `json:"started"`

	Connections int64 `json:"connections"`
	Users       int64 `json:"users"`
	Rooms       int64 `json:"rooms"`
	Lag         int64 `json:"lag"`    // events by which the session that is farthest behind is behind
	Memory      int64 `json:"memory"` // bytes that the process holds of the system

	Deliveries int64 `json:"deliveries"` // events handed to sessions
	Commands   int64 `json:"commands"`   // writes that were committed
}

// Behind is a session that has not read all that was said in a conversation.
type Behind struct {
	Session      string          `json:"session"`
	Service      ServiceSID      `json:"service"`
	Identity     string          `json:"identity"`
	Conversation ConversationSID `json:"conversation"`
	Events       int64           `json:"events"` // that it has not read
}

// Slowest gives the sessions of this hub that are farthest behind, the farthest first and at most n of them. It looks at every
// cursor.
func (h *Hub) Slowest(n int) []Behind {
	var all []Behind
	for _, r := range h.rooms.all() {
		r.mu.RLock()
		for _, c := range r.cursors {
			if events := int64(r.ring.head) - c.pos.Load(); events > 0 {
				all = append(all, Behind{c.feed.name, r.service, c.feed.actor.Identity, r.sid, events})
			}
		}
		r.mu.RUnlock()
		if len(all) > 16*n+1024 { // a hub that is far behind everywhere is not copied whole
			all = farthest(all, n)
		}
	}
	return farthest(all, n)
}

func farthest(all []Behind, n int) []Behind {
	slices.SortStableFunc(all, func(a, b Behind) int { return cmp.Compare(b.Events, a.Events) })
	return all[:min(n, len(all))]
}

// Sessions are the names of a user's sessions on this hub.
func (h *Hub) Sessions(user UserSID) []string {
	var names []string
	for _, f := range h.presence.feeds(user) {
		names = append(names, f.name)
	}
	return names
}

// EndSessions ends all sessions of a user, on every hub. Their clients come back unless the user is barred.
func (h *Hub) EndSessions(user UserSID) {
	h.endSessions(user)
	h.tell(everyHub, &packet{kind: packetEndAll, user: user})
}

func (h *Hub) endSessions(user UserSID) {
	for _, f := range h.presence.feeds(user) {
		f.sub.End(CodeUnavailable)
	}
}
