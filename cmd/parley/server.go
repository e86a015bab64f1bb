package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"parley/hub"
	"parley/hub/bus"
	"parley/session"
	"parley/session/token"
	"parley/session/wire"
	"parley/store/blob"
	"parley/store/postgres"
	"parley/web"
	docs "parley/web/api"
	api "parley/web/rest"
)

// unjoinedEvery is how often a hub compares what its sessions follow with a store that others may share, where no bus
// joins them.
const unjoinedEvery = 5 * time.Second

// server is everything that runs in one process, in the order it was started.
type server struct {
	log      *slog.Logger
	flags    *hubFlags
	started  time.Time
	store    hub.Store
	blobs    blob.Store
	bus      *bus.Redis // nil: one hub
	hub      *hub.Hub
	verifier *token.Verifier
	service  hub.ServiceSID
	sessions *session.Server
	web      *web.Server
	admin    *web.Admin
	failed   chan error // size 2: a listener ended by itself
	idle     sync.WaitGroup
	stopIdle context.CancelFunc
}

// start brings a server up; what was started is ended again where a later part fails.
func start(ctx context.Context, flags *hubFlags, set setup, log *slog.Logger) (*server, error) {
	s := &server{log: log, flags: flags, started: time.Now().UTC().Truncate(time.Millisecond), failed: make(chan error, 2)}
	if err := s.start(ctx, set); err != nil {
		s.close() //nolint:errcheck // what failed first tells more
		return nil, err
	}
	return s, nil
}

func (s *server) start(ctx context.Context, set setup) (err error) {
	flags, log := s.flags, s.log
	if err := errors.Join(flags.check(), set.check(ctx)); err != nil {
		return err
	}
	if err := skew(&set.tokens); err != nil {
		return err
	}
	if s.verifier, err = token.New(ctx, set.tokens); err != nil {
		return usageError{err}
	}
	if s.store, err = openStore(ctx, flags.Store, log); err != nil {
		return err
	}
	if s.blobs, err = blob.Open(flags.Media); err != nil {
		return usageError{fmt.Errorf("--media: %w", err)}
	}
	config := hub.Config{
		Store: s.store, Encoder: wire.Encoder{}, Logger: log,
		Blobs: s.blobs, Limits: flags.Limits.hub(), PrivateJoin: flags.PrivateJoin,
	}
	if postgres.IsURL(flags.Store) && flags.Redis == "" {
		config.Compare = unjoinedEvery
		log.InfoContext(ctx, "without --redis other hubs of this store are heard of by comparing with it only", "every", unjoinedEvery)
	}
	if flags.Redis != "" {
		if s.bus, err = bus.Open(bus.Config{URL: flags.Redis, Name: flags.HubName, Logger: log}); err != nil {
			return usageError{fmt.Errorf("--redis: %w", err)}
		}
		config.Bus, config.Whereabouts = s.bus, s.bus
	}
	if err := disturb(&config, log); err != nil {
		return err
	}
	s.hub = hub.New(config) // which owns the bus
	if s.service, err = s.defaultService(ctx, set.service); err != nil {
		return err
	}
	s.sessions = session.NewServer(session.Config{
		Hub: s.hub, Verify: s.verifier.Verify, SignMedia: api.NewLinks(set.linkKey()).Sign, Service: s.service, HubName: flags.HubName, Logger: log,
		Heartbeat: flags.Heartbeat, FrameBytes: flags.Limits.FrameBytes, ServerFrame: flags.Limits.ServerFrameBytes,
		Rate: flags.SessionRate, UserRate: flags.UserRate,
		MaxConnections: flags.Limits.Connections, UserConnections: flags.Limits.UserConnections,
	})
	if s.bus != nil {
		s.bus.Show(s.card)
	}
	return s.listen(ctx, set)
}

// defaultService finds the service of tokens that name none, making one at the first start. Of hubs that start at the same
// time one makes it.
func (s *server) defaultService(ctx context.Context, want hub.ServiceSID) (sid hub.ServiceSID, err error) {
	if sid, err = s.knownService(ctx, want); sid != "" || err != nil {
		return sid, err
	}
	err = alone(ctx, s.store, "default service", func() error {
		if sid, err = s.knownService(ctx, want); sid == "" && err == nil {
			sid, err = s.makeService(ctx, want)
		}
		return err
	})
	return sid, err
}

func (s *server) knownService(ctx context.Context, want hub.ServiceSID) (hub.ServiceSID, error) {
	all, err := s.hub.Services(ctx)
	if err != nil {
		return "", err
	}
	for _, known := range all {
		if want == "" || known.SID == want {
			return known.SID, nil
		}
	}
	return "", nil
}

func (s *server) makeService(ctx context.Context, want hub.ServiceSID) (hub.ServiceSID, error) {
	made, roles := hub.NewService("Default Conversations Service", time.Now().UTC().Truncate(time.Millisecond))
	if want != "" {
		made.SID = want
		for _, r := range roles {
			r.Service = want
		}
	}
	_, err := s.hub.Do(ctx, hub.Actor{Service: made.SID}, &hub.PutService{Service: made, Roles: roles})
	return made.SID, err
}

