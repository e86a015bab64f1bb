package main

import (
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"parley/store/postgres/pgtest"
)

// TestDoctorStandby: a standby that commits do not wait for is warned of, also where the hub's user may see nothing of the
// server; one that they wait for is well, and so is a server without one (rule R12).
func TestDoctorStandby(t *testing.T) {
	server := pgtest.Start(t)
	url := server.Database(t)
	set := func(text string) {
		t.Helper()
		server.Run(t, "postgres", func(conn *pgx.Conn) error {
			_, err := conn.Exec(t.Context(), text)
			return err
		})
	}
	doctor := func(url, want string) {
		t.Helper()
		mustCall(t, exitOK, want, slices.Concat([]string{"doctor"}, serveArgs(t, "--store", url))...)
	}
	doctor(url, "ok    database server")
	server.Standby(t, server.Addr())
	server.Run(t, "postgres", func(conn *pgx.Conn) error {
		var follows bool
		for until := time.Now().Add(time.Minute); !follows && time.Now().Before(until); {
			if err := conn.QueryRow(t.Context(), `SELECT count(*) > 0 FROM pg_stat_replication`).Scan(&follows); err != nil {
				return err
			}
		}
		return nil
	})
	doctor(url, "warn  database server: it has a standby that commits do not wait for")
	set(`CREATE ROLE plain LOGIN`)
	set(`CREATE DATABASE own OWNER plain`)
	own := regexp.MustCompile(`//parley@(.*)/\w+`).ReplaceAllString(url, "//plain@$1/own")
	doctor(own, "warn  database server: it has a standby that commits do not wait for")
	for _, text := range []string{`ALTER SYSTEM SET synchronous_standby_names = '*'`, `SELECT pg_reload_conf()`} {
		set(text)
	}
	doctor(url, "ok    database server")
}
