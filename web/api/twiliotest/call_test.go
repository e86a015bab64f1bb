package twiliotest

import (
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"strings"

	"github.com/twilio/twilio-go/client"
	conversations "github.com/twilio/twilio-go/rest/conversations/v1"
)

func named(name string) *conversations.CreateServiceParams {
	return (&conversations.CreateServiceParams{}).SetFriendlyName(name)
}

func asRest(err error) *client.TwilioRestError {
	e, _ := errors.AsType[*client.TwilioRestError](err)
	return e
}

// verbs are what the library's methods begin with; all have six letters but one.
var verbs = []string{"Create", "Fetch", "Update", "Delete", "List"}

// unscoped are resources that the library has once: of the account, or with the service as their first argument.
func unscoped(of string) bool {
	return strings.HasPrefix(of, "Service") || strings.HasPrefix(of, "Configuration") || of == "Credential"
}

// call calls a method of the library by its name, in the service under way: sids and names in the order of the path, then
// parameters, which have the names that they are sent by.
func (s *scenario) call(name string, at []string, with map[string]any) (any, error) {
	s.Helper()
	args := []reflect.Value{}
	for _, verb := range verbs {
		if of, ok := strings.CutPrefix(name, verb); ok && s.service != "" && !unscoped(of) {
			name = verb + "Service" + of
			args = append(args, reflect.ValueOf(s.service))
			break
		}
	}
	method := reflect.ValueOf(s.api).MethodByName(name)
	if !method.IsValid() {
		s.Fatalf("the library has no %s", name)
	}
	s.called[name] = true
	for _, segment := range at {
		args = append(args, reflect.ValueOf(s.fill(segment)))
	}
	if len(args) < method.Type().NumIn() {
		args = append(args, s.params(name, method.Type().In(len(args)), with))
	}
	out := method.Call(args)
	err, _ := reflect.TypeAssert[error](out[len(out)-1])
	return out[0].Interface(), err
}

// params fills the library's type for a method's parameters.
func (s *scenario) params(name string, kind reflect.Type, with map[string]any) reflect.Value {
	s.Helper()
	all := map[string]any{}
	if strings.HasPrefix(name, "List") {
		all["PageSize"] = pageSize
	}
	maps.Copy(all, with)
	text, err := json.Marshal(all)
	s.ok(err)
	params := reflect.New(kind.Elem())
	s.ok(json.Unmarshal(text, params.Interface()))
	return params
}
