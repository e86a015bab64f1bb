package storetest

import (
	"fmt"
	"maps"
	"slices"

	"pgregory.net/rapid"

	"parley/hub"
)

// model is what a conversation should be, kept as simply as can be.
type model struct {
	c        hub.ConversationSID
	name     string
	revision hub.Revision
	bodies   []string         // by index
	removed  map[int64]bool   // by index
	nonces   map[string]int64 // author and nonce to index
	horizons map[string]int64 // of those who are in
	reacted  map[string]bool  // index and identity
}

// machine does what comes to rapid's mind to some conversations and holds the store against the model after each step. Net
// reads and address pairs have tests of their own.
type machine struct {
	w       *world
	threads []*model
	names   map[string]*model
}

var people = []string{"ann", "bob", "cyd"}

func (m *machine) pick(t *rapid.T) *model { return rapid.SampledFrom(m.threads).Draw(t, "thread") }

// say sends with one of few nonces, so that many are used again.
func (m *machine) say(t *rapid.T) {
	c, who := m.pick(t), rapid.SampledFrom(people).Draw(t, "who")
	nonce := fmt.Sprint(rapid.IntRange(0, 6).Draw(t, "nonce"))
	sent := &hub.Message{Author: who, Body: fmt.Sprint(len(c.bodies)), Nonce: nonce}
	m.w.must(m.w.send(c.c, sent))
	index, used := c.nonces[who+nonce]
	if !used {
		index = int64(len(c.bodies))
		c.bodies, c.nonces[who+nonce] = append(c.bodies, sent.Body), index
		c.revision++
	}
	if sent.Index != index {
		t.Fatalf("nonce %s of %s answers message %d, want %d", nonce, who, sent.Index, index)
	}
}

// message draws one that exists, -1 where none does.
func (c *model) message(t *rapid.T) int64 {
	var live []int64
	for i := range c.bodies {
		if !c.removed[int64(i)] {
			live = append(live, int64(i))
		}
	}
	if len(live) == 0 {
		return hub.NoIndex
	}
	return rapid.SampledFrom(live).Draw(t, "message")
}

func (m *machine) edit(t *rapid.T) {
	c := m.pick(t)
	if i := c.message(t); i >= 0 {
		c.bodies[i] += "'"
		c.revision++
		m.w.must(m.w.edit(c.c, i, c.bodies[i]))
	}
}

func (m *machine) remove(t *rapid.T) {
	c := m.pick(t)
	if i := c.message(t); i >= 0 {
		c.removed[i] = true
		c.revision++
		m.w.must(m.w.remove(c.c, i))
	}
}

// react adds or takes back; it raises the revision as an edit does.
func (m *machine) react(t *rapid.T) {
	c, who, add := m.pick(t), rapid.SampledFrom(people).Draw(t, "who"), rapid.Bool().Draw(t, "add")
	i := c.message(t)
	if i < 0 {
		return
	}
	key := fmt.Sprint(i, who)
	m.w.must(m.w.with(c.c, func(tx hub.Tx, _ *hub.Conversation) error {
		message, err := tx.Message(c.c, hub.MessageRef{Index: i})
		if err != nil {
			return err
		}
		_, changed, err := tx.React(message, "+1", who, add)
		if changed == (c.reacted[key] == add) {
			t.Errorf("reacting to %d as %s: changed %v", i, who, changed)
		}
		return err
	}))
	c.reacted[key] = add
}

// sit has somebody come or go.
func (m *machine) sit(t *rapid.T) {
	c, who := m.pick(t), rapid.SampledFrom(people).Draw(t, "who")
	c.revision++
	if _, in := c.horizons[who]; in {
		m.w.must(m.w.unseat(c.c, hub.ParticipantRef(who), hub.Left))
		delete(c.horizons, who)
		return
	}
	m.w.must(m.w.join(c.c, who))
	c.horizons[who] = hub.NoIndex
}

func (m *machine) read(t *rapid.T) {
	c, who := m.pick(t), rapid.SampledFrom(people).Draw(t, "who")
	if _, in := c.horizons[who]; in && len(c.bodies) > 0 {
		c.horizons[who] = int64(rapid.IntRange(0, len(c.bodies)-1).Draw(t, "horizon"))
		m.w.must(m.w.mark(c.c, who, c.horizons[who]))
	}
}

