package hub

import "errors"

// GatherConversation makes a conversation with those who are in it from its beginning, or nothing. The account's alone.
// Answers *ConversationView.
type GatherConversation struct {
	CreateConversation
	Participants []Newcomer // at most MaxNewcomers
}

// A Newcomer is somebody to be added, one way or the other. Conversation of both is not looked at.
type Newcomer struct {
	Chat    *AddParticipant
	Outside *AddNonChatParticipant
}

// MaxNewcomers bounds those who are in a conversation from its beginning (Twilio 50426).
const MaxNewcomers = 10

func (*GatherConversation) op() string              { return "conversation.gather" }
func (*GatherConversation) target() ConversationRef { return "" }

// subjects are the identities that it is about.
func (cmd *GatherConversation) subjects() (all []string) {
	for _, n := range cmd.Participants {
		if n.Chat != nil {
			all = append(all, n.Chat.Identity)
		}
	}
	return all
}

func (cmd *GatherConversation) run(t *turn) (any, error) {
	if !t.actor.account() {
		return nil, Errorf(CodeForbidden, "only the account makes conversations with participants")
	}
	if n := len(cmd.Participants); n > MaxNewcomers {
		return nil, Errorf(CodeParticipantsAtOnce, "%d participants were given, at most %d are allowed", n, MaxNewcomers)
	}
	c, err := cmd.conversation(t)
	if err != nil {
		return nil, err
	}
	t.arm(c)
	if err := named(t.PutConversation(c)); err != nil {
		return nil, err
	}
	a := &access{t: t, thread: c, making: true}
	if err := cmd.admit(a); err != nil {
		return nil, err
	}
	return a.view()
}

// admit adds all, or tells why not. Of pairs of addresses that are in use elsewhere all are looked for, so that it can be
// told whether it is one or several (Twilio 50425).
func (cmd *GatherConversation) admit(a *access) error {
	var taken []error
	for _, n := range cmd.Participants {
		_, err := a.newcomer(n)
		if e := (*Error)(nil); errors.As(err, &e) && e.Code == CodePairTaken {
			taken = append(taken, err)
		} else if err != nil {
			return err
		}
	}
	switch len(taken) {
	case 0:
		return nil
	case 1:
		return taken[0]
	}
	return Errorf(CodePairsTaken, "bindings of %d of the participants already exist in other conversations", len(taken))
}

// newcomer adds somebody by identity or by address, and refuses who has both or neither.
func (a *access) newcomer(n Newcomer) (*Participant, error) {
	switch {
	case n.Chat != nil && n.Outside != nil:
		if err := checkIdentity(n.Chat.Identity, a.t.limits); err != nil {
			return nil, err
		}
		_, address := parseAddress(CodeAddressInvalid, "address", n.Outside.Address, a.t.limits)
		_, proxy := parseAddress(CodeProxyInvalid, "proxy_address", n.Outside.ProxyAddress, a.t.limits)
		switch {
		case n.Outside.Address != "" && address != nil:
			return nil, address
		case n.Outside.ProxyAddress != "" && proxy != nil:
			return nil, proxy
		}
		return nil, Errorf(CodeIdentityAndAddress, "identity and messaging_binding exclude each other")
	case n.Chat != nil:
		return a.add(n.Chat)
	case n.Outside != nil:
		return a.bind(n.Outside)
	}
	return nil, Errorf(CodeParticipantEmpty, "identity, or messaging_binding.address and .proxy_address, are missing")
}

// check holds addresses to their form. One without a proxy would be a member of a group.
func (cmd *AddNonChatParticipant) check(limits *Limits) error {
	if cmd.ProxyAddress == "" {
		if _, err := parseAddress(CodeAddressInvalid, "address", cmd.Address, limits); err != nil {
			return err
		}
		return Errorf(CodeGroupMMS, "Group MMS is not enabled")
	}
	_, err := ParseBinding(cmd.ProxyAddress, cmd.Address, limits)
	return err
}

// AddNewcomer adds somebody as the account asks for it. Answers *Participant.
type AddNewcomer struct {
	Conversation ConversationRef
	Newcomer
}

func (*AddNewcomer) op() string                  { return "participant.add" }
func (cmd *AddNewcomer) target() ConversationRef { return cmd.Conversation }

func (cmd *AddNewcomer) subject() string {
	if cmd.Chat == nil {
		return ""
	}
	return cmd.Chat.Identity
}

func (cmd *AddNewcomer) run(t *turn) (any, error) {
	if !t.actor.account() {
		return nil, Errorf(CodeForbidden, "only the account adds participants so")
	}
	a, err := t.write(cmd.Conversation, false)
	if err != nil {
		return nil, err
	}
	p, err := a.newcomer(cmd.Newcomer)
	return p, err
}
