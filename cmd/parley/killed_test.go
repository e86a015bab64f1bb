package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/session/client"
	"parley/session/wire"
)

// hubProcess is the real binary on one SQLite file, started and killed as often as a test wants, on one port.
type hubProcess struct {
	t    *testing.T
	dir  string
	addr string
	cmd  *exec.Cmd
}

func newHubProcess(t *testing.T) *hubProcess {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &hubProcess{t: t, dir: t.TempDir(), addr: l.Addr().String()}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	return p
}

// start runs the hub and waits until it answers.
func (p *hubProcess) start() {
	p.t.Helper()
	path, err := binary()
	if err != nil {
		p.t.Fatal(err)
	}
	p.cmd = exec.Command(path, "dev", "--listen", p.addr, "--admin", "", "--session-rate", "0", "--log-level", "error",
		"--store", "sqlite:"+filepath.Join(p.dir, "parley.db"))
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 1500 {
		if resp, err := http.Get("http://" + p.addr + "/readyz"); err == nil {
			resp.Body.Close() //nolint:errcheck // only the status counts
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		<-tick.C
	}
	p.t.Fatal("the hub does not come up")
}

// kill is kill -9.
func (p *hubProcess) kill() {
	if p.cmd == nil {
		return
	}
	p.cmd.Process.Kill() //nolint:errcheck // it may be gone
	p.cmd.Wait()         //nolint:errcheck // killed
	p.cmd = nil
}

func (p *hubProcess) token(identity string) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.addr+"/dev/token?identity="+identity, nil)
		if err != nil {
			return "", err
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return "", err
		}
		defer resp.Body.Close() //nolint:errcheck // read to its end
		line, err := bufio.NewReader(resp.Body).ReadString('\n')
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return strings.TrimSpace(line), err
	}
}

// observer is one client that sends, and checks all that it is told against the guarantees: each message once and in index
// order, whatever the connection went through.
type observer struct {
	t    *testing.T
	name string
	*client.Client

	mu    sync.Mutex
	next  map[string]int64  // index that is due, by conversation
	acked map[string]string // nonce to conversation and index
}

func (p *hubProcess) observe(name string) *observer {
	p.t.Helper()
	o := &observer{t: p.t, name: name, next: map[string]int64{}, acked: map[string]string{}}
	ctx, cancel := context.WithTimeout(p.t.Context(), 30*time.Second)
	defer cancel()
	var err error
	o.Client, err = client.Dial(ctx, client.Config{
		URL: "http://" + p.addr, Token: p.token(name), OnEvent: o.event,
		Backoff: client.Backoff{First: 20 * time.Millisecond, Most: 200 * time.Millisecond},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(o.Close)
	return o
}

func (o *observer) event(e client.Event) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch e.Method {
	case wire.EventMessageAdded:
		sid := string(e.ConversationSID)
		if due := o.next[sid]; e.Message.Index != due {
			o.t.Errorf("%s: message %d of %s came where %d was due", o.name, e.Message.Index, sid, due)
		}
		o.next[sid] = e.Message.Index + 1
	case wire.EventConversationReset:
		o.t.Errorf("%s: a resume was answered with a reset", o.name)
	}
}

func (o *observer) seen(sid string) int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.next[sid]
}

// load sends to random conversations until stop, and keeps every ack.
func (o *observer) load(ctx context.Context, rng *rand.Rand, sids []string) {
	for i := 0; ctx.Err() == nil; i++ {
		sid, nonce := sids[rng.IntN(len(sids))], fmt.Sprintf("%s-%d", o.name, i)
		m, err := o.Send(ctx, sid, client.Draft{Body: nonce, Nonce: nonce})
		if err != nil {
			continue // unknown: the final read tells
		}
		o.mu.Lock()
		o.acked[nonce] = fmt.Sprintf("%s %d", sid, m.Index)
		o.mu.Unlock()
	}
}

// TestKilledUnderLoad kills the hub again and again while clients send: what was acknowledged is there exactly once, indexes
// have no holes, and every client that came back saw each message once and in order.
func TestKilledUnderLoad(t *testing.T) {
	const threads, senders, acks = 50, 24, 10_000
	rounds := 20
	if testing.Short() {
		rounds = 3
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	p := newHubProcess(t)
	p.start()
	var all []*observer
	for i := range senders {
		all = append(all, p.observe(fmt.Sprintf("user%d", i)))
	}
	sids := make([]string, threads)
	for i := range sids {
		c, err := all[0].CreateConversation(t.Context(), client.NewConversation{FriendlyName: fmt.Sprint(i)})
		if err != nil {
			t.Fatal(err)
		}
		sids[i] = string(c.SID)
		if _, err := all[0].Join(t.Context(), sids[i]); err != nil {
			t.Fatal(err)
		}
		for _, o := range all[1:] {
			if _, err := all[0].Add(t.Context(), sids[i], o.name); err != nil {
				t.Fatal(err)
			}
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for i, o := range all {
		wg.Go(func() { o.load(ctx, rand.New(rand.NewPCG(seed, uint64(i))), sids) })
	}
	rng := rand.New(rand.NewPCG(seed, senders))
	for range rounds {
		wait := time.NewTimer(time.Duration(300+rng.IntN(1200)) * time.Millisecond)
		<-wait.C
		p.kill()
		p.start()
	}
	await(t, "enough acks", func() bool { return countAcks(all) >= acks || testing.Short() })
	stop()
	wg.Wait()
	t.Logf("%d acks over %d kills", countAcks(all), rounds)
	judge(t, all, sids)
}

func countAcks(all []*observer) (n int) {
	for _, o := range all {
		o.mu.Lock()
		n += len(o.acked)
		o.mu.Unlock()
	}
	return n
}

func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for range 2400 {
		if ok() {
			return
		}
		<-tick.C
	}
	t.Fatalf("waited in vain for %s", what)
}

// judge reads everything through the protocol and holds it against what was acknowledged and seen.
func judge(t *testing.T, all []*observer, sids []string) {
	t.Helper()
	stored := map[string]string{}
	for _, sid := range sids {
		total := readAll(t, all[0], sid, stored)
		for _, o := range all {
			await(t, fmt.Sprintf("%s to have all of %s", o.name, sid), func() bool { return o.seen(sid) >= total })
		}
	}
	for _, o := range all {
		for nonce, where := range o.acked {
			if stored[nonce] != where {
				t.Errorf("%s was acknowledged at %q but is stored at %q", nonce, where, stored[nonce])
			}
		}
	}
}

// readAll pages through a conversation from its beginning, and answers how many messages it has.
func readAll(t *testing.T, o *observer, sid string, stored map[string]string) int64 {
	t.Helper()
	next := int64(0)
	for {
		page, err := o.Messages(t.Context(), sid, client.MessageQuery{Anchor: &next, Forward: true, Size: 100})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page.Messages {
			if m.Index != next {
				t.Errorf("%s has message %d where %d was due", sid, m.Index, next)
			}
			if before, twice := stored[m.Nonce]; twice {
				t.Errorf("%s is stored twice: %s and %s %d", m.Nonce, before, sid, m.Index)
			}
			stored[m.Nonce] = fmt.Sprintf("%s %d", sid, m.Index)
			next = m.Index + 1
		}
		if !page.HasNext {
			return next
		}
	}
}
