package web_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/session"
	"parley/web"
	"parley/web/frametest"
)

// tight is a transport that fills soon.
var tight = web.Transport{SendBuffer: 8 << 10, WriteTimeout: 300 * time.Millisecond}

// reading reads on, as a session's reader does, and tells when it ended.
func reading(tb testing.TB, c session.Conn) (ended chan error) {
	tb.Helper()
	ended = make(chan error, 1)
	done := make(chan struct{})
	tb.Cleanup(func() { c.Abort(); <-done })
	go func() {
		defer close(done)
		for {
			r, _, err := c.Next()
			if err == nil {
				_, err = io.Copy(io.Discard, r)
			}
			if err != nil {
				ended <- err
				return
			}
		}
	}()
	return ended
}

// fill sends until the socket takes no more, and answers the texts.
func fill(tb testing.TB, c session.Conn) (sent []string) {
	tb.Helper()
	for i := range 1000 {
		text := fmt.Sprint(i, strings.Repeat(" filling", 8<<10))
		done, err := c.Send(frame(text))
		if err != nil {
			tb.Fatal(err)
		}
		if sent = append(sent, text); !done {
			return sent
		}
	}
	tb.Fatal("the socket takes everything")
	return nil
}

func TestSendSizes(t *testing.T) {
	for name, cfg := range map[string]web.Config{
		"plain": {}, "TLS": {TLS: selfSigned(t)}, "compression offered": {Transport: web.Transport{Compression: true}},
	} {
		t.Run(name, func(t *testing.T) {
			c, peer := own(t, cfg)
			for _, size := range []int{0, 1, 125, 126, 65535, 65536, 1 << 20} {
				text := strings.Repeat("x", size)
				peer.Meanwhile(func() {
					if err := say(c, frame(text)); err != nil {
						t.Error(err)
					}
				})
				peer.Want(frametest.Text, []byte(text))
			}
		})
	}
}

// TestHalfWrittenFrame: a pong is due while a data frame is half out. It must wait for the rest.
func TestHalfWrittenFrame(t *testing.T) {
	c, peer := own(t, web.Config{Transport: web.Transport{SendBuffer: 8 << 10}})
	reading(t, c)
	sent := fill(t, c)
	before := c.Heard()
	peer.Send(frametest.Frame{Opcode: frametest.Ping, Payload: []byte("now?")})
	until(t, "the ping is read", func() bool { return c.Heard().After(before) })
	c.Ping() // there is no room for it
	flushed := make(chan error, 1)
	go func() { flushed <- c.Flush() }()
	for _, text := range sent {
		peer.Want(frametest.Text, []byte(text))
	}
	peer.Want(frametest.Pong, []byte("now?"))
	if err := <-flushed; err != nil {
		t.Fatal(err)
	}
}

// TestPongWaitsTooLong: a pong that has no chance for 5 s ends the connection.
func TestPongWaitsTooLong(t *testing.T) {
	t.Parallel()
	c, peer := own(t, web.Config{Transport: web.Transport{SendBuffer: 8 << 10}})
	ended := reading(t, c)
	fill(t, c)
	began := time.Now()
	peer.Send(frametest.Frame{Opcode: frametest.Ping})
	if err := <-ended; err == nil || time.Since(began) < 4*time.Second || time.Since(began) > 8*time.Second {
		t.Fatalf("ended after %v: %v", time.Since(began), err)
	}
	if _, err := c.Send(frame("x")); err == nil {
		t.Fatal("sent on a connection that ended")
	}
}

// TestWriteTimeout: a peer that takes nothing for so long is gone (rule R24).
func TestWriteTimeout(t *testing.T) {
	for name, cfg := range map[string]web.Config{
		"plain": {Transport: tight}, "TLS": {Transport: tight, TLS: selfSigned(t)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := own(t, cfg)
			began := time.Now()
			err := say(c, frame(strings.Repeat("x", 8<<20)))
			if took := time.Since(began); err == nil || took < tight.WriteTimeout || took > 10*tight.WriteTimeout {
				t.Fatalf("after %v: %v", took, err)
			}
			if !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("%v does not say that it was too late", err)
			}
			if _, err := c.Send(frame("x")); err == nil {
				t.Error("sent after half a frame was given up")
			}
		})
	}
}

// TestSlowReader: each byte that is taken extends the write timeout, so that one that is merely slow gets everything.
func TestSlowReader(t *testing.T) {
	for name, cfg := range map[string]web.Config{
		"plain": {Transport: tight}, "TLS": {Transport: tight, TLS: selfSigned(t)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, peer := own(t, cfg)
			text := strings.Repeat("slow ", 1<<20)
			said := make(chan error, 1)
			began := time.Now()
			go func() { said <- say(c, frame(text)) }()
			got := readSlowly(t, peer.Conn, len(text)+10, 256<<10, 60*time.Millisecond)
			if err := <-said; err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took < 2*tight.WriteTimeout {
				t.Errorf("%v is too quick to show anything", took)
			}
			if !bytes.Equal(got[10:], []byte(text)) {
				t.Error("the bytes are not those that were sent")
			}
		})
	}
}

