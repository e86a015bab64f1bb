package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/cmd/parley/bench"
)

// row is one workload, and the figures of it that are compared.
type row struct {
	args    []string
	others  bool // the floor and Centrifuge can do it too
	joined  bool // hubs on a PostgreSQL and a Redis
	figures []figure
}

// figure is one number of a result. What is target is Parley's to reach: a ratio to the floor, or where that cannot do it the number.
type figure struct {
	name   string
	target float64
	of     func(r *bench.Result) float64
}

func serverCPU(r *bench.Result) float64 { return r.ServerCPU }
func pacedCPU(r *bench.Result) float64  { return r.Phases[1].ServerCPU }
func perAck(r *bench.Result) float64    { return r.Phases[0].ServerAck }
func rate(r *bench.Result) float64      { return r.DeliveriesPerS }

var rows = []row{
	{args: []string{"fanout", "--clients", "1000"}, others: true, figures: []figure{
		{"fanout 1,000 saturated, CPU us per delivery", 1.1, serverCPU},
		{"fanout 1,000 saturated, deliveries/s", 0.9, rate},
		{"fanout 1,000 saturated, p99 ms", 0, func(r *bench.Result) float64 { return r.Phases[0].P99 }},
		{"fanout 1,000 at 20 msg/s, CPU us per delivery", 1.15, pacedCPU},
	}},
	{args: []string{"fanout", "--clients", "5000"}, others: true, figures: []figure{
		{"fanout 5,000 saturated, CPU us per delivery", 1.0, serverCPU},
		{"fanout 5,000 saturated, deliveries/s", 0.9, rate},
	}},
	{args: []string{"fanout", "--clients", "100"}, others: true, figures: []figure{{"fanout 100 saturated, CPU us per delivery", 0, serverCPU}}},
	{args: []string{"rooms"}, others: true, figures: []figure{
		{"rooms 1,000 x 5 saturated, CPU us per message", 1.8, perAck},
		{"rooms at 500 msg/s, p50 ms", 0, func(r *bench.Result) float64 { return r.P50 }},
		{"rooms at 500 msg/s, p99 ms", 0, func(r *bench.Result) float64 { return r.P99 }},
	}},
	{args: []string{"idle", "--clients", "10000", "--duration", "8s"}, others: true, figures: []figure{
		{"idle connection, KiB", 0, func(r *bench.Result) float64 { return r.RSS }},
		{"1,000 connects, CPU s", 0, func(r *bench.Result) float64 { return r.ConnectCPU }},
	}},
	{args: []string{"cluster"}, joined: true, figures: []figure{{"cluster, 2 hubs, PostgreSQL and Redis, CPU us per delivery", 3, serverCPU}}},
	{args: []string{"storm"}, figures: []figure{
		{"storm 5,000, s until all are caught up", 1.2, func(r *bench.Result) float64 { return r.CaughtUp }},
		{"memory before the storm, MiB", 0, func(r *bench.Result) float64 { return r.MemoryBefore }},
		{"memory after the storm, MiB", 0, func(r *bench.Result) float64 { return r.MemoryAfter }},
	}},
	{args: []string{"history"}, figures: []figure{{"page of 50 of 100,000, p50 ms", 0.5, func(r *bench.Result) float64 { return r.P50 }}}},
}

func main() {
	rounds := flag.Int("rounds", 3, "how often each is measured; the median counts")
	duration := flag.Duration("duration", 5*time.Second, "of each phase")
	only := flag.String("only", "", "rows whose workload and arguments begin so")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, 20*time.Minute)
	defer cancel()
	if err := sit(ctx, *rounds, *duration, *only); err != nil {
		log.Fatal(err) //nolint:gocritic // nothing is left to be undone
	}
}

