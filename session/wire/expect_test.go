package wire_test

import (
	"encoding/json"

	"parley/hub"
	"parley/session/wire"
)

// What clients should read of what the hub says.

func readMessage(m *hub.Message) wire.Message {
	w := wire.Message{
		ConversationSID: m.Conversation, SID: m.SID, Index: m.Index, Author: m.Author, Body: m.Body,
		Attributes: readAttributes(m.Attributes), ParticipantSID: m.Participant, DateCreated: m.DateCreated, DateUpdated: m.DateUpdated,
		Revision: m.Changed, Nonce: m.Nonce, ReplyTo: optional(m.ReplyTo), LastUpdatedBy: m.LastUpdatedBy, Subject: m.Subject,
		ContentSID: m.ContentSID,
	}
	if d := m.Delivery; d.Total > 0 {
		w.Delivery = &wire.Delivery{
			Total: d.Total, Sent: d.Amount(d.Sent), Delivered: d.Amount(d.Delivered), Read: d.Amount(d.Read),
			Failed: d.Amount(d.Failed), Undelivered: d.Amount(d.Undelivered),
		}
	}
	for _, r := range m.Reactions {
		if w.Reactions == nil {
			w.Reactions = map[string]wire.Reaction{}
		}
		w.Reactions[r.Name] = wire.Reaction{Count: r.Count, Identities: r.Identities}
	}
	return w
}

func readParticipant(p *hub.Participant) wire.Participant {
	w := wire.Participant{
		ConversationSID: p.Conversation, SID: p.SID, Identity: p.Identity, Attributes: readAttributes(p.Attributes), RoleSID: p.Role,
		LastReadMessageIndex: optional(p.Horizon), LastReadTimestamp: p.HorizonTime, DateCreated: p.DateCreated, DateUpdated: p.DateUpdated,
	}
	if b := p.Binding; b != nil {
		w.MessagingBinding = &wire.Binding{Type: b.Kind, Address: b.Address, ProxyAddress: b.ProxyAddress, Name: b.Name, Level: b.Level}
	}
	return w
}

func readView(v *hub.ConversationView) wire.Conversation {
	w := wire.Conversation{
		ServiceSID: v.Service, SID: v.SID, FriendlyName: v.FriendlyName, UniqueName: v.UniqueName,
		Attributes: readAttributes(v.Attributes), State: v.State, DateCreated: v.DateCreated, DateUpdated: v.DateUpdated,
		Timers:   wire.Timers{DateInactive: v.DateInactive(), DateClosed: v.DateClosed()},
		Revision: v.Revision, CreatedBy: v.CreatedBy, StateUpdated: v.StateUpdated,
		MessagingServiceSID: v.MessagingService,
	}
	if e := v.Email; e != (hub.EmailBinding{}) {
		w.Bindings.Email = &wire.EmailBinding{ProjectedAddress: e.Address, Name: e.Name}
	}
	w.ParticipantsCount, w.MessagesCount, w.LastMessage = &v.Participants, &v.Messages, readLast(v.Last)
	w.Permissions, w.UnreadMessagesCount = v.Permissions, v.Unread
	if v.Own != nil {
		w.ParticipantSID, w.RoleSID = v.Own.SID, v.Own.Role
		w.LastReadMessageIndex, w.NotificationLevel = optional(v.Own.Horizon), v.Own.Notification
	}
	return w
}

func readLast(m *hub.LastMessage) *wire.LastMessage {
	if m == nil {
		return nil
	}
	return &wire.LastMessage{Index: m.Index, DateCreated: m.DateCreated, Author: m.Author, Body: m.Body}
}

func readUser(u *hub.UserView) wire.User {
	return wire.User{
		SID: u.SID, ServiceSID: u.Service, RoleSID: u.Role, Identity: u.Identity, FriendlyName: u.FriendlyName,
		Attributes: readAttributes(u.Attributes), IsOnline: u.Online, IsNotifiable: u.Notifiable,
		DateCreated: u.DateCreated, DateUpdated: u.DateUpdated,
	}
}

// optional is how an index reads.
func optional(n int64) *int64 {
	if n == hub.NoIndex {
		return nil
	}
	return &n
}

// readAttributes is how attributes read once evened out: nil where they are {}.
func readAttributes(a hub.Attributes) json.RawMessage {
	if a.Text() == "{}" {
		return nil
	}
	return json.RawMessage(a)
}

// even takes away what answers spell out and events leave out.
func even[T any](object T) T {
	switch o := any(&object).(type) {
	case *wire.Message:
		o.Attributes = evenAttributes(o.Attributes)
		if len(o.Reactions) == 0 {
			o.Reactions = nil
		}
	case *wire.Participant:
		o.Attributes = evenAttributes(o.Attributes)
	case *wire.Conversation:
		o.Attributes = evenAttributes(o.Attributes)
		if len(o.Permissions) == 0 {
			o.Permissions = nil
		}
	case *wire.User:
		o.Attributes = evenAttributes(o.Attributes)
	}
	return object
}

func evenAttributes(raw json.RawMessage) json.RawMessage {
	if string(raw) == "{}" {
		return nil
	}
	return raw
}
