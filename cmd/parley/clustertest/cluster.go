package clustertest

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"parley/hub/bus/redistest"
	"parley/store/postgres/pgtest"
)

// Credentials of the hubs, and the one service that there is.
const (
	account = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	apiKey  = "SKbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	secret  = "cccccccccccccccccccccccccccccccc"
	service = "IS11111111111111111111111111111111"
)

// A Config says what a cluster is made of. Empty, it is three hubs of this checkout.
type Config struct {
	Binary   func(hub int) string   // of each hub
	Env      func(hub int) []string // likewise
	Flags    []string               // further ones of every hub
	Postgres []string               // settings of the server, name=value
	Redis    string                 // URL of one that the test has, which hubs get to without a link; "": of the cluster's own
	Hubs     int                    // 3
}

// A Cluster is hubs that share a Redis and a PostgreSQL.
type Cluster struct {
	tb       testing.TB
	config   Config
	Seed     uint64
	Redis    *redistest.Server // nil where the test has another
	Postgres *pgtest.Server
	Commits  *Commits // before Postgres, behind the hubs' own links
	database string   // as the hubs know it, but for the address
	Hubs     []*Hub
	base     []Footprint
	towns    int
}

// Start starts a cluster, all hubs at once, and waits until they serve.
func Start(tb testing.TB, config Config) *Cluster {
	tb.Helper()
	if config.Hubs == 0 {
		config.Hubs = 3
	}
	if config.Binary == nil {
		config.Binary = func(int) string { return Binary(tb, "") }
	}
	if config.Env == nil {
		config.Env = func(int) []string { return nil }
	}
	c := &Cluster{tb: tb, config: config, Seed: seed(tb)}
	if config.Redis == "" {
		c.Redis = redistest.Start(tb)
		tb.Logf("Redis %s pid %d", c.Redis.Version(), c.Redis.Pid())
	}
	c.Postgres = pgtest.Start(tb, config.Postgres...)
	c.database = c.Postgres.Database(tb)
	c.Commits = NewCommits(tb, c.Postgres.Addr(), c.Seed)
	version, pid := c.Postgres.Version(tb)
	if pid != c.Postgres.Pid() || version < 15_00_00 {
		tb.Fatalf("PostgreSQL %d with pid %d, started was %d", version, pid, c.Postgres.Pid())
	}
	tb.Logf("seed %d (PARLEY_SEED repeats it); PostgreSQL %d pid %d", c.Seed, version, pid)
	for i := range config.Hubs {
		c.Hubs = append(c.Hubs, c.hub(i))
	}
	for _, h := range c.Hubs {
		h.Launch()
	}
	for _, h := range c.Hubs {
		h.Up()
		c.base = append(c.base, h.Footprint())
	}
	return c
}

// hub prepares a hub.
func (c *Cluster) hub(i int) *Hub {
	c.tb.Helper()
	h := &Hub{Name: fmt.Sprintf("hub-%d", i), Postgres: NewLink(c.tb, c.Commits.Addr())}
	redis := c.config.Redis
	if c.Redis != nil {
		h.Redis = NewLink(c.tb, c.Redis.Addr())
		redis = h.Redis.Through(c.Redis.URL())
	}
	h.Process = NewProcess(c.tb, c.config.Binary(i), c.config.Env(i), append([]string{
		"serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--hub-name", h.Name,
		"--store", h.Postgres.Through(c.database), "--redis", redis,
		"--account-sid", account, "--auth-token", secret, "--api-key", apiKey + ":" + secret, "--service-sid", service,
		"--session-rate", "0", "--drain", "2s", "--log-format", "json", "--log-level", "info",
	}, c.config.Flags...)...)
	return h
}

// DatabaseName is that of the hubs' database.
func (c *Cluster) DatabaseName() string {
	u, err := url.Parse(c.database)
	if err != nil {
		c.tb.Fatal(err)
	}
	return strings.Trim(u.Path, "/")
}

// up is the hubs that clients may be sent to.
func (c *Cluster) up() []*Hub {
	return slices.DeleteFunc(slices.Clone(c.Hubs), func(h *Hub) bool { return h.Addr() == "" })
}

// Each does something with all hubs at once.
func (c *Cluster) Each(do func(h *Hub)) {
	var all sync.WaitGroup
	for _, h := range c.Hubs {
		all.Go(func() { do(h) })
	}
	all.Wait()
}

// seed is where a test's chance begins.
func seed(tb testing.TB) uint64 {
	tb.Helper()
	text, ok := os.LookupEnv("PARLEY_SEED")
	if !ok {
		return rand.Uint64()
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		tb.Fatalf("PARLEY_SEED: %v", err)
	}
	return n
}
