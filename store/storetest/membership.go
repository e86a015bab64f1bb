package storetest

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"time"

	"parley/hub"
)

// everyRead calls each read that needs membership.
func (w *world) everyRead(v hub.Viewer, c hub.ConversationSID, judge func(what string, err error)) {
	ref := hub.ConversationRef(c)
	_, err := w.store.Messages(w.Context(), v, ref, hub.MessageQuery{Anchor: hub.NoIndex, Limit: 5})
	judge("Messages", err)
	_, err = w.store.Message(w.Context(), v, ref, hub.MessageRef{Index: 0})
	judge("Message", err)
	_, err = w.store.Participants(w.Context(), v, ref, hub.PageQuery{Limit: 5})
	judge("Participants", err)
	_, err = w.store.Participant(w.Context(), v, ref, "ann")
	judge("Participant", err)
	_, err = w.store.Receipts(w.Context(), v, ref, hub.MessageRef{Index: 0}, hub.PageQuery{Limit: 5})
	judge("Receipts", err)
	_, err = w.store.Changes(w.Context(), v, c, hub.ChangeQuery{Limit: 5})
	judge("Changes", err)
}

// privacy: for who is not in, a conversation is not there.
func (w *world) privacy() {
	c := w.thread("ann", "left", "removed")
	w.must(w.say(c, "ann", "secret"), w.unseat(c, "left", hub.Left), w.unseat(c, "removed", hub.Removed))
	other := w.newService("other")
	for name, v := range map[string]hub.Viewer{
		"an outsider": w.as("eve"), "who left": w.as("left"), "who was removed": w.as("removed"),
		"another service": {Service: other.SID}, "their namesake elsewhere": {Service: other.SID, Identity: "ann"},
	} {
		w.everyRead(v, c, func(what string, err error) { w.code(err, hub.CodeConversationAbsent, what+" by "+name) })
	}
	allowed := func(what string, err error) {
		if err != nil {
			w.Errorf("%s: %v", what, err)
		}
	}
	w.everyRead(w.as("ann"), c, allowed)
	w.everyRead(w.account(), c, allowed)
	w.must(w.join(c, "removed"))
	w.everyRead(w.as("removed"), c, allowed)
	_, err := w.store.Participant(w.Context(), w.as("ann"), hub.ConversationRef(c), "left")
	w.code(err, hub.CodeParticipantAbsent, "a participant who left")
	for who, want := range map[string]bool{"eve": false, "left": true, "ann": true} {
		v, was, err := w.store.Conversation(w.Context(), w.as(who), hub.ConversationRef(c))
		w.ok(err)
		equal(w, who+" was in", was, want)
		equal(w, who+" is in", v.Own != nil, who == "ann")
		equal(w, who+" may do something", len(v.Permissions) > 0, who == "ann")
	}
}

// memberships follow joins, leaves, closing and deleting, with the user's revision (rule R19).
func (w *world) memberships() {
	list := func(who string) (map[hub.ConversationSID]hub.Membership, hub.Revision) {
		u, all, err := w.store.Memberships(w.Context(), w.service.SID, who)
		w.ok(err)
		m := map[hub.ConversationSID]hub.Membership{}
		for _, one := range all {
			m[one.Conversation] = one
		}
		equal(w, "no repeats", len(m), len(all))
		if u == nil {
			return m, 0
		}
		equal(w, "identity", u.Identity, who)
		return m, u.Revision
	}
	if m, rev := list("ann"); len(m) != 0 || rev != 0 {
		w.Errorf("a stranger has %v at %d", m, rev)
	}
	a, b, c := w.thread("ann", "bob"), w.thread("bob", "ann"), w.thread("ann")
	w.must(w.closing(b), w.say(c, "ann", "x"))
	m, rev := list("ann")
	if len(m) != 3 || rev != 3 || m[b] != (hub.Membership{Conversation: b, Revision: 4, Created: 3, State: hub.StateClosed}) {
		w.Errorf("%v at %d", m, rev)
	}
	w.must(w.unseat(a, "ann", hub.Left), w.join(a, "ann"), w.deleting(c))
	m, rev = list("ann")
	if len(m) != 2 || rev != 6 || m[a].Created != 5 {
		w.Errorf("%v at %d", m, rev)
	}
	w.must(func(tx hub.Tx) error {
		last, err := tx.LastMembership(a, "ann")
		if err == nil && (last == nil || last.Created != 5 || last.Gone != "") {
			err = errors.New("the newest membership is not the last one")
		}
		u, err2 := tx.User(w.service.SID, "ann")
		if err2 == nil {
			n, err3 := tx.OpenConversations(u.SID)
			equal(w, "open conversations", n, 1)
			err2 = err3
		}
		return errors.Join(err, err2)
	}, w.unseat(a, "ann", hub.Removed), func(tx hub.Tx) error {
		last, err := tx.LastMembership(a, "ann")
		if err == nil && (last == nil || last.Gone != hub.Removed || last.Attributes != "" || last.Changed != 6) {
			w.Errorf("the tombstone is %+v", last)
		}
		return err
	})
}

