package bus

import (
	"errors"
	"fmt"
	"sync"
)

// state puts together how the connections are. One of them tells the listener at a time, so that what is told last is
// what holds; the listener may call the bus back, but not Close it.
type state struct {
	bus *Redis

	telling sync.Mutex // before mu
	told    bool       // Health was called
	well    bool       // with this

	mu    sync.Mutex
	ill   map[int]error // by partition
	first bool          // some connection has worked
	doubt string        // to be told
}

func (s *state) init(b *Redis) { s.bus, s.ill = b, map[int]error{} }

var errNotYet = errors.New("no connection has been made yet")

func (s *state) unwell() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, err := range s.ill {
		return err
	}
	if !s.first {
		return errNotYet
	}
	return nil
}

// broke notes that a connection does not work.
func (s *state) broke(partition int, err error) {
	s.mu.Lock()
	s.ill[partition] = err
	s.mu.Unlock()
	s.tell(false)
}

// works notes that a connection works; after a fault there is doubt, which is told when all work, or a little later.
func (s *state) works(partition int) {
	s.mu.Lock()
	if err, was := s.ill[partition]; was {
		s.bus.counters.rebuilds.Add(1)
		s.doubt = fmt.Sprintf("the bus was rebuilt: %v", err)
	}
	delete(s.ill, partition)
	s.first = true
	s.mu.Unlock()
	s.tell(false)
}

// rest notes that a connection is not needed any more.
func (s *state) rest(partition int) {
	s.mu.Lock()
	delete(s.ill, partition)
	s.mu.Unlock()
	s.tell(false)
}

// tell has the listener know what changed. Doubt waits until all connections work, unless it is late.
func (s *state) tell(late bool) {
	s.telling.Lock()
	defer s.telling.Unlock()
	err := s.unwell()
	if errors.Is(err, errNotYet) {
		return // why not is to be told, and will be known soon
	}
	if well := err == nil; !s.told || s.well != well {
		s.told, s.well = true, well
		s.bus.log(well, err)
		s.bus.listener.Health(well, err)
	}
	if err != nil && !late {
		return
	}
	s.mu.Lock()
	doubt := s.doubt
	s.doubt = ""
	s.mu.Unlock()
	if doubt != "" {
		s.bus.listener.Doubt(doubt)
	}
}

func (b *Redis) log(well bool, err error) {
	if well {
		b.config.Logger.Info("the bus between hubs works")
		return
	}
	b.config.Logger.Warn("the bus between hubs does not work; hubs compare with the store", "err", err)
}
