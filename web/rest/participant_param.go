package rest

import (
	"context"

	"parley/hub"
)

// What both adding and changing a participant take. Projected addresses are those of group MMS, which is not offered.
var (
	identityParam   = param{name: "Identity", most: usual.Identity, long: hub.CodeIdentityLong, about: "A user's identity; it is made where it is new."}
	attributesParam = param{
		name: "Attributes", kind: jsonText, refused: hub.CodeAttributesNotJSON,
		most: usual.MessageAttributes, long: hub.CodeAttributesLong, about: "The app's own JSON, as text.",
	}
	roleParam      = param{name: "RoleSid", kind: sid, prefix: "RL", refused: hub.CodeRoleType, about: "A role of type conversation."}
	projectedParam = param{name: "MessagingBinding.ProjectedAddress", null: true, most: usual.Identity, long: hub.CodeGroupMMS, about: "Of group MMS, which is not offered: refused."}
)

var newParticipantParams = []param{
	identityParam,
	{name: "MessagingBinding.Address", most: usual.Identity, long: hub.CodeAddressInvalid, about: "Where somebody without an identity is reached."},
	{name: "MessagingBinding.ProxyAddress", most: usual.Identity, long: hub.CodeProxyInvalid, about: "The address that they see."},
	projectedParam, attributesParam, roleParam, dateCreated, dateUpdated,
}

var participantParams = []param{
	attributesParam, roleParam, dateCreated, dateUpdated,
	{name: "Identity", most: usual.Identity, long: hub.CodeIdentityFixed, about: "As it is: it cannot be changed."},
	{name: "MessagingBinding.ProxyAddress", null: true, most: usual.Identity, long: hub.CodeProxyFixed, about: "As it is: it cannot be changed."},
	projectedParam,
	{name: "LastReadMessageIndex", kind: number, null: true, refused: hub.CodeReadIndex, about: "The last message that they read; null is none."},
	{name: "LastReadTimestamp", kind: moment, about: "When they read it; now, where it is not given."},
}

func errGroup() error {
	return hub.Errorf(hub.CodeGroupMMS, "Group MMS is not enabled")
}

func createParticipant(ctx context.Context, c *call) (any, error) {
	n, err := newcomer{
		Identity: c.text("Identity"), Attributes: c.attributes(), Role: hub.RoleSID(c.text("RoleSid")), Dates: c.dates(),
		Address: c.text("MessagingBinding.Address"), ProxyAddress: c.text("MessagingBinding.ProxyAddress"),
		ProjectedAddress: c.text("MessagingBinding.ProjectedAddress"),
	}.command()
	if err != nil {
		return nil, err
	}
	return c.participantOf(c.do(ctx, &hub.AddNewcomer{Conversation: c.conversation(), Newcomer: n}))
}

// newcomer is somebody to be added, as it was asked for.
type newcomer struct {
	Identity                                string
	Address, ProxyAddress, ProjectedAddress string
	Name, Level                             string
	Attributes                              hub.Attributes
	Role                                    hub.RoleSID
	Dates                                   hub.Dates
}

// command is what adds them.
func (n newcomer) command() (all hub.Newcomer, err error) {
	if n.ProjectedAddress != "" {
		return all, errGroup()
	}
	if n.Identity != "" {
		all.Chat = &hub.AddParticipant{Identity: n.Identity, Attributes: n.Attributes, Role: n.Role, Dates: n.Dates}
	}
	if n.Address != "" || n.ProxyAddress != "" {
		all.Outside = &hub.AddNonChatParticipant{
			ProxyAddress: n.ProxyAddress, Address: n.Address, Name: n.Name, Level: n.Level,
			Attributes: n.Attributes, Role: n.Role, Dates: n.Dates,
		}
	}
	return all, nil
}

func updateParticipant(ctx context.Context, c *call) (any, error) {
	if c.text("MessagingBinding.ProjectedAddress") != "" {
		return nil, errGroup()
	}
	cmd := &hub.UpdateParticipant{
		Conversation: c.conversation(), Participant: hub.ParticipantRef(c.path["Sid"]), Attributes: c.optAttributes(),
		Dates: c.dates(), ReadTime: c.time("LastReadTimestamp"), Identity: c.optText("Identity"),
		ProxyAddress: c.clearable("MessagingBinding.ProxyAddress"),
	}
	if s := c.optText("RoleSid"); s != nil {
		cmd.Role = new(hub.RoleSID(*s))
	}
	var err error
	if cmd.Read, err = c.read("LastReadMessageIndex"); err != nil {
		return nil, err
	}
	return c.participantOf(c.do(ctx, cmd))
}

// read is how far somebody has read: NoIndex for null, nil where nothing was given.
func (c *call) read(name string) (*int64, error) {
	if !c.given(name) {
		return nil, nil
	}
	n := opt[int64](c, name)
	if n == nil {
		return new(hub.NoIndex), nil
	}
	if *n < 0 {
		return nil, hub.Errorf(hub.CodeReadIndex, "%s must be the index of a message, or null", name)
	}
	return n, nil
}
