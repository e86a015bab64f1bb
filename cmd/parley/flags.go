package main

import (
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"reflect"
	"strings"
	"time"

	"parley/hub"
	"parley/hub/bus"
	"parley/session"
	"parley/store/blob"
	"parley/web"
)

// hubFlags are the settings of a running server that dev and serve share.
type hubFlags struct {
	Store        string        `help:"Where conversations are kept: sqlite:FILE, with ?synchronous=normal for speed over the safety of the last moment, or for any number of hubs postgres://USER:PASSWORD@HOST/DATABASE." default:"sqlite:parley-data/parley.db" placeholder:"URL"`
	Redis        string        `help:"Redis 7 or later that joins hubs which share a store: redis://, redis+sentinel:// or redis+cluster://, or rediss for TLS. By default there is one hub." placeholder:"URL"`
	Media        string        `help:"Where uploaded files are kept: dir:PATH, which all hubs share, or s3://KEY:SECRET@HOST/BUCKET, with ?region=NAME and ?tls=false where they are needed." default:"dir:parley-data/media" placeholder:"URL"`
	ReadyFile    string        `help:"Write the server's URL to this file once it is ready." placeholder:"FILE"`
	PublicURL    string        `help:"Base of absolute URLs; by default that of the request." placeholder:"URL"`
	TrustedProxy []string      `help:"Networks whose X-Forwarded-* headers are believed." placeholder:"CIDR"`
	AllowOrigin  []string      `help:"Full origins whose pages may connect; by default the server's own." placeholder:"ORIGIN"`
	AllowHost    []string      `help:"Host names that the server answers to; by default any." placeholder:"HOST"`
	TLSCert      string        `help:"PEM certificate chain; reloaded when it changes." placeholder:"FILE"`
	TLSKey       string        `help:"PEM key of the certificate." placeholder:"FILE"`
	Heartbeat    time.Duration `help:"Silence after which a client is pinged; after two it is gone." default:"25s"`
	WriteTimeout time.Duration `help:"How long a client may accept no byte before it is given up." default:"30s"`
	Drain        time.Duration `help:"Window over which clients are told to move at a stop." default:"30s"`
	SessionRate  float64       `help:"Requests a second of one session, burst four times that; 0 is no limit." default:"50"`
	UserRate     float64       `help:"Requests a second of all sessions of one user together on this hub, burst four times that; 0 is no limit." default:"0"`
	RestRate     float64       `help:"Requests a second over REST of one API key or of the account's auth token on this hub, burst four times that; 0 is no limit." default:"0"`
	PrivateJoin  bool          `help:"Only a conversation's creator may join by oneself."`
	Compression  bool          `help:"Offer permessage-deflate, without context takeover."`
	HubName      string        `help:"Name of this hub, told to clients." default:"${hostname}"`
	LogFormat    string        `help:"Form of log lines: ${enum}; auto is text on a terminal, else json." enum:"auto,text,json" default:"auto"`
	LogLevel     slog.Level    `help:"Least level that is logged: debug, info, warn or error." default:"info"`

	Limits limitFlags `embed:"" prefix:"max-"`
}

// limitFlags are hub.Limits and the transport's as flags; 0 is no limit. docs/limits.md has a line for each, held
// to this by a test.
type limitFlags struct {
	Connections                 int `help:"Websockets at a time." default:"0"`
	UserConnections             int `help:"Websockets of one user at a time." default:"0"`
	AddressConnections          int `help:"Websockets of one IPv4 address or IPv6 /64 at a time." default:"0"`
	FrameBytes                  int `help:"Bytes of one frame from a client." default:"262144"`
	ServerFrameBytes            int `help:"Bytes of one message to a client." default:"1048576"`
	BodyBytes                   int `help:"Bytes of a message's body." default:"32768"`
	SubjectLength               int `help:"Characters of a message's subject." default:"256"`
	AttributesBytes             int `help:"Bytes of the attributes of a message, participant or user." default:"4096"`
	ConversationAttributesBytes int `help:"Bytes of a conversation's attributes." default:"16384"`
	FriendlyNameLength          int `help:"Characters of a friendly name." default:"256"`
	UniqueNameLength            int `help:"Characters of a unique name." default:"256"`
	IdentityLength              int `help:"Characters of an identity or address." default:"256"`
	NonceBytes                  int `help:"Bytes of a nonce." default:"64"`
	ReactionBytes               int `help:"Bytes of a reaction's name." default:"32"`
	FilenameLength              int `help:"Characters of the name of an uploaded file." default:"256"`
	MediaBytes                  int `help:"Bytes of an uploaded file." default:"157286400"`
	MessageMedia                int `help:"Files of one message." default:"10"`
	Participants                int `help:"Participants of one conversation." default:"10000"`
	NonChatParticipants         int `help:"Non-chat participants of one conversation." default:"50"`
	UserConversations           int `help:"Conversations of one user that are not closed." default:"10000"`
	ResumeRows                  int `help:"Changed rows that a resume replays before it resets instead." default:"1000"`
}

func (f *limitFlags) hub() hub.Limits {
	return hub.Limits{
		Body: f.BodyBytes, Subject: f.SubjectLength, MessageAttributes: f.AttributesBytes,
		ConversationAttributes: f.ConversationAttributesBytes, FriendlyName: f.FriendlyNameLength,
		UniqueName: f.UniqueNameLength, Identity: f.IdentityLength, Nonce: f.NonceBytes, Reaction: f.ReactionBytes,
		Filename: f.FilenameLength, MessageMedia: f.MessageMedia,
		Participants: f.Participants, NonChat: f.NonChatParticipants, UserConversations: f.UserConversations,
		ResumeRows: f.ResumeRows,
	}
}

