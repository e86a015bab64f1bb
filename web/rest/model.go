package rest

import (
	"time"

	"parley/hub"
)

// A model is a struct with the members of Twilio's answer in its order. Pointers are null where there is nothing.

// date is a time as Twilio writes it: in UTC and whole seconds. The zero time is null.
type date time.Time

// MarshalJSON implements json.Marshaler.
func (d date) MarshalJSON() ([]byte, error) {
	if time.Time(d).IsZero() {
		return []byte("null"), nil
	}
	return time.Time(d).UTC().AppendFormat(nil, `"2006-01-02T15:04:05Z"`), nil
}

// orNull is nil for the zero value.
func orNull[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// orEmpty is a list that is never null.
func orEmpty[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

// index is a message's, nil for none.
func index(i int64) *int64 {
	if i == hub.NoIndex {
		return nil
	}
	return &i
}
