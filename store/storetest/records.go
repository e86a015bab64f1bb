package storetest

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"parley/hub"
)

func newRecord(kind hub.RecordKind, scope, sid, key, owner, label string) *hub.Record {
	now := time.Now().UTC().Truncate(time.Millisecond)
	return &hub.Record{
		Kind: kind, Scope: scope, SID: sid, Key: key, Owner: owner, Label: label, Data: `{"é":1}`, DateCreated: now, DateUpdated: now,
	}
}

// sidOf makes a sid that sorts by n.
func sidOf(prefix string, n int) string { return fmt.Sprintf("%s%032x", prefix, n) }

func add(all ...*hub.Record) write {
	return func(tx hub.Tx) error {
		for _, r := range all {
			if err := tx.AddRecord(r); err != nil {
				return err
			}
		}
		return nil
	}
}

// records are found by sid and key within their kind and scope, changed and removed.
func (w *world) records() {
	service := string(w.service.SID)
	one := newRecord(hub.RecordAddress, "", sidOf("IG", 1), "+15550001", "", "sms")
	single := newRecord(hub.RecordWebhooks, service, "", "", "", "")
	w.must(add(one, single, newRecord(hub.RecordWebhooks, "", "", "", "", "")))
	found := func(kind hub.RecordKind, scope, ref string, want *hub.Record) {
		w.Helper()
		read, err := w.store.Record(w.Context(), kind, scope, hub.RecordRef(ref))
		w.ok(err)
		if !reflect.DeepEqual(read, want) {
			w.Errorf("%s %q of %q is %#v, want %#v", kind, ref, scope, read, want)
		}
		w.must(func(tx hub.Tx) error {
			locked, err := tx.Record(kind, scope, hub.RecordRef(ref))
			if !reflect.DeepEqual(locked, want) {
				w.Errorf("in a transaction, %s %q of %q is %#v, want %#v", kind, ref, scope, locked, want)
			}
			return err
		})
	}
	found(hub.RecordAddress, "", one.SID, one)
	found(hub.RecordAddress, "", one.Key, one)
	found(hub.RecordWebhooks, service, "", single)
	found(hub.RecordAddress, service, one.SID, nil)
	found(hub.RecordAddress, service, one.Key, nil)
	found(hub.RecordCredential, "", one.SID, nil)
	found(hub.RecordAddress, "", "", nil)
	found(hub.RecordAddress, "", "+1555000", nil)

	changed := *one
	changed.Key, changed.Owner, changed.Label, changed.Data, changed.DateUpdated = "", "ann", "email", `{}`, one.DateUpdated.Add(time.Second)
	w.must(func(tx hub.Tx) error {
		whole := changed
		whole.DateCreated = time.Time{} // which nobody changes
		return tx.PutRecord(&whole)
	})
	found(hub.RecordAddress, "", one.SID, &changed)
	found(hub.RecordAddress, "", one.Key, nil)
	w.must(func(tx hub.Tx) error { return tx.DropRecord(&changed) })
	found(hub.RecordAddress, "", one.SID, nil)
	found(hub.RecordWebhooks, service, "", single)
	for _, text := range []string{fmt.Sprint(one), fmt.Sprintf("%+v", *one), fmt.Sprintf("%#v", one)} {
		if strings.Contains(text, "é") {
			w.Errorf("a record prints what it says: %s", text)
		}
	}
}

// recordKeys are unique, sids too, and one op that meets them does not harm others.
func (w *world) recordKeys() {
	w.must(add(newRecord(hub.RecordAddress, "", sidOf("IG", 1), "x", "", "")))
	errs := w.try(
		add(newRecord(hub.RecordAddress, "", sidOf("IG", 2), "y", "", "")),
		add(newRecord(hub.RecordAddress, "", sidOf("IG", 3), "x", "", "")),
		add(newRecord(hub.RecordAddress, "", sidOf("IG", 1), "z", "", "")),
		add(newRecord(hub.RecordAddress, "other", sidOf("IG", 1), "x", "", "")),
		add(newRecord(hub.RecordCredential, "", sidOf("IG", 1), "x", "", "")),
	)
	for i, err := range errs {
		if refused := i == 1 || i == 2; (err != nil) != refused {
			w.Errorf("op %d: %v", i, err)
		}
	}
	page, err := w.store.Records(w.Context(), hub.RecordQuery{RecordPlace: hub.RecordPlace{Kind: hub.RecordAddress}, Limit: 10})
	w.ok(err)
	equal(w, "addresses", len(page.Records), 2)
}

// recordLists are cut by sid, and filtered.
func (w *world) recordLists() {
	scope := string(w.service.SID)
	var all []*hub.Record
	for i := range 12 {
		all = append(all, newRecord(hub.RecordBinding, scope, sidOf("BS", i), fmt.Sprint("k", i), []string{"ann", "bob", "cyd"}[i%3], []string{"fcm", "apn"}[i%2]))
	}
	foreign := newRecord(hub.RecordBinding, "other", sidOf("BS", 99), "k", "ann", "fcm")
	w.must(add(append(all, foreign)...))
	place := hub.RecordPlace{Kind: hub.RecordBinding, Scope: scope}
	list := func(q hub.RecordQuery) (sids []string) {
		w.Helper()
		for q.RecordPlace = place; ; {
			page, err := w.store.Records(w.Context(), q)
			w.ok(err)
			if len(page.Records) > q.Limit {
				w.Errorf("a page of %d has %d", q.Limit, len(page.Records))
			}
			for _, r := range page.Records {
				sids = append(sids, strings.TrimLeft(r.SID[2:], "0"))
			}
			if q.After = page.Next; q.After == "" {
				return sids
			}
		}
	}
	for _, c := range []struct {
		q    hub.RecordQuery
		want string
	}{
		{hub.RecordQuery{Limit: 5}, " 1 2 3 4 5 6 7 8 9 a b"},
		{hub.RecordQuery{Limit: 12}, " 1 2 3 4 5 6 7 8 9 a b"},
		{hub.RecordQuery{Limit: 2, Owners: []string{"ann", "bob"}}, " 1 3 4 6 7 9 a"},
		{hub.RecordQuery{Limit: 2, Labels: []string{"apn"}}, "1 3 5 7 9 b"},
		{hub.RecordQuery{Limit: 3, Owners: []string{"cyd"}, Labels: []string{"apn", "no"}}, "5 b"},
		{hub.RecordQuery{Limit: 3, Owners: []string{"eve"}}, ""},
	} {
		if got := strings.Join(list(c.q), " "); got != c.want {
			w.Errorf("%+v: %q, want %q", c.q, got, c.want)
		}
	}
	w.must(func(tx hub.Tx) error {
		mine, err := tx.Records(hub.RecordBinding, scope, "bob", 3)
		if err == nil && (len(mine) != 3 || !reflect.DeepEqual(mine[2], all[7])) {
			w.Errorf("in a transaction: %v", mine)
		}
		first, err2 := tx.Records(hub.RecordBinding, scope, "", 100)
		equal(w, "all in a transaction", len(first), 12)
		if err == nil {
			err = err2
		}
		return err
	})
	read, err := w.store.RecordsOf(w.Context(), hub.RecordPlace{Kind: hub.RecordBinding, Scope: "other"}, hub.RecordPlace{Kind: hub.RecordWebhooks}, place)
	w.ok(err)
	if len(read) != 13 || !reflect.DeepEqual(read[0], foreign) || !reflect.DeepEqual(read[12], all[11]) {
		w.Errorf("of two places: %v", read)
	}
}
