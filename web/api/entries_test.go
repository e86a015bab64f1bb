package api_test

import "testing"

// entries has a line for every operation, by its id without Service: one without a line fails the test.
var entries = map[string]entry{
	"CreateConversation": {form: []string{
		"FriendlyName", "Tea", "UniqueName", "tea-$n", "Attributes", `{"a":1}`, "Timers.Inactive", "PT5M", "Timers.Closed", "P1D",
	}},
	"FetchConversation":  {},
	"UpdateConversation": {form: []string{"FriendlyName", "Tea $n", "Attributes", "[$n]", "State", "inactive"}},
	"DeleteConversation": {},

	"BarUser":    {},
	"LiftBar":    {},
	"EndSession": {},
}

// constants are values of paths that need nothing to be there.
var constants = map[string]string{"Identity": "ann%2Fwork", "Session": "s-1"}

// makers make what no operation makes, by the segment before it in the path.
var makers = map[string]func(t *testing.T, w *world, path string) string{}
