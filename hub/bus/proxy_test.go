package bus_test

import (
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// A proxy stands between a bus and its Redis and misbehaves on demand.
type proxy struct {
	listener  net.Listener
	to        string
	chunk     int // bytes of one write towards the bus; 0: as they come
	swallowed atomic.Int64
	done      sync.WaitGroup

	mu     sync.Mutex
	conns  map[net.Conn]*atomic.Bool // whether their bytes are swallowed
	refuse bool
}

func newProxy(t *testing.T, to string, chunk int) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l, to: to, chunk: chunk, conns: map[net.Conn]*atomic.Bool{}}
	p.done.Go(p.accept)
	t.Cleanup(func() {
		l.Close() //nolint:errcheck // it was open
		p.cut()
		p.done.Wait()
	})
	return p
}

func (p *proxy) url() string { return "redis://" + p.listener.Addr().String() }

func (p *proxy) accept() {
	for {
		in, err := p.listener.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", p.to)
		p.mu.Lock()
		if err != nil || p.refuse {
			in.Close() //nolint:errcheck // that is the point
			if err == nil {
				out.Close() //nolint:errcheck // likewise
			}
			p.mu.Unlock()
			continue
		}
		swallow := new(atomic.Bool)
		p.conns[in], p.conns[out] = swallow, swallow
		p.mu.Unlock()
		p.done.Go(func() { p.copy(out, in, swallow, 0) })
		p.done.Go(func() { p.copy(in, out, swallow, p.chunk) })
	}
}

// copy carries bytes one way until either end closes.
func (p *proxy) copy(to, from net.Conn, swallow *atomic.Bool, chunk int) {
	defer to.Close()   //nolint:errcheck // the other end has gone
	defer from.Close() //nolint:errcheck // likewise
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		if swallow.Load() {
			p.swallowed.Add(int64(n))
			continue
		}
		step := n
		if chunk > 0 {
			step = chunk
		}
		for begin := 0; begin < n; begin += step {
			if _, err := to.Write(buffer[begin:min(begin+step, n)]); err != nil {
				return
			}
		}
	}
}

// halfOpen has the connections of now live on without anything coming through. New ones are sound.
func (p *proxy) halfOpen() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, swallow := range p.conns {
		swallow.Store(true)
	}
}

// part refuses all connections and cuts those of now, or lets them be made again.
func (p *proxy) part(parted bool) {
	p.mu.Lock()
	p.refuse = parted
	p.mu.Unlock()
	if parted {
		p.cut()
	}
}

func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		c.Close() //nolint:errcheck // that is the point
	}
	clear(p.conns)
}
