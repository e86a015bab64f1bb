package hub

import "time"

// Configuration is what the account sets for all of its services.
type Configuration struct {
	DefaultService   ServiceSID `json:"default_service"`   // of those who name none; "": the one that the hub was started with
	MessagingService string     `json:"messaging_service"` // MG..., kept as it is
	Timers           Timers     `json:"timers"`            // of conversations that are made without
	DateUpdated      time.Time  `json:"-"`
}

// NoTimer is a timer that is off although there is one by default.
const NoTimer time.Duration = -1

// configurationOf is what a record says; nil says nothing.
func configurationOf(r *Record) (*Configuration, error) {
	if r == nil {
		return &Configuration{}, nil
	}
	c, err := said[Configuration](r)
	c.DateUpdated = r.DateUpdated
	return &c, err
}

// holdConfiguration is the configuration and its record, nil where there is none. Nobody else changes it until the transaction
// ends, nor what depends on it, if the record is saved, or made, in the end.
func (t *turn) holdConfiguration() (*Record, *Configuration, error) {
	r, err := t.Record(RecordConfiguration, "", "")
	if err != nil {
		return nil, nil, err
	}
	c, err := configurationOf(r)
	return r, c, err
}

// timers are those that a new conversation gets, where it was given some.
func (t *turn) timers(given Timers) (Timers, error) {
	if given.Inactive != 0 && given.Closed != 0 {
		return given.off(), nil
	}
	_, config, _, fresh := t.hub.known.now()
	if !fresh {
		r, err := t.Record(RecordConfiguration, "", "")
		if err != nil {
			return given, err
		}
		if config, err = configurationOf(r); err != nil {
			return given, err
		}
	}
	if given.Inactive == 0 {
		given.Inactive = config.Timers.Inactive
	}
	if given.Closed == 0 {
		given.Closed = config.Timers.Closed
	}
	return given.off(), nil
}

// off has NoTimer mean what it says.
func (d Timers) off() Timers {
	return Timers{Inactive: max(d.Inactive, 0), Closed: max(d.Closed, 0)}
}

// UpdateConfiguration changes what is not nil. The account's alone. Answers *Configuration.
type UpdateConfiguration struct {
	DefaultService   *ServiceSID
	MessagingService *string
	Inactive, Closed *time.Duration // 0 for none
}

func (*UpdateConfiguration) op() string              { return "configuration.update" }
func (*UpdateConfiguration) target() ConversationRef { return "" }

func (cmd *UpdateConfiguration) run(t *turn) (any, error) {
	if err := t.needAccount(); err != nil {
		return nil, err
	}
	if cmd.DefaultService == nil && cmd.MessagingService == nil && cmd.Inactive == nil && cmd.Closed == nil {
		return nil, errNothing
	}
	r, c, err := t.holdConfiguration()
	if err != nil {
		return nil, err
	}
	set(&c.DefaultService, cmd.DefaultService)
	set(&c.MessagingService, cmd.MessagingService)
	set(&c.Timers.Inactive, cmd.Inactive)
	set(&c.Timers.Closed, cmd.Closed)
	if err := cmd.check(t, c); err != nil {
		return nil, err
	}
	c.DateUpdated = t.now
	t.altered("")
	return c, t.settle(r, &Record{Kind: RecordConfiguration}, c)
}

func (cmd *UpdateConfiguration) check(t *turn, c *Configuration) error {
	if cmd.DefaultService != nil {
		s, err := t.HoldService(c.DefaultService)
		if err != nil {
			return err
		}
		if s == nil {
			return Errorf(CodeInvalidParams, "DefaultChatServiceSid names no service")
		}
	}
	if cmd.MessagingService != nil && c.MessagingService != "" && !looksLikeSID(c.MessagingService, "MG") {
		return Errorf(CodeMessagingService, "DefaultMessagingServiceSid must be a sid: MG and 32 hexadecimal digits")
	}
	return c.Timers.check()
}

// altered has every hub read services and configuration again, this one before anybody is answered.
func (t *turn) altered(sid ServiceSID) {
	t.first = append(t.first, func(h *Hub) { h.known.forget() })
	t.after = append(t.after, func(h *Hub) { h.alterEverywhere(sid) })
}

// needAccount refuses everybody but the account.
func (t *turn) needAccount() error {
	if !t.actor.account() {
		return Errorf(CodeForbidden, "only the account may do this")
	}
	return nil
}

var errNothing = Errorf(CodeNothingToUpdate, "nothing to update was given")
