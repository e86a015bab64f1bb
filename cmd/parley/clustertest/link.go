package clustertest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

// A Link is a proxy between two processes that does harm on demand. Without harm it carries bytes as they come.
type Link struct {
	tb    testing.TB
	proxy *toxiproxy.Proxy
	harms []string
}

// NewLink makes a link to an address, which ends with the test.
func NewLink(tb testing.TB, to string) *Link {
	tb.Helper()
	zerolog.SetGlobalLevel(zerolog.Disabled) // toxics have no logger of their own
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), zerolog.Nop())
	l := &Link{tb: tb, proxy: toxiproxy.NewProxy(server, "to "+to, "127.0.0.1:0", to)}
	if err := l.proxy.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(l.proxy.Stop)
	return l
}

// Addr is where it listens; it stays the same.
func (l *Link) Addr() string { return l.proxy.Listen }

// Through is a URL that leads over the link instead of directly to its host.
func (l *Link) Through(raw string) string {
	l.tb.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		l.tb.Fatal(err)
	}
	u.Host = l.Addr()
	return u.String()
}

// Cut ends all connections and refuses new ones.
func (l *Link) Cut() { l.proxy.Stop() }

// Swallow takes what is sent either way and passes nothing on: to both ends the connection seems to live.
func (l *Link) Swallow() {
	l.tb.Helper()
	l.harm("timeout", "upstream", `{"timeout":0}`)
	l.harm("timeout", "downstream", `{"timeout":0}`)
}

// Delay has everything towards the client come later.
func (l *Link) Delay(by time.Duration) {
	l.tb.Helper()
	l.harm("latency", "downstream", fmt.Sprintf(`{"latency":%d,"jitter":%d}`, by.Milliseconds(), by.Milliseconds()/4))
}

// Narrow lets only so many kilobytes a second through towards the client.
func (l *Link) Narrow(kilobytes int) {
	l.tb.Helper()
	l.harm("bandwidth", "downstream", fmt.Sprintf(`{"rate":%d}`, kilobytes))
}

func (l *Link) harm(kind, stream, attributes string) {
	l.tb.Helper()
	name := kind + "-" + stream
	_, err := l.proxy.Toxics.AddToxicJson(strings.NewReader(fmt.Sprintf(
		`{"name":%q,"type":%q,"stream":%q,"toxicity":1,"attributes":%s}`, name, kind, stream, attributes)))
	if err != nil {
		l.tb.Fatal(err)
	}
	l.harms = append(l.harms, name)
}

// Mend ends all harm. Connections that lost bytes are cut.
func (l *Link) Mend() {
	l.tb.Helper()
	for _, name := range l.harms {
		if err := l.proxy.Toxics.RemoveToxic(context.Background(), name); err != nil {
			l.tb.Fatal(err)
		}
	}
	l.harms = nil
	if err := l.proxy.Start(); err != nil && !errors.Is(err, toxiproxy.ErrProxyAlreadyStarted) {
		l.tb.Fatal(err)
	}
}
