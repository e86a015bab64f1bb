package web_test

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"parley/web"
)

// A server needs nothing but sessions; cmd/parley gives it those of package session.
func Example() {
	ctx := context.Background()
	server, err := web.New(web.Config{
		Sessions: &echo{},
		Access:   web.Access{AllowOrigins: []string{"https://app.example"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := server.Listen(ctx, "127.0.0.1:0"); err != nil {
		fmt.Println(err)
		return
	}
	served := make(chan error)
	go func() { served <- server.Serve() }()

	answer, err := http.Get("http://" + server.Addr().String() + "/readyz")
	if err != nil {
		fmt.Println(err)
		return
	}
	body, _ := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	fmt.Print(string(body))
	fmt.Println(server.Shutdown(ctx), <-served)
	// Output:
	// {"status":"ok","checks":{}}
	// <nil> <nil>
}
