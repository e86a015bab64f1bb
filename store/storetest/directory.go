package storetest

import (
	"errors"
	"fmt"
	"slices"

	"parley/hub"
)

// directoryLists are cut by sid; single entries are found by sid within their service.
func (w *world) directoryLists() {
	other := w.newService("other")
	var sids, got []string
	for i := range 5 {
		u := &hub.User{SID: hub.UserSID(sidOf("US", i)), Service: w.service.SID, Identity: fmt.Sprint(9 - i)}
		sids = append(sids, string(u.SID))
		w.must(func(tx hub.Tx) error { return tx.PutUser(u) })
	}
	w.must(func(tx hub.Tx) error {
		return tx.PutUser(&hub.User{SID: hub.UserSID(sidOf("US", 99)), Service: other.SID, Identity: "9"})
	})
	for q := (hub.PageQuery{Limit: 2}); ; {
		page, err := w.store.Users(w.Context(), w.service.SID, q)
		w.ok(err)
		for _, u := range page.Users {
			got = append(got, string(u.SID))
		}
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	if !slices.Equal(got, sids) {
		w.Errorf("users are %v, want %v", got, sids)
	}
	u, err := w.store.UserBySID(w.Context(), w.service.SID, hub.UserSID(sids[1]))
	w.ok(err)
	equal(w, "by sid", u.Identity, "8")
	_, err = w.store.UserBySID(w.Context(), other.SID, hub.UserSID(sids[1]))
	w.code(err, hub.CodeUserAbsent, "another service's user")
	roles, err := w.store.RolePage(w.Context(), w.service.SID, hub.PageQuery{Limit: 3})
	w.ok(err)
	rest, err := w.store.RolePage(w.Context(), w.service.SID, hub.PageQuery{Limit: 3, After: roles.Next})
	w.ok(err)
	if len(roles.Roles) != 3 || len(rest.Roles) != 1 || rest.Next != "" || rest.Roles[0].SID <= roles.Roles[2].SID {
		w.Errorf("roles are %+v and %+v", roles, rest)
	}
	_, err = w.store.Role(w.Context(), w.service.SID, rest.Roles[0].SID)
	w.ok(err)
	_, err = w.store.Role(w.Context(), other.SID, rest.Roles[0].SID)
	w.code(err, hub.CodeRoleAbsent, "another service's role")
	services, err := w.store.ServicePage(w.Context(), hub.PageQuery{Limit: 1})
	w.ok(err)
	more, err := w.store.ServicePage(w.Context(), hub.PageQuery{Limit: 1, After: services.Next})
	w.ok(err)
	if len(services.Services) != 1 || len(more.Services) != 1 || more.Next != "" || services.Next != string(services.Services[0].SID) {
		w.Errorf("services are %+v and %+v", services, more)
	}
}

// dropped users and roles are absent at once, in the same batch too, and a new user of the same identity is another.
func (w *world) dropped() {
	role := hub.RoleSID(sidOf("RL", 1))
	scope := string(w.service.SID)
	c := w.thread("ann")
	w.must(
		add(newRecord(hub.RecordBinding, scope, sidOf("BS", 1), "a", "ann", ""), newRecord(hub.RecordBinding, scope, sidOf("BS", 2), "b", "bob", "")),
		func(tx hub.Tx) error {
			return tx.PutRole(&hub.Role{SID: role, Service: w.service.SID, FriendlyName: "r", Type: hub.RoleService, Permissions: []hub.Permission{"sendMessage"}})
		})
	before, err := w.store.User(w.Context(), w.service.SID, "ann")
	w.ok(err)
	memberless := func(want bool) write {
		return func(tx hub.Tx) error {
			u, err := tx.User(w.service.SID, "ann")
			if err != nil {
				return err
			}
			none, err := tx.Memberless(u.SID)
			equal(w, "in no conversation", none, want)
			return err
		}
	}
	drop := func(tx hub.Tx) error {
		s, err := tx.HoldService(w.service.SID)
		if err != nil || s == nil || s.SID != w.service.SID {
			return errors.Join(err, fmt.Errorf("the service is held as %v", s))
		}
		r, err := tx.Role(w.service.SID, role)
		u, err2 := tx.User(w.service.SID, "ann")
		if err := errors.Join(err, err2); err != nil {
			return err
		}
		return errors.Join(tx.DropRole(r), tx.DropUser(u))
	}
	gone := func(tx hub.Tx) error {
		r, err := tx.Role(w.service.SID, role)
		u, err2 := tx.User(w.service.SID, "ann")
		if r != nil || u != nil {
			w.Errorf("in the batch there are %v and %v", r, u)
		}
		return errors.Join(err, err2)
	}
	w.must(memberless(false), w.closing(c), memberless(false), w.unseat(c, "ann", hub.Removed), memberless(true))
	undone := errors.New("undone")
	if errs := w.try(func(tx hub.Tx) error { return errors.Join(drop(tx), undone) }, memberless(true)); !errors.Is(errs[0], undone) || errs[1] != nil {
		w.Errorf("dropping and failing: %v", errs)
	}
	w.must(memberless(true), drop, gone)
	w.must(gone)
	_, err = w.store.UserBySID(w.Context(), w.service.SID, before.SID)
	w.code(err, hub.CodeUserAbsent, "a user who was dropped")
	_, err = w.store.Role(w.Context(), w.service.SID, role)
	w.code(err, hub.CodeRoleAbsent, "a role that was dropped")
	left, err := w.store.Records(w.Context(), hub.RecordQuery{RecordPlace: hub.RecordPlace{Kind: hub.RecordBinding, Scope: scope}, Limit: 9})
	w.ok(err)
	if len(left.Records) != 1 || left.Records[0].Owner != "bob" {
		w.Errorf("bindings that are left: %v", left.Records)
	}
	w.must(w.join(w.thread(), "ann"))
	after, err := w.store.User(w.Context(), w.service.SID, "ann")
	w.ok(err)
	if after.SID == before.SID || after.Revision != 1 {
		w.Errorf("the new user is %+v", after)
	}
}

// deleteService leaves a tombstone, frees what others may want at once, and then nothing of the content.
func (w *world) deleteService() {
	doomed, kept := w.newService("doomed"), w.service
	mine := w.thread("ann")
	w.must(w.bind(mine, &hub.Participant{}, "+1", "+8"))
	w.service = doomed
	var threads []hub.ConversationSID
	for i := range 130 {
		c := hub.NewConversationSID()
		threads = append(threads, c)
		w.must(w.putThread(c, fmt.Sprint("room ", i)), w.join(c, "ann"), w.say(c, "ann", "x"))
	}
	w.must(w.bind(threads[0], &hub.Participant{}, "+1", "+9"), add(
		newRecord(hub.RecordNotifications, string(doomed.SID), "", "", "", ""),
		newRecord(hub.RecordScopedWebhook, string(threads[0]), sidOf("WH", 1), "", "", ""),
		newRecord(hub.RecordScopedWebhook, string(mine), sidOf("WH", 1), "", "", "")))
	w.must(func(tx hub.Tx) error {
		s, err := tx.HoldService(doomed.SID)
		if err != nil {
			return err
		}
		s.Deleted, s.FriendlyName = true, ""
		return tx.PutService(s)
	}, func(tx hub.Tx) error {
		s, err := tx.Service(doomed.SID)
		held, err2 := tx.HoldService(doomed.SID)
		if s != nil || held != nil {
			w.Errorf("a deleted service is found: %v, %v", s, held)
		}
		return errors.Join(err, err2)
	})
	services, err := w.store.Services(w.Context())
	w.ok(err)
	equal(w, "services", len(services), 1)
	w.service = kept
	w.must(w.bind(mine, &hub.Participant{}, "+1", "+9"))
	w.pairTaken(w.try(w.bind(mine, &hub.Participant{}, "+1", "+9"))[0], mine)
	w.purgeAll(3, 100)
	w.purged(doomed.SID, threads)
	equal(w, "messages of another", w.view(mine).Participants, 3)
	w.pairTaken(w.try(w.bind(mine, &hub.Participant{}, "+1", "+9"))[0], mine)
	hooks, err := w.store.RecordsOf(w.Context(), hub.RecordPlace{Kind: hub.RecordScopedWebhook, Scope: string(mine)})
	w.ok(err)
	equal(w, "webhooks of another", len(hooks), 1)
	// What was made on a hub that had not heard of it goes too.
	late := hub.NewConversationSID()
	w.must(putThreadOf(doomed.SID, late, "late"))
	w.purgeAll(1, 100)
	w.purged(doomed.SID, []hub.ConversationSID{late})
}

// purgeAll purges until nothing is left to do now.
func (w *world) purgeAll(least, most int) {
	w.Helper()
	for steps := 0; ; steps++ {
		more, err := w.store.Purge(w.Context())
		w.ok(err)
		if !more && steps >= least {
			return
		}
		if !more || steps > most {
			w.Fatalf("purged in %d steps, more left: %v", steps, more)
		}
	}
}

// purged demands that nothing of a service is found.
func (w *world) purged(service hub.ServiceSID, threads []hub.ConversationSID) {
	w.Helper()
	marks, err := w.store.Heads(w.Context(), threads)
	w.ok(err)
	for i, m := range marks {
		if !m.Deleted {
			w.Errorf("conversation %d is there", i)
		}
	}
	users, err := w.store.Users(w.Context(), service, hub.PageQuery{Limit: 9})
	w.ok(err)
	roles, err := w.store.Roles(w.Context(), service)
	w.ok(err)
	records, err := w.store.RecordsOf(w.Context(), hub.RecordPlace{Kind: hub.RecordNotifications, Scope: string(service)},
		hub.RecordPlace{Kind: hub.RecordScopedWebhook, Scope: string(threads[0])})
	w.ok(err)
	if n := len(users.Users) + len(roles) + len(records); n != 0 {
		w.Errorf("%d users, %d roles, %d records are left", len(users.Users), len(roles), len(records))
	}
	w.must(func(tx hub.Tx) error {
		m, err := tx.Message(threads[0], hub.MessageRef{})
		if m != nil {
			w.Error("a message is left")
		}
		return err
	})
}
