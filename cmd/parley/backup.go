package main

import (
	"context"
	"fmt"

	"parley/store/sqlite"
)

// backupCommand copies a SQLite store, also while a hub runs on it.
type backupCommand struct {
	To    string `arg:"" help:"File to write; it must not exist." placeholder:"FILE"`
	Store string `help:"The store." default:"sqlite:parley-data/parley.db" placeholder:"URL"`
}

// Run writes the backup.
func (c *backupCommand) Run(ctx context.Context, std stdio) error {
	path, err := storePath(c.Store)
	if err != nil {
		return err
	}
	if err := sqlite.Backup(ctx, path, c.To); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "%s is backed up to %s\n", path, c.To)
	return nil
}

// restoreCommand puts a backup in place of a store that no hub holds.
type restoreCommand struct {
	From  string `arg:"" help:"The backup." placeholder:"FILE"`
	Store string `help:"The store to replace." default:"sqlite:parley-data/parley.db" placeholder:"URL"`
}

// Run replaces the store; clients that were ahead of the backup start afresh, since a new epoch begins (rule R4).
func (c *restoreCommand) Run(ctx context.Context, std stdio) error {
	path, err := storePath(c.Store)
	if err != nil {
		return err
	}
	if err := sqlite.Restore(ctx, c.From, path); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "%s is restored from %s; a new epoch begins\n", path, c.From)
	return nil
}
