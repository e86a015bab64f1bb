package rest

import (
	"context"
	"time"

	"parley/hub"
)

// What is brought from elsewhere has dates of its own.
var (
	dateCreated = param{name: "DateCreated", kind: moment, refused: hub.CodeDateCreated, about: "When it was made, where that was elsewhere."}
	dateUpdated = param{name: "DateUpdated", kind: moment, refused: hub.CodeDateUpdated, about: "When it was last changed, likewise."}
)

var conversationParams = []param{
	{name: "FriendlyName", most: usual.FriendlyName, long: hub.CodeServiceNameLong, about: "What people see."},
	{
		name: "UniqueName", null: true, most: usual.UniqueName, long: hub.CodeUniqueNameLong,
		about: "Names the conversation within its service; it may stand in a path in place of the sid.",
	},
	{
		name: "Attributes", kind: jsonText, refused: hub.CodeAttributesNotJSON,
		most: usual.ConversationAttributes, long: hub.CodeAttributesLong, about: "The app's own JSON, as text.",
	},
	{name: "State", values: []string{"initializing", "inactive", "active", "closed"}, refused: hub.CodeState, about: "Where the conversation is in its life. Closed is for ever."},
	{name: "Timers.Inactive", kind: duration, refused: hub.CodeInactiveTimer, about: "How long without a message until it becomes inactive, as PT5M; PT0S is never. At least a minute."},
	{name: "Timers.Closed", kind: duration, refused: hub.CodeClosedTimer, about: "How long without a message until it is closed, as P1D; PT0S is never. At least ten minutes."},
	{
		name: "MessagingServiceSid", kind: sid, prefix: "MG", null: true, refused: hub.CodeMessagingService,
		about: "A messaging service, kept for what sends to the world outside.",
	},
	{name: "Bindings.Email.Address", null: true, most: usual.Identity, long: hub.CodeAddressInvalid, about: "The address that e-mail of the conversation comes from."},
	{name: "Bindings.Email.Name", null: true, most: usual.FriendlyName, long: hub.CodeServiceNameLong, about: "The name that it goes by there."},
	dateCreated, dateUpdated,
}

var conversationFilters = []param{
	{name: "StartDate", kind: moment, about: "Only those made on this day, in UTC, or later."},
	{name: "EndDate", kind: moment, about: "Only those made on this day, in UTC, or before."},
	{name: "State", values: []string{"initializing", "inactive", "active", "closed"}, refused: hub.CodeState, about: "Only those in this state."},
}

func (c *call) dates() hub.Dates {
	return hub.Dates{Created: c.time("DateCreated"), Updated: c.time("DateUpdated")}
}

// clearable is what was given for a parameter, "" for null, nil where nothing was.
func (c *call) clearable(name string) *string {
	if !c.given(name) {
		return nil
	}
	return new(c.text(name))
}

// newConversation is the command of conversationParams.
func (c *call) newConversation() hub.CreateConversation {
	return hub.CreateConversation{
		FriendlyName: c.text("FriendlyName"), UniqueName: c.text("UniqueName"), Attributes: c.attributes(),
		Timers: hub.Timers{Inactive: c.timer("Timers.Inactive"), Closed: c.timer("Timers.Closed")},
		State:  hub.State(c.text("State")), MessagingService: c.text("MessagingServiceSid"),
		Email: hub.EmailBinding{Address: c.text("Bindings.Email.Address"), Name: c.text("Bindings.Email.Name")}, Dates: c.dates(),
	}
}

// timer is a new conversation's: none where zero was given, the account's default where nothing was.
func (c *call) timer(name string) time.Duration {
	if d := opt[time.Duration](c, name); d != nil && *d == 0 {
		return hub.NoTimer
	}
	return c.duration(name)
}

func listConversations(ctx context.Context, c *call) (any, error) {
	q := hub.ServiceQuery{From: day(c.time("StartDate")), To: c.time("EndDate")}
	if !q.To.IsZero() {
		if q.To = day(q.To).AddDate(0, 0, 1); !q.From.Before(q.To) {
			return nil, hub.Errorf(hub.CodeDateRange, "EndDate must not be before StartDate")
		}
	}
	if s := c.optText("State"); s != nil {
		q.States = []hub.State{hub.State(*s)}
	}
	return list(c, func(after string, limit int) ([]*hub.ConversationView, string, error) {
		q.After, q.Limit = after, limit
		page, err := c.api.hub.ServiceConversations(ctx, c.actor(), q)
		if err != nil {
			return nil, "", err
		}
		return page.Views, page.Next, nil
	}, c.conversationModel)
}

// day is when a time's day began, in UTC; the zero time stays.
func day(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(24 * time.Hour)
}
