package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"parley/cmd/parley/bench"
)

// ownServers are hubs that bench started for itself.
type ownServers struct {
	folder    string
	urls      []string
	admin     string // of the first
	processes []bench.Process
	token     func(identity string) (string, error)
	commands  []*exec.Cmd
	profiles  sync.WaitGroup
}

// start starts as many hubs as the workload takes, with limits that are not what is measured.
func (c *benchCommand) start(ctx context.Context) (*ownServers, error) {
	hubs := max(c.Hubs, 1)
	if c.Workload == "cluster" {
		hubs = max(c.Hubs, 2)
	}
	if hubs > 1 && !strings.HasPrefix(c.Store, "postgres") {
		return nil, usagef("several hubs share a PostgreSQL: --store postgres://... (and --redis redis://... to join them)")
	}
	folder, err := os.MkdirTemp("", "parley-bench-")
	if err != nil {
		return nil, err
	}
	own := &ownServers{folder: folder}
	account, key, secret := "AC"+random(32), "SK"+random(32), random(32)
	own.token = mintAs(key, secret, account)
	for i := range hubs {
		args := []string{"serve", "--listen", "127.0.0.1:0", "--account-sid", account, "--auth-token", secret, "--api-key", key + ":" + secret}
		if err := own.serve(ctx, c, i, args); err != nil {
			own.stop()
			return nil, err
		}
	}
	return own, nil
}

func random(digits int) string {
	b := make([]byte, digits/2)
	rand.Read(b)
	return hex.EncodeToString(b)
}

// serve starts one hub and waits until it is ready.
func (o *ownServers) serve(ctx context.Context, c *benchCommand, i int, args []string) error {
	admin, err := freeAddress(ctx)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("hub-%d", i)
	ready := filepath.Join(o.folder, name)
	store := c.Store
	if store == "" {
		store = "sqlite:" + filepath.Join(o.folder, "parley.db")
	}
	args = append(args, "--admin", admin, "--hub-name", name, "--ready-file", ready, "--log-level", "warn", "--session-rate", "0",
		"--drain", "0s", "--max-resume-rows", "100000", "--store", store, "--media", "dir:"+filepath.Join(o.folder, "media"))
	if c.Redis != "" {
		args = append(args, "--redis", c.Redis)
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	if err := cmd.Start(); err != nil {
		return err
	}
	o.commands = append(o.commands, cmd)
	o.processes = append(o.processes, bench.Process{Name: name, PID: cmd.Process.Pid})
	if i == 0 {
		o.admin = "http://" + admin
	}
	url, err := appears(ctx, ready)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	o.urls = append(o.urls, url)
	return nil
}

// freeAddress finds a port that nobody listens on.
func freeAddress(ctx context.Context) (string, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// appears waits for a ready file, and gives its line.
func appears(ctx context.Context, name string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if text, err := os.ReadFile(name); err == nil && strings.HasSuffix(string(text), "\n") {
			return strings.TrimSpace(string(text)), nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return "", fmt.Errorf("it is not ready: %w", context.Cause(ctx))
		}
	}
}

// stop ends the servers and removes what they kept.
func (o *ownServers) stop() {
	o.profiles.Wait()
	for _, cmd := range o.commands {
		cmd.Process.Kill() //nolint:errcheck // nobody needs its data
		cmd.Wait()         //nolint:errcheck // killed
	}
	os.RemoveAll(o.folder) //nolint:errcheck // a folder of temporary files
}

// profile asks a server for a profile of the time of a phase, and keeps it in a file of its own.
func (c *benchCommand) profile(ctx context.Context, std stdio, admin, phase string, during time.Duration) {
	path := map[string]string{
		"cpu": fmt.Sprintf("profile?seconds=%d", max(1, int(during.Seconds()))), "heap": "heap",
		"mutex": fmt.Sprintf("mutex?seconds=%d", max(1, int(during.Seconds()))),
	}[c.Profile]
	name := strings.ReplaceAll(fmt.Sprintf("parley-bench-%s-%s-%s.pprof", c.Workload, phase, c.Profile), " ", "-")
	if err := fetch(ctx, admin+"/debug/pprof/"+path, name); err != nil && ctx.Err() == nil {
		fmt.Fprintln(std.err, "the profile:", err)
	}
}

func fetch(ctx context.Context, url, name string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // read whole, or failed
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, resp.Status)
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, resp.Body); err != nil {
		f.Close() //nolint:errcheck // it is not whole
		return err
	}
	return f.Close()
}
