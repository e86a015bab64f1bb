package web_test

import (
	"testing"

	"parley/web"
	"parley/web/frametest"
)

// TestRawFrames judges the websocket by its frames, plain and with compression offered to peers that do
// not take it.
func TestRawFrames(t *testing.T) {
	for name, cfg := range map[string]web.Config{
		"plain":               {},
		"compression offered": {Transport: web.Transport{Compression: true}},
	} {
		t.Run(name, func(t *testing.T) {
			_, addr := serve(t, cfg)
			frametest.Run(t, frametest.Target{
				Connect: func(tb testing.TB) *frametest.Client {
					tb.Helper()
					return frametest.Connect(tb, addr)
				},
				Limit: echoLimit,
				Echo:  true,
			})
		})
	}
}
