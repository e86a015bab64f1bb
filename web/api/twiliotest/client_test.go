package twiliotest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	twilio "github.com/twilio/twilio-go"
	"github.com/twilio/twilio-go/client"
	conversations "github.com/twilio/twilio-go/rest/conversations/v1"
)

// world is one parley and Twilio's library that talks to it.
type world struct {
	*testing.T
	url string
	api *conversations.ApiService
	was *moved // the transport, which remembers what came last
}

func newWorld(t *testing.T, parley string) *world {
	t.Helper()
	w := &world{T: t, url: parley}
	w.was = &moved{to: parley}
	w.api = w.as(account, authToken)
	return w
}

// as is the library with other credentials.
func (w *world) as(user, password string) *conversations.ApiService {
	c := &client.Client{Credentials: client.NewCredentials(user, password), HTTPClient: &http.Client{Transport: w.was}}
	c.SetAccountSid(account)
	return twilio.NewRestClientWithParams(twilio.ClientParams{Username: user, Password: password, Client: c}).ConversationsV1
}

// moved sends what is for Twilio to a parley: nothing of a request but its origin is changed. It is not for several
// goroutines.
type moved struct {
	to       string
	body     []byte
	requests int
}

// RoundTrip implements http.RoundTripper.
func (m *moved) RoundTrip(r *http.Request) (*http.Response, error) {
	to, err := url.Parse(m.to)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host, r.Host = to.Scheme, to.Host, to.Host
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close() //nolint:errcheck // read
	if m.body, err = io.ReadAll(resp.Body); err != nil {
		return nil, err
	}
	m.requests++
	resp.Body = io.NopCloser(bytes.NewReader(m.body))
	return resp, nil
}

// ok ends the test at an error.
func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// refused demands that a call was, with a code and its status.
func (w *world) refused(what string, err error, code, status int) *client.TwilioRestError {
	w.Helper()
	e, ok := errors.AsType[*client.TwilioRestError](err)
	if !ok || e.Code != code || e.Status != status || e.Message == "" || !strings.Contains(e.MoreInfo, "/errors/") {
		w.Errorf("%s: %v, want %d and status %d", what, err, code, status)
		return &client.TwilioRestError{}
	}
	return e
}

// whole holds the last answer to the model that it was read into: each member must be there, and have a value unless it is
// one of those named.
func (w *world) whole(model any, maybeNull ...string) {
	w.Helper()
	var sent map[string]json.RawMessage
	if err := json.Unmarshal(w.was.body, &sent); err != nil {
		w.Fatalf("%s: %v", w.was.body, err)
	}
	w.members(sent, model, maybeNull)
}

func (w *world) members(sent map[string]json.RawMessage, model any, maybeNull []string) {
	w.Helper()
	kind := reflect.TypeOf(model)
	for kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	for field := range kind.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		value, there := sent[name]
		switch {
		case !there:
			w.Errorf("%s: %s is missing in %v", kind.Name(), name, sent)
		case string(value) == "null" && !slices.Contains(maybeNull, name):
			w.Errorf("%s: %s is null", kind.Name(), name)
		}
	}
}

// same demands that two answers say the same.
func (w *world) same(what string, got, want any) {
	w.Helper()
	if !reflect.DeepEqual(got, want) {
		g, _ := json.Marshal(got)
		v, _ := json.Marshal(want)
		w.Errorf("%s:\n%s, want\n%s", what, g, v)
	}
}
