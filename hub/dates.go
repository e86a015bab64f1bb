package hub

import (
	"strings"
	"time"
)

// Dates are those that the account gives to what it brings from elsewhere; zero ones are the store's clock's.
type Dates struct{ Created, Updated time.Time }

// ahead is how far another's clock may be ahead.
const ahead = time.Minute

// check refuses dates that are still to come, and a change before there was anything to change.
func (d Dates) check(now time.Time) error {
	if d.Created.After(now.Add(ahead)) {
		return Errorf(CodeDateCreated, "date_created is in the future")
	}
	if d.Updated.After(now.Add(ahead)) {
		return Errorf(CodeDateUpdated, "date_updated is in the future")
	}
	return d.after(d.Created)
}

// after refuses a change before something was made.
func (d Dates) after(made time.Time) error {
	if !d.Created.IsZero() {
		made = d.Created
	}
	if !d.Updated.IsZero() && d.Updated.Before(made) {
		return Errorf(CodeDates, "date_updated is before date_created")
	}
	return nil
}

// of is when something that is new was made and changed.
func (d Dates) of(now time.Time) (created, updated time.Time) {
	created, updated = d.Created, d.Updated
	if created.IsZero() {
		created = now
		if !updated.IsZero() && updated.Before(now) {
			created = updated
		}
	}
	if updated.IsZero() {
		updated = created
	}
	return created, updated
}

// checkOutside holds what a conversation is in the world outside to its forms; "" is none.
func checkOutside(messagingService *string, email *EmailBinding, limits *Limits) error {
	if s := value(messagingService); s != "" && !IsSID(s, "MG") {
		return Errorf(CodeMessagingService, "messaging_service_sid must be a sid: MG and 32 hexadecimal digits")
	}
	if a := email.Address; a != "" {
		if kind, err := parseAddress(CodeAddressInvalid, "bindings.email.address", a, limits); err != nil || kind != KindEmail {
			return Errorf(CodeAddressInvalid, "bindings.email.address %q is not an e-mail address", strings.ToValidUTF8(a, "?"))
		}
	}
	return checkLength(CodeServiceNameLong, "bindings.email.name", email.Name, limits.FriendlyName)
}
