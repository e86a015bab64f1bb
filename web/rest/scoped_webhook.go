package rest

import (
	"context"
	"net/http"

	"parley/hub"
)

const (
	scopedWebhooksPath = "/Conversations/{ConversationSid}/Webhooks"
	scopedWebhookPath  = scopedWebhooksPath + "/{Sid}"
)

var scopedWebhookOperations = []operation{
	{
		id: "CreateConversationScopedWebhook", about: "Has what happens in a conversation told. At most five for each.",
		method: http.MethodPost, path: scopedWebhooksPath, status: http.StatusCreated,
		params: append(append([]param{
			{
				name: "Target", required: hub.CodeWebhookTarget, refused: hub.CodeWebhookTarget, values: []string{"webhook", "trigger", "studio"},
				about: "Whether a URL is told of events, or of messages that hold a word, or a flow of Studio is.",
			},
		}, scopedWebhookParams...), param{
			name: "Configuration.ReplayAfter", kind: number, refused: hub.CodeWebhookReplay,
			about: "The index of a message: those behind it that are there already are told of too.",
		}),
		answer: scopedWebhook{}, serve: createScopedWebhook,
	},
	{
		id: "ListConversationScopedWebhook", about: "Lists the webhooks of a conversation.",
		method: http.MethodGet, path: scopedWebhooksPath, status: http.StatusOK,
		page: &paging{key: "webhooks", otherwise: 5, most: 5}, answer: scopedWebhook{}, serve: listScopedWebhooks,
	},
	{
		id: "FetchConversationScopedWebhook", about: "Reads one webhook of a conversation.",
		method: http.MethodGet, path: scopedWebhookPath, status: http.StatusOK, answer: scopedWebhook{}, serve: fetchScopedWebhook,
	},
	{
		id: "UpdateConversationScopedWebhook", about: "Changes what is given of a webhook.",
		method: http.MethodPost, path: scopedWebhookPath, status: http.StatusOK, params: scopedWebhookParams, answer: scopedWebhook{},
		serve: updateScopedWebhook,
	},
	{
		id: "DeleteConversationScopedWebhook", about: "Removes a webhook of a conversation.",
		method: http.MethodDelete, path: scopedWebhookPath, status: http.StatusNoContent, serve: deleteScopedWebhook,
	},
}

var scopedWebhookParams = []param{
	{name: "Configuration.Url", most: hub.MaxURL, long: hub.CodeWebhookURL, about: "What is told; targets webhook and trigger."},
	{name: "Configuration.Method", values: []string{"get", "post"}, fold: true, refused: hub.CodeWebhookMethod, about: "Of the requests to it; post where none is given."},
	{
		name: "Configuration.Filters", kind: texts, values: hub.ScopedEvents, refused: hub.CodeWebhookFilter,
		about: "The events; target webhook. Given once for each.",
	},
	{
		name: "Configuration.Triggers", kind: texts, most: hub.MaxTriggers, refused: hub.CodeTriggers,
		about: "The words; target trigger. Given once for each.",
	},
	{name: "Configuration.FlowSid", kind: sid, prefix: "FW", refused: hub.CodeWebhookFlow, about: "The flow; target studio."},
}

type scopedWebhook struct {
	SID             hub.WebhookSID      `json:"sid"`
	AccountSID      string              `json:"account_sid"`
	ChatServiceSID  hub.ServiceSID      `json:"chat_service_sid"`
	ConversationSID hub.ConversationSID `json:"conversation_sid"`
	Target          string              `json:"target" doc:"webhook|trigger|studio"`
	Configuration   webhookTarget       `json:"configuration"`
	DateCreated     date                `json:"date_created"`
	DateUpdated     date                `json:"date_updated"`
	URL             string              `json:"url"`
}

// webhookTarget has what counts for the target.
type webhookTarget struct {
	URL         *string   `json:"url,omitempty"`
	Method      *string   `json:"method,omitempty" doc:"get|post"`
	Filters     *[]string `json:"filters,omitempty"`
	Triggers    *[]string `json:"triggers,omitempty"`
	FlowSID     *string   `json:"flow_sid,omitempty"`
	ReplayAfter *int64    `json:"replay_after,omitempty"`
}

func (c *call) scopedWebhookModel(w *hub.ScopedWebhook) *scopedWebhook {
	m := &scopedWebhook{
		SID: w.SID, AccountSID: c.api.account.sid, ChatServiceSID: w.Service, ConversationSID: w.Conversation, Target: w.Target,
		Configuration: webhookTarget{
			URL: orNull(w.URL), Method: orNull(w.Method), FlowSID: orNull(w.Flow), ReplayAfter: w.ReplayAfter,
		},
		DateCreated: date(w.DateCreated), DateUpdated: date(w.DateUpdated),
		URL: c.url("Conversations", string(w.Conversation), "Webhooks", string(w.SID)),
	}
	switch w.Target {
	case hub.TargetWebhook:
		m.Configuration.Filters = new(orEmpty(w.Filters))
	case hub.TargetTrigger:
		m.Configuration.Triggers = new(orEmpty(w.Triggers))
	}
	return m
}

func (c *call) oneScopedWebhook(answer any, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return c.scopedWebhookModel(answer.(*hub.ScopedWebhook)), nil
}

// thread is the conversation that the path names.
func (c *call) thread() hub.ConversationRef { return hub.ConversationRef(c.path["ConversationSid"]) }

func (c *call) webhookFields() hub.WebhookFields {
	return hub.WebhookFields{
		URL: c.optText("Configuration.Url"), Method: c.optText("Configuration.Method"), Flow: c.optText("Configuration.FlowSid"),
		Filters: opt[[]string](c, "Configuration.Filters"), Triggers: opt[[]string](c, "Configuration.Triggers"),
	}
}

func createScopedWebhook(ctx context.Context, c *call) (any, error) {
	return c.oneScopedWebhook(c.do(ctx, &hub.CreateScopedWebhook{
		Conversation: c.thread(), Target: c.text("Target"), WebhookFields: c.webhookFields(),
		ReplayAfter: opt[int64](c, "Configuration.ReplayAfter"),
	}))
}

func listScopedWebhooks(ctx context.Context, c *call) (any, error) {
	return list(c, func(after string, limit int) ([]*hub.ScopedWebhook, string, error) {
		all, err := c.api.hub.ScopedWebhooks(ctx, c.actor(), c.thread())
		for len(all) > 0 && string(all[0].SID) <= after {
			all = all[1:]
		}
		if err != nil || len(all) <= limit {
			return all, "", err
		}
		return all[:limit], string(all[limit-1].SID), nil
	}, c.scopedWebhookModel)
}

func fetchScopedWebhook(ctx context.Context, c *call) (any, error) {
	w, err := c.api.hub.ScopedWebhook(ctx, c.actor(), c.thread(), hub.WebhookSID(c.path["Sid"]))
	return c.oneScopedWebhook(w, err)
}

func updateScopedWebhook(ctx context.Context, c *call) (any, error) {
	return c.oneScopedWebhook(c.do(ctx, &hub.UpdateScopedWebhook{
		Conversation: c.thread(), Webhook: hub.WebhookSID(c.path["Sid"]), WebhookFields: c.webhookFields(),
	}))
}

func deleteScopedWebhook(ctx context.Context, c *call) (any, error) {
	_, err := c.do(ctx, &hub.DeleteScopedWebhook{Conversation: c.thread(), Webhook: hub.WebhookSID(c.path["Sid"])})
	return nil, err
}
