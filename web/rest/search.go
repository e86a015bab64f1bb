package rest

import (
	"context"
	"encoding/json"
	"net/http"

	"parley/hub"
	"parley/hub/words"
	"parley/session/wire"
)

// How many changes one answer holds where no number is given, how many at most, and how many bytes of content.
const (
	usualChanges = 500
	mostChanges  = 1000
	changesBytes = 1 << 20
)

var searchOperations = []operation{
	{
		id: "Search", about: "Finds messages by the words of their subject and body, newest first.",
		method: http.MethodGet, scope: parley, path: "/search", status: http.StatusOK, params: []param{
			{
				name: "Query", required: hub.CodeInvalidParams, most: words.MaxQuery, long: hub.CodeInvalidParams,
				about: `Words that a message must hold, "words in quotes" that it must hold one after the other, and beginnings of words: inter*.`,
			},
			{name: "Conversation", most: usual.UniqueName, long: hub.CodeUniqueNameLong, about: "The sid or unique name of the conversation to look in; all of the service's otherwise."},
			{name: "Identity", most: usual.Identity, long: hub.CodeIdentityLong, about: "Searches as this user, who sees the conversations that they are in."},
		},
		page: &paging{key: "messages", otherwise: 50, most: 100}, answer: message{}, serve: search,
	},
	{
		id: "ListConversationChange", about: "Reads what changed in a conversation since a revision, as a client that resumes is told it.",
		method: http.MethodGet, scope: parley, path: "/Conversations/{ConversationSid}/Changes", status: http.StatusOK, params: []param{
			{name: "Since", kind: number, about: "The revision up to which all is known; 0, where it is not given."},
			{name: "Limit", kind: number, about: "How many changes, from 1 to 1000; 500, where it is not given."},
		},
		answer: changes{}, serve: listChanges,
	},
}

// changes is what `changes` answers on the websocket.
type changes struct {
	Changes  []map[string]any `json:"changes"` // each the notification that it would have been
	Revision hub.Revision     `json:"revision"`
	More     bool             `json:"more"`
}

func search(ctx context.Context, c *call) (any, error) {
	as := c.actor()
	as.Identity = c.text("Identity")
	complete := true
	page, err := list(c, func(after string, limit int) ([]*hub.Message, string, error) {
		found, err := c.api.hub.Search(ctx, as, hub.Search{
			Query: c.text("Query"), Conversation: hub.ConversationRef(c.text("Conversation")), After: after, Limit: limit,
		})
		if err != nil {
			return nil, "", err
		}
		complete = complete && found.Complete
		return found.Messages, found.Next, nil
	}, c.messageModel)
	if err != nil {
		return nil, err
	}
	page.(*listing).meta.Complete = &complete
	return page, nil
}

func listChanges(ctx context.Context, c *call) (any, error) {
	q := hub.ChangeQuery{Since: hub.Revision(get[int64](c, "Since")), Limit: usualChanges, Bytes: changesBytes}
	if limit := opt[int64](c, "Limit"); limit != nil {
		q.Limit = int(*limit)
	}
	switch {
	case q.Since < 0:
		return nil, hub.Errorf(hub.CodeInvalidParams, "Since must be a revision, from 0")
	case q.Limit < 1 || q.Limit > mostChanges:
		return nil, hub.Errorf(hub.CodeInvalidParams, "Limit must be a number from 1 to %d", mostChanges)
	}
	found, err := c.api.hub.Changes(ctx, c.actor(), c.conversation(), q)
	if err != nil {
		return nil, err
	}
	return json.RawMessage(wire.AppendChanges(nil, found)), nil
}
