package rest

import (
	"context"
	"net/http"
	"time"

	"parley/hub"
)

var configurationOperations = []operation{
	{
		id: "FetchConfiguration", about: "Reads what holds for all services of the account.",
		method: http.MethodGet, scope: account, path: "/Configuration", status: http.StatusOK, answer: configuration{}, serve: fetchConfiguration,
	},
	{
		id: "UpdateConfiguration", about: "Changes what is given of that.",
		method: http.MethodPost, scope: account, path: "/Configuration", status: http.StatusOK,
		params: []param{
			{name: "DefaultChatServiceSid", kind: sid, prefix: "IS", about: "The service of requests and access tokens that name none."},
			{name: "DefaultMessagingServiceSid", kind: sid, prefix: "MG", refused: hub.CodeMessagingService, null: true, about: "Kept, and told."},
			{name: "DefaultInactiveTimer", kind: duration, refused: hub.CodeInactiveTimer, null: true, about: "Of conversations that are made without one, as PT5M. At least a minute."},
			{name: "DefaultClosedTimer", kind: duration, refused: hub.CodeClosedTimer, null: true, about: "Of conversations that are made without one, as P1D. At least ten minutes."},
		},
		answer: configuration{}, serve: updateConfiguration,
	},
}

type configuration struct {
	AccountSID                 string            `json:"account_sid"`
	DefaultChatServiceSID      hub.ServiceSID    `json:"default_chat_service_sid"`
	DefaultMessagingServiceSID *string           `json:"default_messaging_service_sid"`
	DefaultInactiveTimer       *string           `json:"default_inactive_timer"`
	DefaultClosedTimer         *string           `json:"default_closed_timer"`
	URL                        string            `json:"url"`
	Links                      map[string]string `json:"links"`
}

func (c *call) oneConfiguration(answer any, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	conf := answer.(*hub.Configuration)
	sid := conf.DefaultService
	if sid == "" {
		sid = c.api.service
	}
	return &configuration{
		AccountSID: c.api.account.sid, DefaultChatServiceSID: sid, DefaultMessagingServiceSID: orNull(conf.MessagingService),
		DefaultInactiveTimer: isoOrNull(conf.Timers.Inactive), DefaultClosedTimer: isoOrNull(conf.Timers.Closed),
		URL:   c.url("Configuration"),
		Links: map[string]string{"service": c.url("Services", string(sid)), "webhooks": c.url("Configuration", "Webhooks")},
	}, nil
}

// isoOrNull is a duration as text, nil for none.
func isoOrNull(d time.Duration) *string {
	if d == 0 {
		return nil
	}
	return new(isoDuration(d))
}

func fetchConfiguration(ctx context.Context, c *call) (any, error) {
	conf, err := c.api.hub.Configuration(ctx)
	return c.oneConfiguration(conf, err)
}

func updateConfiguration(ctx context.Context, c *call) (any, error) {
	return c.oneConfiguration(c.do(ctx, &hub.UpdateConfiguration{
		DefaultService: (*hub.ServiceSID)(c.optText("DefaultChatServiceSid")), MessagingService: c.clearable("DefaultMessagingServiceSid"),
		Inactive: whenGiven[time.Duration](c, "DefaultInactiveTimer"), Closed: whenGiven[time.Duration](c, "DefaultClosedTimer"),
	}))
}
