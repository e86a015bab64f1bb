package bus

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
)

// What a URL can name.
const (
	standalone = ""
	sentinel   = "sentinel"
	cluster    = "cluster"
)

// An address is what a URL says of a Redis. The package's doc has its forms.
type address struct {
	kind           string
	hosts          []string // with their ports
	user, password string
	master         string // of a sentinel
	db             int
	prefix         string
	tls            *tls.Config // nil: none

	sentinelUser, sentinelPassword string
}

// parseAddress reads a URL. No error holds anything of it but parameters' names and files: the rest may be a secret that
// was misplaced.
func parseAddress(text string) (*address, error) {
	scheme, rest, ok := strings.Cut(text, "://")
	base, kind, _ := strings.Cut(scheme, "+")
	known := kind == standalone && !strings.HasSuffix(scheme, "+") || kind == sentinel || kind == cluster
	if !ok || base != "redis" && base != "rediss" || !known {
		return nil, errors.New("its scheme is not redis, redis+sentinel or redis+cluster, or one of these with rediss")
	}
	hosts, tail := cutHosts(rest)
	u, err := url.Parse("redis://" + tail)
	if err != nil {
		return nil, fmt.Errorf("not of the form %s://[user:password@]host[:port]; escape with %%XX what is special", scheme)
	}
	a := &address{kind: kind, user: u.User.Username()}
	a.password, _ = u.User.Password()
	if err := a.setHosts(hosts); err != nil {
		return nil, err
	}
	if err := a.setPath(u.Path); err != nil {
		return nil, err
	}
	return a, a.setParameters(u, base == "rediss")
}

// cutHosts takes the hosts out of what follows the scheme and puts a plain one in their place, since there may be several
// and net/url knows one only.
func cutHosts(rest string) (hosts, tail string) {
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	begin := strings.LastIndexByte(rest[:end], '@') + 1
	return rest[begin:end], rest[:begin] + "host" + rest[end:]
}

func (a *address) setHosts(list string) error {
	port := "6379"
	if a.kind == sentinel {
		port = "26379"
	}
	for item := range strings.SplitSeq(list, ",") {
		host, own, err := net.SplitHostPort(item)
		if err != nil {
			host, own, err = net.SplitHostPort(item + ":" + port)
		}
		if n, bad := strconv.ParseUint(own, 10, 16); err != nil || host == "" || bad != nil || n == 0 {
			return errors.New("not every host is of the form host[:port] or [IPv6][:port]")
		}
		a.hosts = append(a.hosts, net.JoinHostPort(host, own))
	}
	if a.kind == standalone && len(a.hosts) > 1 {
		return errors.New("several hosts need the scheme redis+sentinel or redis+cluster")
	}
	return nil
}

// setPath reads /master and /db.
func (a *address) setPath(path string) (err error) {
	path = strings.Trim(path, "/")
	if a.kind == sentinel {
		if a.master, path, _ = strings.Cut(path, "/"); a.master == "" {
			return errors.New("redis+sentinel needs the name of the master, as /NAME after the hosts")
		}
	}
	if path == "" {
		return nil
	}
	if a.db, err = strconv.Atoi(path); err != nil || a.db < 0 || a.kind == cluster && a.db != 0 {
		return errors.New("what follows the hosts is not the number of a database; a cluster has only 0")
	}
	return nil
}

func (a *address) setParameters(u *url.URL, secure bool) error {
	if u.Fragment != "" {
		return errors.New("a # must be written %23")
	}
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return errors.New("its parameters are not of the form name=value&name=value")
	}
	take := func(name, otherwise string) string {
		if values.Has(name) {
			otherwise = values.Get(name)
		}
		values.Del(name)
		return otherwise
	}
	a.prefix = take("prefix", "parley:")
	a.sentinelUser, a.sentinelPassword = take("sentinel_user", ""), take("sentinel_password", "")
	ca, cert, key, name := take("tls_ca", ""), take("tls_cert", ""), take("tls_key", ""), take("tls_name", "")
	for strange := range values {
		return fmt.Errorf("there is no parameter %q", strange)
	}
	if !secure {
		if ca+cert+key+name != "" {
			return errors.New("its tls parameters need the scheme rediss")
		}
		return nil
	}
	a.tls, err = tlsConfig(ca, cert, key, name)
	return err
}

func tlsConfig(ca, cert, key, name string) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: name}
	if ca != "" {
		pem, err := os.ReadFile(ca)
		if err != nil {
			return nil, fmt.Errorf("tls_ca: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("tls_ca: there is no certificate in %s", ca)
		}
	}
	if cert+key == "" {
		return config, nil
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("tls_cert and tls_key: %w", err)
	}
	config.Certificates = []tls.Certificate{pair}
	return config, nil
}
