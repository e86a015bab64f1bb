package web

import (
	"context"
	"log/slog"
	"net/http"
	"runtime"
	"time"

	"parley/session"
)

// Subprotocol is the one that is spoken; a client that offers none means it.
const Subprotocol = "parley.v1.json"

// Sessions takes the connections that were upgraded. *session.Server implements it.
type Sessions interface {
	// Serve runs a session on conn, which it owns from now on, and returns at once.
	Serve(conn session.Conn, peer session.Peer)
	// Busy says why no connection can be accepted now, and when to come back.
	Busy() (retryAfter time.Duration, err error)
}

// Config is what a Server is made of. Only Sessions is needed.
type Config struct {
	Sessions Sessions
	Log      *slog.Logger // nil: says nothing

	// PublicURL is what absolute URLs begin with, without a slash at its end; "": what the asker asked.
	PublicURL string

	// Ready tells how the parts are; nil: all is well, always.
	Ready func(context.Context) map[string]Health
	// Routes are served beside this package's own, by pattern of http.ServeMux, as "GET /dev/token".
	Routes map[string]http.Handler
	// Docs serves /docs and everything below it; nil: nothing is there.
	Docs http.Handler
	// REST serves everything below rest.Prefix, with the path as it was sent; nil: nothing is there.
	REST http.Handler

	Access
	Transport
	Pace
	TLS
}

// Access says whom to let in.
type Access struct {
	// AllowOrigins are the origins whose pages may connect, each in full: scheme://host[:port]. Empty: the server's own.
	AllowOrigins []string
	// AllowHosts are the host names, each with or without a port, under which the server is reached. A name without
	// a port stands for all ports. Empty: any.
	AllowHosts []string
	// TrustedProxies are the networks (or single addresses) whose X-Forwarded-For, -Proto and -Host are believed.
	// Empty: nobody's.
	TrustedProxies []string
}

// Transport bounds what a connection may take and how long.
type Transport struct {
	WriteTimeout   time.Duration // a peer that accepts no byte for so long is gone; 0: 30 s
	MessageTimeout time.Duration // from the first byte of a message to its last; 0: 60 s
	HeaderTimeout  time.Duration // to send a request's head, TLS handshake included; 0: 10 s
	IdleTimeout    time.Duration // between two requests of one HTTP connection; 0: 2 min
	HeaderBytes    int           // of a request; 0: 16 KiB, which leaves room for a token of 8 KiB and cookies
	// SendBuffer is SO_SNDBUF of websockets in bytes (rule R24). 0: 128 KiB, two of the largest gathered frames: one on
	// its way while the next is made. Left to itself the kernel would let a stuck peer hold 4 MB. Negative: leave it.
	SendBuffer  int
	Compression bool // offer permessage-deflate, without context takeover
}

// Pace spreads storms of new connections, and bounds them by address. Those above it are told to come back with
// status 503 and Retry-After.
type Pace struct {
	Rate  float64       // upgrades a second; 0: 2,000; negative: no limit
	Burst int           // at once, before Rate counts; 0: as many as Rate gives in a second
	Wait  time.Duration // how long one above the rate may be held before it is refused; 0: 2 s; negative: not at all
	// Upgrades bounds those that are held or being upgraded at the same time. 0: 10,000; negative: no limit.
	Upgrades int
	// Unconnected bounds, for each address (IPv6: each /64), the websockets that were upgraded but not yet Admitted.
	// 0: no limit.
	Unconnected int
	// AddressConnections bounds, for each address (IPv6: each /64), all its websockets. Behind proxies it needs
	// TrustedProxies, else all clients are one address. Those above it are told 429 and Retry-After. 0: no limit.
	AddressConnections int
	// Handshakes bounds the TLS signatures that are computed at the same time, so that a storm leaves processors to
	// those already connected. 0: half the processors, at least one.
	Handshakes int
}

// TLS is on where both files are given. They are looked at again as handshakes come, and reloaded when changed.
type TLS struct {
	CertFile string // PEM, the leaf first
	KeyFile  string
	Recheck  time.Duration // how often to look, at most; 0: 5 s
}

func (c *Config) defaults() {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Transport.defaults()
	c.Pace.defaults()
	orElse(&c.Recheck, 5*time.Second)
}

func (t *Transport) defaults() {
	orElse(&t.WriteTimeout, 30*time.Second)
	orElse(&t.MessageTimeout, time.Minute)
	orElse(&t.HeaderTimeout, 10*time.Second)
	orElse(&t.IdleTimeout, 2*time.Minute)
	orElse(&t.HeaderBytes, 16<<10)
	orElse(&t.SendBuffer, 128<<10)
}

func (p *Pace) defaults() {
	orElse(&p.Rate, 2000)
	orElse(&p.Burst, max(1, int(p.Rate)))
	orElse(&p.Wait, 2*time.Second)
	orElse(&p.Upgrades, 10_000)
	orElse(&p.Handshakes, max(1, runtime.GOMAXPROCS(0)/2))
}

// orElse gives a setting that was left at zero its default.
func orElse[T comparable](setting *T, otherwise T) {
	var zero T
	if *setting == zero {
		*setting = otherwise
	}
}
