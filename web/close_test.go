package web_test

import (
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"parley/web"
	"parley/web/frametest"
)

func dial(tb testing.TB, addr string) net.Conn {
	tb.Helper()
	c, err := new(net.Dialer).DialContext(tb.Context(), "tcp", addr)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = c.Close() })
	return c
}

func TestClose(t *testing.T) {
	for name, cfg := range map[string]web.Config{"plain": {}, "TLS": {TLS: selfSigned(t)}} {
		t.Run(name, func(t *testing.T) {
			c, peer := own(t, cfg)
			ended := reading(t, c)
			began := time.Now()
			peer.Meanwhile(func() { c.Close(4401, "token expired") })
			if reason := peer.WantClose(4401); reason != "token expired" {
				t.Errorf("reason %q", reason)
			}
			if err := <-ended; err == nil {
				t.Error("reading ended without an error")
			}
			if took := time.Since(began); took > 4*time.Second { // Close gives up after five
				t.Errorf("took %v though the peer answered", took)
			}
			if _, err := c.Send(frame("more")); !errors.Is(err, net.ErrClosed) {
				t.Errorf("sent after the close frame: %v", err)
			}
		})
	}
}

// TestCloseReason: reasons that are too long are cut at a code point.
func TestCloseReason(t *testing.T) {
	c, peer := own(t, web.Config{})
	peer.Meanwhile(func() { c.Close(1012, strings.Repeat("ä", 100)) })
	reason := peer.WantClose(1012)
	if len(reason) > 123 || len(reason) < 120 || !utf8.ValidString(reason) {
		t.Errorf("reason of %d bytes %q", len(reason), reason)
	}
}

// TestCloseIsBounded: whatever a peer does or leaves undone, Close is back after 5 s. All wait at the same time.
func TestCloseIsBounded(t *testing.T) {
	t.Parallel()
	half := frametest.Frame{Opcode: frametest.Text, Payload: make([]byte, 70_000)}.Append(nil)[:30_000]
	var wg sync.WaitGroup
	for name, tc := range map[string]struct {
		sends      []byte
		read, deaf bool
	}{
		"silent":                  {nil, true, false},
		"half a frame, unread":    {half, false, false},
		"half a frame being read": {half, true, false},
		"half a head":             {[]byte{0x81}, false, false},
		"deaf":                    {nil, false, true},
	} {
		c, peer := own(t, web.Config{Transport: web.Transport{SendBuffer: 8 << 10}})
		if tc.read {
			reading(t, c)
		}
		if tc.deaf {
			fill(t, c)
		}
		peer.WriteRaw(tc.sends)
		wg.Go(func() {
			if took := closes(c.Close); took > 6*time.Second {
				t.Errorf("%s: took %v", name, took)
			}
		})
	}
	wg.Wait()
}

func closes(do func(int, string)) time.Duration {
	began := time.Now()
	do(1001, "")
	return time.Since(began)
}

// TestNothingFollowsClose: frames, pings and a half-written rest stay behind a close frame.
func TestNothingFollowsClose(t *testing.T) {
	c, peer := own(t, web.Config{})
	reading(t, c)
	peer.Meanwhile(func() { c.Close(1001, "bye") })
	f := peer.Next()
	if f.Opcode != frametest.Close {
		t.Fatalf("opcode %x", f.Opcode)
	}
	c.Ping()
	if done, _ := c.Send(frame("more")); done { // it may still learn that the line is shut
		t.Error("sent")
	}
	peer.Send(frametest.Frame{Opcode: frametest.Ping}, frametest.Goodbye(1001, ""))
	peer.WantEnd()
}

// TestAbort: everybody who waits on the connection returns at once.
func TestAbort(t *testing.T) {
	for name, cfg := range map[string]web.Config{
		"plain": {Transport: web.Transport{SendBuffer: 8 << 10}},
		"TLS":   {Transport: web.Transport{SendBuffer: 8 << 10}, TLS: selfSigned(t)},
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := own(t, cfg)
			ended := reading(t, c)
			flushed := make(chan error, 1)
			closed := make(chan struct{})
			go func() { flushed <- say(c, frame(strings.Repeat("x", 8<<20))) }()
			go func() {
				defer close(closed)
				c.Close(1001, "")
			}()
			began := time.Now()
			for range 3 {
				c.Abort()
			}
			if took := time.Since(began); took > 4*time.Second { // as long as Close may take, nearly
				t.Errorf("Abort took %v", took)
			}
			if err := <-ended; err == nil {
				t.Error("reading ended without an error")
			}
			if err := <-flushed; err == nil {
				t.Error("8 MiB were flushed")
			}
			<-closed
			if took := time.Since(began); took > 4*time.Second { // Close gives up after five
				t.Errorf("all were back after %v", took)
			}
		})
	}
}

// TestBadFrameWithMuchBehind: the close frame arrives although the server leaves much unread, which resets a
// connection that is closed at once.
func TestBadFrameWithMuchBehind(t *testing.T) {
	_, addr := serve(t, web.Config{})
	for range 20 {
		c := frametest.Connect(t, addr)
		c.Meanwhile(func() {
			c.Send(frametest.Frame{Opcode: 0x7})
			c.WriteRaw(make([]byte, 1<<20))
		})
		c.WantClose(1002)
	}
}
