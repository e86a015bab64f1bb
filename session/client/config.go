package client

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"parley/hub"
)

// Config says where to connect and as whom. URL and Token are required, the rest has useful zero values.
type Config struct {
	// URL is the server, ws(s):// or http(s)://. Without a path it is that of the websocket, /v1/ws.
	URL string
	// Token gives an access token. It is asked before every connect and when the token in use is about to expire.
	Token func(ctx context.Context) (string, error)
	// Name is what the client calls itself, for the server's logs; at most 100 bytes. Default "parley-go".
	Name string

	HTTPClient *http.Client // default http.DefaultClient; a Timeout bounds the opening of a connection
	Header     http.Header  // of the opening request

	// OnEvent is called with one event after the other, by one goroutine. When it returns the event counts as
	// applied. Nil drops them all.
	OnEvent func(Event)
	// OnState is called with every change of state, in order, and must not wait for the client.
	OnState func(Change)
	// MaxEvents bounds the events that wait for OnEvent: with so many the client stops reading until there is
	// room, unless a call awaits its answer (which OnEvent itself may be waiting for). Eight times as many end
	// that: it goes on reading answers alone, and when OnEvent has caught up it reconnects and resumes.
	// Default 1,024.
	MaxEvents int

	// Resume has the client go on from the positions of an earlier process: what [Client.Positions] gave there.
	Resume Positions
	// Conversations is how many conversations the answer to connect lists: 0 for the server's default (100),
	// negative for none, at most 1,000.
	Conversations int

	// MaxOutbox bounds the messages that are not acknowledged; beyond it Send fails with ErrOutboxFull.
	// Default 1,000.
	MaxOutbox int
	Backoff   Backoff
	// ConnectTimeout bounds one attempt to connect, asking for the token included. Default 20 s.
	ConnectTimeout time.Duration

	Logger *slog.Logger // default none
}

// Positions is how far a client has come: the epoch of the server's history and in each conversation the revision of
// the last event applied.
type Positions struct {
	Epoch     string                               `json:"epoch"`
	Revisions map[hub.ConversationSID]hub.Revision `json:"revisions"`
}

const (
	defaultEvents  = 1024
	defaultOutbox  = 1000
	connectTimeout = 20 * time.Second
	maxListed      = 1000 // conversations in the answer to connect
	maxName        = 100
	eventSlack     = 8 // times MaxEvents may wait while calls are unanswered
)

// withDefaults checks the configuration and fills in what was left out.
func (c Config) withDefaults() (Config, error) {
	if c.Token == nil {
		return c, errors.New("client: Config.Token is missing")
	}
	if c.Conversations > maxListed {
		return c, fmt.Errorf("client: Config.Conversations is %d, at most %d can be listed", c.Conversations, maxListed)
	}
	if len(c.Name) > maxName {
		return c, fmt.Errorf("client: Config.Name is %d bytes long, at most %d are taken", len(c.Name), maxName)
	}
	if c.MaxEvents < 0 || c.MaxOutbox < 0 {
		return c, errors.New("client: Config.MaxEvents and MaxOutbox cannot be negative")
	}
	var err error
	if c.URL, err = endpoint(c.URL); err != nil {
		return c, err
	}
	c.Name = or(c.Name, "parley-go")
	c.MaxEvents = or(c.MaxEvents, defaultEvents)
	c.MaxOutbox = or(c.MaxOutbox, defaultOutbox)
	c.ConnectTimeout = or(c.ConnectTimeout, connectTimeout)
	c.Backoff = c.Backoff.withDefaults()
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c, nil
}

// endpoint is the address of the websocket at a server.
func endpoint(server string) (string, error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", fmt.Errorf("client: Config.URL: %w", err)
	}
	switch u.Scheme {
	case "ws", "wss", "http", "https":
	default:
		return "", fmt.Errorf("client: Config.URL %q must begin with ws://, wss://, http:// or https://", server)
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/v1/ws"
	}
	return u.String(), nil
}

// or is v, or where that is zero the default.
func or[T comparable](v, absent T) T {
	var zero T
	if v == zero {
		return absent
	}
	return v
}