// check refuses what cannot work, before anything is opened or made.
func (f *hubFlags) check() error {
	if (f.TLSCert == "") != (f.TLSKey == "") {
		return usagef("--tls-cert and --tls-key go together")
	}
	for name, d := range map[string]time.Duration{"--heartbeat": f.Heartbeat, "--write-timeout": f.WriteTimeout} {
		if d < time.Second {
			return usagef("%s must be at least 1s", name)
		}
	}
	if f.Drain < 0 || !(f.SessionRate >= 0 && f.UserRate >= 0 && f.RestRate >= 0) { // not a number is neither
		return usagef("--drain, --session-rate, --user-rate and --rest-rate must not be negative")
	}
	for limit, n := range reflect.ValueOf(f.Limits).Fields() {
		if n.Int() < 0 {
			return usagef("no limit may be negative: that of %s is %d", limit.Name, n.Int())
		}
	}
	if err := f.checkURL(); err != nil {
		return err
	}
	if f.Redis != "" {
		if err := bus.CheckURL(f.Redis); err != nil {
			return usageError{fmt.Errorf("--redis: %w", err)}
		}
	}
	if _, err := blob.Open(f.Media); err != nil {
		return usageError{fmt.Errorf("--media: %w", err)}
	}
	config := f.web(nil)
	config.Sessions = new(session.Server) // nothing is served
	if _, err := web.New(config); err != nil {
		return usageError{err}
	}
	return nil
}

// checkURL refuses a base that no URL can be made with.
func (f *hubFlags) checkURL() error {
	if f.PublicURL == "" {
		return nil
	}
	u, err := url.Parse(f.PublicURL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return usagef("--public-url: %q is not of the form https://host[:port][/path]", f.PublicURL)
	}
	return nil
}

// web is what the public listener is made of, but for what it serves.
func (f *hubFlags) web(log *slog.Logger) web.Config {
	return web.Config{
		Log:       log,
		PublicURL: strings.TrimSuffix(f.PublicURL, "/"),
		Access:    web.Access{AllowOrigins: f.AllowOrigin, AllowHosts: f.AllowHost, TrustedProxies: f.TrustedProxy},
		Transport: web.Transport{WriteTimeout: f.WriteTimeout, Compression: f.Compression},
		Pace:      web.Pace{AddressConnections: f.Limits.AddressConnections},
		TLS:       web.TLS{CertFile: f.TLSCert, KeyFile: f.TLSKey},
	}
}

// logger makes the process's logger.
func (f *hubFlags) logger(std stdio) *slog.Logger {
	options := &slog.HandlerOptions{Level: f.LogLevel, ReplaceAttr: readable}
	format := f.LogFormat
	if file, ok := std.err.(*os.File); format == "auto" && ok {
		if info, err := file.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			format = "text"
		}
	}
	if format == "text" {
		return slog.New(slog.NewTextHandler(std.err, options))
	}
	return slog.New(slog.NewJSONHandler(std.err, options))
}

// readable writes durations as people do: JSON would have nanoseconds.
func readable(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		a.Value = slog.StringValue(a.Value.Duration().Round(time.Millisecond).String())
	}
	return a
}

// keyFlags are what a server checks tokens with, and a client makes them with. Secrets can come from files, so that
// they stand neither in the process list nor in the environment.
type keyFlags struct {
	AccountSID string   `help:"Account that tokens are issued for." placeholder:"AC..."`
	APIKey     []string `help:"API keys, each SK...:secret." placeholder:"SK:SECRET"`
	APIKeyFile string   `help:"File with API keys, one SK...:secret a line." placeholder:"FILE"`
}

// checkSID refuses what is given and not a sid of its kind.
func checkSID(flag, sid, kind string) error {
	if sid == "" {
		return nil
	}
	digits, ok := strings.CutPrefix(sid, kind)
	if _, err := hex.DecodeString(digits); !ok || err != nil || len(sid) != 34 {
		return usagef("--%s: %q is not %s and 32 hexadecimal digits", flag, sid, kind)
	}
	return nil
}

// keys gathers the API keys by sid and looks at what goes with them.
func (f *keyFlags) keys() (map[string]string, error) {
	if err := checkSID("account-sid", f.AccountSID, "AC"); err != nil {
		return nil, err
	}
	lines := f.APIKey
	if f.APIKeyFile != "" {
		text, err := os.ReadFile(f.APIKeyFile)
		if err != nil {
			return nil, usagef("--api-key-file: %w", err)
		}
		lines = append(lines, strings.Fields(string(text))...)
	}
	keys := map[string]string{}
	for i, line := range lines {
		sid, secret, ok := strings.Cut(line, ":")
		if !ok || !strings.HasPrefix(sid, "SK") || len(sid) != 34 || secret == "" {
			return nil, usagef("--api-key: number %d is not of the form SK...:secret, with a sid of 34 characters", i+1)
		}
		keys[sid] = secret
	}
	return keys, nil
}

// secret reads a secret that is given itself or in a file, not both.
func secret(name, value, file string) (string, error) {
	if file == "" {
		return value, nil
	}
	if value != "" {
		return "", usagef("--%s and --%s-file exclude each other", name, name)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", usagef("--%s-file: %w", name, err)
	}
	if value = strings.TrimSpace(string(text)); value == "" {
		return "", usagef("--%s-file: %s is empty", name, file)
	}
	return value, nil
}
