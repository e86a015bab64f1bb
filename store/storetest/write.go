package storetest

import (
	"fmt"

	"parley/hub"
)

// The writes below do what the hub's commands do, without their checks of who may.

// putThread makes a conversation.
func (w *world) putThread(c hub.ConversationSID, name string) write {
	return putThreadOf(w.service.SID, c, name)
}

func putThreadOf(service hub.ServiceSID, c hub.ConversationSID, name string) write {
	return func(tx hub.Tx) error {
		now := tx.Now()
		return tx.PutConversation(&hub.Conversation{
			SID: c, Service: service, UniqueName: name, FriendlyName: "about " + name, Attributes: `{"a":1}`,
			State: hub.StateActive, CreatedBy: "system", DateCreated: now, DateUpdated: now, Changed: 1,
			Head: hub.Head{Revision: 1, LastIndex: hub.NoIndex, LastLive: hub.NoIndex, Activity: now, Touched: now},
		})
	}
}

// thread makes a conversation with these people in it.
func (w *world) thread(people ...string) hub.ConversationSID {
	w.Helper()
	c := hub.NewConversationSID()
	writes := []write{w.putThread(c, "")}
	for _, who := range people {
		writes = append(writes, w.join(c, who))
	}
	w.must(writes...)
	return c
}

// with loads a conversation for a write.
func (w *world) with(c hub.ConversationSID, f func(tx hub.Tx, c *hub.Conversation) error) write {
	return func(tx hub.Tx) error {
		thread, err := tx.Conversation(w.service.SID, hub.ConversationRef(c))
		if err == nil && thread == nil {
			err = hub.ErrAbsent
		}
		if err != nil {
			return err
		}
		return f(tx, thread)
	}
}

// alter changes the conversation's own row.
func (w *world) alter(c hub.ConversationSID, f func(c *hub.Conversation)) write {
	return w.with(c, func(tx hub.Tx, c *hub.Conversation) error {
		c.Revision++
		c.Changed = c.Revision
		f(c)
		return tx.PutConversation(c)
	})
}

func (w *world) rename(c hub.ConversationSID, name string) write {
	return w.alter(c, func(c *hub.Conversation) { c.UniqueName = name })
}

func (w *world) closing(c hub.ConversationSID) write {
	return w.alter(c, func(c *hub.Conversation) { c.State = hub.StateClosed })
}

func (w *world) deleting(c hub.ConversationSID) write {
	return w.alter(c, func(c *hub.Conversation) { c.Deleted = true })
}

func (w *world) say(c hub.ConversationSID, author, body string) write {
	return w.send(c, &hub.Message{Author: author, Body: body})
}

// send adds a message, or with a nonce that its author used answers the one that exists in m.
func (w *world) send(c hub.ConversationSID, m *hub.Message) write {
	return w.with(c, func(tx hub.Tx, c *hub.Conversation) error {
		if m.Nonce != "" {
			if prior, err := tx.MessageByNonce(c.SID, m.Author, m.Nonce); err != nil || prior != nil {
				if prior != nil {
					*m = *prior
				}
				return err
			}
		}
		now := tx.Now()
		if now.Before(c.LastTime) {
			now = c.LastTime
		}
		c.Revision++
		c.LastIndex++
		c.Messages++
		m.SID, m.Conversation, m.Index, m.ReplyTo = hub.NewMessageSID(), c.SID, c.LastIndex, hub.NoIndex
		m.Created, m.Changed, m.DateCreated, m.DateUpdated = c.Revision, c.Revision, now, now
		c.LastLive, c.LastTime, c.Activity, c.Touched = m.Index, now, now, now
		if err := tx.PutMessage(m); err != nil {
			return err
		}
		return tx.PutHead(c)
	})
}

// edit changes a message's body.
func (w *world) edit(c hub.ConversationSID, index int64, body string) write {
	return w.with(c, func(tx hub.Tx, c *hub.Conversation) error {
		m, err := tx.Message(c.SID, hub.MessageRef{Index: index})
		if err != nil {
			return err
		}
		c.Revision++
		m.Body, m.Changed, m.DateUpdated, m.LastUpdatedBy = body, c.Revision, tx.Now(), "editor"
		if err := tx.PutMessage(m); err != nil {
			return err
		}
		return tx.PutHead(c)
	})
}

