package sqlite_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"parley/hub"
	"parley/store/sqlite"
)

// desk is a store with one conversation.
type desk struct {
	*testing.T
	store   *sqlite.Store
	service *hub.Service
	c       hub.ConversationSID
}

func newDesk(t *testing.T, c sqlite.Config) *desk {
	t.Helper()
	d := &desk{T: t, store: open(t, c), c: hub.NewConversationSID()}
	d.service, _ = hub.NewService("tests", time.Now().UTC().Truncate(time.Millisecond))
	d.must(func(tx hub.Tx) error { return tx.PutService(d.service) })
	d.must(put(d.service.SID, d.c))
	return d
}

func put(service hub.ServiceSID, c hub.ConversationSID) func(hub.Tx) error {
	return func(tx hub.Tx) error {
		return tx.PutConversation(&hub.Conversation{
			SID: c, Service: service, State: hub.StateActive, DateCreated: tx.Now(), Changed: 1,
			Head: hub.Head{Revision: 1, LastIndex: hub.NoIndex, LastLive: hub.NoIndex},
		})
	}
}

// say looks at what the hub looks at and adds a message.
func say(service hub.ServiceSID, sid hub.ConversationSID, author, body, nonce string) func(hub.Tx) error {
	return func(tx hub.Tx) error {
		c, err := tx.Conversation(service, hub.ConversationRef(sid))
		if err != nil || c == nil {
			return err
		}
		if nonce != "" {
			if m, err := tx.MessageByNonce(sid, author, nonce); m != nil || err != nil {
				return err
			}
		}
		p, err := tx.Participant(sid, hub.ParticipantRef(author))
		if err != nil {
			return err
		}
		if p != nil {
			u, err := tx.User(service, author)
			if err != nil {
				return err
			}
			for _, r := range []hub.RoleSID{u.Role, p.Role} {
				if _, err := tx.Role(service, r); err != nil {
					return err
				}
			}
		}
		c.Revision++
		c.LastIndex++
		c.LastLive = c.LastIndex
		c.Messages++
		if err := tx.PutMessage(&hub.Message{
			SID: hub.NewMessageSID(), Conversation: sid, Index: c.LastIndex, Author: author, Body: body, Nonce: nonce,
			ReplyTo: hub.NoIndex, DateCreated: tx.Now(), Created: c.Revision, Changed: c.Revision,
		}); err != nil {
			return err
		}
		return tx.PutHead(c)
	}
}

func (d *desk) try(f func(hub.Tx) error) error {
	op := &hub.Op{Run: f}
	d.store.Commit([]*hub.Op{op})
	return op.Err
}

func (d *desk) must(f func(hub.Tx) error) {
	d.Helper()
	if err := d.try(f); err != nil {
		d.Fatal(err)
	}
}

func (d *desk) say(body string) error { return d.try(say(d.service.SID, d.c, "ann", body, "")) }

// count is how many messages a store has.
func (d *desk) count(s *sqlite.Store) int64 {
	d.Helper()
	v, _, err := s.Conversation(d.Context(), hub.Viewer{Service: d.service.SID}, hub.ConversationRef(d.c))
	if err != nil {
		d.Fatal(err)
	}
	page, err := s.Messages(d.Context(), hub.Viewer{Service: d.service.SID}, hub.ConversationRef(d.c),
		hub.MessageQuery{Forward: true, Anchor: hub.NoIndex, Limit: 1 << 20})
	if err != nil {
		d.Fatal(err)
	}
	if n := int64(len(page.Messages)); n != v.Messages {
		d.Errorf("%d messages where the head says %d", n, v.Messages)
	}
	return v.Messages
}

// lines is a log: the store writes to it from whichever goroutine has something to say.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *lines) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Reset()
}
