package web_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strings"
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
			if took := time.Since(began); err == nil || took < tight.WriteTimeout || took > 20*time.Second {
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
		_ = c.SetReadDeadline(time.Now().Add(time.Minute))
		m, err := io.ReadFull(c, got[at:min(n, at+chunk)])
		if at += m; err != nil {
			tb.Fatal(err)
		}
	}
	return got
}
