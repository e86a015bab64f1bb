package hub

import (
	"slices"
	"strings"
	"time"
)

// CredentialSID names a push credential (CR...).
type CredentialSID string

// CredentialTypes are the push services that a credential may be for.
var CredentialTypes = []string{"apn", "gcm", "fcm"}

// MaxSecret bounds each secret of a credential, in bytes.
const MaxSecret = 16 << 10

// A Credential is what a push service knows the account by. Its secrets are told to nobody.
type Credential struct {
	SID          CredentialSID
	Type         string // one of CredentialTypes
	FriendlyName string
	Sandbox      bool // of apn
	Certificate  Secret
	PrivateKey   Secret
	APIKey       Secret // of gcm
	Secret       Secret // of fcm
	DateCreated  time.Time
	DateUpdated  time.Time
}

// storedCredential is how one is kept, secrets and all.
type storedCredential struct {
	Type         string `json:"type"`
	FriendlyName string `json:"friendly_name"`
	Sandbox      bool   `json:"sandbox"`
	Certificate  string `json:"certificate,omitempty"`
	PrivateKey   string `json:"private_key,omitempty"`
	APIKey       string `json:"api_key,omitempty"`
	Secret       string `json:"secret,omitempty"`
}

func credentialOf(r *Record) (*Credential, error) {
	d, err := said[storedCredential](r)
	return &Credential{
		SID: CredentialSID(r.SID), Type: d.Type, FriendlyName: d.FriendlyName, Sandbox: d.Sandbox, Certificate: Secret(d.Certificate),
		PrivateKey: Secret(d.PrivateKey), APIKey: Secret(d.APIKey), Secret: Secret(d.Secret),
		DateCreated: r.DateCreated, DateUpdated: r.DateUpdated,
	}, err
}

func (c *Credential) record() (*Record, error) {
	r := &Record{Kind: RecordCredential, SID: string(c.SID), Label: c.Type, DateCreated: c.DateCreated, DateUpdated: c.DateUpdated}
	return r, r.fill(storedCredential{
		Type: c.Type, FriendlyName: c.FriendlyName, Sandbox: c.Sandbox, Certificate: string(c.Certificate),
		PrivateKey: string(c.PrivateKey), APIKey: string(c.APIKey), Secret: string(c.Secret),
	})
}

// CredentialFields are what may be set of a credential; nil leaves it as it is.
type CredentialFields struct {
	Type, FriendlyName                      *string
	Sandbox                                 *bool
	Certificate, PrivateKey, APIKey, Secret *Secret
}

func (c *Credential) take(f *CredentialFields) error {
	if f.Type != nil {
		c.Type = strings.ToLower(*f.Type)
	}
	set(&c.FriendlyName, f.FriendlyName)
	set(&c.Sandbox, f.Sandbox)
	for _, s := range []struct {
		name string
		to   *Secret
		from *Secret
	}{
		{"Certificate", &c.Certificate, f.Certificate},
		{"PrivateKey", &c.PrivateKey, f.PrivateKey},
		{"ApiKey", &c.APIKey, f.APIKey},
		{"Secret", &c.Secret, f.Secret},
	} {
		set(s.to, s.from)
		if len(*s.to) > MaxSecret {
			return Errorf(CodeInvalidParams, "%s is %d bytes long, at most %d are allowed", s.name, len(*s.to), MaxSecret)
		}
		if err := checkText(s.name, string(*s.to)); err != nil {
			return err
		}
	}
	if !slices.Contains(CredentialTypes, c.Type) {
		return Errorf(CodeInvalidParams, "Type must be one of %s", strings.Join(CredentialTypes, ", "))
	}
	if c.FriendlyName == "" {
		return nil
	}
	return checkLabel(c.FriendlyName)
}

// CreateCredential keeps a push credential. The account's alone. Answers *Credential.
type CreateCredential struct{ CredentialFields }

func (*CreateCredential) op() string              { return "credential.create" }
func (*CreateCredential) target() ConversationRef { return "" }

func (cmd *CreateCredential) run(t *turn) (any, error) {
	if err := t.needAccount(); err != nil {
		return nil, err
	}
	c := &Credential{SID: CredentialSID(newSID("CR", clock())), DateCreated: t.now, DateUpdated: t.now}
	if err := c.take(&cmd.CredentialFields); err != nil {
		return nil, err
	}
	r, err := c.record()
	if err != nil {
		return nil, err
	}
	return c, t.AddRecord(r)
}

// UpdateCredential changes what is not nil. The account's alone. Answers *Credential.
type UpdateCredential struct {
	Credential CredentialSID
	CredentialFields
}

func (*UpdateCredential) op() string              { return "credential.update" }
func (*UpdateCredential) target() ConversationRef { return "" }

func (cmd *UpdateCredential) run(t *turn) (any, error) {
	if err := t.needAccount(); err != nil {
		return nil, err
	}
	r, err := t.record(RecordCredential, "", RecordRef(cmd.Credential))
	if err != nil {
		return nil, err
	}
	if cmd.CredentialFields == (CredentialFields{}) {
		return nil, errNothing
	}
	c, err := credentialOf(r)
	if err != nil {
		return nil, err
	}
	if err := c.take(&cmd.CredentialFields); err != nil {
		return nil, err
	}
	c.DateUpdated = t.now
	if r, err = c.record(); err != nil {
		return nil, err
	}
	return c, t.PutRecord(r)
}
