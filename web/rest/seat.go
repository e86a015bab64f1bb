package rest

import (
	"context"
	"net/http"

	"parley/hub"
)

var seatOperations = []operation{
	{
		id: "ListParticipantConversation", about: "Lists the conversations that an identity, or an address, is in.",
		method: http.MethodGet, path: "/ParticipantConversations", status: http.StatusOK,
		params: []param{
			{name: "Identity", most: usual.Identity, long: hub.CodeIdentityLong, about: "Whose; or give an Address."},
			{name: "Address", most: usual.Identity, long: hub.CodeAddressInvalid, about: "Of a non-chat participant; or give an Identity."},
		},
		page: &paging{key: "conversations", otherwise: 50, most: 50}, answer: participantConversation{}, serve: listSeats,
	},
}

// participantConversation is Twilio's model: a participant, and the conversation.
type participantConversation struct {
	AccountSID                  string              `json:"account_sid"`
	ChatServiceSID              hub.ServiceSID      `json:"chat_service_sid"`
	ParticipantSID              hub.ParticipantSID  `json:"participant_sid"`
	ParticipantUserSID          *hub.UserSID        `json:"participant_user_sid"`
	ParticipantIdentity         *string             `json:"participant_identity"`
	ParticipantMessagingBinding *binding            `json:"participant_messaging_binding"`
	ConversationSID             hub.ConversationSID `json:"conversation_sid"`
	ConversationUniqueName      *string             `json:"conversation_unique_name"`
	ConversationFriendlyName    *string             `json:"conversation_friendly_name"`
	ConversationAttributes      string              `json:"conversation_attributes"`
	ConversationDateCreated     date                `json:"conversation_date_created"`
	ConversationDateUpdated     date                `json:"conversation_date_updated"`
	ConversationCreatedBy       string              `json:"conversation_created_by"`
	ConversationState           hub.State           `json:"conversation_state"`
	ConversationTimers          timers              `json:"conversation_timers"`
	Links                       map[string]string   `json:"links"`
}

func (c *call) seatModel(s hub.Seat) *participantConversation {
	p, v := s.Participant, s.Conversation
	return &participantConversation{
		AccountSID: c.api.account.sid, ChatServiceSID: v.Service, ParticipantSID: p.SID, ParticipantUserSID: orNull(p.User),
		ParticipantIdentity: orNull(p.Identity), ParticipantMessagingBinding: bindingOf(p), ConversationSID: v.SID,
		ConversationUniqueName: orNull(v.UniqueName), ConversationFriendlyName: orNull(v.FriendlyName),
		ConversationAttributes:  v.Attributes.Text(),
		ConversationDateCreated: date(v.DateCreated), ConversationDateUpdated: date(v.DateUpdated),
		ConversationCreatedBy: v.CreatedBy, ConversationState: v.State, ConversationTimers: timersOf(v), Links: c.seatLinks(v.SID, p.SID),
	}
}

func (c *call) seatLinks(conversation hub.ConversationSID, participant hub.ParticipantSID) map[string]string {
	return map[string]string{
		"participant":  c.url("Conversations", string(conversation), "Participants", string(participant)),
		"conversation": c.url("Conversations", string(conversation)),
	}
}

func listSeats(ctx context.Context, c *call) (any, error) {
	q := hub.SeatQuery{Identity: c.text("Identity"), Address: c.text("Address")}
	return list(c, func(after string, limit int) ([]hub.Seat, string, error) {
		q.After, q.Limit = after, limit
		page, err := c.api.hub.Seats(ctx, c.actor(), q)
		if err != nil {
			return nil, "", err
		}
		return page.Seats, page.Next, nil
	}, c.seatModel)
}
