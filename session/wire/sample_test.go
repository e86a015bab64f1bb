package wire_test

import (
	"time"

	"parley/hub"
)

// What the golden files are about.
const (
	sampleService      hub.ServiceSID      = "IS0190a5f1c0a07b1e8f6f000000000001"
	sampleConversation hub.ConversationSID = "CH0190a5f1c0a07b1e8f6f000000000002"
	sampleParticipant  hub.ParticipantSID  = "MB0190a5f1c0a07b1e8f6f000000000003"
	sampleMessageSID   hub.MessageSID      = "IM0190a5f1c0a07b1e8f6f000000000004"
	sampleUserSID      hub.UserSID         = "US0190a5f1c0a07b1e8f6f000000000005"
	sampleRole         hub.RoleSID         = "RL0190a5f1c0a07b1e8f6f000000000006"
)

var (
	sampleTime  = time.Date(2026, 3, 14, 9, 26, 53, 589_000_000, time.UTC)
	sampleLater = sampleTime.Add(2 * time.Minute)
)

// fullMessage has every member; bareMessage as few as a message can have.
func fullMessage() *hub.Message {
	return &hub.Message{
		SID: sampleMessageSID, Conversation: sampleConversation, Index: 17, Author: "alice",
		Participant: sampleParticipant, Body: "Tea at five? \u2028<b>\"yes\"</b> 🫖", Subject: "Tea",
		Attributes: `{"mood":["fine",1.50,null]}`, ReplyTo: 16, Nonce: "n-1",
		Reactions: []hub.Reaction{
			{Name: "heart", Count: 1, Identities: []string{"bob"}},
			{Name: "👍", Count: 25, Identities: []string{"alice", "bob"}},
		},
		DateCreated: sampleTime, DateUpdated: sampleLater, LastUpdatedBy: "alice", Created: 40, Changed: 42,
		Media: []hub.Attachment{
			{SID: "ME0190a5f1c0a07b1e8f6f00000000000b", Size: 5, ContentType: "image/png", Filename: "tea \"☕\".png", Category: hub.CategoryMedia},
			{SID: "ME0190a5f1c0a07b1e8f6f00000000000c", Size: 7, ContentType: "text/plain", Category: hub.CategoryBody},
		},
		ContentSID: "HX0190a5f1c0a07b1e8f6f000000000007", Delivery: hub.Delivery{Total: 2, Sent: 2, Delivered: 1},
	}
}

func bareMessage() *hub.Message {
	return &hub.Message{
		SID: sampleMessageSID, Conversation: sampleConversation, Author: hub.SystemAuthor, ReplyTo: hub.NoIndex,
		DateCreated: sampleTime, DateUpdated: sampleTime, Created: 42, Changed: 42,
	}
}

func sampleReceipts() []*hub.Receipt {
	const sid, other hub.ReceiptSID = "DY0190a5f1c0a07b1e8f6f000000000009", "DY0190a5f1c0a07b1e8f6f00000000000a"
	return []*hub.Receipt{
		{
			SID: sid, Conversation: sampleConversation, Message: sampleMessageSID, Index: 17, Participant: sampleParticipant,
			ChannelMessage: "SM1", Status: hub.ReceiptDelivered, DateCreated: sampleTime, DateUpdated: sampleLater,
		},
		{
			SID: other, Conversation: sampleConversation, Message: sampleMessageSID, Index: 17, Participant: sampleParticipant,
			Status: hub.ReceiptFailed, ErrorCode: 30003, DateCreated: sampleTime, DateUpdated: sampleTime,
		},
	}
}

func removedMessage() *hub.Message {
	return &hub.Message{
		SID: sampleMessageSID, Conversation: sampleConversation, Index: 17, ReplyTo: hub.NoIndex,
		Created: 40, Changed: 42, Removed: true,
	}
}

