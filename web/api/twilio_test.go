package api_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// twilio is every path of Twilio's Conversations API, v1, with its methods. * stands for any value; P for /v1, and for /v1/Services/*.
const twilio = `
P/Conversations GET POST
P/Conversations/* GET POST DELETE
P/Conversations/*/Messages GET POST
P/Conversations/*/Messages/* GET POST DELETE
P/Conversations/*/Messages/*/Receipts GET
P/Conversations/*/Messages/*/Receipts/* GET
P/Conversations/*/Participants GET POST
P/Conversations/*/Participants/* GET POST DELETE
P/Conversations/*/Webhooks GET POST
P/Conversations/*/Webhooks/* GET POST DELETE
P/ConversationWithParticipants POST
P/ParticipantConversations GET
P/Users GET POST
P/Users/* GET POST DELETE
P/Users/*/Conversations GET
P/Users/*/Conversations/* GET POST DELETE
P/Roles GET POST
P/Roles/* GET POST DELETE
/v1/Services GET POST
/v1/Services/* GET DELETE
/v1/Services/*/Bindings GET
/v1/Services/*/Bindings/* GET DELETE
/v1/Services/*/Configuration GET POST
/v1/Services/*/Configuration/Notifications GET POST
/v1/Services/*/Configuration/Webhooks GET POST
/v1/Configuration GET POST
/v1/Configuration/Webhooks GET POST
/v1/Configuration/Addresses GET POST
/v1/Configuration/Addresses/* GET POST DELETE
/v1/Credentials GET POST
/v1/Credentials/* GET POST DELETE
`

// twilioOperations are the operations of Twilio's API, as method and path.
func twilioOperations() (all []string) {
	for line := range strings.Lines(strings.TrimSpace(twilio)) {
		words := strings.Fields(line)
		below, both := strings.CutPrefix(words[0], "P")
		paths := []string{words[0]}
		if both {
			paths = []string{"/v1" + below, "/v1/Services/*" + below}
		}
		for _, path := range paths {
			for _, method := range words[1:] {
				all = append(all, method+" "+path)
			}
		}
	}
	return all
}

var pathValue = regexp.MustCompile(`\{[^}]*\}`)

// TestAllOfTwilio: the document has every operation of Twilio's, and what else it has stands where Twilio has nothing.
func TestAllOfTwilio(t *testing.T) {
	theirs := twilioOperations()
	paths := map[string]bool{}
	for _, o := range theirs {
		_, path, _ := strings.Cut(o, " ")
		paths[path] = true
	}
	if len(theirs) != 103 || len(paths) != 49 {
		t.Fatalf("Twilio has 103 operations on 49 paths, not %d on %d", len(theirs), len(paths))
	}
	var ours []string
	for _, o := range readOperations(t) {
		path := pathValue.ReplaceAllString(o.path, "*")
		ours = append(ours, o.method+" "+path)
		added := strings.HasPrefix(path, "/v1/parley/") || strings.Contains(path, "/Media")
		if !added && !slices.Contains(theirs, o.method+" "+path) {
			t.Errorf("%s %s is not Twilio's, and not below /v1/parley", o.method, o.path)
		}
	}
	for _, o := range theirs {
		if !slices.Contains(ours, o) {
			t.Errorf("%s is not in the document", o)
		}
	}
}
