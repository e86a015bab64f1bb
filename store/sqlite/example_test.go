package sqlite_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"parley/hub"
	"parley/store/sqlite"
)

func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "parley")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // an example's

	config, err := sqlite.ParseURL("sqlite:" + filepath.Join(dir, "parley.db"))
	if err != nil {
		panic(err)
	}
	store, err := sqlite.Open(ctx, config)
	if err != nil {
		panic(err)
	}
	defer store.Close() //nolint:errcheck // an example's

	op := &hub.Op{Run: func(tx hub.Tx) error {
		service, roles := hub.NewService("acme", tx.Now())
		for _, r := range roles {
			if err := tx.PutRole(r); err != nil {
				return err
			}
		}
		return tx.PutService(service)
	}}
	store.Commit([]*hub.Op{op}) // durable when it returns
	services, err := store.Services(ctx)
	fmt.Println(op.Err, services[0].FriendlyName, err)
	// Output: <nil> acme <nil>
}
