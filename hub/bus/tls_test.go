package bus_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/hub/bus"
	"parley/hub/bus/redistest"
)

// TestTLS: a bus that trusts the server's authority, and has a certificate of its own that the server trusts, works, and
// goes on after a fault. Whatever is missing is refused, and the error says what.
func TestTLS(t *testing.T) {
	t.Parallel()
	ours, others := redistest.NewAuthority(t), redistest.NewAuthority(t)
	s, addr := redistest.StartTLS(t, ours, "redis.test")
	cert, key := ours.Sign("hub.test")
	at := func(parameters ...string) string {
		q := url.Values{}
		for i := 0; i < len(parameters); i += 2 {
			q.Set(parameters[i], parameters[i+1])
		}
		return "rediss://" + addr + "?" + q.Encode()
	}
	right := at("tls_ca", ours.File, "tls_cert", cert, "tls_key", key, "tls_name", "redis.test")
	p := newPair(t, right, right)
	if err := bus.Check(t.Context(), right); err != nil {
		t.Error(err)
	}
	if killed := s.Do("client", "kill", "type", "pubsub"); killed != int64(2) {
		t.Errorf("%v connections were killed", killed)
	}
	p.noticed()
	p.recovers()
	genuine(t, s)

	// Why the server does not like a client's certificate it may be too late to read: then the connection was reset.
	strangeCert, strangeKey := others.Sign("hub.test")
	for url, why := range map[string]string{
		at("tls_cert", cert, "tls_key", key, "tls_name", "redis.test"):                                    "unknown authority",
		at("tls_ca", others.File, "tls_cert", cert, "tls_key", key, "tls_name", "redis.test"):             "unknown authority",
		at("tls_ca", ours.File, "tls_cert", cert, "tls_key", key):                                         "127.0.0.1",
		at("tls_ca", ours.File, "tls_cert", cert, "tls_key", key, "tls_name", "else.test"):                "not else.test",
		at("tls_ca", ours.File, "tls_name", "redis.test"):                                                 "",
		at("tls_ca", ours.File, "tls_cert", strangeCert, "tls_key", strangeKey, "tls_name", "redis.test"): "",
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		if err := bus.Check(ctx, url); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v, and not %s", url, err, why)
		}
		cancel()
		if said := complaint(t, url); !strings.Contains(said, why) {
			t.Errorf("%s: the log says %s", url, said)
		}
	}
}
