package bus_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"parley/hub/bus"
	"parley/hub/bus/bustest"
	"parley/hub/bus/redistest"
)

// TestAccess: a user with a password gets in and no more is needed than what the rules below allow; with another password
// the bus says so, and nobody reads the password in the log.
func TestAccess(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	s.Do("acl", "setuser", "parley", "on", ">hush&hush", "resetchannels", "&CH*", "&parley:*", "~parley:*", "-@all",
		"+@pubsub", "+@connection", "+get", "+set", "+sadd", "+srem", "+smembers", "+expire", "+info")
	at := strings.TrimPrefix(s.URL(), "redis://")
	right, wrong := "redis://parley:hush%26hush@"+at, "redis://parley:wrong-secret@"+at

	p := newPair(t, right, right)
	p.heard()
	if err := bus.Check(t.Context(), right); err != nil {
		t.Error(err)
	}

	var log bytes.Buffer
	b, err := bus.Open(bus.Config{URL: wrong, Probe: 100 * time.Millisecond, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	ear := bustest.NewEar()
	b.Join(ear)
	bustest.Eventually(t, "it is unwell", func() bool { return ear.Illnesses() == 1 })
	err = b.Unwell()
	b.Close()
	if err == nil || !strings.Contains(err.Error(), "WRONGPASS") || strings.Contains(err.Error()+log.String(), "wrong-secret") || log.Len() == 0 {
		t.Errorf("it says %v, and in the log %s", err, &log)
	}
	if err := bus.Check(t.Context(), wrong); err == nil {
		t.Error("the check finds nothing")
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	if err := bus.Check(t.Context(), s.URL()); err != nil {
		t.Error(err)
	}
	if err := bus.Check(t.Context(), strings.Replace(s.URL(), "redis:", "redis+cluster:", 1)); err == nil {
		t.Error("it passes for a cluster")
	}
	s.Kill()
	if err := bus.Check(t.Context(), s.URL()); err == nil {
		t.Error("it passes without a server")
	}
}
