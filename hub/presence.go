package hub

import (
	"context"
	"slices"
	"sync"
)

// userKey is a user as sessions know it.
type userKey struct {
	service  ServiceSID
	identity string
}

// presence knows which sessions on this hub belong to a user, and which watch it.
type presence struct {
	mu    sync.Mutex
	users map[userKey]*present
}

type present struct {
	feeds    []*Feed
	watchers []*Feed
}

func (p *presence) init() { p.users = map[userKey]*present{} }

// at finds or makes a user's record. p.mu must be held.
func (p *presence) at(who userKey) *present {
	u := p.users[who]
	if u == nil {
		u = &present{}
		p.users[who] = u
	}
	return u
}

// tidy forgets a record that holds nothing. p.mu must be held.
func (p *presence) tidy(who userKey) {
	if u := p.users[who]; u != nil && len(u.feeds) == 0 && len(u.watchers) == 0 {
		delete(p.users, who)
	}
}

func (p *presence) add(f *Feed) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.at(f.who)
	u.feeds = append(u.feeds, f)
}

// remove forgets a feed and what it watched.
func (p *presence) remove(f *Feed) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drop(f.who, f, false)
	for _, who := range f.watched {
		p.drop(who, f, true)
	}
	f.watched = nil
}

func (p *presence) drop(who userKey, f *Feed, watcher bool) {
	u := p.users[who]
	if u == nil {
		return
	}
	list := &u.feeds
	if watcher {
		list = &u.watchers
	}
	if i := slices.Index(*list, f); i >= 0 {
		*list = slices.Delete(*list, i, i+1)
	}
	p.tidy(who)
}

// feeds are a user's sessions at this moment.
func (p *presence) feeds(who userKey) []*Feed {
	p.mu.Lock()
	defer p.mu.Unlock()
	if u := p.users[who]; u != nil {
		return slices.Clone(u.feeds)
	}
	return nil
}

// audience are the sessions that watch a user, and its own.
func (p *presence) audience(who userKey) []*Feed {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.users[who]
	if u == nil {
		return nil
	}
	all := slices.Clone(u.feeds)
	for _, f := range u.watchers {
		if !slices.Contains(all, f) {
			all = append(all, f)
		}
	}
	return all
}

func (p *presence) online(who userKey) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.users[who]
	return u != nil && len(u.feeds) > 0
}

// MaxWatched is how many users a session may be subscribed to; beyond that the oldest subscription ends (Twilio's
// figure and rule).
const MaxWatched = 100

// Watch subscribes the feed to changes of a user of its service.
func (f *Feed) Watch(identity string) {
	who := userKey{f.who.service, identity}
	p := &f.hub.presence
	p.mu.Lock()
	defer p.mu.Unlock()
	if slices.Contains(f.watched, who) {
		return
	}
	if len(f.watched) == MaxWatched {
		p.drop(f.watched[0], f, true)
		f.watched = slices.Delete(f.watched, 0, 1)
	}
	f.watched = append(f.watched, who)
	u := p.at(who)
	u.watchers = append(u.watchers, f)
}

// Unwatch ends a subscription to a user.
func (f *Feed) Unwatch(identity string) {
	who := userKey{f.who.service, identity}
	p := &f.hub.presence
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := slices.Index(f.watched, who); i >= 0 {
		f.watched = slices.Delete(f.watched, i, i+1)
		p.drop(who, f, true)
	}
}

// Reachable is what is known of a user's reachability: null unless its service keeps it.
func (h *Hub) Reachable(ctx context.Context, service ServiceSID, identity string) Reachability {
	s, err := h.Service(ctx, service)
	if err != nil || !s.Reachability {
		return Reachability{}
	}
	online := h.presence.online(userKey{service, identity})
	notifiable := false
	return Reachability{Online: &online, Notifiable: &notifiable}
}

// seen tells those who watch a user that its reachability may have changed.
func (h *Hub) seen(who userKey) {
	s, err := h.Service(context.Background(), who.service) //nolint:forbidigo // a cached look-up, bounded by the store
	if err != nil || !s.Reachability {
		return
	}
	h.presence.mu.Lock()
	u := h.presence.users[who]
	edge := u != nil && len(u.watchers) > 0 && len(u.feeds) <= 1
	h.presence.mu.Unlock()
	if !edge {
		return
	}
	if user, err := h.store.User(context.Background(), who.service, who.identity); err == nil { //nolint:forbidigo // as above
		h.userChanged(who, user, ReasonOnline)
	}
}

// userChanged signals a user's change to its own sessions and those that watch it.
func (h *Hub) userChanged(who userKey, u *User, reasons ...string) {
	view := &UserView{User: u, Reachability: h.Reachable(context.Background(), who.service, who.identity)} //nolint:forbidigo // as above
	msg := h.enc.Signal(nil, &Signal{Kind: UserUpdated, User: view, Reasons: reasons})
	for _, f := range h.presence.audience(who) {
		f.Signal("user "+who.identity+reasons[0], msg)
	}
}

// signalUser gives a signal to all of a user's sessions on this hub.
func (h *Hub) signalUser(who userKey, key string, s *Signal) {
	feeds := h.presence.feeds(who)
	if len(feeds) == 0 {
		return
	}
	msg := h.enc.Signal(nil, s)
	for _, f := range feeds {
		f.Signal(key, msg)
	}
}
