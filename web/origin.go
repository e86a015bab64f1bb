package web

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// origins decides whose pages may open a websocket: browsers send cookies and come from the inside of networks
// wherever the page is from, and only Origin tells (RFC 6455 10.2). A request without Origin is not
// a browser's and is let through.
type origins struct {
	allowed map[string]bool // as origin.String; empty: the server's own
}

func newOrigins(list []string) (*origins, error) {
	o := &origins{allowed: make(map[string]bool, len(list))}
	for _, text := range list {
		parsed, err := parseOrigin(text)
		if err != nil {
			return nil, fmt.Errorf("allowed origin %q: %w", text, err)
		}
		o.allowed[parsed] = true
	}
	return o, nil
}

// check refuses a foreign origin; self is the origin under which the request came to us.
func (o *origins) check(r *http.Request, self string) error {
	values := r.Header.Values("Origin")
	if len(values) == 0 {
		return nil
	}
	if len(values) > 1 {
		return errors.New("more than one Origin")
	}
	origin, err := parseOrigin(values[0])
	if err != nil {
		return fmt.Errorf("origin %q: %w", values[0], err)
	}
	if len(o.allowed) == 0 && origin == self || o.allowed[origin] {
		return nil
	}
	return fmt.Errorf("origin %q may not connect here", values[0])
}

var errOrigin = errors.New("want scheme://host[:port] and nothing else")

// parseOrigin gives an origin in one spelling: lower case, without the scheme's own port. It takes only what
// a browser sends (RFC 6454 6.2): no path, no user, nothing escaped, names in ASCII. Letters
// are folded by hand since Unicode folding makes other letters equal to these.
func parseOrigin(text string) (string, error) {
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok || scheme == "" || rest == "" || strings.ContainsAny(rest, "/?#@\\% ") || !isPrintable(text) {
		return "", errOrigin
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return "", errOrigin
	}
	if port := u.Port(); port == "" && strings.HasSuffix(rest, ":") {
		return "", errOrigin
	}
	return formOrigin(scheme, rest), nil
}

// formOrigin joins scheme and host[:port] to an origin in the one spelling.
func formOrigin(scheme, host string) string {
	scheme, host = lower(scheme), lower(host)
	switch scheme {
	case "http":
		host = strings.TrimSuffix(host, ":80")
	case "https":
		host = strings.TrimSuffix(host, ":443")
	}
	return scheme + "://" + host
}

func isPrintable(text string) bool {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] >= 0x7f {
			return false
		}
	}
	return true
}

// lower folds ASCII letters only.
func lower(text string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)
}

// hosts decides under which names the server may be reached, which keeps foreign names that were pointed at its
// address (DNS rebinding) out. Empty: any.
type hosts map[string]bool

func newHosts(list []string) (hosts, error) {
	h := make(hosts, len(list))
	for _, text := range list {
		if text == "" || strings.ContainsAny(text, "/@\\% ") || !isPrintable(text) {
			return nil, fmt.Errorf("allowed host %q: want host[:port]", text)
		}
		h[bareHost(text)] = true
	}
	return h, nil
}

func (h hosts) check(host string) error {
	host = lower(host)
	if len(h) == 0 || h[bareHost(host)] {
		return nil
	}
	if name, _, err := net.SplitHostPort(host); err == nil && h[bareHost(name)] {
		return nil
	}
	return fmt.Errorf("host %q is not served here", host)
}

// bareHost folds letters and takes the brackets off an IPv6 address that has no port.
func bareHost(text string) string {
	text = lower(text)
	if strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") {
		return text[1 : len(text)-1]
	}
	return text
}
