package twiliotest

import (
	"os"
	"os/exec"
	"testing"
)

// TestRefused: who does not know the secret, and who asks too fast, is told in the libraries' own types.
func TestRefused(t *testing.T) {
	installNode(t)
	w := newWorld(t, serve(t, stores["SQLite"](t), "--rest-rate", "1"))
	for _, c := range [][2]string{{account, apiSecret}, {apiKey, authToken}, {"AC00000000000000000000000000000002", authToken}} {
		_, err := w.as(c[0], c[1]).FetchConfiguration()
		w.refused("wrong credentials", err, 20003, 401)
	}
	var err error
	for range 100 {
		if _, err = w.api.FetchConfiguration(); err != nil {
			break
		}
	}
	w.refused("too fast", err, 50074, 429)
	cmd := exec.CommandContext(t.Context(), "node", "refused.mjs")
	cmd.Dir = "node"
	cmd.Env = append(os.Environ(), w.nodeEnv()...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
