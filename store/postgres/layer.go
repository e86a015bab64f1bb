package postgres

import (
	"maps"

	"parley/hub"
)

// layer is what a transaction knows of rows, as they are with all its writes. Nil stands for what is known not to be there;
// what has no entry must be read. The values belong to the layer: whoever hands one out copies it. A transaction has one for
// the ops that succeeded and one for the op under way, so that an op that fails leaves nothing behind (rule R8).
type layer struct {
	threads  map[hub.ConversationSID]*hub.Conversation // tombstones too
	heads    map[hub.ConversationSID]bool              // of threads, that are to be written
	names    map[nameKey]hub.ConversationSID           // "" for nobody
	seats    map[seat]*hub.Participant                 // newest membership of an identity, tombstones too
	nonces   map[nonceKey]*hub.Message
	users    map[person]*hub.User
	roles    map[hub.RoleSID]*hub.Role
	services map[hub.ServiceSID]*hub.Service

	writes []write // not sent yet
}

// write is a statement to be sent before the next that reads, or with the commit.
type write struct {
	text string
	args []any
	rows int64 // that it must touch; any where negative
}

type (
	// nameKey is where a unique name is found.
	nameKey struct {
		service hub.ServiceSID
		name    string
	}
	// seat is where a chat participant is found.
	seat struct {
		conversation hub.ConversationSID
		identity     string
	}
	// person is where a user is found.
	person struct {
		service  hub.ServiceSID
		identity string
	}
	// nonceKey is where a message is found by its nonce.
	nonceKey struct {
		conversation  hub.ConversationSID
		author, nonce string
	}
)

func newLayer() *layer {
	return &layer{
		threads:  map[hub.ConversationSID]*hub.Conversation{},
		heads:    map[hub.ConversationSID]bool{},
		names:    map[nameKey]hub.ConversationSID{},
		seats:    map[seat]*hub.Participant{},
		nonces:   map[nonceKey]*hub.Message{},
		users:    map[person]*hub.User{},
		roles:    map[hub.RoleSID]*hub.Role{},
		services: map[hub.ServiceSID]*hub.Service{},
	}
}

// absorb takes over what an op did.
func (l *layer) absorb(op *layer) {
	maps.Copy(l.threads, op.threads)
	maps.Copy(l.heads, op.heads)
	maps.Copy(l.names, op.names)
	maps.Copy(l.seats, op.seats)
	maps.Copy(l.nonces, op.nonces)
	maps.Copy(l.users, op.users)
	maps.Copy(l.roles, op.roles)
	maps.Copy(l.services, op.services)
	l.writes = append(l.writes, op.writes...)
}

// known looks into two maps, the op's own first.
func known[K comparable, V any](op, base map[K]V, k K) (V, bool) {
	v, ok := op[k]
	if !ok {
		v, ok = base[k]
	}
	return v, ok
}