// TestTrickler: a peer that reads a byte now and then lets the kernel take nothing for minutes, and is as good
// as dead (rule R24).
func TestTrickler(t *testing.T) {
	t.Parallel()
	c, peer := own(t, web.Config{Transport: tight})
	stop := make(chan struct{})
	defer close(stop)
	peer.Meanwhile(func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for one := make([]byte, 1); ; {
			select {
			case <-tick.C:
				_, _ = peer.Read(one)
			case <-stop:
				return
			}
		}
	})
	if err := say(c, frame(strings.Repeat("x", 8<<20))); err == nil {
		t.Fatal("everything was taken")
	}
}

// readSlowly reads n bytes, at most chunk of them in each interval.
func readSlowly(tb testing.TB, c net.Conn, n, chunk int, interval time.Duration) []byte {
	tb.Helper()
	tick := time.NewTicker(interval)
	defer tick.Stop()
	got := make([]byte, n)
	for at := 0; at < n; <-tick.C {
		_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
		m, err := io.ReadFull(c, got[at:min(n, at+chunk)])
		if at += m; err != nil {
			tb.Fatal(err)
		}
	}
	return got
}

// TestManyWriters: data, pings and pongs from three goroutines at once are whole frames, each kind in its order.
func TestManyWriters(t *testing.T) {
	for name, cfg := range map[string]web.Config{
		"plain": {}, "tight": {Transport: web.Transport{SendBuffer: 8 << 10}}, "TLS": {TLS: selfSigned(t)},
		"compression offered": {Transport: web.Transport{Compression: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			manyWriters(t, cfg)
		})
	}
}

func manyWriters(t *testing.T, cfg web.Config) {
	t.Helper()
	c, peer := own(t, cfg)
	reading(t, c)
	const n = 500
	var wg sync.WaitGroup
	stop := make(chan struct{})
	t.Cleanup(func() {
		close(stop)
		c.Abort()
		wg.Wait()
	})
	wg.Go(func() {
		for i := range n {
			if err := say(c, frame(fmt.Sprint(i, strings.Repeat("x", i*i%70_000)))); err != nil {
				t.Error(err)
				return
			}
		}
	})
	wg.Go(func() {
		for i := range n {
			peer.Send(frametest.Frame{Opcode: frametest.Ping, Payload: fmt.Append(nil, i)})
		}
	})
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				c.Ping()
				runtime.Gosched()
			}
		}
	})
	wantMany(t, peer, n)
}

// wantMany reads n texts and n pongs, numbered, and any pings.
func wantMany(t *testing.T, peer *frametest.Client, n int) {
	t.Helper()
	for texts, pongs := 0, 0; texts < n || pongs < n; {
		f := peer.Next()
		var want string
		switch f.Opcode {
		case frametest.Text:
			want = fmt.Sprint(texts, strings.Repeat("x", texts*texts%70_000))
			texts++
		case frametest.Pong:
			want = fmt.Sprint(pongs)
			pongs++
		case frametest.Ping:
		default:
			t.Fatalf("opcode %x", f.Opcode)
		}
		if string(f.Payload) != want {
			t.Fatalf("opcode %x: got %d bytes, want %d", f.Opcode, len(f.Payload), len(want))
		}
	}
}

// TestPing: an empty ping, also over TLS; nothing once the connection ended.
func TestPing(t *testing.T) {
	for name, cfg := range map[string]web.Config{"plain": {}, "TLS": {TLS: selfSigned(t)}} {
		t.Run(name, func(t *testing.T) {
			c, peer := own(t, cfg)
			before := c.Wrote()
			c.Ping()
			peer.Want(frametest.Ping, nil)
			if !c.Wrote().After(before) {
				t.Error("Wrote does not tell of the ping")
			}
			c.Abort()
			c.Ping()
			peer.WantEnd()
		})
	}
}

// TestPingNeverWaits: with a socket that takes no more, the ping is left out.
func TestPingNeverWaits(t *testing.T) {
	for name, cfg := range map[string]web.Config{
		"plain": {Transport: tight}, "TLS": {Transport: tight, TLS: selfSigned(t)},
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := own(t, cfg)
			began := time.Now()
			for range 200_000 { // 2 bytes each, 24 over TLS: more than the socket holds
				c.Ping()
			}
			if took := time.Since(began); took > 20*time.Second {
				t.Fatalf("took %v", took)
			}
		})
	}
}

func TestSendAllocatesNothing(t *testing.T) {
	c, peer := own(t, web.Config{})
	peer.Meanwhile(func() { _, _ = io.Copy(io.Discard, peer.Conn) })
	defer c.Abort()
	f := frame(strings.Repeat("x", 300))
	if n := testing.AllocsPerRun(1000, func() {
		if err := say(c, f); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations for each frame", n)
	}
}
