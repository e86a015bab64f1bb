package rest

import (
	"context"
	"net/http"

	"parley/hub"
)

var notificationsOperations = []operation{
	{
		id: "FetchServiceNotification", about: "Reads what a service pushes to its users' devices.",
		method: http.MethodGet, scope: service, path: "/Configuration/Notifications", status: http.StatusOK, answer: notifications{},
		serve: fetchNotifications,
	},
	{
		id: "UpdateServiceNotification", about: "Changes what is given of that.",
		method: http.MethodPost, scope: service, path: "/Configuration/Notifications", status: http.StatusOK,
		params: []param{
			{name: "LogEnabled", kind: flag, about: "Whether pushes are logged."},
			{name: "NewMessage.Enabled", kind: flag, about: "Whether a new message is pushed."},
			template("NewMessage.Template"), sound("NewMessage.Sound"),
			{name: "NewMessage.BadgeCountEnabled", kind: flag, about: "Whether the app's icon shows how many conversations have something new."},
			{name: "NewMessage.WithMedia.Enabled", kind: flag, about: "Whether a message with media has a text of its own."},
			template("NewMessage.WithMedia.Template"),
			{name: "AddedToConversation.Enabled", kind: flag, about: "Whether being added is pushed."},
			template("AddedToConversation.Template"), sound("AddedToConversation.Sound"),
			{name: "RemovedFromConversation.Enabled", kind: flag, about: "Whether being removed is pushed."},
			template("RemovedFromConversation.Template"), sound("RemovedFromConversation.Sound"),
		},
		answer: notifications{}, serve: updateNotifications,
	},
}

func template(name string) param {
	return param{name: name, most: hub.MaxTemplate, long: hub.CodeInvalidParams, about: "What it says; ${PARTICIPANT} and its like are put in."}
}

func sound(name string) param {
	return param{name: name, most: hub.MaxSound, long: hub.CodeInvalidParams, about: "The sound that the device makes."}
}

type notifications struct {
	AccountSID              string         `json:"account_sid"`
	ChatServiceSID          hub.ServiceSID `json:"chat_service_sid"`
	LogEnabled              bool           `json:"log_enabled"`
	NewMessage              newMessage     `json:"new_message"`
	AddedToConversation     notification   `json:"added_to_conversation"`
	RemovedFromConversation notification   `json:"removed_from_conversation"`
	URL                     string         `json:"url"`
}

type notification struct {
	Enabled  bool   `json:"enabled"`
	Template string `json:"template"`
	Sound    string `json:"sound"`
}

type newMessage struct {
	notification
	BadgeCountEnabled bool      `json:"badge_count_enabled"`
	WithMedia         withMedia `json:"with_media"`
}

type withMedia struct {
	Enabled  bool   `json:"enabled"`
	Template string `json:"template"`
}

func (c *call) oneNotifications(answer any, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	n := answer.(*hub.Notifications)
	return &notifications{
		AccountSID: c.api.account.sid, ChatServiceSID: n.Service, LogEnabled: n.LogEnabled,
		NewMessage: newMessage{
			notification: notification(n.NewMessage.Notification), BadgeCountEnabled: n.NewMessage.BadgeCount, WithMedia: withMedia(n.NewMessage.WithMedia),
		},
		AddedToConversation: notification(n.Added), RemovedFromConversation: notification(n.Removed),
		URL: c.url("Configuration", "Notifications"),
	}, nil
}

func fetchNotifications(ctx context.Context, c *call) (any, error) {
	n, err := c.api.hub.Notifications(ctx, c.actor())
	return c.oneNotifications(n, err)
}

func updateNotifications(ctx context.Context, c *call) (any, error) {
	fields := func(of string) hub.NotificationFields {
		return hub.NotificationFields{Enabled: c.optFlag(of + ".Enabled"), Template: c.optText(of + ".Template"), Sound: c.optText(of + ".Sound")}
	}
	return c.oneNotifications(c.do(ctx, &hub.UpdateNotifications{
		LogEnabled: c.optFlag("LogEnabled"), NewMessage: fields("NewMessage"), Added: fields("AddedToConversation"),
		Removed: fields("RemovedFromConversation"), BadgeCount: c.optFlag("NewMessage.BadgeCountEnabled"),
		WithMedia: hub.NotificationFields{
			Enabled: c.optFlag("NewMessage.WithMedia.Enabled"), Template: c.optText("NewMessage.WithMedia.Template"),
		},
	}))
}
