package bench

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
)

// centrifuge is the scheme of URLs of Centrifuge servers.
const centrifuge = "centrifuge"

// centrifugePing is a sign of life of theirs, which is answered with the same.
const centrifugePing = "{}"

// newDoor finds out where a URL leads.
func newDoor(ctx context.Context, raw string, hub int) (*door, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, err
	}
	if u.Scheme != "ws" && u.Scheme != "http" && u.Scheme != centrifuge || u.Host == "" {
		return nil, fmt.Errorf("%s: a ws:// or http:// URL; TLS is for what stands before the hub", raw)
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/v1/ws"
	}
	port := u.Port()
	if port == "" {
		port = "80"
	}
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", u.Hostname())
	if err != nil {
		return nil, err
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", raw, err)
	}
	return &door{host: u.Host, path: u.RequestURI(), addr: netip.AddrPortFrom(addrs[0].Unmap(), uint16(n)), hub: hub, centrifuge: u.Scheme == centrifuge}, nil
}

func text36(n int64) string { return strconv.FormatInt(n, 36) }