// rename takes one of few names, which another may bear.
func (m *machine) rename(t *rapid.T) {
	c, name := m.pick(t), rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "name")
	err := m.w.try(m.w.rename(c.c, name))[0]
	if bearer := m.names[name]; name != "" && bearer != nil && bearer != c {
		m.w.taken(err, bearer.c)
		return
	}
	m.w.ok(err)
	delete(m.names, c.name)
	c.name = name
	c.revision++
	m.names[name] = c
}

// check holds what can be read of one conversation against the model.
func (m *machine) check(t *rapid.T) {
	c, who := m.pick(t), rapid.SampledFrom(people).Draw(t, "reader")
	m.checkThread(t, c)
	horizon, want := c.horizons[who]
	if want {
		m.checkOwn(t, c, who, horizon)
	}
	_, in, err := m.w.store.Memberships(m.w.Context(), m.w.service.SID, who)
	m.w.ok(err)
	if got := slices.ContainsFunc(in, func(one hub.Membership) bool { return one.Conversation == c.c }); got != want {
		t.Fatalf("%s is in: %v", who, got)
	}
}

func (m *machine) checkThread(t *rapid.T, c *model) {
	v := m.w.view(c.c)
	if v.Revision != c.revision || v.LastIndex != int64(len(c.bodies)-1) || v.Messages != int64(len(c.bodies)-len(c.removed)) ||
		v.Participants != int64(len(c.horizons)) || v.UniqueName != c.name {
		t.Fatalf("the head is %+v of %q, want %+v", v.Head, v.UniqueName, c)
	}
	page := m.w.page(m.w.account(), c.c, hub.MessageQuery{Anchor: hub.NoIndex, Forward: true, Limit: 1000})
	got := map[int64]string{}
	for _, one := range page.Messages {
		got[one.Index] = one.Body
		count := 0
		for _, r := range one.Reactions {
			count += len(r.Identities)
		}
		for _, who := range people {
			if c.reacted[fmt.Sprint(one.Index, who)] {
				count--
			}
		}
		if count != 0 {
			t.Fatalf("message %d has %d reactions too many: %+v", one.Index, count, one.Reactions)
		}
	}
	want := map[int64]string{}
	for i, body := range c.bodies {
		if !c.removed[int64(i)] {
			want[int64(i)] = body
		}
	}
	if !maps.Equal(got, want) {
		t.Fatalf("messages are %v, want %v", got, want)
	}
}

func (m *machine) checkOwn(t *rapid.T, c *model, who string, horizon int64) {
	v, _, err := m.w.store.Conversation(m.w.Context(), m.w.as(who), hub.ConversationRef(c.c))
	m.w.ok(err)
	unread := int64(0)
	for i := horizon + 1; i < int64(len(c.bodies)); i++ {
		if !c.removed[i] {
			unread++
		}
	}
	if v.Own == nil || v.Own.Horizon != horizon || (v.Unread == nil) != (horizon == hub.NoIndex) || v.Unread != nil && *v.Unread != unread {
		t.Fatalf("%s sees %+v, unread %v, want %d above %d", who, v.Own, v.Unread, unread, horizon)
	}
}

// everything mixes all kinds of writes.
func (w *world) everything() {
	rapid.Check(w.T, func(t *rapid.T) {
		m := &machine{w: w, names: map[string]*model{}}
		for range 2 {
			c := &model{
				c: hub.NewConversationSID(), revision: 1, removed: map[int64]bool{}, nonces: map[string]int64{},
				horizons: map[string]int64{}, reacted: map[string]bool{},
			}
			w.must(w.putThread(c.c, ""))
			defer func() { w.must(w.deleting(c.c)) }() // names and lists are free for the next
			m.threads = append(m.threads, c)
		}
		steps := []func(*rapid.T){m.say, m.say, m.say, m.edit, m.remove, m.react, m.sit, m.sit, m.read, m.read, m.rename}
		for range rapid.IntRange(0, 20).Draw(t, "steps") {
			rapid.SampledFrom(steps).Draw(t, "step")(t)
			m.check(t)
		}
	})
}

// epoch stays as it is.
func (w *world) epoch() {
	epoch := w.store.Epoch()
	w.must(w.say(w.thread("ann"), "ann", "x"))
	w.ok(w.store.Reopen(w.Context()))
	if epoch == "" || w.store.Epoch() != epoch {
		w.Errorf("the epoch is %q, then %q", epoch, w.store.Epoch())
	}
}
