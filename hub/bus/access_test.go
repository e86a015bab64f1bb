package bus_test

import (
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/hub"
	"parley/hub/bus"
	"parley/hub/bus/bustest"
	"parley/hub/bus/redistest"
)

// TestAccess: a user with a password gets in and no more is needed than what the rules below allow; with another password
// the bus says so, and nobody reads the password in the log.
func TestAccess(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	s.Do("acl", "setuser", "parley", "on", ">hush&hush", "resetchannels", "&CH*", "&US*", "&hubs", "&parley:*", "~parley:*", "-@all",
		"+@pubsub", "+@connection", "+get", "+set", "+sadd", "+srem", "+smembers", "+expire", "+info")
	at := strings.TrimPrefix(s.URL(), "redis://")
	right, wrong := "redis://parley:hush%26hush@"+at, "redis://parley:wrong-secret@"+at

	p := newPair(t, right, right)
	p.heard()
	if err := bus.Check(t.Context(), right); err != nil {
		t.Error(err)
	}

	said := complaint(t, wrong)
	if !strings.Contains(said, "WRONGPASS") || strings.Contains(said, "wrong-secret") {
		t.Errorf("it says %s", said)
	}
	if err := bus.Check(t.Context(), wrong); err == nil {
		t.Error("the check finds nothing")
	}
}

// complaint is what a bus that cannot work says in the log, and what it gives as the reason, which is in the log too.
func complaint(t *testing.T, url string) string {
	t.Helper()
	var log lines
	b, err := bus.Open(bus.Config{URL: url, Probe: 100 * time.Millisecond, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	ear := bustest.NewEar()
	b.Join(ear)
	bustest.Eventually(t, "it is unwell", func() bool { return ear.Illnesses() > 0 })
	bustest.Eventually(t, "it says so", func() bool { return log.has("the bus between hubs does not work") })
	b.Close()
	return log.String()
}

// TestRights: with any one of the rights missing that the bus needs, the log says which, and the check does.
func TestRights(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	at := "redis://parley:hush@" + strings.TrimPrefix(s.URL(), "redis://")
	for _, right := range []string{"publish", "subscribe", "unsubscribe", "get", "set", "sadd", "srem", "smembers", "expire"} {
		s.Do("acl", "setuser", "parley", "reset", "on", ">hush", "&CH*", "&US*", "&hubs", "&parley:*", "~parley:*", "-@all",
			"+@pubsub", "+@connection", "+get", "+set", "+sadd", "+srem", "+smembers", "+expire", "+info", "-"+right)
		why := "has no permissions to run the '" + right + "' command"
		if err := bus.Check(t.Context(), at); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("without %s the check finds %v", right, err)
		}
		var log lines
		b, err := bus.Open(bus.Config{
			URL: at, Probe: 100 * time.Millisecond, Lease: 300 * time.Millisecond, Logger: slog.New(slog.NewTextHandler(&log, nil)),
		})
		if err != nil {
			t.Fatal(err)
		}
		b.Join(bustest.NewEar())
		user, topic := hub.NewUserSID(), bustest.Topic()
		b.Arrive(user)
		bustest.Eventually(t, "the log says that "+right+" is missing", func() bool {
			b.Depart(user)
			b.Subscribe(topic)
			b.Unsubscribe(topic)
			return log.has(why)
		})
		b.Close()
	}
}

// lines is a log that may be read while it is written.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *lines) has(text string) bool { return strings.Contains(l.String(), text) }

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