// remove takes a message away.
func (w *world) remove(c hub.ConversationSID, index int64) write {
	return w.with(c, func(tx hub.Tx, c *hub.Conversation) error {
		m, err := tx.Message(c.SID, hub.MessageRef{Index: index})
		if err != nil {
			return err
		}
		c.Revision++
		c.Messages--
		if c.LastLive == index {
			newest, err := tx.NewestMessage(c.SID, index-1)
			if err != nil {
				return err
			}
			if c.LastLive = hub.NoIndex; newest != nil {
				c.LastLive = newest.Index
			}
		}
		m.Removed, m.Changed, m.DateUpdated = true, c.Revision, tx.Now()
		if err := tx.PutMessage(m); err != nil {
			return err
		}
		return tx.PutHead(c)
	})
}

// join adds an identity, making its user where it is new.
func (w *world) join(c hub.ConversationSID, identity string) write {
	return w.with(c, func(tx hub.Tx, c *hub.Conversation) error {
		u, err := tx.User(c.Service, identity)
		if err != nil {
			return err
		}
		if u == nil {
			u = &hub.User{
				SID: hub.NewUserSID(), Service: c.Service, Identity: identity, Role: w.service.DefaultUserRole,
				DateCreated: tx.Now(), DateUpdated: tx.Now(),
			}
		}
		u.Revision++
		if err := tx.PutUser(u); err != nil {
			return err
		}
		return w.seat(tx, c, &hub.Participant{User: u.SID, Identity: identity, Role: w.service.DefaultMemberRole})
	})
}

// bind adds a non-chat participant.
func (w *world) bind(c hub.ConversationSID, p *hub.Participant, address, proxy string) write {
	return w.with(c, func(tx hub.Tx, c *hub.Conversation) error {
		p.Binding = &hub.Binding{Kind: hub.KindSMS, Address: address, ProxyAddress: proxy}
		c.NonChat++
		return w.seat(tx, c, p)
	})
}

func (w *world) seat(tx hub.Tx, c *hub.Conversation, p *hub.Participant) error {
	c.Revision++
	c.Participants++
	p.SID, p.Conversation, p.Horizon, p.Notification = hub.NewParticipantSID(), c.SID, hub.NoIndex, hub.NotifyDefault
	p.Attributes = hub.Attributes(fmt.Sprintf(`{"seat":%d}`, c.Revision))
	p.Created, p.Changed, p.DateCreated, p.DateUpdated = c.Revision, c.Revision, tx.Now(), tx.Now()
	if err := tx.PutParticipant(p); err != nil {
		return err
	}
	return tx.PutHead(c)
}

// unseat ends a membership, by identity or sid.
func (w *world) unseat(c hub.ConversationSID, ref hub.ParticipantRef, reason hub.LeaveReason) write {
	return w.with(c, func(tx hub.Tx, c *hub.Conversation) error {
		p, err := tx.Participant(c.SID, ref)
		if err == nil && p == nil {
			err = hub.Errorf(hub.CodeParticipantAbsent, "not in")
		}
		if err != nil {
			return err
		}
		c.Revision++
		c.Participants--
		p.Gone, p.Changed, p.DateUpdated = reason, c.Revision, tx.Now()
		if p.Chat() {
			u, err := tx.User(c.Service, p.Identity)
			if err != nil {
				return err
			}
			u.Revision++
			if err := tx.PutUser(u); err != nil {
				return err
			}
		} else {
			c.NonChat--
		}
		if err := tx.PutParticipant(p); err != nil {
			return err
		}
		return tx.PutHead(c)
	})
}

// decorate changes a participant's attributes.
func (w *world) decorate(c hub.ConversationSID, who, attributes string) write {
	return w.with(c, func(tx hub.Tx, c *hub.Conversation) error {
		p, err := tx.Participant(c.SID, hub.ParticipantRef(who))
		if err != nil {
			return err
		}
		c.Revision++
		p.Attributes, p.Changed, p.DateUpdated = hub.Attributes(attributes), c.Revision, tx.Now()
		if err := tx.PutParticipant(p); err != nil {
			return err
		}
		return tx.PutHead(c)
	})
}

// mark sets a read horizon.
func (w *world) mark(c hub.ConversationSID, who string, index int64) write {
	return w.with(c, func(tx hub.Tx, c *hub.Conversation) error {
		p, err := tx.Participant(c.SID, hub.ParticipantRef(who))
		if err != nil {
			return err
		}
		p.Horizon, p.HorizonTime = index, tx.Now()
		return tx.PutHorizon(p)
	})
}
