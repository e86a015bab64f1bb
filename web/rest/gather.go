package rest

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"parley/hub"
)

var gatherOperations = []operation{
	{
		id: "CreateConversationWithParticipants", about: "Makes a conversation with those who are in it from its beginning, or nothing.",
		method: http.MethodPost, path: "/ConversationWithParticipants", made: "/Conversations", status: http.StatusCreated,
		params: slices.Concat(conversationParams, []param{{
			name: "Participant", kind: texts, most: hub.MaxNewcomers, refused: hub.CodeParticipantsAtOnce,
			about: "Somebody who is to be in it: JSON with the members of a participant, as text.",
		}}),
		answer: conversation{}, serve: gather,
	},
}

// invited is somebody in JSON. Attributes are text, or the value itself.
type invited struct {
	Identity         string          `json:"identity"`
	Attributes       json.RawMessage `json:"attributes"`
	Role             hub.RoleSID     `json:"role_sid"`
	DateCreated      string          `json:"date_created"`
	DateUpdated      string          `json:"date_updated"`
	MessagingBinding struct {
		Address          string `json:"address"`
		ProxyAddress     string `json:"proxy_address"`
		ProjectedAddress string `json:"projected_address"`
		Name             string `json:"name"`
		Level            string `json:"level"`
	} `json:"messaging_binding"`
}

func gather(ctx context.Context, c *call) (any, error) {
	cmd := &hub.GatherConversation{CreateConversation: c.newConversation()}
	for i, text := range c.list("Participant") {
		n, ok := readInvited(text)
		if !ok {
			return nil, hub.Errorf(hub.CodeParticipantJSON, "Participant %d must be JSON with the members of a participant", i)
		}
		one, err := n.command()
		if err != nil {
			return nil, err
		}
		cmd.Participants = append(cmd.Participants, one)
	}
	return c.conversationOf(c.do(ctx, cmd))
}

func readInvited(text string) (n newcomer, ok bool) {
	var in invited
	if json.Unmarshal([]byte(text), &in) != nil {
		return n, false
	}
	b := in.MessagingBinding
	n = newcomer{
		Identity: in.Identity, Address: b.Address, ProxyAddress: b.ProxyAddress, ProjectedAddress: b.ProjectedAddress,
		Name: b.Name, Level: b.Level, Role: in.Role, Attributes: hub.Attributes(in.Attributes),
	}
	if len(in.Attributes) > 0 && in.Attributes[0] == '"' {
		if json.Unmarshal(in.Attributes, (*string)(&n.Attributes)) != nil {
			return n, false
		}
	}
	if string(in.Attributes) == "null" {
		n.Attributes = ""
	}
	for _, d := range []struct {
		text string
		into *time.Time
	}{{in.DateCreated, &n.Dates.Created}, {in.DateUpdated, &n.Dates.Updated}} {
		if d.text == "" {
			continue
		}
		var err error
		if *d.into, err = parseDate(d.text); err != nil {
			return n, false
		}
	}
	return n, true
}
