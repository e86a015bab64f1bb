package bench

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// Options say what a run does. Workload, URLs and Token are needed; zero values of the others have the workload's defaults.
type Options struct {
	Workload  string
	URLs      []string // of hubs, ws:// or http://; clients are spread over them
	Token     func(identity string) (string, error)
	Clients   int                                      // connected
	Rooms     int                                      // conversations, for workloads with several
	Rate      float64                                  // messages a second that are offered at the fixed rate
	Duration  time.Duration                            // of each measured phase
	Messages  int                                      // that conversations hold before what is measured, all together
	Payload   int                                      // bytes of a body, at least dueDigits
	Processes []Process                                // whose CPU and memory are the servers'
	Profile   func(phase string, during time.Duration) // called when a measured phase begins; nil: nothing
	Progress  io.Writer                                // a line a second; nil: none
}

// Process is one of the servers'.
type Process struct {
	Name string
	PID  int
}

// ErrUnsound says that deliveries were lost, repeated or out of order; the Result tells how many.
var ErrUnsound = errors.New("deliveries were lost, repeated or out of order")

// Workloads are the names of the workloads.
func Workloads() []string { return []string{"fanout", "rooms", "idle", "storm", "history", "cluster"} }

// defaults are those of a workload: clients, conversations, rate, messages.
var defaults = map[string]Options{
	"fanout":  {Clients: 1000, Rooms: 1, Rate: 20},
	"rooms":   {Clients: 5000, Rooms: 1000, Rate: 500},
	"idle":    {Clients: 10_000, Rooms: 10_000},
	"storm":   {Clients: 5000, Rooms: 50, Rate: 100},
	"history": {Clients: 1, Rooms: 1, Messages: 100_000},
	"cluster": {Clients: 1000, Rooms: 1, Rate: 20},
}

func (o *Options) setDefaults() error {
	d, known := defaults[o.Workload]
	switch {
	case !known:
		return fmt.Errorf("no workload %q: %v", o.Workload, Workloads())
	case len(o.URLs) == 0:
		return errors.New("no server")
	case o.Workload == "cluster" && len(o.URLs) < 2:
		return errors.New("cluster takes several hubs")
	}
	if o.Clients == 0 {
		o.Clients = d.Clients
	}
	if o.Rooms == 0 {
		o.Rooms = min(d.Rooms, o.Clients)
	}
	if o.Rate == 0 {
		o.Rate = d.Rate
	}
	if o.Duration == 0 {
		o.Duration = 10 * time.Second
	}
	if o.Messages == 0 {
		o.Messages = d.Messages
	}
	if o.Payload == 0 {
		o.Payload = 128
	}
	switch {
	case o.Clients < 1 || o.Rooms < 1 || o.Rooms > o.Clients:
		return fmt.Errorf("%d conversations for %d clients: there must be one at least, and no more than clients", o.Rooms, o.Clients)
	case o.Payload < dueDigits || o.Payload > 32<<10:
		return fmt.Errorf("a payload of %d bytes: it must have %d to %d", o.Payload, dueDigits, 32<<10)
	case o.Rate < 0 || o.Duration < 0 || o.Messages < 0:
		return errors.New("rate, duration and messages cannot be negative")
	}
	return nil
}
