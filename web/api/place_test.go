package api_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver pgx
	_ "modernc.org/sqlite"             // the driver sqlite

	"parley/hub"
	"parley/session"
	"parley/session/token"
	"parley/session/wire"
	"parley/store/blob"
	"parley/store/postgres"
	"parley/store/postgres/pgtest"
	"parley/store/sqlite"
	"parley/web"
	"parley/web/rest"
)

const (
	account   = "AC00000000000000000000000000000001"
	authToken = "the account's secret"
)

// engine is a store, and its rows beside it.
type engine struct {
	store  hub.Store
	rows   *sql.DB
	tables string // a query for the names of all tables
}

// engines opens stores of each kind.
var engines = map[string]func(t *testing.T) engine{"sqlite": newSQLite, "postgres": newPostgres}

func newSQLite(t *testing.T) engine {
	t.Helper()
	file := filepath.Join(t.TempDir(), "parley.db")
	store, err := sqlite.Open(t.Context(), sqlite.Config{Path: file, Synchronous: "normal"})
	if err != nil {
		t.Fatal(err)
	}
	return engine{store, openRows(t, "sqlite", "file:"+file+"?mode=ro"), "SELECT name FROM sqlite_master WHERE type = 'table'"}
}

func newPostgres(t *testing.T) engine {
	t.Helper()
	url := pgtest.Shared(t).Database(t)
	store, err := postgres.Open(t.Context(), postgres.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	return engine{store, openRows(t, "pgx", url), "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"}
}

func openRows(t *testing.T, driver, source string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// busy are tables that change without anybody asking.
var busy = []string{"meta", "lease", "outcome", "goose_db_version", "goose_version"}

// dump is everything that the store holds, a line for each row.
func (e *engine) dump(t *testing.T) (lines []string) {
	t.Helper()
	for _, table := range e.query(t, e.tables) {
		if !slices.Contains(busy, table) && !strings.HasPrefix(table, "search") && !strings.HasPrefix(table, "sqlite_") {
			for _, row := range e.query(t, "SELECT * FROM "+table) {
				lines = append(lines, table+": "+row)
			}
		}
	}
	slices.Sort(lines)
	return lines
}

// query gives the rows of a query as text.
func (e *engine) query(t *testing.T, query string) (lines []string) {
	t.Helper()
	rows, err := e.rows.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	row, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range row {
		into[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.TrimSuffix(fmt.Sprintln(row...), "\n"))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}

// place is a whole hub behind HTTP, with two tenants.
type place struct {
	engine
	hub         *hub.Hub
	home, other hub.ServiceSID // home is the default service
	addr        string
	http        *http.Client
}

func newPlace(t *testing.T, e engine) *place {
	t.Helper()
	blobs := blob.Dir(t.TempDir())
	h := hub.New(hub.Config{Store: e.store, Encoder: wire.Encoder{}, Limits: hub.DefaultLimits()})
	p := &place{engine: e, hub: h, http: &http.Client{Transport: &http.Transport{}, Timeout: time.Minute}}
	p.home, p.other = p.newService(t, "home"), p.newService(t, "other")
	nobody := func(string) (token.Claims, error) { return token.Claims{}, errors.New("nobody connects") }
	sessions := session.NewServer(session.Config{Hub: h, Service: p.home, Verify: nobody})
	w, err := web.New(web.Config{Sessions: sessions, REST: rest.New(rest.Config{
		Hub: h, Service: p.home, Blobs: blobs, Account: rest.Account{SID: account, AuthToken: authToken},
	})})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Listen(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	p.addr = "http://" + w.Addr().String()
	served := make(chan error, 1)
	go func() { served <- w.Serve() }()
	t.Cleanup(func() {
		p.http.CloseIdleConnections()
		err := errors.Join(w.Shutdown(context.Background()), <-served)
		sessions.Close()
		h.Close()
		if err := errors.Join(err, e.store.Close()); err != nil {
			t.Error(err)
		}
	})
	return p
}

func (p *place) newService(t *testing.T, name string) hub.ServiceSID {
	t.Helper()
	made, roles := hub.NewService(name, time.Now().UTC().Truncate(time.Millisecond))
	if _, err := p.hub.Do(t.Context(), hub.Actor{Service: made.SID}, &hub.PutService{Service: made, Roles: roles}); err != nil {
		t.Fatal(err)
	}
	return made.SID
}
