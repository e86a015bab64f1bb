package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"parley/hub"
	"parley/store/postgres"
	"parley/store/sqlite"
)

// openStore opens what --store names.
func openStore(ctx context.Context, url string, log *slog.Logger) (hub.Store, error) {
	if postgres.IsURL(url) {
		config, err := postgresConfig(url)
		if err != nil {
			return nil, err
		}
		config.Logger = log
		return opened(postgres.Open(ctx, config))
	}
	config, err := storeConfig(url)
	if err != nil {
		return nil, err
	}
	config.Logger = log
	return opened(sqlite.Open(ctx, config))
}

// opened keeps a store that was not opened from being taken for one.
func opened[S hub.Store](store S, err error) (hub.Store, error) {
	if err != nil {
		return nil, err
	}
	return store, nil
}

func postgresConfig(url string) (postgres.Config, error) {
	config, err := postgres.ParseURL(url)
	if err != nil {
		return config, usageError{fmt.Errorf("--store: %w", err)}
	}
	return config, nil
}

func storeConfig(url string) (sqlite.Config, error) {
	if !strings.HasPrefix(url, "sqlite:") {
		scheme, _, _ := strings.Cut(url, ":")
		return sqlite.Config{}, usagef("--store: %q is not a store that this server knows; use sqlite:FILE or postgres://...", scheme+":")
	}
	config, err := sqlite.ParseURL(url)
	if err != nil {
		return config, usageError{fmt.Errorf("--store: %w", err)}
	}
	return config, nil
}

// storePath is the file that --store names.
func storePath(url string) (string, error) {
	if postgres.IsURL(url) {
		return "", usagef("--store: this is for SQLite files; PostgreSQL has tools of its own: pg_dump, pg_basebackup and an archive of its log")
	}
	config, err := storeConfig(url)
	return config.Path, err
}

// dataFolder is where files are kept that go with the store.
func dataFolder(url string) (string, error) {
	if postgres.IsURL(url) {
		return "parley-data", nil
	}
	path, err := storePath(url)
	return filepath.Dir(path), err
}

// alone has f run while no other hub of the store does the same job.
func alone(ctx context.Context, store hub.Store, job string, f func() error) error {
	const longest = 10 * time.Second // that another hub's death in the midst of it is waited for
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		held, err := store.Lease(ctx, job, longest)
		if err != nil {
			return err
		}
		if held {
			break
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	err := f()
	_, late := store.Lease(ctx, job, 0)
	return errors.Join(err, late)
}

// checkPlace looks at what holds the store.
func (c *doctorCommand) checkPlace(ctx context.Context) finding {
	if postgres.IsURL(c.Store) {
		return c.checkServer(ctx)
	}
	return c.checkFolder(ctx)
}

// checkServer asks a PostgreSQL server whether its settings may lose something.
func (c *doctorCommand) checkServer(ctx context.Context) finding {
	f := finding{what: "database server", advice: "see docs/scaling.md"}
	config, err := postgresConfig(c.Store)
	if err != nil {
		return f // said under store
	}
	server, err := postgres.Inspect(ctx, config)
	if err != nil {
		f.wrong, f.advice = err, "see that it runs, and that address, user and password are right"
		return f
	}
	if f.wrong = server.Refused(); f.wrong == nil {
		f.wrong, f.mild = server.Doubtful(), true
	}
	return f
}