func chatParticipant() *hub.Participant {
	return &hub.Participant{
		SID: sampleParticipant, Conversation: sampleConversation, User: sampleUserSID, Identity: "alice",
		Attributes: `{"desk":3}`, Role: sampleRole, Notification: hub.NotifyMuted, Horizon: 16, HorizonTime: sampleLater,
		DateCreated: sampleTime, DateUpdated: sampleLater, Created: 2, Changed: 42,
	}
}

func phoneParticipant() *hub.Participant {
	return &hub.Participant{
		SID: sampleParticipant, Conversation: sampleConversation, Horizon: hub.NoIndex,
		Binding:     &hub.Binding{Kind: hub.KindSMS, Address: "+15550100", ProxyAddress: "+15550199"},
		DateCreated: sampleTime, DateUpdated: sampleTime, Created: 3, Changed: 3,
	}
}

func mailParticipant() *hub.Participant {
	return &hub.Participant{
		SID: sampleParticipant, Conversation: sampleConversation, Horizon: hub.NoIndex,
		Binding:     &hub.Binding{Kind: hub.KindEmail, Address: "dan@example.test", ProxyAddress: "tea@example.test", Name: "Dan", Level: "cc"},
		DateCreated: sampleTime, DateUpdated: sampleTime, Created: 4, Changed: 4,
	}
}

func fullThread() *hub.Conversation {
	return &hub.Conversation{
		SID: sampleConversation, Service: sampleService, UniqueName: "tea-room", FriendlyName: "The \"tea\" room",
		Attributes: `{"floor":2}`, State: hub.StateActive, StateUpdated: sampleLater,
		Timers:    hub.Timers{Inactive: time.Hour, Closed: 24 * time.Hour},
		CreatedBy: "alice", DateCreated: sampleTime, DateUpdated: sampleLater, Changed: 42,
		MessagingService: "MG0190a5f1c0a07b1e8f6f000000000008", Email: hub.EmailBinding{Address: "tea@example.test", Name: "Tea"},
		Head: hub.Head{Revision: 42, LastIndex: 17, LastLive: 17, Messages: 18, Participants: 2, Touched: sampleLater},
	}
}

func bareThread() *hub.Conversation {
	return &hub.Conversation{
		SID: sampleConversation, Service: sampleService, State: hub.StateClosed, CreatedBy: hub.SystemAuthor,
		DateCreated: sampleTime, DateUpdated: sampleTime, Changed: 1,
		Head: hub.Head{Revision: 1, LastIndex: hub.NoIndex, LastLive: hub.NoIndex},
	}
}

func fullView() *hub.ConversationView {
	return &hub.ConversationView{
		Conversation: fullThread(), Last: sampleLast(), Own: chatParticipant(), Unread: new(int64(1)),
		Permissions: []hub.Permission{hub.PermLeaveConversation, hub.PermSendMessage},
	}
}

func bareView() *hub.ConversationView { return &hub.ConversationView{Conversation: bareThread()} }

func sampleLast() *hub.LastMessage {
	return &hub.LastMessage{Index: 17, DateCreated: sampleTime, Author: "alice", Body: "Tea at five?"}
}

func fullUser() *hub.UserView {
	return &hub.UserView{
		User: &hub.User{
			SID: sampleUserSID, Service: sampleService, Identity: "alice", FriendlyName: "Alice",
			Attributes: `{"team":"blue"}`, Role: sampleRole, DateCreated: sampleTime, DateUpdated: sampleLater,
		},
		Reachability: hub.Reachability{Online: new(true), Notifiable: new(false)},
	}
}

func bareUser() *hub.UserView {
	return &hub.UserView{User: &hub.User{
		SID: sampleUserSID, Service: sampleService, Identity: "alice", Role: sampleRole,
		DateCreated: sampleTime, DateUpdated: sampleTime,
	}}
}

func sampleRoleObject() *hub.Role {
	return &hub.Role{
		SID: sampleRole, Service: sampleService, FriendlyName: "channel user", Type: hub.RoleConversation,
		Permissions: []hub.Permission{hub.PermLeaveConversation, hub.PermSendMessage},
		DateCreated: sampleTime, DateUpdated: sampleTime,
	}
}
