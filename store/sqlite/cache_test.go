package sqlite_test

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"parley/hub"
	"parley/store/sqlite"
)

// TestWriterRemembersRight: whatever was committed, refused or taken back before, a transaction sees what readers see.
func TestWriterRemembersRight(t *testing.T) {
	t.Parallel()
	d := newDesk(t, sqlite.Config{Synchronous: "normal"})
	rapid.Check(t, func(r *rapid.T) {
		threads := []hub.ConversationSID{hub.NewConversationSID(), hub.NewConversationSID()}
		d.must(put(d.service.SID, threads[0]))
		d.must(put(d.service.SID, threads[1]))
		for range rapid.IntRange(1, 6).Draw(r, "batches") {
			var ops []*hub.Op
			for range rapid.IntRange(1, 5).Draw(r, "ops") {
				ops = append(ops, &hub.Op{Run: d.anything(r, threads)})
			}
			d.store.Commit(ops)
			for _, op := range ops {
				if op.Err != nil && !errors.Is(op.Err, errRefused) {
					r.Fatal(op.Err)
				}
			}
			d.same(r, threads)
		}
	})
}

var errRefused = errors.New("refused")

// anything is an op that does something to one of the threads, and may be refused in the end. What it does is drawn before
// it runs, since it may run again.
func (d *desk) anything(r *rapid.T, threads []hub.ConversationSID) func(hub.Tx) error {
	sid := rapid.SampledFrom(threads).Draw(r, "thread")
	who := rapid.SampledFrom([]string{"ann", "bob"}).Draw(r, "who")
	what := rapid.IntRange(0, 6).Draw(r, "what")
	text := rapid.StringMatching(`[a-z]{1,3}`).Draw(r, "text")
	var end error
	if rapid.IntRange(0, 3).Draw(r, "refused") == 0 {
		end = errRefused
	}
	return func(tx hub.Tx) error {
		c, err := tx.Conversation(d.service.SID, hub.ConversationRef(sid))
		if err != nil || c == nil {
			return err
		}
		return errors.Join(d.do(tx, c, what, who, text), end)
	}
}

func (d *desk) do(tx hub.Tx, c *hub.Conversation, what int, who, text string) error {
	p, err := tx.Participant(c.SID, hub.ParticipantRef(who))
	if err != nil {
		return err
	}
	u, err := tx.User(d.service.SID, who)
	if err != nil {
		return err
	}
	if u == nil {
		u = &hub.User{SID: hub.NewUserSID(), Service: d.service.SID, Identity: who, DateCreated: tx.Now(), DateUpdated: tx.Now()}
	}
	c.Revision++
	switch {
	case what == 0:
		c.FriendlyName, c.Changed = text, c.Revision
		return tx.PutConversation(c)
	case what == 1:
		return errors.Join(say(d.service.SID, c.SID, who, text, "")(tx))
	case what == 2 && text < "c":
		c.Deleted, c.Changed = true, c.Revision
		return tx.PutConversation(c)
	case p == nil:
		u.Revision++
		return errors.Join(tx.PutUser(u), tx.PutHead(c), tx.PutParticipant(&hub.Participant{
			SID: hub.NewParticipantSID(), Conversation: c.SID, User: u.SID, Identity: who, Horizon: hub.NoIndex,
			DateCreated: tx.Now(), DateUpdated: tx.Now(), Created: c.Revision, Changed: c.Revision,
		}))
	case what == 3:
		p.Horizon, p.HorizonTime = int64(len(text)), tx.Now()
		return tx.PutHorizon(p)
	case what == 4:
		p.Gone, p.Changed = hub.Left, c.Revision
		u.Revision++
		return errors.Join(tx.PutUser(u), tx.PutHead(c), tx.PutParticipant(p))
	case what == 5:
		u.FriendlyName = text
		return tx.PutUser(u)
	}
	p.Attributes, p.Changed = hub.Attributes(fmt.Sprintf("%q", text)), c.Revision
	return errors.Join(tx.PutHead(c), tx.PutParticipant(p))
}

// same compares what a transaction sees with what a reader sees.
func (d *desk) same(r *rapid.T, threads []hub.ConversationSID) {
	alike := func(what string, written, read any) {
		if !reflect.DeepEqual(written, read) {
			r.Errorf("%s: the writer has %+v, readers %+v", what, written, read)
		}
	}
	d.must(func(tx hub.Tx) error {
		for _, sid := range threads {
			c, err := tx.Conversation(d.service.SID, hub.ConversationRef(sid))
			if err != nil {
				return err
			}
			view, _, err := d.store.Conversation(d.Context(), hub.Viewer{Service: d.service.SID}, hub.ConversationRef(sid))
			if errors.Is(err, hub.ErrAbsent) {
				view, err = &hub.ConversationView{}, nil
			}
			if err != nil {
				return err
			}
			alike("conversation", c, view.Conversation)
			for _, who := range []string{"ann", "bob"} {
				p, err := tx.Participant(sid, hub.ParticipantRef(who))
				if err != nil {
					return err
				}
				if c == nil {
					alike("participant of what was deleted", p, (*hub.Participant)(nil))
					continue
				}
				seat, err := d.store.Participant(d.Context(), hub.Viewer{Service: d.service.SID}, hub.ConversationRef(sid), hub.ParticipantRef(who))
				if err != nil && hub.AsError(err).Code != hub.CodeParticipantAbsent {
					return err
				}
				alike("participant "+who, p, seat)
			}
		}
		for _, who := range []string{"ann", "bob"} {
			u, err := tx.User(d.service.SID, who)
			if err != nil {
				return err
			}
			user, err := d.store.User(d.Context(), d.service.SID, who)
			if err != nil && hub.AsError(err).Code != hub.CodeUserAbsent {
				return err
			}
			alike("user "+who, u, user)
		}
		return nil
	})
}
