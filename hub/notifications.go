package hub

// Notifications say what a service pushes to its users, and how that reads.
type Notifications struct {
	Service    ServiceSID   `json:"-"`
	LogEnabled bool         `json:"log_enabled"`
	NewMessage NewMessage   `json:"new_message"`
	Added      Notification `json:"added_to_conversation"`
	Removed    Notification `json:"removed_from_conversation"`
}

// A Notification is of one kind of event. In its template ${PARTICIPANT} and its like stand for what they name.
type Notification struct {
	Enabled  bool   `json:"enabled"`
	Template string `json:"template"`
	Sound    string `json:"sound"`
}

// NewMessage is the notification of a message, with one of its own for messages with media.
type NewMessage struct {
	Notification
	BadgeCount bool      `json:"badge_count_enabled"`
	WithMedia  WithMedia `json:"with_media"`
}

// WithMedia is what differs for messages with media.
type WithMedia struct {
	Enabled  bool   `json:"enabled"`
	Template string `json:"template"`
}

// Limits of notifications.
const (
	MaxTemplate = 1024 // code points
	MaxSound    = 256  // code points
)

// defaultNotifications push nothing.
func defaultNotifications() Notifications {
	return Notifications{
		NewMessage: NewMessage{
			Notification: Notification{Template: "${CONVERSATION};${PARTICIPANT}: ${MESSAGE}"},
			WithMedia:    WithMedia{Template: "${CONVERSATION};${PARTICIPANT}: ${MEDIA}"},
		},
		Added:   Notification{Template: "You have been added to the conversation ${CONVERSATION} by ${PARTICIPANT}"},
		Removed: Notification{Template: "You have been removed from the conversation ${CONVERSATION} by ${PARTICIPANT}"},
	}
}

// notificationsOf is what a record says; nil says nothing.
func notificationsOf(r *Record, service ServiceSID) (*Notifications, error) {
	n := defaultNotifications()
	var err error
	if r != nil {
		n, err = said[Notifications](r)
	}
	n.Service = service
	return &n, err
}

// NotificationFields are what may be changed of a Notification; nil leaves it as it is.
type NotificationFields struct {
	Enabled         *bool
	Template, Sound *string
}

func (n *Notification) take(field string, f *NotificationFields) error {
	set(&n.Enabled, f.Enabled)
	set(&n.Template, f.Template)
	set(&n.Sound, f.Sound)
	if err := checkLength(CodeInvalidParams, field+".Template", n.Template, MaxTemplate); err != nil {
		return err
	}
	return checkLength(CodeInvalidParams, field+".Sound", n.Sound, MaxSound)
}

// UpdateNotifications changes what is not nil of the actor's service. The account's alone. Answers *Notifications.
type UpdateNotifications struct {
	LogEnabled                 *bool
	NewMessage, Added, Removed NotificationFields
	BadgeCount                 *bool
	WithMedia                  NotificationFields // without Sound
}

func (*UpdateNotifications) op() string              { return "notifications.update" }
func (*UpdateNotifications) target() ConversationRef { return "" }

func (cmd *UpdateNotifications) run(t *turn) (any, error) {
	if err := t.needAccount(); err != nil {
		return nil, err
	}
	if *cmd == (UpdateNotifications{}) {
		return nil, errNothing
	}
	scope := string(t.actor.Service)
	r, err := t.Record(RecordNotifications, scope, "")
	if err != nil {
		return nil, err
	}
	n, err := notificationsOf(r, t.actor.Service)
	if err != nil {
		return nil, err
	}
	if err := cmd.apply(n); err != nil {
		return nil, err
	}
	return n, t.settle(r, &Record{Kind: RecordNotifications, Scope: scope}, n)
}

func (cmd *UpdateNotifications) apply(n *Notifications) error {
	set(&n.LogEnabled, cmd.LogEnabled)
	set(&n.NewMessage.BadgeCount, cmd.BadgeCount)
	media := Notification{Enabled: n.NewMessage.WithMedia.Enabled, Template: n.NewMessage.WithMedia.Template}
	for _, each := range []struct {
		field string
		n     *Notification
		f     *NotificationFields
	}{
		{"NewMessage", &n.NewMessage.Notification, &cmd.NewMessage},
		{"NewMessage.WithMedia", &media, &cmd.WithMedia},
		{"AddedToConversation", &n.Added, &cmd.Added},
		{"RemovedFromConversation", &n.Removed, &cmd.Removed},
	} {
		if err := each.n.take(each.field, each.f); err != nil {
			return err
		}
	}
	n.NewMessage.WithMedia = WithMedia{Enabled: media.Enabled, Template: media.Template}
	return nil
}
