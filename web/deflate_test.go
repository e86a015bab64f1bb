package web_test

import (
	"bytes"
	"compress/flate"
	"strings"
	"testing"

	"parley/web"
	"parley/web/frametest"
)

var compressing = web.Config{Transport: web.Transport{Compression: true}}

const offersDeflate = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"

// deflated is a payload as permessage-deflate sends it (RFC 7692 7.2.1).
func deflated(tb testing.TB, p []byte) []byte {
	tb.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestSpeed)
	if err != nil {
		tb.Fatal(err)
	}
	_, _ = w.Write(p)
	_ = w.Flush()
	return bytes.TrimSuffix(b.Bytes(), []byte{0, 0, 0xff, 0xff})
}

// packed is a text message, compressed.
func packed(tb testing.TB, text string) frametest.Frame {
	tb.Helper()
	return frametest.Frame{Opcode: frametest.Text, RSV: frametest.RSV1, Payload: deflated(tb, []byte(text))}
}

func TestDeflateAgreed(t *testing.T) {
	_, addr := serve(t, compressing)
	for offer, want := range map[string]string{
		offersDeflate: "permessage-deflate; client_no_context_takeover; server_no_context_takeover",
		"Sec-WebSocket-Extensions: permessage-deflate": "permessage-deflate; client_no_context_takeover; server_no_context_takeover",
		"Sec-WebSocket-Extensions: permessage-bzip2":   "",
		"X-Nothing: offered":                           "",
	} {
		_, answer := frametest.Request(t, addr, offer)
		if got := answer.Header.Get("Sec-WebSocket-Extensions"); answer.Code != 101 || got != want {
			t.Errorf("%s: %d %q", offer, answer.Code, got)
		}
	}
	_, plain := serve(t, web.Config{})
	if _, answer := frametest.Request(t, plain, offersDeflate); answer.Header.Get("Sec-WebSocket-Extensions") != "" {
		t.Error("agreed to though it is off")
	}
}

func TestDeflate(t *testing.T) {
	_, addr := serve(t, compressing)
	c := frametest.Connect(t, addr, offersDeflate)
	for _, text := range []string{"short", strings.Repeat("long enough to be worth it ", 1000), "", "short again"} {
		c.Send(packed(t, text))
		f := c.Next()
		if f.RSV == frametest.RSV1 {
			f.Payload = inflated(t, f.Payload)
		} else if len(text) > 600 {
			t.Error("not compressed")
		}
		if f.Opcode != frametest.Text || string(f.Payload) != text {
			t.Fatalf("opcode %x, %d bytes, want %d", f.Opcode, len(f.Payload), len(text))
		}
	}
	whole := packed(t, strings.Repeat("in pieces ", 10)).Payload
	c.Send(
		frametest.Frame{Opcode: frametest.Text, RSV: frametest.RSV1, Payload: whole[:5], More: true},
		frametest.Frame{Opcode: frametest.Ping},
		frametest.Frame{Opcode: frametest.Continuation, Payload: whole[5:]})
	c.Want(frametest.Pong, nil)
	c.Want(frametest.Text, []byte(strings.Repeat("in pieces ", 10)))
}

func inflated(t *testing.T, p []byte) []byte {
	t.Helper()
	r := flate.NewReader(bytes.NewReader(append(bytes.Clone(p), 0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff)))
	var b bytes.Buffer
	if _, err := b.ReadFrom(r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestDeflateBomb: the limit counts what comes out.
func TestDeflateBomb(t *testing.T) {
	_, addr := serve(t, compressing)
	bomb := frametest.Frame{Opcode: frametest.Text, RSV: frametest.RSV1, Payload: deflated(t, make([]byte, 16<<20))}
	c := frametest.Connect(t, addr, offersDeflate)
	c.Send(packed(t, "warm"))
	c.Next()
	if grown := grows(func() {
		c.Send(bomb)
		c.WantClose(1009)
	}); grown > 64*echoLimit {
		t.Errorf("%d bytes were allocated for a limit of %d", grown, echoLimit)
	}
}

func TestDeflateWrong(t *testing.T) {
	_, addr := serve(t, compressing)
	for name, tc := range map[string]struct {
		frame frametest.Frame
		code  int
	}{
		"rubbish":       {frametest.Frame{Opcode: frametest.Text, RSV: frametest.RSV1, Payload: bytes.Repeat([]byte{0xff}, 50)}, 1007},
		"not UTF-8":     {packed(t, "\xff\xfe"), 1007},
		"binary":        {frametest.Frame{Opcode: frametest.Binary, RSV: frametest.RSV1, Payload: deflated(t, []byte("x"))}, 1003},
		"RSV2":          {frametest.Frame{Opcode: frametest.Text, RSV: frametest.RSV2}, 1002},
		"ping":          {frametest.Frame{Opcode: frametest.Ping, RSV: frametest.RSV1}, 1002},
		"close":         {frametest.Frame{Opcode: frametest.Close, RSV: frametest.RSV1}, 1002},
		"without begin": {frametest.Frame{Opcode: frametest.Continuation, RSV: frametest.RSV1}, 1002},
		"over limit":    {packed(t, strings.Repeat("x", echoLimit+1)), 1009},
	} {
		t.Run(name, func(t *testing.T) {
			c := frametest.Connect(t, addr, offersDeflate)
			c.Send(tc.frame)
			c.WantClose(tc.code)
		})
	}
}

// TestDeflateWriters: the library writes data frames in several pieces here, and nothing may come between them.
func TestDeflateWriters(t *testing.T) {
	e := &echo{took: nil}
	cfg := compressing
	cfg.Sessions = e
	cfg.SendBuffer = 8 << 10
	_, addr := serve(t, cfg)
	c := frametest.Connect(t, addr, offersDeflate)
	text := noise(30_000)
	const n = 200
	c.Meanwhile(func() {
		for range n {
			c.Send(frametest.Frame{Opcode: frametest.Text, Payload: []byte(text)}, frametest.Frame{Opcode: frametest.Ping})
		}
	})
	for texts, pongs := 0, 0; texts < n || pongs < n; {
		switch f := c.Next(); f.Opcode {
		case frametest.Text:
			if got := inflated(t, f.Payload); string(got) != text {
				t.Fatalf("%d bytes came back changed", len(got))
			}
			texts++
		case frametest.Pong:
			pongs++
		default:
			t.Fatalf("opcode %x", f.Opcode)
		}
	}
}

// noise is a text that hardly shrinks.
func noise(n int) string {
	b := make([]byte, n)
	x := uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = 'a' + byte(x>>24)%26
	}
	return string(b)
}
