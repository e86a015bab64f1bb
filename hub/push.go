package hub

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"time"
)

// BindingSID names a push binding (BS...).
type BindingSID string

// Channel is by what a device is reached.
type Channel string

// The channels.
const (
	ChannelFCM     Channel = "fcm"
	ChannelAPN     Channel = "apn"
	ChannelWebPush Channel = "webpush" // Parley's own
)

// MessageTypes are what a device is told of.
var MessageTypes = []string{"new_message", "added_to_conversation", "removed_from_conversation"}

// Limits of bindings.
const (
	MaxBindings = 50   // of a user: one more, and the oldest goes
	MaxEndpoint = 4096 // bytes of a device's token or subscription
)

// A PushBinding is a device that a user is to be reached at. A device is of one user: the one who registered it last.
type PushBinding struct {
	SID          BindingSID    `json:"-"`
	Service      ServiceSID    `json:"-"`
	Identity     string        `json:"-"`
	Channel      Channel       `json:"-"`
	Credential   CredentialSID `json:"credential,omitempty"` // of the token that it was registered with
	Endpoint     string        `json:"endpoint"`             // the device's token, or the address of a subscription
	Subscription string        `json:"subscription,omitempty"`
	DateCreated  time.Time     `json:"-"`
	DateUpdated  time.Time     `json:"-"`
}

func bindingOf(r *Record) (*PushBinding, error) {
	b, err := said[PushBinding](r)
	b.SID, b.Service, b.Identity, b.Channel = BindingSID(r.SID), ServiceSID(r.Scope), r.Owner, Channel(r.Label)
	b.DateCreated, b.DateUpdated = r.DateCreated, r.DateUpdated
	return &b, err
}

// key is what a device is found by.
func (b *PushBinding) key() string {
	digest := sha256.Sum256([]byte(b.Endpoint))
	return string(b.Channel) + ":" + base64.RawURLEncoding.EncodeToString(digest[:])
}

func (b *PushBinding) record() (*Record, error) {
	r := &Record{
		Kind: RecordBinding, Scope: string(b.Service), SID: string(b.SID), Key: b.key(), Owner: b.Identity, Label: string(b.Channel),
		DateCreated: b.DateCreated, DateUpdated: b.DateUpdated,
	}
	return r, r.fill(b)
}

// A Device is how a client names one: by its token, or for ChannelWebPush by its subscription, as the browser gives it in
// JSON.
type Device struct {
	Channel      Channel
	Token        string
	Subscription string
}

// binding is the device of a user, checked.
func (d *Device) binding(t *turn) (*PushBinding, error) {
	b := &PushBinding{Service: t.actor.Service, Identity: t.actor.Identity, Channel: d.Channel, Endpoint: d.Token}
	switch d.Channel {
	case ChannelFCM, ChannelAPN:
		if d.Token == "" {
			return nil, Errorf(CodeInvalidParams, "token must be a non-empty string")
		}
	case ChannelWebPush:
		var subscription struct {
			Endpoint string `json:"endpoint"`
		}
		err := json.Unmarshal([]byte(d.Subscription), &subscription)
		u, bad := url.Parse(subscription.Endpoint)
		if err != nil || bad != nil || u.Scheme != "https" || u.Host == "" {
			return nil, Errorf(CodeInvalidParams, "subscription must be an object with an endpoint, an https URL")
		}
		b.Endpoint, b.Subscription = subscription.Endpoint, d.Subscription
	default:
		return nil, Errorf(CodeInvalidParams, "channel must be fcm, apn or webpush")
	}
	if n := max(len(b.Endpoint), len(b.Subscription)); n > MaxEndpoint {
		return nil, Errorf(CodeInvalidParams, "the device's token or subscription is %d bytes long, at most %d are allowed", n, MaxEndpoint)
	}
	return b, checkText("token", b.Endpoint)
}

// RegisterPush has the actor's pushes sent to a device. Answers *PushBinding.
type RegisterPush struct {
	Device
	Credential CredentialSID
}

func (*RegisterPush) op() string              { return "push.register" }
func (*RegisterPush) target() ConversationRef { return "" }

func (cmd *RegisterPush) run(t *turn) (any, error) {
	b, r, err := t.device(&cmd.Device)
	if err != nil {
		return nil, err
	}
	b.SID, b.Credential, b.DateCreated, b.DateUpdated = BindingSID(newSID("BS", clock())), cmd.Credential, t.now, t.now
	if r != nil {
		if r.Owner == b.Identity {
			b.SID, b.DateCreated = BindingSID(r.SID), r.DateCreated
		}
		if err := t.DropRecord(r); err != nil {
			return nil, err
		}
	}
	mine, err := t.Records(RecordBinding, string(b.Service), b.Identity, MaxBindings)
	if err != nil {
		return nil, err
	}
	if len(mine) == MaxBindings {
		if err := t.DropRecord(mine[0]); err != nil {
			return nil, err
		}
	}
	if r, err = b.record(); err != nil {
		return nil, err
	}
	return b, t.AddRecord(r)
}

// device finds a device of the actor's, and its record, nil where there is none.
func (t *turn) device(d *Device) (*PushBinding, *Record, error) {
	if t.actor.account() {
		return nil, nil, Errorf(CodeForbidden, "the account has no devices")
	}
	if err := t.barred(); err != nil {
		return nil, nil, err
	}
	b, err := d.binding(t)
	if err != nil {
		return nil, nil, err
	}
	r, err := t.Record(RecordBinding, string(b.Service), RecordRef(b.key()))
	return b, r, err
}

// UnregisterPush ends that, also where it never began. Answers *PushBinding, nil where there was none.
type UnregisterPush struct{ Device }

func (*UnregisterPush) op() string              { return "push.unregister" }
func (*UnregisterPush) target() ConversationRef { return "" }

func (cmd *UnregisterPush) run(t *turn) (any, error) {
	b, r, err := t.device(&cmd.Device)
	if err != nil || r == nil || r.Owner != b.Identity {
		return nil, err
	}
	return b, t.DropRecord(r)
}
