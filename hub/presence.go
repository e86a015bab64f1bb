package hub

import (
	"slices"
	"sync"
)

// presence knows which sessions on this hub belong to a user, and which watch it.
type presence struct {
	mu    sync.Mutex
	users map[UserSID]*present
}

type present struct {
	service  ServiceSID
	identity string
	feeds    []*Feed
	watchers []*Feed
	told     *bool // what those who watch were last told of its being online, nil for nothing yet
}

func (p *presence) init() { p.users = map[UserSID]*present{} }

// add files a feed under its user, and reports whether it is the user's first, and the first that is known of it.
func (p *presence) add(f *Feed) (first, made bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.users[f.user]
	if made = u == nil; made {
		u = &present{service: f.actor.Service, identity: f.actor.Identity}
		p.users[f.user] = u
	}
	u.feeds = append(u.feeds, f)
	return len(u.feeds) == 1, made
}

// remove forgets a feed and what it watched. It reports whether it was its user's last, and which users nothing is
// known of any more.
func (p *presence) remove(f *Feed) (last bool, forgotten []UserSID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, user := range f.watched {
		if u := p.users[user]; u != nil {
			u.watchers = without(u.watchers, f)
			forgotten = p.tidy(user, forgotten)
		}
	}
	f.watched = nil
	if u := p.users[f.user]; u != nil && slices.Contains(u.feeds, f) {
		u.feeds = without(u.feeds, f)
		last = len(u.feeds) == 0
		forgotten = p.tidy(f.user, forgotten)
	}
	return last, forgotten
}

func without(list []*Feed, f *Feed) []*Feed {
	if i := slices.Index(list, f); i >= 0 {
		list = slices.Delete(list, i, i+1)
	}
	return list
}

// tidy forgets a record that holds nothing, and adds it to the list of such. p.mu must be held.
func (p *presence) tidy(user UserSID, forgotten []UserSID) []UserSID {
	if u := p.users[user]; u != nil && len(u.feeds) == 0 && len(u.watchers) == 0 {
		delete(p.users, user)
		forgotten = append(forgotten, user)
	}
	return forgotten
}

// knows reports whether there are sessions of a user, or that watch it.
func (p *presence) knows(user UserSID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.users[user] != nil
}

// feeds are a user's sessions at this moment.
func (p *presence) feeds(user UserSID) []*Feed {
	p.mu.Lock()
	defer p.mu.Unlock()
	if u := p.users[user]; u != nil {
		return slices.Clone(u.feeds)
	}
	return nil
}

// audience are the sessions that watch a user, and its own.
func (p *presence) audience(user UserSID) []*Feed {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.users[user]
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

func (p *presence) online(user UserSID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.users[user]
	return u != nil && len(u.feeds) > 0
}

// all are the users of whom something is known: those with sessions here, or those that are watched.
func (p *presence) all(watched bool) []UserSID {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []UserSID
	for user, u := range p.users {
		if watched && len(u.watchers) > 0 || !watched && len(u.feeds) > 0 {
			all = append(all, user)
		}
	}
	return all
}

// watch has a feed hear of a user, and reports whether nothing was known of that user before, and of which nothing is
// known any more, since a feed watches at most MaxWatched.
func (p *presence) watch(f *Feed, user *User) (made bool, forgotten []UserSID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if slices.Contains(f.watched, user.SID) {
		return false, nil
	}
	if len(f.watched) == MaxWatched {
		oldest := f.watched[0]
		f.watched = slices.Delete(f.watched, 0, 1)
		if u := p.users[oldest]; u != nil {
			u.watchers = without(u.watchers, f)
		}
		forgotten = p.tidy(oldest, nil)
	}
	f.watched = append(f.watched, user.SID)
	u := p.users[user.SID]
	if made = u == nil; made {
		u = &present{service: user.Service, identity: user.Identity}
		p.users[user.SID] = u
	}
	u.watchers = append(u.watchers, f)
	return made, forgotten
}

func (p *presence) unwatch(f *Feed, identity string) (forgotten []UserSID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, user := range f.watched {
		if u := p.users[user]; u != nil && u.identity == identity {
			f.watched = slices.Delete(f.watched, i, i+1)
			u.watchers = without(u.watchers, f)
			return p.tidy(user, nil)
		}
	}
	return nil
}

// tell notes what is told of a user's being online, and reports whether that is news to anybody.
func (p *presence) tell(user UserSID, online bool) (who userKey, news bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.users[user]
	if u == nil || len(u.watchers) == 0 || u.told != nil && *u.told == online {
		return who, false
	}
	u.told = &online
	return userKey{u.service, u.identity}, true
}

// note is tell for somebody who asked, where nobody was told yet.
func (p *presence) note(user UserSID, online bool) Reachability {
	p.mu.Lock()
	defer p.mu.Unlock()
	if u := p.users[user]; u != nil && len(u.watchers) > 0 && u.told == nil {
		u.told = &online
	}
	return reachability(online)
}

// known is what was last told of a user.
func (p *presence) known(user UserSID) Reachability {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.users[user]
	return reachability(u != nil && (len(u.feeds) > 0 || u.told != nil && *u.told))
}

func reachability(online bool) Reachability {
	notifiable := false // until there is push
	return Reachability{Online: &online, Notifiable: &notifiable}
}

// userKey names a user as people do.
type userKey struct {
	service  ServiceSID
	identity string
}
