package web

import (
	"crypto"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"
)

// certificate is a key pair that follows its files. Nothing watches them: a handshake looks when the last look is some
// seconds old.
type certificate struct {
	certFile, keyFile string
	recheck           time.Duration
	turns             chan struct{} // signatures at the same time
	log               *slog.Logger

	mu      sync.Mutex
	pair    *tls.Certificate
	stamps  [2]stamp
	looked  time.Time
	loading bool
}

// stamp tells one state of a file from another.
type stamp struct {
	size    int64
	changed time.Time
}

func newCertificate(t TLS, handshakes int, log *slog.Logger) (*certificate, error) {
	c := &certificate{
		certFile: t.CertFile, keyFile: t.KeyFile, recheck: t.Recheck,
		turns: make(chan struct{}, handshakes), log: log,
	}
	stamps, err := c.look()
	if err != nil {
		return nil, err
	}
	pair, err := c.load()
	if err != nil {
		return nil, err
	}
	c.pair, c.stamps, c.looked = pair, stamps, time.Now()
	return c, nil
}

// config is the server's part of every handshake.
func (c *certificate) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get}
}

// get answers the newest pair that could be loaded. Files that are half-written or unfit leave the old one in use.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	pair, look := c.current()
	if !look {
		return pair, nil
	}
	fresh, stamps, err := c.refresh()
	if err != nil {
		c.log.Warn("certificate not reloaded, the old one stays", "cert", c.certFile, "error", err)
	}
	return c.settle(fresh, stamps), nil
}

// current answers the pair in use and whether the caller is the one to look for a newer.
func (c *certificate) current() (pair *tls.Certificate, look bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	look = !c.loading && time.Since(c.looked) >= c.recheck
	c.loading = c.loading || look
	return c.pair, look
}

// refresh loads the files if they changed; a nil pair means that they did not.
func (c *certificate) refresh() (*tls.Certificate, [2]stamp, error) {
	stamps, err := c.look()
	if err != nil || stamps == c.stamps { // stamps: only the one who looks touches them
		return nil, stamps, err
	}
	pair, err := c.load()
	return pair, stamps, err
}

func (c *certificate) settle(fresh *tls.Certificate, stamps [2]stamp) *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.loading, c.looked = false, time.Now()
	if fresh != nil {
		c.pair, c.stamps = fresh, stamps
	}
	return c.pair
}

func (c *certificate) look() (stamps [2]stamp, err error) {
	for i, file := range []string{c.certFile, c.keyFile} {
		info, err := os.Stat(file)
		if err != nil {
			return stamps, fmt.Errorf("TLS: %w", err)
		}
		stamps[i] = stamp{info.Size(), info.ModTime()}
	}
	return stamps, nil
}

func (c *certificate) load() (*tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return nil, fmt.Errorf("TLS: %w", err)
	}
	if key, ok := pair.PrivateKey.(crypto.Signer); ok {
		pair.PrivateKey = &queuedSigner{key, c.turns}
	}
	return &pair, nil
}

// queuedSigner signs a few handshakes at a time. What is bounded is computing alone: nobody can hold a turn by being
// slow.
type queuedSigner struct {
	crypto.Signer
	turns chan struct{}
}

func (q *queuedSigner) Sign(rand io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	q.turns <- struct{}{}
	defer func() { <-q.turns }()
	return q.Signer.Sign(rand, digest, opts)
}
