package twiliotest

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
)

// TestNode runs what is in node/ with Twilio's library for Node.
func TestNode(t *testing.T) {
	installNode(t)
	everywhere(t, func(w *world) {
		vars, err := json.Marshal(w.prepared())
		w.ok(err)
		cmd := exec.CommandContext(w.Context(), "node", "--test")
		cmd.Dir = "node"
		cmd.Env = append(append(os.Environ(), w.nodeEnv()...), "PARLEY_VARS="+string(vars))
		if out, err := cmd.CombinedOutput(); err != nil {
			w.Errorf("%v\n%s", err, out)
		}
	})
}

// nodeEnv is what the scripts are told of a parley.
func (w *world) nodeEnv() []string {
	return []string{
		"PARLEY_URL=" + w.url, "PARLEY_ACCOUNT=" + account, "PARLEY_AUTH_TOKEN=" + authToken, "PARLEY_API_KEY=" + apiKey,
		"PARLEY_API_SECRET=" + apiSecret,
	}
}

// installed is whether Twilio's library for Node is there.
var installed = sync.OnceValue(func() error {
	install := exec.Command("npm", "ci", "--no-audit", "--no-fund", "--prefer-offline")
	install.Dir = "node"
	if out, err := install.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci: %w\n%s", err, out)
	}
	return nil
})

// installNode skips a test where there is no npm; under PARLEY_NO_SKIP it fails then.
func installNode(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("npm"); err != nil {
		if os.Getenv("PARLEY_NO_SKIP") != "" {
			t.Fatal(err)
		}
		t.Skip("Node and npm are needed")
	}
	if err := installed(); err != nil {
		t.Fatal(err)
	}
}
