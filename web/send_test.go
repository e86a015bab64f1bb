package web_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"parley/session"
	"parley/web"
	"parley/web/frametest"
)

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
