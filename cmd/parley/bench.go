package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"parley/cmd/parley/bench"
	"parley/session/token"
)

// benchCommand is the load generator.
type benchCommand struct {
	Workload string        `arg:"" help:"${enum}." enum:"fanout,rooms,idle,storm,history,cluster"`
	URL      []string      `name:"url" help:"Hubs to load, ws://HOST:PORT; by default servers of its own are started." placeholder:"URL"`
	Clients  int           `help:"Clients that connect; by default the workload's." placeholder:"N"`
	Rooms    int           `help:"Conversations that they are spread over; by default the workload's." placeholder:"N"`
	Rate     float64       `help:"Messages a second offered in the second phase; by default the workload's." placeholder:"R"`
	Duration time.Duration `help:"How long each phase is measured." default:"10s"`
	Messages int           `help:"Messages that the conversations hold before what is measured, all together; by default the workload's." placeholder:"N"`
	Payload  int           `help:"Bytes of a message's body, 16 at least." default:"128" placeholder:"BYTES"`
	PID      []string      `name:"pid" help:"A process whose CPU and memory are the server's; those that it starts itself it knows." placeholder:"NAME=PID"`
	JSON     bool          `name:"json" help:"Print one JSON object instead of a table."`
	HTML     string        `name:"html" help:"Write a report with charts, too." placeholder:"FILE"`
	Profile  string        `help:"Take a profile of the first server that bench starts, of each phase: cpu, heap or mutex." enum:",cpu,heap,mutex" default:"" placeholder:"KIND"`
	Hubs     int           `help:"Hubs to start; cluster starts two." placeholder:"N"`
	Store    string        `help:"Store of the hubs that are started; by default SQLite in a folder that is removed again." placeholder:"URL"`
	Redis    string        `help:"Redis that joins them." placeholder:"URL"`

	keyFlags
}

// Run runs the workload, and fails where a delivery was not as it must be.
func (c *benchCommand) Run(ctx context.Context, std stdio) error {
	opts := bench.Options{
		Workload: c.Workload, URLs: c.URL, Clients: c.Clients, Rooms: c.Rooms, Rate: c.Rate, Duration: c.Duration, Payload: c.Payload,
		Messages: c.Messages, Token: func(identity string) (string, error) { return c.mint(identity, "", 23*time.Hour) },
	}
	for _, pid := range c.PID {
		name, number, _ := strings.Cut(pid, "=")
		n, err := strconv.Atoi(number)
		if err != nil || n <= 0 {
			return usagef("--pid %s: NAME=PID", pid)
		}
		opts.Processes = append(opts.Processes, bench.Process{Name: name, PID: n})
	}
	if c.Profile != "" && len(c.URL) > 0 {
		return usagef("--profile is for servers that bench starts itself; ask the admin listener of others")
	}
	if len(c.URL) == 0 {
		own, err := c.start(ctx)
		if err != nil {
			return err
		}
		defer own.stop()
		opts.URLs, opts.Token = own.urls, own.token
		opts.Processes = append(opts.Processes, own.processes...)
		if c.Profile != "" {
			opts.Profile = func(phase string, during time.Duration) {
				own.profiles.Go(func() { c.profile(ctx, std, own.admin, phase, during) })
			}
		}
	}
	if onTerminal(std.err) {
		opts.Progress = std.err
	}
	result, err := bench.Run(ctx, opts)
	if result == nil {
		return err
	}
	return errors.Join(c.print(std.out, result), err)
}

func (c *benchCommand) print(out io.Writer, r *bench.Result) error {
	if c.HTML != "" {
		f, err := os.Create(c.HTML)
		if err != nil {
			return err
		}
		if err := errors.Join(bench.WriteHTML(f, r), f.Close()); err != nil {
			return err
		}
	}
	if c.JSON {
		return json.NewEncoder(out).Encode(r)
	}
	_, err := fmt.Fprint(out, bench.Table(r))
	return err
}

// mintAs makes tokens with a key of one's own.
func mintAs(key, secret, account string) func(identity string) (string, error) {
	return func(identity string) (string, error) {
		return token.Mint(key, secret, account, identity, "", 23*time.Hour, time.Now())
	}
}

// onTerminal reports whether somebody looks.
func onTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
