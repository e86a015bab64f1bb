package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"parley/hub/bus"
	"parley/session/token"
	"parley/store/blob"
	"parley/store/postgres"
)

// doctorCommand takes the settings of serve, opens what serve would open, and says what is wrong.
type doctorCommand struct {
	serveCommand
}

// finding is one thing that was looked at.
type finding struct {
	what   string
	wrong  error  // nil: well
	advice string // what to do
	mild   bool   // it works all the same
}

// Run prints a line for each finding and fails where one keeps the server from working.
func (c *doctorCommand) Run(ctx context.Context, std stdio) error {
	failed := 0
	for _, check := range []func(context.Context) finding{
		c.checkSettings, c.checkTokens, c.checkPlace, c.checkStore, c.checkMedia, c.checkRedis, c.checkFiles, c.checkClock,
	} {
		f := check(ctx)
		report(std.out, f)
		if f.wrong != nil && !f.mild {
			failed++
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of the checks failed", failed)
	}
	return nil
}

func report(w io.Writer, f finding) {
	switch {
	case f.wrong == nil:
		fmt.Fprintf(w, "ok    %s\n", f.what)
	case f.mild:
		fmt.Fprintf(w, "warn  %s: %s; %s\n", f.what, inLine(f.wrong), f.advice)
	default:
		fmt.Fprintf(w, "FAIL  %s: %s; %s\n", f.what, inLine(f.wrong), f.advice)
	}
}

func (c *doctorCommand) checkSettings(ctx context.Context) finding {
	set, err := c.setup()
	if err == nil {
		err = set.check(ctx)
	}
	return finding{what: "settings", wrong: errors.Join(err, c.check()), advice: "see parley serve --help"}
}

func (c *doctorCommand) checkTokens(ctx context.Context) finding {
	f := finding{what: "tokens", advice: "tokens cannot be verified like this"}
	set, err := c.setup()
	if err != nil {
		return f // said under settings
	}
	v, err := token.New(ctx, set.tokens)
	if f.wrong = err; err == nil {
		v.Close()
	}
	return f
}

// leastFree is the free space that a store wants to begin with.
const leastFree = 1 << 30

// checkMedia puts a file and deletes it again.
func (c *doctorCommand) checkMedia(ctx context.Context) finding {
	f := finding{what: "media", advice: "look at the folder, or the bucket, of --media"}
	blobs, err := blob.Open(c.Media)
	if err == nil {
		err = blobs.Check(ctx)
	}
	f.wrong = err
	return f
}

// Of access(2).
const (
	accessWrite  = 2
	accessSearch = 1
)

// nearest is the folder itself or, where it is still to be made, the one that it will be made in.
func nearest(folder string) string {
	for {
		if _, err := os.Lstat(folder); err == nil || folder == filepath.Dir(folder) {
			return folder
		}
		folder = filepath.Dir(folder)
	}
}

func (c *doctorCommand) checkFolder(context.Context) finding {
	f := finding{what: "folder"}
	path, err := storePath(c.Store)
	if err != nil {
		return f // said under store
	}
	folder := nearest(filepath.Dir(path))
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		f.wrong, f.advice = errors.Join(err, fmt.Errorf("%s is not a folder", folder)), "choose another place for the store"
		return f
	}
	if err := syscall.Access(folder, accessWrite|accessSearch); err != nil {
		f.wrong, f.advice = fmt.Errorf("%s: %w", folder, err), "let the user that runs the server write there"
		return f
	}
	var fs syscall.Statfs_t
	if err := syscall.Statfs(folder, &fs); err != nil {
		f.wrong, f.advice = fmt.Errorf("%s: %w", folder, err), "choose another place for the store"
		return f
	}
	if free := fs.Bavail * uint64(fs.Bsize); free < leastFree {
		f.wrong, f.mild = fmt.Errorf("%s has %d MB free", folder, free>>20), true
		f.advice = "when it is full every write is refused"
	}
	return f
}

func (c *doctorCommand) checkStore(ctx context.Context) finding {
	f := finding{what: "store", advice: "see that no other process holds it and that it is a readable Parley store, or choose another file"}
	if postgres.IsURL(c.Store) {
		f.advice = "see that the database exists and that this user may make and change tables there"
	} else if path, err := storePath(c.Store); err != nil {
		f.wrong = err
		return f
	} else if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		f.wrong, f.mild, f.advice = fmt.Errorf("%s does not exist yet", path), true, "it is made at the first start"
		return f
	}
	store, err := openStore(ctx, c.Store, c.logger(stdio{err: io.Discard}))
	if err != nil {
		f.wrong = err
		return f
	}
	f.wrong = errors.Join(store.Ping(ctx), store.Close())
	return f
}

func (c *doctorCommand) checkRedis(ctx context.Context) finding {
	f := finding{what: "redis", mild: true, advice: "hubs hear of each other by the store only, and so late, until it works: see --redis"}
	if c.Redis != "" && bus.CheckURL(c.Redis) == nil { // else it is said under settings
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		f.wrong = bus.Check(ctx, c.Redis)
	}
	return f
}

// wantedFiles is how many open files a hub of 10,000 clients wants.
const wantedFiles = 10_500

func (c *doctorCommand) checkFiles(context.Context) finding {
	f := finding{what: "open files", mild: true, advice: "each client takes one: raise it with ulimit -n or LimitNOFILE"}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		f.wrong = err
	} else if limit.Max < wantedFiles {
		f.wrong = fmt.Errorf("the limit is %d", limit.Max)
	}
	return f
}

// built is before any moment at which this program can run.
var built = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

func (c *doctorCommand) checkClock(context.Context) finding {
	f := finding{what: "clock", advice: "set it: tokens are checked by it"}
	if now := time.Now(); now.Before(built) {
		f.wrong = fmt.Errorf("it says %s", now.Format(time.RFC3339))
	}
	return f
}
