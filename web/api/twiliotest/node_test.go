package twiliotest

import (
	"os"
	"os/exec"
	"testing"
)

// TestNode runs what is in node/ with Twilio's library for Node. It is skipped where there is no npm; under PARLEY_NO_SKIP it
// fails then.
func TestNode(t *testing.T) {
	if _, err := exec.LookPath("npm"); err != nil {
		if os.Getenv("PARLEY_NO_SKIP") != "" {
			t.Fatal(err)
		}
		t.Skip("Node and npm are needed")
	}
	install := exec.CommandContext(t.Context(), "npm", "ci", "--no-audit", "--no-fund", "--prefer-offline")
	install.Dir = "node"
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	everywhere(t, func(w *world) {
		cmd := exec.CommandContext(w.Context(), "node", "--test")
		cmd.Dir = "node"
		cmd.Env = append(os.Environ(), "PARLEY_URL="+w.url, "PARLEY_ACCOUNT="+account, "PARLEY_AUTH_TOKEN="+authToken,
			"PARLEY_API_KEY="+apiKey, "PARLEY_API_SECRET="+apiSecret)
		if out, err := cmd.CombinedOutput(); err != nil {
			w.Errorf("%v\n%s", err, out)
		}
	})
}
