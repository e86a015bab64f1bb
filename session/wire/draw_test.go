package wire_test

import (
	"strings"
	"time"

	"pgregory.net/rapid"

	"parley/hub"
)

// What the hub may say, drawn at random, and what clients should make of it.

// anyText is without U+0000, which the hub refuses.
var anyText = rapid.Map(rapid.String(), func(s string) string { return strings.ReplaceAll(s, "\x00", "") })

func drawText(t *rapid.T, label string) string {
	return rapid.OneOf(rapid.Just(""), anyText).Draw(t, label)
}

func drawTime(t *rapid.T, label string) time.Time {
	return time.UnixMilli(rapid.Int64Range(0, 4e12).Draw(t, label)).UTC()
}

func drawOptTime(t *rapid.T, label string) time.Time {
	if rapid.Bool().Draw(t, label+" set") {
		return drawTime(t, label)
	}
	return time.Time{}
}

func drawIndex(t *rapid.T, label string) int64 {
	return rapid.Int64Range(hub.NoIndex, 1<<53).Draw(t, label)
}

func drawAttributes(t *rapid.T) hub.Attributes {
	return rapid.SampledFrom([]hub.Attributes{"", "{}", "null", "0", `""`, "[]", `{"a":{"b":[1e400,"\ud83d\ude00"]}}`}).Draw(t, "attributes")
}

func drawReasons(t *rapid.T) []string {
	return rapid.SampledFrom([][]string{nil, {hub.ReasonAttributes}, {hub.ReasonBody, hub.ReasonState}}).Draw(t, "reasons")
}

func drawMessage(t *rapid.T) *hub.Message {
	return &hub.Message{
		SID: sampleMessageSID, Conversation: sampleConversation, Index: rapid.Int64Range(0, 1<<53).Draw(t, "index"),
		Author: drawText(t, "author"), Participant: hub.ParticipantSID(drawText(t, "participant")), Body: drawText(t, "body"),
		Subject: drawText(t, "subject"), Attributes: drawAttributes(t), ReplyTo: drawIndex(t, "reply to"),
		Nonce: drawText(t, "nonce"), Reactions: drawReactions(t), DateCreated: drawTime(t, "created"),
		DateUpdated: drawTime(t, "updated"), LastUpdatedBy: drawText(t, "editor"), Changed: hub.Revision(rapid.Int64Range(1, 1<<53).Draw(t, "changed")),
		ContentSID: drawText(t, "content"), Delivery: drawDelivery(t),
	}
}

func drawDelivery(t *rapid.T) hub.Delivery {
	n := rapid.Int64Range(0, 3)
	return hub.Delivery{Total: n.Draw(t, "total"), Sent: n.Draw(t, "sent"), Read: n.Draw(t, "read"), Failed: n.Draw(t, "failed")}
}

func drawReactions(t *rapid.T) []hub.Reaction {
	one := rapid.Custom(func(t *rapid.T) hub.Reaction {
		return hub.Reaction{
			Name: anyText.Draw(t, "name"), Count: rapid.Int64Range(1, 1e6).Draw(t, "count"),
			Identities: rapid.SliceOfN(anyText, 1, 3).Draw(t, "identities"),
		}
	})
	return rapid.SliceOfNDistinct(one, 0, 4, func(r hub.Reaction) string { return r.Name }).Draw(t, "reactions")
}

func drawParticipant(t *rapid.T) *hub.Participant {
	p := &hub.Participant{
		SID: sampleParticipant, Conversation: sampleConversation, Identity: drawText(t, "identity"), Attributes: drawAttributes(t),
		Role: hub.RoleSID(drawText(t, "role")), Notification: hub.NotificationLevel(drawText(t, "level")),
		Horizon: drawIndex(t, "horizon"), HorizonTime: drawOptTime(t, "read"), DateCreated: drawTime(t, "created"), DateUpdated: drawTime(t, "updated"),
	}
	if rapid.Bool().Draw(t, "non-chat") {
		p.Binding = &hub.Binding{Kind: hub.KindEmail, Address: drawText(t, "address"), ProxyAddress: drawText(t, "proxy")}
	}
	return p
}

func drawView(t *rapid.T) *hub.ConversationView {
	v := &hub.ConversationView{Conversation: &hub.Conversation{
		SID: sampleConversation, Service: sampleService, UniqueName: drawText(t, "unique"), FriendlyName: drawText(t, "friendly"),
		Attributes: drawAttributes(t), State: rapid.SampledFrom([]hub.State{hub.StateActive, hub.StateInactive, hub.StateClosed}).Draw(t, "state"),
		StateUpdated: drawOptTime(t, "state updated"), CreatedBy: drawText(t, "creator"), DateCreated: drawTime(t, "created"), DateUpdated: drawTime(t, "updated"),
		Timers: hub.Timers{Inactive: time.Duration(rapid.IntRange(0, 2).Draw(t, "inactive")) * time.Hour, Closed: time.Duration(rapid.IntRange(0, 2).Draw(t, "closed")) * time.Hour},
		Head:   hub.Head{Revision: 42, Messages: drawIndex(t, "messages"), Participants: drawIndex(t, "participants"), Touched: drawTime(t, "touched")},
	}}
	if rapid.Bool().Draw(t, "spoken") {
		v.Last = &hub.LastMessage{Index: 3, DateCreated: drawTime(t, "last"), Author: drawText(t, "last author"), Body: drawText(t, "last body")}
	}
	if rapid.Bool().Draw(t, "in") {
		v.Own, v.Permissions, v.Unread = drawParticipant(t), []hub.Permission{hub.PermSendMessage}, new(drawIndex(t, "unread"))
	}
	return v
}

func drawUser(t *rapid.T) *hub.UserView {
	u := &hub.UserView{User: &hub.User{
		SID: sampleUserSID, Service: sampleService, Identity: drawText(t, "identity"), FriendlyName: drawText(t, "friendly"),
		Attributes: drawAttributes(t), Role: hub.RoleSID(drawText(t, "role")), DateCreated: drawTime(t, "created"), DateUpdated: drawTime(t, "updated"),
	}}
	if rapid.Bool().Draw(t, "reachability") {
		u.Online, u.Notifiable = new(rapid.Bool().Draw(t, "online")), new(false)
	}
	return u
}
