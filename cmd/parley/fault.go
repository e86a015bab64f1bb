//go:build fault

package main

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"time"

	"parley/hub"
	"parley/hub/bus/bustest"
	"parley/session/token"
)

// What the tests of clusters do to a hub from within: lose, repeat and reorder what the bus brings, and set its clock wrong.
// It takes the build tag fault. A flag would do as well, and then anybody who can set an environment variable of a
// hub in production could have it lose what it hears; and the hostile bus would be in everybody's binary.
//
//	PARLEY_FAULT_BUS      shares of payloads: drop=0.01,repeat=0.01,reorder=0.01,delay=0.01
//	PARLEY_FAULT_SEED     of the chance in it
//	PARLEY_FAULT_COMPARE  how often everything is compared with the store, 3s for instance
//	PARLEY_FAULT_CLOCK    by how much the clock of tokens and sids is ahead, -5m for instance. All dates that count come
//	                      from the store

// skew sets the clock wrong.
func skew(tokens *token.Config) error {
	text := os.Getenv("PARLEY_FAULT_CLOCK")
	if text == "" {
		return nil
	}
	by, err := time.ParseDuration(text)
	if err != nil {
		return err
	}
	hub.SkewClock(by)
	tokens.Now = func() time.Time { return time.Now().Add(by) }
	return nil
}

// disturb makes the bus hostile.
func disturb(config *hub.Config, log *slog.Logger) (err error) {
	if text := os.Getenv("PARLEY_FAULT_COMPARE"); text != "" {
		if config.Compare, err = time.ParseDuration(text); err != nil {
			return err
		}
	}
	text := os.Getenv("PARLEY_FAULT_BUS")
	if text == "" || config.Bus == nil {
		return nil
	}
	rates, err := parseRates(text)
	if err != nil {
		return err
	}
	seed, _ := strconv.ParseUint(os.Getenv("PARLEY_FAULT_SEED"), 10, 64) // 0 is as good
	config.Bus = &toldBus{bustest.Hostile(config.Bus, rand.New(rand.NewPCG(seed, 0)), rates), log}
	return nil
}

func parseRates(text string) (rates bustest.Rates, err error) {
	fields := map[string]*float64{"drop": &rates.Drop, "repeat": &rates.Repeat, "reorder": &rates.Reorder, "delay": &rates.Delay}
	for part := range strings.SplitSeq(text, ",") {
		name, value, _ := strings.Cut(part, "=")
		if fields[name] == nil {
			return rates, fmt.Errorf("PARLEY_FAULT_BUS: there is no share %q", name)
		}
		if *fields[name], err = strconv.ParseFloat(value, 64); err != nil {
			return rates, err
		}
	}
	return rates, nil
}

// toldBus says in the end what it did.
type toldBus struct {
	*bustest.HostileBus
	log *slog.Logger
}

// Close implements hub.Bus.
func (b *toldBus) Close() {
	b.HostileBus.Close()
	b.log.Warn("the bus was hostile", "dropped", b.Dropped.Load(), "repeated", b.Repeated.Load(), "reordered", b.Reordered.Load())
}
