package sqlite

import "parley/hub"

// cache is what the writer remembers of committed rows. It is never wrong, because nobody else writes to the file, and a
// transaction adds what it read and wrote only when it is durable: one that is rolled back leaves nothing to take back.
// Values in it are not changed; whoever hands one out copies it. It belongs to who has the turn.
type cache struct {
	threads recent[hub.ConversationSID, *loaded]
	seats   recent[seat, *hub.Participant]
	users   recent[person, *hub.User]
	roles   recent[hub.RoleSID, *hub.Role]
}

// loaded is a conversation and its key.
type loaded struct {
	id int64
	c  hub.Conversation
}

// seat is where a chat participant is found.
type seat struct {
	conversation hub.ConversationSID
	identity     string
}

// person is where a user is found.
type person struct {
	service  hub.ServiceSID
	identity string
}

// What is remembered, at most; with cacheText some tens of megabytes at worst.
const (
	cacheThreads = 8192
	cacheSeats   = 16384
	cacheUsers   = 8192
	cacheRoles   = 1024
	cacheText    = 1024 // bytes of attributes; rows with more are read again
)

func newCache() *cache {
	return &cache{
		threads: recent[hub.ConversationSID, *loaded]{most: cacheThreads},
		seats:   recent[seat, *hub.Participant]{most: cacheSeats},
		users:   recent[person, *hub.User]{most: cacheUsers},
		roles:   recent[hub.RoleSID, *hub.Role]{most: cacheRoles},
	}
}

// absorb takes over what a transaction knew at its end.
func (c *cache) absorb(t *tx) {
	for k, v := range t.threads {
		c.threads.put(k, v, len(v.c.Attributes) <= cacheText)
	}
	for k, v := range t.seats {
		c.seats.put(k, v, v != nil && len(v.Attributes) <= cacheText)
	}
	for k, v := range t.users {
		c.users.put(k, v, v != nil && len(v.Attributes) <= cacheText)
	}
	for k, v := range t.roles {
		c.roles.put(k, v, v != nil)
	}
}

// recent is a map that forgets what was not asked for lately: two generations, the older dropped when the younger is half
// of what may be kept.
type recent[K comparable, V any] struct {
	most         int
	young, older map[K]V
}

func (r *recent[K, V]) get(k K) (v V, ok bool) {
	if v, ok = r.young[k]; ok {
		return v, true
	}
	if v, ok = r.older[k]; ok {
		r.keep(k, v)
	}
	return v, ok
}

// put remembers a value, or forgets what was there where it is not worth keeping.
func (r *recent[K, V]) put(k K, v V, worth bool) {
	if worth {
		r.keep(k, v)
		return
	}
	delete(r.young, k)
	delete(r.older, k)
}

func (r *recent[K, V]) keep(k K, v V) {
	if r.young == nil || len(r.young) >= r.most/2 {
		r.young, r.older = make(map[K]V), r.young
	}
	r.young[k] = v
}
