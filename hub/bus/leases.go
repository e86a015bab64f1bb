package bus

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"parley/hub"
)

// leases keeps the whereabouts of users. On Redis are
//
//	PREFIX hub:ID   a key that lives for one lease, "here", renewed each third of it; "left" when the hub said goodbye
//	PREFIX hubs     the set of hubs' ids
//	PREFIX card:ID  the card of a hub, hub.Card as JSON, for as long as a lease
//	PREFIX at:SID   the set of ids of the hubs where a user has sessions
//
// A user is online when one of the hubs in the set has a lease. Only Redis's own time counts, no hub's clock is compared with
// another's. Redis may forget it all: what this hub said is said again when its lease had gone, when a connection was
// rebuilt, and bit by bit all the time.
type leases struct {
	bus  *Redis
	wake chan struct{}
	card atomic.Pointer[func() hub.Card] // nil: the hub shows none

	mu      sync.Mutex
	here    map[hub.UserSID]struct{} // who has sessions on this hub
	pending map[hub.UserSID]struct{} // about whom something is to be said
	again   bool                     // everything is to be said again

	// Of the goroutine.
	known  map[string]bool // other hubs that live; how many, in counters.hubs
	turn   []hub.UserSID   // those still to be said again, bit by bit
	before bool            // this hub has had a lease
	lapsed bool            // which was found to be gone, the last time that it was renewed
	denied bool            // Redis answers, and does not do what it is asked for; logged
}

const (
	present = "here"
	gone    = "left"
	// turnTicks is how many renewals it takes until everything was said again.
	turnTicks = 60
	// sayBatch is how many users one pipeline says something about.
	sayBatch = 1000
)

func newLeases(b *Redis) *leases {
	return &leases{
		bus: b, wake: make(chan struct{}, 1), known: map[string]bool{},
		here: map[hub.UserSID]struct{}{}, pending: map[hub.UserSID]struct{}{},
	}
}

// Arrive implements hub.Whereabouts.
func (b *Redis) Arrive(user hub.UserSID) {
	b.leases.change(user, func(l *leases) { l.here[user] = struct{}{} })
}

// Depart implements hub.Whereabouts.
func (b *Redis) Depart(user hub.UserSID) {
	b.leases.change(user, func(l *leases) { delete(l.here, user) })
}

func (l *leases) change(user hub.UserSID, do func(*leases)) {
	l.mu.Lock()
	do(l)
	l.pending[user] = struct{}{}
	l.mu.Unlock()
	l.nudge()
}

func (l *leases) nudge() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// sayAgain has the lease renewed and everything said again at once: Redis may have forgotten it.
func (l *leases) sayAgain() {
	l.mu.Lock()
	l.again = true
	l.mu.Unlock()
	l.nudge()
}

func (l *leases) key(parts ...string) string { return l.bus.service.prefix + strings.Join(parts, ":") }

// expiry is that of what each turn renews: it takes three turns.
func (l *leases) expiry() time.Duration { return turnTicks * l.bus.config.Lease }

// run says what changed, renews the lease and looks after the other hubs', until ctx ends. Then it says goodbye.
func (l *leases) run(ctx context.Context) {
	third := l.bus.config.Lease / 3
	tick := time.NewTicker(third)
	defer tick.Stop()
	due := true
	for failures := 0; ctx.Err() == nil; {
		var renewed error
		if l.takeAgain() || due {
			renewed = l.renew(ctx)
		}
		due = false
		err := l.say(ctx)
		l.log(ctx, cmp.Or(err, renewed))
		if err != nil {
			failures++
			l.bus.service.relearn(ctx)
			pause(ctx, failures, third)
			continue
		}
		failures = 0
		select {
		case <-l.wake:
		case <-tick.C:
			due = true
		case <-ctx.Done():
		}
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.bus.config.Probe)
	defer cancel()
	l.leave(last)
}

// log says once that Redis refuses, until it does not. That it is away the bus says.
func (l *leases) log(ctx context.Context, err error) {
	answer, denied := errors.AsType[redis.Error](err)
	if denied && !l.denied {
		l.bus.config.Logger.WarnContext(ctx, "keeping who is where is refused", "err", answer)
	}
	if denied || err == nil {
		l.denied = denied
	}
}

// takeAgain has everything said again if that was asked for.
func (l *leases) takeAgain() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.again {
		return false
	}
	l.again = false
	l.everything()
	return true
}

// everything puts everybody into pending. The caller has mu.
func (l *leases) everything() {
	for user := range l.here {
		l.pending[user] = struct{}{}
	}
}

// renew keeps the lease, has a part of everything said again and looks after the others. What fails is done the next
// time. When the lease had gone Redis knows nothing any more, of the others neither, and somebody may be tidying up after
// this hub just now: everything is said twice, and the others are given until the next time.
func (l *leases) renew(ctx context.Context) error {
	r := l.bus.service
	err := r.SetArgs(ctx, l.key("hub", l.bus.id), present, redis.SetArgs{TTL: l.bus.config.Lease, Get: true}).Err()
	if err != nil && !errors.Is(err, redis.Nil) {
		r.relearn(ctx)
		return err
	}
	lapsed, repeat := err != nil && l.before, l.lapsed
	l.before, l.lapsed = true, lapsed
	l.mu.Lock()
	if l.some(); lapsed || repeat {
		l.everything()
	}
	l.mu.Unlock()
	err = cmp.Or(r.SAdd(ctx, l.key("hubs"), l.bus.id).Err(), r.Expire(ctx, l.key("hubs"), l.expiry()).Err(), l.show(ctx))
	if !lapsed {
		err = cmp.Or(l.watch(ctx), err)
	}
	return err
}

