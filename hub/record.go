package hub

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"time"
)

// RecordKind says what a record is of.
type RecordKind string

// The kinds, and the scope that each is kept in.
const (
	RecordConfiguration RecordKind = "configuration" // one, of the account
	RecordWebhooks      RecordKind = "webhooks"      // one of the account, and one of each service
	RecordScopedWebhook RecordKind = "webhook"       // of a conversation
	RecordNotifications RecordKind = "notifications" // one of each service
	RecordAddress       RecordKind = "address"       // of the account
	RecordCredential    RecordKind = "credential"    // of the account
	RecordBinding       RecordKind = "binding"       // of a service
)

// A Record is one thing that is configured, as stores keep it: they know who it is for and how it is found, not what it
// says. What it says may be secret, so no way of printing a Record shows it.
type Record struct {
	Kind        RecordKind
	Scope       string // sid of the service or conversation that it belongs to and is gone with, "" for the account
	SID         string // "" where a scope has one of the kind
	Key         string // by which it is found too, unique within kind and scope; "" for none
	Owner       string // identity of whom it concerns, "" for nobody
	Label       string // by which lists are filtered
	Data        string // JSON
	DateCreated time.Time
	DateUpdated time.Time
}

// String names the record.
func (r Record) String() string { return fmt.Sprintf("%s %s of %q", r.Kind, r.SID, r.Scope) }

// GoString is String.
func (r Record) GoString() string { return r.String() }

// LogValue is String.
func (r Record) LogValue() slog.Value { return slog.StringValue(r.String()) }

// A RecordRef names a record by sid or, where it does not have a sid's form, by key.
type RecordRef string

// Split gives the sid or the key; the other is "". Both are for what a scope has one of.
func (r RecordRef) Split() (sid, key string) {
	if looksLikeAnySID(string(r)) {
		return string(r), ""
	}
	return "", string(r)
}

// A Secret is text that nobody is shown: only what needs it takes it out, by converting it to a string.
type Secret string

// String hides it.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "[secret]"
}

// GoString hides it.
func (s Secret) GoString() string { return s.String() }

// LogValue hides it.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText hides it.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// fill makes data what the record says.
func (r *Record) fill(data any) error {
	text, err := json.Marshal(data)
	r.Data = string(text)
	return err
}

// said is what a record says, as T, which must be able to hold all of it.
func said[T any](r *Record) (data T, err error) {
	if err = json.Unmarshal([]byte(r.Data), &data); err != nil {
		err = &Error{Code: CodeInternal, Msg: "a record cannot be read", Err: fmt.Errorf("%v: %w", r, err)}
	}
	return data, err
}
