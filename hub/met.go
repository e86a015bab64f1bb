package hub

import (
	"context"
	"errors"
	"sync"
)

// met is whom the hub has met lately: whose sid an identity is. A connect of one of them takes no read for that (0.05 of 0.4 ms of
// CPU with SQLite). It may be out of date, where another hub removed a user and met the next of that name; so what is then read
// of the user says whether it was right.
type met struct {
	mu         sync.Mutex
	young, old map[userKey]UserSID // old: from before young was last full
}

// mostMet is how many names young and old have each, of some 200 bytes.
const mostMet = 8192

// sid is whose an identity was when the hub last met it, "" where it has not.
func (m *met) sid(who userKey) UserSID {
	m.mu.Lock()
	defer m.mu.Unlock()
	if sid := m.young[who]; sid != "" {
		return sid
	}
	sid := m.old[who]
	if sid != "" {
		m.addLocked(who, sid)
	}
	return sid
}

func (m *met) add(who userKey, sid UserSID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.addLocked(who, sid)
}

func (m *met) addLocked(who userKey, sid UserSID) {
	if m.young == nil || len(m.young) >= mostMet {
		m.old, m.young = m.young, map[userKey]UserSID{}
	}
	m.young[who] = sid
}

func (m *met) forget(who userKey) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.young, who)
	delete(m.old, who)
}

// whose finds the sid of the actor's user, which is made on first sight.
func (h *Hub) whose(ctx context.Context, actor Actor) (UserSID, error) {
	who := userKey{actor.Service, actor.Identity}
	if sid := h.met.sid(who); sid != "" {
		return sid, nil
	}
	u, err := h.Enter(ctx, actor)
	if err != nil {
		return "", err
	}
	h.met.add(userKey{u.Service, u.Identity}, u.SID)
	return u.SID, nil
}

// errAnother says that a user was removed and made anew, again and again, while it connected.
var errAnother = errors.New("the identity is another user's than it was")