// listen opens the public and the admin listener.
func (s *server) listen(ctx context.Context, set setup) (err error) {
	config := s.flags.web(s.log)
	config.Sessions, config.Ready, config.Docs = s.sessions, s.health, docs.Docs()
	config.REST = api.New(api.Config{
		Hub: s.hub, Service: s.service, Log: s.log, Hubs: s.hubs, Rate: s.flags.RestRate, PublicURL: strings.TrimSuffix(s.flags.PublicURL, "/"),
		Identify: s.sessions.Identify, Blobs: s.blobs, LinkKey: set.linkKey(), MostMedia: int64(s.flags.Limits.MediaBytes),
		Account: api.Account{SID: set.tokens.AccountSID, AuthToken: set.authToken, APIKeys: set.tokens.APIKeys},
	})
	if set.routes != nil {
		config.Routes = set.routes(s)
	}
	if s.web, err = web.New(config); err != nil {
		return usageError{err}
	}
	if err = s.web.Listen(ctx, set.listen); err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	if set.admin != "" {
		if err = s.listenAdmin(ctx, set); err != nil {
			return fmt.Errorf("--admin: %w", err)
		}
	}
	go func() { s.failed <- s.web.Serve() }()
	life, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stopIdle = stop
	tuneGarbage()
	s.idle.Go(func() { s.returnMemory(life) })
	return nil
}

// listenAdmin opens the admin listener; in dev on a free port where the usual one is taken.
func (s *server) listenAdmin(ctx context.Context, set setup) error {
	config := web.AdminConfig{
		Hub: s.hub.Stats, Sessions: s.sessions.Stats, Upgrades: s.web.Upgrades, Check: s.hub.Check, Log: s.log,
	}
	if s.bus != nil {
		config.Bus = s.bus.Stats
	}
	config.Routes = s.operator(set).Routes()
	s.admin = web.NewAdmin(config)
	err := s.admin.Listen(ctx, set.admin)
	if err != nil && set.adminFallback {
		err = s.admin.Listen(ctx, "127.0.0.1:0")
	}
	if err != nil {
		s.admin = nil
		return err
	}
	s.log.InfoContext(ctx, "admin listener", "addr", s.admin.Addr().String())
	go func() { s.failed <- s.admin.Serve() }()
	return nil
}

func (s *server) health(ctx context.Context) map[string]web.Health {
	_, busy := s.sessions.Busy()
	parts := map[string]web.Health{
		"store":   {Err: s.hub.Ping(ctx), Vital: true},
		"accepts": {Err: busy, Vital: true}, // full or draining: send clients elsewhere
	}
	if s.bus != nil {
		parts["bus"] = web.Health{Err: s.bus.Unwell()} // without it all is only later
	}
	return parts
}

// url is where the server can be reached.
func (s *server) url() string {
	if s.flags.PublicURL != "" {
		return strings.TrimSuffix(s.flags.PublicURL, "/")
	}
	scheme := "http"
	if s.flags.TLSCert != "" {
		scheme = "https"
	}
	return scheme + "://" + s.web.Addr().String()
}

// run says that the server is ready, waits for ctx or a listener's end, and stops in good order.
func (s *server) run(ctx context.Context) error {
	if s.flags.ReadyFile != "" {
		if err := os.WriteFile(s.flags.ReadyFile, []byte(s.url()+"\n"), 0o600); err != nil {
			s.close() //nolint:errcheck // as above
			return fmt.Errorf("--ready-file: %w", err)
		}
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-s.failed:
	}
	return errors.Join(err, s.stop(context.WithoutCancel(ctx)))
}

// stop drains the sessions, then ends everything from the outside in.
func (s *server) stop(ctx context.Context) error {
	s.log.InfoContext(ctx, "stopping", "drain", s.flags.Drain)
	ctx, cancel := context.WithTimeout(ctx, s.flags.Drain+10*time.Second)
	defer cancel()
	if err := s.sessions.Drain(ctx, s.flags.Drain); err != nil {
		s.log.WarnContext(ctx, "some sessions did not end in time", "sessions", s.sessions.Stats().Sessions)
	}
	return s.close()
}

// close ends what was started, in reverse.
func (s *server) close() (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if s.stopIdle != nil {
		s.stopIdle()
		s.idle.Wait()
	}
	if s.web != nil {
		s.web.Shutdown(ctx) //nolint:errcheck // whatever is left ends with the process
	}
	if s.sessions != nil {
		s.sessions.Close()
	}
	if s.hub != nil {
		s.hub.Close()
	}
	if s.admin != nil {
		s.admin.Shutdown(ctx) //nolint:errcheck // as above
	}
	if s.store != nil {
		err = s.store.Close()
	}
	if s.verifier != nil {
		s.verifier.Close()
	}
	return err
}
