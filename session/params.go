package session

import (
	"parley/hub"
	"parley/session/wire"
)

// The params of the writing methods.

func ref(p *wire.Params) hub.ConversationRef { return hub.ConversationRef(p.String("conversation")) }

func participantRef(p *wire.Params) hub.ParticipantRef {
	return hub.ParticipantRef(p.String("participant"))
}

// attributes is the member of that name, "" where it is absent.
func attributes(p *wire.Params) hub.Attributes {
	if a := p.Attributes("attributes"); a != nil {
		return *a
	}
	return ""
}

// clearable is a string to be set, "" where null is to remove it, and nil where it is absent.
func clearable(p *wire.Params, name string) *string {
	s, null := p.OptString(name)
	if null {
		s = new(string)
	}
	return s
}

func createConversation(p *wire.Params) hub.Command {
	return &hub.CreateConversation{
		FriendlyName: p.StringOr("friendly_name", ""),
		UniqueName:   p.StringOr("unique_name", ""),
		Attributes:   attributes(p),
	}
}

func updateConversation(p *wire.Params) hub.Command {
	cmd := &hub.UpdateConversation{
		Conversation: ref(p),
		FriendlyName: clearable(p, "friendly_name"),
		UniqueName:   clearable(p, "unique_name"),
		Attributes:   p.Attributes("attributes"),
	}
	if p.Has("state") {
		state := hub.State(p.Enum("state", string(hub.StateActive), string(hub.StateInactive), string(hub.StateClosed)))
		cmd.State = &state
	}
	return cmd
}

func addParticipant(p *wire.Params) hub.Command {
	return &hub.AddParticipant{
		Conversation: ref(p),
		Identity:     p.String("identity"),
		Attributes:   attributes(p),
		Role:         hub.RoleSID(p.StringOr("role_sid", "")),
	}
}

func addNonChatParticipant(p *wire.Params) hub.Command {
	return &hub.AddNonChatParticipant{
		Conversation: ref(p),
		ProxyAddress: p.String("proxy_address"),
		Address:      p.String("address"),
		Attributes:   attributes(p),
	}
}

func updateParticipant(p *wire.Params) hub.Command {
	cmd := &hub.UpdateParticipant{
		Conversation: ref(p), Participant: participantRef(p), Attributes: p.Attributes("attributes"),
	}
	if role, _ := p.OptString("role_sid"); role != nil {
		cmd.Role = (*hub.RoleSID)(role)
	}
	return cmd
}

func sendMessage(p *wire.Params) hub.Command {
	return &hub.SendMessage{
		Conversation: ref(p),
		Body:         p.StringOr("body", ""),
		Subject:      p.StringOr("subject", ""),
		Attributes:   attributes(p),
		ReplyTo:      p.Index("reply_to", ""),
		Nonce:        p.StringOr("nonce", ""),
		Media:        mediaSIDs(p),
	}
}

func editMessage(p *wire.Params) hub.Command {
	return &hub.EditMessage{
		Conversation: ref(p), Message: p.Message("message"),
		Body: clearable(p, "body"), Attributes: p.Attributes("attributes"),
	}
}

func react(remove bool) func(p *wire.Params) hub.Command {
	return func(p *wire.Params) hub.Command {
		return &hub.React{
			Conversation: ref(p), Message: p.Message("message"), Reaction: p.String("reaction"), Remove: remove,
		}
	}
}

func setRead(p *wire.Params) hub.Command {
	return &hub.SetHorizon{
		Conversation: ref(p), Index: p.IntOrNull("index"), Advance: p.OptBool("advance", false),
	}
}

func updateUser(p *wire.Params) hub.Command {
	return &hub.UpdateUser{
		Identity: p.StringOr("identity", ""), FriendlyName: clearable(p, "friendly_name"),
		Attributes: p.Attributes("attributes"),
	}
}

func registerPush(p *wire.Params) hub.Command { return &hub.RegisterPush{Device: device(p)} }

// device is what pushes go to: by token, or a browser's by its subscription.
func device(p *wire.Params) hub.Device {
	d := hub.Device{Channel: hub.Channel(p.Enum("channel", string(hub.ChannelFCM), string(hub.ChannelAPN), string(hub.ChannelWebPush)))}
	if d.Channel != hub.ChannelWebPush {
		d.Token = p.String("token")
		return d
	}
	if !p.Has("subscription") {
		p.Refuse("subscription", "an object, as the browser gives it")
	} else if text := p.Attributes("subscription"); text != nil {
		d.Subscription = string(*text)
	}
	return d
}
