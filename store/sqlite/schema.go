package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	sqlite3 "modernc.org/sqlite/lib"
)

//go:embed migrations/*.sql
var migrations embed.FS

// leastSQLite is 3.51.3: earlier ones can corrupt the log when it is reset (rule R11).
const leastSQLite = 3051003

// migrate brings the schema up to date. A file of a later Parley is refused rather than guessed at.
func migrate(ctx context.Context, db *sql.DB) error {
	if sqlite3.SQLITE_VERSION_NUMBER < leastSQLite {
		return fmt.Errorf("SQLite %s is too old", sqlite3.SQLITE_VERSION)
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	if err != nil {
		return err
	}
	there, known, err := provider.GetVersions(ctx)
	if err != nil {
		return err
	}
	if there > known {
		return fmt.Errorf("the file has schema %d and this Parley knows %d: it was written by a later one", there, known)
	}
	_, err = provider.Up(ctx)
	return err
}
