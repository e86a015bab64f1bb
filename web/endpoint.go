package web

import (
	"context"
	"errors"
	"net"
	"net/http"
)

// endpoint is a listener and what answers on it.
type endpoint struct {
	http     *http.Server
	secure   bool
	listener net.Listener
}

// Listen binds addr; port 0 picks a free one. It must come before Addr and Serve.
func (e *endpoint) Listen(ctx context.Context, addr string) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	e.listener = l
	return nil
}

// Addr is where it listens.
func (e *endpoint) Addr() net.Addr { return e.listener.Addr() }

// Serve answers until Shutdown, and then returns nil.
func (e *endpoint) Serve() error {
	l := sockets{e.listener}
	var err error
	if e.secure {
		err = e.http.ServeTLS(l, "", "")
	} else {
		err = e.http.Serve(l)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// Shutdown accepts nothing more and waits for the requests in progress. When ctx ends first it cuts them off and
// answers why.
func (e *endpoint) Shutdown(ctx context.Context) error {
	err := e.http.Shutdown(ctx)
	if err != nil {
		e.http.Close() //nolint:errcheck // the first error tells more
	}
	if e.listener != nil {
		e.listener.Close() //nolint:errcheck // Serve may have been the one who closed it
	}
	return err
}

// sockets makes each connection a *socket as it is accepted, below TLS.
type sockets struct{ net.Listener }

func (l sockets) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return newSocket(c), nil
}
