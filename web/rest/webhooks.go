package rest

import (
	"context"
	"net/http"
	"slices"

	"parley/hub"
)

var webhooksOperations = []operation{
	{
		id: "FetchServiceWebhookConfiguration", about: "Reads what a service has asked, and told of what happens.",
		method: http.MethodGet, scope: service, path: "/Configuration/Webhooks", status: http.StatusOK, answer: serviceWebhooks{},
		serve: fetchServiceWebhooks,
	},
	{
		id: "UpdateServiceWebhookConfiguration", about: "Changes what is given of that.",
		method: http.MethodPost, scope: service, path: "/Configuration/Webhooks", status: http.StatusOK, params: webhooksParams,
		answer: serviceWebhooks{}, serve: updateServiceWebhooks,
	},
	{
		id: "FetchConfigurationWebhook", about: "Reads what the account has asked, and told of what happens.",
		method: http.MethodGet, scope: account, path: "/Configuration/Webhooks", status: http.StatusOK, answer: accountWebhooks{},
		serve: fetchAccountWebhooks,
	},
	{
		id: "UpdateConfigurationWebhook", about: "Changes what is given of that.",
		method: http.MethodPost, scope: account, path: "/Configuration/Webhooks", status: http.StatusOK,
		params: append(slices.Clone(webhooksParams), param{
			name: "Target", values: []string{"webhook", "flex"}, fold: true, refused: hub.CodeWebhookTarget, about: "Who is told.",
		}),
		answer: accountWebhooks{}, serve: updateAccountWebhooks,
	},
}

var webhooksParams = []param{
	{name: "PreWebhookUrl", null: true, most: hub.MaxURL, long: hub.CodePreURL, about: "Is asked before something happens."},
	{name: "PostWebhookUrl", null: true, most: hub.MaxURL, long: hub.CodePostURL, about: "Is told what has happened."},
	{
		name: "Filters", kind: texts, refused: hub.CodeWebhookFilter, values: slices.Concat(hub.PreEvents, hub.PostEvents, []string{""}),
		about: "What is asked and told; given once for each, or once and empty for nothing.",
	},
	{name: "Method", values: []string{"GET", "POST"}, fold: true, refused: hub.CodeWebhookMethod, about: "Of the requests to these URLs."},
}

type serviceWebhooks struct {
	AccountSID     string         `json:"account_sid"`
	ChatServiceSID hub.ServiceSID `json:"chat_service_sid"`
	PreWebhookURL  *string        `json:"pre_webhook_url"`
	PostWebhookURL *string        `json:"post_webhook_url"`
	Filters        []string       `json:"filters"`
	Method         string         `json:"method" doc:"GET|POST"`
	URL            string         `json:"url"`
}

func (c *call) oneServiceWebhooks(answer any, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	w := answer.(*hub.Webhooks)
	return &serviceWebhooks{
		AccountSID: c.api.account.sid, ChatServiceSID: w.Service, PreWebhookURL: orNull(w.PreURL), PostWebhookURL: orNull(w.PostURL),
		Filters: orEmpty(w.Filters), Method: w.Method, URL: c.url("Configuration", "Webhooks"),
	}, nil
}

type accountWebhooks struct {
	AccountSID     string   `json:"account_sid"`
	Method         string   `json:"method" doc:"GET|POST"`
	Filters        []string `json:"filters"`
	PreWebhookURL  *string  `json:"pre_webhook_url"`
	PostWebhookURL *string  `json:"post_webhook_url"`
	Target         string   `json:"target" doc:"webhook|flex"`
	URL            string   `json:"url"`
}

func (c *call) oneAccountWebhooks(answer any, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	w := answer.(*hub.Webhooks)
	return &accountWebhooks{
		AccountSID: c.api.account.sid, Method: w.Method, Filters: orEmpty(w.Filters), PreWebhookURL: orNull(w.PreURL),
		PostWebhookURL: orNull(w.PostURL), Target: w.Target, URL: c.url("Configuration", "Webhooks"),
	}, nil
}

func fetchServiceWebhooks(ctx context.Context, c *call) (any, error) {
	w, err := c.api.hub.Webhooks(ctx, c.service)
	return c.oneServiceWebhooks(w, err)
}

func fetchAccountWebhooks(ctx context.Context, c *call) (any, error) {
	w, err := c.api.hub.Webhooks(ctx, "")
	return c.oneAccountWebhooks(w, err)
}

// webhooksChange is what is to be changed of the webhooks of a service, "" for the account.
func (c *call) webhooksChange(service hub.ServiceSID) *hub.UpdateWebhooks {
	return &hub.UpdateWebhooks{
		Service: service, PreURL: c.clearable("PreWebhookUrl"), PostURL: c.clearable("PostWebhookUrl"),
		Method: c.optText("Method"), Filters: opt[[]string](c, "Filters"),
	}
}

func updateServiceWebhooks(ctx context.Context, c *call) (any, error) {
	return c.oneServiceWebhooks(c.do(ctx, c.webhooksChange(c.service)))
}

func updateAccountWebhooks(ctx context.Context, c *call) (any, error) {
	change := c.webhooksChange("")
	change.Target = c.optText("Target")
	return c.oneAccountWebhooks(c.do(ctx, change))
}
