package web_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"parley/web"
	"parley/web/frametest"
)

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