// some puts the next part of a turn through everybody into pending. The caller has mu.
func (l *leases) some() {
	if len(l.turn) == 0 {
		for user := range l.here {
			l.turn = append(l.turn, user)
		}
	}
	n := min(len(l.here)/turnTicks+1, len(l.turn))
	for _, user := range l.turn[:n] {
		l.pending[user] = struct{}{}
	}
	l.turn = l.turn[n:]
}

// say says what is pending.
func (l *leases) say(ctx context.Context) error {
	l.mu.Lock()
	all := make([]hub.UserSID, 0, len(l.pending))
	for user := range l.pending {
		all = append(all, user)
	}
	clear(l.pending)
	l.mu.Unlock()
	for users := range slices.Chunk(all, sayBatch) {
		if err := l.sayOf(ctx, users); err != nil {
			l.mu.Lock()
			for _, user := range all {
				l.pending[user] = struct{}{}
			}
			l.mu.Unlock()
			return err
		}
	}
	return nil
}

func (l *leases) sayOf(ctx context.Context, users []hub.UserSID) error {
	pipe := l.bus.service.Pipeline()
	l.mu.Lock()
	for _, user := range users {
		key := l.key("at", string(user))
		if _, here := l.here[user]; here {
			pipe.SAdd(ctx, key, l.bus.id)
			pipe.Expire(ctx, key, l.expiry())
		} else {
			pipe.SRem(ctx, key, l.bus.id)
		}
	}
	l.mu.Unlock()
	_, err := pipe.Exec(ctx)
	return err
}

// watch finds other hubs whose lease ended without a goodbye.
func (l *leases) watch(ctx context.Context) error {
	ids, err := l.bus.service.SMembers(ctx, l.key("hubs")).Result()
	if err != nil {
		return err
	}
	for id := range l.known {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	how, err := l.ask(ctx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		was, is := l.known[id], how[id]
		switch {
		case id == l.bus.id:
		case is == present:
			l.known[id] = true
		default:
			delete(l.known, id)
			l.bus.service.SRem(ctx, l.key("hubs"), id)
			if was && is != gone {
				l.bus.counters.departures.Add(1)
				l.bus.listener.Doubt("hub " + id + " is gone")
			}
		}
	}
	l.bus.counters.hubs.Store(int64(len(l.known)))
	return nil
}

// ask reads what hubs' leases say, "" for those that have none.
func (l *leases) ask(ctx context.Context, ids []string) (map[string]string, error) {
	pipe := l.bus.service.Pipeline()
	cmds := make([]*redis.StringCmd, len(ids))
	for i, id := range ids {
		cmds[i] = pipe.Get(ctx, l.key("hub", id))
	}
	pipe.Exec(ctx) //nolint:errcheck // each command knows
	how := make(map[string]string, len(ids))
	for i, id := range ids {
		word, err := cmds[i].Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return nil, err
		}
		how[id] = word
	}
	return how, nil
}

// Online implements hub.Whereabouts. Where Redis does not answer it gives, with the error, what this hub knows by itself.
func (b *Redis) Online(ctx context.Context, users []hub.UserSID) ([]bool, error) {
	l := b.leases
	online := make([]bool, len(users))
	l.mu.Lock()
	for i, user := range users {
		_, online[i] = l.here[user]
	}
	l.mu.Unlock()
	at := make([]*redis.StringSliceCmd, len(users))
	pipe := b.service.Pipeline()
	for i, user := range users {
		if !online[i] {
			at[i] = pipe.SMembers(ctx, l.key("at", string(user)))
		}
	}
	if pipe.Len() == 0 {
		return online, nil
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return online, err
	}
	var ids []string
	for _, cmd := range at {
		if cmd != nil {
			ids = append(ids, cmd.Val()...)
		}
	}
	slices.Sort(ids)
	how, err := l.ask(ctx, slices.Compact(ids))
	if err != nil {
		return online, err
	}
	for i, cmd := range at {
		online[i] = online[i] || cmd != nil && l.lives(ctx, users[i], cmd.Val(), how)
	}
	return online, nil
}

// lives reports whether a hub of a user's set has a lease, and takes those out that have none.
func (l *leases) lives(ctx context.Context, user hub.UserSID, ids []string, how map[string]string) (some bool) {
	var dead []any
	for _, id := range ids {
		switch {
		case id == l.bus.id: // it knew that it has nobody; the set will hear of it
		case how[id] == present:
			some = true
		default:
			dead = append(dead, id)
		}
	}
	if len(dead) > 0 {
		l.bus.service.SRem(ctx, l.key("at", string(user)), dead...)
	}
	return some
}

// leave says goodbye, as far as that works: the lease tells the others for as long as they may look for it.
func (l *leases) leave(ctx context.Context) {
	if err := l.bus.service.Set(ctx, l.key("hub", l.bus.id), gone, 2*l.bus.config.Lease).Err(); err != nil {
		return
	}
	l.bus.service.SRem(ctx, l.key("hubs"), l.bus.id)
	l.mu.Lock()
	l.everything()
	clear(l.here)
	l.mu.Unlock()
	l.say(ctx) //nolint:errcheck // without its lease what the hub said counts for nothing
}
