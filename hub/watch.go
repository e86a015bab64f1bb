package hub

import (
	"context"
	"slices"
	"time"
)

// MaxWatched is how many users a session may be subscribed to; beyond that the oldest subscription ends (Twilio's
// figure and rule).
const MaxWatched = 100

// Watch subscribes the feed to changes of a user of its service. What is read of the user afterwards is not older than
// what the feed hears.
func (f *Feed) Watch(user *User) {
	made, forgotten := f.hub.presence.watch(f, user)
	if made {
		f.hub.tune(string(user.SID))
	}
	f.hub.untune(forgotten)
}

// Unwatch ends a subscription to a user.
func (f *Feed) Unwatch(identity string) { f.hub.untune(f.hub.presence.unwatch(f, identity)) }

// Reachable is what is known of a user's reachability: null unless its service keeps it.
func (h *Hub) Reachable(ctx context.Context, user *User) Reachability {
	s, err := h.Service(ctx, user.Service)
	if err != nil || !s.Reachability {
		return Reachability{}
	}
	return h.presence.note(user.SID, h.presence.online(user.SID) || h.onlineElsewhere(ctx, []UserSID{user.SID})[0])
}

// reachableNow is Reachable by what is known without asking anybody.
func (h *Hub) reachableNow(user *User) Reachability {
	if s := h.known.service(user.Service); s == nil || !s.Reachability {
		return Reachability{}
	}
	return h.presence.known(user.SID)
}

// onlineElsewhere asks which users have sessions on any hub. Where nobody can tell they have none.
func (h *Hub) onlineElsewhere(ctx context.Context, users []UserSID) []bool {
	if h.config.Whereabouts != nil {
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		if all, err := h.config.Whereabouts.Online(ctx, users); err == nil {
			return all
		}
	}
	return make([]bool, len(users))
}

// arrived and departed tell other hubs of a user's first session here, and of the end of the last.
func (h *Hub) arrived(user UserSID) {
	if h.config.Whereabouts != nil {
		h.config.Whereabouts.Arrive(user)
	}
	h.presenceMoved(user)
}

func (h *Hub) departed(user UserSID) {
	if h.config.Whereabouts != nil {
		h.config.Whereabouts.Depart(user)
	}
	h.presenceMoved(user)
}

func (h *Hub) presenceMoved(user UserSID) {
	h.watched.add(user, 0)
	h.tell(string(user), &packet{kind: packetPresence, user: user})
}

// watchLoop tells those who watch users whether they are online, when that has changed.
func (h *Hub) watchLoop(ctx context.Context) {
	for users := h.watched.take(ctx, headsBatch); users != nil; users = h.watched.take(ctx, headsBatch) {
		h.lookAt(ctx, users)
	}
}

func (h *Hub) lookAt(ctx context.Context, users []UserSID) {
	users = slices.DeleteFunc(users, func(user UserSID) bool { return len(h.presence.audience(user)) == 0 })
	if len(users) == 0 {
		return
	}
	elsewhere := h.onlineElsewhere(ctx, users)
	for i, user := range users {
		online := elsewhere[i] || h.presence.online(user)
		if who, changed := h.presence.tell(user, online); changed {
			h.tellOnline(ctx, who)
		}
	}
}

func (h *Hub) tellOnline(ctx context.Context, who userKey) {
	s, err := h.Service(ctx, who.service)
	if err != nil || !s.Reachability {
		return
	}
	if user, err := h.store.User(ctx, who.service, who.identity); err == nil { // every hub tells its own sessions
		h.signal(h.userUpdated(user, ReasonOnline))
	}
}

// userChanged signals a user's change to its own sessions and to those that watch it, on every hub.
func (h *Hub) userChanged(u *User, reasons ...string) {
	p := h.userUpdated(u, reasons...)
	h.signal(p)
	h.tell(string(u.SID), p)
}

func (h *Hub) userUpdated(u *User, reasons ...string) *packet {
	view := &UserView{User: u, Reachability: h.reachableNow(u)}
	return &packet{
		kind: packetAudience, user: u.SID, word: "user " + u.Identity + reasons[0],
		bytes: h.enc.Signal(nil, &Signal{Kind: UserUpdated, User: view, Reasons: reasons}),
	}
}

// signalUser gives a signal to all of a user's sessions, on every hub.
func (h *Hub) signalUser(user UserSID, key string, s *Signal) {
	if h.bus == nil && !h.presence.online(user) {
		return
	}
	p := &packet{kind: packetOwn, user: user, word: key, bytes: h.enc.Signal(nil, s)}
	h.signal(p)
	h.tell(string(user), p)
}

// signal gives a signal of a user to those on this hub whom it is for.
func (h *Hub) signal(p *packet) {
	feeds := h.presence.feeds
	if p.kind == packetAudience {
		feeds = h.presence.audience
	}
	for _, f := range feeds(p.user) {
		f.Signal(p.word, p.bytes)
	}
}