// directory keeps services, roles and users.
func (w *world) directory() {
	services, err := w.store.Services(w.Context())
	w.ok(err)
	if len(services) != 1 || !reflect.DeepEqual(services[0], w.service) {
		w.Errorf("services are %+v", services)
	}
	roles, err := w.store.Roles(w.Context(), w.service.SID)
	w.ok(err)
	equal(w, "roles", len(roles), 4)
	w.must(w.join(w.thread(), "ann"), func(tx hub.Tx) error {
		r, err := tx.Role(w.service.SID, roles[0].SID)
		if err != nil || !reflect.DeepEqual(r, roles[0]) {
			w.Errorf("the role is %+v, %v", r, err)
		}
		r.FriendlyName = "renamed"
		none, err2 := tx.Role(hub.NewServiceSID(), roles[0].SID)
		if none != nil {
			w.Error("a role is found in another service")
		}
		u, err3 := tx.User(w.service.SID, "ann")
		u.FriendlyName, u.Attributes, u.Barred = "Ann", `{"x":"é"}`, true
		return errors.Join(err, err2, err3, tx.PutRole(r), tx.PutUser(u))
	})
	u, err := w.store.User(w.Context(), w.service.SID, "ann")
	w.ok(err)
	if u.FriendlyName != "Ann" || u.Attributes != `{"x":"é"}` || u.Role != w.service.DefaultUserRole || u.Revision != 1 || !u.Barred {
		w.Errorf("the user is %+v", u)
	}
	marks, err := w.store.UserMarks(w.Context(), []hub.UserSID{hub.NewUserSID(), u.SID})
	w.ok(err)
	if len(marks) != 1 || marks[0] != (hub.UserMark{User: u.SID, Revision: 1, Barred: true}) {
		w.Errorf("the users' marks are %+v", marks)
	}
	_, err = w.store.User(w.Context(), w.service.SID, "Ann")
	w.code(err, hub.CodeUserAbsent, "an identity in other case")
	for range 2 { // who has a lease renews it
		held, err := w.store.Lease(w.Context(), "tests", time.Minute)
		w.ok(err)
		equal(w, "the lease", held, true)
	}
	w.ok(w.store.Ping(w.Context()))
	w.ok(w.store.Reopen(w.Context()))
}

// horizons: unread is what exists above the horizon, whatever was removed.
func (w *world) horizons() {
	c := w.thread("ann")
	removed := map[int64]bool{}
	random := rand.New(rand.NewPCG(1, 2))
	last, horizon := hub.NoIndex, hub.NoIndex
	for range 150 {
		switch n := random.Int64N(4); {
		case n < 2 || last < 0:
			w.must(w.say(c, "bob", "x"))
			last++
		case n == 2:
			i := random.Int64N(last + 1)
			if !removed[i] {
				w.must(w.remove(c, i))
				removed[i] = true
			}
		default:
			horizon = random.Int64N(last+2) - 1
			w.must(w.mark(c, "ann", horizon))
		}
		v, _, err := w.store.Conversation(w.Context(), w.as("ann"), hub.ConversationRef(c))
		w.ok(err)
		want := int64(0)
		for i := horizon + 1; i <= last; i++ {
			if !removed[i] {
				want++
			}
		}
		if horizon == hub.NoIndex {
			equal(w, "unread before a horizon", v.Unread, nil)
		} else if v.Unread == nil || *v.Unread != want {
			w.Fatalf("horizon %d of %d: unread %v, want %d", horizon, last, v.Unread, want)
		}
		equal(w, "horizon", v.Own.Horizon, horizon)
		equal(w, "messages", v.Messages, last+1-int64(len(removed)))
	}
}

// closed: after Close everything is refused.
func (w *world) closed() {
	c := w.thread("ann")
	w.ok(w.store.Close())
	w.code(w.try(w.say(c, "ann", "x"))[0], hub.CodeUnavailable, "Commit")
	w.everyRead(w.as("ann"), c, func(what string, err error) { w.code(err, hub.CodeUnavailable, what) })
	_, err := w.store.Heads(w.Context(), []hub.ConversationSID{c})
	w.code(err, hub.CodeUnavailable, "Heads")
	_, err = w.store.Purge(w.Context())
	w.code(err, hub.CodeUnavailable, "Purge")
	w.code(w.store.Ping(w.Context()), hub.CodeUnavailable, "Ping")
	w.code(w.store.Reopen(w.Context()), hub.CodeUnavailable, "Reopen")
	w.ok(w.store.Close())
}
