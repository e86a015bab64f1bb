package postgres_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver pgx
	"github.com/pressly/goose/v3"

	"parley/store/postgres"
	"parley/store/postgres/pgtest"
)

// change does something to the database of a URL.
func change(t *testing.T, url, text string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context()) //nolint:errcheck // nothing is left to send
	if _, err := conn.Exec(t.Context(), text); err != nil {
		t.Fatal(err)
	}
}

// widened is what a later release may do to tables while older hubs run: every one has a column more.
const widened = `DO $$ DECLARE t text; BEGIN
	FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'goose_db_version' LOOP
		EXECUTE format('ALTER TABLE %I ADD COLUMN later text COLLATE "C" NOT NULL DEFAULT ''x''', t);
	END LOOP;
	CREATE TABLE later (sid text PRIMARY KEY);
	INSERT INTO goose_db_version (version_id, is_applied) VALUES (4711, true);
END $$`

// TestLaterCompatible: a hub goes on while a later release migrates, and starts again after it, says so, and does all that it
// did before.
func TestLaterCompatible(t *testing.T) {
	url := pgtest.Shared(t).Database(t)
	running := open(t, postgres.Config{URL: url})
	seed := uint64(time.Now().UnixNano())
	want := play(newTown(t, running, 0), seed)
	change(t, url, widened)
	const free = `DELETE FROM pair` // addresses are taken once over all services, and each town wants the same
	var said bytes.Buffer
	started := open(t, postgres.Config{URL: url, Logger: slog.New(slog.NewTextHandler(&said, nil))})
	if line := said.String(); strings.Count(line, "\n") != 1 || !strings.Contains(line, "migrated by a later release") || !strings.Contains(line, "schema=4711") {
		t.Errorf("it starts saying %q", line)
	}
	for name, store := range map[string]*postgres.Store{"running": running, "started": started} {
		change(t, url, free)
		if got := play(newTown(t, store, 0), seed); !reflect.DeepEqual(got, want) {
			t.Errorf("seed %d: the hub that is %s does otherwise than before", seed, name)
		}
	}
}

// TestLaterIncompatible: tables that want hubs of a later schema are refused, and so are those that do not say whom they want.
func TestLaterIncompatible(t *testing.T) {
	for text, want := range map[string]string{
		`UPDATE meta SET value = '4000' WHERE key = 'compatible'`: "has schema 4711, which wants hubs that know schema 4000, and this one knows ",
		`DELETE FROM meta WHERE key = 'compatible'`:               "has schema 4711, which wants hubs that know schema 4711, and this one knows ",
	} {
		url := pgtest.Shared(t).Database(t)
		if err := open(t, postgres.Config{URL: url}).Close(); err != nil {
			t.Fatal(err)
		}
		change(t, url, widened+"; "+text)
		_, err := postgres.Open(t.Context(), postgres.Config{URL: url})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("opened with %v", err)
		}
	}
}

// TestMigrationWaits: a migration does not queue for a table that somebody else keeps locked, since hubs would stand behind it.
func TestMigrationWaits(t *testing.T) {
	url := pgtest.Shared(t).Database(t)
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // nothing is left to send
	first, err := goose.NewProvider(goose.DialectPostgres, db, os.DirFS("migrations"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := first.UpTo(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context()) //nolint:errcheck // nothing is left to send
	if _, err := conn.Exec(t.Context(), `BEGIN; LOCK TABLE meta IN EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if _, err := postgres.Open(ctx, postgres.Config{URL: url, LockWait: 50 * time.Millisecond}); err == nil || !strings.Contains(err.Error(), "lock timeout") {
		t.Errorf("opened with %v", err)
	}
	if _, err := conn.Exec(t.Context(), `ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	open(t, postgres.Config{URL: url})
}

// unsafe is what older hubs cannot live with, or what keeps them from a table for long.
var unsafe = regexp.MustCompile(`(?i)\b(DROP|RENAME|TRUNCATE|DELETE|ALTER\s+COLUMN|SET\s+NOT\s+NULL|ADD\s+CONSTRAINT)\b`)

// again is an index that is made anew where it was left half made.
var again = regexp.MustCompile(`DROP INDEX CONCURRENTLY IF EXISTS (\w+);`)

// contracts reports whether a migration does that, comments aside, and does not raise the oldest schema whose hubs can work with
// the tables to its own version.
func contracts(version, text string) bool {
	text = regexp.MustCompile(`(?m)--.*$`).ReplaceAllString(text, "")
	for _, index := range again.FindAllStringSubmatch(text, -1) {
		if strings.Contains(text, "INDEX CONCURRENTLY "+index[1]+" ON ") {
			text = strings.Replace(text, index[0], "", 1)
		}
	}
	raises := fmt.Sprintf("UPDATE meta SET value = '%s' WHERE key = 'compatible'", strings.TrimLeft(version, "0"))
	return unsafe.MatchString(text) && !strings.Contains(text, raises)
}

// TestMigrationsSayWhom: a migration that does more than to add says from which schema on hubs can work with the tables.
func TestMigrationsSayWhom(t *testing.T) {
	files, err := fs.Glob(os.DirFS("migrations"), "*.sql")
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		text, err := os.ReadFile("migrations/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if version, _, _ := strings.Cut(name, "_"); contracts(version, string(text)) {
			t.Errorf("%s does more than to add, and older hubs would start on it", name)
		}
	}
	const drop = "ALTER TABLE head DROP COLUMN touched;"
	for text, want := range map[string]bool{
		drop: true, "-- " + drop: false, drop + "UPDATE meta SET value = '9' WHERE key = 'compatible'": true,
		"DROP INDEX CONCURRENTLY IF EXISTS x;": true, "DROP INDEX CONCURRENTLY IF EXISTS x;\nCREATE INDEX CONCURRENTLY x ON head (touched);": false,
		drop + "UPDATE meta SET value = '12' WHERE key = 'compatible'": false, "CREATE TABLE dropped (deleted text)": false,
	} {
		if contracts("0012", text) != want {
			t.Errorf("%q is told wrongly", text)
		}
	}
}
