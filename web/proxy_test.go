package web_test

import (
	"testing"

	"parley/session"
	"parley/web"
)

// TestProxies: who a trusted proxy says it is and asked for, and what a stranger may claim. Requests come from
// 127.0.0.1.
func TestProxies(t *testing.T) {
	inner := web.Access{TrustedProxies: []string{"127.0.0.0/8", "10.0.0.0/8", "fd00::1"}}
	for name, tc := range map[string]struct {
		access  web.Access
		headers []string
		want    int
		peer    string
	}{
		"nobody trusted":        {web.Access{}, []string{"X-Forwarded-For: 1.2.3.4"}, in, "127.0.0.1"},
		"no header":             {inner, nil, in, "127.0.0.1"},
		"one hop":               {inner, []string{"X-Forwarded-For: 1.2.3.4"}, in, "1.2.3.4"},
		"with port":             {inner, []string{"X-Forwarded-For: 1.2.3.4:555"}, in, "1.2.3.4"},
		"IPv6":                  {inner, []string{"X-Forwarded-For: 2001:db8::7"}, in, "2001:db8::7"},
		"IPv6 with port":        {inner, []string{"X-Forwarded-For: [2001:db8::7]:1"}, in, "2001:db8::7"},
		"mapped":                {inner, []string{"X-Forwarded-For: ::ffff:1.2.3.4"}, in, "1.2.3.4"},
		"two hops":              {inner, []string{"X-Forwarded-For: 1.2.3.4, 10.1.1.1"}, in, "1.2.3.4"},
		"two lines":             {inner, []string{"X-Forwarded-For: 1.2.3.4", "x-forwarded-for: fd00::1"}, in, "1.2.3.4"},
		"forged by the client":  {inner, []string{"X-Forwarded-For: 6.6.6.6, 1.2.3.4, 10.1.1.1"}, in, "1.2.3.4"},
		"all trusted":           {inner, []string{"X-Forwarded-For: 10.2.2.2, 10.1.1.1"}, in, "10.2.2.2"},
		"rubbish":               {inner, []string{"X-Forwarded-For: 1.2.3.4, nonsense"}, in, "127.0.0.1"},
		"rubbish further back":  {inner, []string{"X-Forwarded-For: nonsense, 10.1.1.1"}, in, "10.1.1.1"},
		"TLS at the proxy":      {inner, []string{"X-Forwarded-Proto: https", "Origin: https://parley.test"}, in, "127.0.0.1"},
		"plain at the proxy":    {inner, []string{"X-Forwarded-Proto: http", "Origin: https://parley.test"}, out, ""},
		"TLS, untrusted":        {web.Access{}, []string{"X-Forwarded-Proto: https", "Origin: https://parley.test"}, out, ""},
		"odd scheme":            {inner, []string{"X-Forwarded-Proto: gopher", "Origin: gopher://parley.test"}, out, ""},
		"scheme of each hop":    {inner, []string{"X-Forwarded-For: 1.2.3.4, 10.1.1.1", "X-Forwarded-Proto: https, http", "Origin: https://parley.test"}, in, "1.2.3.4"},
		"scheme of the last":    {inner, []string{"X-Forwarded-For: 1.2.3.4", "X-Forwarded-Proto: http, https", "Origin: https://parley.test"}, in, "1.2.3.4"},
		"host at the proxy":     {inner, []string{"X-Forwarded-Host: chat.example", "Origin: http://chat.example"}, in, "127.0.0.1"},
		"host, inner name":      {inner, []string{"X-Forwarded-Host: chat.example", "Origin: http://parley.test"}, out, ""},
		"host, untrusted":       {web.Access{}, []string{"X-Forwarded-Host: chat.example", "Origin: http://chat.example"}, out, ""},
		"host list at the edge": {web.Access{TrustedProxies: inner.TrustedProxies, AllowHosts: []string{"chat.example"}}, []string{"X-Forwarded-Host: chat.example"}, in, "127.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			peers := make(chan session.Peer, 1)
			_, addr := serve(t, web.Config{Sessions: &echo{peers: peers}, Access: tc.access})
			headers := append([]string{"User-Agent: peer/1"}, tc.headers...)
			if got := status(t, addr, headers...); got != tc.want {
				t.Fatalf("%d, want %d", got, tc.want)
			}
			if tc.want != in {
				return
			}
			if peer := <-peers; peer.Addr != tc.peer || peer.UserAgent != "peer/1" {
				t.Errorf("peer %+v, want %s", peer, tc.peer)
			}
		})
	}
}
