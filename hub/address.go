package hub

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// AddressSID names an address configuration (IG...).
type AddressSID string

// AddressTypes are the channels that an address may be of.
var AddressTypes = []string{"sms", "whatsapp", "messenger", "gbm", "email", "rcs", "apple", "chat"}

// An Address is one that messages come in at, and what is to become of those that belong to no conversation yet.
type Address struct {
	SID          AddressSID   `json:"-"`
	Type         string       `json:"type"` // one of AddressTypes
	Address      string       `json:"address"`
	FriendlyName string       `json:"friendly_name"`
	Country      string       `json:"country,omitempty"` // ISO 3166-1 alpha-2, of short codes
	AutoCreation AutoCreation `json:"auto_creation"`
	DateCreated  time.Time    `json:"-"`
	DateUpdated  time.Time    `json:"-"`
}

// AutoCreation says which conversation is made for a message of somebody new.
type AutoCreation struct {
	Enabled        bool       `json:"enabled"`
	Type           string     `json:"type"`              // webhook, studio or default
	Service        ServiceSID `json:"service,omitempty"` // that it is made in; "": the default one
	WebhookURL     string     `json:"webhook_url,omitempty"`
	WebhookMethod  string     `json:"webhook_method,omitempty"` // GET or POST
	WebhookFilters []string   `json:"webhook_filters,omitempty"`
	StudioFlow     string     `json:"studio_flow,omitempty"` // FW...
	StudioRetries  *int64     `json:"studio_retries,omitempty"`
}

// MaxStudioRetries bounds AutoCreation.StudioRetries (Twilio's figure).
const MaxStudioRetries = 3

func addressOf(r *Record) (*Address, error) {
	a, err := said[Address](r)
	a.SID, a.DateCreated, a.DateUpdated = AddressSID(r.SID), r.DateCreated, r.DateUpdated
	return &a, err
}

func (a *Address) record() (*Record, error) {
	r := &Record{
		Kind: RecordAddress, SID: string(a.SID), Key: a.Address, Label: a.Type, DateCreated: a.DateCreated, DateUpdated: a.DateUpdated,
	}
	return r, r.fill(a)
}

// check refuses an address that is not of its type.
func (a *Address) check(limits *Limits) error {
	if !slices.Contains(AddressTypes, a.Type) {
		return Errorf(CodeInvalidParams, "Type must be one of %s", strings.Join(AddressTypes, ", "))
	}
	if err := checkLength(CodeAddressInvalid, "Address", a.Address, limits.Identity); err != nil {
		return err
	}
	ok := a.Address != "" && !looksLikeAnySID(a.Address) && !strings.ContainsFunc(a.Address, unicode.IsSpace)
	kind, err := parseAddress(CodeAddressInvalid, "Address", a.Address, limits)
	switch a.Type {
	case "sms":
		ok = err == nil && kind == KindSMS || isShortCode(a.Address)
	case "whatsapp":
		ok = err == nil && kind == KindWhatsApp
	case "email":
		ok = err == nil && kind == KindEmail
	}
	if !ok {
		return Errorf(CodeAddressInvalid, "Address %q is not one of type %s", a.Address, a.Type)
	}
	if a.Country != "" && (!isShortCode(a.Address) || !isCountry(a.Country)) {
		return Errorf(CodeInvalidParams, "AddressCountry must be two capital letters, and is for short codes only")
	}
	return checkLength(CodeServiceNameLong, "FriendlyName", a.FriendlyName, limits.FriendlyName)
}

// isShortCode reports whether s is a short number that messages are sent to: 3 to 8 digits.
func isShortCode(s string) bool {
	return len(s) >= 3 && len(s) <= 8 && strings.Trim(s, "0123456789") == ""
}

func isCountry(s string) bool {
	return utf8.RuneCountInString(s) == 2 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// AutoCreationFields are what may be changed of an AutoCreation; nil leaves it as it is.
type AutoCreationFields struct {
	Enabled                 *bool
	Type, URL, Method, Flow *string
	Service                 *ServiceSID
	Filters                 *[]string
	Retries                 *int64
}

func (f *AutoCreationFields) empty() bool {
	return f.Enabled == nil && f.Type == nil && f.URL == nil && f.Method == nil && f.Flow == nil && f.Service == nil && f.Filters == nil &&
		f.Retries == nil
}

// take takes over fields and refuses what cannot be.
func (c *AutoCreation) take(f *AutoCreationFields) error {
	set(&c.Enabled, f.Enabled)
	set(&c.Service, f.Service)
	set(&c.WebhookURL, f.URL)
	set(&c.StudioFlow, f.Flow)
	if f.Type != nil {
		c.Type = strings.ToLower(*f.Type)
	}
	if f.Method != nil {
		c.WebhookMethod = strings.ToUpper(*f.Method)
	}
	if f.Filters != nil {
		c.WebhookFilters = slices.DeleteFunc(slices.Clone(*f.Filters), func(s string) bool { return s == "" })
	}
	if f.Retries != nil {
		c.StudioRetries = f.Retries
	}
	return c.check()
}

func (c *AutoCreation) check() error {
	c.Type = cmp.Or(c.Type, "webhook")
	switch {
	case c.Type != "webhook" && c.Type != "studio" && c.Type != "default":
		return Errorf(CodeInvalidParams, "AutoCreation.Type must be webhook, studio or default")
	case c.WebhookMethod != "" && c.WebhookMethod != "GET" && c.WebhookMethod != "POST":
		return Errorf(CodeWebhookMethod, "AutoCreation.WebhookMethod must be GET or POST")
	case c.StudioRetries != nil && (*c.StudioRetries < 0 || *c.StudioRetries > MaxStudioRetries):
		return Errorf(CodeInvalidParams, "AutoCreation.StudioRetryCount must be from 0 to %d", MaxStudioRetries)
	case c.StudioFlow != "" && !looksLikeSID(c.StudioFlow, "FW"):
		return Errorf(CodeWebhookFlow, "AutoCreation.StudioFlowSid must be a sid: FW and 32 hexadecimal digits")
	case c.Enabled && c.Type == "studio" && c.StudioFlow == "":
		return Errorf(CodeWebhookFlow, "AutoCreation.StudioFlowSid is missing")
	case c.Enabled && c.Type == "webhook" && c.WebhookURL == "":
		return Errorf(CodeWebhookURLMissing, "AutoCreation.WebhookUrl is missing")
	case c.WebhookURL != "":
		if err := checkURL(CodeWebhookURL, "AutoCreation.WebhookUrl", c.WebhookURL); err != nil {
			return err
		}
	}
	return checkFilters("AutoCreation.WebhookFilters", c.WebhookFilters, ScopedEvents)
}
