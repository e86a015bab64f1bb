package token_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/MicahParks/jwkset"

	"parley/session/token"
)

// The keys of the tests, made once each.
var (
	rsaKey = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })
	ecKey  = sync.OnceValue(func() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) })
	edKey  = sync.OnceValue(func() ed25519.PrivateKey { _, key, err := ed25519.GenerateKey(nil); return must(key, err) })
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// public gives the JWK of a private key's public half.
func public(tb testing.TB, kid string, private any, changes object) object {
	tb.Helper()
	jwk, err := jwkset.NewJWKFromKey(private, jwkset.JWKOptions{Metadata: jwkset.JWKMetadataOptions{KID: kid}})
	if err != nil {
		tb.Fatal(err)
	}
	text, err := json.Marshal(jwk.Marshal())
	if err != nil {
		tb.Fatal(err)
	}
	var o object
	if err := json.Unmarshal(text, &o); err != nil {
		tb.Fatal(err)
	}
	return with(o, changes)
}

// keyServer is the JWKS URL of an issuer.
type keyServer struct {
	url    string
	client *http.Client

	mu     sync.Mutex
	answer []byte
	status int
	asked  []time.Time
}

func (s *keyServer) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, time.Now())
	w.WriteHeader(s.status)
	_, _ = w.Write(s.answer)
}

// publish makes these the keys of the issuer; down makes the server answer nothing but errors.
func (s *keyServer) publish(keys ...object) {
	if keys == nil {
		keys = []object{}
	}
	s.set(http.StatusOK, must(json.Marshal(object{"keys": keys})))
}

func (s *keyServer) down() { s.set(http.StatusServiceUnavailable, nil) }

func (s *keyServer) set(status int, answer []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status, s.answer = status, answer
}

func (s *keyServer) requests() []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]time.Time(nil), s.asked...)
}

// newKeyServer starts a real server on a loopback port, and leaves the client to be the default one.
func newKeyServer(tb testing.TB, keys ...object) *keyServer {
	tb.Helper()
	s := &keyServer{}
	s.publish(keys...)
	server := httptest.NewServer(s)
	tb.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// newPipedKeyServer starts a real server whose connections are pipes: in a synctest bubble, time cannot pass while
// anybody waits for a socket, but it can while they wait for a pipe.
func newPipedKeyServer(t *testing.T, keys ...object) *keyServer {
	t.Helper()
	s := &keyServer{url: "http://id.example.com/keys"}
	s.publish(keys...)
	pipes := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{Handler: s}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(pipes) }()
	t.Cleanup(func() {
		_ = server.Close()
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	s.client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: pipes.dial}}
	return s
}

type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case l.conns <- far:
		return near, nil
	case <-l.closed: // a transport goes on dialling for a request that was given up
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

// config is a server that accepts the tokens of the issuer and of the API key.
func (s *keyServer) config() token.Config {
	cfg := apiKeyConfig()
	cfg.JWKS, cfg.Issuer, cfg.Audience, cfg.Client = s.url, issuer, "parley", s.client
	return cfg
}

// issued is a good token of the issuer but for some changes.
func issued(tb testing.TB, alg, kid string, key any, header, claims object) string {
	tb.Helper()
	now := time.Now().Unix()
	return signed(tb,
		with(object{"alg": alg, "typ": "at+jwt", "kid": kid}, header),
		with(object{"iss": issuer, "aud": "parley", "sub": "alice", "iat": now, "exp": now + 365*24*3600}, claims), key)
}