// sit measures everything, and prints the table.
func sit(ctx context.Context, rounds int, duration time.Duration, only string) error {
	folder, err := os.MkdirTemp("", "parley-sitting-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder) //nolint:errcheck // a folder of temporary files
	for _, name := range []string{"cmd/parley", "cmd/parley/bench/floor", "cmd/parley/bench/peers"} {
		build := exec.CommandContext(ctx, "go", "-C", name, "build", "-o", folder, ".")
		build.Env, build.Stderr = append(os.Environ(), "CGO_ENABLED=0"), os.Stderr
		if err := build.Run(); err != nil {
			return err
		}
	}
	fmt.Println("| what | floor | Centrifuge | Parley | ratio to the floor | to reach |\n| --- | --- | --- | --- | --- | --- |")
	for _, row := range rows {
		if !strings.HasPrefix(strings.Join(row.args, " "), only) {
			continue
		}
		if err := row.measure(ctx, folder, rounds, duration); err != nil {
			return fmt.Errorf("%v: %w", row.args, err)
		}
	}
	return nil
}

// measure prints the lines of a row: medians, and the median of the ratios that were measured one after the other.
func (row *row) measure(ctx context.Context, folder string, rounds int, duration time.Duration) error {
	var floors, peers, parleys []*bench.Result
	args := append([]string{row.args[0], "--duration", duration.String()}, row.args[1:]...)
	if row.joined {
		where, end, err := services(ctx)
		if err != nil {
			return err
		}
		defer end()
		args = append(args, where...)
	}
	for range rounds {
		if row.others {
			floor, err := beside(ctx, folder, "floor", args)
			if err != nil {
				return fmt.Errorf("the floor: %w", err)
			}
			peer, err := beside(ctx, folder, "peers", args)
			if err != nil {
				return fmt.Errorf("centrifuge: %w", err)
			}
			floors, peers = append(floors, floor), append(peers, peer)
		}
		r, err := run(ctx, folder, args)
		if err != nil {
			return err
		}
		parleys = append(parleys, r)
	}
	for _, f := range row.figures {
		mine, other, peer, ratio, target := median(parleys, f.of), "-", "-", "-", "-"
		if row.others {
			other, peer = short(median(floors, f.of)), short(median(peers, f.of))
			var ratios []float64
			for i := range parleys {
				ratios = append(ratios, f.of(parleys[i])/f.of(floors[i]))
			}
			slices.Sort(ratios)
			ratio = fmt.Sprintf("%.2fx", ratios[len(ratios)/2])
		}
		if f.target > 0 {
			if target = short(f.target); row.others {
				target += "x"
			}
		}
		fmt.Printf("| %s | %s | %s | %s | %s | %s |\n", f.name, other, peer, short(mine), ratio, target)
	}
	return nil
}

func short(v float64) string { return strconv.FormatFloat(v, 'g', 3, 64) }

func median(all []*bench.Result, of func(*bench.Result) float64) float64 {
	var values []float64
	for _, r := range all {
		values = append(values, of(r))
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// beside runs a workload against another server, which prints its URL.
func beside(ctx context.Context, folder, name string, args []string) (*bench.Result, error) {
	ctx, cancel := context.WithCancel(ctx)
	server := exec.CommandContext(ctx, filepath.Join(folder, name))
	out, err := server.StdoutPipe()
	if err == nil {
		err = server.Start()
	}
	if err != nil {
		cancel()
		return nil, err
	}
	defer server.Wait() //nolint:errcheck // it was killed
	defer cancel()
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, err
	}
	return run(ctx, folder, append(args, "--url", strings.TrimSpace(url), "--pid", fmt.Sprintf("%s=%d", name, server.Process.Pid),
		"--account-sid", "AC00000000000000000000000000000001", "--api-key", "SK00000000000000000000000000000001:of a server that does not look"))
}

// run runs parley bench.
func run(ctx context.Context, folder string, args []string) (*bench.Result, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(folder, "parley"), append([]string{"bench", "--json"}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, errors.Join(err, errors.New(string(out)))
	}
	r := &bench.Result{}
	return r, json.Unmarshal(out, r)
}
