package web

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// proxies are the networks whose word on a request's origin is taken.
type proxies []netip.Prefix

func newProxies(list []string) (proxies, error) {
	nets := make(proxies, 0, len(list))
	for _, text := range list {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			addr, err := netip.ParseAddr(text)
			if err != nil {
				return nil, fmt.Errorf("trusted proxy %q: want an address or a network such as 10.0.0.0/8", text)
			}
			prefix = netip.PrefixFrom(addr.Unmap(), addr.Unmap().BitLen())
		}
		nets = append(nets, prefix.Masked())
	}
	return nets, nil
}

func (p proxies) trust(addr netip.Addr) bool {
	for _, prefix := range p {
		if prefix.Contains(addr.Unmap().WithZone("")) {
			return true
		}
	}
	return false
}

// source is where a request really came from and what it really asked for.
type source struct {
	addr   netip.Addr // of the client; the zero Addr where it has none, as on a Unix socket
	scheme string     // http or https
	host   string     // host[:port]
}

// self is the origin of the server's own pages as that client sees them.
func (s source) self() string { return formOrigin(s.scheme, s.host) }

// resolve finds the client behind proxies. It walks X-Forwarded-For from its end, where our own proxies
// write, to the first address that is not a trusted one: what stands before it is hearsay.
// Scheme and host are what that same proxy was asked for.
func (p proxies) resolve(r *http.Request) source {
	o := source{addr: remoteAddr(r), scheme: "http", host: r.Host}
	if r.TLS != nil {
		o.scheme = "https"
	}
	if !p.trust(o.addr) {
		return o
	}
	chain := list(r, "X-Forwarded-For")
	at := len(chain)
	for at > 0 && p.trust(o.addr) {
		addr, ok := parseHop(chain[at-1])
		if !ok {
			break
		}
		at--
		o.addr = addr
	}
	if proto := lower(entry(r, "X-Forwarded-Proto", at, len(chain))); proto == "http" || proto == "https" {
		o.scheme = proto
	}
	if host := entry(r, "X-Forwarded-Host", at, len(chain)); host != "" {
		o.host = host
	}
	return o
}

// entry is what the proxy that wrote entry at of X-Forwarded-For, of n, wrote into another header: its
// own entry where every proxy adds one, else the last.
func entry(r *http.Request, header string, at, n int) string {
	values := list(r, header)
	switch {
	case len(values) == 0:
		return ""
	case len(values) == n && at < n:
		return values[at]
	default:
		return values[len(values)-1]
	}
}

// list is a header's comma-separated values, over all its lines.
func list(r *http.Request, header string) []string {
	var values []string
	for _, line := range r.Header.Values(header) {
		for value := range strings.SplitSeq(line, ",") {
			values = append(values, strings.TrimSpace(value))
		}
	}
	return values
}

// parseHop takes an address with or without a port, as proxies of both habits exist.
func parseHop(text string) (netip.Addr, bool) {
	if addr, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		return addr.Unmap(), true
	}
	pair, err := netip.ParseAddrPort(text)
	return pair.Addr().Unmap(), err == nil
}

func remoteAddr(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap()
}
