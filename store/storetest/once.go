package storetest

import (
	"time"

	"parley/hub"
)

// onceMark reads what a key stands for.
func (w *world) onceMark(service hub.ServiceSID, key string) (found *hub.OnceMark) {
	w.Helper()
	w.must(func(tx hub.Tx) (err error) {
		found, err = tx.Once(service, key)
		return err
	})
	return found
}

// once: a key is kept with what its op did, in its service alone, until it is forgotten.
func (w *world) once() {
	now := time.Now().UTC().Truncate(time.Millisecond)
	put := func(key, made string, created time.Time) write {
		return func(tx hub.Tx) error {
			return tx.PutOnce(&hub.OnceMark{Service: w.service.SID, Key: key, Print: "p", Made: made, Created: created}, now.Add(-time.Hour))
		}
	}
	w.must(put("a", "CH1", now))
	if m := w.onceMark(w.service.SID, "a"); m == nil || *m != (hub.OnceMark{Service: w.service.SID, Key: "a", Print: "p", Made: "CH1", Created: now}) {
		w.Errorf("read back %+v", m)
	}
	if m := w.onceMark(w.newService("another").SID, "a"); m != nil {
		w.Errorf("another service has %+v", m)
	}
	errs := w.try(func(tx hub.Tx) error {
		if err := put("failed", "CH2", now)(tx); err != nil {
			return err
		}
		return hub.Errorf(hub.CodeClosed, "no")
	})
	w.code(errs[0], hub.CodeClosed, "an op that fails")
	if m := w.onceMark(w.service.SID, "failed"); m != nil {
		w.Errorf("a failed op left %+v", m)
	}
	old := now.Add(-2 * time.Hour)
	w.must(put("b", "CH3", old), put("c", "CH4", old), put("b", "CH5", now))
	if m := w.onceMark(w.service.SID, "b"); m == nil || m.Made != "CH5" {
		w.Errorf("an old key was not taken anew: %+v", m)
	}
	w.must(put("d", "CH6", now))
	if m := w.onceMark(w.service.SID, "c"); m != nil {
		w.Errorf("what is old was not forgotten: %+v", m)
	}
}
