package storetest

import (
	"errors"
	"fmt"
	"sync"

	"parley/hub"
)

// funnel runs ops from many goroutines through one that commits what has gathered.
func (w *world) funnel(producers, each int, next func(producer, i int) write) {
	queue := make(chan *hub.Op, producers) // as many as can wait
	var sending sync.WaitGroup
	for p := range producers {
		sending.Go(func() {
			for i := range each {
				queue <- &hub.Op{Run: next(p, i)}
			}
		})
	}
	go func() {
		sending.Wait()
		close(queue)
	}()
	for op := range queue {
		batch := []*hub.Op{op}
		for len(batch) < 100 && len(queue) > 0 {
			if op, ok := <-queue; ok {
				batch = append(batch, op)
			}
		}
		w.store.Commit(batch)
		for _, op := range batch {
			if op.Err != nil {
				w.Errorf("an op failed: %v", op.Err)
			}
		}
	}
}

// contiguous: indexes and revisions have no holes and no repeats, and each producer's own order is kept.
func (w *world) contiguous() {
	const producers, each = 16, 40
	threads := []hub.ConversationSID{w.thread(), w.thread(), w.thread()}
	w.funnel(producers, each, func(p, i int) write {
		return w.say(threads[(p+i)%3], fmt.Sprint(p), fmt.Sprint(i))
	})
	total := 0
	for _, c := range threads {
		page, err := w.store.Messages(w.Context(), w.account(), hub.ConversationRef(c), hub.MessageQuery{Forward: true, Anchor: hub.NoIndex, Limit: 1000})
		w.ok(err)
		last := map[string]int{}
		for i, m := range page.Messages {
			equal(w, "index", m.Index, int64(i))
			equal(w, "revision", m.Created, hub.Revision(i+2))
			var n int
			if _, err := fmt.Sscan(m.Body, &n); err != nil {
				w.Fatal(err)
			}
			if before, ok := last[m.Author]; ok && n <= before {
				w.Errorf("producer %s's message %d came after %d", m.Author, n, before)
			}
			last[m.Author] = n
		}
		equal(w, "head's revision", page.Revision, hub.Revision(len(page.Messages)+1))
		equal(w, "head's index", w.view(c).LastIndex, int64(len(page.Messages)-1))
		total += len(page.Messages)
	}
	equal(w, "messages", total, producers*each)
}

// nonces answer what exists: inside a batch, later, and when it was removed.
func (w *world) nonces() {
	c, other := w.thread(), w.thread()
	ms := make([]hub.Message, 6)
	for i := range ms {
		ms[i] = hub.Message{Author: "ann", Body: fmt.Sprint(i), Nonce: "n"}
	}
	ms[2].Author = "bob"
	w.must(w.send(c, &ms[0]), w.send(c, &ms[1]), w.send(c, &ms[2]), w.send(other, &ms[3]))
	equal(w, "same batch", ms[1].SID, ms[0].SID)
	equal(w, "same batch's body", ms[1].Body, "0")
	equal(w, "another author's index", ms[2].Index, 1)
	equal(w, "another conversation's index", ms[3].Index, 0)
	w.must(w.send(c, &ms[4]), w.remove(c, 0), w.send(c, &ms[5]))
	equal(w, "next batch", ms[4].SID, ms[0].SID)
	if ms[5].SID != ms[0].SID || !ms[5].Removed || ms[5].Body != "" {
		w.Errorf("a removed one is answered as %+v", ms[5])
	}
	equal(w, "messages", w.view(c).Messages, 1)
	equal(w, "last index", w.view(c).LastIndex, 1)
}

// badOpAlone: an op that fails leaves nothing, and the others of its batch succeed (rules R7, R8).
func (w *world) badOpAlone() {
	c := w.thread("ann")
	refused, broken := hub.Errorf(hub.CodeForbidden, "no"), errors.New("something else")
	early := func(err error) write {
		return w.with(c, func(hub.Tx, *hub.Conversation) error { return err })
	}
	late := func(err error) write {
		return w.with(c, func(tx hub.Tx, c *hub.Conversation) error {
			lost := hub.NewConversationSID()
			return errors.Join(w.putThread(lost, "lost")(tx), w.say(c.SID, "ann", "lost")(tx), w.join(c.SID, "lost")(tx),
				w.rename(c.SID, "lost")(tx), w.mark(c.SID, "ann", 0)(tx), err)
		})
	}
	for name, bad := range map[string]write{
		"refused": early(refused), "refused after it wrote": late(refused), "broken": early(broken), "broken after it wrote": late(broken),
	} {
		before := w.view(c)
		errs := w.try(w.say(c, "ann", "one"), bad, w.say(c, "ann", "two"), bad)
		for i, err := range errs {
			if failed := err != nil; failed != (i%2 == 1) {
				w.Errorf("%s: op %d: %v", name, i, err)
			}
		}
		if !errors.Is(errs[1], refused) && !errors.Is(errs[1], broken) {
			w.Errorf("%s: its error is %v", name, errs[1])
		}
		after := w.view(c)
		equal(w, name+": revision", after.Revision, before.Revision+2)
		equal(w, name+": index", after.LastIndex, before.LastIndex+2)
		equal(w, name+": participants", after.Participants, before.Participants)
		w.names("lost", "")
		_, err := w.store.User(w.Context(), w.service.SID, "lost")
		w.code(err, hub.CodeUserAbsent, name+": a user")
		if errs := w.try(bad); errs[0] == nil {
			w.Errorf("%s: alone it succeeds", name)
		}
		equal(w, name+": revision after it ran alone", w.view(c).Revision, after.Revision)
	}
}
