package token_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/session/token"
)

// pass lets time go by in a bubble.
func pass(d time.Duration) { <-time.NewTimer(d).C }

const fetchGap = 30 * time.Second

// TestRotation has the issuer sign with a new key: the first token of it makes the Verifier fetch, and the old key is
// gone from then on.
func TestRotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newPipedKeyServer(t, public(t, "old", edKey(), nil))
		v := newVerifier(t, s.config())
		old, fresh := issued(t, "EdDSA", "old", edKey(), nil, nil), issued(t, "ES256", "new", ecKey(), nil, nil)
		if _, err := v.Verify(old); err != nil {
			t.Fatal(err)
		}
		s.publish(public(t, "new", ecKey(), nil))
		pass(fetchGap)
		if _, err := v.Verify(fresh); err != nil {
			t.Errorf("token of the new key: %v", err)
		}
		_, err := v.Verify(old)
		checkRefused(t, old, err, token.CodeRefused, "unknown key")
		if n := len(s.requests()); n != 2 {
			t.Errorf("%d fetches, want 2", n)
		}
	})
}

// TestWithdrawal has the issuer withdraw its keys: within the refresh time they are gone without anybody asking.
func TestWithdrawal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newPipedKeyServer(t, public(t, "k", edKey(), nil))
		v := newVerifier(t, s.config())
		s.publish()
		pass(15*time.Minute + time.Second)
		raw := issued(t, "EdDSA", "k", edKey(), nil, nil)
		_, err := v.Verify(raw)
		checkRefused(t, raw, err, token.CodeRefused, "unknown key")
	})
}

// TestIssuerDown goes on with the keys at hand until they are too old, and recovers by itself.
func TestIssuerDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		s := newPipedKeyServer(t, public(t, "k", edKey(), nil))
		cfg := s.config()
		cfg.KeysMaxAge = 2 * time.Hour
		cfg.Log = slog.New(slog.NewTextHandler(&log, nil))
		v := newVerifier(t, cfg)
		s.down()
		raw := issued(t, "EdDSA", "k", edKey(), nil, nil)
		pass(2 * time.Hour)
		if _, err := v.Verify(raw); err != nil {
			t.Errorf("at the maximum age: %v", err)
		}
		pass(time.Second)
		_, err := v.Verify(raw)
		checkRefused(t, raw, err, token.CodeRefused, "not at hand")
		if !errors.Is(err, token.ErrKeysUnavailable) {
			t.Errorf("error %v does not tell that keys are missing", err)
		}
		s.publish(public(t, "k", edKey(), nil))
		pass(fetchGap)
		if _, err := v.Verify(raw); err != nil {
			t.Errorf("once the issuer is back: %v", err)
		}
		checkGaps(t, s)
		v.Close()
		if n := strings.Count(log.String(), "\n"); n != 2 {
			t.Errorf("%d log lines, want one for gone and one for back:\n%s", n, &log)
		}
	})
}

// checkGaps holds the fetches to their least distance.
func checkGaps(t *testing.T, s *keyServer) {
	t.Helper()
	asked := s.requests()
	for i, at := range asked[1:] {
		if gap := at.Sub(asked[i]); gap < fetchGap {
			t.Errorf("fetch %d came %s after the one before", i+1, gap)
		}
	}
}

// TestUnknownKeyFlood sends tokens with made-up kids from many sides for ten minutes.
func TestUnknownKeyFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newPipedKeyServer(t, public(t, "k", edKey(), nil))
		v := newVerifier(t, s.config())
		raw := issued(t, "EdDSA", "made up", edKey(), nil, nil)
		var senders sync.WaitGroup
		for range 20 {
			senders.Go(func() {
				for range 600 {
					if _, err := v.Verify(raw); err == nil {
						t.Error("accepted")
					}
					pass(time.Second)
				}
			})
		}
		senders.Wait()
		checkGaps(t, s)
		if n := len(s.requests()); n < 19 || n > 21 {
			t.Errorf("%d fetches in 10 minutes, want about 20", n)
		}
	})
}

// TestHangingIssuer bounds how long a token waits for a key, and lets Close cut a fetch short.
func TestHangingIssuer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := (&keyServer{url: "http://id.example.com/", client: &http.Client{Transport: hanging{}}}).config()
		began := time.Now()
		v := newVerifier(t, cfg)
		if took := time.Since(began); took != 5*time.Second {
			t.Errorf("New took %s", took)
		}
		raw := issued(t, "EdDSA", "k", edKey(), nil, nil)
		pass(fetchGap)
		began = time.Now()
		_, err := v.Verify(raw)
		checkRefused(t, raw, err, token.CodeRefused, "not at hand")
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("Verify took %s", took)
		}
		pass(fetchGap + time.Second) // another fetch hangs
		began = time.Now()
		v.Close()
		v.Close()
		if took := time.Since(began); took != 0 {
			t.Errorf("Close took %s", took)
		}
		if _, err := v.Verify(raw); err == nil {
			t.Error("accepted without keys")
		}
	})
}

// hanging is a server that never answers.
type hanging struct{}

func (hanging) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// TestBadAnswers keeps the keys at hand when the answer is no key set.
func TestBadAnswers(t *testing.T) {
	for name, answer := range map[string]string{
		"no JSON":       "<html>",
		"no keys":       `{"error":"sorry"}`,
		"too many keys": `{"keys":[` + strings.Repeat("{},", 100) + `{}]}`,
		"too long":      `{"keys":[]}` + strings.Repeat(" ", 512<<10),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newPipedKeyServer(t, public(t, "k", edKey(), nil))
				v := newVerifier(t, s.config())
				s.set(http.StatusOK, []byte(answer))
				pass(time.Hour)
				if _, err := v.Verify(issued(t, "EdDSA", "k", edKey(), nil, nil)); err != nil {
					t.Error(err)
				}
				if n := len(s.requests()); n < 3 {
					t.Errorf("%d fetches", n)
				}
			})
		})
	}
}

// TestNewCancelled leaves nothing behind when the start is given up.
func TestNewCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := token.New(ctx, newKeyServer(t).config()); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
