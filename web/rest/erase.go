package rest

import (
	"context"
	"net/http"
	"time"

	"parley/hub"
)

var eraseOperations = []operation{
	{
		id: "ExportConversation", about: "Writes down all of a conversation as JSON Lines: itself, participants, messages, receipts and files.",
		method: http.MethodGet, scope: parley, path: "/Conversations/{ConversationSid}/Export", status: http.StatusOK, stream: exportConversation,
	},
	{
		id: "ExportUser", about: "Writes down what is known of a user as JSON Lines: itself, memberships, messages with receipts and files, reactions and bindings.",
		method: http.MethodGet, scope: parley, path: "/Users/{Identity}/Export", status: http.StatusOK, stream: exportUser,
	},
	{
		id: "EraseConversation", about: "Removes a conversation for good, with all that was in it, and answers when it is gone. It may be asked for again, also when there is none.",
		method: http.MethodPost, scope: parley, path: "/Conversations/{ConversationSid}/Erase", status: http.StatusNoContent,
		stream: erased(func(ctx context.Context, c *call) error {
			return c.api.hub.EraseConversation(ctx, c.actor(), c.conversation())
		}),
	},
	{
		id: "EraseUser", about: "Has everything be forgotten that an identity said and did, and answers when it is. It may be asked for again, also when there is none.",
		method: http.MethodPost, scope: parley, path: "/Users/{Identity}/Erase", status: http.StatusNoContent,
		stream: erased(func(ctx context.Context, c *call) error {
			return c.api.hub.EraseUser(ctx, c.actor(), c.path["Identity"])
		}),
	},
}

// erased waits for as long as it takes, or until the asker is gone.
func erased(erase func(ctx context.Context, c *call) error) func(http.ResponseWriter, *http.Request, *call) error {
	return func(w http.ResponseWriter, r *http.Request, c *call) error {
		unhurried(w)
		if err := erase(r.Context(), c); err != nil {
			return err
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
}

// unhurried takes the limits of time from a request that has come whole.
func unhurried(w http.ResponseWriter) {
	patience := http.NewResponseController(w)
	patience.SetReadDeadline(time.Time{})  //nolint:errcheck // where it cannot be set there is none
	patience.SetWriteDeadline(time.Time{}) //nolint:errcheck // likewise
}

const (
	exportPage  = 100
	exportBytes = 1 << 20
	// exportRange is how many messages of a conversation are looked through at a time for those of a user.
	exportRange = 5000
	// exportWithin is for a line to be taken: it bounds how long a reader who stops is waited for.
	exportWithin = time.Minute
)

// exportUser writes what somebody is and left behind, conversation by conversation.
func exportUser(w http.ResponseWriter, r *http.Request, c *call) error {
	identity := c.path["Identity"]
	e, ctx := &export{call: c, w: w}, r.Context()
	u, err := c.api.hub.FindUser(ctx, c.actor(), identity)
	switch {
	case err == nil:
		identity = u.Identity
	case hub.AsError(err).Code == hub.CodeUserAbsent: // an address, or somebody who wrote and was deleted
	default:
		return err
	}
	e.begin("user", identity)
	if u != nil {
		e.line("user", c.userModel(u))
		e.bindings(ctx, identity)
	}
	q := hub.ServiceQuery{PageQuery: hub.PageQuery{Limit: exportPage, Bytes: exportBytes}}
	for e.err == nil {
		page, err := c.api.hub.ServiceConversations(ctx, c.actor(), q)
		if e.failed(err) {
			break
		}
		for _, v := range page.Views {
			e.left(ctx, v, identity)
		}
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	return e.end()
}

// exportConversation writes a conversation from its beginning.
func exportConversation(w http.ResponseWriter, r *http.Request, c *call) error {
	e, ctx := &export{call: c, w: w}, r.Context()
	v, err := c.api.hub.Conversation(ctx, c.actor(), c.conversation())
	if err != nil {
		return err
	}
	e.begin("conversation", string(v.SID))
	e.line("conversation", c.conversationModel(v))
	e.participants(ctx, v)
	q := hub.MessageQuery{Anchor: hub.NoIndex, Forward: true, Limit: exportPage, Bytes: exportBytes}
	for e.err == nil {
		page, err := c.api.hub.Messages(ctx, c.actor(), hub.ConversationRef(v.SID), q)
		if e.failed(err) {
			break
		}
		e.messages(ctx, page.Messages)
		if !page.HasNext || len(page.Messages) == 0 {
			break
		}
		q.Anchor = page.Messages[len(page.Messages)-1].Index + 1
	}
	return e.end()
}
